//! Signing out, with or without removing everything from this device.

use std::sync::Arc;

use hale_contracts::account::{SessionView, SignOutRequest};

use crate::app::{Hale, Stage};
use crate::error::Error;
use crate::ports::{Backends, Clock, Device};

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// Signs out: the tokens are revoked and forgotten, and the record is closed. With
    /// `remove_everything` the files and their key go too; that also is the way out of a record
    /// that does not open.
    ///
    /// # Errors
    /// If nobody is signed in, the keychain refuses to forget, or files could not be removed. The
    /// record is closed in any case.
    pub async fn sign_out(&self, request: SignOutRequest) -> Result<SessionView, Error> {
        let _guard = self.changing.lock().await;
        let mut settings = self.device.settings().await;
        let Some(person) = settings.person.clone() else {
            return Err(Error::SignedOut);
        };
        let open = {
            let mut stage = self.stage();
            std::mem::replace(&mut *stage, Stage::SignedOut { has_data: true })
        };
        // Kept back before they are forgotten, so that the servers can be told.
        let sources = self.device.token_sources(person.clone()).await;
        let mut held = Vec::new();
        if let Stage::Open(session) = &open {
            for link in session.links() {
                let identity = link.identity();
                let tokens = self.device.tokens(person.clone(), identity.source.clone());
                if let Ok(Some(tokens)) = tokens.await {
                    held.push((identity.backend.clone(), tokens));
                }
            }
        }
        if let Stage::Open(session) = open {
            // Operations that are under way hold the stores a moment longer.
            drop(Arc::into_inner(session));
        }
        if request.remove_everything {
            self.device.remove(person).await?;
            settings.person = None;
            settings.is_signed_out = false;
            self.device.save_settings(settings).await?;
            *self.stage() = Stage::SignedOut { has_data: false };
        } else {
            settings.is_signed_out = true;
            self.device.save_settings(settings).await?;
            for source in sources? {
                self.device
                    .save_tokens(person.clone(), source, None)
                    .await?;
            }
        }
        for (backend, tokens) in held {
            self.backends.revoke(backend, tokens).await;
        }
        Ok(self.session_view().await)
    }
}
