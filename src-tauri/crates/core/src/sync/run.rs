//! Reading every unit from its source and applying what the plan says.

use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};
use futures::StreamExt;
use futures::future::{Either, select};
use futures::stream::FuturesUnordered;
use hale_contracts::error::ErrorCode;
use hale_contracts::sync::{SyncProgress, SyncStatusView, SyncUnit};
use serde_json::Value;

use super::access::{Fate, Said, fate};
use super::depth::depth;
use super::guess_reason::Rights;
use super::plan::{Extent, SyncAction};
use super::reading::{Ended, RunOf};
use super::status::find;
use super::units;
use crate::account::view;
use crate::app::{Hale, OpenSession, lock};
use crate::error::Error;
use crate::ports::{
    Backends, Cache, CacheError, Clock, Device, ListQuery, Own, RemoteError, SourceId, UnitTrouble,
};
use crate::sources::link::{Identity, Link};

/// The name of the note that holds the newest run.
const RUN_NOTE: &str = "run";
/// How many units are read at the same time.
const SIDE_BY_SIDE: usize = 4;
/// Told of each step.
pub(crate) type OnProgress<'a> = &'a (dyn Fn(SyncProgress) + Send + Sync);

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// One check, with a mirror that answers. See [`Hale::sync_now`].
    pub(crate) async fn check(&self, on_progress: OnProgress<'_>) -> Result<SyncStatusView, Error> {
        let session = self.session()?;
        let Some(guard) = session.syncing.try_lock() else {
            return self.sync_status().await;
        };
        let (stop, stopped) = futures::channel::oneshot::channel();
        *lock(&self.stop_check) = Some(stop);
        // Dropped anywhere, it leaves a mirror that is whole and says where to go on.
        let reading = Box::pin(self.read_all(&session, on_progress));
        let ended = match select(reading, stopped).await {
            Either::Left((ended, _)) => ended,
            Either::Right(_) => Ok(()),
        };
        lock(&self.stop_check).take();
        drop(guard);
        ended?;
        let status = self.sync_status().await?;
        on_progress(SyncProgress::Finished {
            status: status.clone(),
        });
        Ok(status)
    }

    /// Ends a check that runs. What arrived stays, and the next check goes on from there. Does
    /// nothing if none runs.
    pub fn stop_check(&self) {
        if let Some(stop) = lock(&self.stop_check).take() {
            // Nobody listens if it ended a moment ago, which is as good.
            stop.send(()).ok();
        }
    }

    /// Reads every unit from every service that is signed in to, and sends what waits meanwhile.
    async fn read_all(
        &self,
        session: &OpenSession<D, B>,
        on_progress: OnProgress<'_>,
    ) -> Result<(), Error> {
        let online: Vec<_> = session
            .links()
            .into_iter()
            .filter(|link| link.online().is_ok())
            .collect();
        if online.is_empty() {
            return Ok(());
        }
        on_progress(SyncProgress::Started {
            units: u32::try_from(units::ALL.len() * online.len()).unwrap_or(u32::MAX),
        });
        let run = self.next_run(session).await?;
        // One service that is slow or down holds no other up.
        let checks = online
            .iter()
            .map(|link| self.check_link(session, link, run, on_progress));
        for checked in futures::future::join_all(checks).await {
            checked?;
        }
        Ok(())
    }

    /// Finds out what became of what was sent, and sends what waits, if the service that it goes to
    /// can be asked.
    async fn send_what_waits(&self, session: &OpenSession<D, B>) -> Result<(), Error> {
        if session.online().is_ok() {
            self.check_open_bookings(session).await?;
            self.send_outbox(session).await?;
        }
        Ok(())
    }

    /// Reads every unit from one service.
    async fn check_link(
        &self,
        session: &OpenSession<D, B>,
        link: &Link<B::Remote>,
        run: i64,
        on_progress: OnProgress<'_>,
    ) -> Result<(), Error> {
        // The first unit says what the person may see, which the others' refusals are explained by.
        let first = RunOf {
            run,
            rights: &Rights::default(),
            basis: "",
            on_progress,
        };
        let went = self
            .sync_unit(session, link, SyncUnit::Person, &first)
            .await?;
        if went == Went::All {
            return Ok(());
        }
        let rights = rights(session, link).await?;
        let of = RunOf {
            rights: &rights,
            basis: &basis(&link.identity(), &rights),
            ..first
        };
        let reading = self.check_sections(session, link, &of);
        if !link.identity().is_main() {
            return reading.await;
        }
        // It is the patient's still. What they asked for does not wait until a long record is read.
        let (read, sent) = futures::join!(reading, self.send_what_waits(session));
        read.and(sent)
    }

    /// Reads every unit but the person's own, some of them at a time.
    async fn check_sections(
        &self,
        session: &OpenSession<D, B>,
        link: &Link<B::Remote>,
        of: &RunOf<'_>,
    ) -> Result<(), Error> {
        let mut waiting: Vec<SyncUnit> = units::ALL.into_iter().skip(1).rev().collect();
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < SIDE_BY_SIDE
                && let Some(unit) = next_of(&mut waiting, *lock(&session.shown))
            {
                running.push(self.sync_unit(session, link, unit, of));
            }
            match running.next().await {
                Some(result) => drop(result?),
                None => return Ok(()),
            }
        }
    }

    /// The number of a run that begins now: the time in microseconds, and more than that of every
    /// run before, also where the device's clock was set back meanwhile. What arrives while a run
    /// reads takes a number of its own, so that the run does not take it for gone.
    pub(crate) async fn next_run(&self, session: &OpenSession<D, B>) -> Result<i64, CacheError> {
        let kept = session.own.note(RUN_NOTE.to_owned()).await?;
        let kept = kept.and_then(|kept| kept.parse().ok()).unwrap_or(0_i64);
        let now = self.clock.now().timestamp_micros();
        let after = |last: i64| now.max(last.max(kept).saturating_add(1));
        let last = session
            .last_run
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
                Some(after(last))
            })
            .unwrap_or_else(|last| last);
        let run = after(last);
        session
            .own
            .put_note(RUN_NOTE.to_owned(), Some(run.to_string()))
            .await?;
        Ok(run)
    }

    async fn sync_unit(
        &self,
        session: &OpenSession<D, B>,
        link: &Link<B::Remote>,
        unit: SyncUnit,
        of: &RunOf<'_>,
    ) -> Result<Went, Error> {
        let states = session.cache.unit_states().await?;
        let identity = link.identity();
        let state = find(&states, &identity.source, unit);
        let has_history = units::searches(unit, &identity.patient_id)
            .iter()
            .all(|search| {
                let resource_type = units::resource_type(search);
                identity.backend.states(resource_type, "history-type")
            });
        let depth = depth(unit, state, of.basis, has_history, self.clock.now());
        let ended = self.read_unit(session, link, unit, of, depth).await?;
        let at = self.clock.now();
        let source = identity.source.clone();
        let ended = match ended {
            Ended::Read {
                extent, is_empty, ..
            } => match fate(&Said::Answered { extent, is_empty }, unit, of.rights) {
                Fate::Follows => ended,
                other => Ended::Failed(other),
            },
            failed => failed,
        };
        let ended_all = matches!(ended, Ended::Failed(Fate::AllGoes(_)));
        let actions = match ended {
            Ended::Read {
                run,
                cursor,
                skipped,
                extent,
                is_empty: _,
            } => {
                let finish = SyncAction::FinishUnit {
                    source: source.clone(),
                    unit,
                    run,
                    extent,
                    cursor,
                    basis: of.basis.to_owned(),
                    at,
                    skipped,
                };
                // What is missing from a part of an answer is not gone, and the patient is told
                // that it is a part.
                let trouble = (extent == Extent::Part).then_some(SyncAction::UnitTroubled {
                    source,
                    unit,
                    trouble: UnitTrouble::Failed(ErrorCode::Incomplete),
                    at,
                });
                std::iter::once(finish).chain(trouble).collect()
            }
            Ended::Failed(fate) => of_fate(fate, &source, unit, at),
        };
        if ended_all {
            // Nothing more is asked or sent until the patient has signed in again.
            link.note_failure(&RemoteError::SignInNeeded);
        }
        session.cache.apply(actions).await?;
        if let Some(result) = self
            .sync_status()
            .await?
            .units
            .into_iter()
            .find(|view| view.unit == unit && view.source.id == identity.source.0)
        {
            (of.on_progress)(SyncProgress::UnitDone { result });
        }
        Ok(if ended_all { Went::All } else { Went::On })
    }
}

