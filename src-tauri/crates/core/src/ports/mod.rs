//! What the core needs from the outside, as traits. Nothing here performs I/O.
//!
//! Futures are `Send`, so that the shell may run them on any thread. No method blocks for long on
//! the caller's thread: stores run on threads of their own.

mod backends;
mod cache;
mod clock;
mod device;
mod outbox;
mod own;
mod remote;

pub use backends::{
    BackendInfo, Backends, BrowserError, DiscoveryError, IdentityClaims, OpenBrowser, SignInError,
    SignedIn, TokenKeeper,
};
pub use cache::{
    Cache, CacheError, HeldKey, ListPage, ListQuery, Purged, ResourceKey, SourceId, StoredResource,
    UnitState, UnitTrouble,
};
pub use clock::{Clock, SystemClock};
pub use device::{Device, DeviceError, DeviceSettings, OpenStoreError, PersonId, Salvaged, Tokens};
pub use outbox::{Outbox, ParkedBecause, RequestForm, RequestKind, RequestState, StoredRequest};
pub use own::{BookingState, Own, SeenMark, StoredBooking};
pub use remote::{Fetch, Fetched, Remote, RemoteError, Target, Write, Written};
