//! What is new, amended or removed since the patient last looked, over real HTTP and files.

use hale_contracts::appointments::{AppointmentView, AppointmentsView};
use hale_contracts::changes::{
    AppointmentsShownRequest, ChangeKind, ChangeView, NewsCountView, SectionShownRequest, ShownMark,
};
use hale_contracts::record::{
    ItemStatus, RecordItemView, RecordSectionRequest, RecordSectionView, SectionKind,
};
use hale_support::TestApp;
use serde_json::{Value, json};

async fn section(test: &TestApp, section: SectionKind) -> RecordSectionView {
    let request = RecordSectionRequest {
        section,
        offset: 0,
        limit: 500,
    };
    test.app.record_section(request).await.unwrap()
}

fn marks<'a>(changes: impl Iterator<Item = &'a Option<ChangeView>>) -> Vec<ShownMark> {
    changes
        .flatten()
        .map(|change| change.shown.clone())
        .collect()
}

async fn looked(test: &TestApp, shown: &RecordSectionView) {
    let request = SectionShownRequest {
        section: shown.summary.kind,
        shown: marks(shown.items.iter().map(|item| &item.change)),
    };
    test.app.section_shown(request).await.unwrap();
}

/// The items that are marked, by what they are called.
fn marked(shown: &RecordSectionView) -> Vec<(ChangeKind, String)> {
    let mut marked: Vec<_> = shown
        .items
        .iter()
        .filter_map(|item| Some((item.change.as_ref()?.kind, title(item))))
        .collect();
    marked.sort();
    marked
}

fn title(item: &RecordItemView) -> String {
    item.title.words().unwrap_or("no longer named").to_owned()
}

fn count(new: u32, amended: u32, removed: u32) -> NewsCountView {
    NewsCountView {
        new,
        amended,
        removed,
    }
}

async fn patient(test: &TestApp) -> String {
    test.probe().await.patient().to_owned()
}