/// The unit that is read next: the one that the patient looks at if it waits, else the last.
fn next_of(waiting: &mut Vec<SyncUnit>, shown: Option<SyncUnit>) -> Option<SyncUnit> {
    match waiting.iter().position(|unit| Some(*unit) == shown) {
        Some(place) => Some(waiting.remove(place)),
        None => waiting.pop(),
    }
}

/// How a source is read after one of its units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Went {
    /// The others are read.
    On,
    /// Everything that was held of it went: nothing more is read.
    All,
}

/// What a source's word changes. Units that it does not name stay as they are.
fn of_fate(fate: Fate, source: &SourceId, unit: SyncUnit, at: DateTime<Utc>) -> Vec<SyncAction> {
    let purge = |unit, why| SyncAction::PurgeUnit {
        source: source.clone(),
        unit,
        why,
        at,
    };
    match fate {
        Fate::Follows => Vec::new(),
        Fate::Stays(trouble) => vec![SyncAction::UnitTroubled {
            source: source.clone(),
            unit,
            trouble,
            at,
        }],
        Fate::Goes(why) => vec![purge(unit, why)],
        Fate::AllGoes(why) => units::ALL.map(|unit| purge(unit, why.clone())).to_vec(),
    }
}

/// The stored resources of a type in a unit, of one source.
pub(crate) async fn stored<C: Cache, O, R>(
    session: &crate::app::Session<C, O, R>,
    source: &SourceId,
    unit: SyncUnit,
    resource_type: &str,
) -> Result<Vec<Value>, CacheError> {
    let query = ListQuery {
        unit,
        offset: 0,
        limit: 1_000,
        listed_only: false,
    };
    let page = session.cache.list(query).await?;
    Ok(page
        .rows
        .iter()
        .filter(|row| &row.key.source == source && row.key.resource_type == resource_type)
        .filter(|row| row.removed_at.is_none())
        .filter_map(|row| serde_json::from_str(&row.json).ok())
        .collect())
}

