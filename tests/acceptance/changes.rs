//! Checks after the first one: only what changed is read, and the mirror is as if all had been.

use chrono::TimeDelta;
use hale_contracts::provenance::FreshnessView;
use hale_contracts::record::{ItemStatus, RecordSectionRequest, RecordSectionView, SectionKind};
use hale_mock_backend::{Fault, Rule};
use hale_support::{TestApp, status};
use serde_json::{Value, json};

async fn section(test: &TestApp, section: SectionKind) -> RecordSectionView {
    let request = RecordSectionRequest {
        section,
        offset: 0,
        limit: 500,
    };
    test.app.record_section(request).await.unwrap()
}

fn titles(shown: &RecordSectionView) -> Vec<String> {
    shown
        .items
        .iter()
        .filter(|item| item.status != Some(ItemStatus::RemovedBySource))
        .map(|item| item.title.words().unwrap_or_default().to_owned())
        .collect()
}

fn removed(shown: &RecordSectionView) -> usize {
    shown
        .items
        .iter()
        .filter(|item| item.status == Some(ItemStatus::RemovedBySource))
        .count()
}

async fn patient(test: &TestApp) -> String {
    test.probe().await.patient().to_owned()
}

fn held(test: &TestApp, patient: &str, kind: &str) -> Vec<Value> {
    test.mock.store().resources(patient, kind)
}

/// Adds one, amends one and removes one.
fn change_conditions(test: &TestApp, patient: &str) {
    let store = test.mock.store();
    let all = held(test, patient, "Condition");
    let mut amended = all[0].clone();
    amended["code"] = json!({"text": "Amended problem"});
    store.put(patient, amended);
    let mut added = all[1].clone();
    added["id"] = json!("added-since");
    added["code"] = json!({"text": "Added problem"});
    store.put(patient, added);
    assert!(store.delete(patient, "Condition", all[2]["id"].as_str().unwrap()));
}

