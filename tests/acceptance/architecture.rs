//! Holds who may depend on whom, and that a slice has the same name at every layer.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Who may depend on whom, of our own packages.
const ALLOWED: &[(&str, &[&str])] = &[
    ("hale-contracts", &[]),
    ("hale-fhir", &[]),
    ("hale-core", &["hale-contracts", "hale-fhir"]),
    (
        "hale-cache",
        &[
            "hale-core",
            "hale-contracts",
            "hale-fhir",
            "hale-faulty-disk",
        ],
    ),
    ("hale-faulty-disk", &[]),
    ("hale-remote", &["hale-core", "hale-contracts", "hale-fhir"]),
    (
        "hale",
        &["hale-core", "hale-cache", "hale-remote", "hale-contracts"],
    ),
    ("hale-ui", &["hale-contracts"]),
    ("hale-mock-backend", &["hale-fhir"]),
    (
        "hale-support",
        &[
            "hale-cache",
            "hale-contracts",
            "hale-core",
            "hale-fhir",
            "hale-mock-backend",
            "hale-remote",
        ],
    ),
    (
        "hale-acceptance",
        &[
            "hale-cache",
            "hale-contracts",
            "hale-core",
            "hale-faulty-disk",
            "hale-fhir",
            "hale-mock-backend",
            "hale-remote",
            "hale-support",
        ],
    ),
    (
        "hale-bench",
        &[
            "hale-cache",
            "hale-contracts",
            "hale-core",
            "hale-fhir",
            "hale-mock-backend",
            "hale-remote",
            "hale-support",
        ],
    ),
    (
        "hale-soak",
        &[
            "hale-cache",
            "hale-contracts",
            "hale-core",
            "hale-fhir",
            "hale-mock-backend",
            "hale-remote",
            "hale-support",
        ],
    ),
    (
        "hale-fuzz",
        &[
            "hale-cache",
            "hale-contracts",
            "hale-core",
            "hale-fhir",
            "hale-remote",
        ],
    ),
    (
        "hale-conformance",
        &[
            "hale-cache",
            "hale-contracts",
            "hale-core",
            "hale-fhir",
            "hale-mock-backend",
            "hale-remote",
            "hale-support",
        ],
    ),
    ("xtask", &[]),
];

/// The slices that may exist. One that exists at one layer exists at all.
const SLICES: &[&str] = &[
    "appointments",
    "record",
    "repeats",
    "triage",
    "consult",
    "sharing",
    "messages",
    "account",
];

