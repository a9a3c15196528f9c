//! Changing the mirror: one transaction for one call, all or nothing.

use chrono::{DateTime, Utc};
use hale_contracts::sync::SyncUnit;
use hale_core::ports::{SourceId, UnitTrouble};
use hale_core::sync::content::is_same_content;
use hale_core::sync::plan::{Extent, Incoming, SyncAction};
use rusqlite::{Connection, Params, Transaction, TransactionBehavior, params};

use crate::rows::{micros, to_json, unit_name};

/// Applies the actions in order.
pub(super) fn apply(connection: &mut Connection, actions: Vec<SyncAction>) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for action in actions {
        apply_one(&transaction, action)?;
    }
    transaction.commit()
}

fn apply_one(transaction: &Transaction<'_>, action: SyncAction) -> rusqlite::Result<()> {
    match action {
        SyncAction::Upsert { resource, run, at } => upsert(transaction, &resource, run, at),
        SyncAction::MarkRemoved { key, at } => {
            execute(
                transaction,
                "DELETE FROM resource \
                 WHERE source = ?1 AND type = ?2 AND id = ?3 AND is_listed = 0",
                params![key.source.0, key.resource_type, key.id],
            )?;
            execute(
                transaction,
                "UPDATE resource SET json = '{}', search_text = '', removed_at = ?4, \
                 changed_at = ?4 \
                 WHERE source = ?1 AND type = ?2 AND id = ?3 AND removed_at IS NULL",
                params![key.source.0, key.resource_type, key.id, micros(at)],
            )
        }
        SyncAction::Met { key, run, at } => execute(
            transaction,
            "UPDATE resource SET run = ?4, listed_run = iif(is_listed, ?4, listed_run), \
             checked_at = ?5 \
             WHERE source = ?1 AND type = ?2 AND id = ?3 AND removed_at IS NULL",
            params![key.source.0, key.resource_type, key.id, run, micros(at)],
        ),
        SyncAction::Resume { source, unit, at } => execute(
            transaction,
            "INSERT INTO unit_state (source, unit, skipped, resume) VALUES (?1, ?2, 0, ?3) \
             ON CONFLICT DO UPDATE SET resume = ?3",
            params![
                source.0,
                unit_name(unit),
                at.as_deref().map(to_json).transpose()?
            ],
        ),
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
                drop_unmet(transaction, &source, unit, run, at)?;
            }
            let if_so = |is_so: bool| is_so.then_some(micros(at));
            execute(
                transaction,
                "INSERT INTO unit_state (source, unit, checked_at, cursor, basis, confirmed_at, \
                 whole_at, tried_at, trouble, skipped, resume) \
                 VALUES (?1, ?2, ?3, iif(?3 IS NULL, NULL, ?4), iif(?3 IS NULL, NULL, ?5), ?6, ?7, ?8, NULL, ?9, \
                 NULL) \
                 ON CONFLICT DO UPDATE SET \
                 checked_at = coalesce(?3, checked_at), \
                 cursor = iif(?3 IS NULL, cursor, ?4), basis = iif(?3 IS NULL, basis, ?5), \
                 confirmed_at = coalesce(?6, confirmed_at), whole_at = coalesce(?7, whole_at), \
                 tried_at = ?8, trouble = NULL, skipped = ?9, resume = NULL",
                params![
                    source.0,
                    unit_name(unit),
                    if_so(extent.is_check()),
                    cursor.map(micros),
                    basis,
                    if_so(extent.confirms_all()),
                    if_so(extent == Extent::Whole),
                    micros(at),
                    skipped,
                ],
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
            for table in [
                "DELETE FROM resource WHERE source = ?1 AND unit = ?2",
                // What was checked is gone: the next check reads everything.
                "DELETE FROM unit_state WHERE source = ?1 AND unit = ?2",
            ] {
                execute(transaction, table, params![source.0, unit_name(unit)])?;
            }
            keep_trouble(transaction, &source, unit, &trouble, at)
        }
        SyncAction::PurgeSource { source } => {
            for table in [
                "DELETE FROM resource WHERE source = ?1",
                "DELETE FROM unit_state WHERE source = ?1",
            ] {
                execute(transaction, table, params![source.0])?;
            }
            Ok(())
        }
    }
}

