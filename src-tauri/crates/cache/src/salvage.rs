//! Mending `own.db` after the patient's yes: what still reads goes into a new file, row by row, and
//! the damaged one stays beside it under another name.
//!
//! Knows tables and rows, not what they mean: a table that a later version adds is salvaged too.

use std::path::PathBuf;

use hale_core::ports::{OpenStoreError, Salvaged};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Params, Row, params_from_iter};

use crate::device::{io_error, open_own};
use crate::files::{File, Folder};
use crate::open::{make_of_version, open_damaged, open_error};
use crate::raw_key::RawKey;
use crate::worker::still_reads;

/// How many ids in a row may not read before the end of a table counts as reached, where nothing
/// says where it is. A damaged page never holds that many rows.
const TRIED_IN_VAIN: u32 = 500;

/// Puts a new `own.db` in the place of a damaged one. See [`hale_core::ports::Device::mend`].
pub(crate) fn mend(
    folder: &Folder,
    key: &RawKey,
    owner_note: &str,
) -> Result<Salvaged, OpenStoreError> {
    folder.end_mending().map_err(io_error)?;
    match open_own(folder, key) {
        Ok(_) => {
            return Ok(Salvaged {
                lost: Some(0),
                ..Salvaged::default()
            });
        }
        Err(OpenStoreError::Unreadable(_)) => {}
        Err(error) => return Err(error),
    }
    folder.make_mending().map_err(io_error)?;
    let mut salvaged = fill(folder, key, owner_note)?;
    salvaged.kept_aside = folder.keep_own_aside().map_err(io_error)?;
    folder.put_mended_in_place().map_err(io_error)?;
    tracing::warn!(
        kept = salvaged.kept,
        lost = salvaged.lost,
        "what the patient made was damaged, and mended with their consent"
    );
    Ok(salvaged)
}

/// Fills the new file. The mirror goes where nobody can tell whose the rows were.
fn fill(folder: &Folder, key: &RawKey, owner_note: &str) -> Result<Salvaged, OpenStoreError> {
    let mut damaged = Damaged::open(folder, key);
    let version = damaged.as_mut().and_then(|damaged| {
        damaged
            .ask("PRAGMA user_version", [], |row| row.get::<_, i64>(0))
            .ok()?
    });
    let newest = File::Own.migrations().len();
    let version = version
        .and_then(|version| usize::try_from(version).ok())
        .filter(|version| (1..=newest).contains(version));
    let mut new = make_of_version(&folder.mending(), File::Own, key, version.unwrap_or(newest))?;
    let mut salvaged = Salvaged::default();
    let transaction = new.transaction().map_err(open_error)?;
    if let (Some(damaged), Some(_)) = (&mut damaged, version) {
        salvaged.lost = Some(0);
        for table in tables(&transaction).map_err(open_error)? {
            let of_table = copy(damaged, &transaction, &table).map_err(open_error)?;
            salvaged.kept += of_table.kept;
            salvaged.lost = salvaged.lost.zip(of_table.lost).map(|(one, two)| one + two);
        }
    }
    let is_owner_known = transaction
        .query_row("SELECT 1 FROM note WHERE name = ?1", [owner_note], |_| {
            Ok(())
        })
        .optional()
        .map_err(open_error)?
        .is_some();
    if is_owner_known {
        transaction.commit().map_err(open_error)?;
    } else {
        transaction.rollback().map_err(open_error)?;
        folder.remove_file(File::Record).map_err(io_error)?;
        salvaged.lost = salvaged.lost.map(|lost| lost + salvaged.kept);
        salvaged.kept = 0;
    }
    // The mode of the log is kept in the file.
    new.pragma_update(None, "journal_mode", "wal")
        .map_err(open_error)?;
    new.close().map_err(|(_, error)| open_error(error))?;
    Ok(salvaged)
}

fn tables(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
             ORDER BY name",
        )?
        .query_map([], |row| row.get(0))?
        .collect()
}

/// What a table gave.
struct OfTable {
    kept: u32,
    lost: Option<u32>,
}

/// A damaged file. After a page that does not read, SQLCipher reads nothing more through the same
/// connection: the next question has a new one.
struct Damaged<'a> {
    path: PathBuf,
    key: &'a RawKey,
    connection: Connection,
}

