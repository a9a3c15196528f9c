//! Owns where things are in the checkout and in the build folder. Touches no file.

use std::path::{Path, PathBuf};

/// The folders that the tasks work in.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    /// The root of the checkout.
    pub(crate) root: PathBuf,
    /// Cargo's build folder; `CARGO_TARGET_DIR` moves it.
    pub(crate) target: PathBuf,
}

impl Places {
    /// Finds the checkout from what cargo told us, so that a copy of the binary works on the
    /// checkout that it was started for.
    pub(crate) fn find() -> Self {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest
            .parent()
            .map_or_else(|| manifest.clone(), Path::to_path_buf);
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) if !folder.is_empty() => root.join(folder),
            _ => root.join("target"),
        };
        Self { root, target }
    }

    /// The window's sources.
    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("src-ui")
    }

    /// What the shell embeds: the built window.
    pub(crate) fn dist(&self) -> PathBuf {
        self.ui().join("dist")
    }

    /// The build folder of the WebAssembly, apart from the native one so that neither waits
    /// for the other's lock.
    pub(crate) fn ui_target(&self) -> PathBuf {
        self.target.join("ui")
    }

    /// Programs that xtask installs for itself.
    pub(crate) fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// Where the npm packages of the tests are.
    pub(crate) fn tests(&self) -> PathBuf {
        self.root.join("tests")
    }

    /// Pictures that the window tests keep.
    pub(crate) fn gallery(&self) -> PathBuf {
        self.target.join("gallery")
    }
}

/// The file name of a program here: `hale`, on Windows `hale.exe`.
pub(crate) fn program(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

/// Looks for a program on `PATH`.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    // npm and its kind are .cmd files on Windows.
    let names = if cfg!(windows) {
        vec![format!("{name}.exe"), format!("{name}.cmd")]
    } else {
        vec![name.to_owned()]
    };
    std::env::split_paths(&path)
        .flat_map(|folder| {
            names
                .iter()
                .map(move |name| folder.join(name))
                .collect::<Vec<_>>()
        })
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checkout_is_the_folder_above_xtask() {
        let places = Places::find();
        assert!(places.root.join("xtask").join("Cargo.toml").is_file());
    }

    #[test]
    fn cargo_is_found_on_the_path() {
        assert!(on_path("cargo").is_some());
        assert!(on_path("a-program-that-nobody-has").is_none());
    }
}
