//! The mirror of what the backends said: `record.db`.

use chrono::{DateTime, Utc};
use hale_contracts::sync::SyncUnit;
use hale_core::ports::{
    Cache, CacheError, ListPage, ListQuery, ResourceKey, SourceId, StoredResource, UnitState,
    UnitTrouble,
};
use hale_core::sync::plan::{Incoming, SyncAction};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::rows::{from_json, micros, moment, to_json, unit, unit_name};
use crate::worker::{Worker, failed};

/// The columns that [`stored`] reads, in its order.
const COLUMNS: &str = "source, type, id, unit, is_listed, version, last_updated, sort_date, json, \
                       first_seen_at, changed_at, checked_at, removed_at";

/// What the JSON of a removed resource is.
const REMOVED: &str = "{}";

/// The mirror of one person's record.
pub struct RecordStore {
    worker: Worker,
}

impl RecordStore {
    pub(crate) fn new(worker: Worker) -> Self {
        Self { worker }
    }
}

impl Cache for RecordStore {
    async fn apply(&self, actions: Vec<SyncAction>) -> Result<(), CacheError> {
        self.worker
            .write(move |connection| {
                let transaction = connection.transaction().map_err(failed)?;
                for action in actions {
                    apply_one(&transaction, action)?;
                }
                transaction.commit().map_err(failed)
            })
            .await
    }

    async fn list(
        &self,
        query: ListQuery,
        seen_at: Option<DateTime<Utc>>,
    ) -> Result<ListPage, CacheError> {
        self.worker
            .read(move |connection| list(connection, &query, seen_at))
            .await
    }

    async fn get_many(&self, keys: Vec<ResourceKey>) -> Result<Vec<StoredResource>, CacheError> {
        self.worker
            .read(move |connection| {
                let sql = format!(
                    "SELECT {COLUMNS} FROM resource WHERE source = ?1 AND type = ?2 AND id = ?3"
                );
                let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
                let mut found = Vec::with_capacity(keys.len());
                for key in keys {
                    let row = statement
                        .query_row(params![key.source.0, key.resource_type, key.id], |row| {
                            stored(row)
                        })
                        .optional()
                        .map_err(failed)?;
                    found.extend(row);
                }
                Ok(found)
            })
            .await
    }

    async fn unit_states(&self) -> Result<Vec<UnitState>, CacheError> {
        self.worker.read(|connection| unit_states(connection)).await
    }

    async fn search(&self, words: String, limit: u32) -> Result<Vec<StoredResource>, CacheError> {
        let Some(expression) = match_expression(&words) else {
            return Ok(Vec::new());
        };
        self.worker
            .read(move |connection| {
                let columns = COLUMNS
                    .split(", ")
                    .map(|column| format!("resource.{}", column.trim()))
                    .collect::<Vec<_>>()
                    .join(", ");
                let sql = format!(
                    "SELECT {columns} FROM words JOIN resource ON resource.row = words.rowid \
                     WHERE words MATCH ?1 AND is_listed = 1 AND removed_at IS NULL \
                     ORDER BY rank, sort_date DESC LIMIT ?2"
                );
                let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
                let rows = statement
                    .query_map(params![expression, limit], |row| stored(row))
                    .map_err(failed)?;
                rows.collect::<Result<_, _>>().map_err(failed)
            })
            .await
    }
}

/// Each word as a quoted prefix, so that nothing typed is taken as syntax. None without words.
fn match_expression(words: &str) -> Option<String> {
    let expression: Vec<String> = words
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(16)
        .map(|word| format!("\"{word}\"*"))
        .collect();
    (!expression.is_empty()).then(|| expression.join(" "))
}

