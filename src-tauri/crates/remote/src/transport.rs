//! One HTTP attempt within its limits: where it may go, how long it may take, how much is read, and
//! what its failure means. Refuses to repeat (the caller knows what is safe to repeat), to follow a
//! redirect to another origin, and to know about tokens. Nothing leaves without an `X-Request-ID`.

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::OnceLock;

use hale_core::ports::RemoteError;
use reqwest::header::{HeaderMap, HeaderValue, LOCATION};
use reqwest::{Certificate, Client, Method, Request, Response};
use url::Url;
use uuid::Uuid;

use crate::address::{is_allowed, is_loopback, is_same_origin};
use crate::headers::REQUEST_ID;
use crate::options::HttpOptions;

/// How much of an error's body is kept.
const ERROR_BODY_LIMIT: usize = 64 * 1024;

/// How many redirects within one origin are followed.
const MAX_REDIRECTS: usize = 3;

const USER_AGENT: &str = concat!("Hale/", env!("CARGO_PKG_VERSION"));

/// A whole answer of any status; of an error's body only the first 64 KB.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Whether the status is 2xx.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// A failed attempt.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What it means.
    pub(crate) error: RemoteError,
    /// Whether a reading may well succeed when it is repeated at once.
    pub(crate) may_pass: bool,
}

impl Failure {
    pub(crate) fn lasting(error: RemoteError) -> Self {
        Self {
            error,
            may_pass: false,
        }
    }
}

/// A request to send.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Vec<u8>>,
    /// The largest good body, in bytes.
    pub(crate) limit: usize,
}

/// The connections of this process.
pub(crate) struct Transport {
    pub(crate) options: HttpOptions,
    // Made at the first request: reading the system's certificates takes time, and an app that
    // starts without the network never needs them.
    beyond: OnceLock<Option<Client>>,
    on_this_device: OnceLock<Option<Client>>,
}

impl Transport {
    pub(crate) fn new(options: HttpOptions) -> Self {
        Self {
            options,
            beyond: OnceLock::new(),
            on_this_device: OnceLock::new(),
        }
    }

    /// Reads, following redirects within the origin.
    pub(crate) async fn get(
        &self,
        mut url: Url,
        headers: &HeaderMap,
        limit: usize,
    ) -> Result<Answer, Failure> {
        // A redirect is the same request to the person who looks for it in the server's log.
        let headers = with_request_id(headers.clone());
        for _ in 0..=MAX_REDIRECTS {
            let answer = self
                .send(Call {
                    method: Method::GET,
                    url: url.clone(),
                    headers: headers.clone(),
                    body: None,
                    limit,
                })
                .await?;
            match redirect_target(&url, &answer)? {
                None => return Ok(answer),
                Some(target) => url = target,
            }
        }
        Err(Failure::lasting(RemoteError::UnreadableAnswer(
            "too many redirects",
        )))
    }

    /// Sends once and reads the answer.
    pub(crate) async fn send(&self, call: Call) -> Result<Answer, Failure> {
        if !is_allowed(&call.url) {
            return Err(Failure::lasting(RemoteError::Unsafe("address")));
        }
        let Some(client) = self.client(&call.url) else {
            return Err(Failure::lasting(RemoteError::NotConnected(None)));
        };
        let mut request = Request::new(call.method, call.url);
        *request.headers_mut() = with_request_id(call.headers);
        *request.body_mut() = call.body.map(Into::into);
        let response = client.execute(request).await.map_err(before_the_answer)?;
        read(response, call.limit).await
    }

    fn client(&self, url: &Url) -> Option<&Client> {
        let is_local = is_loopback(url);
        let cell = if is_local {
            &self.on_this_device
        } else {
            &self.beyond
        };
        cell.get_or_init(|| match build(&self.options, is_local) {
            Ok(client) => Some(client),
            Err(error) => {
                tracing::error!(%error, "no TLS connections can be made on this system");
                None
            }
        })
        .as_ref()
    }
}

fn build(options: &HttpOptions, is_local: bool) -> reqwest::Result<Client> {
    let mut builder = Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(options.connect_timeout)
        .timeout(options.request_timeout)
        // Servers close idle connections; a write that meets a closed one has an unknown fate.
        .pool_idle_timeout(std::time::Duration::from_secs(15))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false);
    if !options.extra_roots.is_empty() {
        let roots: Result<Vec<_>, _> = options
            .extra_roots
            .iter()
            .map(|der| Certificate::from_der(der))
            .collect();
        builder = builder.tls_certs_merge(roots?);
    }
    if is_local {
        // Neither a proxy nor a name service may carry plain HTTP away from this device.
        let here = [
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(Ipv6Addr::LOCALHOST),
        ];
        builder = builder.no_proxy().resolve_to_addrs(
            "localhost",
            &here.map(|address| SocketAddr::new(address, 0)),
        );
    } else {
        builder = builder.https_only(true);
    }
    builder.build()
}

