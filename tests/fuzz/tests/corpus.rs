//! The corpus as plain tests: what was found once holds for good.

#![cfg(test)]

use std::path::{Path, PathBuf};

fn corpus(target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn run(target: &str) {
    let (_, check) = hale_fuzz::TARGETS
        .into_iter()
        .find(|(name, _)| *name == target)
        .unwrap();
    let files = corpus(target);
    assert!(files.len() > 20, "{target} has no corpus");
    for file in files {
        // A law that is broken names itself; this names the input.
        println!("{}", file.display());
        check(&std::fs::read(&file).unwrap());
    }
}

#[test]
fn answers_of_servers_keep_the_laws() {
    run("reading");
}

#[test]
fn addresses_and_tokens_keep_the_laws() {
    run("addresses");
}

#[test]
fn requests_of_the_window_keep_the_laws() {
    run("requests");
}

#[test]
fn the_corpus_stays_small() {
    let size: u64 = hale_fuzz::TARGETS
        .iter()
        .flat_map(|(target, _)| corpus(target))
        .map(|file| file.metadata().unwrap().len())
        .sum();
    assert!(size < 1024 * 1024, "{size} bytes");
}
