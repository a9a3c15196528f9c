//! The log: what Hale itself says, and what goes wrong elsewhere. Codes, counts and durations only:
//! who writes a line sees to that, this module decides which lines are kept.

use tauri::Wry;
use tauri::plugin::TauriPlugin;
use tauri_plugin_log::log::{Level, LevelFilter, Metadata};
use tauri_plugin_log::{Builder, RotationStrategy, Target, TargetKind};

/// Our crates, as their lines name them.
const OURS: [&str; 7] = [
    "hale",
    "hale_lib",
    "hale_cache",
    "hale_contracts",
    "hale_core",
    "hale_fhir",
    "hale_remote",
];

/// A few files of a megabyte.
pub(crate) fn plugin() -> TauriPlugin<Wry> {
    Builder::new()
        .level(LevelFilter::Info)
        .filter(is_kept)
        .max_file_size(1_000_000)
        .rotation_strategy(RotationStrategy::KeepSome(3))
        .targets([
            Target::new(TargetKind::Stderr),
            Target::new(TargetKind::LogDir { file_name: None }),
        ])
        .build()
}

/// Whether a line is kept. Of other people's crates only what went wrong: their other lines may
/// name addresses.
fn is_kept(line: &Metadata) -> bool {
    let crate_name = line.target().split("::").next().unwrap_or_default();
    let least = if OURS.contains(&crate_name) {
        Level::Info
    } else {
        Level::Warn
    };
    line.level() <= least
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_line_kept(target: &str, level: Level) -> bool {
        is_kept(&Metadata::builder().target(target).level(level).build())
    }

    #[test]
    fn our_own_lines_are_kept_and_of_others_only_what_went_wrong() {
        for (target, level, expected) in [
            ("hale_core", Level::Info, true),
            ("hale_core::sync::run", Level::Info, true),
            ("hale_remote::session", Level::Info, true),
            ("hale_cache::device", Level::Warn, true),
            ("hale_lib::commands", Level::Warn, true),
            ("hale_core", Level::Debug, false),
            ("reqwest::connect", Level::Info, false),
            ("hale_corelation", Level::Info, false),
            ("hyper_util", Level::Debug, false),
            ("tauri::manager", Level::Warn, true),
            ("rusqlite", Level::Error, true),
        ] {
            assert_eq!(is_line_kept(target, level), expected, "{target} {level}");
        }
    }

    #[test]
    fn every_crate_that_the_shell_is_made_of_is_named() {
        let manifest: toml::Table = include_str!("../../Cargo.toml").parse().unwrap();
        let ours: Vec<String> = manifest["dependencies"]
            .as_table()
            .unwrap()
            .keys()
            .filter(|name| name.starts_with("hale"))
            .map(|name| name.replace('-', "_"))
            .chain([env!("CARGO_CRATE_NAME").to_owned()])
            .collect();
        assert!(ours.len() > 3, "{ours:?}");
        for name in ours {
            assert!(
                is_line_kept(&name, Level::Info),
                "{name} writes into no log"
            );
        }
    }
}
