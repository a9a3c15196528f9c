//! Changing the mirror: one transaction for one call, all or nothing.

use chrono::{DateTime, Utc};
use hale_contracts::reasons::WhyNot;
use hale_contracts::sync::SyncUnit;
use hale_core::ports::{Purged, ResourceKey, SourceId, UnitTrouble};
use hale_core::sync::content::{Stamp, is_same_content};
use hale_core::sync::news;
use hale_core::sync::plan::{Extent, Incoming, SyncAction};
use rusqlite::{Connection, OptionalExtension, Params, Transaction, TransactionBehavior, params};

use crate::rows::{micros, optional_moment, to_json, unit_name};

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
        SyncAction::MarkRemoved { key, at } => mark_removed(transaction, &key, at),
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
                 whole_at, tried_at, trouble, skipped, resume, news_since) \
                 VALUES (?1, ?2, ?3, iif(?3 IS NULL, NULL, ?4), iif(?3 IS NULL, NULL, ?5), ?6, ?7, ?8, NULL, ?9, \
                 NULL, ?3) \
                 ON CONFLICT DO UPDATE SET \
                 checked_at = coalesce(?3, checked_at), \
                 cursor = iif(?3 IS NULL, cursor, ?4), basis = iif(?3 IS NULL, basis, ?5), \
                 confirmed_at = coalesce(?6, confirmed_at), whole_at = coalesce(?7, whole_at), \
                 tried_at = ?8, trouble = NULL, skipped = ?9, resume = NULL, \
                 news_since = coalesce(news_since, ?3), purged = NULL",
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
            why,
            at,
        } => purge_unit(transaction, &source, unit, &why, at),
        SyncAction::Told { source, unit } => execute(
            transaction,
            "UPDATE unit_state SET purged = NULL WHERE source = ?1 AND unit = ?2",
            params![source.0, unit_name(unit)],
        ),
        SyncAction::Look { unit, seen, at } => look(transaction, unit, seen, at),
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

/// What an upsert finds held.
struct Held {
    row: i64,
    unit: String,
    is_listed: bool,
    is_removed: bool,
    is_same_writing: bool,
    is_same: bool,
    run: i64,
    version: Option<String>,
    last_updated: Option<DateTime<Utc>>,
    share: Share,
    part_of: Option<String>,
    parts: i64,
    shown: i64,
    seen: i64,
}

impl Held {
    /// Whether what is held stays, and what arrives goes.
    fn is_newer_than(&self, resource: &Incoming, run: i64) -> bool {
        let stamp = Stamp {
            run: self.run,
            version: self.version.as_deref(),
            last_updated: self.last_updated,
        };
        stamp.is_later_than(&resource.stamp(run))
            && !self.is_removed
            && (self.is_listed || !resource.is_listed)
    }
}

