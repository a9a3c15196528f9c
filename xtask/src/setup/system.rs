//! Owns the table of what the operating system must bring, and how each system gets it.

use crate::error::{Outcome, Stop};
use crate::places;
use crate::process;
use crate::say;

use super::{Item, Purpose};

/// How a need is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// One of these programs is on `PATH`.
    Program(&'static [&'static str]),
    /// `pkg-config` knows this module.
    Module(&'static str),
    /// One of these files or folders is there.
    File(&'static [&'static str]),
}

/// The systems that a need exists on: WebKitGTK on Linux alone, say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Systems {
    All,
    Linux,
    Windows,
}

/// One thing that the system must bring.
#[derive(Debug)]
pub(crate) struct Need {
    /// In words.
    pub(crate) name: &'static str,
    /// The first purpose that needs it.
    pub(crate) purpose: Purpose,
    /// Where it is needed at all.
    pub(crate) systems: Systems,
    /// How it is recognised.
    pub(crate) sign: Sign,
    /// Packages of Debian and Ubuntu.
    pub(crate) apt: &'static str,
    /// Packages of Fedora.
    pub(crate) dnf: &'static str,
    /// Homebrew's; empty where the system brings it.
    pub(crate) brew: &'static str,
    /// winget's; empty where the system brings it.
    pub(crate) winget: &'static str,
}

const fn linux(
    name: &'static str,
    purpose: Purpose,
    sign: Sign,
    apt: &'static str,
    dnf: &'static str,
) -> Need {
    Need {
        name,
        purpose,
        systems: Systems::Linux,
        sign,
        apt,
        dnf,
        brew: "",
        winget: "",
    }
}

/// What the system must bring, in the order of their purposes.
pub(crate) const NEEDS: &[Need] = &[
    Need {
        name: "Node.js 20 or newer, with npm",
        purpose: Purpose::Window,
        systems: Systems::All,
        sign: Sign::Program(&["npm"]),
        apt: "nodejs npm",
        dnf: "nodejs npm",
        brew: "node",
        winget: "OpenJS.NodeJS.LTS",
    },
    Need {
        name: "Perl (builds OpenSSL, for the encryption of the cache)",
        purpose: Purpose::Run,
        systems: Systems::Windows,
        sign: Sign::Program(&["perl"]),
        apt: "",
        dnf: "",
        brew: "",
        winget: "StrawberryPerl.StrawberryPerl",
    },
    linux(
        "a C compiler",
        Purpose::Mock,
        Sign::Program(&["cc"]),
        "build-essential",
        "gcc make",
    ),
    linux(
        "pkg-config",
        Purpose::Run,
        Sign::Program(&["pkg-config"]),
        "pkg-config",
        "pkgconf-pkg-config",
    ),
    linux(
        "WebKitGTK 4.1 (the window)",
        Purpose::Run,
        Sign::Module("webkit2gtk-4.1"),
        "libwebkit2gtk-4.1-dev",
        "webkit2gtk4.1-devel",
    ),
    linux(
        "OpenSSL (the encryption of the cache)",
        Purpose::Run,
        Sign::Module("openssl"),
        "libssl-dev",
        "openssl-devel",
    ),
    linux(
        "Xvfb (a screen for tests)",
        Purpose::Test,
        Sign::Program(&["xvfb-run"]),
        "xvfb xauth",
        "xorg-x11-server-Xvfb",
    ),
    linux(
        "xdotool (types into the system's own dialogs)",
        Purpose::Test,
        Sign::Program(&["xdotool"]),
        "xdotool",
        "xdotool",
    ),
    linux(
        "WebKitWebDriver (drives the window)",
        Purpose::Test,
        Sign::Program(&["WebKitWebDriver"]),
        "webkit2gtk-driver",
        "webkit2gtk4.1-devel",
    ),
    linux(
        "D-Bus",
        Purpose::Test,
        Sign::Program(&["dbus-run-session"]),
        "dbus dbus-bin",
        "dbus-daemon dbus-tools",
    ),
    linux(
        "GNOME keyring (a keychain for tests)",
        Purpose::Test,
        Sign::Program(&["gnome-keyring-daemon"]),
        "gnome-keyring",
        "gnome-keyring",
    ),
    linux(
        "Chromium (signs in during tests)",
        Purpose::Test,
        Sign::Program(&["chromium", "chromium-browser", "google-chrome"]),
        "chromium",
        "chromium",
    ),
    linux(
        "chromedriver (drives Chromium)",
        Purpose::Test,
        Sign::Program(&["chromedriver"]),
        "chromium-driver",
        "chromedriver",
    ),
    linux(
        "the accessibility bus",
        Purpose::Test,
        Sign::File(&[
            "/usr/libexec/at-spi2-registryd",
            "/usr/lib/at-spi2-core/at-spi2-registryd",
        ]),
        "at-spi2-core",
        "at-spi2-core",
    ),
    linux(
        "fonts",
        Purpose::Test,
        Sign::File(&[
            "/usr/share/fonts/truetype/dejavu",
            "/usr/share/fonts/dejavu-sans-fonts",
        ]),
        "fonts-dejavu-core",
        "dejavu-sans-fonts",
    ),
    linux(
        "a C compiler for Android's processor (type check only)",
        Purpose::Check,
        Sign::Program(&["aarch64-linux-gnu-gcc"]),
        "gcc-aarch64-linux-gnu libc6-dev-arm64-cross",
        "gcc-aarch64-linux-gnu sysroot-aarch64-fc41-glibc",
    ),
];