impl<'a> Damaged<'a> {
    /// None where not even its first page reads.
    fn open(folder: &Folder, key: &'a RawKey) -> Option<Self> {
        let path = folder.path(File::Own);
        if !folder.holds(File::Own) {
            return None;
        }
        let connection = open_damaged(&path, key).ok()?;
        Some(Self {
            path,
            key,
            connection,
        })
    }

    /// The first row of an answer.
    fn ask<T>(
        &mut self,
        sql: &str,
        parameters: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        let answer = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_row(parameters, read).optional())
            .and_then(|row| still_reads(&self.connection).map(|()| row));
        if answer.is_err() {
            self.open_anew();
        }
        answer
    }

    /// The ids that a query answers, and whether they are all.
    fn ids(&mut self, sql: &str) -> (Vec<i64>, bool) {
        let mut ids = Vec::new();
        let read = self.connection.prepare(sql).and_then(|mut statement| {
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                ids.push(row.get(0)?);
            }
            drop(rows);
            still_reads(&self.connection)
        });
        if read.is_err() {
            self.open_anew();
        }
        (ids, read.is_ok())
    }

    fn open_anew(&mut self) {
        // It opened before; if it does not now, no question is answered any more.
        if let Ok(connection) = open_damaged(&self.path, self.key) {
            self.connection = connection;
        }
    }
}

/// Copies the rows of a table that still read. An error is one of the new file.
fn copy(damaged: &mut Damaged<'_>, new: &Connection, table: &str) -> rusqlite::Result<OfTable> {
    let columns = new
        .prepare(&format!("SELECT * FROM \"{table}\""))?
        .column_count();
    let places = vec!["?"; columns].join(", ");
    let mut insert = new.prepare(&format!(
        "INSERT OR IGNORE INTO \"{table}\" VALUES ({places})"
    ))?;
    let read = format!("SELECT * FROM \"{table}\" WHERE rowid = ?1");
    let mut kept = 0;
    // Whether the row of an id reads; none where there is no such row.
    let mut keep = |damaged: &mut Damaged<'_>, id: i64| {
        let row = damaged.ask(&read, [id], |row| {
            (0..columns)
                .map(|column| row.get::<_, Value>(column))
                .collect::<Result<Vec<_>, _>>()
        });
        let Ok(row) = row else {
            return Ok(false);
        };
        if let Some(values) = row {
            kept += u32::try_from(insert.execute(params_from_iter(values))?).unwrap_or(0);
        }
        Ok::<_, rusqlite::Error>(true)
    };
    let mut lost = Some(0);
    match row_ids(damaged, table) {
        Ids::All(ids) => {
            for id in ids {
                if !keep(damaged, id)? {
                    lost = lost.map(|lost| lost + 1);
                }
            }
        }
        Ids::Ends { first, last } => {
            for id in first.iter().chain(&last) {
                keep(damaged, *id)?;
            }
            let begin = first.last().map_or(1, |id| id.saturating_add(1));
            let end = last.last().copied().unwrap_or(i64::MAX);
            let mut in_vain = 0;
            for id in begin..end {
                in_vain = if keep(damaged, id)? { 0 } else { in_vain + 1 };
                if in_vain > TRIED_IN_VAIN {
                    break;
                }
            }
            lost = None;
        }
    }
    Ok(OfTable { kept, lost })
}

/// Which rows a table has.
enum Ids {
    /// These.
    All(Vec<i64>),
    /// These up to a damaged page, and these down to one.
    Ends { first: Vec<i64>, last: Vec<i64> },
}

/// The ids of the rows of a table: by the index of its key, or by the table itself.
fn row_ids(damaged: &mut Damaged<'_>, table: &str) -> Ids {
    let indexed =
        format!("SELECT rowid FROM \"{table}\" INDEXED BY \"sqlite_autoindex_{table}_1\"");
    if let (ids, true) = damaged.ids(&indexed) {
        return Ids::All(ids);
    }
    let scan = format!("SELECT rowid FROM \"{table}\" NOT INDEXED ORDER BY rowid");
    match damaged.ids(&scan) {
        (ids, true) => Ids::All(ids),
        (first, false) => Ids::Ends {
            first,
            last: damaged.ids(&format!("{scan} DESC")).0,
        },
    }
}
