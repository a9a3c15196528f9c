//! Opening an encrypted file: key first, then everything else.
//!
//! Owns the settings of SQLCipher and the migrations. Makes no key and decides on no rebuilding.

use std::path::Path;
use std::time::Duration;

use hale_core::ports::OpenStoreError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use rusqlite_migration::{M, Migrations};
use zeroize::Zeroizing;

use crate::files::File;
use crate::raw_key::RawKey;
use crate::worker::{is_full, is_refused_page};

/// How long a connection waits for another one's lock. The two of a file rarely meet: the log lets
/// reads run beside a write.
const LOCK_PATIENCE: Duration = Duration::from_secs(10);

/// The migrations of the mirror, oldest first. One that was published never changes.
const RECORD: [&str; 6] = [
    include_str!("../migrations/record/01-first.sql"),
    include_str!("../migrations/record/02-words.sql"),
    include_str!("../migrations/record/03-changes.sql"),
    include_str!("../migrations/record/04-news.sql"),
    include_str!("../migrations/record/05-index.sql"),
    include_str!("../migrations/record/06-purged.sql"),
];
/// The migrations of what the patient made, oldest first. One that was published never changes.
const OWN: [&str; 2] = [
    include_str!("../migrations/own/01-first.sql"),
    include_str!("../migrations/own/02-outbox.sql"),
];

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Reading and writing; brings the file to the newest version.
    Write,
    /// Reading beside the writer.
    Read,
}

impl File {
    pub(crate) const fn migrations(self) -> &'static [&'static str] {
        match self {
            Self::Record => &RECORD,
            Self::Own => &OWN,
        }
    }

    // A commit of `own.db` survives a power cut; one of the mirror may be lost, never half made.
    // The page caches are in KiB: the mirror's reader holds a whole record of ordinary size, its
    // writer the inner pages of a large one.
    const fn pragmas(self, purpose: Purpose) -> &'static str {
        match (self, purpose) {
            (Self::Record, Purpose::Write) => {
                "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384;"
            }
            (Self::Record, Purpose::Read) => "PRAGMA cache_size = -32768; PRAGMA query_only = ON;",
            (Self::Own, Purpose::Write) => "PRAGMA synchronous = FULL; PRAGMA cache_size = -2048;",
            (Self::Own, Purpose::Read) => "PRAGMA cache_size = -2048; PRAGMA query_only = ON;",
        }
    }
}

/// SQLCipher sets itself up at the first openings of a process, which must not meet.
static OPENING: std::sync::Mutex<()> = std::sync::Mutex::new(());

/// Opens a file that is there with its key. For [`Purpose::Write`] an empty file becomes a new
/// database, and an older one is migrated; so whoever calls makes sure that it is meant to be empty.
///
/// A file of a newer version of Hale is left as it is.
pub(crate) fn open(
    path: &Path,
    file: File,
    key: &RawKey,
    purpose: Purpose,
) -> Result<Connection, OpenStoreError> {
    match open_once(path, file, key, purpose) {
        // Where the disk fails while SQLCipher reads the salt, the key seems not to fit. A file is
        // called damaged only if it is so twice.
        Err(OpenStoreError::Unreadable(_)) => open_once(path, file, key, purpose),
        opened => opened,
    }
}

fn open_once(
    path: &Path,
    file: File,
    key: &RawKey,
    purpose: Purpose,
) -> Result<Connection, OpenStoreError> {
    let _alone = OPENING
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(open_error)?;
    unlock(&connection, key).map_err(open_error)?;
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        .map_err(open_error)?;
    let version: i64 = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(open_error)?;
    // A version below zero is nobody's; it counts as newer than this one.
    let version = usize::try_from(version).unwrap_or(usize::MAX);
    let newest = file.migrations().len();
    if version > newest {
        return Err(OpenStoreError::TooNew);
    }
    if file == File::Own && purpose == Purpose::Write && version > 0 {
        // Before its log may be emptied into it: a damaged file stays as it is.
        check_whole(&connection)?;
    }
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)
        .and_then(|_| connection.execute_batch(file.pragmas(purpose)))
        .map_err(open_error)?;
    if purpose == Purpose::Write {
        if version == 0 {
            // The mode of the log is kept in the file.
            connection
                .pragma_update(None, "journal_mode", "wal")
                .map_err(open_error)?;
        }
        if version < newest {
            migrate(&mut connection, file.migrations())?;
        }
    }
    Ok(connection)
}