fn upsert(
    transaction: &Transaction<'_>,
    resource: &Incoming,
    run: i64,
    at: DateTime<Utc>,
) -> rusqlite::Result<()> {
    let unit = unit_name(resource.unit);
    let search_text = if resource.is_listed {
        resource.search_text.as_str()
    } else {
        ""
    };
    let inserted = transaction
        .prepare_cached(
            "INSERT INTO resource (source, type, id, unit, is_listed, run, listed_run, version, \
             last_updated, sort_date, first_seen_at, changed_at, checked_at, search_text, json) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, iif(?5, ?6, NULL), ?7, ?8, ?9, ?10, ?10, ?10, ?11, ?12) \
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            resource.key.source.0,
            resource.key.resource_type,
            resource.key.id,
            unit,
            resource.is_listed,
            run,
            resource.version,
            resource.last_updated.map(micros),
            resource.sort_date.map(micros),
            micros(at),
            search_text,
            resource.json,
        ])?;
    if inserted == 1 {
        return Ok(());
    }
    let (row, is_removed, is_same_writing, is_same) = transaction
        .prepare_cached(
            "SELECT row, removed_at IS NOT NULL, json FROM resource \
             WHERE source = ?1 AND type = ?2 AND id = ?3",
        )?
        .query_row(
            params![
                resource.key.source.0,
                resource.key.resource_type,
                resource.key.id
            ],
            |row| {
                let json = row.get_ref(2)?.as_str()?;
                Ok((
                    row.get::<_, i64>(0)?,
                    row.get::<_, bool>(1)?,
                    json == resource.json,
                    is_same_content(json, &resource.json),
                ))
            },
        )?;
    // What an entry brought along does not take the place of an entry, nor move to another unit:
    // only a whole reading of its own unit takes it off the list.
    execute(
        transaction,
        "UPDATE resource SET \
         unit = iif(?3 OR is_removed, ?2, unit), \
         sort_date = iif(?3 OR NOT is_listed OR is_removed, ?7, sort_date), \
         search_text = iif(?3 OR NOT is_listed OR is_removed, ?9, search_text), \
         listed_run = iif(?3, ?4, iif(is_removed, NULL, listed_run)), \
         is_listed = iif(is_removed, ?3, is_listed OR ?3), \
         run = ?4, version = ?5, last_updated = ?6, checked_at = ?8, \
         changed_at = iif(?10, changed_at, ?8), removed_at = NULL \
         FROM (SELECT ?11 AS is_removed) WHERE row = ?1",
        params![
            row,
            unit,
            resource.is_listed,
            run,
            resource.version,
            resource.last_updated.map(micros),
            resource.sort_date.map(micros),
            micros(at),
            search_text,
            is_same && !is_removed,
            is_removed,
        ],
    )?;
    if is_same_writing {
        return Ok(());
    }
    execute(
        transaction,
        "UPDATE resource SET json = ?2 WHERE row = ?1",
        params![row, resource.json],
    )
}

/// What a whole reading did not meet is gone at the source: entries leave a note, the rest goes.
/// What arrived after it began (a booking just acknowledged) is newer than its pages, and stays.
/// An entry that was met only as what another one refers to is no entry any more.
fn drop_unmet(
    transaction: &Transaction<'_>,
    source: &SourceId,
    unit: SyncUnit,
    run: i64,
    at: DateTime<Utc>,
) -> rusqlite::Result<()> {
    let unit = unit_name(unit);
    execute(
        transaction,
        "DELETE FROM resource \
         WHERE source = ?1 AND unit = ?2 AND is_listed = 0 AND run < ?3",
        params![source.0, unit, run],
    )?;
    execute(
        transaction,
        "UPDATE resource SET json = '{}', search_text = '', removed_at = ?4, changed_at = ?4 \
         WHERE source = ?1 AND unit = ?2 AND is_listed = 1 AND run < ?3 AND removed_at IS NULL",
        params![source.0, unit, run, micros(at)],
    )?;
    execute(
        transaction,
        "UPDATE resource SET is_listed = 0, listed_run = NULL, search_text = '' \
         WHERE source = ?1 AND unit = ?2 AND is_listed = 1 AND run = ?3 \
         AND listed_run < ?3 AND removed_at IS NULL",
        params![source.0, unit, run],
    )
}

fn keep_trouble(
    transaction: &Transaction<'_>,
    source: &SourceId,
    unit: SyncUnit,
    trouble: &UnitTrouble,
    at: DateTime<Utc>,
) -> rusqlite::Result<()> {
    execute(
        transaction,
        "INSERT INTO unit_state (source, unit, tried_at, trouble, skipped) \
         VALUES (?1, ?2, ?3, ?4, 0) \
         ON CONFLICT DO UPDATE SET tried_at = excluded.tried_at, trouble = excluded.trouble",
        params![source.0, unit_name(unit), micros(at), to_json(trouble)?],
    )
}

fn execute(transaction: &Transaction<'_>, sql: &str, params: impl Params) -> rusqlite::Result<()> {
    transaction.prepare_cached(sql)?.execute(params).map(drop)
}
