//! The laws of the mirror for what a reading meets, and what it does not.

use super::cache::{CONDITIONS, RESULTS, apply, at, finish, held, incoming, keep, main_source};
use crate::ports::{Cache, StoredResource};
use crate::sync::plan::{Extent, Incoming, SyncAction};

/// What a whole reading of a unit did not meet is marked (entries) or dropped (the rest), in that
/// unit and source alone; a reading that was not whole takes nothing away.
///
/// # Panics
/// If the store breaks it.
pub async fn a_whole_reading_takes_away_what_it_did_not_meet(cache: &impl Cache) {
    let referred = Incoming {
        is_listed: false,
        ..incoming("referred", "")
    };
    let elsewhere = Incoming {
        unit: RESULTS,
        ..incoming("elsewhere", "x")
    };
    apply(
        cache,
        vec![
            keep(incoming("met", "x"), 1, 1),
            keep(incoming("gone", "x"), 1, 1),
            keep(referred, 1, 1),
            keep(elsewhere, 1, 1),
            keep(incoming("met", "x"), 2, 2),
        ],
    )
    .await;
    apply(
        cache,
        vec![SyncAction::FinishUnit {
            source: main_source(),
            unit: CONDITIONS,
            run: 2,
            extent: Extent::Part,
            cursor: None,
            basis: String::new(),
            at: at(2),
            skipped: 0,
        }],
    )
    .await;
    let gone = held(cache, "gone").await.expect("it is held");
    assert_eq!(gone.removed_at, None, "a part says nothing about the rest");
    apply(cache, vec![finish(CONDITIONS, 2, 3)]).await;
    let removed_at = |row: Option<StoredResource>| row.map(|row| row.removed_at);
    assert_eq!(removed_at(held(cache, "met").await), Some(None));
    assert_eq!(removed_at(held(cache, "gone").await), Some(Some(at(3))));
    assert_eq!(removed_at(held(cache, "referred").await), None, "dropped");
    assert_eq!(removed_at(held(cache, "elsewhere").await), Some(None));
}

/// What arrived after a run began (a booking just acknowledged) is newer than the pages of that
/// run, which may not show it yet; the next whole run that does not meet it takes it away.
///
/// # Panics
/// If the store breaks it.
pub async fn what_arrived_after_the_run_began_is_not_dropped(cache: &impl Cache) {
    let referred = |id: &str| Incoming {
        is_listed: false,
        ..incoming(id, "")
    };
    apply(
        cache,
        vec![
            keep(incoming("met", "x"), 2, 2),
            keep(incoming("gone", "x"), 1, 1),
            keep(incoming("new", "asthma"), 3, 3),
            keep(referred("new place"), 3, 3),
            keep(incoming("both", "x"), 3, 3),
            keep(referred("both"), 2, 4),
            finish(CONDITIONS, 2, 5),
        ],
    )
    .await;
    for id in ["met", "new", "both"] {
        let row = held(cache, id).await.expect("it is held");
        assert_eq!((row.removed_at, row.is_listed), (None, true), "{id}");
    }
    assert!(held(cache, "new place").await.is_some());
    let gone = held(cache, "gone").await.expect("a note stays");
    assert_eq!(gone.removed_at, Some(at(5)));
    let found = cache.search("asthma".to_owned(), 10).await;
    assert_eq!(found.expect("results").len(), 1);
    apply(cache, vec![finish(CONDITIONS, 4, 6)]).await;
    let new = held(cache, "new").await.expect("a note stays");
    assert_eq!(new.removed_at, Some(at(6)));
}

/// A page that was on its way while the patient changed the same thing does not bring back what
/// was before. A later run may: then the server went back.
///
/// # Panics
/// If the store breaks it.
pub async fn an_older_page_replaces_nothing_newer(cache: &impl Cache) {
    let version = |text: &str, second: i64| Incoming {
        last_updated: Some(at(second)),
        ..incoming("1", text)
    };
    let cases = [
        // (run of what arrives, its time at the server, what is held then)
        (2, 1, "changed"),
        (2, 9, "arrives"),
        (4, 1, "arrives"),
    ];
    for (run, second, expected) in cases {
        apply(cache, vec![keep(version("changed", 5), 3, 1)]).await;
        apply(cache, vec![keep(version("arrives", second), run, 2)]).await;
        let row = held(cache, "1").await.expect("it is held");
        assert!(row.json.contains(expected), "{run} {second}: {}", row.json);
        // A run that met only the older page takes it for met all the same.
        apply(cache, vec![finish(CONDITIONS, run, 3)]).await;
        let row = held(cache, "1").await.expect("it is held");
        assert_eq!(row.removed_at, None);
    }
    // Without dates, another version that was read later is the later one.
    let undated = |version: &str| Incoming {
        version: Some(version.to_owned()),
        ..incoming("2", version)
    };
    for (version, run, expected) in [("a", 3, "a"), ("b", 2, "a"), ("c", 3, "c")] {
        apply(cache, vec![keep(undated(version), run, 4)]).await;
        let row = held(cache, "2").await.expect("it is held");
        assert_eq!(row.version.as_deref(), Some(expected), "{version} {run}");
    }
}

/// What an entry refers to may be an entry itself: it stays on its list until a whole reading of
/// its unit has met it only as what others refer to.
///
/// # Panics
/// If the store breaks it.
pub async fn an_entry_is_not_replaced_by_what_refers_to_it(cache: &impl Cache) {
    let referred = || Incoming {
        is_listed: false,
        unit: RESULTS,
        search_text: String::new(),
        ..incoming("1", "")
    };
    let listed = || Incoming {
        sort_date: Some(at(0)),
        ..incoming("1", "asthma")
    };
    for order in [[listed(), referred()], [referred(), listed()]] {
        apply(
            cache,
            order.into_iter().map(|one| keep(one, 1, 1)).collect(),
        )
        .await;
        let row = held(cache, "1").await.expect("it is held");
        assert!(row.is_listed);
        assert_eq!((row.unit, row.sort_date), (CONDITIONS, Some(at(0))));
    }
    apply(cache, vec![keep(referred(), 2, 2)]).await;
    assert!(held(cache, "1").await.expect("it is held").is_listed);
    apply(cache, vec![finish(CONDITIONS, 2, 3)]).await;
    let row = held(cache, "1").await.expect("it is still referred to");
    assert!(!row.is_listed);
    assert_eq!(row.removed_at, None);
    let found = cache
        .search("asthma".to_owned(), 10)
        .await
        .expect("results");
    assert!(found.is_empty());
}
