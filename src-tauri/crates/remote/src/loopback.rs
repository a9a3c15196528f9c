//! The one-shot listener that the browser comes back to (RFC 8252 §7.3). Answers one callback and
//! closes; everything else that knocks gets a short refusal. Knows nothing about OAuth: whoever
//! waits judges the query.

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use base64::Engine;
use futures::stream::{FuturesUnordered, StreamExt};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The path of the redirect address.
const PATH: &str = "/callback";

/// The largest request head that is read. A code and a state need a few hundred bytes.
const MAX_HEAD: usize = 16 * 1024;

/// The longest time for one connection. Browsers open spare ones that never say anything.
const CONNECTION_LIMIT: Duration = Duration::from_secs(10);

/// How many connections are served at the same time.
const MAX_CONNECTIONS: usize = 16;

const STYLE: &str = "body{font:1.25rem/1.5 system-ui,sans-serif;margin:3rem auto;max-width:36rem;\
                     padding:0 1rem}";

/// What the person sees in the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    /// The way back was right, whatever the server said.
    Return,
    /// The way back was not one that Hale asked for.
    NotOurs,
}

/// What to do with a callback.
pub(crate) enum Judgement<T> {
    /// It is the answer: show this page, close, and hand on the value.
    Answer(Page, T),
    /// It is nothing: refuse it and go on waiting.
    Ignore,
}

/// A listener on a free port of this device. Closed when dropped.
pub(crate) struct Loopback {
    listener: TcpListener,
    authority: String,
}

impl Loopback {
    /// Listens on 127.0.0.1 alone, so that no other device can answer for the browser.
    pub(crate) async fn open() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let authority = format!("127.0.0.1:{}", listener.local_addr()?.port());
        Ok(Self {
            listener,
            authority,
        })
    }

    /// The redirect address.
    pub(crate) fn redirect_uri(&self) -> String {
        format!("http://{}{PATH}", self.authority)
    }

    /// Waits for the callback whose query `judge` takes for an answer. Dropping the future closes
    /// every connection and the listener.
    pub(crate) async fn wait<T>(self, judge: impl Fn(&str) -> Judgement<T>) -> io::Result<T> {
        let mut connections = FuturesUnordered::new();
        let answer = loop {
            tokio::select! {
                accepted = self.listener.accept(), if connections.len() < MAX_CONNECTIONS => {
                    let (stream, _) = accepted?;
                    connections.push(tokio::time::timeout(CONNECTION_LIMIT, self.head(stream)));
                }
                Some(served) = connections.next() => {
                    let Ok(Some((mut stream, query))) = served else { continue };
                    match judge(&query) {
                        Judgement::Ignore => refuse(stream, "400 Bad Request").await,
                        Judgement::Answer(page, value) => {
                            // The patient sees the page even if the browser reads slowly; a failure
                            // to show it changes nothing about the answer.
                            let answer = page_answer(page);
                            let show = send(&mut stream, &answer);
                            let _ = tokio::time::timeout(CONNECTION_LIMIT, show).await;
                            break value;
                        }
                    }
                }
            }
        };
        Ok(answer)
    }

    /// Reads one request and gives the query of a callback; refuses everything else itself.
    async fn head(&self, mut stream: TcpStream) -> Option<(TcpStream, String)> {
        let mut head = Vec::new();
        let mut chunk = [0; 2048];
        loop {
            let count = stream.read(&mut chunk).await.ok()?;
            if count == 0 {
                return None;
            }
            head.extend_from_slice(&chunk[..count]);
            match judge_head(&self.authority, &head) {
                Head::Incomplete if head.len() < MAX_HEAD => {}
                Head::Incomplete => {
                    refuse(stream, "431 Request Header Fields Too Large").await;
                    return None;
                }
                Head::Refused(status) => {
                    refuse(stream, status).await;
                    return None;
                }
                Head::Callback(query) => return Some((stream, query)),
            }
        }
    }
}

/// Judges what has come so far of a request to the listener at `authority`.
pub(crate) fn judge_head(authority: &str, head: &[u8]) -> Head {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(httparse::Status::Partial) => return Head::Incomplete,
        Ok(httparse::Status::Complete(_)) => {}
        Err(_) => return Head::Refused("400 Bad Request"),
    }
    // A page in the browser that has bent a name to this address must not be answered.
    let mut hosts = request
        .headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case("host"));
    let is_ours = hosts
        .next()
        .is_some_and(|host| host.value == authority.as_bytes());
    if !is_ours || hosts.next().is_some() {
        return Head::Refused("421 Misdirected Request");
    }
    let (path, query) = request
        .path
        .unwrap_or_default()
        .split_once('?')
        .unwrap_or((request.path.unwrap_or_default(), ""));
    if path != PATH {
        return Head::Refused("404 Not Found");
    }
    if request.method != Some("GET") {
        return Head::Refused("405 Method Not Allowed");
    }
    Head::Callback(query.to_owned())
}

/// What the head of a request is.
pub(crate) enum Head {
    /// More must come.
    Incomplete,
    /// Refused with this status.
    Refused(&'static str),
    /// A callback with this query.
    Callback(String),
}

async fn refuse(mut stream: TcpStream, status: &str) {
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Length: 0\r\nCache-Control: no-store\r\nConnection: \
         close\r\n\r\n"
    );
    let _ = tokio::time::timeout(Duration::from_secs(1), send(&mut stream, &answer)).await;
}

async fn send(stream: &mut TcpStream, answer: &str) -> io::Result<()> {
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

/// A static page: no script, nothing loaded, nothing of the request repeated in it.
fn page_answer(page: Page) -> String {
    let (status, title, text) = match page {
        Page::Return => (
            "200 OK",
            "You can close this page and go back to Hale",
            "Hale is finishing your sign-in.",
        ),
        Page::NotOurs => (
            "400 Bad Request",
            "This sign-in was not started by Hale",
            "Close this page, go back to Hale and sign in again.",
        ),
    };
    let body = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta \
         name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta \
         name=\"color-scheme\" content=\"light \
         dark\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</\
         h1>\n<p>{text}</p>\n</main>\n</body>\n</html>\n"
    );
    let style = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: \
         {}\r\nContent-Security-Policy: default-src 'none'; style-src 'sha256-{style}'; base-uri \
         'none'; form-action 'none'; frame-ancestors 'none'\r\nX-Content-Type-Options: \
         nosniff\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-store\r\nConnection: \
         close\r\n\r\n{body}",
        body.len()
    )
}
