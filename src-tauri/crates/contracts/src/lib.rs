//! What the window and the shell say to each other.
//!
//! Every type here crosses the IPC as JSON. `…View` is shown, `…Request` is asked. No FHIR, no
//! token and no HTML passes here, and no words for the patient either: codes and data only, which
//! the window puts into words. Compiles to WebAssembly; depends on no other crate of ours.

pub mod account;
pub mod appointments;
pub mod changes;
pub mod dose;
pub mod error;
pub mod home;
pub mod links;
pub mod outbox;
pub mod phrase;
pub mod provenance;
pub mod reasons;
pub mod record;
pub mod repeats;
pub mod sources;
pub mod sync;
pub mod time;
