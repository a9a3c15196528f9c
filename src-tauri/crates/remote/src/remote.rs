//! Requests to one backend for one person: what goes into them, when a reading is repeated, and
//! what the answer means. Refuses to repeat a write and to read a body.

use std::sync::Arc;

use backon::{ExponentialBuilder, Retryable};
use hale_core::ports::{
    BackendInfo, Clock, Fetch, Fetched, Remote, RemoteError, Target, TokenKeeper, Tokens, Write,
    Written,
};
use reqwest::Method;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MATCH,
    IF_NONE_MATCH, LOCATION,
};
use url::Url;
use uuid::Uuid;

use crate::address::{below, is_allowed, is_same_origin};
use crate::headers::{REQUEST_ID, retry_after, server_date, text};
use crate::session::{Access, Session};
use crate::transport::{Answer, Call, Failure, Transport};

const FHIR_JSON: HeaderValue = HeaderValue::from_static("application/fhir+json");
const IF_NONE_EXIST: HeaderName = HeaderName::from_static("if-none-exist");
const PREFER: HeaderName = HeaderName::from_static("prefer");

/// How often a reading is repeated after its first attempt.
const MAX_REPEATS: usize = 2;

/// One backend for one signed-in person. Cheap to clone; clones share tokens and connections.
#[derive(Clone)]
pub struct HttpRemote {
    transport: Arc<Transport>,
    session: Arc<Session>,
    clock: Arc<dyn Clock>,
    /// None if the stored address is no longer usable; every request then says so.
    base: Option<Url>,
}

impl std::fmt::Debug for HttpRemote {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("HttpRemote(…)")
    }
}

impl HttpRemote {
    pub(crate) fn new(
        transport: Arc<Transport>,
        info: BackendInfo,
        tokens: Tokens,
        keeper: Arc<dyn TokenKeeper>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let base = Url::parse(&info.base_url).ok().filter(is_allowed);
        let session = Session::new(
            Arc::clone(&transport),
            info,
            tokens,
            keeper,
            Arc::clone(&clock),
        );
        Self {
            transport,
            session: Arc::new(session),
            clock,
            base,
        }
    }

    fn base(&self) -> Result<&Url, RemoteError> {
        self.base.as_ref().ok_or(RemoteError::Unsafe("address"))
    }

    fn address(&self, target: &Target) -> Result<Url, RemoteError> {
        address_of(self.base()?, target)
    }

    /// Sends with the current token, and once more after a 401 that a renewal may cure: a request
    /// refused with 401 was not carried out, so even a write may go again.
    async fn send(&self, request: &Outgoing) -> Result<Answer, Failure> {
        let access = self.session.access().await?;
        let answer = self.send_with(request, &access).await?;
        if answer.status != 401 {
            self.session.was_accepted(&access);
            return self.judged(answer);
        }
        let Some(access) = self.session.access_after_refusal(&access).await? else {
            return self.judged(answer);
        };
        let answer = self.send_with(request, &access).await?;
        if answer.status != 401 {
            self.session.was_accepted(&access);
        }
        self.judged(answer)
    }

    async fn send_with(&self, request: &Outgoing, access: &Access) -> Result<Answer, Failure> {
        let limit = self.transport.options.body_limit;
        let headers = authorised(&request.headers, access)?;
        let url = request.url.clone();
        if request.method == Method::GET {
            return self.transport.get(url, &headers, limit).await;
        }
        let (method, body) = (request.method.clone(), request.body.clone());
        self.transport
            .send(Call {
                method,
                url,
                headers,
                body,
                limit,
            })
            .await
    }

    fn judged(&self, answer: Answer) -> Result<Answer, Failure> {
        if answer.status < 400 {
            return Ok(answer);
        }
        let status = answer.status;
        Err(Failure {
            may_pass: matches!(status, 408 | 429 | 502 | 503 | 504),
            error: RemoteError::Status {
                status,
                retry_after: retry_after(&answer.headers, self.clock.now()),
                body: answer.body,
            },
        })
    }
}

/// A request before a token is added.
struct Outgoing {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
}

/// Where a request goes: below the base, or to a link of the same server.
pub(crate) fn address_of(base: &Url, target: &Target) -> Result<Url, RemoteError> {
    match target {
        Target::Path(path) => below(base, path).ok_or(RemoteError::Unsafe("path")),
        Target::Next(link) => Url::options()
            .base_url(Some(base))
            .parse(link)
            .ok()
            // A token goes to nobody but the server that it is for.
            .filter(|url| is_allowed(url) && is_same_origin(base, url))
            .ok_or(RemoteError::Unsafe("next link")),
    }
}

