//! The mirror of what the backends said: `record.db`. Owns reading it; [`apply`] owns changing it.

mod apply;
mod search;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use hale_contracts::changes::NewsCountView;
use hale_core::ports::{
    Cache, CacheError, HeldKey, ListPage, ListQuery, ResourceKey, SourceId, StoredResource,
    UnitState,
};
use hale_core::sync::plan::SyncAction;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::device::Started;
use crate::rows::{from_json, moment, optional_moment, unit, unit_name};
use crate::worker::Worker;

/// What [`stored`] reads, in its order.
macro_rules! columns {
    () => {
        "resource.source, resource.type, resource.id, resource.unit, resource.is_listed, \
         resource.version, resource.last_updated, resource.sort_date, resource.json, \
         resource.first_seen_at, resource.changed_at, \
         max(resource.checked_at, coalesce((SELECT unit_state.confirmed_at FROM unit_state \
         WHERE unit_state.source = resource.source AND unit_state.unit = resource.unit \
         AND resource.is_listed = 1), 0)), resource.removed_at, \
         resource.part_of, resource.shown, resource.seen"
    };
}
use columns;

/// The mirror of one person's record. Dropping it closes the file.
///
/// Once damage was met it answers nothing more, neither reads nor writes: what a check that is
/// under way had stored before would be missing from a mirror made anew beneath it.
pub struct RecordStore {
    worker: Worker,
    damage_mark: PathBuf,
    is_damaged: AtomicBool,
    is_unchanging: bool,
    was_renewed: bool,
}

impl RecordStore {
    pub(crate) fn new(started: Started, damage_mark: PathBuf) -> Self {
        Self {
            worker: started.worker,
            damage_mark,
            is_damaged: AtomicBool::new(false),
            is_unchanging: started.is_unchanging,
            was_renewed: started.was_renewed,
        }
    }

    async fn read<T, F>(&self, work: F) -> Result<T, CacheError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.not_damaged()?;
        self.note_damage(self.worker.read(work).await)
    }

    fn not_damaged(&self) -> Result<(), CacheError> {
        if self.is_damaged.load(Ordering::Relaxed) {
            return Err(CacheError::MirrorDamaged);
        }
        Ok(())
    }

    /// A damaged page shows only when it is read. The mark lets the next opening make the mirror
    /// anew; what cannot be marked is found damaged again then.
    fn note_damage<T>(&self, result: Result<T, CacheError>) -> Result<T, CacheError> {
        result.map_err(|error| match error {
            CacheError::Damaged(_) => {
                if !self.is_damaged.swap(true, Ordering::Relaxed) {
                    tracing::error!("the mirror is damaged");
                    std::fs::write(&self.damage_mark, []).ok();
                }
                CacheError::MirrorDamaged
            }
            other => other,
        })
    }
}

impl Cache for RecordStore {
    async fn apply(&self, actions: Vec<SyncAction>) -> Result<(), CacheError> {
        self.not_damaged()?;
        let applied = self
            .worker
            .write(move |connection| apply::apply(connection, actions))
            .await;
        self.note_damage(applied)
    }

    async fn list(&self, query: ListQuery) -> Result<ListPage, CacheError> {
        self.read(move |connection| list(connection, &query)).await
    }

    async fn get_many(&self, keys: Vec<ResourceKey>) -> Result<Vec<StoredResource>, CacheError> {
        self.read(move |connection| get_many(connection, keys))
            .await
    }

    async fn keys(&self, source: SourceId) -> Result<Vec<HeldKey>, CacheError> {
        self.read(move |connection| keys(connection, &source)).await
    }

    async fn unit_states(&self) -> Result<Vec<UnitState>, CacheError> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT source, unit, checked_at, cursor, tried_at, trouble, skipped, \
                     confirmed_at, whole_at, basis, resume, news_since, purged \
                     FROM unit_state",
                )?
                .query_map([], unit_state)?
                .collect()
        })
        .await
    }

    async fn search(&self, words: String, limit: u32) -> Result<Vec<StoredResource>, CacheError> {
        self.read(move |connection| search::search(connection, &words, limit))
            .await
    }

    fn needs_reopening(&self) -> bool {
        self.is_unchanging || self.is_damaged.load(Ordering::Relaxed)
    }

    fn was_renewed(&self) -> bool {
        self.was_renewed
    }
}