fn apply_one(transaction: &Transaction<'_>, action: SyncAction) -> Result<(), CacheError> {
    match action {
        SyncAction::Upsert { resource, run, at } => upsert(transaction, &resource, run, at),
        SyncAction::MarkRemoved { key, at } => execute(
            transaction,
            "UPDATE resource SET json = '{}', search_text = '', removed_at = ?4, changed_at = ?4, \
             checked_at = ?4 WHERE source = ?1 AND type = ?2 AND id = ?3 AND removed_at IS NULL",
            params![key.source.0, key.resource_type, key.id, micros(at)],
        ),
        SyncAction::FinishUnit {
            source,
            unit,
            run,
            is_whole,
            cursor,
            at,
            skipped,
        } => {
            let unit = unit_name(unit);
            if is_whole {
                drop_unmet(transaction, &source, &unit, run, at)?;
            }
            execute(
                transaction,
                "INSERT INTO unit_state (source, unit, checked_at, cursor, tried_at, trouble, skipped) \
                 VALUES (?1, ?2, ?3, ?4, ?3, NULL, ?5) ON CONFLICT DO UPDATE SET \
                 checked_at = excluded.checked_at, cursor = excluded.cursor, \
                 tried_at = excluded.tried_at, trouble = NULL, skipped = excluded.skipped",
                params![source.0, unit, micros(at), cursor.map(micros), skipped],
            )
        }
        SyncAction::UnitTroubled {
            source,
            unit,
            trouble,
            at,
        } => keep_trouble(transaction, &source, unit, &trouble, at),
        SyncAction::PurgeUnit {
            source,
            unit,
            trouble,
            at,
        } => {
            execute(
                transaction,
                "DELETE FROM resource WHERE source = ?1 AND unit = ?2",
                params![source.0, unit_name(unit)],
            )?;
            execute(
                transaction,
                "DELETE FROM unit_state WHERE source = ?1 AND unit = ?2",
                params![source.0, unit_name(unit)],
            )?;
            keep_trouble(transaction, &source, unit, &trouble, at)
        }
        SyncAction::PurgeSource { source } => {
            execute(
                transaction,
                "DELETE FROM resource WHERE source = ?1",
                params![source.0],
            )?;
            execute(
                transaction,
                "DELETE FROM unit_state WHERE source = ?1",
                params![source.0],
            )
        }
    }
}

/// Keeps a resource. What a patient would see as a change moves `changed_at`; the same content
/// again does not. What only another entry brought along does not take the place of an entry.
fn upsert(
    transaction: &Transaction<'_>,
    resource: &Incoming,
    run: i64,
    at: DateTime<Utc>,
) -> Result<(), CacheError> {
    execute(
        transaction,
        "INSERT INTO resource (source, type, id, unit, is_listed, version, last_updated, sort_date, \
         json, search_text, run, first_seen_at, changed_at, checked_at, removed_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?12, NULL) \
         ON CONFLICT (source, type, id) DO UPDATE SET \
         changed_at = CASE WHEN json <> excluded.json THEN excluded.changed_at ELSE changed_at END, \
         unit = CASE WHEN excluded.is_listed >= is_listed OR removed_at IS NOT NULL \
                THEN excluded.unit ELSE unit END, \
         search_text = CASE WHEN excluded.is_listed >= is_listed OR removed_at IS NOT NULL \
                THEN excluded.search_text ELSE search_text END, \
         sort_date = CASE WHEN excluded.is_listed >= is_listed OR removed_at IS NOT NULL \
                THEN excluded.sort_date ELSE sort_date END, \
         is_listed = CASE WHEN removed_at IS NOT NULL THEN excluded.is_listed \
                ELSE max(is_listed, excluded.is_listed) END, \
         version = excluded.version, last_updated = excluded.last_updated, json = excluded.json, \
         run = excluded.run, checked_at = excluded.checked_at, removed_at = NULL",
        params![
            resource.key.source.0,
            resource.key.resource_type,
            resource.key.id,
            unit_name(resource.unit),
            resource.is_listed,
            resource.version,
            resource.last_updated.map(micros),
            resource.sort_date.map(micros),
            resource.json,
            resource.search_text,
            run,
            micros(at),
        ],
    )
}

/// What a whole run did not meet is gone at the source: entries leave a note, the rest goes.
fn drop_unmet(
    transaction: &Transaction<'_>,
    source: &SourceId,
    unit: &str,
    run: i64,
    at: DateTime<Utc>,
) -> Result<(), CacheError> {
    execute(
        transaction,
        "UPDATE resource SET json = ?4, search_text = '', removed_at = ?5, changed_at = ?5 \
         WHERE source = ?1 AND unit = ?2 AND run <> ?3 AND is_listed = 1 AND removed_at IS NULL",
        params![source.0, unit, run, REMOVED, micros(at)],
    )?;
    execute(
        transaction,
        "DELETE FROM resource WHERE source = ?1 AND unit = ?2 AND run <> ?3 AND is_listed = 0",
        params![source.0, unit, run],
    )
}

