//! Opening what is on the device when the app starts. Needs no network.

use std::sync::Arc;

use hale_contracts::account::SessionView;

use crate::account::backend::given_now;
use crate::account::recover::tell_of_renewal;
use crate::account::tokens::DeviceKeeper;
use crate::app::{Hale, IDENTITY_NOTE, Identity, OpenSession, Session, Stage};
use crate::error::Error;
use crate::ports::{
    Backends, CacheError, Clock, Device, DeviceSettings, OpenStoreError, Own, PersonId,
};

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// Opens the record of the person who last signed in on this device, if there is one. Once
    /// started, answers where the app stands, and opens anew what is damaged or could only be read.
    pub async fn start(&self) -> SessionView {
        let _guard = self.changing.lock().await;
        if matches!(&*self.stage(), Stage::NotStarted | Stage::Locked { .. }) {
            let stage = self.opened_stage().await;
            *self.stage() = stage;
        } else {
            self.open_anew().await;
        }
        self.session_view().await
    }

    pub(crate) async fn opened_stage(&self) -> Stage<D, B> {
        let settings = self.device.settings().await;
        let Some(person) = settings.person.clone() else {
            return Stage::SignedOut { has_data: false };
        };
        if settings.is_signed_out {
            return Stage::SignedOut { has_data: true };
        }
        match self.open_session(person, &settings).await {
            Ok(Some(session)) => Stage::Open(Arc::new(session)),
            Ok(None) => Stage::SignedOut { has_data: true },
            Err(Error::Open(OpenStoreError::NothingHere)) => Stage::SignedOut { has_data: false },
            Err(error) => Stage::Locked {
                error: error.view(),
            },
        }
    }

    /// Opens a person's files. None where no identity was ever kept in them: an interrupted first
    /// sign-in.
    pub(crate) async fn open_session(
        &self,
        person: PersonId,
        settings: &DeviceSettings,
    ) -> Result<Option<OpenSession<D, B>>, Error> {
        let (cache, own) = self.device.open(person.clone()).await?;
        let Some(identity) = kept_identity(&own).await? else {
            return Ok(None);
        };
        // A keychain that gives no tokens ends online actions only: the record is open by now.
        let tokens = self
            .device
            .tokens(person.clone(), identity.source.clone())
            .await
            .unwrap_or(None);
        // A server for testing that moved to another port needs a new sign-in.
        let has_moved = given_now(self.given_backend.as_deref(), settings)
            .is_some_and(|given| given != identity.backend.base_url);
        let remote = tokens.filter(|_| !has_moved).map(|tokens| {
            let keeper = DeviceKeeper::new(
                Arc::clone(&self.device),
                person.clone(),
                identity.source.clone(),
            );
            self.backends
                .connect(identity.backend.clone(), tokens, Arc::new(keeper))
        });
        let session = Session::new(person, identity, cache, own, remote);
        tell_of_renewal::<D, B>(&session, &self.clock).await?;
        Ok(Some(session))
    }
}

/// Who the files belong to, as kept in them.
pub(crate) async fn kept_identity(own: &impl Own) -> Result<Option<Identity>, Error> {
    let Some(json) = own.note(IDENTITY_NOTE.to_owned()).await? else {
        return Ok(None);
    };
    serde_json::from_str(&json)
        .map(Some)
        .map_err(|error| CacheError::Damaged(Box::new(error)).into())
}

/// Keeps who the files belong to.
pub(crate) async fn keep_identity(own: &impl Own, identity: &Identity) -> Result<(), Error> {
    let json =
        serde_json::to_string(identity).map_err(|error| CacheError::Other(Box::new(error)))?;
    own.put_note(IDENTITY_NOTE.to_owned(), Some(json)).await?;
    Ok(())
}
