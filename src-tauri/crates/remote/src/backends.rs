//! Backends in general: the entry to this crate.

use std::sync::Arc;

use futures::future::join_all;
use hale_core::ports::{
    BackendInfo, Backends, Clock, DiscoveryError, OpenBrowser, SignInError, SignedIn, TokenKeeper,
    Tokens,
};

use crate::options::HttpOptions;
use crate::remote::HttpRemote;
use crate::transport::Transport;
use crate::{auth, discovery, token};

/// Finds backends, signs in to them and connects to them over HTTPS.
pub struct HttpBackends {
    transport: Arc<Transport>,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for HttpBackends {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("HttpBackends(…)")
    }
}

impl HttpBackends {
    /// With the given limits. Opens no connection and reads no certificate before the first
    /// request, so that starting without the network costs nothing.
    #[must_use]
    pub fn new(options: HttpOptions, clock: Arc<dyn Clock>) -> Self {
        crate::install_crypto();
        Self {
            transport: Arc::new(Transport::new(options)),
            clock,
        }
    }
}

impl Backends for HttpBackends {
    type Remote = HttpRemote;

    async fn discover(&self, url: String) -> Result<BackendInfo, DiscoveryError> {
        discovery::discover(&self.transport, &url).await
    }

    async fn sign_in(
        &self,
        backend: BackendInfo,
        browser: Arc<dyn OpenBrowser>,
    ) -> Result<SignedIn, SignInError> {
        auth::sign_in(&self.transport, self.clock.as_ref(), &backend, browser).await
    }

    fn connect(
        &self,
        backend: BackendInfo,
        tokens: Tokens,
        keeper: Arc<dyn TokenKeeper>,
    ) -> HttpRemote {
        let (transport, clock) = (Arc::clone(&self.transport), Arc::clone(&self.clock));
        HttpRemote::new(transport, backend, tokens, keeper, clock)
    }

    async fn revoke(&self, backend: BackendInfo, tokens: Tokens) {
        let Some(endpoint) = &backend.revocation_endpoint else {
            return;
        };
        // The refresh token matters most: it lives for weeks.
        let refresh = tokens
            .refresh_token
            .as_ref()
            .map(|token| (token, "refresh_token"));
        let all = refresh
            .into_iter()
            .chain([(&tokens.access_token, "access_token")]);
        let calls = all.map(|(token, hint)| token::revoke(&self.transport, endpoint, token, hint));
        let limit = self.transport.options.revoke_limit;
        if tokio::time::timeout(limit, join_all(calls)).await.is_err() {
            tracing::info!("revoking tokens took too long");
        }
    }
}