fn keep_trouble(
    transaction: &Transaction<'_>,
    source: &SourceId,
    unit: SyncUnit,
    trouble: &UnitTrouble,
    at: DateTime<Utc>,
) -> Result<(), CacheError> {
    execute(
        transaction,
        "INSERT INTO unit_state (source, unit, tried_at, trouble) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT DO UPDATE SET tried_at = excluded.tried_at, trouble = excluded.trouble",
        params![source.0, unit_name(unit), micros(at), to_json(trouble)?],
    )
}

fn execute(
    transaction: &Transaction<'_>,
    sql: &str,
    params: impl rusqlite::Params,
) -> Result<(), CacheError> {
    transaction
        .prepare_cached(sql)
        .and_then(|mut statement| statement.execute(params))
        .map(|_| ())
        .map_err(failed)
}

fn list(
    connection: &Connection,
    query: &ListQuery,
    seen_at: Option<DateTime<Utc>>,
) -> Result<ListPage, CacheError> {
    let unit = unit_name(query.unit);
    let (total, unseen) = connection
        .prepare_cached(
            "SELECT count(*), coalesce(sum(changed_at > ?3), 0) FROM resource \
             WHERE unit = ?1 AND is_listed >= ?2",
        )
        .and_then(|mut statement| {
            statement.query_row(
                params![unit, query.listed_only, seen_at.map(micros)],
                |row| Ok((row.get::<_, u32>(0)?, row.get::<_, u32>(1)?)),
            )
        })
        .map_err(failed)?;
    let sql = format!(
        "SELECT {COLUMNS} FROM resource WHERE unit = ?1 AND is_listed >= ?2 \
         ORDER BY sort_date DESC, source, type, id LIMIT ?3 OFFSET ?4"
    );
    let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
    let rows = statement
        .query_map(
            params![unit, query.listed_only, query.limit, query.offset],
            |row| stored(row),
        )
        .map_err(failed)?;
    Ok(ListPage {
        rows: rows.collect::<Result<_, _>>().map_err(failed)?,
        total,
        unseen,
    })
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredResource> {
    let name: String = row.get(3)?;
    let unit = unit(&name).ok_or_else(|| {
        rusqlite::Error::InvalidColumnType(3, "unit".to_owned(), rusqlite::types::Type::Text)
    })?;
    let optional = |index: usize| -> rusqlite::Result<Option<DateTime<Utc>>> {
        Ok(row.get::<_, Option<i64>>(index)?.map(moment))
    };
    Ok(StoredResource {
        key: ResourceKey {
            source: SourceId(row.get(0)?),
            resource_type: row.get(1)?,
            id: row.get(2)?,
        },
        unit,
        is_listed: row.get(4)?,
        version: row.get(5)?,
        last_updated: optional(6)?,
        sort_date: optional(7)?,
        json: row.get(8)?,
        first_seen_at: moment(row.get(9)?),
        changed_at: moment(row.get(10)?),
        checked_at: moment(row.get(11)?),
        removed_at: optional(12)?,
    })
}

fn unit_states(connection: &Connection) -> Result<Vec<UnitState>, CacheError> {
    let mut statement = connection
        .prepare_cached(
            "SELECT source, unit, checked_at, cursor, tried_at, trouble, skipped FROM unit_state \
             ORDER BY source, unit",
        )
        .map_err(failed)?;
    let mut rows = statement.query([]).map_err(failed)?;
    let mut states = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        let name: String = row.get(1).map_err(failed)?;
        let Some(unit) = unit(&name) else { continue };
        let json: Option<String> = row.get(5).map_err(failed)?;
        let trouble = json.as_deref().map(from_json::<UnitTrouble>).transpose()?;
        let optional = |index: usize| -> Result<Option<DateTime<Utc>>, CacheError> {
            Ok(row
                .get::<_, Option<i64>>(index)
                .map_err(failed)?
                .map(moment))
        };
        states.push(UnitState {
            source: SourceId(row.get(0).map_err(failed)?),
            unit,
            checked_at: optional(2)?,
            cursor: optional(3)?,
            tried_at: optional(4)?,
            trouble,
            skipped: row.get(6).map_err(failed)?,
        });
    }
    Ok(states)
}

#[cfg(test)]
mod tests {
    use super::match_expression;

    #[test]
    fn nothing_typed_is_taken_as_syntax() {
        assert_eq!(match_expression("amlo 5"), Some("\"amlo\"* \"5\"*".to_owned()));
        assert_eq!(
            match_expression("a\" OR b* NEAR("),
            Some("\"a\"* \"OR\"* \"b\"* \"NEAR\"*".to_owned())
        );
        assert_eq!(match_expression(" -- "), None);
    }
}
