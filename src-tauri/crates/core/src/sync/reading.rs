//! The reading of one unit: its pages, in order, into the mirror.
//!
//! A batch of pages is one transaction; the note of where a stopped reading goes on is in the same
//! transaction as the pages before it, and the cursor in the same one as the end of the last page.

use std::collections::HashSet;
use std::task::Poll;

use chrono::{DateTime, Utc};
use futures::FutureExt;
use futures::future::BoxFuture;
use hale_contracts::error::ErrorCode;
use hale_contracts::reasons::WhyNot;
use hale_contracts::sync::{SyncProgress, SyncUnit};
use hale_fhir::{Page, read_page};
use serde_json::Value;

use super::access::{Fate, Said, fate};
use super::counted::Counted;
use super::depth::{Depth, Removals, changes_of};
use super::guess_reason::Rights;
use super::plan::{Extent, Members, Resume, SyncAction, learn_members, plan_page};
use super::run::OnProgress;
use super::units;
use crate::app::{Hale, OpenSession};
use crate::error::Error;
use crate::ports::{
    Backends, Cache, CacheError, Clock, Device, Fetch, Fetched, Remote, RemoteError, ResourceKey,
    StoredResource, Target, UnitTrouble,
};
use crate::record::view;
use crate::sources::link::{Identity, Link};

/// How many resources go into one transaction at least; one page a transaction is twice as slow.
/// Under test it is small, so that a check can be cut off between two.
const BATCH: usize = if cfg!(test) { 3 } else { 500 };
/// The status of an answer from which something is missing.
pub(crate) const PARTIAL: u16 = 207;
/// The status of an answer that says that nothing changed.
const NOT_MODIFIED: u16 = 304;
/// More pages than any record has: a server that goes on for ever is stopped here.
pub(super) const MOST_PAGES: usize = 5_000;

/// How a unit's reading ended.
pub(super) enum Ended {
    /// The last page was read.
    Read {
        run: i64,
        cursor: Option<DateTime<Utc>>,
        skipped: u32,
        extent: Extent,
        /// Whether nothing at all came.
        is_empty: bool,
    },
    Failed(Fate),
}

/// What ends the reading of one search.
pub(super) enum Stop {
    Remote(RemoteError),
    Unreadable,
    Store(CacheError),
    /// What changed does not say enough: everything has to be read.
    NeedsWhole,
    /// The patient's id stands for another NHS number now.
    AnotherNumber,
}

impl From<CacheError> for Stop {
    fn from(error: CacheError) -> Self {
        Self::Store(error)
    }
}

/// A page and what came with it.
pub(super) struct FetchedPage {
    pub(super) page: Page,
    /// Whether something is missing from it.
    pub(super) is_partial: bool,
    /// The server's own time of it.
    pub(super) server_date: Option<DateTime<Utc>>,
}

/// What the readings of a run have in common.
pub(super) struct RunOf<'a> {
    pub(super) run: i64,
    pub(super) rights: &'a Rights,
    /// See [`SyncAction::FinishUnit`].
    pub(super) basis: &'a str,
    pub(super) on_progress: OnProgress<'a>,
}

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// Reads a unit as deep as `depth` says, and all of it where that turns out not to be enough.
    pub(super) async fn read_unit(
        &self,
        session: &OpenSession<D, B>,
        link: &Link<B::Remote>,
        unit: SyncUnit,
        of: &RunOf<'_>,
        depth: Depth,
    ) -> Result<Ended, Error> {
        let identity = link.identity();
        let searches: Vec<String> = units::searches(unit, &identity.patient_id)
            .into_iter()
            .filter(|search| {
                let interaction = if search.contains('?') {
                    "search-type"
                } else {
                    "read"
                };
                let resource_type = units::resource_type(search);
                identity.backend.may_offer(resource_type, interaction)
            })
            .collect();
        if searches.is_empty() {
            let trouble = UnitTrouble::NotAllowed(WhyNot::ServerLacksFeature);
            return Ok(Ended::Failed(Fate::Stays(trouble)));
        }
        let mut reading = Reading::new(self, session, link, &identity, unit, of);
        let mut read = match depth {
            Depth::Changes { since, removals } => reading.changes(&searches, since, removals).await,
            Depth::Whole {
                resume: Some(resume),
            } => reading.go_on(&searches, *resume).await,
            Depth::Whole { resume: None } => reading.whole(&searches).await,
        };
        if matches!(read, Err(Stop::NeedsWhole)) {
            // What a check that is cut off now leaves behind must not hide that from the next one.
            reading.run = of.run;
            reading.resume = Some((0, None));
            reading.write_resume();
            reading.flush().await?;
            reading = Reading::new(self, session, link, &identity, unit, of);
            read = reading.whole(&searches).await;
        }
        match read {
            Ok(extent) => {
                reading.resume = None;
                reading.flush().await?;
                link.note_answer();
                Ok(Ended::Read {
                    run: reading.run,
                    cursor: reading.cursor,
                    skipped: reading.skipped,
                    is_empty: reading.stored == 0,
                    extent: if reading.is_whole {
                        extent
                    } else {
                        Extent::Part
                    },
                })
            }
            Err(stop) => reading.stopped(stop, of.rights).await,
        }
    }
}

