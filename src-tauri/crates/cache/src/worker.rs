//! A file's own threads: one that writes, and one that reads beside it.
//!
//! A connection never leaves its thread. Dropping the worker ends both threads after what they had
//! begun, and waits for that: the files are closed when it returns.

use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use hale_core::ports::CacheError;
use rusqlite::{Connection, ErrorCode};
use tokio::sync::oneshot;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A thread with a connection.
struct Lane {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Lane {
    fn start(name: String, mut connection: Connection) -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let thread = thread::Builder::new().name(name).spawn(move || {
            for job in queue {
                job(&mut connection);
            }
        })?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    async fn run<T, F>(&self, work: F) -> Result<T, CacheError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let done = work(connection).map_err(failed);
            // Nobody may wait any more; the work is done all the same.
            answer.send(confirmed(connection, done)).ok();
        });
        self.jobs
            .as_ref()
            .and_then(|jobs| jobs.send(job).ok())
            .ok_or(CacheError::Closed)?;
        answered.await.map_err(|_| CacheError::Closed)?
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // A panic in there was reported by its thread.
            thread.join().ok();
        }
    }
}

/// A file's threads.
pub(crate) struct Worker {
    // The fields are dropped in this order: the writer closes last and empties the log.
    reader: Lane,
    writer: Lane,
    /// The file was opened for reading alone because the disk was full.
    is_full: bool,
}

impl Worker {
    pub(crate) fn start(
        name: &str,
        writer: Connection,
        reader: Connection,
    ) -> std::io::Result<Self> {
        Ok(Self {
            reader: Lane::start(format!("{name} reader"), reader)?,
            writer: Lane::start(format!("{name} writer"), writer)?,
            is_full: false,
        })
    }

    /// The same, opened for reading alone because the disk is full.
    pub(crate) fn on_full_disk(self) -> Self {
        Self {
            is_full: true,
            ..self
        }
    }

    /// Runs work that writes.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, CacheError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.writer.run(work).await.map_err(|error| match error {
            CacheError::ReadOnly(source) if self.is_full => CacheError::DiskFull(source),
            other => other,
        })
    }

    /// Runs work that only reads. It sees everything whose writing was answered before.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T, CacheError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.reader.run(work).await
    }
}

/// An answer, unless a page behind it was damaged.
///
/// For a page that fails its check SQLCipher gives zeros, and refuses only the page that is asked for
/// next: an answer that needs no further page would hold the zeros. So one more is asked for. What
/// was written needs no such question, because nothing is committed once a page was refused.
fn confirmed<T>(connection: &Connection, done: Result<T, CacheError>) -> Result<T, CacheError> {
    match (done, still_reads(connection)) {
        (Ok(_), Err(error)) => Err(failed(error)),
        (done, _) => done,
    }
}

/// Fails if an earlier page was damaged.
pub(crate) fn still_reads(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .prepare_cached("SELECT count(*) FROM sqlite_schema")?
        .query_row([], |_| Ok(()))
}

/// What a failure of SQLite means.
fn failed(error: rusqlite::Error) -> CacheError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            CacheError::Damaged(Box::new(error))
        }
        _ if is_full(&error) => CacheError::DiskFull(Box::new(error)),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            CacheError::ReadOnly(Box::new(error))
        }
        Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => {
            CacheError::CannotWrite(Box::new(error))
        }
        _ if matches!(error, rusqlite::Error::FromSqlConversionFailure(..))
            || is_refused_page(&error) =>
        {
            CacheError::Damaged(Box::new(error))
        }
        _ => CacheError::Other(Box::new(error)),
    }
}

/// Whether SQLCipher refused a page: an error without a code or words of its own. One of our
/// statements' making would have words.
pub(crate) fn is_refused_page(error: &rusqlite::Error) -> bool {
    matches!(
        error,
        rusqlite::Error::SqliteFailure(code, words)
            if code.extended_code == 1
                && words.as_deref().is_none_or(|words| words == "SQL logic error")
    )
}

/// Whether there was no room, also for the index of the log.
pub(crate) fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|code| {
        code.code == ErrorCode::DiskFull
            || code.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE
    })
}
