//! The record: what is shown is what the backend serves, and an absence is never shown as a fact.

use std::collections::BTreeSet;

use hale_contracts::error::{ErrorCode, ErrorView};
use hale_contracts::phrase::{Phrase, RangeView};
use hale_contracts::provenance::FreshnessView;
use hale_contracts::reasons::{RecordAccess, WhyNot};
use hale_contracts::record::{
    AbsenceView, RecordItemRequest, RecordItemView, RecordSectionRequest, SearchRecordRequest,
    SectionKind,
};
use hale_contracts::sync::SyncUnit;
use hale_mock_backend::{BadEntry, Fault, Rule};
use hale_support::{TestApp, status};
use serde_json::Value;

fn section(section: SectionKind) -> RecordSectionRequest {
    RecordSectionRequest {
        section,
        offset: 0,
        limit: 500,
    }
}

/// The searches whose matches a section shows.
const SERVED: [(SectionKind, &[&str]); 11] = [
    (SectionKind::Allergies, &["AllergyIntolerance?patient={}"]),
    (
        SectionKind::Medicines,
        &[
            "MedicationStatement?patient={}",
            "MedicationRequest?patient={}",
        ],
    ),
    (SectionKind::Conditions, &["Condition?patient={}"]),
    (
        SectionKind::Results,
        &[
            "DiagnosticReport?patient={}",
            "Observation?patient={}&category=laboratory",
        ],
    ),
    (SectionKind::Immunisations, &["Immunization?patient={}"]),
    (SectionKind::Consultations, &["Encounter?patient={}"]),
    (
        SectionKind::Observations,
        &[
            "Observation?patient={}&category=vital-signs",
            "Observation?patient={}&category=social-history",
        ],
    ),
    (SectionKind::Procedures, &["Procedure?patient={}"]),
    (SectionKind::Documents, &["DocumentReference?patient={}"]),
    (SectionKind::Referrals, &["ServiceRequest?patient={}"]),
    (
        SectionKind::CarePlans,
        &["CarePlan?patient={}", "CareTeam?patient={}"],
    ),
];

fn name(resource: &Value) -> String {
    let text = |field: &str| resource[field].as_str().unwrap().to_owned();
    format!("{}~{}", text("resourceType"), text("id"))
}

