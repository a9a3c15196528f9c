//! The mirror, in memory.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use hale_contracts::changes::{ChangeKind, NewsCountView};
use hale_contracts::sync::SyncUnit;

use super::held;
use crate::ports::{
    Cache, CacheError, HeldKey, ListPage, ListQuery, Purged, ResourceKey, SourceId, StoredResource,
    UnitState, UnitTrouble,
};
use crate::sync::content::{Stamp, is_same_content};
use crate::sync::news;
use crate::sync::plan::{Extent, Incoming, SyncAction};

/// A mirror that lives as long as the process. Clones share what they hold.
#[derive(Debug, Clone, Default)]
pub struct MemoryCache(Arc<Mutex<State>>);

#[derive(Debug, Clone, Default)]
struct State {
    rows: BTreeMap<ResourceKey, Row>,
    units: BTreeMap<(SourceId, SyncUnit), UnitState>,
}

#[derive(Debug, Clone)]
struct Row {
    stored: StoredResource,
    /// What is shown of it without its parts, and what those add.
    own: i64,
    parts: i64,
    search_text: String,
    /// The run that met it, as an entry of the list or as what an entry refers to.
    run: i64,
    /// The run that met it as an entry of the list.
    listed_run: Option<i64>,
}

impl Row {
    fn empty(&mut self, at: DateTime<Utc>, is_begun: bool) {
        if self.stored.removed_at.is_none() {
            self.own = news::NOTHING;
            self.show(is_begun, false);
            self.stored.json = "{}".to_owned();
            self.search_text.clear();
            self.stored.removed_at = Some(at);
            self.stored.changed_at = at;
        }
    }

    /// Moves what is shown to what it and its parts say now.
    fn show(&mut self, is_begun: bool, is_same: bool) {
        let now = news::with_parts(self.own, self.parts);
        let stored = &mut self.stored;
        stored.seen = if stored.is_listed {
            news::seen(stored.seen, stored.shown, now, is_begun, is_same)
        } else {
            news::NOTHING
        };
        stored.shown = now;
    }

    /// What it adds to the entries that show it inside themselves.
    fn share(&self) -> (Option<String>, i64) {
        let part_of = self.stored.part_of.clone();
        (part_of.filter(|_| !self.stored.is_listed), self.own)
    }
}

impl Row {
    fn is_only_referred_to(&self, source: &SourceId, unit: SyncUnit, run: i64) -> bool {
        let stored = &self.stored;
        stored.key.source == *source
            && stored.unit == unit
            && stored.is_listed
            && stored.removed_at.is_none()
            && self.run == run
            && self.listed_run < Some(run)
    }
}

impl State {
    fn apply(&mut self, action: SyncAction) {
        match action {
            SyncAction::Upsert { resource, run, at } => self.upsert(*resource, run, at),
            SyncAction::MarkRemoved { key, at } => {
                let unit = self.rows.get(&key).map(|row| row.stored.unit);
                let is_begun = unit.is_some_and(|unit| self.is_begun(&key.source, unit));
                if let Some(row) = self.rows.get_mut(&key) {
                    if row.stored.is_listed {
                        row.empty(at, is_begun);
                    } else {
                        self.remove_part(&key);
                    }
                }
            }
            SyncAction::Met { key, run, at } => {
                if let Some(row) = self.rows.get_mut(&key)
                    && row.stored.removed_at.is_none()
                {
                    row.run = run;
                    row.stored.checked_at = at;
                    if row.stored.is_listed {
                        row.listed_run = Some(run);
                    }
                }
            }
            SyncAction::Resume { source, unit, at } => {
                self.unit(source, unit).resume = at.map(|at| *at);
            }
            SyncAction::FinishUnit {
                source,
                unit,
                run,
                extent,
                cursor,
                basis,
                at,
                skipped,
            } => {
                if extent == Extent::Whole {
                    self.drop_unmet(&source, unit, run, at);
                }
                let state = self.unit(source, unit);
                if extent.is_check() {
                    state.checked_at = Some(at);
                    state.cursor = cursor;
                    state.basis = Some(basis);
                }
                if extent.confirms_all() {
                    state.confirmed_at = Some(at);
                }
                if extent == Extent::Whole {
                    state.whole_at = Some(at);
                }
                if extent.is_check() {
                    state.news_since = state.news_since.or(Some(at));
                }
                state.resume = None;
                state.purged = None;
                state.skipped = skipped;
                state.tried_at = Some(at);
                state.trouble = None;
            }
            SyncAction::UnitTroubled {
                source,
                unit,
                trouble,
                at,
            } => self.trouble(source, unit, trouble, at),
            SyncAction::PurgeUnit {
                source,
                unit,
                why,
                at,
            } => {
                let held = self.rows.len();
                self.rows
                    .retain(|key, row| key.source != source || row.stored.unit != unit);
                let before = self.units.remove(&(source.clone(), unit));
                let told = before.and_then(|state| state.purged);
                let trouble = UnitTrouble::NotAllowed(why.clone());
                self.trouble(source.clone(), unit, trouble, at);
                let was_held = self.rows.len() < held;
                self.unit(source, unit).purged = if was_held {
                    Some(Purged { at, why })
                } else {
                    told
                };
            }
            SyncAction::Told { source, unit } => {
                if let Some(state) = self.units.get_mut(&(source, unit)) {
                    state.purged = None;
                }
            }
            SyncAction::Look { unit, seen, at } => self.look(unit, seen, at),
            SyncAction::PurgeSource { source } => {
                self.rows.retain(|key, _| key.source != source);
                self.units.retain(|(of, _), _| *of != source);
            }
        }
    }

