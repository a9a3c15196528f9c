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
            // Nobody may wait any more; the work is done all the same.
            answer.send(work(connection).map_err(failed)).ok();
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
        })
    }

    /// Runs work that writes.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, CacheError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.writer.run(work).await
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

/// What a failure of SQLite means.
fn failed(error: rusqlite::Error) -> CacheError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            CacheError::Damaged(Box::new(error))
        }
        Some(ErrorCode::DiskFull) => CacheError::DiskFull(Box::new(error)),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            CacheError::ReadOnly(Box::new(error))
        }
        Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => {
            CacheError::CannotWrite(Box::new(error))
        }
        _ if matches!(error, rusqlite::Error::FromSqlConversionFailure(..)) => {
            CacheError::Damaged(Box::new(error))
        }
        _ => CacheError::Other(Box::new(error)),
    }
}
