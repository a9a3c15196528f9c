//! Set-up, run and test of Hale: `cargo xtask help`.
//!
//! Owns no part of the product: it calls cargo and the other programs in the right order.

mod args;
mod doctor;
mod error;
mod places;
mod process;
mod say;
mod setup;
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
    process::watch_for_ctrl_c()?;
    let places = Places::find();
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
        _ => Ok(()),
    }
}
