//! The encrypted store as the app has it, opened once for each thread and only read: what a patient
//! types to search must never be taken as the store's own syntax.

use chrono::DateTime;
use hale_cache::{LocalDevice, MemoryKeys, RecordStore};
use hale_contracts::record::SectionKind;
use hale_contracts::sync::SyncUnit;
use hale_core::ports::{Cache, Device, PersonId, SourceId};
use hale_core::sync::plan::{Members, plan_page};
use hale_fhir::read_page;

/// What the store holds: entries whose words are odd too.
const HELD: &str = r#"{"resourceType":"Bundle","entry":[
{"resource":{"resourceType":"Condition","id":"1","code":{"text":"Asthma"},"subject":{"reference":"Patient/p1"}}},
{"resource":{"resourceType":"Condition","id":"2","code":{"text":"\"NEAR(a, b)\" OR * - COVID-19"},"subject":{"reference":"Patient/p1"}}},
{"resource":{"resourceType":"Condition","id":"3","code":{"text":"Ménière’s disease 膝 🦵"},"subject":{"reference":"Patient/p1"}}}]}"#;

struct Held {
    cache: RecordStore,
    // Removed with the thread, after the store is closed.
    _folder: tempfile::TempDir,
}

thread_local! {
    static STORE: Held = open();
}

/// Searches, and insists on an answer.
pub(crate) fn search(typed: &str) {
    STORE.with(|held| {
        let found = futures::executor::block_on(held.cache.search(typed.to_owned(), 200));
        let found = found.expect("what was typed was taken as the store's own syntax");
        assert!(found.len() <= 3);
    });
}

fn open() -> Held {
    let folder = tempfile::tempdir().expect("a folder for the store");
    let device = LocalDevice::with_keys(folder.path().to_owned(), MemoryKeys::default());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build()
        .expect("a runtime");
    let cache = runtime.block_on(async {
        let person = PersonId("p1".to_owned());
        let (cache, _) = device.create(person).await.expect("a store");
        let page = read_page(HELD.as_bytes()).expect("what is held is a page");
        let unit = SyncUnit::Record(SectionKind::Conditions);
        let source = SourceId("main".to_owned());
        let now = DateTime::UNIX_EPOCH;
        let plan = plan_page(
            &page,
            &source,
            unit,
            "p1".into(),
            &mut Members::new(),
            1,
            now,
        );
        cache.apply(plan.actions).await.expect("entries");
        cache
    });
    Held {
        cache,
        _folder: folder,
    }
}
