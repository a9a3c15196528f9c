//! Who is at the sign-in page: a person at the system's browser, a made-up person of the mock, or
//! nobody where the page asks nothing.

use std::process::{Command, Stdio};
use std::sync::Arc;

use hale_core::ports::{BrowserError, OpenBrowser};
use hale_support::Visitor;
use url::Url;

use crate::options::Who;
use crate::table::say;

/// Whoever was asked for.
pub(crate) fn visitor(who: &Who) -> Arc<dyn OpenBrowser> {
    match who {
        Who::Person => Arc::new(SystemBrowser),
        Who::Persona(key) => Arc::new(persona(key.clone())),
        Who::Nobody => Arc::new(Visitor::following()),
    }
}

/// Chooses a made-up person on the mock's page, as its form does.
fn persona(key: String) -> Visitor {
    Visitor::new(move |address| {
        let key = key.clone();
        async move {
            let mut page = Url::parse(&address).ok()?;
            page.query_pairs_mut().append_pair("persona", &key);
            let form = page.query()?.to_owned();
            let choice = page.join("/auth/choose").ok()?;
            // The last redirect is the app's own.
            let sent = reqwest::Client::new()
                .post(choice)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body(form)
                .send();
            sent.await.ok()?;
            None
        }
    })
}

/// The system's own browser.
struct SystemBrowser;

impl OpenBrowser for SystemBrowser {
    fn open(&self, url: &str) -> Result<(), BrowserError> {
        say("           The sign-in page opens in the browser. If it does not, open this address:");
        say(format_args!("           {url}"));
        let started = command()
            .arg(url)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        // Whoever has no browser here can still open the address by hand.
        if let Ok(mut child) = started {
            // Waited for on a thread of its own, so that no dead process is left behind.
            std::thread::spawn(move || child.wait());
        }
        Ok(())
    }
}

fn command() -> Command {
    let chosen = std::env::var_os("BROWSER").filter(|program| !program.is_empty());
    match chosen {
        Some(program) => Command::new(program),
        None if cfg!(target_os = "macos") => Command::new("open"),
        None if cfg!(windows) => {
            let mut command = Command::new("rundll32");
            command.arg("url.dll,FileProtocolHandler");
            command
        }
        None => Command::new("xdg-open"),
    }
}
