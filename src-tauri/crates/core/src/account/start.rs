//! Opening what is on the device when the app starts. Needs no network.

use std::sync::Arc;

use hale_contracts::account::SessionView;

use crate::account::backend::given_now;
use crate::account::recover::tell_of_renewal;
use crate::app::{Hale, OpenSession, Session, Stage};
use crate::error::Error;
use crate::ports::{Backends, Clock, Device, DeviceSettings, OpenStoreError, PersonId};
use crate::sources::kept::kept_identity;
use crate::sources::link::Link;

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
        // A server for testing that moved to another port needs a new sign-in.
        let has_moved = given_now(self.given_backend.as_deref(), settings)
            .is_some_and(|given| given != identity.backend.base_url);
        let main = if has_moved {
            Link::new(identity, None)
        } else {
            self.link_with_kept_tokens(&person, identity).await
        };
        let others = self.kept_links(&person, &own).await?;
        let session = Session::new(person, main, others, cache, own);
        self.drop_unlinked(&session).await?;
        tell_of_renewal::<D, B>(&session, &self.clock).await?;
        Ok(Some(session))
    }
}
