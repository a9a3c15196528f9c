//! The backend as a program for testers. Its first line is for programs, the rest for people.

mod options;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use hale_mock_backend::population::Place;
use hale_mock_backend::{Config, MockBackend, RunningMock, StartError, Viewpoint};
use options::{Asked, HELP};

/// What a tester reads, after the line for programs.
fn announcement(
    mock: &RunningMock,
    others: &[(Place, RunningMock)],
    ca_file: Option<&Path>,
) -> String {
    let mut lines = vec![
        format!("HALE_MOCK_URL={}", mock.fhir_base()),
        String::new(),
        "Test server with a made-up population. Nobody in it is real.".to_owned(),
    ];
    lines.extend(
        mock.fhir_bases()
            .iter()
            // An emulator speaks to another device, which Hale does over TLS alone.
            .filter(|(viewpoint, _)| ca_file.is_some() || *viewpoint != Viewpoint::Emulator)
            .map(|(viewpoint, base)| format!("  {:<19} {base}", heading(*viewpoint))),
    );
    lines.push(format!("  {:<19} {}", "Console", mock.console_url()));
    if !others.is_empty() {
        lines.push(String::new());
        lines.push("Other services of the same people, to be linked in Hale:".to_owned());
    }
    lines.extend(
        others
            .iter()
            .map(|(place, other)| format!("  {:<19} {}", place.word(), other.fhir_base())),
    );
    lines.push(String::new());
    lines.extend(trust(mock, ca_file));
    lines.extend([String::new(), "Sign in as:".to_owned()]);
    lines.extend(
        mock.personas()
            .iter()
            .map(|persona| format!("  {:<12} {} - {}", persona.key, persona.name, persona.title)),
    );
    lines.extend([String::new(), "Ctrl-C stops it.\n".to_owned()]);
    lines.join("\n")
}

fn heading(viewpoint: Viewpoint) -> &'static str {
    match viewpoint {
        Viewpoint::ThisMachine => "FHIR base",
        Viewpoint::Network => "from the network",
        Viewpoint::Emulator => "Android emulator",
    }
}

/// How a client comes to trust it.
fn trust(mock: &RunningMock, ca_file: Option<&Path>) -> Vec<String> {
    let (Some(file), Some(path), Some(fingerprint)) =
        (ca_file, mock.authority_path(), mock.fingerprint())
    else {
        return vec![
            "Hale takes plain HTTP from its own device alone: phones and emulators need --tls."
                .to_owned(),
        ];
    };
    vec![
        "To trust it, install its certificate authority, and remove it after the test. Each start"
            .to_owned(),
        "makes a new one, whose key is kept nowhere.".to_owned(),
        format!("  {:<19} {}", "File (PEM)", file.display()),
        format!("  {:<19} {path} of any address above", "For a phone"),
        format!("  {:<19} {fingerprint}", "SHA-256"),
        "  iOS: open it in Safari, install the profile (Settings, General, VPN & Device".to_owned(),
        "    Management), then switch it on (General, About, Certificate Trust Settings)."
            .to_owned(),
        "  Android: open it, then Settings, Security, Encryption & credentials, Install a"
            .to_owned(),
        "    certificate, CA certificate.".to_owned(),
        "  Debian: copy the file to /usr/local/share/ca-certificates/hale-mock.crt, then"
            .to_owned(),
        "    update-ca-certificates. macOS: Keychain Access. Windows: certmgr.msc.".to_owned(),
        "  curl: --cacert and the file.".to_owned(),
    ]
}

/// The other parts of care of the same people, each on one of the next ports, or on a free one
/// where that is taken or none was asked for.
async fn others(config: &Config) -> Result<Vec<(Place, RunningMock)>, StartError> {
    let mut started = Vec::new();
    if config.place != Place::Practice || config.tls {
        return Ok(started);
    }
    for (number, place) in (1..).zip([Place::Hospital, Place::Community]) {
        let mut next = Config {
            place,
            ..config.clone()
        };
        let port = config.bind.port();
        let port = if port == 0 {
            None
        } else {
            port.checked_add(number)
        };
        next.bind.set_port(port.unwrap_or(0));
        let other = match MockBackend::start(next.clone()).await {
            Err(StartError::Listen { .. }) => {
                next.bind.set_port(0);
                MockBackend::start(next).await?
            }
            other => other?,
        };
        started.push((place, other));
    }
    Ok(started)
}

/// Writes the certificate authority where it was asked for, else beside the program.
fn write_authority(mock: &RunningMock, asked: Option<PathBuf>) -> std::io::Result<Option<PathBuf>> {
    let Some(pem) = mock.authority_pem() else {
        return Ok(None);
    };
    let file = match asked {
        Some(file) => file,
        None => std::env::current_exe()?.with_file_name("hale-mock-ca.pem"),
    };
    std::fs::write(&file, pem)?;
    std::path::absolute(&file).map(Some)
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
    let words = std::env::args_os().skip(1);
    let words = words.map(|word| word.to_string_lossy().into_owned());
    let (config, ca_file) = match options::read(words) {
        Ok(Asked::Run { config, ca_file }) => (config, ca_file),
        Ok(Asked::Help) => {
            say(HELP);
            return ExitCode::SUCCESS;
        }
        Err(why) => {
            eprintln!("{why}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    let started = async {
        let mock = MockBackend::start(config.clone()).await?;
        Ok::<_, StartError>((mock, others(&config).await?))
    };
    let (mock, others) = match started.await {
        Ok(started) => started,
        Err(error) => {
            eprintln!("the test server does not start: {error}");
            if let Some(source) = std::error::Error::source(&error) {
                eprintln!("  {source}");
            }
            return ExitCode::FAILURE;
        }
    };
    let ca_file = match write_authority(&mock, ca_file) {
        Ok(file) => file,
        Err(error) => {
            eprintln!("the certificate authority cannot be written: {error}; see --ca-file");
            return ExitCode::FAILURE;
        }
    };
    say(&announcement(&mock, &others, ca_file.as_deref()));
    let outcome = asked_to_stop().await;
    mock.stop().await;
    for (_, other) in &others {
        other.stop().await;
    }
    if outcome.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
