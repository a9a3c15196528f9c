//! Owns the command line: its grammar, its help, and the words for what it does not take.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use hale_mock_backend::population::Place;
use hale_mock_backend::{Config, population};

/// What `--help` prints.
pub(crate) const HELP: &str = "\
hale-mock-backend: an NHS-style FHIR R4 and SMART backend for testers

  --bind ADDRESS  listen on this address (127.0.0.1; 0.0.0.0 for phones)
  --port PORT     listen on this port (8780; 0 takes a free one)
  --tls           speak TLS, as phones and emulators need it; a certificate is made on the spot
  --ca-file FILE  with --tls: write there what a client must trust (beside this program)
  --seed N        make the population from this number (1)
  --patients N    how many patients, from 16 to 900000 (239000)
  --place WORD    practice, hospital or community (practice; the others of the same people are
                  started beside it, on the next ports or free ones)
  --help          this text
";

/// Where it listens if nothing else is said.
const USUAL_PORT: u16 = 8780;

/// What was asked for.
#[derive(Debug)]
pub(crate) enum Asked {
    /// A server.
    Run {
        /// How it is to be.
        config: Config,
        /// Where the certificate authority is written, instead of the usual place.
        ca_file: Option<PathBuf>,
    },
    /// [`HELP`].
    Help,
}

/// The options as they were written, each with its value.
#[derive(Default)]
struct Given(Vec<(String, Option<String>)>);

/// Reads a command line, without the program's name. The error is in words.
pub(crate) fn read(words: impl Iterator<Item = String>) -> Result<Asked, String> {
    let given = Given::read(words)?;
    if given.has("--help") || given.has("-h") {
        return Ok(Asked::Help);
    }
    let mut config = Config {
        tls: given.has("--tls"),
        ..Config::default()
    };
    config.bind = given.address()?;
    if let Some(seed) = given.value("--seed") {
        config.seed = number("--seed", seed, u64::MIN, u64::MAX)?;
    }
    if let Some(patients) = given.value("--patients") {
        let (fewest, most) = population::SIZES.into_inner();
        config.patients = number("--patients", patients, fewest, most)?;
    }
    if let Some(word) = given.value("--place") {
        config.place = place(word)?;
    }
    let ca_file = given.value("--ca-file").map(PathBuf::from);
    if ca_file.is_some() && !config.tls {
        return Err("--ca-file is for --tls alone: without TLS there is no certificate".to_owned());
    }
    Ok(Asked::Run { config, ca_file })
}

impl Given {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut given = Self::default();
        while let Some(word) = words.next() {
            let (name, inline) = match word.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (word, None),
            };
            let value = match name.as_str() {
                "--help" | "-h" | "--tls" => match inline {
                    Some(value) => return Err(format!("{name} takes no value, so not '{value}'")),
                    None => None,
                },
                "--bind" | "--port" | "--seed" | "--patients" | "--place" | "--ca-file" => {
                    let value = inline.or_else(|| words.next());
                    // What looks like an option was not meant as a value.
                    let value = value.filter(|it| !it.is_empty() && !it.starts_with("--"));
                    Some(value.ok_or_else(|| format!("{name} needs a value"))?)
                }
                _ => return Err(format!("there is no option '{name}'")),
            };
            if given.has(&name) {
                return Err(format!("{name} is given twice"));
            }
            given.0.push((name, value));
        }
        Ok(given)
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|given| given.0 == name)
    }

    fn value(&self, name: &str) -> Option<&str> {
        let given = self.0.iter().find(|given| given.0 == name)?;
        given.1.as_deref()
    }

    /// Where to listen. `--bind` may bring the port.
    fn address(&self) -> Result<SocketAddr, String> {
        let port = match self.value("--port") {
            Some(port) => Some(number("--port", port, u16::MIN, u16::MAX)?),
            None => None,
        };
        let Some(bind) = self.value("--bind") else {
            let bind = IpAddr::V4(Ipv4Addr::LOCALHOST);
            return Ok(SocketAddr::new(bind, port.unwrap_or(USUAL_PORT)));
        };
        if let Ok(ip) = bind.parse::<IpAddr>() {
            return Ok(SocketAddr::new(ip, port.unwrap_or(USUAL_PORT)));
        }
        match bind.parse::<SocketAddr>() {
            Ok(_) if port.is_some() => Err("--bind and --port both name a port".to_owned()),
            Ok(address) => Ok(address),
            Err(_) => Err(format!(
                "--bind takes an IP address such as 127.0.0.1 or 0.0.0.0, not '{bind}'"
            )),
        }
    }
}

