//! Owns the command line.

use std::ffi::OsString;

use lexopt::prelude::*;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
hale-conformance: what of Hale's journey works against a FHIR server

  --server URL   the FHIR base address
  --persona KEY  sign in at a mock backend of Hale as this made-up person, without a browser
  --unattended   follow the sign-in page's redirects, where a login asks nothing
  --write        also book a time: makes an appointment, so only for a server that is for testing
  --help         this text

Without --persona and --unattended the sign-in page opens in the browser.
Ends with 1 if something fails that Hale cannot do without.
";

/// Who is at the sign-in page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// Whoever is in front of the browser.
    Person,
    /// A made-up person of the mock.
    Persona(String),
    /// Nobody.
    Nobody,
}

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) server: String,
    pub(crate) who: Who,
    pub(crate) may_write: bool,
}

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Walk(Options),
    Help,
}

/// Reads a command line, without the program's name.
pub(crate) fn read(words: impl IntoIterator<Item = OsString>) -> Result<Asked, lexopt::Error> {
    let mut parser = lexopt::Parser::from_args(words);
    let (mut server, mut who, mut may_write) = (None, Who::Person, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("server") if server.is_none() => server = Some(parser.value()?.string()?),
            Long("persona") if who == Who::Person => who = Who::Persona(parser.value()?.string()?),
            Long("unattended") if who == Who::Person => who = Who::Nobody,
            Long("write") => may_write = true,
            Long("help") => return Ok(Asked::Help),
            _ => return Err(argument.unexpected()),
        }
    }
    let server = server.ok_or("--server is missing")?;
    Ok(Asked::Walk(Options {
        server,
        who,
        may_write,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Result<Asked, lexopt::Error> {
        read(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn nothing_is_written_and_nobody_stands_in_unless_asked_for() {
        let expected = Options {
            server: "https://fhir.example/R4".to_owned(),
            who: Who::Person,
            may_write: false,
        };
        assert_eq!(
            words("--server https://fhir.example/R4").unwrap(),
            Asked::Walk(expected)
        );
    }

    #[test]
    fn a_line_that_makes_no_sense_is_refused() {
        for line in [
            "",
            "--write",
            "--server",
            "--server a --server b",
            "--server a --persona x --unattended",
            "--server a --fast",
        ] {
            assert!(words(line).is_err(), "{line}");
        }
    }
}