/// The reading of one unit.
pub(super) struct Reading<'a, D: Device, B: Backends, K: Clock> {
    pub(super) hale: &'a Hale<D, B, K>,
    pub(super) session: &'a OpenSession<D, B>,
    pub(super) link: &'a Link<B::Remote>,
    pub(super) identity: &'a Identity,
    pub(super) unit: SyncUnit,
    run: i64,
    basis: &'a str,
    on_progress: OnProgress<'a>,
    /// Whether only what changed is read, and not all of the unit.
    is_of_changes: bool,
    /// What entries of this unit show inside themselves.
    members: Members,
    /// Whether a reading that was stopped goes on.
    is_resumed: bool,
    /// Whether `members` has what everything that is held shows inside itself.
    are_members_known: bool,
    pub(super) batch: Vec<SyncAction>,
    /// The batch before, while it is written, and how many entries are stored with it.
    writing: Option<(BoxFuture<'a, Result<(), CacheError>>, u32)>,
    stored: u32,
    skipped: u32,
    /// Whether every page so far was complete.
    pub(super) is_whole: bool,
    cursor: Option<DateTime<Utc>>,
    /// Where a whole reading goes on once what is in the batch is stored: which search, and the
    /// link of its next page.
    resume: Option<(usize, Option<String>)>,
    /// The first failure after which the rest was still read.
    pub(super) failed: Option<RemoteError>,
}

impl<'a, D: Device, B: Backends, K: Clock> Reading<'a, D, B, K> {
    fn new(
        hale: &'a Hale<D, B, K>,
        session: &'a OpenSession<D, B>,
        link: &'a Link<B::Remote>,
        identity: &'a Identity,
        unit: SyncUnit,
        of: &RunOf<'a>,
    ) -> Self {
        Self {
            hale,
            session,
            link,
            identity,
            unit,
            run: of.run,
            basis: of.basis,
            on_progress: of.on_progress,
            is_of_changes: false,
            members: Members::new(),
            is_resumed: false,
            are_members_known: false,
            batch: Vec::new(),
            writing: None,
            stored: 0,
            skipped: 0,
            is_whole: true,
            cursor: None,
            resume: None,
            failed: None,
        }
    }

    /// Reads everything.
    async fn whole(&mut self, searches: &[String]) -> Result<Extent, Stop> {
        self.searches(searches, 0, None).await?;
        if self.unit == SyncUnit::Person {
            self.practice().await?;
        }
        Ok(Extent::Whole)
    }

    /// Goes on with a whole reading that was stopped. Meanwhile the pages may have shifted, so that
    /// an entry stands on none of those that were read: the ids are compared at the end.
    async fn go_on(&mut self, searches: &[String], resume: Resume) -> Result<Extent, Stop> {
        self.is_resumed = true;
        // What the pages before show inside themselves.
        if resume.search > 0 || resume.next.is_some() {
            self.learn_members(resume.run).await?;
        }
        let newest = std::mem::replace(&mut self.run, resume.run);
        self.cursor = resume.cursor;
        self.skipped = resume.skipped;
        self.is_whole = resume.is_whole;
        if resume.search >= searches.len() && resume.next.is_some() {
            return Err(Stop::NeedsWhole);
        }
        match self.searches(searches, resume.search, resume.next).await {
            Err(stop) if has_link_ended(&stop) => return Err(Stop::NeedsWhole),
            other => other?,
        }
        self.flush().await?;
        if self
            .has_same_ids(searches, Some(resume.run), newest)
            .await?
        {
            Ok(Extent::Whole)
        } else {
            Err(Stop::NeedsWhole)
        }
    }

