//! Servers that are not ours, run by Node.js: programs of `tests/` that say JSON, a line each, and
//! take lines to do.

use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::Visitor;

/// A running server; it ends when this is dropped.
pub struct NodeServer {
    child: Child,
    input: ChildStdin,
    said: UnboundedReceiver<Value>,
}

impl NodeServer {
    /// Starts a program of the folder `tests/`, and gives the base that it serves.
    ///
    /// # Panics
    /// If it does not start. `cargo xtask test` installs what it needs.
    pub async fn start(program: &str, arguments: &[&str]) -> (Self, String) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("..")
            .join(program);
        let mut child = Command::new("node")
            .arg(file)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("node starts");
        let input = child.stdin.take().expect("an input");
        let output = child.stdout.take().expect("an output");
        let mut lines = BufReader::new(output).lines();
        let (say, said) = unbounded_channel();
        // Read to the end, whoever listens: a closed pipe would end the server.
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                if let Ok(line) = serde_json::from_str(&line) {
                    drop(say.send(line));
                }
            }
        });
        let mut server = Self { child, input, said };
        let line = server.next("base").await;
        let base = line["base"].as_str().expect("an address").to_owned();
        (server, base)
    }

    /// The next line that says something of this kind; lines of other kinds are passed over.
    ///
    /// # Panics
    /// If it ends without.
    pub async fn next(&mut self, kind: &str) -> Value {
        loop {
            let line = self.said.recv().await;
            let line = line.expect("the server goes on: are its packages installed?");
            if !line[kind].is_null() {
                return line;
            }
        }
    }

    /// Gives it a line.
    ///
    /// # Panics
    /// If it has ended.
    pub async fn tell(&mut self, line: &str) {
        let line = format!("{line}\n");
        self.input
            .write_all(line.as_bytes())
            .await
            .expect("the server listens");
    }

    /// Ends it, and with it the network.
    ///
    /// # Panics
    /// If it cannot be ended.
    pub async fn stop(mut self) {
        self.child.kill().await.expect("the server ends");
    }
}

impl Visitor {
    /// A browser without anybody in front: it keeps cookies and follows redirects, the last one to
    /// the app.
    #[must_use]
    pub fn following() -> Self {
        Self::new(|address| async move {
            let browser = reqwest::Client::builder().cookie_store(true).build().ok()?;
            browser.get(address).send().await.ok()?;
            None
        })
    }
}