impl Remote for HttpRemote {
    async fn fetch(&self, fetch: Fetch) -> Result<Fetched, RemoteError> {
        let url = self.address(&fetch.target)?;
        // The id stays the same when the reading is repeated, so that the server sees one request.
        let mut headers = common(self.clock.new_id())?;
        if is_search(&fetch.target) {
            headers.insert(PREFER, HeaderValue::from_static("handling=strict"));
        }
        if let Some(tag) = &fetch.if_none_match {
            headers.insert(IF_NONE_MATCH, value(tag)?);
        }
        let options = &self.transport.options;
        let waits = ExponentialBuilder::default()
            .with_min_delay(options.retry_delay)
            .with_max_times(MAX_REPEATS)
            .with_jitter();
        let request = Outgoing {
            method: Method::GET,
            url,
            headers,
            body: None,
        };
        let answer = (|| self.send(&request))
            .retry(waits)
            .sleep(tokio::time::sleep)
            .when(|failure| failure.may_pass)
            .adjust(|failure, wait| match &failure.error {
                // A longer wait than the limit is the caller's to plan, not ours to sit out.
                RemoteError::Status {
                    retry_after: Some(asked),
                    ..
                } => wait
                    .filter(|_| *asked <= options.retry_after_limit)
                    .map(|jitter| *asked + jitter),
                _ => wait,
            })
            .await
            .map_err(|failure| failure.error)?;
        match answer.status {
            304 if fetch.if_none_match.is_some() => {}
            200..=299 => {}
            _ => return Err(RemoteError::UnreadableAnswer("status")),
        }
        Ok(Fetched {
            status: answer.status,
            etag: text(&answer.headers, ETAG),
            server_date: server_date(&answer.headers),
            body: answer.body,
        })
    }

    async fn write(&self, write: Write) -> Result<Written, RemoteError> {
        let url = self.address(&Target::Path(write.path))?;
        let method = match write.method {
            "POST" => Method::POST,
            "PUT" => Method::PUT,
            "PATCH" => Method::PATCH,
            _ => return Err(RemoteError::Unsafe("method")),
        };
        let mut headers = common(write.request_id)?;
        headers.insert(PREFER, HeaderValue::from_static("return=representation"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(write.content_type));
        if let Some(tag) = &write.if_match {
            headers.insert(IF_MATCH, value(tag)?);
        }
        if let Some(query) = &write.if_none_exist {
            headers.insert(IF_NONE_EXIST, value(query)?);
        }
        let request = Outgoing {
            method,
            url,
            headers,
            body: Some(write.body.into_bytes()),
        };
        let answer = self
            .send(&request)
            .await
            .map_err(|failure| fate_unknown(failure.error))?;
        if !answer.is_success() {
            // A redirected write was neither refused nor acknowledged.
            return Err(RemoteError::UnreadableAnswer("status"));
        }
        Ok(Written {
            status: answer.status,
            location: text(&answer.headers, LOCATION),
            etag: text(&answer.headers, ETAG),
            server_date: server_date(&answer.headers),
            body: answer.body,
        })
    }
}

/// A write whose answer was cut short may have been carried out: the caller must look, as after no
/// answer at all.
fn fate_unknown(error: RemoteError) -> RemoteError {
    match error {
        RemoteError::UnreadableAnswer("cut short") => RemoteError::NoAnswer {
            timed_out: false,
            source: None,
        },
        other => other,
    }
}

fn common(request_id: Uuid) -> Result<HeaderMap, RemoteError> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, FHIR_JSON);
    headers.insert(REQUEST_ID, value(&request_id.to_string())?);
    Ok(headers)
}

fn authorised(headers: &HeaderMap, access: &Access) -> Result<HeaderMap, Failure> {
    let bearer = zeroize::Zeroizing::new(format!("Bearer {}", access.as_str()));
    let mut bearer = HeaderValue::from_str(&bearer)
        .map_err(|_| Failure::lasting(RemoteError::Unsafe("token")))?;
    bearer.set_sensitive(true);
    let mut headers = headers.clone();
    headers.insert(AUTHORIZATION, bearer);
    Ok(headers)
}

fn value(text: &str) -> Result<HeaderValue, RemoteError> {
    HeaderValue::from_str(text).map_err(|_| RemoteError::Unsafe("header"))
}

/// Whether an address asks for a Bundle of matches rather than for one resource (FHIR R4 §3.1.1).
fn is_search(target: &Target) -> bool {
    match target {
        Target::Path(path) => path.contains('?') || !path.contains('/'),
        Target::Next(_) => true,
    }
}
