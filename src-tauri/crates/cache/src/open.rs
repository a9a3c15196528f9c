//! Opening an encrypted file: key first, then everything else.

use std::path::Path;

use hale_core::ports::OpenStoreError;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use rusqlite_migration::{M, Migrations};
use zeroize::Zeroizing;

/// Which of a person's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum File {
    /// The mirror.
    Record,
    /// What the patient made.
    Own,
}

impl File {
    /// Its name in the person's folder.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Record => "record.db",
            Self::Own => "own.db",
        }
    }

    pub(crate) fn migrations(self) -> Migrations<'static> {
        match self {
            Self::Record => Migrations::new(vec![M::up(include_str!(
                "../migrations/record/01-first.sql"
            ))]),
            Self::Own => Migrations::new(vec![M::up(include_str!(
                "../migrations/own/01-first.sql"
            ))]),
        }
    }

    /// A commit of `own.db` survives a power cut; one of the mirror may be lost, never half made.
    const fn pragmas(self) -> &'static str {
        match self {
            Self::Record => {
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
                 PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768; PRAGMA secure_delete = ON;"
            }
            Self::Own => {
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4096; PRAGMA secure_delete = ON;"
            }
        }
    }
}

/// A raw 256-bit key.
#[derive(Clone)]
pub(crate) struct RawKey(Zeroizing<[u8; 32]>);

impl RawKey {
    /// A new key from the system's randomness.
    ///
    /// # Errors
    /// If the system gives none.
    pub(crate) fn random() -> Result<Self, OpenStoreError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice())
            .map_err(|error| OpenStoreError::Io(Box::new(error)))?;
        Ok(Self(bytes))
    }

    /// As 64 hexadecimal digits, the form in the keychain.
    pub(crate) fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// From the form in the keychain; none if it is not 64 hexadecimal digits.
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        let mut bytes = Zeroizing::new([0; 32]);
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[index * 2..][..2], 16).ok()?;
        }
        Some(Self(bytes))
    }
}

/// Opens a file with its key. With `may_create` an absent file is made; otherwise it is an error.
pub(crate) fn open(
    path: &Path,
    file: File,
    key: &RawKey,
    may_create: bool,
) -> Result<Connection, OpenStoreError> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if may_create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let mut connection =
        Connection::open_with_flags(path, flags).map_err(|error| to_open_error(error, path))?;
    unlock(&connection, key).map_err(|error| to_open_error(error, path))?;
    let version: usize = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(|error| to_open_error(error, path))?;
    let migrations = file.migrations();
    let newest = newest_version(file);
    if version > newest {
        return Err(OpenStoreError::TooNew);
    }
    connection
        .execute_batch(file.pragmas())
        .map_err(|error| to_open_error(error, path))?;
    if version < newest {
        migrations
            .to_latest(&mut connection)
            .map_err(|error| OpenStoreError::Io(Box::new(error)))?;
    }
    restrict(path);
    Ok(connection)
}

/// Opens a second connection to a file that is open, for reading beside a write.
pub(crate) fn open_reader(
    path: &Path,
    file: File,
    key: &RawKey,
) -> Result<Connection, OpenStoreError> {
    open(path, file, key, false)
}

/// How many migrations a file has.
pub(crate) const fn newest_version(file: File) -> usize {
    match file {
        File::Record | File::Own => 1,
    }
}

fn unlock(connection: &Connection, key: &RawKey) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    // SQLCipher would write what it thinks to standard error.
    let pragma = Zeroizing::new(format!(
        "PRAGMA key = \"x'{}'\"; PRAGMA cipher_log_level = NONE;",
        key.to_hex().as_str()
    ));
    connection.execute_batch(&pragma)?;
    // The first read shows whether the key fits.
    connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))
}

fn to_open_error(error: rusqlite::Error, path: &Path) -> OpenStoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            OpenStoreError::Unreadable(Box::new(error))
        }
        _ if !path.exists() => OpenStoreError::NothingHere,
        _ => OpenStoreError::Io(Box::new(error)),
    }
}

/// Files that only their owner may read.
fn restrict(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let only_owner = std::fs::Permissions::from_mode(0o600);
        if let Err(error) = std::fs::set_permissions(path, only_owner) {
            tracing::warn!(%error, "could not restrict a file to its owner");
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}