fn upsert(
    transaction: &Transaction<'_>,
    resource: &Incoming,
    run: i64,
    at: DateTime<Utc>,
) -> rusqlite::Result<()> {
    let unit = unit_name(resource.unit);
    let source = &resource.key.source;
    let search_text = if resource.is_listed {
        resource.search_text.as_str()
    } else {
        ""
    };
    let is_begun = is_begun(transaction, source, &unit)?;
    let shown = news::with_parts(resource.own, 0);
    let inserted = transaction
        .prepare_cached(
            "INSERT INTO resource (source, type, id, unit, is_listed, run, listed_run, version, \
             last_updated, sort_date, first_seen_at, changed_at, checked_at, search_text, json, \
             part_of, own, shown, seen) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, iif(?5, ?6, NULL), ?7, ?8, ?9, ?10, ?10, ?10, ?11, ?12, \
             ?13, ?14, ?15, iif(?5 AND NOT ?16, ?15, 0)) \
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            source.0,
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
            resource.part_of,
            resource.own,
            shown,
            is_begun,
        ])?;
    if inserted == 1 {
        add_words(transaction, search_text)?;
        if is_begun && !resource.is_listed {
            let after = (resource.part_of.clone(), resource.own);
            add_to_entries(transaction, source, &Share::default(), &after, false)?;
        }
        return Ok(());
    }
    let held = held(transaction, resource)?;
    if held.is_newer_than(resource, run) {
        return Ok(());
    }
    let is_listed = resource.is_listed || (held.is_listed && !held.is_removed);
    let (unit, is_begun) = if resource.is_listed || held.is_removed || held.unit == unit {
        (unit, is_begun)
    } else {
        let is_begun = self::is_begun(transaction, source, &held.unit)?;
        (held.unit, is_begun)
    };
    let shown = news::with_parts(resource.own, held.parts);
    let seen = if is_listed {
        let (seen, before) = if held.is_listed {
            (held.seen, held.shown)
        } else {
            (news::NOTHING, news::NOTHING)
        };
        let is_same = held.is_same && held.is_listed;
        news::seen(seen, before, shown, is_begun, is_same)
    } else {
        news::NOTHING
    };
    let part_of = resource.part_of.clone().or(held.part_of);
    // What an entry brought along does not take the place of an entry, nor move to another unit:
    // only a whole reading of its own unit takes it off the list.
    execute(
        transaction,
        "UPDATE resource SET \
         unit = ?2, \
         sort_date = iif(?3 OR NOT is_listed OR is_removed, ?7, sort_date), \
         search_text = iif(?3 OR NOT is_listed OR is_removed, ?9, search_text), \
         listed_run = iif(?3, ?4, iif(is_removed, NULL, listed_run)), \
         is_listed = iif(is_removed, ?3, is_listed OR ?3), \
         run = ?4, version = ?5, last_updated = ?6, checked_at = ?8, \
         changed_at = iif(?10, changed_at, ?8), removed_at = NULL, \
         part_of = ?12, own = ?13, shown = ?14, seen = ?15 \
         FROM (SELECT ?11 AS is_removed) WHERE row = ?1",
        params![
            held.row,
            unit,
            resource.is_listed,
            run,
            resource.version,
            resource.last_updated.map(micros),
            resource.sort_date.map(micros),
            micros(at),
            search_text,
            held.is_same,
            held.is_removed,
            part_of,
            resource.own,
            shown,
            seen,
        ],
    )?;
    if is_begun {
        let after = (part_of.filter(|_| !is_listed), resource.own);
        // What stands on its own now, or no longer does, is read elsewhere.
        let is_same = held.is_same && held.is_listed == is_listed;
        add_to_entries(transaction, source, &held.share, &after, is_same)?;
    }
    if held.is_same_writing {
        return Ok(());
    }
    execute(
        transaction,
        "UPDATE resource SET json = ?2 WHERE row = ?1",
        params![held.row, resource.json],
    )
}

fn held(transaction: &Transaction<'_>, resource: &Incoming) -> rusqlite::Result<Held> {
    let key = &resource.key;
    transaction
        .prepare_cached(
            "SELECT row, removed_at IS NOT NULL, json, unit, is_listed, part_of, own, parts, shown, \
             seen, run, last_updated, version FROM resource WHERE source = ?1 AND type = ?2 AND id = ?3",
        )?
        .query_row(params![key.source.0, key.resource_type, key.id], |row| {
            let json = row.get_ref(2)?.as_str()?;
            let is_removed: bool = row.get(1)?;
            let is_listed: bool = row.get(4)?;
            let part_of: Option<String> = row.get(5)?;
            Ok(Held {
                row: row.get(0)?,
                unit: row.get(3)?,
                is_listed,
                is_removed,
                is_same_writing: json == resource.json,
                is_same: !is_removed && is_same_content(json, &resource.json),
                share: (part_of.clone().filter(|_| !is_listed), row.get(6)?),
                part_of,
                parts: row.get(7)?,
                shown: row.get(8)?,
                seen: row.get(9)?,
                run: row.get(10)?,
                last_updated: optional_moment(row, 11)?,
                version: row.get(12)?,
            })
        })
}

