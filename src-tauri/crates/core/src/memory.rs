//! In-memory stores that follow the same laws as the real ones, for tests.
//!
//! They keep nothing anywhere, and hold no rule of their own: what they must do is written down in
//! the `conformance` module and in the documents of the traits.

mod cache;
mod device;
mod own;

pub use cache::MemoryCache;
pub use device::MemoryDevice;
pub use own::MemoryOwn;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a lock guards, also after a panic elsewhere: each change below is made whole or not at all.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{MemoryCache, MemoryOwn};
    use crate::conformance;

    async fn stores() -> (MemoryCache, MemoryOwn, ()) {
        (MemoryCache::default(), MemoryOwn::default(), ())
    }

    crate::store_conformance!(stores);

    proptest::proptest! {
        #[test]
        fn any_actions_keep_the_laws(seed: u64) {
            futures::executor::block_on(async {
                conformance::applying_twice_is_once(&MemoryCache::default(), seed, 40).await;
                let [one, other] = [MemoryCache::default(), MemoryCache::default()];
                conformance::any_split_ends_the_same(&one, &other, seed, 60).await;
                let cache = MemoryCache::default();
                conformance::marks_are_the_difference_since_the_last_look(&cache, seed, 60).await;
            });
        }
    }
}