    /// A row as it is shown: an entry is confirmed with its unit.
    fn shown(&self, row: &StoredResource) -> StoredResource {
        let mut shown = row.clone();
        let unit = self.units.get(&(row.key.source.clone(), row.unit));
        if row.is_listed
            && let Some(confirmed_at) = unit.and_then(|unit| unit.confirmed_at)
        {
            shown.checked_at = shown.checked_at.max(confirmed_at);
        }
        shown
    }

    fn upsert(&mut self, resource: Incoming, run: i64, at: DateTime<Utc>) {
        let is_newer = |held: &Row| {
            let stamp = Stamp {
                run: held.run,
                version: held.stored.version.as_deref(),
                last_updated: held.stored.last_updated,
            };
            stamp.is_later_than(&resource.stamp(run))
                && held.stored.removed_at.is_none()
                && (held.stored.is_listed || !resource.is_listed)
        };
        if self.rows.get(&resource.key).is_some_and(is_newer) {
            return;
        }
        let held = self.rows.remove(&resource.key);
        let first_seen_at = held.as_ref().map_or(at, |held| held.stored.first_seen_at);
        let parts = held.as_ref().map_or(0, |held| held.parts);
        let before = held.as_ref().map(Row::share);
        // What was seen of an entry that was removed counts still.
        let (was_listed, seen, shown) = held.as_ref().map_or((false, 0, 0), |held| {
            (held.stored.is_listed, held.stored.seen, held.stored.shown)
        });
        let held_part_of = held.as_ref().and_then(|held| held.stored.part_of.clone());
        let held = held.filter(|held| held.stored.removed_at.is_none());
        let is_same = held
            .as_ref()
            .is_some_and(|held| is_same_content(&held.stored.json, &resource.json));
        let changed_at = held
            .as_ref()
            .filter(|_| is_same)
            .map_or(at, |held| held.stored.changed_at);
        let mut row = Row {
            own: resource.own,
            parts,
            search_text: if resource.is_listed {
                resource.search_text
            } else {
                String::new()
            },
            run,
            listed_run: resource.is_listed.then_some(run),
            stored: StoredResource {
                key: resource.key,
                unit: resource.unit,
                is_listed: resource.is_listed,
                version: resource.version,
                last_updated: resource.last_updated,
                sort_date: resource.sort_date,
                json: resource.json,
                first_seen_at,
                changed_at,
                checked_at: at,
                removed_at: None,
                part_of: resource.part_of.or(held_part_of),
                shown: if was_listed { shown } else { news::NOTHING },
                seen,
            },
        };
        // What an entry brought along does not take the place of an entry, nor move to another
        // unit: only a whole reading of its own unit takes it off the list.
        if let Some(held) = held
            && !row.stored.is_listed
        {
            row.stored.unit = held.stored.unit;
            if held.stored.is_listed {
                row.stored.is_listed = true;
                row.stored.sort_date = held.stored.sort_date;
                row.search_text = held.search_text;
                row.listed_run = held.listed_run;
            }
        }
        let is_begun = self.is_begun(&row.stored.key.source, row.stored.unit);
        row.show(is_begun, is_same && was_listed);
        let key = row.stored.key.clone();
        let (after, is_listed) = (row.share(), row.stored.is_listed);
        self.rows.insert(key.clone(), row);
        if is_begun {
            // What stands on its own now, or no longer does, is read elsewhere.
            let is_same = is_same && was_listed == is_listed;
            self.add_to_entries(&key.source, before.unwrap_or_default(), after, is_same);
        }
    }