fn list(connection: &mut Connection, query: &ListQuery) -> rusqlite::Result<ListPage> {
    // All readings see the same state, whatever is written between them.
    let transaction = connection.transaction()?;
    let unit = unit_name(query.unit);
    let counts: Vec<(SourceId, u32)> = transaction
        .prepare_cached(
            "SELECT source, count(*) FROM resource \
             WHERE unit = ?1 AND (is_listed = 1 OR (is_listed = 0 AND ?2 = 0)) \
             GROUP BY source ORDER BY source",
        )?
        .query_map(params![unit, query.listed_only], |row| {
            Ok((SourceId(row.get(0)?), row.get(1)?))
        })?
        .collect::<Result<_, _>>()?;
    // What `news::change` says, counted without reading an entry.
    let news = transaction
        .prepare_cached(
            "SELECT count(*) FILTER (WHERE seen = 0), \
             count(*) FILTER (WHERE seen <> 0 AND shown <> 0), count(*) FILTER (WHERE shown = 0) \
             FROM resource WHERE unit = ?1 AND is_listed = 1 AND seen <> shown",
        )?
        .query_row([&unit], |row| {
            Ok(NewsCountView {
                new: row.get(0)?,
                amended: row.get(1)?,
                removed: row.get(2)?,
            })
        })?;
    let sql = if query.listed_only {
        concat!(
            "SELECT ",
            columns!(),
            " FROM resource WHERE unit = ?1 AND is_listed = 1 \
              ORDER BY sort_date DESC, source, type, id LIMIT ?2 OFFSET ?3"
        )
    } else {
        concat!(
            "SELECT ",
            columns!(),
            " FROM resource WHERE unit = ?1 \
              ORDER BY sort_date DESC, source, type, id LIMIT ?2 OFFSET ?3"
        )
    };
    let rows = transaction
        .prepare_cached(sql)?
        .query_map(params![unit, query.limit, query.offset], stored)?
        .collect::<Result<_, _>>()?;
    Ok(ListPage {
        rows,
        total: counts.iter().map(|(_, total)| total).sum(),
        news,
        sources: counts.into_iter().map(|(source, _)| source).collect(),
    })
}

fn get_many(
    connection: &mut Connection,
    mut keys: Vec<ResourceKey>,
) -> rusqlite::Result<Vec<StoredResource>> {
    keys.sort_unstable();
    keys.dedup();
    let transaction = connection.transaction()?;
    let mut statement = transaction.prepare_cached(concat!(
        "SELECT ",
        columns!(),
        " FROM resource WHERE source = ?1 AND type = ?2 AND id = ?3"
    ))?;
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        let row = statement
            .query_row(params![key.source.0, key.resource_type, key.id], stored)
            .optional()?;
        found.extend(row);
    }
    Ok(found)
}

fn keys(connection: &mut Connection, source: &SourceId) -> rusqlite::Result<Vec<HeldKey>> {
    connection
        .prepare_cached(
            "SELECT type, id, unit, is_listed, run FROM resource \
             WHERE source = ?1 AND removed_at IS NULL",
        )?
        .query_map([&source.0], |row| {
            Ok(HeldKey {
                key: ResourceKey {
                    source: source.clone(),
                    resource_type: row.get(0)?,
                    id: row.get(1)?,
                },
                unit: unit(row, 2)?,
                is_listed: row.get(3)?,
                run: row.get(4)?,
            })
        })?
        .collect()
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredResource> {
    Ok(StoredResource {
        key: ResourceKey {
            source: SourceId(row.get(0)?),
            resource_type: row.get(1)?,
            id: row.get(2)?,
        },
        unit: unit(row, 3)?,
        is_listed: row.get(4)?,
        version: row.get(5)?,
        last_updated: optional_moment(row, 6)?,
        sort_date: optional_moment(row, 7)?,
        json: row.get(8)?,
        first_seen_at: moment(row, 9)?,
        changed_at: moment(row, 10)?,
        checked_at: moment(row, 11)?,
        removed_at: optional_moment(row, 12)?,
        part_of: row.get(13)?,
        shown: row.get(14)?,
        seen: row.get(15)?,
    })
}

fn unit_state(row: &Row<'_>) -> rusqlite::Result<UnitState> {
    let trouble: Option<String> = row.get(5)?;
    let resume: Option<String> = row.get(10)?;
    let purged: Option<String> = row.get(12)?;
    Ok(UnitState {
        source: SourceId(row.get(0)?),
        unit: unit(row, 1)?,
        checked_at: optional_moment(row, 2)?,
        cursor: optional_moment(row, 3)?,
        tried_at: optional_moment(row, 4)?,
        trouble: trouble.map(|json| from_json(5, &json)).transpose()?,
        skipped: row.get(6)?,
        confirmed_at: optional_moment(row, 7)?,
        whole_at: optional_moment(row, 8)?,
        basis: row.get(9)?,
        resume: resume.map(|json| from_json(10, &json)).transpose()?,
        news_since: optional_moment(row, 11)?,
        purged: purged.map(|json| from_json(12, &json)).transpose()?,
    })
}
