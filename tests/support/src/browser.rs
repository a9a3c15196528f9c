//! Somebody at the sign-in page, without a browser: follows the page over HTTP as one would.

use std::sync::Arc;

use hale_core::ports::{BrowserError, OpenBrowser};
use url::Url;

/// What a visitor does with the address that the app opens.
type Visit =
    dyn Fn(String) -> std::pin::Pin<Box<dyn Future<Output = Option<Url>> + Send>> + Send + Sync;

/// Opens the page and follows it to the app's own address.
#[derive(Clone)]
pub struct Visitor {
    visit: Arc<Visit>,
}

impl Visitor {
    /// A visitor who goes where `visit` leads: it gets the sign-in page's address and answers the
    /// redirect to follow, or none to leave the page open.
    pub fn new<F, R>(visit: F) -> Self
    where
        F: Fn(String) -> R + Send + Sync + 'static,
        R: Future<Output = Option<Url>> + Send + 'static,
    {
        Self {
            visit: Arc::new(move |url| Box::pin(visit(url))),
        }
    }
}

impl OpenBrowser for Visitor {
    fn open(&self, url: &str) -> Result<(), BrowserError> {
        let visit = Arc::clone(&self.visit);
        let url = url.to_owned();
        tokio::spawn(async move {
            if let Some(redirect) = visit(url).await {
                // Whether the app takes the answer is what a test looks at, not this.
                drop(reqwest::get(redirect).await);
            }
        });
        Ok(())
    }
}
