//! Reading every unit from its source and applying what the plan says.

use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::task::Poll;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use hale_contracts::error::ErrorCode;
use hale_contracts::reasons::WhyNot;
use hale_contracts::sync::{SyncProgress, SyncStatusView, SyncUnit};
use hale_fhir::{Page, read_page};
use serde_json::Value;

use super::guess_reason::{Failure, Rights, failure};
use super::plan::{SyncAction, plan_page};
use super::status::find;
use super::units;
use crate::account::start::keep_identity;
use crate::account::view;
use crate::app::{Hale, Identity, OpenSession};
use crate::error::Error;
use crate::ports::{
    Backends, Cache, CacheError, Clock, Device, Fetch, Fetched, ListQuery, Own, Remote,
    RemoteError, SeenMark, Target, UnitTrouble,
};

/// The name of the note that holds the newest run.
const RUN_NOTE: &str = "run";
/// How many units are read at the same time.
const SIDE_BY_SIDE: usize = 4;
/// How many resources go into one transaction at least; one page a transaction is twice as slow.
const BATCH: usize = 500;
/// The status of an answer from which something is missing.
pub(crate) const PARTIAL: u16 = 207;
/// More pages than any record has: a server that goes on for ever is stopped here.
const MOST_PAGES: usize = 5_000;

/// Told of each step.
pub(crate) type OnProgress<'a> = &'a (dyn Fn(SyncProgress) + Send + Sync);

/// How a unit's reading ended.
enum Ended {
    /// The last page was read.
    Read {
        cursor: Option<DateTime<Utc>>,
        skipped: u32,
        /// Whether nothing was left out on the way.
        is_whole: bool,
    },
    Failed(Failure),
}

/// What ends the reading of one search.
enum Stop {
    Remote(RemoteError),
    Unreadable,
    Store(CacheError),
}

