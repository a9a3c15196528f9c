//! The sign-in page without a browser: what a person's choice leads to, over the same HTTP.

use std::net::SocketAddr;

use axum::body::Body;
use hyper::header;
use hyper_util::rt::TokioIo;
use url::Url;

/// Why the page led nowhere.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DoorError {
    /// The address is not that of a sign-in page.
    #[error("not the address of a sign-in page")]
    Address,
    /// Nobody answers.
    #[error("the sign-in page does not answer")]
    NoAnswer(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The page answers, but with no redirect.
    #[error("the sign-in page answers {0} and leads nowhere")]
    NoRedirect(u16),
}

/// Somebody who can sign in at one backend. Speaks plain HTTP alone.
#[derive(Debug, Clone)]
pub struct Door {
    address: SocketAddr,
}

impl Door {
    pub(crate) fn new(mut address: SocketAddr) -> Self {
        if address.ip().is_unspecified() {
            address.set_ip(crate::reach::loopback(address.ip()));
        }
        Self { address }
    }

    /// The backend that a sign-in page is of, by its address. None where that names no machine by
    /// its number.
    #[must_use]
    pub fn of_page(authorize_url: &str) -> Option<Self> {
        let url = Url::parse(authorize_url).ok()?;
        let ip = url.host_str()?.trim_matches(['[', ']']).parse().ok()?;
        Some(Self::new(SocketAddr::new(ip, url.port_or_known_default()?)))
    }

    /// Opens the page and chooses a person: a persona's key (`full`), one acting for another
    /// (`parent:p000006`), a Patient id or an NHS number. Gives the redirect target.
    ///
    /// # Errors
    /// If the page cannot be reached or leads nowhere.
    pub async fn authorize_as(
        &self,
        authorize_url: &str,
        persona_key: &str,
    ) -> Result<Url, DoorError> {
        let mut url = Url::parse(authorize_url).map_err(|_| DoorError::Address)?;
        url.query_pairs_mut().append_pair("persona", persona_key);
        let no_answer =
            |error: Box<dyn std::error::Error + Send + Sync>| DoorError::NoAnswer(error);
        let stream = tokio::net::TcpStream::connect(self.address)
            .await
            .map_err(|error| no_answer(error.into()))?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake::<_, Body>(TokioIo::new(stream))
                .await
                .map_err(|error| no_answer(error.into()))?;
        let driver = tokio::spawn(connection);
        let request = hyper::Request::post("/auth/choose")
            .header(header::HOST, self.address.to_string())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(url.query().unwrap_or_default().to_owned()))
            .map_err(|_| DoorError::Address)?;
        let answered = sender.send_request(request).await;
        driver.abort();
        let answer = answered.map_err(|error| no_answer(error.into()))?;
        answer
            .headers()
            .get(header::LOCATION)
            .and_then(|location| Url::parse(location.to_str().ok()?).ok())
            .ok_or(DoorError::NoRedirect(answer.status().as_u16()))
    }
}
