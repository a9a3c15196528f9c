//! The laws that every store keeps, on the encrypted one.

use hale_cache::{OwnStore, RecordStore};
use hale_core::conformance;
use hale_core::memory::MemoryCache;
use proptest::test_runner::Config;

use crate::support::TestDevice;

async fn stores() -> (RecordStore, OwnStore, TestDevice) {
    let test = TestDevice::new();
    let (record, own) = test.create().await;
    (record, own, test)
}

hale_core::store_conformance!(stores);

fn run(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
        .block_on(work);
}

proptest::proptest! {
    #![proptest_config(Config { cases: 24, failure_persistence: None, ..Config::default() })]

    #[test]
    fn applying_twice_is_once(seed: u64) {
        run(async {
            let (record, _own, _keep) = stores().await;
            conformance::applying_twice_is_once(&record, seed, 30).await;
        });
    }

    #[test]
    fn any_split_into_transactions_ends_the_same(seed: u64) {
        run(async {
            let (one, _own, _keep) = stores().await;
            let (other, _other_own, _other_keep) = stores().await;
            conformance::any_split_ends_the_same(&one, &other, seed, 60).await;
        });
    }

    #[test]
    fn the_encrypted_store_does_what_the_one_in_memory_does(seed: u64) {
        run(async {
            let (record, _own, _keep) = stores().await;
            conformance::any_split_ends_the_same(&MemoryCache::default(), &record, seed, 60).await;
        });
    }

    #[test]
    fn marks_are_the_difference_since_the_last_look(seed: u64) {
        run(async {
            let (record, _own, _keep) = stores().await;
            conformance::marks_are_the_difference_since_the_last_look(&record, seed, 60).await;
        });
    }
}
