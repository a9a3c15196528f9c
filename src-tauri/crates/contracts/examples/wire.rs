//! Tells which reason for a failure each code of the wire stands for:
//! `cargo run -p hale-contracts --example wire -- offline key_missing`.
//!
//! It also keeps the builds of testers alike: cargo unites the features that tests ask for with
//! those of the programs only when something that is for development is built too.

use std::io::Write;

use hale_contracts::error::ErrorCode;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for code in std::env::args().skip(1) {
        match serde_json::from_value::<ErrorCode>(code.as_str().into()) {
            Ok(code) => writeln!(out, "{code:?}")?,
            Err(_) => writeln!(out, "{code} is no code")?,
        }
    }
    Ok(())
}
