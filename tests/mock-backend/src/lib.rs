//! An NHS-style FHIR R4 and SMART backend for testers.
//!
//! It plays the server of a made-up population of patients: sign-in, records, appointments, and
//! everything that can go wrong with them. Its data is invented and its rules follow Hale's
//! backend contract, so that the app knows nothing that only this server could say. It refuses to
//! be a real server: passwords do not exist and its signing key is published.

mod answer;
mod appointments;
mod clock;
mod console;
mod door;
mod faults;
mod fhir;
mod log;
mod outcome;
pub mod population;
mod reach;
mod repeats;
mod scenarios;
mod server;
mod smart;
mod spoil;
mod state;
mod store;
#[cfg(test)]
mod tests;
mod tls;

pub use clock::MockClock;
pub use door::{Door, DoorError};
pub use faults::{BadEntry, Fault, Faults, HostileBody, RetryAfter, Rule};
pub use log::{LogEntry, RequestLog};
pub use reach::Viewpoint;
pub use repeats::{PracticeSays, Repeats};
pub use scenarios::{Scenario, find as find_scenario, scenarios};
pub use server::{Config, MockBackend, RunningMock, StartError};
pub use smart::{Lifetimes, Smart};
pub use store::{Store, WrittenResource};