    async fn searches(
        &mut self,
        searches: &[String],
        first: usize,
        mut next: Option<String>,
    ) -> Result<(), Stop> {
        for (number, search) in searches.iter().enumerate().skip(first) {
            let target = match next.take() {
                Some(link) => Target::Next(link),
                None => Target::Path(search.clone()),
            };
            self.search(target, Some(number)).await?;
            self.resume = Some((number + 1, None));
        }
        Ok(())
    }

    /// Reads what changed. What was removed is read first: what was made anew since comes after it.
    async fn changes(
        &mut self,
        searches: &[String],
        since: DateTime<Utc>,
        removals: Removals,
    ) -> Result<Extent, Stop> {
        self.is_of_changes = true;
        let mut are_removals_known = false;
        let mut is_sweep_due = removals == Removals::Sweep;
        if let Removals::History { is_sweep_due: due } = removals {
            are_removals_known = self.removals(searches, since).await?;
            is_sweep_due = due && !are_removals_known;
        }
        for search in searches {
            match self
                .search(Target::Path(changes_of(search, since)), None)
                .await
            {
                // It does not know how to tell what changed.
                Err(Stop::Remote(RemoteError::Status {
                    status: 400 | 422 | 501,
                    ..
                })) => return Err(Stop::NeedsWhole),
                other => other?,
            }
        }
        // The clock that the cursor was taken from was ahead: what changed before it was not asked
        // for.
        if self.cursor.is_some_and(|now| now < since) {
            return Err(Stop::NeedsWhole);
        }
        if is_sweep_due {
            self.flush().await?;
            if !self.has_same_ids(searches, None, self.run).await? {
                return Err(Stop::NeedsWhole);
            }
            are_removals_known = true;
        }
        Ok(Extent::Changes { are_removals_known })
    }

    /// The first answer's time is the cursor: what changes while pages are read comes next time.
    /// Never later than this device's own time: of two clocks that differ, the one behind only has
    /// something read twice.
    pub(super) fn note_date(&mut self, server_date: Option<DateTime<Utc>>) {
        let now = self.hale.clock.now();
        self.cursor = self.cursor.or(server_date.map(|date| date.min(now)));
    }

    /// Keeps what arrived, and says how it ended.
    async fn stopped(&mut self, stop: Stop, rights: &Rights) -> Result<Ended, Error> {
        self.flush().await?;
        match stop {
            Stop::Store(error) => Err(error.into()),
            Stop::Unreadable | Stop::NeedsWhole => Ok(Ended::Failed(Fate::Stays(
                UnitTrouble::Failed(ErrorCode::UnreadableAnswer),
            ))),
            Stop::AnotherNumber => Ok(Ended::Failed(fate(&Said::AnotherNumber, self.unit, rights))),
            Stop::Remote(error) => {
                self.link.note_failure(&error);
                let said = Said::Refused(&error);
                Ok(Ended::Failed(fate(&said, self.unit, rights)))
            }
        }
    }

    /// Reads a search to its last page. While one page is kept the next is on its way. `number` is
    /// given where the reading can go on at a page of it later.
    pub(super) async fn search(
        &mut self,
        target: Target,
        number: Option<usize>,
    ) -> Result<(), Stop> {
        let mut followed = HashSet::new();
        // Of a search that goes on at a later page nobody knows what stood before.
        let mut counted = matches!(target, Target::Path(_)).then(Counted::default);
        let known = self.known_version(&target).await?;
        let etag = known.as_ref().map(|(_, etag)| etag.clone());
        let mut fetched = self.fetch_page(target, etag).await;
        loop {
            let Some(FetchedPage {
                page,
                is_partial,
                server_date,
            }) = fetched?
            else {
                let Some((key, _)) = known else {
                    return Err(Stop::Unreadable);
                };
                let (run, at) = (self.run, self.hale.clock.now());
                self.batch.push(SyncAction::Met { key, run, at });
                return Ok(());
            };
            // Some of the sources behind the server did not answer (backend contract, §0).
            self.is_whole &= !is_partial;
            self.note_date(server_date);
            if let Some(counted) = &mut counted {
                counted.add(&page);
            }
            let Some(next) = page.next.clone() else {
                self.is_whole &= !counted.is_some_and(|counted| counted.is_short());
                return self.keep(&page).await;
            };
            // A link that was followed before, or pages without end, would go on for ever.
            if followed.len() >= MOST_PAGES || !followed.insert(next.clone()) {
                self.keep(&page).await?;
                return Err(Stop::Unreadable);
            }
            let coming = fetch_page(self.link, Target::Next(next.clone()), None);
            let resume = number.map(|number| (number, Some(next)));
            let keeping = async {
                self.plan(&page).await?;
                self.resume = resume;
                self.write_if_full().await
            };
            let kept;
            (fetched, kept) = futures::join!(coming, keeping);
            kept?;
        }
    }

