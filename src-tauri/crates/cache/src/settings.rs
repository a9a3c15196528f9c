//! The settings that hold nothing personal: `settings.json`, written whole or not at all.

use std::io::{self, Write};
use std::path::Path;

use hale_core::ports::DeviceSettings;

use crate::files::sync_parent;

/// The file's name in the data folder.
const FILE: &str = "settings.json";

/// Reads the settings; defaults where there are none. A file that cannot be read any more is not
/// worth stopping for: it holds only which files to open and how the window looks.
pub(crate) fn read(data: &Path) -> DeviceSettings {
    match std::fs::read(data.join(FILE)) {
        Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|error| {
            // The error's text may quote the file: its place says enough.
            tracing::warn!(line = error.line(), "the settings cannot be read");
            DeviceSettings::default()
        }),
        Err(_) => DeviceSettings::default(),
    }
}

/// Writes the settings beside the old ones and then puts them in their place: after a power cut
/// either the old or the new ones are there.
pub(crate) fn write(data: &Path, settings: &DeviceSettings) -> io::Result<()> {
    let json = serde_json::to_vec_pretty(settings)?;
    std::fs::create_dir_all(data)?;
    // Only its owner can read a temporary file, and it keeps that under its final name.
    let mut file = tempfile::Builder::new()
        .prefix(".settings")
        .tempfile_in(data)?;
    file.write_all(&json)?;
    file.as_file().sync_all()?;
    let path = data.join(FILE);
    file.persist(&path)?;
    sync_parent(&path)
}
