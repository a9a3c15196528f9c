//! The ways back from files that do not open, or no longer answer, as they should.
//!
//! The mirror comes back by itself: it is opened anew, and the next check reads everything again.
//! What the patient made is replaced only by [`Hale::mend`], after their yes.

use hale_contracts::account::MendedView;
use hale_contracts::error::ErrorCode;
use hale_contracts::sync::SyncStatusView;

use crate::app::{Hale, OpenSession, Stage};
use crate::error::Error;
use crate::ports::{Backends, Cache, CacheError, Clock, Device, OpenStoreError, Own, UnitTrouble};
use crate::sources::kept::IDENTITY_NOTE;
use crate::sync::plan::SyncAction;
use crate::sync::run::OnProgress;
use crate::sync::units;

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// Mends the damaged file with what the patient made, after their yes: what still reads is
    /// kept, what does not is counted, and the damaged file stays beside it. Then opens the record.
    ///
    /// # Errors
    /// If nothing is locked for damage, the key is not to be had, or the new file cannot be
    /// written. Then everything is as it was.
    pub async fn mend(&self) -> Result<MendedView, Error> {
        let _guard = self.changing.lock().await;
        let is_damaged = matches!(
            &*self.stage(),
            Stage::Locked { error } if error.code == ErrorCode::StoreDamaged
        );
        if !is_damaged {
            return Err(Error::InvalidRequest("nothing is damaged"));
        }
        let settings = self.device.settings().await;
        let person = settings.person.ok_or(OpenStoreError::NothingHere)?;
        let salvaged = self.device.mend(person, IDENTITY_NOTE).await?;
        let stage = self.opened_stage().await;
        *self.stage() = stage;
        Ok(MendedView {
            kept: salvaged.kept,
            lost: salvaged.lost,
            kept_aside: salvaged.kept_aside,
            session: self.session_view().await,
        })
    }

    /// Brings the mirror up to date with the source. While another check runs, answers how things
    /// stand without beginning a second one. Dropping the future cancels the check; what was
    /// stored stays, and no unit counts as checked that was not read whole.
    ///
    /// A mirror that is damaged is made anew first and read again from the beginning; also where
    /// the damage shows on the way.
    ///
    /// # Errors
    /// If nobody is signed in or the mirror fails. A source that fails is no error here: it stands
    /// in the status.
    pub async fn sync_now(&self, on_progress: OnProgress<'_>) -> Result<SyncStatusView, Error> {
        self.open_anew_where_needed().await;
        match self.check(on_progress).await {
            Err(Error::Store(CacheError::MirrorDamaged)) => {
                self.open_anew_where_needed().await;
                self.check(on_progress).await
            }
            other => other,
        }
    }

    async fn open_anew_where_needed(&self) {
        let _guard = self.changing.lock().await;
        self.open_anew().await;
    }

    /// Opens the files anew where that may help: the mirror is damaged, or nothing could be written
    /// when they were opened. Whoever calls holds [`Hale::changing`].
    pub(crate) async fn open_anew(&self) {
        let Ok(session) = self.session() else {
            return;
        };
        if let Err(error @ CacheError::Damaged(_)) = session.own.bookings().await {
            let error = Error::from(error).view();
            *self.stage() = Stage::Locked { error };
            return;
        }
        if !session.cache.needs_reopening() {
            return;
        }
        // Asked again after the damage was met: what is damaged refuses this too.
        let is_readable = session.cache.unit_states().await.is_ok();
        drop(session);
        let stage = self.opened_stage().await;
        // What still reads is not given up for what does not open.
        if !is_readable || matches!(stage, Stage::Open(_)) {
            *self.stage() = stage;
        }
    }
}

/// Says of every unit of a mirror that was made anew why it is empty, until it is read again.
pub(crate) async fn tell_of_renewal<D: Device, B: Backends>(
    session: &OpenSession<D, B>,
    clock: &impl Clock,
) -> Result<(), Error> {
    if !session.cache.was_renewed() {
        return Ok(());
    }
    let at = clock.now();
    let because = |(source, unit)| SyncAction::UnitTroubled {
        source,
        unit,
        trouble: UnitTrouble::Failed(ErrorCode::RecordDamaged),
        at,
    };
    let links = session.links();
    let sources = links.iter().map(|link| link.identity().source.clone());
    let actions = sources
        .flat_map(|source| units::ALL.map(|unit| (source.clone(), unit)))
        .map(because)
        .collect();
    Ok(session.cache.apply(actions).await?)
}