/// How packages are installed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Platform {
    /// Debian, Ubuntu and theirs.
    Apt,
    /// Fedora and its kin.
    Dnf,
    /// macOS with Homebrew.
    Brew,
    /// Windows.
    Winget,
    /// A Linux that we know no commands for.
    Other,
}

impl Platform {
    /// The platform that this runs on.
    pub(crate) fn here() -> Self {
        if cfg!(target_os = "macos") {
            Self::Brew
        } else if cfg!(windows) {
            Self::Winget
        } else if places::on_path("apt-get").is_some() {
            Self::Apt
        } else if places::on_path("dnf").is_some() {
            Self::Dnf
        } else {
            Self::Other
        }
    }

    /// Whether the need exists on this platform.
    pub(crate) fn wants(self, need: &Need) -> bool {
        match need.systems {
            Systems::All => true,
            Systems::Linux => !matches!(self, Self::Brew | Self::Winget),
            Systems::Windows => self == Self::Winget,
        }
    }

    /// What no package list brings and cannot be looked up for sure, with the command that does.
    pub(crate) fn beside_packages(self) -> &'static [&'static str] {
        match self {
            Self::Brew => &["Apple's command line tools: xcode-select --install"],
            Self::Winget => &[
                "the C++ build tools: winget install Microsoft.VisualStudio.2022.BuildTools \
                 --override \"--wait --passive --add Microsoft.VisualStudio.Workload.VCTools \
                 --includeRecommended\"",
                "WebView2, before Windows 11: winget install Microsoft.EdgeWebView2Runtime",
            ],
            Self::Apt | Self::Dnf | Self::Other => &[],
        }
    }

    /// The command that installs these needs, as a person types it.
    pub(crate) fn install_command(self, needs: &[&Need]) -> String {
        let packages = |of: fn(&Need) -> &'static str| {
            let mut names: Vec<&str> = Vec::new();
            for name in needs.iter().flat_map(|need| of(need).split_whitespace()) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            names.join(" ")
        };
        match self {
            Self::Apt => format!("sudo apt-get install -y {}", packages(|need| need.apt)),
            Self::Dnf => format!("sudo dnf install -y {}", packages(|need| need.dnf)),
            Self::Brew => format!("brew install {}", packages(|need| need.brew)),
            Self::Winget => format!("winget install --exact {}", packages(|need| need.winget)),
            Self::Other => format!(
                "your system's packages for what Debian calls: {}",
                packages(|need| need.apt)
            ),
        }
    }
}

impl Need {
    /// Looks for it.
    pub(crate) fn is_there(&self) -> bool {
        match self.sign {
            Sign::Program(names) => names.iter().any(|name| places::on_path(name).is_some()),
            Sign::Module(name) => {
                process::succeeds(process::command("pkg-config").args(["--exists", name]))
            }
            Sign::File(files) => files.iter().any(|file| std::path::Path::new(file).exists()),
        }
    }
}

/// What the system must bring for a purpose.
pub(super) fn needs(platform: Platform, purpose: Purpose) -> impl Iterator<Item = &'static Need> {
    NEEDS
        .iter()
        .filter(move |need| purpose.includes(need.purpose) && platform.wants(need))
}

/// Whether what is missing may be installed unasked.
pub(super) fn may_install(platform: Platform, items: &[Item]) -> bool {
    platform == Platform::Apt
        && items.iter().any(|item| item.absent_package().is_some())
        && administrator().is_some()
}

