//! The record: what is shown is what the backend serves, and an absence is never shown as a fact.

use hale_contracts::error::ErrorCode;
use hale_contracts::provenance::FreshnessView;
use hale_contracts::reasons::{RecordAccess, WhyNot};
use hale_contracts::record::{
    AbsenceView, RecordItemRequest, RecordSectionRequest, SearchRecordRequest, SectionKind,
};
use hale_mock_backend::{BadEntry, Fault, Rule};
use hale_support::{TestApp, status};

fn section(section: SectionKind) -> RecordSectionRequest {
    RecordSectionRequest {
        section,
        offset: 0,
        limit: 500,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_entry_that_the_backend_serves_is_shown() {
    let test = TestApp::signed_in("full").await;
    let probe = test.probe().await;
    let cases = [
        (SectionKind::Allergies, "AllergyIntolerance?patient={}"),
        (SectionKind::Conditions, "Condition?patient={}"),
        (SectionKind::Immunisations, "Immunization?patient={}"),
        (SectionKind::Consultations, "Encounter?patient={}"),
        (SectionKind::Procedures, "Procedure?patient={}"),
        (SectionKind::Documents, "DocumentReference?patient={}"),
    ];
    for (kind, search) in cases {
        let served = probe.search(search).await;
        let shown = test.app.record_section(section(kind)).await.unwrap();
        assert!(!served.is_empty(), "the persona has {kind:?}");
        assert_eq!(shown.items.len(), served.len(), "{kind:?}");
        assert_eq!(shown.summary.skipped, 0, "{kind:?}");
        assert!(
            matches!(shown.summary.freshness, FreshnessView::Fresh { .. }),
            "{kind:?}: {:?}",
            shown.summary.freshness
        );
        for item in &shown.items {
            let id = item.id.0.rsplit(['~', '/']).next().unwrap();
            assert!(
                served.iter().any(|resource| resource["id"] == id),
                "{kind:?}: {id} is not what the backend serves"
            );
            assert!(item.title.words().is_some(), "{kind:?}: {id} has no title");
            assert!(!item.provenance.source.name.is_empty());
            assert!(item.provenance.last_checked.is_some(), "{kind:?}: {id}");
        }
    }
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

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_section_says_in_which_way_it_is_empty() {
    let test = TestApp::signed_in("empty").await;
    let summary = test.app.record_summary().await.unwrap();
    for section in summary.sections {
        let absence = section.absence.clone().expect("there is nothing in it");
        assert!(
            !matches!(absence, AbsenceView::NotLoaded | AbsenceView::Failed { .. }),
            "{:?}: {absence:?}",
            section.kind
        );
    }
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
