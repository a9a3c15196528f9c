//! Set-up, run and test of Hale: `cargo xtask help`.
//!
//! Owns no part of the product: it calls cargo and the other programs in the right order.

mod args;
mod check;
mod doctor;
mod error;
mod mock;
mod native;
mod places;
mod process;
mod run;
mod say;
mod session;
mod setup;
mod sizes;
mod ui;

use std::process::ExitCode;

use args::Task;
use error::Outcome;
use places::Places;
use setup::Purpose;

fn main() -> ExitCode {
    match args::parse(std::env::args_os().skip(1)).and_then(perform) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            say::problem(stop);
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> Outcome {
    let places = Places::find();
    if let Task::InSession(program) = &task {
        // Whoever ends the session signals all in it: nothing to watch for.
        return session::inside(program);
    }
    process::watch_for_ctrl_c()?;
    match task {
        Task::Help => {
            say::line(args::HELP);
            Ok(())
        }
        Task::Doctor => doctor::report(&places),
        Task::Ui(kind) => {
            setup::prepare(&places, Purpose::Window)?;
            ui::build(&places, kind)
        }
        Task::Run { backend, kind } => run::run(&places, backend.as_deref(), kind),
        Task::Mock { kind, options } => mock::alone(&places, kind, &options),
        Task::Test { quick } => check::test(&places, quick),
        Task::Sizes => sizes::report(&places),
        Task::InSession(_) => Ok(()),
    }
}