fn mark_removed(
    transaction: &Transaction<'_>,
    key: &ResourceKey,
    at: DateTime<Utc>,
) -> rusqlite::Result<()> {
    let held = transaction
        .prepare_cached(
            "SELECT row, unit, is_listed, part_of, own FROM resource \
             WHERE source = ?1 AND type = ?2 AND id = ?3 AND removed_at IS NULL",
        )?
        .query_row(params![key.source.0, key.resource_type, key.id], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, bool>(2)?,
                (row.get(3)?, row.get(4)?),
            ))
        })
        .optional()?;
    let Some((row, unit, is_listed, share)) = held else {
        return Ok(());
    };
    let is_begun = is_begun(transaction, &key.source, &unit)?;
    if is_listed {
        return empty(transaction, row, at, is_begun);
    }
    execute(transaction, "DELETE FROM resource WHERE row = ?1", [row])?;
    if is_begun {
        add_to_entries(transaction, &key.source, &share, &Share::default(), false)?;
    }
    Ok(())
}

fn empty(
    transaction: &Transaction<'_>,
    row: i64,
    at: DateTime<Utc>,
    is_begun: bool,
) -> rusqlite::Result<()> {
    execute(
        transaction,
        "UPDATE resource SET json = '{}', search_text = '', removed_at = ?2, changed_at = ?2, \
         own = 0, shown = 0, seen = iif(?3, seen, 0) WHERE row = ?1",
        params![row, micros(at), is_begun],
    )
}

/// Enters the words of the row that was just added. Triggers do so for what is changed or goes.
fn add_words(transaction: &Transaction<'_>, search_text: &str) -> rusqlite::Result<()> {
    if search_text.is_empty() {
        return Ok(());
    }
    execute(
        transaction,
        "INSERT INTO words (rowid, search_text) VALUES (?1, ?2)",
        params![transaction.last_insert_rowid(), search_text],
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
    let is_begun = is_begun(transaction, source, &unit)?;
    let of_run = params![source.0, unit, run];
    let parts = shares(
        transaction,
        "DELETE FROM resource \
         WHERE source = ?1 AND unit = ?2 AND is_listed = 0 AND run < ?3 RETURNING part_of, own",
        of_run,
    )?;
    let gone: Vec<i64> = transaction
        .prepare_cached(
            "SELECT row FROM resource \
             WHERE source = ?1 AND unit = ?2 AND is_listed = 1 AND run < ?3 AND removed_at IS NULL",
        )?
        .query_map(of_run, |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    // What it showed inside itself went before: its own mark says that all of it did.
    if is_begun {
        for share in parts {
            add_to_entries(transaction, source, &share, &Share::default(), false)?;
        }
    }
    for row in gone {
        empty(transaction, row, at, is_begun)?;
    }
    let taken_in = shares(
        transaction,
        "UPDATE resource SET is_listed = 0, listed_run = NULL, search_text = '', seen = 0 \
         WHERE source = ?1 AND unit = ?2 AND is_listed = 1 AND run = ?3 \
         AND listed_run < ?3 AND removed_at IS NULL RETURNING part_of, own",
        of_run,
    )?;
    if is_begun {
        for share in taken_in {
            add_to_entries(transaction, source, &Share::default(), &share, false)?;
        }
    }
    Ok(())
}

/// The entries that show a part inside themselves, and what it adds to what is shown of them.
type Share = (Option<String>, i64);

fn shares(
    transaction: &Transaction<'_>,
    sql: &str,
    params: impl Params,
) -> rusqlite::Result<Vec<Share>> {
    transaction
        .prepare_cached(sql)?
        .query_map(params, |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// Tells the entries that show a part inside themselves, or did, what it adds now.
fn add_to_entries(
    transaction: &Transaction<'_>,
    source: &SourceId,
    before: &Share,
    after: &Share,
    is_same: bool,
) -> rusqlite::Result<()> {
    let before = (before.0.as_deref(), before.1);
    let after = (after.0.as_deref(), after.1);
    for (entry, from, to) in news::told(before, after) {
        move_parts(
            transaction,
            source,
            entry,
            (from, to),
            is_same,
            news::DEEPEST,
        )?;
    }
    Ok(())
}

fn move_parts(
    transaction: &Transaction<'_>,
    source: &SourceId,
    entry: &str,
    (from, to): (i64, i64),
    is_same: bool,
    depth: u32,
) -> rusqlite::Result<()> {
    let Some((resource_type, id)) = entry.split_once('/') else {
        return Ok(());
    };
    let held = transaction
        .prepare_cached(
            "SELECT row, unit, is_listed, part_of, own, parts, shown, seen FROM resource \
             WHERE source = ?1 AND type = ?2 AND id = ?3",
        )?
        .query_row(params![source.0, resource_type, id], |row| {
            let numbers: [i64; 4] = [row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?];
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, bool>(2)?,
                row.get::<_, Option<String>>(3)?,
                numbers,
            ))
        })
        .optional()?;
    let Some((row, unit, is_listed, part_of, [own, parts, shown, seen])) = held else {
        return Ok(());
    };
    if is_listed {
        let is_begun = is_begun(transaction, source, &unit)?;
        let parts = news::moved(parts, from, to);
        let now = news::with_parts(own, parts);
        let seen = news::seen(seen, shown, now, is_begun, is_same);
        return execute(
            transaction,
            "UPDATE resource SET parts = ?2, shown = ?3, seen = ?4 WHERE row = ?1",
            params![row, parts, now, seen],
        );
    }
    if depth > 0 {
        for entry in part_of.unwrap_or_default().lines() {
            move_parts(transaction, source, entry, (from, to), is_same, depth - 1)?;
        }
    }
    Ok(())
}

/// Whether what changes in a unit is news yet.
fn is_begun(
    transaction: &Transaction<'_>,
    source: &SourceId,
    unit: &str,
) -> rusqlite::Result<bool> {
    transaction
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM unit_state \
             WHERE source = ?1 AND unit = ?2 AND news_since IS NOT NULL)",
        )?
        .query_row(params![source.0, unit], |row| row.get(0))
}

