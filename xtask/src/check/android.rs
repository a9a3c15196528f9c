//! Owns the type check of the shell for Android. Nothing is linked, so the C parts need only a
//! compiler for the processor; Debian's cross compiler and its own headers do.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Outcome, While};
use crate::native;
use crate::places::Places;
use crate::process;
use crate::say;
use crate::setup::ANDROID;

/// Where Debian and Fedora keep OpenSSL's headers: the shared ones, and those of a processor.
const HEADERS: [&str; 3] = [
    "/usr/include/openssl",
    "/usr/include/x86_64-linux-gnu/openssl",
    "/usr/include/aarch64-linux-gnu/openssl",
];

/// Type-checks the shell's library for Android, where the compiler for it is here.
pub(super) fn check(places: &Places) -> Outcome {
    if !cfg!(target_os = "linux") {
        say::line("    this check needs Linux's cross compiler: it did not run here");
        return Ok(());
    }
    let include = merge_headers(places)?;
    let mut cargo = process::cargo(places);
    cargo
        .args([
            "check",
            "--package",
            native::SHELL,
            "--lib",
            "--target",
            ANDROID,
        ])
        .args(["--features", native::SHELL_FEATURE])
        .env("CC_aarch64_linux_android", "aarch64-linux-gnu-gcc")
        .env("AR_aarch64_linux_android", "aarch64-linux-gnu-ar")
        // Nothing is linked: the place of the libraries only has to exist.
        .env("OPENSSL_NO_VENDOR", "1")
        .env("OPENSSL_LIB_DIR", library_folder())
        .env("OPENSSL_INCLUDE_DIR", include);
    process::run(&mut cargo, "cargo check for Android")
}

fn library_folder() -> &'static str {
    [
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu",
        "/usr/lib64",
    ]
    .into_iter()
    .find(|folder| Path::new(folder).join("libssl.so").exists())
    .unwrap_or("/usr/lib")
}

/// OpenSSL's headers alone, in one folder: all of `/usr/include` would bring this machine's C
/// library before the other processor's.
fn merge_headers(places: &Places) -> Outcome<PathBuf> {
    let include = places.target.join("android-include");
    let openssl = include.join("openssl");
    fs::create_dir_all(&openssl).while_doing("make a folder for headers")?;
    for folder in HEADERS {
        let Ok(entries) = fs::read_dir(folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let is_header = entry.path().extension().is_some_and(|ending| ending == "h");
            let target = openssl.join(entry.file_name());
            // A header that is copied again has a new time, and C code is compiled again.
            if is_header && !target.exists() {
                fs::copy(entry.path(), target).while_doing("copy OpenSSL's headers")?;
            }
        }
    }
    Ok(include)
}
