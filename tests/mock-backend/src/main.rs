//! The backend as a program for testers. Its first line is for programs, the rest for people.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use hale_mock_backend::{Config, MockBackend, RunningMock};

const HELP: &str = "\
hale-mock-backend: an NHS-style FHIR R4 and SMART backend for testers

  --bind ADDR     listen on this address (127.0.0.1; 0.0.0.0 for phones)
  --port PORT     listen on this port (8780; 0 takes a free one)
  --tls           speak TLS with a certificate made on the spot
  --seed N        make the population from this number (1)
  --patients N    how many patients (239000)
  --help          this text
";

enum Asked {
    Run(Config),
    Help,
}

fn read(mut words: impl Iterator<Item = String>) -> Result<Asked, String> {
    let mut config = Config::default();
    let mut bind = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let mut port: Option<u16> = None;
    while let Some(word) = words.next() {
        let (name, inline) = match word.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (word, None),
        };
        if name == "--help" || name == "-h" {
            return Ok(Asked::Help);
        }
        if name == "--tls" {
            config.tls = true;
            continue;
        }
        if !["--bind", "--port", "--seed", "--patients"].contains(&name.as_str()) {
            return Err(format!("unknown option {name}"));
        }
        let value = inline
            .or_else(|| words.next())
            .ok_or_else(|| format!("{name} needs a value"))?;
        let bad = || format!("{name} does not take {value}");
        match name.as_str() {
            "--bind" => match value.parse::<SocketAddr>() {
                Ok(address) => {
                    bind = address.ip();
                    port = Some(address.port());
                }
                Err(_) => bind = value.parse().map_err(|_| bad())?,
            },
            "--port" => port = Some(value.parse().map_err(|_| bad())?),
            "--seed" => config.seed = value.parse().map_err(|_| bad())?,
            _ => config.patients = value.parse().map_err(|_| bad())?,
        }
    }
    config.bind = SocketAddr::new(bind, port.unwrap_or(8780));
    Ok(Asked::Run(config))
}

fn announcement(mock: &RunningMock) -> String {
    let mut lines = vec![
        format!("HALE_MOCK_URL={}", mock.fhir_base()),
        String::new(),
        "Test server with a made-up population. Nobody in it is real.".to_owned(),
        format!("  FHIR base   {}", mock.fhir_base()),
        format!("  Console     {}", mock.console_url()),
    ];
    if mock.address().ip().is_unspecified() {
        lines.push(format!(
            "  It listens on every address of this machine, on port {}.",
            mock.address().port()
        ));
    }
    if let Some(fingerprint) = mock.fingerprint() {
        lines.push(format!("  Certificate SHA-256 {fingerprint}"));
    }
    lines.extend([String::new(), "Sign in as:".to_owned()]);
    lines.extend(
        mock.personas()
            .iter()
            .map(|persona| format!("  {:<12} {} - {}", persona.key, persona.name, persona.title)),
    );
    lines.extend([String::new(), "Ctrl-C stops it.\n".to_owned()]);
    lines.join("\n")
}

/// Says something to whoever still listens: a script may read the first line alone.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        tracing::debug!(%error, "nobody reads what is printed");
    }
}

#[cfg(unix)]
async fn asked_to_stop() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        outcome = tokio::signal::ctrl_c() => outcome,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn asked_to_stop() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("HALE_MOCK_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let config = match read(std::env::args().skip(1)) {
        Ok(Asked::Run(config)) => config,
        Ok(Asked::Help) => {
            say(HELP);
            return ExitCode::SUCCESS;
        }
        Err(why) => {
            eprintln!("{why}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    let mock = match MockBackend::start(config).await {
        Ok(mock) => mock,
        Err(error) => {
            eprintln!("the test server does not start: {error}");
            if let Some(source) = std::error::Error::source(&error) {
                eprintln!("  {source}");
            }
            return ExitCode::FAILURE;
        }
    };
    say(&announcement(&mock));
    let outcome = asked_to_stop().await;
    mock.stop().await;
    if outcome.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(words: &str) -> Config {
        match read(words.split_whitespace().map(str::to_owned)) {
            Ok(Asked::Run(config)) => config,
            Ok(Asked::Help) => panic!("help"),
            Err(why) => panic!("{why}"),
        }
    }

    #[test]
    fn the_options_are_read() {
        let config = config("--bind 0.0.0.0 --port=0 --tls --seed 7 --patients 500");
        assert_eq!(config.bind.to_string(), "0.0.0.0:0");
        assert!(config.tls);
        assert_eq!((config.seed, config.patients), (7, 500));
    }

    #[test]
    fn a_wrong_option_is_said() {
        for words in ["--what", "--port", "--port x", "--bind nowhere"] {
            assert!(
                read(words.split_whitespace().map(str::to_owned)).is_err(),
                "{words}"
            );
        }
    }
}