    /// Tells the entries that show a part inside themselves, or did, what it adds now.
    fn add_to_entries(
        &mut self,
        source: &SourceId,
        before: (Option<String>, i64),
        after: (Option<String>, i64),
        is_same: bool,
    ) {
        let before = (before.0.as_deref(), before.1);
        let after = (after.0.as_deref(), after.1);
        for (entry, from, to) in news::told(before, after) {
            self.move_parts(source, entry, (from, to), is_same, news::DEEPEST);
        }
    }

    fn move_parts(
        &mut self,
        source: &SourceId,
        entry: &str,
        (from, to): (i64, i64),
        is_same: bool,
        depth: u32,
    ) {
        let Some((resource_type, id)) = entry.split_once('/') else {
            return;
        };
        let key = ResourceKey {
            source: source.clone(),
            resource_type: resource_type.to_owned(),
            id: id.to_owned(),
        };
        let Some(unit) = self.rows.get(&key).map(|row| row.stored.unit) else {
            return;
        };
        let is_begun = self.is_begun(source, unit);
        let Some(row) = self.rows.get_mut(&key) else {
            return;
        };
        if row.stored.is_listed {
            row.parts = news::moved(row.parts, from, to);
            row.show(is_begun, is_same);
        } else if depth > 0
            && let Some(entries) = row.stored.part_of.clone()
        {
            for entry in entries.lines() {
                self.move_parts(source, entry, (from, to), is_same, depth - 1);
            }
        }
    }

    fn remove_part(&mut self, key: &ResourceKey) {
        let Some(row) = self.rows.remove(key) else {
            return;
        };
        if self.is_begun(&key.source, row.stored.unit) {
            self.add_to_entries(&key.source, row.share(), <_>::default(), false);
        }
    }

    fn drop_unmet(&mut self, source: &SourceId, unit: SyncUnit, run: i64, at: DateTime<Utc>) {
        let is_unmet = |key: &ResourceKey, row: &Row| {
            key.source == *source && row.stored.unit == unit && row.run < run
        };
        let gone: Vec<ResourceKey> = self
            .rows
            .iter()
            .filter(|(key, row)| !row.stored.is_listed && is_unmet(key, row))
            .map(|(key, _)| key.clone())
            .collect();
        let is_begun = self.is_begun(source, unit);
        let gone: Vec<Row> = gone
            .iter()
            .filter_map(|key| self.rows.remove(key))
            .collect();
        if is_begun {
            for row in gone {
                self.add_to_entries(source, row.share(), <_>::default(), false);
            }
        }
        let mut taken_in = Vec::new();
        for (key, row) in &mut self.rows {
            if is_unmet(key, row) {
                row.empty(at, is_begun);
            } else if row.is_only_referred_to(source, unit, run) {
                row.stored.is_listed = false;
                row.listed_run = None;
                row.search_text.clear();
                row.show(is_begun, false);
                taken_in.push(row.share());
            }
        }
        if is_begun {
            for share in taken_in {
                self.add_to_entries(source, <_>::default(), share, false);
            }
        }
    }

    /// Whether what changes in a unit is news yet.
    fn is_begun(&self, source: &SourceId, unit: SyncUnit) -> bool {
        let state = self.units.get(&(source.clone(), unit));
        state.is_some_and(|state| state.news_since.is_some())
    }

    fn look(&mut self, unit: SyncUnit, seen: Vec<(ResourceKey, i64)>, at: DateTime<Utc>) {
        // While a first reading is under way, what it brings next is no news.
        for state in self.units.values_mut() {
            let is_read = state.tried_at.is_some() && state.resume.is_none();
            if state.unit == unit && is_read {
                state.news_since = state.news_since.or(Some(at));
            }
        }
        for (key, shown) in seen {
            let is_begun = self.is_begun(&key.source, unit);
            if let Some(row) = self.rows.get_mut(&key)
                && row.stored.unit == unit
                && row.stored.is_listed
                && is_begun
            {
                row.stored.seen = shown;
            }
        }
    }

