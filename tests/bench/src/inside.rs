//! What runs in a process of its own: the servers, the preparations and the measured work. Each
//! answers with one line of JSON on standard output.

mod bare;
mod browse;
mod device;
mod meter;
mod observations;
mod server;
mod sync;

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::prelude::*;
use serde_json::Value as Json;

use crate::{Failure, table};

/// What a process of its own is told.
#[derive(Debug, Default, Clone)]
pub(crate) struct Task {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) url: String,
    pub(crate) count: usize,
    pub(crate) word: String,
}

/// Does one task.
pub(crate) fn perform(arguments: &[OsString]) -> Result<(), Failure> {
    let task = read(arguments)?;
    match task.name.as_str() {
        "insert-alone" => answer(&bare::insert_alone(&task)?),
        "sign-up" => on_runtime(device::sign_up(&task)),
        "first-rows" => on_runtime(browse::first_rows(&task)),
        "first-home" => on_runtime(browse::first_home(&task)),
        "browse" => on_runtime(browse::browse(&task)),
        "sync" => on_runtime(sync::sync(&task)),
        "sync-persona" => on_runtime(sync::sync_persona(&task)),
        "first" => on_runtime(sync::first(&task)),
        "check" => on_runtime(sync::check(&task)),
        "ceiling" => on_runtime(sync::ceiling(&task)),
        "ceiling-of-mock" => on_runtime(sync::ceiling_of_mock(&task)),
        "stats" => on_runtime(sync::stats(&task)),
        "prototype" => on_runtime(bare::prototype(&task)),
        "serve" => runtime()?.block_on(server::serve(task.count)),
        other => Err(format!("there is no task {other}").into()),
    }
}

fn read(arguments: &[OsString]) -> Result<Task, lexopt::Error> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let mut task = Task::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Value(name) => task.name = name.string()?,
            Long("folder") => task.folder = parser.value()?.into(),
            Long("url") => task.url = parser.value()?.string()?,
            Long("count") => task.count = parser.value()?.parse()?,
            Long("word") => task.word = parser.value()?.string()?,
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(task)
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?)
}

fn on_runtime(work: impl Future<Output = Result<Json, Failure>>) -> Result<(), Failure> {
    let value = runtime()?.block_on(work)?;
    answer(&value)
}

fn answer(value: &Json) -> Result<(), Failure> {
    table::say(value);
    Ok(())
}