/// The results that a report shows as its own.
fn within_reports(served: &[Value]) -> BTreeSet<String> {
    let results = served.iter().flat_map(|it| it["result"].as_array());
    let references = results
        .flatten()
        .map(|it| it["reference"].as_str().unwrap());
    references.map(|it| it.replace('/', "~")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_entry_that_the_backend_serves_is_shown() {
    let test = TestApp::signed_in("full").await;
    let probe = test.probe().await;
    for (kind, searches) in SERVED {
        let mut served = Vec::new();
        for search in searches {
            let found = probe.search(search).await;
            assert!(!found.is_empty(), "the persona has {search}");
            served.extend(found);
        }
        let within = within_reports(&served);
        let expected: BTreeSet<String> = served
            .iter()
            .map(name)
            .filter(|name| !within.contains(name))
            .collect();
        let shown = test.app.record_section(section(kind)).await.unwrap();
        let is_of = |item: &RecordItemView, name: &String| item.id.0.ends_with(name.as_str());
        for name in &expected {
            let count = shown.items.iter().filter(|it| is_of(it, name)).count();
            assert_eq!(count, 1, "{kind:?}: {name}");
        }
        assert_eq!(shown.items.len(), expected.len(), "{kind:?}");
        assert_eq!(shown.summary.skipped, 0, "{kind:?}");
        assert!(
            matches!(shown.summary.freshness, FreshnessView::Fresh { .. }),
            "{kind:?}: {:?}",
            shown.summary.freshness
        );
        for item in &shown.items {
            let id = &item.id.0;
            assert!(item.title.words().is_some(), "{kind:?}: {id} has no title");
            assert!(!item.provenance.source.name.is_empty());
            assert!(item.provenance.last_checked.is_some(), "{kind:?}: {id}");
        }
    }
}

/// The number of a quantity as it stands in the answer, to the last digit.
fn number(quantity: &Value) -> Option<String> {
    let comparator = quantity["comparator"].as_str().unwrap_or_default();
    let number = quantity["value"].as_number()?;
    Some(format!("{comparator}{number}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_shown_as_the_laboratory_wrote_it() {
    let test = TestApp::signed_in("full").await;
    let probe = test.probe().await;
    let served = probe
        .search("Observation?patient={}&category=laboratory")
        .await;
    let shown = test.app.record_section(section(SectionKind::Results)).await;
    let shown = shown.unwrap().items;
    let values: Vec<_> = shown.iter().flat_map(|item| &item.values).collect();
    let mut with_zeros = 0;
    for result in served {
        let Some(written) = number(&result["valueQuantity"]) else {
            continue;
        };
        let name = result["code"]["text"].as_str().unwrap();
        let range = &result["referenceRange"][0];
        let range = RangeView {
            low: number(&range["low"]),
            high: number(&range["high"]),
            unit: None,
        };
        let ranges = match &range {
            RangeView {
                low: None,
                high: None,
                ..
            } => Vec::new(),
            _ => vec![Phrase::Range(range.clone())],
        };
        let is_shown = values.iter().any(|value| {
            value.name == name
                && value.value == Some(Phrase::Text(written.clone()))
                && value.ranges == ranges
        });
        assert!(is_shown, "{name} {written} {range:?}\n{values:#?}");
        if name == "Total white cell count" {
            assert!(written.ends_with('0'), "the test needs a zero: {written}");
            assert_eq!(range.low.as_deref(), Some("3.50"));
            assert_eq!(range.high.as_deref(), Some("11.00"));
            with_zeros += 1;
        }
    }
    assert!(with_zeros > 0, "the persona had a blood count");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_opens_by_the_id_of_its_list() {
    let test = TestApp::signed_in("full").await;
    for kind in SectionKind::ALL {
        let list = test.app.record_section(section(kind)).await.unwrap();
        let listed = &list.items[0];
        let request = RecordItemRequest {
            id: listed.id.clone(),
        };
        let opened = test.app.record_item(request).await.unwrap();
        assert_eq!(&opened, listed, "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_failing_section_never_stops_the_others() {
    let test = TestApp::start("full").await;
    test.sign_in().await.unwrap();
    test.mock
        .faults()
        .set(Rule::always(status(500)).on("GET", "/Condition"));
    test.sync().await;
    let summary = test.app.record_summary().await.unwrap();
    for section in summary.sections {
        if section.kind == SectionKind::Conditions {
            let Some(AbsenceView::Failed { error }) = section.absence else {
                panic!("a failure is not an absence: {:?}", section.absence);
            };
            assert_eq!(error.code, ErrorCode::ServerUnavailable);
        } else {
            assert!(section.count > 0, "{:?} arrived", section.kind);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_section_that_fails_later_keeps_what_it_had_and_says_so() {
    let test = TestApp::signed_in("full").await;
    let before = test
        .app
        .record_section(section(SectionKind::Allergies))
        .await
        .unwrap();
    test.mock
        .faults()
        .set(Rule::always(status(503)).on("GET", "/AllergyIntolerance"));
    test.sync().await;
    let after = test
        .app
        .record_section(section(SectionKind::Allergies))
        .await
        .unwrap();
    assert_eq!(after.items, before.items);
    let FreshnessView::Stale { at, because } = after.summary.freshness else {
        panic!("{:?}", after.summary.freshness);
    };
    assert!(at.is_some());
    assert_eq!(because, ErrorCode::ServerUnavailable);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_summary_view_says_what_the_practice_does_not_share() {
    let test = TestApp::signed_in("summary").await;
    let summary = test.app.record_summary().await.unwrap();
    for section in summary.sections {
        match section.kind {
            SectionKind::Allergies | SectionKind::Medicines => {
                assert!(
                    !matches!(section.absence, Some(AbsenceView::NotAllowed { .. })),
                    "{:?} is shared",
                    section.kind
                );
            }
            kind => {
                let Some(AbsenceView::NotAllowed {
                    why: WhyNot::AccessLevel { have, .. },
                }) = section.absence
                else {
                    panic!("{kind:?}: {:?}", section.absence);
                };
                assert_eq!(have, RecordAccess::Summary);
            }
        }
    }
}

fn failed(code: ErrorCode) -> AbsenceView {
    let error = ErrorView::new(code);
    AbsenceView::Failed { error }
}

/// What the practice of the empty record states of each section, in the order of the sections.
const STATED: [AbsenceView; 11] = [
    AbsenceView::NotAsked,
    AbsenceView::NoneRecorded,
    AbsenceView::NoneRecorded,
    AbsenceView::NotYetFiled,
    AbsenceView::NotAsked,
    AbsenceView::Unavailable,
    AbsenceView::NotAsked,
    AbsenceView::NoneRecorded,
    AbsenceView::NoneRecorded,
    AbsenceView::NoneRecorded,
    AbsenceView::NotAsked,
];

/// What the practice states, but for some sections.
fn stated_but<const N: usize>(others: [(SectionKind, AbsenceView); N]) -> [AbsenceView; 11] {
    let mut all = STATED;
    for (kind, absence) in others {
        let place = SectionKind::ALL.iter().position(|it| *it == kind).unwrap();
        all[place] = absence;
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_section_says_in_which_way_it_is_empty() {
    let conditions = |absence| stated_but([(SectionKind::Conditions, absence)]);
    let on = |path: &str, fault: Fault| vec![Rule::always(fault).on("GET", path)];
    let refused = WhyNot::Refused { server_says: None };
    let page = Fault::HtmlPage { status: 403 };
    let outcome = Fault::BadEntry {
        entry: BadEntry::Outcome,
    };
    let cases = [
        ("as stated", vec![], STATED),
        (
            "no word on why",
            on("/List", status(404)),
            [const { AbsenceView::NothingSent }; 11],
        ),
        (
            "a source behind it did not answer",
            on("/Condition", Fault::Partial),
            conditions(failed(ErrorCode::Incomplete)),
        ),
        (
            "a warning beside nothing",
            on("/Condition", outcome),
            conditions(failed(ErrorCode::Incomplete)),
        ),
        (
            "it fails",
            on("/Condition", status(500)),
            conditions(failed(ErrorCode::ServerUnavailable)),
        ),
        (
            "it cannot be read",
            on("/Condition", Fault::TruncatedBody),
            conditions(failed(ErrorCode::UnreadableAnswer)),
        ),
        (
            "a gateway refuses it",
            on("/Condition", page),
            conditions(AbsenceView::NotAllowed { why: refused }),
        ),
        (
            "the service has no such thing",
            on("/Condition", status(404)),
            conditions(AbsenceView::NotAllowed {
                why: WhyNot::ServerLacksFeature,
            }),
        ),
    ];
    for (name, rules, expected) in cases {
        let test = TestApp::start("empty").await;
        test.sign_in().await.unwrap();
        test.mock.faults().replace(rules);
        test.sync().await;
        assert_eq!(absences(&test).await, expected.map(Some), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn none_is_not_said_any_more_after_an_answer_with_something_left_out() {
    for path in ["/Condition", "/List"] {
        let test = TestApp::signed_in("empty").await;
        let partial = Rule::always(Fault::Partial).on("GET", path);
        test.mock.faults().set(partial);
        test.sync().await;
        let absences = absences(&test).await;
        for (kind, absence) in SectionKind::ALL.into_iter().zip(absences) {
            let place = SectionKind::ALL.iter().position(|it| *it == kind).unwrap();
            let is_doubted = path == "/List" || kind == SectionKind::Conditions;
            let expected = match &STATED[place] {
                AbsenceView::NoneRecorded if is_doubted => AbsenceView::Unavailable,
                stated => stated.clone(),
            };
            assert_eq!(absence, Some(expected), "{path}: {kind:?}");
        }
    }
}

/// A gateway does not know what the service has: what it once stated is no longer sure, and what
/// comes after is read all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_gateways_page_is_no_word_of_the_service_on_what_it_lacks() {
    for (fault, is_failure) in [
        (Fault::HtmlPage { status: 404 }, true),
        (Fault::HtmlPage { status: 405 }, true),
        (status(404), false),
    ] {
        let test = TestApp::start("empty").await;
        test.sign_in().await.unwrap();
        let rule = Rule::always(fault.clone()).on("GET", "/List");
        test.mock.faults().set(rule);
        let units = test.sync().await.units;
        let person = units.iter().find(|it| it.unit == SyncUnit::Person).unwrap();
        let code = person.error.as_ref().map(|error| error.code);
        let failed = is_failure.then_some(ErrorCode::ServerUnavailable);
        assert_eq!(code, failed, "{fault:?}");
        let guidance = test.app.booking_guidance().await.unwrap();
        assert!(guidance.practice.is_some(), "{fault:?}: the rest is read");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_section_is_not_loaded_before_a_check_and_withheld_where_that_is_said() {
    let test = TestApp::start("empty").await;
    test.sign_in().await.unwrap();
    let none_loaded = [const { Some(AbsenceView::NotLoaded) }; 11];
    assert_eq!(absences(&test).await, none_loaded);
    let test = TestApp::signed_in("withheld").await;
    for (kind, absence) in SectionKind::ALL.into_iter().zip(absences(&test).await) {
        let is_withheld = matches!(
            kind,
            SectionKind::Results | SectionKind::Consultations | SectionKind::Documents
        );
        assert_eq!(
            absence == Some(AbsenceView::Withheld),
            is_withheld,
            "{kind:?}"
        );
    }
}

/// Why each section is empty, in their order.
async fn absences(test: &TestApp) -> [Option<AbsenceView>; 11] {
    let summary = test.app.record_summary().await.unwrap();
    let kinds: Vec<SectionKind> = summary.sections.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, SectionKind::ALL);
    let absences: Vec<_> = summary.sections.into_iter().map(|it| it.absence).collect();
    absences.try_into().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_entries_are_counted_and_never_drop_a_good_one() {
    for entry in [
        BadEntry::SchemaInvalid,
        BadEntry::WithoutId,
        BadEntry::OtherPatient,
    ] {
        let test = TestApp::start("full").await;
        test.sign_in().await.unwrap();
        let good = test
            .probe()
            .await
            .search("Condition?patient={}")
            .await
            .len();
        test.mock
            .faults()
            .set(Rule::always(Fault::BadEntry { entry }).on("GET", "/Condition"));
        test.sync().await;
        let shown = test
            .app
            .record_section(section(SectionKind::Conditions))
            .await
            .unwrap();
        assert!(
            shown.items.len() >= good,
            "{entry:?}: {} of {good}",
            shown.items.len()
        );
        if entry != BadEntry::SchemaInvalid {
            assert_eq!(shown.items.len(), good, "{entry:?}");
            assert!(shown.summary.skipped > 0, "{entry:?} is said");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_finds_what_is_on_the_device() {
    let test = TestApp::signed_in("full").await;
    let conditions = test
        .app
        .record_section(section(SectionKind::Conditions))
        .await
        .unwrap();
    let wanted = &conditions.items[0];
    let word = wanted
        .title
        .words()
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap();
    let text = word.chars().take(4).collect::<String>().to_uppercase();
    test.mock.stop().await;
    let found = test
        .app
        .search_record(SearchRecordRequest { text })
        .await
        .unwrap();
    assert!(
        found.items.iter().any(|item| item.id == wanted.id),
        "{:?}",
        wanted.title
    );
    assert!(found.not_searched.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_thousands_is_read_whole() {
    let test = TestApp::signed_in("long").await;
    let summary = test.app.record_summary().await.unwrap();
    let total: u32 = summary.sections.iter().map(|section| section.count).sum();
    assert!(total > 3_000, "{total} items of the long history");
    let served = test
        .probe()
        .await
        .search("Encounter?patient={}&_count=200")
        .await
        .len();
    let consultations = summary
        .sections
        .iter()
        .find(|section| section.kind == SectionKind::Consultations)
        .unwrap();
    assert_eq!(usize::try_from(consultations.count).unwrap(), served);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_made_anew_is_no_news() {
    let mut test = TestApp::signed_in("full").await;
    assert!(test.app.home().await.unwrap().news.is_empty());
    let mut pending = vec![test.folder().to_owned()];
    let mut removed = 0;
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else if path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("record.db"))
            {
                std::fs::remove_file(path).unwrap();
                removed += 1;
            }
        }
    }
    assert!(removed > 0, "the mirror is on the disk");
    test.restart().await;
    test.sync().await;
    let summary = test.app.record_summary().await.unwrap();
    assert!(summary.sections.iter().any(|section| section.count > 0));
    assert_eq!(test.app.home().await.unwrap().news, []);
}