fn held(test: &TestApp, patient: &str, kind: &str) -> Vec<Value> {
    test.mock.store().resources(patient, kind)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_item_says_what_became_of_it_until_it_was_looked_at() {
    let mut test = TestApp::signed_in("full").await;
    let first = section(&test, SectionKind::Conditions).await;
    assert!(first.total > 4);
    assert!(
        first.summary.news.is_none(),
        "what a first reading brings is no news"
    );
    assert!(first.looked_at.is_none(), "nobody has looked yet");
    assert!(test.app.home().await.unwrap().news.is_empty());
    looked(&test, &first).await;

    let patient = patient(&test).await;
    let store = test.mock.store();
    let all = held(&test, &patient, "Condition");
    let mut amended = all[0].clone();
    amended["code"] = json!({"text": "Amended problem"});
    store.put(&patient, amended.clone());
    let mut added = all[1].clone();
    added["id"] = json!("added-since");
    added["code"] = json!({"text": "Added problem"});
    store.put(&patient, added);
    assert!(store.delete(&patient, "Condition", all[2]["id"].as_str().unwrap()));
    let mut mistake = all[3].clone();
    mistake["verificationStatus"] = json!({"coding": [{"code": "entered-in-error"}]});
    store.put(&patient, mistake);
    // Another version and another profile of the same: nothing that anybody could see.
    let mut same = all[4].clone();
    same["meta"]["profile"] = json!(["https://example.org/another"]);
    store.put(&patient, same);
    test.sync().await;

    let shown = section(&test, SectionKind::Conditions).await;
    assert_eq!(shown.summary.news, count(1, 1, 2), "{:?}", marked(&shown));
    let kinds: Vec<ChangeKind> = marked(&shown).iter().map(|(kind, _)| *kind).collect();
    use ChangeKind::{Amended, New, Removed};
    assert_eq!(kinds, [New, Amended, Removed, Removed]);
    assert!(marked(&shown).contains(&(New, "Added problem".to_owned())));
    assert!(marked(&shown).contains(&(Amended, "Amended problem".to_owned())));
    let gone: Vec<&RecordItemView> = shown
        .items
        .iter()
        .filter(|item| item.change.as_ref().is_some_and(|it| it.kind == Removed))
        .collect();
    for item in &gone {
        let status = item.status;
        assert!(
            matches!(
                status,
                Some(ItemStatus::RemovedBySource | ItemStatus::EnteredInError)
            ),
            "{status:?}"
        );
        assert!(item.fields.is_empty() && item.values.is_empty());
    }
    let home = test.app.home().await.unwrap();
    assert_eq!(home.news.len(), 1);
    assert_eq!(home.news[0].section, SectionKind::Conditions);
    assert_eq!(home.news[0].count, count(1, 1, 2));

    // It stays after a restart, until the list was on the screen.
    test.restart().await;
    let again = section(&test, SectionKind::Conditions).await;
    assert_eq!(marked(&again), marked(&shown));
    assert!(again.looked_at.is_some());
    // What changes between the screen and the note of the look stays marked.
    amended["code"] = json!({"text": "Amended again"});
    test.mock.store().put(&patient, amended);
    test.sync().await;
    looked(&test, &again).await;
    let after = section(&test, SectionKind::Conditions).await;
    assert_eq!(marked(&after), [(Amended, "Amended again".to_owned())]);
    looked(&test, &after).await;
    test.restart().await;
    let quiet = section(&test, SectionKind::Conditions).await;
    assert_eq!(marked(&quiet), []);
    assert!(test.app.home().await.unwrap().news.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_amended_and_put_back_is_no_news() {
    let test = TestApp::signed_in("full").await;
    let patient = patient(&test).await;
    let as_it_was = held(&test, &patient, "Condition").remove(0);
    let mut amended = as_it_was.clone();
    amended["code"] = json!({"text": "Amended problem"});
    test.mock.store().put(&patient, amended);
    test.sync().await;
    let shown = section(&test, SectionKind::Conditions).await;
    assert_eq!(shown.summary.news, count(0, 1, 0));
    test.mock.store().put(&patient, as_it_was);
    test.sync().await;
    let shown = section(&test, SectionKind::Conditions).await;
    assert_eq!(shown.summary.news, count(0, 0, 0));
}

/// A result that stands in its report alone amends the report that shows it.
#[tokio::test(flavor = "multi_thread")]
async fn an_amended_result_marks_its_report() {
    let test = TestApp::signed_in("full").await;
    let patient = patient(&test).await;
    let report = held(&test, &patient, "DiagnosticReport")
        .into_iter()
        .find(|report| report["result"].as_array().is_some_and(|all| all.len() > 1))
        .expect("a report with results");
    let name = report["result"][0]["reference"].as_str().unwrap();
    let id = name.rsplit('/').next().unwrap();
    let mut result = held(&test, &patient, "Observation")
        .into_iter()
        .find(|one| one["id"] == id)
        .expect("its result");
    result["note"] = json!([{"text": "Amended"}]);
    test.mock.store().put(&patient, result);
    test.sync().await;
    let shown = section(&test, SectionKind::Results).await;
    assert_eq!(shown.summary.news, count(0, 1, 0));
    let item = shown.items.iter().find(|item| item.change.is_some());
    let id = report["id"].as_str().unwrap();
    assert!(item.is_some_and(|item| item.id.0.ends_with(&format!("DiagnosticReport~{id}"))));
}

fn appointments(view: &AppointmentsView) -> impl Iterator<Item = &AppointmentView> {
    view.upcoming
        .iter()
        .chain(&view.past)
        .chain(&view.cancelled)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appointment_that_was_moved_or_cancelled_says_so() {
    let mut test = TestApp::signed_in("full").await;
    let patient = patient(&test).await;
    let all = held(&test, &patient, "Appointment");
    assert!(all.len() > 1, "{}", all.len());
    let mut cancelled = all[0].clone();
    cancelled["status"] = json!("cancelled");
    test.mock.store().put(&patient, cancelled);
    let mut added = all[1].clone();
    added["id"] = json!("added-since");
    test.mock.store().put(&patient, added);
    test.sync().await;
    assert_eq!(
        test.app.home().await.unwrap().appointment_news,
        count(1, 1, 0)
    );
    test.restart().await;
    let shown = test.app.appointments().await.unwrap();
    let mut kinds: Vec<ChangeKind> = appointments(&shown)
        .filter_map(|one| Some(one.change.as_ref()?.kind))
        .collect();
    kinds.sort();
    assert_eq!(kinds, [ChangeKind::New, ChangeKind::Amended]);
    let request = AppointmentsShownRequest {
        shown: marks(appointments(&shown).map(|one| &one.change)),
    };
    test.app.appointments_shown(request).await.unwrap();
    let home = test.app.home().await.unwrap();
    assert!(home.appointment_news.is_none());
}