/// The headers with an id of the request, so that a server's people can find it. One that the
/// caller chose stays: a repeated request keeps its own.
fn with_request_id(mut headers: HeaderMap) -> HeaderMap {
    if !headers.contains_key(REQUEST_ID)
        && let Ok(id) = HeaderValue::from_str(&Uuid::new_v4().to_string())
    {
        headers.insert(REQUEST_ID, id);
    }
    headers
}

/// Where a redirect leads, if the answer is one. Refused beyond the origin: neither a token nor a
/// query about a person goes to an address that nobody chose.
pub(crate) fn redirect_target(from: &Url, answer: &Answer) -> Result<Option<Url>, Failure> {
    if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let target = answer
        .headers
        .get(LOCATION)
        .and_then(|location| location.to_str().ok())
        .and_then(|location| from.join(location).ok())
        .ok_or_else(|| Failure::lasting(RemoteError::UnreadableAnswer("redirect to nowhere")))?;
    if is_allowed(&target) && is_same_origin(from, &target) {
        Ok(Some(target))
    } else {
        Err(Failure::lasting(RemoteError::Unsafe("redirect")))
    }
}

/// Reads the body, counted after decompression, so that a small answer cannot grow without limit.
async fn read(mut response: Response, limit: usize) -> Result<Answer, Failure> {
    let status = response.status().as_u16();
    let is_error = status >= 400;
    let limit = if is_error { ERROR_BODY_LIMIT } else { limit };
    let announced = response.content_length().unwrap_or(0);
    if !is_error && announced > limit as u64 {
        return Err(Failure::lasting(RemoteError::UnreadableAnswer("too large")));
    }
    let headers = std::mem::take(response.headers_mut());
    let mut body = Vec::with_capacity(usize::try_from(announced).unwrap_or(0).min(limit));
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= limit => body.extend_from_slice(&chunk),
            Ok(Some(chunk)) if is_error => {
                body.extend_from_slice(&chunk[..limit - body.len()]);
                break;
            }
            Ok(Some(_)) => {
                return Err(Failure::lasting(RemoteError::UnreadableAnswer("too large")));
            }
            Ok(None) => break,
            // The status stands, and it says more than the rest of the body would.
            Err(_) if is_error => break,
            Err(error) => return Err(within_the_answer(error)),
        }
    }
    Ok(Answer {
        status,
        headers,
        body,
    })
}

/// What it means that no answer began.
fn before_the_answer(error: reqwest::Error) -> Failure {
    if names_a_certificate(&error) {
        return Failure::lasting(RemoteError::Unsafe("certificate"));
    }
    let timed_out = error.is_timeout();
    // The address may hold what a person searched for, so it is dropped from the error.
    let never_sent = error.is_connect() || error.is_builder();
    let source: Option<Box<dyn Error + Send + Sync>> = Some(Box::new(error.without_url()));
    let error = if never_sent {
        RemoteError::NotConnected(source)
    } else {
        RemoteError::NoAnswer { timed_out, source }
    };
    // A server that let one time limit pass will let the next one pass too; asking again only
    // makes the person wait longer.
    Failure {
        error,
        may_pass: !timed_out,
    }
}

/// What it means that the body did not arrive whole.
fn within_the_answer(error: reqwest::Error) -> Failure {
    if error.is_timeout() {
        let source: Option<Box<dyn Error + Send + Sync>> = Some(Box::new(error.without_url()));
        return Failure::lasting(RemoteError::NoAnswer {
            timed_out: true,
            source,
        });
    }
    Failure {
        error: RemoteError::UnreadableAnswer("cut short"),
        may_pass: true,
    }
}

/// Whether a refused certificate is the cause. Errors are wrapped in I/O errors on their way, which
/// hide what they wrap from `source()`.
fn names_a_certificate(error: &reqwest::Error) -> bool {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(current) = next {
        let inner = current
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        let tls = current
            .downcast_ref::<rustls::Error>()
            .or_else(|| inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()));
        if let Some(tls) = tls {
            return matches!(
                tls,
                rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented
            );
        }
        next = match inner {
            Some(inner) => Some(inner),
            None => current.source(),
        };
    }
    false
}
