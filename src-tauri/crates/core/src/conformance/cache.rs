//! The laws of the mirror.

use chrono::{DateTime, Utc};
use hale_contracts::error::ErrorCode;
use hale_contracts::reasons::WhyNot;
use hale_contracts::record::SectionKind;
use hale_contracts::sync::SyncUnit;

use crate::ports::{
    Cache, HeldKey, ListQuery, Purged, ResourceKey, SourceId, StoredResource, UnitState,
    UnitTrouble,
};
use crate::sync::news;
use crate::sync::plan::{Extent, Incoming, Resume, SyncAction};

pub(super) const CONDITIONS: SyncUnit = SyncUnit::Record(SectionKind::Conditions);
pub(super) const RESULTS: SyncUnit = SyncUnit::Record(SectionKind::Results);

pub(super) fn main_source() -> SourceId {
    SourceId("main".to_owned())
}

pub(super) fn at(second: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(1_767_600_000 + second)
}

pub(super) fn key(id: &str) -> ResourceKey {
    ResourceKey {
        source: main_source(),
        resource_type: "Condition".to_owned(),
        id: id.to_owned(),
    }
}

pub(super) fn incoming(id: &str, text: &str) -> Incoming {
    Incoming {
        key: key(id),
        unit: CONDITIONS,
        is_listed: true,
        version: None,
        last_updated: None,
        sort_date: None,
        json: format!(r#"{{"resourceType":"Condition","id":"{id}","note":"{text}"}}"#),
        search_text: text.to_owned(),
        own: news::of_view(&text),
        part_of: None,
    }
}

pub(super) fn keep(resource: Incoming, run: i64, second: i64) -> SyncAction {
    SyncAction::Upsert {
        resource: Box::new(resource),
        run,
        at: at(second),
    }
}

pub(super) fn finish(unit: SyncUnit, run: i64, second: i64) -> SyncAction {
    SyncAction::FinishUnit {
        source: main_source(),
        unit,
        run,
        extent: Extent::Whole,
        cursor: Some(at(second)),
        basis: "b".to_owned(),
        at: at(second),
        skipped: 0,
    }
}

pub(super) async fn apply(cache: &impl Cache, actions: Vec<SyncAction>) {
    cache.apply(actions).await.expect("the store applies");
}

pub(super) async fn held(cache: &impl Cache, id: &str) -> Option<StoredResource> {
    let mut found = cache
        .get_many(vec![key(id)])
        .await
        .expect("the store reads");
    assert!(found.len() <= 1, "an identity is held once");
    found.pop()
}

pub(super) async fn listed(
    cache: &impl Cache,
    unit: SyncUnit,
    is_all: bool,
) -> Vec<StoredResource> {
    let query = ListQuery {
        unit,
        offset: 0,
        limit: u32::MAX,
        listed_only: !is_all,
    };
    cache.list(query).await.expect("the store lists").rows
}

/// Everything that a store holds, in one order: two stores are in the same state if this is equal.
///
/// # Panics
/// If the store cannot be read.
pub async fn contents(cache: &impl Cache) -> (Vec<StoredResource>, Vec<UnitState>) {
    let mut rows = Vec::new();
    for unit in crate::sync::units::ALL {
        rows.extend(listed(cache, unit, true).await);
    }
    rows.sort_by(|one, other| one.key.cmp(&other.key));
    let mut units = cache.unit_states().await.expect("the store reads");
    units.sort_by(|one, other| (&one.source, one.unit).cmp(&(&other.source, other.unit)));
    (rows, units)
}

/// Newest first, without a date last, then by key; pages do not overlap; what is not listed counts
/// only where it is asked for.
///
/// # Panics
/// If the store breaks it.
pub async fn a_list_is_in_its_order(cache: &impl Cache) {
    let dated = |id: &str, second: Option<i64>| Incoming {
        sort_date: second.map(at),
        ..incoming(id, "x")
    };
    let referred = Incoming {
        is_listed: false,
        sort_date: Some(at(9)),
        ..incoming("referred", "")
    };
    apply(
        cache,
        vec![
            keep(dated("none", None), 1, 1),
            keep(dated("b", Some(5)), 1, 1),
            keep(dated("a", Some(5)), 1, 1),
            keep(dated("new", Some(7)), 1, 3),
            keep(referred, 1, 1),
        ],
    )
    .await;
    let ids = |rows: &[StoredResource]| -> Vec<String> {
        rows.iter().map(|row| row.key.id.clone()).collect()
    };
    let rows = listed(cache, CONDITIONS, false).await;
    assert_eq!(ids(&rows), ["new", "a", "b", "none"]);
    let rows = listed(cache, CONDITIONS, true).await;
    assert_eq!(ids(&rows), ["referred", "new", "a", "b", "none"]);
    let query = ListQuery {
        unit: CONDITIONS,
        offset: 1,
        limit: 2,
        listed_only: true,
    };
    let page = cache.list(query).await.expect("a page");
    assert_eq!(ids(&page.rows), ["a", "b"]);
    assert_eq!(page.total, 4, "the total counts all rows, not the page");
    assert!(listed(cache, RESULTS, true).await.is_empty());
}

/// `changed_at` moves with the content alone; `checked_at` and the version move always.
///
/// # Panics
/// If the store breaks it.
pub async fn only_changed_content_is_news(cache: &impl Cache) {
    let written = |meta: &str, note: &str| Incoming {
        json: format!(r#"{{"resourceType":"Condition","id":"1","meta":{meta},"note":"{note}"}}"#),
        version: Some(meta.to_owned()),
        ..incoming("1", note)
    };
    apply(
        cache,
        vec![keep(written(r#"{"versionId":"1"}"#, "a"), 1, 1)],
    )
    .await;
    apply(
        cache,
        vec![keep(written(r#"{"versionId":"2"}"#, "a"), 2, 2)],
    )
    .await;
    let row = held(cache, "1").await.expect("it is held");
    assert_eq!(
        row.changed_at,
        at(1),
        "another version of the same is no news"
    );
    assert_eq!(row.checked_at, at(2));
    assert_eq!(row.version.as_deref(), Some(r#"{"versionId":"2"}"#));
    assert!(
        row.json.contains(r#""versionId":"2""#),
        "it is held as written last"
    );
    apply(
        cache,
        vec![keep(written(r#"{"versionId":"3"}"#, "b"), 3, 3)],
    )
    .await;
    let row = held(cache, "1").await.expect("it is held");
    assert_eq!((row.first_seen_at, row.changed_at), (at(1), at(3)));
}

/// A removed entry keeps its identity and dates and loses its content, for the search too; it is
/// told once; and it comes back whole when the source has it again.
///
/// # Panics
/// If the store breaks it.
pub async fn a_removed_entry_leaves_a_note(cache: &impl Cache) {
    let entry = Incoming {
        sort_date: Some(at(0)),
        ..incoming("1", "asthma")
    };
    apply(cache, vec![keep(entry.clone(), 1, 1)]).await;
    let removal = |second| SyncAction::MarkRemoved {
        key: key("1"),
        at: at(second),
    };
    apply(cache, vec![removal(2)]).await;
    apply(cache, vec![removal(3)]).await;
    let row = held(cache, "1").await.expect("a note stays");
    assert_eq!(row.json, "{}", "nothing of the content stays");
    assert_eq!(row.removed_at, Some(at(2)), "the first finding counts");
    assert_eq!(row.changed_at, at(2));
    assert_eq!(row.sort_date, Some(at(0)));
    let found = cache
        .search("asthma".to_owned(), 10)
        .await
        .expect("results");
    assert!(found.is_empty(), "what was removed is not found");
    assert_eq!(listed(cache, CONDITIONS, false).await.len(), 1);
    apply(cache, vec![keep(entry, 2, 4)]).await;
    let row = held(cache, "1").await.expect("it is back");
    assert_eq!((row.removed_at, row.changed_at), (None, at(4)));
    assert_eq!(row.first_seen_at, at(1));
    let found = cache
        .search("asthma".to_owned(), 10)
        .await
        .expect("results");
    assert_eq!(found.len(), 1);
    apply(
        cache,
        vec![SyncAction::MarkRemoved {
            key: key("unknown"),
            at: at(5),
        }],
    )
    .await;
    assert!(held(cache, "unknown").await.is_none());
}

/// A success clears what was wrong; a trouble keeps what was known; a reading with something left
/// out is no check, and says how much it skipped.
///
/// # Panics
/// If the store breaks it.
pub async fn units_stand_as_they_were_left(cache: &impl Cache) {
    let finished = |extent, second, skipped| SyncAction::FinishUnit {
        source: main_source(),
        unit: CONDITIONS,
        run: 1,
        extent,
        cursor: Some(at(second - 1)),
        basis: format!("basis {second}"),
        at: at(second),
        skipped,
    };
    let trouble = UnitTrouble::Failed(ErrorCode::UnreadableAnswer);
    let mut expected = UnitState {
        source: main_source(),
        unit: CONDITIONS,
        checked_at: None,
        cursor: None,
        tried_at: Some(at(5)),
        trouble: Some(trouble.clone()),
        skipped: 0,
        confirmed_at: None,
        whole_at: None,
        basis: None,
        resume: None,
        news_since: None,
        purged: None,
    };
    let troubled = |second| SyncAction::UnitTroubled {
        source: main_source(),
        unit: CONDITIONS,
        trouble: trouble.clone(),
        at: at(second),
    };
    let states = async || cache.unit_states().await.expect("the store reads");
    assert!(states().await.is_empty());
    apply(cache, vec![troubled(5)]).await;
    assert_eq!(states().await, [expected.clone()]);
    let resume = Resume {
        run: 1,
        search: 1,
        next: Some("https://example.org/fhir?page=2".to_owned()),
        cursor: Some(at(7)),
        skipped: 1,
        is_whole: true,
        basis: "basis 8".to_owned(),
        stored_at: at(8),
    };
    let stopped = SyncAction::Resume {
        source: main_source(),
        unit: CONDITIONS,
        at: Some(Box::new(resume.clone())),
    };
    apply(cache, vec![stopped]).await;
    expected.resume = Some(resume);
    assert_eq!(states().await, [expected.clone()]);
    apply(cache, vec![finished(Extent::Whole, 10, 2)]).await;
    expected.confirmed_at = Some(at(10));
    expected.news_since = Some(at(10));
    expected.whole_at = Some(at(10));
    expected.basis = Some("basis 10".to_owned());
    expected.resume = None;
    expected.checked_at = Some(at(10));
    expected.tried_at = Some(at(10));
    expected.cursor = Some(at(9));
    expected.trouble = None;
    expected.skipped = 2;
    assert_eq!(states().await, [expected.clone()]);
    apply(cache, vec![finished(Extent::Part, 20, 3)]).await;
    expected.tried_at = Some(at(20));
    expected.skipped = 3;
    assert_eq!(states().await, [expected.clone()]);
    for (are_removals_known, second) in [(false, 24), (true, 26)] {
        let changes = Extent::Changes { are_removals_known };
        apply(cache, vec![finished(changes, second, 0)]).await;
        expected.checked_at = Some(at(second));
        expected.tried_at = Some(at(second));
        expected.cursor = Some(at(second - 1));
        expected.basis = Some(format!("basis {second}"));
        expected.skipped = 0;
        if are_removals_known {
            expected.confirmed_at = Some(at(second));
        }
        assert_eq!(states().await, [expected.clone()]);
    }
    apply(cache, vec![troubled(30)]).await;
    expected.tried_at = Some(at(30));
    expected.trouble = Some(trouble.clone());
    assert_eq!(states().await, [expected]);
}

/// A check of what changed takes nothing away. It confirms the entries that it did not meet only if
/// it knows what was removed; what the source answers is unchanged is met.
///
/// # Panics
/// If the store breaks it.
pub async fn a_check_of_changes_takes_nothing_away(cache: &impl Cache) {
    let referred = Incoming {
        is_listed: false,
        ..incoming("referred", "x")
    };
    let changes = |are_removals_known, run, second| SyncAction::FinishUnit {
        source: main_source(),
        unit: CONDITIONS,
        run,
        extent: Extent::Changes { are_removals_known },
        cursor: None,
        basis: String::new(),
        at: at(second),
        skipped: 0,
    };
    apply(
        cache,
        vec![
            keep(incoming("quiet", "x"), 1, 1),
            keep(referred, 1, 1),
            finish(CONDITIONS, 1, 2),
            keep(incoming("new", "x"), 2, 3),
            changes(false, 2, 4),
        ],
    )
    .await;
    let checked_at = async |id| held(cache, id).await.map(|row| row.checked_at);
    assert_eq!(checked_at("quiet").await, Some(at(2)), "nobody asked");
    apply(cache, vec![changes(true, 3, 5)]).await;
    assert_eq!(checked_at("quiet").await, Some(at(5)));
    assert_eq!(checked_at("new").await, Some(at(5)));
    assert_eq!(checked_at("referred").await, Some(at(1)), "no entry");
    let gone = SyncAction::MarkRemoved {
        key: key("referred"),
        at: at(5),
    };
    apply(cache, vec![gone]).await;
    assert_eq!(checked_at("referred").await, None, "it leaves no note");
    let met = |run, second| SyncAction::Met {
        key: key("quiet"),
        run,
        at: at(second),
    };
    apply(cache, vec![met(4, 6), finish(CONDITIONS, 4, 7)]).await;
    let removed_at = async |id| held(cache, id).await.map(|row| row.removed_at);
    assert_eq!(removed_at("quiet").await, Some(None));
    assert_eq!(removed_at("new").await, Some(Some(at(7))));
    let mut keys = cache.keys(main_source()).await.expect("the store reads");
    keys.sort_by(|one, other| one.key.cmp(&other.key));
    let expected = HeldKey {
        key: key("quiet"),
        unit: CONDITIONS,
        is_listed: true,
        run: 4,
    };
    assert_eq!(keys, [expected], "without what was removed");
}

/// A unit that the source no longer shows loses its rows and its cursor, and says why.
///
/// # Panics
/// If the store breaks it.
pub async fn a_refused_unit_loses_its_rows(cache: &impl Cache) {
    let elsewhere = Incoming {
        unit: RESULTS,
        ..incoming("elsewhere", "x")
    };
    let trouble = UnitTrouble::NotAllowed(WhyNot::ServerLacksFeature);
    apply(
        cache,
        vec![
            keep(incoming("1", "asthma"), 1, 1),
            keep(elsewhere, 1, 1),
            finish(CONDITIONS, 1, 1),
            SyncAction::PurgeUnit {
                source: main_source(),
                unit: CONDITIONS,
                why: WhyNot::ServerLacksFeature,
                at: at(2),
            },
        ],
    )
    .await;
    assert!(held(cache, "1").await.is_none());
    assert!(held(cache, "elsewhere").await.is_some());
    let found = cache
        .search("asthma".to_owned(), 10)
        .await
        .expect("results");
    assert!(found.is_empty());
    let states = cache.unit_states().await.expect("the store reads");
    assert_eq!(
        states,
        [UnitState {
            source: main_source(),
            unit: CONDITIONS,
            checked_at: None,
            cursor: None,
            tried_at: Some(at(2)),
            trouble: Some(trouble),
            skipped: 0,
            confirmed_at: None,
            whole_at: None,
            basis: None,
            resume: None,
            news_since: None,
            purged: Some(Purged {
                at: at(2),
                why: WhyNot::ServerLacksFeature,
            }),
        }]
    );
    // It is told once, and no more once it was said, or once the source gives the unit again.
    let purge = |second| SyncAction::PurgeUnit {
        source: main_source(),
        unit: CONDITIONS,
        why: WhyNot::Under16,
        at: at(second),
    };
    let told = || SyncAction::Told {
        source: main_source(),
        unit: CONDITIONS,
    };
    let purged_at = async || {
        let states = cache.unit_states().await.expect("the store reads");
        let purged = states.into_iter().find_map(|state| state.purged);
        purged.map(|purged| purged.at)
    };
    apply(cache, vec![purge(3)]).await;
    assert_eq!(purged_at().await, Some(at(2)), "nothing more went");
    apply(cache, vec![told(), purge(4)]).await;
    assert_eq!(
        purged_at().await,
        None,
        "it was said, and nothing more went"
    );
    apply(cache, vec![keep(incoming("1", "asthma"), 5, 5), purge(6)]).await;
    assert_eq!(purged_at().await, Some(at(6)));
    apply(cache, vec![finish(CONDITIONS, 7, 7)]).await;
    assert_eq!(purged_at().await, None, "the source gives it again");
}

/// The same id at two sources is two resources; removing one source leaves the other.
///
/// # Panics
/// If the store breaks it.
pub async fn sources_are_apart(cache: &impl Cache) {
    let mut other = incoming("1", "other");
    other.key.source = SourceId("other".to_owned());
    let other_key = other.key.clone();
    apply(
        cache,
        vec![
            keep(incoming("1", "main"), 1, 1),
            keep(other, 1, 1),
            finish(CONDITIONS, 2, 1),
        ],
    )
    .await;
    let found = cache.get_many(vec![other_key.clone()]).await.expect("it");
    assert_eq!(
        found[0].removed_at, None,
        "another source's reading counts not"
    );
    apply(
        cache,
        vec![SyncAction::PurgeSource {
            source: main_source(),
        }],
    )
    .await;
    assert!(held(cache, "1").await.is_none());
    assert!(cache.unit_states().await.expect("states").is_empty());
    let found = cache.get_many(vec![other_key]).await.expect("it");
    assert_eq!(found.len(), 1);
}

/// Every word counts, as a prefix, without case; nothing typed is syntax; what is not listed is
/// not found; new text takes the place of old.
///
/// # Panics
/// If the store breaks it.
pub async fn search_finds_every_word_as_a_prefix(cache: &impl Cache) {
    let referred = Incoming {
        is_listed: false,
        ..incoming("referred", "Amlodipine")
    };
    apply(
        cache,
        vec![
            keep(incoming("1", "Amlodipine 5 mg tablets"), 1, 1),
            keep(incoming("2", "Amoxicillin 500 mg capsules"), 1, 1),
            keep(incoming("3", "COVID-19 vaccination"), 1, 1),
            keep(referred, 1, 1),
        ],
    )
    .await;
    let table: [(&str, &[&str]); 14] = [
        ("amlodipine", &["1"]),
        ("AM", &["1", "2"]),
        ("a", &["1", "2"]),
        ("mg caps", &["2"]),
        ("caps mg", &["2"]),
        ("500 tab", &[]),
        ("covid-19", &["3"]),
        ("covid 19", &["3"]),
        ("", &[]),
        ("  \u{0} \" * ( ", &[]),
        ("am\" OR \"covid", &[]),
        ("am OR covid", &[]),
        ("search_text:am", &[]),
        ("amlo) tab*", &["1"]),
    ];
    for (typed, expected) in table {
        let mut found: Vec<String> = cache
            .search(typed.to_owned(), 10)
            .await
            .unwrap_or_else(|error| panic!("{typed}: {error}"))
            .into_iter()
            .map(|row| row.key.id)
            .collect();
        found.sort();
        assert_eq!(found, expected, "{typed}");
    }
    let found = cache.search("am".to_owned(), 1).await.expect("results");
    assert_eq!(found.len(), 1, "no more than asked for");
    apply(cache, vec![keep(incoming("1", "Bisoprolol"), 2, 2)]).await;
    let found = cache.search("amlo".to_owned(), 10).await.expect("results");
    assert!(found.is_empty());
    let found = cache.search("biso".to_owned(), 10).await.expect("results");
    assert_eq!(found.len(), 1);
}
