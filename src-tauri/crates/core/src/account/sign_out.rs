//! Signing out, with or without removing everything from this device.

use std::sync::Arc;

use hale_contracts::account::{SessionView, SignOutRequest};

use crate::app::{Hale, Stage};
use crate::error::Error;
use crate::ports::{Backends, Clock, Device, SourceId};

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
        let source = match &open {
            Stage::Open(session) => session.identity().source.clone(),
            _ => SourceId("main".to_owned()),
        };
        // Kept back before it is forgotten, so that the server can be told.
        let tokens = self.device.tokens(person.clone(), source.clone()).await;
        let backend = match &open {
            Stage::Open(session) => Some(session.identity().backend.clone()),
            _ => None,
        };
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
            self.device.save_tokens(person, source, None).await?;
        }
        if let (Some(backend), Ok(Some(tokens))) = (backend, tokens) {
            self.backends.revoke(backend, tokens).await;
        }
        Ok(self.session_view().await)
    }
}