/// Opens a file where nothing can be written: on a full disk, in a folder that may only be read.
/// Writing fails then, and says so. The file must be of this version and have no log beside it,
/// because the log of a file that counts as unchanging is not read.
pub(crate) fn open_unchanging(
    path: &Path,
    file: File,
    key: &RawKey,
) -> Result<Connection, OpenStoreError> {
    let _alone = OPENING
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let io_error =
        |kind: std::io::ErrorKind| OpenStoreError::Io(Box::new(std::io::Error::from(kind)));
    let path = url_path(path).ok_or_else(|| io_error(std::io::ErrorKind::InvalidInput))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(format!("file:{path}?immutable=1"), flags)
        .map_err(open_error)?;
    unlock(&connection, key).map_err(open_error)?;
    let version: i64 = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(open_error)?;
    if usize::try_from(version) != Ok(file.migrations().len()) {
        return Err(io_error(std::io::ErrorKind::ReadOnlyFilesystem));
    }
    Ok(connection)
}

/// A path as a `file:` address has it; none where it is no text.
fn url_path(path: &Path) -> Option<String> {
    let mut url = String::new();
    for byte in path.to_str()?.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b':' => {
                url.push(char::from(byte));
            }
            b'\\' if cfg!(windows) => url.push('/'),
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    // A drive's letter follows a slash.
    if cfg!(windows) {
        url.insert(0, '/');
    }
    Some(url)
}

/// Looks at every page in use. Worth its time only for a small file.
pub(crate) fn check_whole(connection: &Connection) -> Result<(), OpenStoreError> {
    let found: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(open_error)?;
    if found == "ok" {
        return Ok(());
    }
    // What it found may quote the schema, never a row; nobody needs it.
    let error = std::io::Error::from(std::io::ErrorKind::InvalidData);
    Err(OpenStoreError::Unreadable(Box::new(error)))
}

/// Brings an empty file to an older version, to copy into it what such a file held.
pub(crate) fn make_of_version(
    path: &Path,
    file: File,
    key: &RawKey,
    version: usize,
) -> Result<Connection, OpenStoreError> {
    let _alone = OPENING
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut connection = Connection::open(path).map_err(open_error)?;
    unlock(&connection, key).map_err(open_error)?;
    let steps = file.migrations();
    migrate(&mut connection, &steps[..version.min(steps.len())])?;
    Ok(connection)
}

/// Opens a damaged file as far as it opens, to read what still reads. Changes nothing in it.
pub(crate) fn open_damaged(path: &Path, key: &RawKey) -> rusqlite::Result<Connection> {
    let _alone = OPENING
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    // Set first: a file that was cut short does not open without it.
    connection
        .execute_batch("PRAGMA writable_schema = ON;")
        .ok();
    unlock(&connection, key)?;
    connection.execute_batch("PRAGMA writable_schema = ON; PRAGMA query_only = ON;")?;
    Ok(connection)
}

fn migrate(connection: &mut Connection, steps: &[&'static str]) -> Result<(), OpenStoreError> {
    let steps: Vec<M<'_>> = steps.iter().map(|step| M::up(step)).collect();
    Migrations::new(steps)
        .to_latest(connection)
        .map_err(|error| match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => open_error(err),
            other => OpenStoreError::Io(Box::new(other)),
        })
}

fn unlock(connection: &Connection, key: &RawKey) -> rusqlite::Result<()> {
    connection.busy_timeout(LOCK_PATIENCE)?;
    let hex = key.to_hex();
    let mut pragma = Zeroizing::new(String::with_capacity(96));
    pragma.push_str("PRAGMA key = \"x'");
    pragma.push_str(&hex);
    pragma.push_str("'\";");
    // An error must not carry the statement, which holds the key.
    connection
        .execute_batch(&pragma)
        .map_err(|error| match error.sqlite_error() {
            Some(code) => rusqlite::Error::SqliteFailure(*code, None),
            None => rusqlite::Error::InvalidQuery,
        })?;
    // SQLCipher would write what it thinks to standard error. Temporary tables and sorts stay in
    // memory, where they are not in the clear on the disk.
    connection.execute_batch(
        "PRAGMA cipher_log_level = NONE; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON; \
         PRAGMA trusted_schema = OFF; PRAGMA secure_delete = FAST;",
    )?;
    // The first read shows whether the key fits.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
}