    /// The version of a single resource that is held, to be told if it has not changed.
    async fn known_version(
        &mut self,
        target: &Target,
    ) -> Result<Option<(ResourceKey, String)>, CacheError> {
        let Target::Path(path) = target else {
            return Ok(None);
        };
        let Some((resource_type, id)) = path.split_once('/') else {
            return Ok(None);
        };
        if id.contains(['?', '/', '%']) {
            return Ok(None);
        }
        let held = self.held(vec![self.key(resource_type, id)]).await?;
        Ok(held.into_iter().find_map(|row| {
            let etag = format!("W/\"{}\"", row.version?);
            Some((row.key, etag))
        }))
    }

    pub(super) async fn fetch_page(
        &mut self,
        target: Target,
        etag: Option<String>,
    ) -> Result<Option<FetchedPage>, Stop> {
        fetch_page(self.link, target, etag).await
    }

    async fn keep(&mut self, page: &Page) -> Result<(), Stop> {
        self.plan(page).await?;
        self.write_if_full().await
    }

    async fn write_if_full(&mut self) -> Result<(), Stop> {
        if self.batch.len() >= BATCH {
            self.begin_write().await?;
        }
        Ok(())
    }

    async fn plan(&mut self, page: &Page) -> Result<(), Stop> {
        if self.is_of_changes || self.is_resumed {
            self.heed_held(page).await?;
        }
        let plan = plan_page(
            page,
            &self.identity.source,
            self.unit,
            self.identity.whose(),
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
        Ok(())
    }

    /// Looks at what is held of the entries of a page of changes: what is shown inside another entry
    /// stays there, and where that changes everything has to be read.
    async fn heed_held(&mut self, page: &Page) -> Result<(), Stop> {
        let keys = page
            .entries
            .iter()
            .map(|entry| self.key(&entry.resource_type, &entry.id))
            .collect();
        let held = self.held(keys).await?;
        let now: HashSet<String> = page
            .entries
            .iter()
            .flat_map(|entry| members_in(entry.raw.get()))
            .collect();
        // What an entry no longer shows inside itself may stand on its own now.
        if !held.iter().flat_map(members_of).all(|it| now.contains(&it)) {
            return Err(Stop::NeedsWhole);
        }
        if self.is_resumed {
            return Ok(());
        }
        let named = now
            .iter()
            .filter_map(|member| member.split_once('/'))
            .map(|(resource_type, id)| self.key(resource_type, id))
            .collect();
        // What stood on its own may be shown inside an entry now.
        if self.held(named).await?.iter().any(|row| row.is_listed) {
            return Err(Stop::NeedsWhole);
        }
        let inside = held
            .iter()
            .filter(|row| !row.is_listed && row.unit == self.unit)
            .map(|row| {
                let part = format!("{}/{}", row.key.resource_type, row.key.id);
                let entries = row.part_of.clone().unwrap_or_default();
                (part, entries)
            });
        for (part, entries) in inside {
            let known = self.members.entry(part).or_default();
            known.extend(entries.lines().map(str::to_owned));
        }
        // A result may come after the report that names it.
        let is_new = |entry: &hale_fhir::Entry| {
            entry.resource_type == "Observation"
                && !held.iter().any(|row| {
                    row.key.id == entry.id && row.key.resource_type == entry.resource_type
                })
        };
        if !self.are_members_known && page.entries.iter().any(is_new) {
            self.learn_members(i64::MIN).await?;
        }
        Ok(())
    }

    /// Learns what the entries that are held, and that a run from `since` on met, show inside
    /// themselves, whether that is held or not.
    async fn learn_members(&mut self, since: i64) -> Result<(), CacheError> {
        self.are_members_known = true;
        let all = self
            .session
            .cache
            .keys(self.identity.source.clone())
            .await?;
        let entries: Vec<ResourceKey> = all
            .into_iter()
            .filter(|one| one.unit == self.unit && one.is_listed && one.run >= since)
            .map(|one| one.key)
            .collect();
        for some in entries.chunks(BATCH) {
            for row in self.held(some.to_vec()).await? {
                let json = serde_json::from_str(&row.json).unwrap_or_default();
                learn_members(&mut self.members, &json);
            }
        }
        Ok(())
    }

    pub(super) fn key(&self, resource_type: &str, id: &str) -> ResourceKey {
        ResourceKey {
            source: self.identity.source.clone(),
            resource_type: resource_type.to_owned(),
            id: id.to_owned(),
        }
    }

    pub(super) async fn held(
        &mut self,
        keys: Vec<ResourceKey>,
    ) -> Result<Vec<StoredResource>, CacheError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut held = self.session.cache.get_many(keys).await?;
        held.retain(|row| row.removed_at.is_none());
        Ok(held)
    }