fn look(
    transaction: &Transaction<'_>,
    unit: SyncUnit,
    seen: Vec<(ResourceKey, i64)>,
    at: DateTime<Utc>,
) -> rusqlite::Result<()> {
    let unit = unit_name(unit);
    // While a first reading is under way, what it brings next is no news.
    execute(
        transaction,
        "UPDATE unit_state SET news_since = ?2 \
         WHERE unit = ?1 AND news_since IS NULL AND tried_at IS NOT NULL AND resume IS NULL",
        params![unit, micros(at)],
    )?;
    for (key, shown) in seen {
        if is_begun(transaction, &key.source, &unit)? {
            execute(
                transaction,
                "UPDATE resource SET seen = ?5 \
                 WHERE source = ?1 AND type = ?2 AND id = ?3 AND unit = ?4 AND is_listed = 1",
                params![key.source.0, key.resource_type, key.id, unit, shown],
            )?;
        }
    }
    Ok(())
}

/// What a source no longer shows goes; where anything was held the patient is to be told.
fn purge_unit(
    transaction: &Transaction<'_>,
    source: &SourceId,
    unit: SyncUnit,
    why: &WhyNot,
    at: DateTime<Utc>,
) -> rusqlite::Result<()> {
    let of_unit = params![source.0, unit_name(unit)];
    let held = transaction
        .prepare_cached("DELETE FROM resource WHERE source = ?1 AND unit = ?2")?
        .execute(of_unit)?;
    let told: Option<String> = transaction
        .prepare_cached("SELECT purged FROM unit_state WHERE source = ?1 AND unit = ?2")?
        .query_row(of_unit, |row| row.get(0))
        .optional()?
        .flatten();
    // What was checked is gone: the next check reads everything.
    execute(
        transaction,
        "DELETE FROM unit_state WHERE source = ?1 AND unit = ?2",
        of_unit,
    )?;
    let trouble = UnitTrouble::NotAllowed(why.clone());
    keep_trouble(transaction, source, unit, &trouble, at)?;
    let purged = if held > 0 {
        let why = why.clone();
        Some(to_json(&Purged { at, why })?)
    } else {
        told
    };
    execute(
        transaction,
        "UPDATE unit_state SET purged = ?3 WHERE source = ?1 AND unit = ?2",
        params![source.0, unit_name(unit), purged],
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