/// What the main service says of the person and their practice.
pub(crate) async fn stored_of_main<C: Cache, O, R>(
    session: &crate::app::Session<C, O, R>,
    resource_type: &str,
) -> Result<Vec<Value>, CacheError> {
    let source = &session.identity().source;
    stored(session, source, SyncUnit::Person, resource_type).await
}

/// What a check of changes goes by, as a text to compare: where it is read, and what may be seen.
fn basis(identity: &Identity, rights: &Rights) -> String {
    format!(
        "{} {} {rights:?}",
        identity.backend.base_url, identity.patient_id
    )
}

/// What the person may see, as far as the source and the sign-in state it.
pub(crate) async fn rights<C: Cache, O, R>(
    session: &crate::app::Session<C, O, R>,
    link: &Link<R>,
) -> Result<Rights, CacheError> {
    let identity = link.identity();
    let patients = stored(session, &identity.source, SyncUnit::Person, "Patient").await?;
    Ok(Rights {
        identity: identity.person.identity_level,
        access: patients.first().map(view::access),
    })
}

impl<C, O, R> crate::app::Session<C, O, R> {
    /// Whether a check runs now.
    pub(crate) fn is_syncing(&self) -> bool {
        self.syncing.try_lock().is_none()
    }

    /// Whether the last attempts found no network, at any service.
    pub(crate) fn seems_offline(&self) -> bool {
        self.links().iter().all(|link| link.seems_offline())
    }
}