/// Installs what is missing where this may be done unasked, else stops with the command.
pub(super) fn prepare(platform: Platform, items: &[Item]) -> Outcome {
    let needs: Vec<&Need> = items.iter().filter_map(Item::absent_package).collect();
    if needs.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = needs.iter().map(|need| need.name).collect();
    let by_hand = platform.install_command(&needs);
    if platform != Platform::Apt {
        return Err(stop(&names, &by_hand));
    }
    let Some(prefix) = administrator() else {
        return Err(stop(&names, &by_hand));
    };
    say::step(format_args!("installing {}", names.join(", ")));
    say::line(format_args!("    {by_hand}"));
    let packages: Vec<&str> = needs
        .iter()
        .flat_map(|need| need.apt.split_whitespace())
        .collect();
    if apt_install(prefix, &packages).is_err() {
        // The lists of a fresh machine are empty or old.
        process::run(apt(prefix).arg("update"), "apt-get update")?;
        apt_install(prefix, &packages)?;
    }
    let still: Vec<&str> = needs
        .iter()
        .filter(|need| !need.is_there())
        .map(|need| need.name)
        .collect();
    if still.is_empty() {
        Ok(())
    } else {
        Err(stop(&still, &by_hand))
    }
}

fn stop(names: &[&str], by_hand: &str) -> Stop {
    Stop::because(format!(
        "these are missing: {}\nInstall them, then run this again:\n    {by_hand}",
        names.join(", ")
    ))
}

/// How to become the administrator without a question: as root by nothing, else by `sudo -n`.
fn administrator() -> Option<&'static [&'static str]> {
    if process::answer(process::command("id").arg("-u")).as_deref() == Some("0") {
        return Some(&["env"]);
    }
    let may = places::on_path("sudo").is_some()
        && process::succeeds(process::command("sudo").args(["-n", "true"]));
    may.then_some(&["sudo", "-n", "env"])
}

fn apt(prefix: &[&str]) -> std::process::Command {
    let (program, rest) = prefix.split_first().unwrap_or((&"env", &[]));
    let mut apt = process::command(program);
    apt.args(rest)
        .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]);
    apt.stdin(std::process::Stdio::null());
    apt
}

fn apt_install(prefix: &[&str], packages: &[&str]) -> Outcome {
    let mut apt = apt(prefix);
    apt.args(["install", "-y", "--no-install-recommends"])
        .args(packages);
    process::run(&mut apt, "apt-get install")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need(name: &str) -> &'static Need {
        NEEDS
            .iter()
            .find(|need| need.name.starts_with(name))
            .unwrap()
    }

    #[test]
    fn each_platform_gets_its_own_command() {
        let needs = [need("Node.js"), need("WebKitGTK")];
        let command = |platform: Platform| platform.install_command(&needs);
        assert_eq!(
            command(Platform::Apt),
            "sudo apt-get install -y nodejs npm libwebkit2gtk-4.1-dev"
        );
        assert_eq!(
            command(Platform::Dnf),
            "sudo dnf install -y nodejs npm webkit2gtk4.1-devel"
        );
        let needs = [need("Node.js")];
        assert_eq!(Platform::Brew.install_command(&needs), "brew install node");
        assert_eq!(
            Platform::Winget.install_command(&needs),
            "winget install --exact OpenJS.NodeJS.LTS"
        );
    }

    #[test]
    fn a_package_that_two_needs_share_is_named_once() {
        let needs = [need("WebKitGTK"), need("WebKitWebDriver")];
        assert_eq!(
            Platform::Dnf.install_command(&needs),
            "sudo dnf install -y webkit2gtk4.1-devel"
        );
    }

    #[test]
    fn linux_packages_are_not_asked_for_elsewhere() {
        assert!(!Platform::Brew.wants(need("WebKitGTK")));
        assert!(!Platform::Winget.wants(need("Xvfb")));
        assert!(Platform::Other.wants(need("WebKitGTK")));
        assert!(Platform::Winget.wants(need("Perl")));
        assert!(!Platform::Apt.wants(need("Perl")));
        for need in NEEDS {
            let is_named = |platform: Platform, package: &str| {
                assert_eq!(platform.wants(need), !package.is_empty(), "{}", need.name);
            };
            is_named(Platform::Apt, need.apt);
            is_named(Platform::Dnf, need.dnf);
            is_named(Platform::Brew, need.brew);
            is_named(Platform::Winget, need.winget);
        }
    }

    #[test]
    fn running_asks_for_nothing_that_only_tests_use() {
        let of_run: Vec<_> = NEEDS
            .iter()
            .filter(|need| need.purpose <= Purpose::Run)
            .map(|need| need.apt)
            .collect();
        assert!(of_run.contains(&"libwebkit2gtk-4.1-dev"));
        assert!(!of_run.contains(&"chromium"));
    }

    #[test]
    fn a_need_that_nothing_meets_is_missing() {
        let absent = linux(
            "x",
            Purpose::Run,
            Sign::Program(&["a-program-nobody-has"]),
            "x",
            "x",
        );
        assert!(!absent.is_there());
        let absent = linux(
            "x",
            Purpose::Run,
            Sign::File(&["/nowhere/at/all"]),
            "x",
            "x",
        );
        assert!(!absent.is_there());
    }
}