/// What a failure of SQLite means while a file is opened.
pub(crate) fn open_error(error: rusqlite::Error) -> OpenStoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            OpenStoreError::Unreadable(Box::new(error))
        }
        _ if is_refused_page(&error) => OpenStoreError::Unreadable(Box::new(error)),
        _ if is_full(&error) => OpenStoreError::DiskFull(Box::new(error)),
        // A log that cannot be made beside the file shows as one that cannot be opened.
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            OpenStoreError::ReadOnly(Box::new(error))
        }
        _ => OpenStoreError::Io(Box::new(error)),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    const FILES: [File; 2] = [File::Record, File::Own];

    /// A database of a version, without migrating it further.
    fn of_version(path: &Path, file: File, key: &RawKey, version: usize) {
        std::fs::write(path, []).unwrap();
        let mut connection = Connection::open(path).unwrap();
        unlock(&connection, key).unwrap();
        migrate(&mut connection, &file.migrations()[..version]).unwrap();
    }

    fn schema(connection: &Connection) -> String {
        let mut statement = connection
            .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name")
            .unwrap();
        let rows = statement
            .query_map([], |row| row.get::<_, String>(0))
            .unwrap();
        rows.map(|sql| sql.unwrap() + ";\n").collect()
    }

    fn frozen(file: File, version: usize) -> PathBuf {
        let folder = match file {
            File::Record => "record",
            File::Own => "own",
        };
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("migrations")
            .join(folder)
            .join(format!("{version:02}-schema.sql"))
    }

    #[test]
    fn every_published_schema_is_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let key = RawKey::random().unwrap();
        for file in FILES {
            for version in 1..=file.migrations().len() {
                let path = folder.path().join(format!("{version}-{}", file.name()));
                of_version(&path, file, &key, version);
                let connection = Connection::open(&path).unwrap();
                unlock(&connection, &key).unwrap();
                let found = schema(&connection);
                let expected = std::fs::read_to_string(frozen(file, version)).unwrap_or_default();
                assert!(
                    found == expected,
                    "{} is not what version {version} makes:\n{found}",
                    frozen(file, version).display()
                );
            }
        }
    }

    #[test]
    fn migrated_from_every_version_equals_fresh() {
        let folder = tempfile::tempdir().unwrap();
        let key = RawKey::random().unwrap();
        for file in FILES {
            let fresh = folder.path().join(format!("fresh-{}", file.name()));
            std::fs::write(&fresh, []).unwrap();
            let fresh = schema(&open(&fresh, file, &key, Purpose::Write).unwrap());
            for version in 1..=file.migrations().len() {
                let path = folder.path().join(format!("{version}-{}", file.name()));
                of_version(&path, file, &key, version);
                let migrated = open(&path, file, &key, Purpose::Write).unwrap();
                assert_eq!(schema(&migrated), fresh, "from version {version}");
            }
        }
    }

    #[test]
    fn the_files_are_set_as_they_should_be() {
        let folder = tempfile::tempdir().unwrap();
        let key = RawKey::random().unwrap();
        for file in FILES {
            let path = folder.path().join(file.name());
            std::fs::write(&path, []).unwrap();
            let writer = open(&path, file, &key, Purpose::Write).unwrap();
            let reader = open(&path, file, &key, Purpose::Read).unwrap();
            let text = |connection: &Connection, name: &str| -> String {
                connection
                    .pragma_query_value(None, name, |row| {
                        Ok(match row.get_ref(0)? {
                            rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                            other => other.as_str()?.to_owned(),
                        })
                    })
                    .unwrap()
            };
            for connection in [&writer, &reader] {
                assert_eq!(text(connection, "journal_mode"), "wal");
                assert_eq!(text(connection, "page_size"), "4096");
                assert_eq!(text(connection, "temp_store"), "2", "in memory");
                assert_eq!(text(connection, "cipher_log_level"), "NONE");
                assert!(text(connection, "cipher_version").starts_with("4."));
            }
            let synchronous = text(&writer, "synchronous");
            assert_eq!(synchronous, if file == File::Own { "2" } else { "1" });
            assert!(
                reader.execute_batch("CREATE TABLE t (x)").is_err(),
                "the reader only reads"
            );
        }
    }
}