fn place(word: &str) -> Result<Place, String> {
    [Place::Practice, Place::Hospital, Place::Community]
        .into_iter()
        .find(|place| place.word() == word)
        .ok_or_else(|| format!("--place takes practice, hospital or community, not '{word}'"))
}

fn number<N>(name: &str, text: &str, least: N, most: N) -> Result<N, String>
where
    N: std::str::FromStr + PartialOrd + std::fmt::Display,
{
    match text.parse::<N>() {
        Ok(number) if number >= least && number <= most => Ok(number),
        _ => Err(format!(
            "{name} takes a whole number from {least} to {most}, not '{text}'"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_line(line: &str) -> Result<Asked, String> {
        read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn the_options_are_read() {
        for (line, address, tls, seed, patients) in [
            ("", "127.0.0.1:8780", false, 1, 239_000),
            (
                "--bind 0.0.0.0 --port=0 --tls --seed 7 --patients 500",
                "0.0.0.0:0",
                true,
                7,
                500,
            ),
            ("--bind [::1]:9000", "[::1]:9000", false, 1, 239_000),
            ("--bind=::", "[::]:8780", false, 1, 239_000),
            ("--patients 16", "127.0.0.1:8780", false, 1, 16),
            ("--patients 900000", "127.0.0.1:8780", false, 1, 900_000),
        ] {
            let Ok(Asked::Run { config, .. }) = read_line(line) else {
                panic!("{line} starts a server");
            };
            assert_eq!(config.bind.to_string(), address, "{line}");
            assert_eq!(config.tls, tls, "{line}");
            assert_eq!((config.seed, config.patients), (seed, patients), "{line}");
        }
    }

    #[test]
    fn the_part_of_care_is_read() {
        for place in [Place::Practice, Place::Hospital, Place::Community] {
            let Ok(Asked::Run { config, .. }) = read_line(&format!("--place {}", place.word()))
            else {
                panic!("starts a server");
            };
            assert_eq!(config.place, place);
        }
    }

    #[test]
    fn the_place_of_the_authority_is_read() {
        let Ok(Asked::Run { ca_file, .. }) = read_line("--tls --ca-file ca.pem") else {
            panic!("starts a server");
        };
        assert_eq!(ca_file, Some(PathBuf::from("ca.pem")));
    }

    #[test]
    fn help_is_given_whatever_else_is_there() {
        for line in ["--help", "-h", "--port 1 --help"] {
            assert!(matches!(read_line(line), Ok(Asked::Help)), "{line}");
        }
    }

    #[test]
    fn a_wrong_option_is_said_in_words() {
        for (line, words) in [
            ("--what", "there is no option '--what'"),
            ("mock", "there is no option 'mock'"),
            ("--release=false", "there is no option '--release'"),
            ("--tls=false", "--tls takes no value, so not 'false'"),
            ("--tls=", "--tls takes no value, so not ''"),
            ("--tls false", "there is no option 'false'"),
            ("--tls --tls", "--tls is given twice"),
            ("--port", "--port needs a value"),
            ("--port=", "--port needs a value"),
            ("--port --tls", "--port needs a value"),
            (
                "--port x",
                "--port takes a whole number from 0 to 65535, not 'x'",
            ),
            (
                "--port 65536",
                "--port takes a whole number from 0 to 65535, not '65536'",
            ),
            ("--port 1 --port 2", "--port is given twice"),
            (
                "--bind nowhere",
                "--bind takes an IP address such as 127.0.0.1 or 0.0.0.0, not 'nowhere'",
            ),
            (
                "--bind 127.0.0.1:1 --port 2",
                "--bind and --port both name a port",
            ),
            (
                "--patients 15",
                "--patients takes a whole number from 16 to 900000, not '15'",
            ),
            (
                "--patients 900001",
                "--patients takes a whole number from 16 to 900000, not '900001'",
            ),
            (
                "--patients -1",
                "--patients takes a whole number from 16 to 900000, not '-1'",
            ),
            (
                "--seed 1.5",
                "--seed takes a whole number from 0 to 18446744073709551615, not '1.5'",
            ),
            (
                "--ca-file ca.pem",
                "--ca-file is for --tls alone: without TLS there is no certificate",
            ),
            ("--tls --ca-file", "--ca-file needs a value"),
            (
                "--place moon",
                "--place takes practice, hospital or community, not 'moon'",
            ),
        ] {
            assert_eq!(read_line(line).unwrap_err(), words, "{line}");
        }
    }
}