    /// Hands the batch to the store and goes on reading while it is written. The one before must
    /// be stored by then, so that no more than two are ever in memory.
    async fn begin_write(&mut self) -> Result<(), CacheError> {
        self.await_write().await?;
        if self.batch.is_empty() {
            return Ok(());
        }
        self.write_resume();
        let batch = std::mem::take(&mut self.batch);
        let mut write = self.session.cache.apply(batch).boxed();
        // A future does nothing before it is polled.
        if let Poll::Ready(written) = futures::poll!(&mut write) {
            write = futures::future::ready(written).boxed();
        }
        self.writing = Some((write, self.stored));
        Ok(())
    }

    /// Notes in the batch where a whole reading goes on once it is stored.
    fn write_resume(&mut self) {
        let Some((search, next)) = self.resume.clone() else {
            return;
        };
        if self.unit == SyncUnit::Person {
            return;
        }
        let at = Resume {
            run: self.run,
            search,
            next,
            cursor: self.cursor,
            skipped: self.skipped,
            is_whole: self.is_whole,
            basis: self.basis.to_owned(),
            stored_at: self.hale.clock.now(),
        };
        self.batch.push(SyncAction::Resume {
            source: self.identity.source.clone(),
            unit: self.unit,
            at: Some(Box::new(at)),
        });
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
    pub(super) async fn flush(&mut self) -> Result<(), CacheError> {
        self.begin_write().await?;
        self.await_write().await
    }
}

/// Whether a kept link leads nowhere any more. A server that is busy or wants a new sign-in has not
/// ended it; one that sent a link that must not be followed would send it in vain for ever.
fn has_link_ended(stop: &Stop) -> bool {
    match stop {
        Stop::Unreadable | Stop::Remote(RemoteError::Unsafe(_)) => true,
        Stop::Remote(RemoteError::Status { status, .. }) => {
            matches!(status, 400..=499) && !matches!(status, 401 | 408 | 429)
        }
        _ => false,
    }
}

/// What a held entry shows inside itself.
pub(super) fn members_of(held: &StoredResource) -> impl Iterator<Item = String> + use<> {
    members_in(&held.json).into_iter()
}

fn members_in(json: &str) -> Vec<String> {
    view::members(&serde_json::from_str::<Value>(json).unwrap_or_default())
}

/// Reads a page; none where nothing changed.
async fn fetch_page<R: Remote>(
    link: &Link<R>,
    target: Target,
    if_none_match: Option<String>,
) -> Result<Option<FetchedPage>, Stop> {
    let remote = link
        .online()
        .map_err(|_| Stop::Remote(RemoteError::SignInNeeded))?;
    let is_conditional = if_none_match.is_some();
    let fetch = Fetch {
        target,
        if_none_match,
    };
    let Fetched {
        status,
        body,
        server_date,
        ..
    } = remote.fetch(fetch).await.map_err(Stop::Remote)?;
    if status == NOT_MODIFIED && is_conditional {
        return Ok(None);
    }
    let page = read_page(&body).map_err(|_| Stop::Unreadable)?;
    Ok(Some(FetchedPage {
        page,
        is_partial: status == PARTIAL,
        server_date,
    }))
}
