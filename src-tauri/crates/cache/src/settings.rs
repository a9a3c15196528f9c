//! The settings that hold nothing personal: `settings.json`, written whole or not at all.

use std::io::Write;
use std::path::Path;

use hale_core::ports::{DeviceError, DeviceSettings};

/// The file's name in the data folder.
pub(crate) const FILE: &str = "settings.json";

/// Reads the settings; defaults where there are none. A file that cannot be read any more is not
/// worth stopping for: it holds only which files to open and how the window looks.
pub(crate) fn read(folder: &Path) -> DeviceSettings {
    match std::fs::read(folder.join(FILE)) {
        Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|error| {
            tracing::warn!(%error, "the settings cannot be read");
            DeviceSettings::default()
        }),
        Err(_) => DeviceSettings::default(),
    }
}

/// Writes the settings beside the old ones and then puts them in their place.
pub(crate) fn write(folder: &Path, settings: &DeviceSettings) -> Result<(), DeviceError> {
    let bytes = serde_json::to_vec_pretty(settings)
        .map_err(|error| DeviceError::CannotWrite(Box::new(error)))?;
    let replace = || -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let beside = folder.join("settings.json.part");
        let mut file = std::fs::File::create(&beside)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, folder.join(FILE))
    };
    replace().map_err(|error| DeviceError::CannotWrite(Box::new(error)))
}