fn assert_changed(before: &RecordSectionView, after: &RecordSectionView, name: &str) {
    let now = titles(after);
    assert!(
        now.contains(&"Amended problem".to_owned()),
        "{name}: {now:?}"
    );
    assert!(now.contains(&"Added problem".to_owned()), "{name}: {now:?}");
    assert_eq!(now.len(), titles(before).len(), "{name}: {now:?}");
    assert_eq!(removed(after), 1, "{name}: it leaves a note");
    assert!(
        matches!(after.summary.freshness, FreshnessView::Fresh { .. }),
        "{name}: {:?}",
        after.summary.freshness
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_check_asks_only_for_what_changed_and_shows_it() {
    let test = TestApp::signed_in("full").await;
    let before = section(&test, SectionKind::Conditions).await;
    test.mock.log().clear();
    test.sync().await;
    for entry in test.mock.log().entries() {
        let is_search = entry.query.contains("patient=") && !entry.path.contains("/List");
        if is_search {
            assert!(entry.query.contains("_lastUpdated=ge"), "{entry:?}");
        }
    }
    let quiet = section(&test, SectionKind::Conditions).await;
    assert_eq!(titles(&quiet), titles(&before));
    let checked = |shown: &RecordSectionView| {
        let last = shown.items[0].provenance.last_checked.as_ref();
        last.expect("when it was checked").utc
    };
    assert!(checked(&quiet) > checked(&before), "it was confirmed");

    change_conditions(&test, &patient(&test).await);
    test.sync().await;
    let after = section(&test, SectionKind::Conditions).await;
    assert_changed(&before, &after, "with a history");
    assert!(
        after.summary.news.new >= 1 && after.summary.news.removed == 1,
        "it is said to be new: {:?}",
        after.summary.news
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_not_changed_is_not_sent_again() {
    let test = TestApp::signed_in("full").await;
    test.mock.log().clear();
    test.sync().await;
    let log = test.mock.log().entries();
    let unchanged: Vec<&str> = log
        .iter()
        .filter(|entry| entry.status == Some(304))
        .map(|entry| entry.path.as_str())
        .collect();
    assert!(
        unchanged.iter().any(|path| path.contains("/Patient/")),
        "{unchanged:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_know_less_are_read_more() {
    let refused = |path: &str| Rule::always(status(405)).on("GET", path);
    let ignored = Fault::IgnoredParameter {
        name: "_lastUpdated".to_owned(),
    };
    let cases = [
        ("no time of change", vec![Rule::always(ignored)]),
        (
            "a time of change refused",
            vec![
                Rule::always(status(400))
                    .on("GET", "/Condition")
                    .times(1)
                    .after(1),
            ],
        ),
    ];
    for (name, rules) in cases {
        let test = TestApp::signed_in("full").await;
        let before = section(&test, SectionKind::Conditions).await;
        change_conditions(&test, &patient(&test).await);
        for rule in rules {
            test.mock.faults().set(rule);
        }
        test.sync().await;
        assert_changed(
            &before,
            &section(&test, SectionKind::Conditions).await,
            name,
        );
    }

    // Without a history nobody says what was removed: the ids are compared once a day.
    let test = TestApp::signed_in("full").await;
    let before = section(&test, SectionKind::Conditions).await;
    test.mock.faults().set(refused("/Condition/_history"));
    change_conditions(&test, &patient(&test).await);
    test.sync().await;
    let soon = section(&test, SectionKind::Conditions).await;
    assert_eq!(removed(&soon), 0);
    assert!(titles(&soon).contains(&"Amended problem".to_owned()));
    test.clock.advance(TimeDelta::hours(25));
    test.sync().await;
    assert_changed(
        &before,
        &section(&test, SectionKind::Conditions).await,
        "by ids",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_is_amended_stays_inside_its_report() {
    let test = TestApp::signed_in("full").await;
    let before = section(&test, SectionKind::Results).await;
    let patient = patient(&test).await;
    let report = held(&test, &patient, "DiagnosticReport")
        .into_iter()
        .find(|report| report["result"].as_array().is_some_and(|all| all.len() > 1))
        .expect("a report with results");
    let reference = report["result"][0]["reference"].as_str().unwrap();
    let id = reference.rsplit('/').next().unwrap();
    let mut result = held(&test, &patient, "Observation")
        .into_iter()
        .find(|one| one["id"] == id)
        .expect("its result");
    result["note"] = json!([{"text": "Amended"}]);
    test.mock.store().put(&patient, result);
    test.sync().await;
    let after = section(&test, SectionKind::Results).await;
    assert_eq!(titles(&after), titles(&before));

    // Taken out of its report, it stands on its own.
    let mut without = report;
    without["result"].as_array_mut().unwrap().remove(0);
    test.mock.store().put(&patient, without);
    test.sync().await;
    let alone = section(&test, SectionKind::Results).await;
    assert_eq!(titles(&alone).len(), titles(&before).len() + 1);
}

/// What becomes visible has not changed at the source, so that no question for changes finds it.
#[tokio::test(flavor = "multi_thread")]
async fn a_wider_access_shows_what_is_old() {
    let test = TestApp::signed_in("full").await;
    let before = section(&test, SectionKind::Conditions).await;
    let patient = patient(&test).await;
    test.mock
        .faults()
        .set(Rule::always(Fault::NothingFound).on("GET", "/Condition"));
    test.clock.advance(TimeDelta::days(8));
    test.sync().await;
    assert!(titles(&section(&test, SectionKind::Conditions).await).is_empty());
    test.mock.faults().clear();
    test.sync().await;
    let narrow = section(&test, SectionKind::Conditions).await;
    assert!(titles(&narrow).is_empty(), "nothing changed at the source");

    let mut person = held(&test, &patient, "Patient").remove(0);
    let extensions = person["extension"].as_array_mut().expect("its extensions");
    let access = extensions
        .iter_mut()
        .find(|one| {
            one["url"]
                .as_str()
                .is_some_and(|url| url.ends_with("access-level"))
        })
        .expect("the access that is stated");
    let text = access.to_string().replace("\"full\"", "\"documents\"");
    *access = serde_json::from_str(&text).unwrap();
    test.mock.store().put(&patient, person);
    test.sync().await;
    let wide = section(&test, SectionKind::Conditions).await;
    assert_eq!(titles(&wide), titles(&before));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_reading_that_was_stopped_goes_on_where_it_was() {
    let mut test = TestApp::start("long").await;
    test.sign_in().await.unwrap();
    let pages = 12;
    let path = "/Observation?category=laboratory";
    test.mock
        .faults()
        .set(Rule::always(status(503)).on("GET", path).after(pages));
    test.sync().await;
    let part = section(&test, SectionKind::Results).await;
    assert!(part.total > 0, "what arrived is shown");
    assert!(part.summary.error.is_some(), "and that it is not all");

    test.mock.faults().clear();
    test.restart().await;
    test.mock.log().clear();
    test.sync().await;
    let asked = |test: &TestApp| {
        let log = test.mock.log().entries();
        log.into_iter()
            .filter(|entry| entry.path.ends_with("/Observation"))
            .filter(|entry| !entry.query.contains("_elements") && entry.status == Some(200))
            .count()
    };
    let resumed = asked(&test);
    let after = section(&test, SectionKind::Results).await;
    assert!(matches!(
        after.summary.freshness,
        FreshnessView::Fresh { .. }
    ));

    let whole = TestApp::start("long").await;
    whole.sign_in().await.unwrap();
    whole.mock.log().clear();
    whole.sync().await;
    let expected = section(&whole, SectionKind::Results).await;
    assert_eq!(after.total, expected.total);
    assert!(
        after.summary.news.is_none(),
        "the first reading is not news"
    );
    let all = asked(&whole);
    assert!(
        resumed + 8 <= all,
        "{resumed} pages after the stop, {all} in all"
    );
}

/// While a reading is stopped, what is on the pages before may go, so that the pages shift and an
/// entry stands on none of those that are read.
#[tokio::test(flavor = "multi_thread")]
async fn pages_that_shift_while_a_reading_is_stopped_lose_nothing() {
    let test = TestApp::start("long").await;
    test.sign_in().await.unwrap();
    let path = "/Observation?category=laboratory";
    test.mock
        .faults()
        .set(Rule::always(status(503)).on("GET", path).after(12));
    test.sync().await;
    test.mock.faults().clear();
    let patient = patient(&test).await;
    let listed = test
        .probe()
        .await
        .search("Observation?category=laboratory&patient={}&_count=100")
        .await;
    for gone in listed.iter().take(7) {
        let id = gone["id"].as_str().unwrap();
        assert!(test.mock.store().delete(&patient, "Observation", id));
    }
    test.sync().await;
    let shown = section(&test, SectionKind::Results).await;
    let whole = TestApp::start("long").await;
    whole.sign_in().await.unwrap();
    for gone in listed.iter().take(7) {
        let id = gone["id"].as_str().unwrap();
        whole.mock.store().delete(&patient, "Observation", id);
    }
    whole.sync().await;
    let expected = section(&whole, SectionKind::Results).await;
    assert_eq!(titles(&shown).len(), titles(&expected).len());
}