impl From<CacheError> for Stop {
    fn from(error: CacheError) -> Self {
        Self::Store(error)
    }
}

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// Brings the mirror up to date with the source. While another check runs, answers how things
    /// stand without beginning a second one. Dropping the future cancels the check; what was
    /// stored stays, and no unit counts as checked that was not read whole.
    ///
    /// # Errors
    /// If nobody is signed in or the mirror fails. A source that fails is no error here: it stands
    /// in the status.
    pub async fn sync_now(&self, on_progress: OnProgress<'_>) -> Result<SyncStatusView, Error> {
        let session = self.session()?;
        let Some(_guard) = session.syncing.try_lock() else {
            return self.sync_status().await;
        };
        if session.online().is_err() {
            let status = self.sync_status().await?;
            on_progress(SyncProgress::Finished {
                status: status.clone(),
            });
            return Ok(status);
        }
        on_progress(SyncProgress::Started {
            units: u32::try_from(units::ALL.len()).unwrap_or(u32::MAX),
        });
        let run = self.next_run(&session).await?;
        // The first unit says what the person may see, which the others' refusals are explained by.
        self.sync_unit(
            &session,
            SyncUnit::Person,
            run,
            &Rights::default(),
            on_progress,
        )
        .await?;
        let rights = rights(&session).await?;
        let mut waiting = units::ALL.into_iter().skip(1);
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < SIDE_BY_SIDE
                && let Some(unit) = waiting.next()
            {
                running.push(self.sync_unit(&session, unit, run, &rights, on_progress));
            }
            match running.next().await {
                Some(result) => result?,
                None => break,
            }
        }
        drop(running);
        self.check_open_bookings(&session).await?;
        drop(_guard);
        let status = self.sync_status().await?;
        on_progress(SyncProgress::Finished {
            status: status.clone(),
        });
        Ok(status)
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
        unit: SyncUnit,
        run: i64,
        rights: &Rights,
        on_progress: OnProgress<'_>,
    ) -> Result<(), Error> {
        let is_first = self.is_first_reading(session, unit).await?;
        let ended = self
            .read_unit(session, unit, run, rights, on_progress)
            .await?;
        let at = self.clock.now();
        let source = session.identity().source.clone();
        let was_read = matches!(ended, Ended::Read { .. });
        let actions = match ended {
            Ended::Read {
                cursor,
                skipped,
                is_whole,
            } => {
                let finish = SyncAction::FinishUnit {
                    source: source.clone(),
                    unit,
                    run,
                    is_whole,
                    cursor,
                    at,
                    skipped,
                };
                // What is missing from a part of an answer is not gone, and the patient is told
                // that it is a part.
                let trouble = (!is_whole).then_some(SyncAction::UnitTroubled {
                    source,
                    unit,
                    trouble: UnitTrouble::Failed(ErrorCode::Incomplete),
                    at,
                });
                std::iter::once(finish).chain(trouble).collect()
            }
            Ended::Failed(Failure::Troubled(trouble)) => vec![SyncAction::UnitTroubled {
                source,
                unit,
                trouble,
                at,
            }],
            Ended::Failed(Failure::Withdrawn(trouble)) => vec![SyncAction::PurgeUnit {
                source,
                unit,
                trouble,
                at,
            }],
        };
        session.cache.apply(actions).await?;
        if was_read || is_first {
            self.begin_seen_mark(session, unit, is_first).await?;
        }
        if let Some(result) = self
            .sync_status()
            .await?
            .units
            .into_iter()
            .find(|view| view.unit == unit)
        {
            on_progress(SyncProgress::UnitDone { result });
        }
        Ok(())
    }

    /// Whether the mirror holds nothing of a unit and never has: also after it was made anew.
    async fn is_first_reading(
        &self,
        session: &OpenSession<D, B>,
        unit: SyncUnit,
    ) -> Result<bool, Error> {
        let states = session.cache.unit_states().await?;
        if find(&states, unit).is_some_and(|state| state.checked_at.is_some()) {
            return Ok(false);
        }
        let query = ListQuery {
            unit,
            offset: 0,
            limit: 0,
            listed_only: false,
        };
        Ok(session.cache.list(query, None).await?.total == 0)
    }

    /// What arrives first is not news: it counts as seen, and only later changes are new.
    async fn begin_seen_mark(
        &self,
        session: &OpenSession<D, B>,
        unit: SyncUnit,
        is_first: bool,
    ) -> Result<(), Error> {
        let is_marked = session
            .own
            .seen()
            .await?
            .iter()
            .any(|mark| mark.unit == unit);
        if is_first || !is_marked {
            let seen_at = self.clock.now();
            session.own.mark_seen(SeenMark { unit, seen_at }).await?;
        }
        Ok(())
    }

    async fn read_unit(
        &self,
        session: &OpenSession<D, B>,
        unit: SyncUnit,
        run: i64,
        rights: &Rights,
        on_progress: OnProgress<'_>,
    ) -> Result<Ended, Error> {
        let identity = session.identity();
        let mut reading = Reading {
            hale: self,
            session,
            identity: &identity,
            unit,
            run,
            on_progress,
            members: HashSet::new(),
            batch: Vec::new(),
            writing: None,
            stored: 0,
            skipped: 0,
            is_whole: true,
            cursor: None,
            failed: None,
        };
        let mut is_offered = false;
        for search in units::searches(unit, &identity.patient_id) {
            let interaction = if search.contains('?') {
                "search-type"
            } else {
                "read"
            };
            let resource_type = units::resource_type(&search);
            if !identity.backend.may_offer(resource_type, interaction) {
                continue;
            }
            is_offered = true;
            if let Err(stop) = reading.search(search).await {
                return reading.stopped(stop, rights).await;
            }
        }
        if !is_offered {
            let trouble = UnitTrouble::NotAllowed(WhyNot::ServerLacksFeature);
            return Ok(Ended::Failed(Failure::Troubled(trouble)));
        }
        if unit == SyncUnit::Person
            && let Err(stop) = reading.practice().await
        {
            return reading.stopped(stop, rights).await;
        }
        reading.flush().await?;
        session.note_answer();
        Ok(Ended::Read {
            cursor: reading.cursor,
            skipped: reading.skipped,
            is_whole: reading.is_whole,
        })
    }
}

/// The reading of one unit.
struct Reading<'a, D: Device, B: Backends, K: Clock> {
    hale: &'a Hale<D, B, K>,
    session: &'a OpenSession<D, B>,
    identity: &'a Identity,
    unit: SyncUnit,
    run: i64,
    on_progress: OnProgress<'a>,
    /// What entries of this unit show inside themselves.
    members: HashSet<String>,
    batch: Vec<SyncAction>,
    /// The batch before, while it is written, and how many entries are stored with it.
    writing: Option<(BoxFuture<'a, Result<(), CacheError>>, u32)>,
    stored: u32,
    skipped: u32,
    /// Whether every page so far was complete.
    is_whole: bool,
    cursor: Option<DateTime<Utc>>,
    /// The first failure after which the rest was still read.
    failed: Option<RemoteError>,
}

