//! Turns `locales/<language>/<namespace>.json` into Rust: a missing word, or a missing argument of
//! one, is an error of the build.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use leptos_i18n_codegen::gen_code;
use leptos_i18n_parser::parse_locales::options::{Config, ParseOptions};
use leptos_i18n_parser::parse_locales::parse_locales;

/// One file of words a slice, so that two people can write at the same time.
const NAMESPACES: [&str; 9] = [
    "common",
    "wording",
    "account",
    "home",
    "settings",
    "record",
    "appointments",
    "repeats",
    "help",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=locales");

    // The window asks for text rather than views: the same words serve titles and attributes.
    let options = ParseOptions::default().interpolate_display(true);
    let config = Config::new("en")?
        .add_namespaces(NAMESPACES)?
        .parse_options(options);
    let locales = parse_locales(None, config)?;
    for error in locales.diag.errors().iter() {
        println!("cargo::error={error}");
    }
    for warning in locales.diag.warnings().iter() {
        println!("cargo::warning={warning}");
    }

    let code = gen_code(&locales, None, false, None, false)?;
    let out = PathBuf::from(env::var("OUT_DIR")?).join("i18n.rs");
    // The generated items are made for every use that an application could have of them.
    let lints = "unreachable_pub, dead_code, unused_imports, missing_docs, clippy::all";
    let module = format!("#[allow({lints})] mod generated {{ {code} }}");
    fs::write(out, module)?;
    Ok(())
}
