//! The tokens in use: which one goes with the next request, and when and how they are renewed.
//!
//! Invariants: at most one renewal runs at a time and everybody shares it; a new refresh token is
//! handed to the keeper before it is used; a refused renewal is final; a renewal that has begun is
//! finished even if nobody waits for it any more, because the old refresh token is dead by then.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use hale_core::ports::{BackendInfo, Clock, RemoteError, TokenKeeper, Tokens};
use zeroize::Zeroize;

use crate::token::{self, GrantError};
use crate::transport::{Failure, Transport};

/// How long before its end an access token is renewed.
const MARGIN: TimeDelta = TimeDelta::seconds(30);

/// Why a renewal failed. In every case the request that needed it was not carried out.
#[derive(Debug, Clone)]
enum RenewalError {
    Refused,
    NotConnected,
    Unsafe(&'static str),
    Status {
        status: u16,
        retry_after: Option<Duration>,
    },
    Unreadable,
}

impl From<RenewalError> for Failure {
    fn from(error: RenewalError) -> Self {
        // Repeating is left to the next request: a refresh token may work only once.
        Self::lasting(match error {
            RenewalError::Refused => RemoteError::SignInNeeded,
            RenewalError::NotConnected => RemoteError::NotConnected(None),
            RenewalError::Unsafe(what) => RemoteError::Unsafe(what),
            RenewalError::Status {
                status,
                retry_after,
            } => RemoteError::Status {
                status,
                body: Vec::new(),
                retry_after,
            },
            RenewalError::Unreadable => RemoteError::UnreadableAnswer("token"),
        })
    }
}

type Renewal = Shared<BoxFuture<'static, Result<(), RenewalError>>>;

struct State {
    tokens: Tokens,
    /// When to renew without being told.
    renew_at: Option<DateTime<Utc>>,
    /// Renewing was refused.
    is_over: bool,
    /// The access token is new and no answer has shown yet that the server takes it.
    is_untried: bool,
    running: Option<Renewal>,
}

impl Drop for State {
    fn drop(&mut self) {
        self.tokens.access_token.zeroize();
        self.tokens.refresh_token.zeroize();
    }
}

/// The tokens of one person at one backend.
pub(crate) struct Session {
    transport: Arc<Transport>,
    info: BackendInfo,
    keeper: Arc<dyn TokenKeeper>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

/// An access token for one attempt. Wiped when dropped.
pub(crate) struct Access {
    token: String,
}

impl Access {
    pub(crate) fn as_str(&self) -> &str {
        &self.token
    }
}

impl Drop for Access {
    fn drop(&mut self) {
        self.token.zeroize();
    }
}

impl Session {
    pub(crate) fn new(
        transport: Arc<Transport>,
        info: BackendInfo,
        tokens: Tokens,
        keeper: Arc<dyn TokenKeeper>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let renew_at = tokens.expires_at.map(|end| end - MARGIN);
        let state = Mutex::new(State {
            tokens,
            renew_at,
            is_over: false,
            is_untried: false,
            running: None,
        });
        Self {
            transport,
            info,
            keeper,
            clock,
            state,
        }
    }

    /// The access token for the next attempt, renewed first if it is about to end.
    pub(crate) async fn access(self: &Arc<Self>) -> Result<Access, Failure> {
        let renewal = {
            let now = self.clock.now();
            let mut state = self.lock();
            if state.is_over {
                return Err(RenewalError::Refused.into());
            }
            let is_due = state.renew_at.is_some_and(|due| now >= due);
            // Without a refresh token the server decides, not this device's clock.
            if is_due && state.tokens.refresh_token.is_some() {
                Some(self.renewal(&mut state))
            } else {
                None
            }
        };
        if let Some(renewal) = renewal {
            renewal.await?;
        }
        Ok(Access {
            token: self.lock().tokens.access_token.clone(),
        })
    }