impl<D: Device, B: Backends, K: Clock> Reading<'_, D, B, K> {
    /// Keeps what arrived, and says how it ended.
    async fn stopped(&mut self, stop: Stop, rights: &Rights) -> Result<Ended, Error> {
        self.flush().await?;
        match stop {
            Stop::Store(error) => Err(error.into()),
            Stop::Unreadable => Ok(Ended::Failed(Failure::Troubled(UnitTrouble::Failed(
                ErrorCode::UnreadableAnswer,
            )))),
            Stop::Remote(error) => {
                self.session.note_failure(&error);
                Ok(Ended::Failed(failure(&error, self.unit, rights)))
            }
        }
    }

    /// Reads a search to its last page. While one page is kept the next is on its way.
    async fn search(&mut self, search: String) -> Result<(), Stop> {
        let mut followed = HashSet::new();
        let mut fetched = fetch_page(self.session, Target::Path(search)).await;
        loop {
            let (page, is_partial, server_date) = fetched?;
            // Some of the sources behind the server did not answer (backend contract, §0).
            self.is_whole &= !is_partial;
            // The first answer's time is the cursor: what changes while pages are read comes next
            // time.
            self.cursor = self.cursor.or(server_date);
            let Some(next) = page.next.clone() else {
                return self.keep(&page).await;
            };
            // A link that was followed before, or pages without end, would go on for ever.
            if followed.len() >= MOST_PAGES || !followed.insert(next.clone()) {
                self.keep(&page).await?;
                return Err(Stop::Unreadable);
            }
            let coming = fetch_page(self.session, Target::Next(next));
            let kept;
            (fetched, kept) = futures::join!(coming, self.keep(&page));
            kept?;
        }
    }

    async fn keep(&mut self, page: &Page) -> Result<(), Stop> {
        let plan = plan_page(
            page,
            &self.identity.source,
            self.unit,
            &self.identity.patient_id,
            &mut self.members,
            self.run,
            self.hale.clock.now(),
        );
        // An answer that is nothing but an error is no answer, and must never read as "none".
        if plan.has_errors && plan.kept == 0 && plan.actions.is_empty() {
            return Err(Stop::Unreadable);
        }
        self.is_whole &= plan.is_complete();
        self.skipped += plan.skipped;
        self.stored += plan.kept;
        self.batch.extend(plan.actions);
        if self.batch.len() >= BATCH {
            self.begin_write().await?;
        }
        Ok(())
    }

    /// Hands the batch to the store and goes on reading while it is written. The one before must
    /// be stored by then, so that no more than two are ever in memory.
    async fn begin_write(&mut self) -> Result<(), CacheError> {
        self.await_write().await?;
        if self.batch.is_empty() {
            return Ok(());
        }
        let batch = std::mem::take(&mut self.batch);
        let mut write = self.session.cache.apply(batch).boxed();
        // A future does nothing before it is polled.
        if let Poll::Ready(written) = futures::poll!(&mut write) {
            write = futures::future::ready(written).boxed();
        }
        self.writing = Some((write, self.stored));
        Ok(())
    }

    async fn await_write(&mut self) -> Result<(), CacheError> {
        if let Some((write, entries)) = self.writing.take() {
            write.await?;
            (self.on_progress)(SyncProgress::Stored {
                unit: self.unit,
                entries,
            });
        }
        Ok(())
    }

    /// Waits until everything that arrived is stored.
    async fn flush(&mut self) -> Result<(), CacheError> {
        self.begin_write().await?;
        self.await_write().await
    }

    /// The practice and its rules (backend contract, §8a). A server without them is no failure:
    /// unknown rules are left to its refusals.
    async fn practice(&mut self) -> Result<(), Stop> {
        // Why sections are empty, where the source says so.
        let patient = units::encode(&self.identity.patient_id);
        self.optional(format!("List?patient={patient}&_count=100"))
            .await?;
        self.flush().await?;
        let patient = stored(self.session, self.unit, "Patient").await?;
        let Some(patient) = patient.into_iter().next() else {
            return self.failed_on_the_way();
        };
        let organisation = organisation_of(&patient);
        if let Some(id) = organisation {
            let id = units::encode(&id);
            self.optional(format!("Organization/{id}")).await?;
            self.optional(format!(
                "HealthcareService?organization=Organization%2F{id}&_count=100"
            ))
            .await?;
        }
        self.flush().await?;
        let known = stored(self.session, self.unit, "Organization").await?;
        let find = |reference: &str| {
            known
                .iter()
                .find(|resource| {
                    let id = resource["id"].as_str().unwrap_or_default();
                    reference == format!("Organization/{id}")
                })
                .cloned()
        };
        let person = view::person(&patient, &self.identity.claims, &find);
        if person != self.identity.person {
            let identity = Identity {
                person,
                ..self.identity.clone()
            };
            keep_identity(&self.session.own, &identity)
                .await
                .map_err(|error| Stop::Store(CacheError::Other(Box::new(error))))?;
            self.session.set_identity(identity);
        }
        self.failed_on_the_way()
    }

    /// What failed although the rest could still be read.
    fn failed_on_the_way(&mut self) -> Result<(), Stop> {
        match self.failed.take() {
            Some(error) => Err(Stop::Remote(error)),
            None => Ok(()),
        }
    }

    /// Reads what a server may lack or refuse without the unit failing. A server that is busy or
    /// slow lacks nothing: what it gave before must not be taken for gone.
    async fn optional(&mut self, search: String) -> Result<(), Stop> {
        match self.search(search).await {
            Err(Stop::Remote(error)) => match refusal(&error) {
                Refusal::Own => Ok(()),
                // What else there is is read all the same; the unit fails at its end.
                Refusal::Foreign => {
                    self.failed.get_or_insert(error);
                    Ok(())
                }
                Refusal::None => Err(Stop::Remote(error)),
            },
            other => other,
        }
    }
}

