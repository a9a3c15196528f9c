//! What is kept of the services in `own.db`: who the patient is at each, and where it is.

use std::sync::Arc;

use crate::account::tokens::DeviceKeeper;
use crate::account::view::nhs_number;
use crate::app::{Hale, OpenSession};
use crate::error::Error;
use crate::ports::{Backends, Cache, CacheError, Clock, Device, Own, PersonId, SourceId};
use crate::sources::link::{Identity, Link};
use crate::sync::plan::SyncAction;

/// The note with the [`Identity`] at the main service: whose the files are.
pub(crate) const IDENTITY_NOTE: &str = "identity";
/// The note with the [`Identity`] at each of the other services, in the order of linking.
const LINKED_NOTE: &str = "linked";

/// Who the files belong to, as kept in them.
pub(crate) async fn kept_identity(own: &impl Own) -> Result<Option<Identity>, Error> {
    let Some(json) = own.note(IDENTITY_NOTE.to_owned()).await? else {
        return Ok(None);
    };
    let identity: Identity =
        serde_json::from_str(&json).map_err(|error| CacheError::Damaged(Box::new(error)))?;
    Ok(Some(understood(identity)))
}

/// The other services that are linked.
pub(crate) async fn kept_others(own: &impl Own) -> Result<Vec<Identity>, Error> {
    let Some(json) = own.note(LINKED_NOTE.to_owned()).await? else {
        return Ok(Vec::new());
    };
    let others: Vec<Identity> =
        serde_json::from_str(&json).map_err(|error| CacheError::Damaged(Box::new(error)))?;
    Ok(others.into_iter().map(understood).collect())
}

/// Earlier versions kept an NHS number as its server wrote it; numbers are compared by their digits.
fn understood(mut identity: Identity) -> Identity {
    identity.person.nhs_number = identity.person.nhs_number.as_deref().and_then(nhs_number);
    identity
}

/// Keeps who the patient is at a service, in the place of what was known.
pub(crate) async fn keep_identity(own: &impl Own, identity: &Identity) -> Result<(), Error> {
    if identity.is_main() {
        own.put_note(IDENTITY_NOTE.to_owned(), Some(to_json(identity)?))
            .await?;
        return Ok(());
    }
    let mut others = kept_others(own).await?;
    match others.iter_mut().find(|one| one.source == identity.source) {
        Some(known) => *known = identity.clone(),
        None => others.push(identity.clone()),
    }
    own.put_note(LINKED_NOTE.to_owned(), Some(to_json(&others)?))
        .await?;
    Ok(())
}

/// Forgets a service other than the main one.
pub(crate) async fn forget_identity(own: &impl Own, source: &SourceId) -> Result<(), Error> {
    let mut others = kept_others(own).await?;
    others.retain(|one| &one.source != source);
    own.put_note(LINKED_NOTE.to_owned(), Some(to_json(&others)?))
        .await?;
    Ok(())
}

fn to_json(value: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| CacheError::Other(Box::new(error)).into())
}

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// The connection to a service with the tokens that the keychain has for it. A keychain that
    /// gives none ends online actions only: what is on the device stays readable.
    pub(crate) async fn link_with_kept_tokens(
        &self,
        person: &PersonId,
        identity: Identity,
    ) -> Link<B::Remote> {
        let source = identity.source.clone();
        let tokens = self
            .device
            .tokens(person.clone(), source.clone())
            .await
            .unwrap_or(None);
        let remote = tokens.map(|tokens| {
            let keeper = DeviceKeeper::new(Arc::clone(&self.device), person.clone(), source);
            self.backends
                .connect(identity.backend.clone(), tokens, Arc::new(keeper))
        });
        Link::new(identity, remote)
    }

    /// The connections to the other services.
    pub(crate) async fn kept_links(
        &self,
        person: &PersonId,
        own: &D::Own,
    ) -> Result<Vec<Link<B::Remote>>, Error> {
        let mut links = Vec::new();
        for identity in kept_others(own).await? {
            links.push(self.link_with_kept_tokens(person, identity).await);
        }
        Ok(links)
    }

    /// Drops from the mirror what belongs to no linked service any more: nobody would bring it up
    /// to date, and nothing could say where it came from.
    pub(crate) async fn drop_unlinked(&self, session: &OpenSession<D, B>) -> Result<(), Error> {
        // A mirror that cannot be read is not mended here, and says so itself when it is shown.
        let Ok(states) = session.cache.unit_states().await else {
            return Ok(());
        };
        let mut unlinked: Vec<SourceId> = states.into_iter().map(|state| state.source).collect();
        unlinked.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        unlinked.dedup();
        unlinked.retain(|source| session.link(source).is_none());
        if unlinked.is_empty() {
            return Ok(());
        }
        let purge = unlinked
            .into_iter()
            .map(|source| SyncAction::PurgeSource { source })
            .collect();
        session.cache.apply(purge).await?;
        Ok(())
    }
}
