//! A server below HTTP's manners: it may stop anywhere.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

/// What the server does after it has read a whole request.
#[derive(Clone)]
pub(crate) enum Reply {
    /// Sends these bytes and closes.
    Bytes(Vec<u8>),
    /// Cuts the connection without a byte.
    Reset,
    /// Sends these bytes, perhaps none, keeps the connection and says nothing more.
    Silence(Vec<u8>),
    /// Sends these bytes and then this chunk again and again, as long as somebody reads.
    Endless(Vec<u8>, Vec<u8>),
}

/// The requests seen, each with head and body.
pub(crate) type Seen = Arc<Mutex<Vec<String>>>;

pub(crate) struct RawServer {
    pub(crate) origin: String,
    pub(crate) seen: Seen,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl RawServer {
    /// Serves the replies in order; the last one again and again.
    pub(crate) async fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let seen = Seen::default();
        let log = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let (replies, log) = (replies.clone(), Arc::clone(&log));
                tokio::spawn(async move {
                    let Some(request) = request(&mut stream).await else {
                        return;
                    };
                    let reply = {
                        let mut log = log.lock().unwrap();
                        log.push(request);
                        replies[(log.len() - 1).min(replies.len() - 1)].clone()
                    };
                    match reply {
                        Reply::Reset => stream.set_zero_linger().unwrap(),
                        other => answer(&mut stream, other).await,
                    }
                });
            }
        });
        Self { origin, seen, task }
    }

    pub(crate) fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}

/// Sends a reply over any connection.
pub(crate) async fn answer(stream: &mut (impl AsyncWrite + AsyncRead + Unpin), reply: Reply) {
    match reply {
        Reply::Bytes(bytes) => {
            stream.write_all(&bytes).await.unwrap();
            let _ = stream.shutdown().await;
        }
        Reply::Reset => {}
        Reply::Silence(bytes) => {
            stream.write_all(&bytes).await.unwrap();
            std::future::pending().await
        }
        Reply::Endless(head, chunk) => {
            stream.write_all(&head).await.unwrap();
            while stream.write_all(&chunk).await.is_ok() {}
        }
    }
}

/// Reads one request with its body.
pub(crate) async fn request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let count = stream.read(&mut chunk).await.ok()?;
        if count == 0 {
            return None;
        }
        bytes.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .map_or(0, |(_, value)| value.trim().parse().unwrap());
        if body.len() >= length {
            return Some(text);
        }
    }
}

/// A whole answer.
pub(crate) fn whole(status: &str, headers: &str, body: &str) -> Reply {
    Reply::Bytes(
        format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n{body}",
            body.len()
        )
        .into_bytes(),
    )
}