/// What belongs to no slice but serves several, by layer.
const CROSS_CUTTING: &[(&str, &str, &[&str])] = &[
    (
        "src-tauri/src/commands",
        "rs",
        &["home", "mod", "sources", "sync"],
    ),
    (
        "src-tauri/permissions",
        "toml",
        &["home", "sources", "sync"],
    ),
    (
        "src-tauri/crates/contracts/src",
        "rs",
        &[
            "changes",
            "dose",
            "error",
            "home",
            "lib",
            "links",
            "outbox",
            "phrase",
            "provenance",
            "reasons",
            "sources",
            "sync",
            "time",
        ],
    ),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

#[test]
fn no_arrow_between_our_packages_turns_round() {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "cargo metadata failed");
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let packages = metadata["packages"].as_array().unwrap();
    let ours: BTreeSet<&str> = packages
        .iter()
        .map(|package| package["name"].as_str().unwrap())
        .collect();
    let mut wrong = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let Some(may) = allowed.get(name) else {
            wrong.push(format!("{name} is not in the table"));
            continue;
        };
        for dependency in package["dependencies"].as_array().unwrap() {
            let on = dependency["name"].as_str().unwrap();
            if ours.contains(on) && !may.contains(&on) {
                wrong.push(format!("{name} depends on {on}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(ours.len(), ALLOWED.len(), "a package of the table is gone");
}

#[test]
fn a_slice_has_the_same_name_at_every_layer() {
    let root = root();
    let layers = [
        "src-tauri/crates/contracts/src",
        "src-tauri/crates/core/src",
        "src-tauri/src/commands",
        "src-ui/src",
        "tests/acceptance",
    ];
    let mut missing = Vec::new();
    for slice in SLICES {
        let found: Vec<bool> = layers
            .iter()
            .map(|layer| has_module(&root.join(layer), slice))
            .collect();
        let permissions = root.join(format!("src-tauri/permissions/{slice}.toml"));
        let exists = found.iter().any(|found| *found) || permissions.exists();
        if !exists {
            continue;
        }
        for (layer, found) in layers.iter().zip(found) {
            if !found {
                missing.push(format!(
                    "{slice} has no module, or an empty one, in {layer}"
                ));
            }
        }
        if !permissions.exists() {
            missing.push(format!("{slice} has no permissions"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_module_at_the_border_is_named_after_its_slice() {
    let root = root();
    let mut wrong = Vec::new();
    for (layer, extension, others) in CROSS_CUTTING {
        let mut found = BTreeSet::new();
        for entry in std::fs::read_dir(root.join(layer)).unwrap() {
            let path = entry.unwrap().path();
            let is_module = path.is_dir() || path.extension().is_some_and(|it| it == *extension);
            if is_module {
                found.insert(path.file_stem().unwrap().to_str().unwrap().to_owned());
            }
        }
        for name in &found {
            if !SLICES.contains(&name.as_str()) && !others.contains(&name.as_str()) {
                wrong.push(format!("{layer}/{name} is neither a slice nor listed"));
            }
        }
        for name in *others {
            if !found.contains(*name) {
                wrong.push(format!("{layer}/{name} is listed but gone"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where FHIR is spoken a slice needs no module of its own; one that it has bears its name.
#[test]
fn a_slices_module_has_no_other_name_where_fhir_is_spoken() {
    let root = root();
    let layers = [
        "src-tauri/crates/core/src",
        "src-tauri/crates/cache/src",
        "src-tauri/crates/remote/src",
        "tests/mock-backend/src",
    ];
    let mut wrong = Vec::new();
    for layer in layers {
        let mut modules = Vec::new();
        collect_modules(&root.join(layer), &mut modules);
        assert!(modules.len() > 5, "{layer} was not read");
        for module in modules {
            let named = SLICES
                .iter()
                .find(|slice| module.contains(slice.trim_end_matches('s')));
            if named.is_some_and(|slice| module != *slice) {
                wrong.push(format!("{layer}: {module} is a slice under another name"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn collect_modules(folder: &Path, modules: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            collect_modules(&path, modules);
            modules.push(name);
        } else if path.extension().is_some_and(|it| it == "rs") {
            modules.push(name);
        }
    }
}

#[test]
fn every_command_of_the_shell_is_permitted_by_name() {
    let root = root();
    let mut commands = BTreeSet::new();
    for entry in std::fs::read_dir(root.join("src-tauri/src/commands")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if line.trim() == "#[tauri::command]"
                && let Some(signature) = lines.next()
                && let Some(name) = signature.split("fn ").nth(1)
            {
                commands.insert(name.split(['(', '<']).next().unwrap().to_owned());
            }
        }
    }
    let mut permitted = BTreeSet::new();
    for entry in std::fs::read_dir(root.join("src-tauri/permissions")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        permitted.extend(
            text.lines()
                .filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\","))
                .map(ToOwned::to_owned),
        );
    }
    assert!(
        commands.len() > 10,
        "the commands were not found: {commands:?}"
    );
    assert_eq!(commands, permitted);
}

/// Whether a layer has a module with more in it than comments.
fn has_module(layer: &Path, slice: &str) -> bool {
    let file = layer.join(format!("{slice}.rs"));
    let folder = layer.join(slice);
    let mut files = Vec::new();
    if file.is_file() {
        files.push(file);
    }
    if folder.is_dir() {
        files.extend(
            std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.extension().is_some_and(|extension| extension == "rs")),
        );
    }
    files.iter().any(|file| {
        std::fs::read_to_string(file)
            .unwrap()
            .lines()
            .map(str::trim)
            .any(|line| !line.is_empty() && !line.starts_with("//"))
    })
}

/// What the mock can do wrong is what a test here lets it do.
#[test]
fn every_fault_of_the_mock_has_a_test() {
    let faults = std::fs::read_to_string(root().join("tests/mock-backend/src/faults.rs")).unwrap();
    let mut tests = String::new();
    collect_sources(&root().join("tests/acceptance"), &mut tests);
    for kind in ["Fault", "HostileBody", "BadEntry", "RetryAfter"] {
        let all = faults
            .split(&format!("pub enum {kind} {{"))
            .nth(1)
            .and_then(|rest| rest.split("\n}").next())
            .expect("it is there");
        let names: Vec<&str> = all
            .lines()
            .filter_map(|line| line.strip_prefix("    "))
            .filter(|line| line.starts_with(char::is_uppercase))
            .map(|line| line.trim_end_matches(|last: char| !last.is_alphanumeric()))
            .map(|line| line.split(['(', ' ']).next().unwrap_or_default())
            .filter(|name| *name != "Panic")
            .collect();
        assert!(names.len() > 1, "{kind}: {names:?}");
        for name in names {
            let is_used = tests.contains(&format!("{kind}::{name}"));
            assert!(is_used, "{kind}::{name} is in no test");
        }
    }
}

fn collect_sources(folder: &Path, all: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_sources(&path, all);
        } else if path.extension().is_some_and(|end| end == "rs") {
            all.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}
