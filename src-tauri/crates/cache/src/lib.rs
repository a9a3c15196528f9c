//! The encrypted store on the device and its keys.
//!
//! Two SQLCipher files a person: `record.db` mirrors the backends and may be rebuilt; `own.db` holds
//! what the patient made and is never deleted without being asked. Both are opened with one raw key
//! from the operating system's keychain. Nothing here decides what is stored: that is the core's.

mod device;
mod files;
mod keys;
mod open;
mod own;
mod raw_key;
mod record;
mod rows;
mod salvage;
mod secrets;
mod settings;
mod worker;

pub use device::LocalDevice;
pub use keys::{KeyError, KeyStore, Keychain, MemoryKeys};
pub use own::OwnStore;
pub use record::RecordStore;
