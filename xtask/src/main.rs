//! Set-up, run and test of Hale: `cargo xtask help`.
//!
//! Owns no part of the product: it calls cargo and the other programs in the right order.

mod args;
mod bench;
mod check;
mod conformance;
mod doctor;
mod error;
mod fuzz;
mod mock;
mod native;
mod places;
mod process;
mod run;
mod say;
mod session;
mod setup;
mod sizes;
mod soak;
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
    // Whoever ends a session signals all in it: inside there is nothing to watch for.
    if !matches!(task, Task::InSession(_)) {
        process::watch_for_ctrl_c()?;
    }
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
        Task::Bench(options) => bench::bench(&places, &options),
        Task::Soak(options) => soak::soak(&places, &options),
        Task::Fuzz(asked) => fuzz::fuzz(&places, &asked),
        Task::Conformance(options) => conformance::walk(&places, &options),
        Task::Sizes => sizes::report(&places),
        Task::InSession(program) => session::inside(&program),
    }
}