/// Who refused a request.
#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    /// Nobody: it failed in another way.
    None,
    /// The service itself, in an OperationOutcome.
    Own,
    /// Perhaps only something on the way: a gateway, or another server under the address.
    Foreign,
}

fn refusal(error: &RemoteError) -> Refusal {
    match error {
        RemoteError::Status {
            status: 400 | 403 | 404 | 405 | 410 | 501,
            body,
            ..
        } => match hale_fhir::read_outcome(body) {
            Some(_) => Refusal::Own,
            None => Refusal::Foreign,
        },
        _ => Refusal::None,
    }
}

/// The id of the organisation that a patient is registered with.
pub(crate) fn organisation_of(patient: &Value) -> Option<String> {
    patient["generalPractitioner"]
        .as_array()
        .into_iter()
        .flatten()
        .chain(std::iter::once(&patient["managingOrganization"]))
        .filter_map(|reference| reference["reference"].as_str())
        .find_map(|reference| {
            let (before, id) = reference.rsplit_once('/')?;
            before.ends_with("Organization").then(|| id.to_owned())
        })
}

/// Reads a page: whether something is missing from it, and the server's own time of it.
async fn fetch_page<C, O, R: Remote>(
    session: &crate::app::Session<C, O, R>,
    target: Target,
) -> Result<(Page, bool, Option<DateTime<Utc>>), Stop> {
    let remote = session
        .online()
        .map_err(|_| Stop::Remote(RemoteError::SignInNeeded))?;
    let fetch = Fetch {
        target,
        if_none_match: None,
    };
    let Fetched {
        status,
        body,
        server_date,
        ..
    } = remote.fetch(fetch).await.map_err(Stop::Remote)?;
    let page = read_page(&body).map_err(|_| Stop::Unreadable)?;
    Ok((page, status == PARTIAL, server_date))
}

/// The stored resources of a type in a unit.
pub(crate) async fn stored<C: Cache, O, R>(
    session: &crate::app::Session<C, O, R>,
    unit: SyncUnit,
    resource_type: &str,
) -> Result<Vec<Value>, CacheError> {
    let query = ListQuery {
        unit,
        offset: 0,
        limit: 1_000,
        listed_only: false,
    };
    let page = session.cache.list(query, None).await?;
    Ok(page
        .rows
        .iter()
        .filter(|row| row.key.resource_type == resource_type && row.removed_at.is_none())
        .filter_map(|row| serde_json::from_str(&row.json).ok())
        .collect())
}

/// What the person may see, as far as the source and the sign-in state it.
pub(crate) async fn rights<C: Cache, O, R>(
    session: &crate::app::Session<C, O, R>,
) -> Result<Rights, CacheError> {
    let patients = stored(session, SyncUnit::Person, "Patient").await?;
    Ok(Rights {
        identity: session.identity().person.identity_level,
        access: patients.first().map(view::access),
    })
}

impl<C, O, R> crate::app::Session<C, O, R> {
    /// Whether a check runs now.
    pub(crate) fn is_syncing(&self) -> bool {
        self.syncing.try_lock().is_none()
    }

    /// Whether the last attempt found no network.
    pub(crate) fn seems_offline(&self) -> bool {
        self.is_offline.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_services_own_word_says_that_it_lacks_something() {
        let outcome = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-supported"}]}"#;
        let page = "<html><body>Not found</body></html>";
        let cases = [
            (404, outcome, Refusal::Own),
            (400, outcome, Refusal::Own),
            (403, outcome, Refusal::Own),
            (501, outcome, Refusal::Own),
            (404, page, Refusal::Foreign),
            (404, "", Refusal::Foreign),
            (404, r#"{"message":"no route"}"#, Refusal::Foreign),
            (405, page, Refusal::Foreign),
            (403, page, Refusal::Foreign),
            (500, outcome, Refusal::None),
            (503, page, Refusal::None),
            (429, outcome, Refusal::None),
        ];
        for (status, body, expected) in cases {
            let error = RemoteError::Status {
                status,
                body: body.as_bytes().to_vec(),
                retry_after: None,
            };
            assert_eq!(refusal(&error), expected, "{status} {body}");
        }
        assert_eq!(refusal(&RemoteError::NotConnected(None)), Refusal::None);
    }
}