    /// Another access token after the server refused this one with 401. `None` if there is no point
    /// in another: the server has never taken any since the last renewal.
    pub(crate) async fn access_after_refusal(
        self: &Arc<Self>,
        refused: &Access,
    ) -> Result<Option<Access>, Failure> {
        let renewal = {
            let mut state = self.lock();
            if state.is_over {
                return Err(RenewalError::Refused.into());
            }
            if state.tokens.access_token != refused.token {
                None
            } else if state.tokens.refresh_token.is_none() {
                state.is_over = true;
                return Err(RenewalError::Refused.into());
            } else if state.is_untried && state.running.is_none() {
                return Ok(None);
            } else {
                Some(self.renewal(&mut state))
            }
        };
        if let Some(renewal) = renewal {
            renewal.await?;
        }
        Ok(Some(Access {
            token: self.lock().tokens.access_token.clone(),
        }))
    }

    /// Notes that the server took an access token.
    pub(crate) fn was_accepted(&self, access: &Access) {
        let mut state = self.lock();
        if state.tokens.access_token == access.token {
            state.is_untried = false;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock, and the state is whole between statements.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The renewal that runs, or a new one on a task of its own.
    fn renewal(self: &Arc<Self>, state: &mut State) -> Renewal {
        if let Some(running) = &state.running {
            return running.clone();
        }
        let session = Arc::clone(self);
        let task = tokio::spawn(async move {
            let outcome = session.renew().await;
            let mut state = session.lock();
            state.running = None;
            state.is_over |= matches!(outcome, Err(RenewalError::Refused));
            outcome
        });
        let renewal: Renewal = task
            .map(|joined| joined.unwrap_or(Err(RenewalError::NotConnected)))
            .boxed()
            .shared();
        state.running = Some(renewal.clone());
        renewal
    }

    async fn renew(&self) -> Result<(), RenewalError> {
        let Some(refresh_token) = self.lock().tokens.refresh_token.clone() else {
            return Err(RenewalError::Refused);
        };
        let refresh_token = zeroize::Zeroizing::new(refresh_token);
        let now = self.clock.now();
        let grant = token::refresh(&self.transport, &self.info, &refresh_token, now)
            .await
            .map_err(|error| match error {
                GrantError::Refused(code) => {
                    tracing::info!(code, "the backend refused to renew the sign-in");
                    RenewalError::Refused
                }
                GrantError::Status {
                    status,
                    retry_after,
                } => RenewalError::Status {
                    status,
                    retry_after,
                },
                GrantError::Transport(RemoteError::Unsafe(what)) => RenewalError::Unsafe(what),
                // Whatever became of the renewal: the request that needed it was never sent, and
                // "not connected" is what promises that to the caller.
                GrantError::Transport(_) => RenewalError::NotConnected,
                GrantError::Unreadable => RenewalError::Unreadable,
            })?;
        let old = self.lock().tokens.clone();
        if !grant.is_bearer() || grant.access_token.is_empty() {
            return Err(RenewalError::Unreadable);
        }
        // Tokens of one patient must never fill another one's record.
        if grant
            .patient
            .as_ref()
            .is_some_and(|patient| *patient != old.patient_id)
        {
            tracing::error!("the backend renewed the sign-in for another patient");
            return Err(RenewalError::Refused);
        }
        let tokens = Tokens {
            access_token: grant.access_token.clone(),
            expires_at: grant.expires_at(now),
            refresh_token: grant.refresh_token.clone().or(old.refresh_token),
            scope: grant.scope.clone().unwrap_or(old.scope),
            patient_id: old.patient_id,
        };
        if self.keeper.keep(tokens.clone()).await.is_err() {
            // The old refresh token is dead already, so going on in memory loses nothing; the next
            // start may need a new sign-in.
            tracing::warn!("renewed tokens could not be kept on this device");
        }
        let mut state = self.lock();
        state.tokens.access_token.zeroize();
        state.tokens.refresh_token.zeroize();
        state.renew_at = grant.expires_in.map(|seconds| {
            // A token that lives for less than the margin would be renewed at every request.
            let life = TimeDelta::seconds(i64::from(seconds));
            now + life - MARGIN.min(life / 4)
        });
        state.tokens = tokens;
        state.is_untried = true;
        Ok(())
    }
}