    fn unit(&mut self, source: SourceId, unit: SyncUnit) -> &mut UnitState {
        self.units
            .entry((source.clone(), unit))
            .or_insert(UnitState {
                source,
                unit,
                checked_at: None,
                cursor: None,
                tried_at: None,
                trouble: None,
                skipped: 0,
                confirmed_at: None,
                whole_at: None,
                basis: None,
                resume: None,
                news_since: None,
                purged: None,
            })
    }

    fn trouble(
        &mut self,
        source: SourceId,
        unit: SyncUnit,
        trouble: UnitTrouble,
        at: DateTime<Utc>,
    ) {
        let state = self.unit(source, unit);
        state.tried_at = Some(at);
        state.trouble = Some(trouble);
    }
}

impl Cache for MemoryCache {
    async fn apply(&self, actions: Vec<SyncAction>) -> Result<(), CacheError> {
        let mut state = held(&self.0);
        for action in actions {
            state.apply(action);
        }
        Ok(())
    }

    async fn list(&self, query: ListQuery) -> Result<ListPage, CacheError> {
        let state = held(&self.0);
        let mut rows: Vec<&StoredResource> = state
            .rows
            .values()
            .map(|row| &row.stored)
            .filter(|row| row.unit == query.unit && (row.is_listed || !query.listed_only))
            .collect();
        // The map is in the order of the keys, and this sort keeps it among equals. None is the
        // least, so it comes last.
        rows.sort_by_key(|row| Reverse(row.sort_date));
        let mut news = NewsCountView::default();
        for row in rows.iter().filter(|row| row.is_listed) {
            match news::change(row.seen, row.shown) {
                Some(ChangeKind::New) => news.new += 1,
                Some(ChangeKind::Amended) => news.amended += 1,
                Some(ChangeKind::Removed) => news.removed += 1,
                None => {}
            }
        }
        let mut sources: Vec<SourceId> = rows.iter().map(|row| row.key.source.clone()).collect();
        sources.sort_by(|a, b| a.0.cmp(&b.0));
        sources.dedup();
        Ok(ListPage {
            sources,
            total: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            news,
            rows: rows
                .into_iter()
                .skip(query.offset as usize)
                .take(query.limit as usize)
                .map(|row| state.shown(row))
                .collect(),
        })
    }

    async fn get_many(&self, keys: Vec<ResourceKey>) -> Result<Vec<StoredResource>, CacheError> {
        let state = held(&self.0);
        let keys: HashSet<ResourceKey> = keys.into_iter().collect();
        Ok(keys
            .iter()
            .filter_map(|key| state.rows.get(key))
            .map(|row| state.shown(&row.stored))
            .collect())
    }

    async fn keys(&self, source: SourceId) -> Result<Vec<HeldKey>, CacheError> {
        Ok(held(&self.0)
            .rows
            .values()
            .filter(|row| row.stored.key.source == source)
            .filter(|row| row.stored.removed_at.is_none())
            .map(|row| HeldKey {
                key: row.stored.key.clone(),
                unit: row.stored.unit,
                is_listed: row.stored.is_listed,
                run: row.run,
            })
            .collect())
    }

    async fn unit_states(&self) -> Result<Vec<UnitState>, CacheError> {
        Ok(held(&self.0).units.values().cloned().collect())
    }

    async fn search(&self, words: String, limit: u32) -> Result<Vec<StoredResource>, CacheError> {
        let wanted = parts(&words);
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let state = held(&self.0);
        Ok(state
            .rows
            .values()
            .filter(|row| row.stored.is_listed && row.stored.removed_at.is_none())
            .filter(|row| {
                let there = parts(&row.search_text);
                wanted
                    .iter()
                    .all(|word| there.iter().any(|other| other.starts_with(word)))
            })
            .take(limit as usize)
            .map(|row| state.shown(&row.stored))
            .collect())
    }
}

/// The words of a text, without case. Accents count here, unlike in the real store.
fn parts(text: &str) -> Vec<String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}
