//! The journey against a server that is not ours, Medplum's router in memory behind a login that is
//! not ours, and what real servers did that a client must not fall for.
//!
//! What the router cannot do is left to the mock's tests: it includes nothing (`_include`), pages
//! without links, tells no history of a type, and a booked time stays free.

use chrono::{Days, Utc};
use hale_contracts::appointments::{
    AppointmentStatus, BookAppointmentRequest, BookingOutcomeView, FindSlotsRequest,
};
use hale_contracts::error::{ErrorCode, ErrorView};
use hale_contracts::provenance::FreshnessView;
use hale_contracts::record::{
    AbsenceView, RecordSectionRequest, RecordSectionView, SearchRecordRequest, SectionKind,
};
use hale_contracts::sync::SyncUnit;
use hale_support::{NodeServer, TestApp, Visitor};
use serde_json::{Value, json};

/// A word in each entry of the person who signs in, and in nobody else's.
const OWN_WORD: &str = "Quillwort";
/// A word in each entry of somebody else on the same server, and in nobody else's.
const OTHER_WORD: &str = "Thornapple";
const PATIENT: &str = "rosa-quill";

/// The app and the server.
struct Elsewhere {
    test: TestApp,
    server: NodeServer,
    base: String,
}

impl Elsewhere {
    /// Signed in at a server that shows these hazards; nothing is read yet.
    async fn signed_in(hazards: &[&str]) -> Self {
        let (server, base) = NodeServer::start("elsewhere/server.mjs", hazards).await;
        let mut test = TestApp::start("full").await;
        // From here on nothing but the other server can answer.
        test.mock.stop().await;
        test.use_backend(base.clone(), Visitor::following()).await;
        test.sign_in().await.expect("the sign-in succeeds");
        Self { test, server, base }
    }

    /// The same, with the record read.
    async fn synced(hazards: &[&str]) -> Self {
        let elsewhere = Self::signed_in(hazards).await;
        elsewhere.test.sync().await;
        elsewhere
    }

    async fn section(&self, section: SectionKind) -> RecordSectionView {
        let request = RecordSectionRequest {
            section,
            offset: 0,
            limit: 500,
        };
        self.test.app.record_section(request).await.unwrap()
    }

    /// Titles of what a search on this device finds.
    async fn found(&self, text: &str) -> Vec<String> {
        let request = SearchRecordRequest {
            text: text.to_owned(),
        };
        let found = self.test.app.search_record(request).await.unwrap();
        let titles = found.items.iter().map(|item| item.title.words());
        titles
            .map(|words| words.unwrap_or_default().to_owned())
            .collect()
    }

    /// Has the server's own people store a resource.
    async fn store(&mut self, resource: &Value) {
        self.server.tell(&resource.to_string()).await;
        self.server.next("stored").await;
    }

    /// A booking of the first free time.
    async fn booking(&self) -> BookAppointmentRequest {
        let search = FindSlotsRequest {
            from: Utc::now().date_naive() + Days::new(1),
            days: 14,
            channel: None,
            clinician: None,
            service: None,
        };
        let found = self.test.app.find_slots(search).await.unwrap();
        let slot = found.slots.first().expect("the practice has free times");
        BookAppointmentRequest {
            booking_id: uuid::Uuid::new_v4().to_string(),
            slot_id: slot.id.clone(),
            reason: Some("My knee has hurt for two weeks".to_owned()),
            phone: Some("07700 900123".to_owned()),
            replaces: None,
        }
    }

    /// How often the appointments ahead show this reason.
    async fn shown_bookings(&self) -> usize {
        let appointments = self.test.app.appointments().await.unwrap();
        let of_ours = |reason: &Option<String>| {
            reason
                .as_deref()
                .is_some_and(|it| it.starts_with("My knee"))
        };
        appointments
            .upcoming
            .iter()
            .filter(|one| of_ours(&one.reason) && one.status == AppointmentStatus::Booked)
            .count()
    }

    /// Everything of the own record is here, and nothing of anybody else's.
    async fn holds_only_the_own_record(&self) {
        let held = self.test.mirror().await;
        assert!(held.iter().any(|json| json.contains(OWN_WORD)));
        for json in &held {
            assert!(!json.contains(OTHER_WORD), "somebody else's: {json}");
            assert!(
                !json.contains("edith-thornapple"),
                "somebody else's: {json}"
            );
        }
        assert_eq!(self.found(OTHER_WORD).await, [""; 0]);
        for kind in SectionKind::ALL {
            let section = self.section(kind).await;
            assert_eq!(section.items.len(), 1, "{kind:?}: {section:?}");
            assert!(!format!("{section:?}").contains(OTHER_WORD), "{section:?}");
        }
        let appointments = self.test.app.appointments().await.unwrap();
        assert_eq!(appointments.upcoming.len(), 1, "{appointments:?}");
        assert!(!format!("{appointments:?}").contains(OTHER_WORD));
    }
}

/// It says that it does not show all.
fn is_incomplete(section: &RecordSectionView) -> bool {
    let is_stale = matches!(
        section.summary.freshness,
        FreshnessView::Stale {
            because: ErrorCode::Incomplete,
            ..
        }
    );
    is_stale && section.summary.error == Some(ErrorView::new(ErrorCode::Incomplete))
}

fn is_fresh(section: &RecordSectionView) -> bool {
    matches!(section.summary.freshness, FreshnessView::Fresh { .. })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journey_works_against_a_server_that_is_not_ours() {
    let mut elsewhere = Elsewhere::synced(&[]).await;
    elsewhere.holds_only_the_own_record().await;
    for kind in SectionKind::ALL {
        let section = elsewhere.section(kind).await;
        assert!(is_fresh(&section), "{section:?}");
        assert_eq!(section.summary.skipped, 0, "{section:?}");
    }
    let weight = elsewhere.section(SectionKind::Observations).await;
    assert!(format!("{:?}", weight.items[0]).contains("64.2"));

    // What its people add and change shows after the next check, and nothing else moves.
    let added = json!({"resourceType": "Condition", "id": "added",
        "subject": {"reference": format!("Patient/{PATIENT}")},
        "code": {"text": "Hay fever"}, "recordedDate": "2026-01-02"});
    elsewhere.store(&added).await;
    elsewhere.test.sync().await;
    let conditions = elsewhere.section(SectionKind::Conditions).await;
    assert_eq!(conditions.items.len(), 2, "{conditions:?}");
    assert_eq!(elsewhere.found("Hay fever").await, ["Hay fever"]);
    let allergies = elsewhere.section(SectionKind::Allergies).await;
    assert_eq!(allergies.items.len(), 1);
    assert!(allergies.summary.news.is_none());

    let booking = elsewhere.booking().await;
    let app = &elsewhere.test.app;
    let outcome = app.book_appointment(booking.clone()).await.unwrap();
    let BookingOutcomeView::Booked { appointment } = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(appointment.reason, booking.reason);
    let again = app.book_appointment(booking).await.unwrap();
    assert!(
        matches!(again, BookingOutcomeView::Booked { .. }),
        "{again:?}"
    );
    elsewhere.test.sync().await;
    assert_eq!(elsewhere.shown_bookings().await, 1);

    let before = elsewhere.test.app.record_summary().await.unwrap();
    let Elsewhere {
        mut test,
        server,
        base,
    } = elsewhere;
    server.stop().await;
    test.use_backend(base, Visitor::following()).await;
    let after = test.app.record_summary().await.unwrap();
    let counts = |sections: &[hale_contracts::record::SectionSummaryView]| -> Vec<u32> {
        sections.iter().map(|section| section.count).collect()
    };
    assert_eq!(counts(&after.sections), counts(&before.sections));
    let appointments = test.app.appointments().await.unwrap();
    assert_eq!(appointments.upcoming.len(), 2, "readable without a server");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_made_without_an_answer_is_found_by_its_identifier() {
    let elsewhere = Elsewhere::synced(&["no-answer-to-create"]).await;
    let booking = elsewhere.booking().await;
    let app = &elsewhere.test.app;
    let outcome = app.book_appointment(booking).await.unwrap();
    assert!(
        matches!(outcome, BookingOutcomeView::Booked { .. }),
        "{outcome:?}"
    );
    elsewhere.test.sync().await;
    assert_eq!(elsewhere.shown_bookings().await, 1, "made once");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_another_patient_is_stored_where_the_search_for_one_is_ignored() {
    let elsewhere = Elsewhere::synced(&["patient-ignored"]).await;
    elsewhere.holds_only_the_own_record().await;
    for kind in SectionKind::ALL {
        let section = elsewhere.section(kind).await;
        assert!(section.summary.skipped > 0, "{kind:?}: {section:?}");
        assert!(is_incomplete(&section), "{kind:?}: {section:?}");
    }
    let appointments = elsewhere.test.app.appointments().await.unwrap();
    assert_eq!(appointments.skipped, 1);
    assert_eq!(
        appointments.error,
        Some(ErrorView::new(ErrorCode::Incomplete))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_is_found_where_the_search_for_one_patient_is_ignored() {
    let elsewhere = Elsewhere::synced(&["patient-ignored", "no-answer-to-create"]).await;
    let booking = elsewhere.booking().await;
    let outcome = elsewhere.test.app.book_appointment(booking).await.unwrap();
    assert!(
        matches!(outcome, BookingOutcomeView::Booked { .. }),
        "{outcome:?}"
    );
    assert_eq!(elsewhere.shown_bookings().await, 1);
    assert_eq!(elsewhere.found(OTHER_WORD).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_without_an_id_is_counted_and_never_reads_as_none() {
    let elsewhere = Elsewhere::synced(&["entry-without-id"]).await;
    // The only one of its kind has no id: there is something, and it cannot be shown.
    let allergies = elsewhere.section(SectionKind::Allergies).await;
    assert!(allergies.items.is_empty(), "{allergies:?}");
    assert_eq!(allergies.summary.skipped, 1);
    assert!(is_incomplete(&allergies), "{allergies:?}");
    assert!(
        matches!(
            allergies.summary.absence,
            Some(AbsenceView::Failed { ref error }) if *error == ErrorView::new(ErrorCode::Incomplete)
        ),
        "{allergies:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_loses_its_id_keeps_what_was_held() {
    let mut elsewhere = Elsewhere::synced(&[]).await;
    let before = elsewhere.section(SectionKind::Allergies).await;
    let (spoilt, base) = NodeServer::start("elsewhere/server.mjs", &["entry-without-id"]).await;
    // The same server at another address, as a mock is: servers of this machine count as one.
    elsewhere.server.stop().await;
    (elsewhere.server, elsewhere.base) = (spoilt, base.clone());
    elsewhere.test.use_backend(base, Visitor::following()).await;
    elsewhere.test.sign_in().await.unwrap();
    elsewhere.test.sync().await;
    let after = elsewhere.section(SectionKind::Allergies).await;
    assert_eq!(after.items.len(), before.items.len(), "{after:?}");
    assert!(is_incomplete(&after), "{after:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_among_the_matches_is_no_entry_and_the_section_says_that_it_is_a_part() {
    for hazard in ["outcome-in-searchset", "error-in-searchset"] {
        let elsewhere = Elsewhere::synced(&[hazard]).await;
        elsewhere.holds_only_the_own_record().await;
        for kind in SectionKind::ALL {
            let section = elsewhere.section(kind).await;
            assert!(is_incomplete(&section), "{hazard} {kind:?}: {section:?}");
            assert_eq!(section.summary.skipped, 0, "{hazard}: it is no entry");
        }
        let held = elsewhere.test.mirror().await;
        assert!(!held.iter().any(|json| json.contains("OperationOutcome")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_cut_off_without_a_link_to_the_rest_is_shown_as_a_part() {
    let elsewhere = Elsewhere::synced(&["more-without-next"]).await;
    let vaccines = elsewhere.section(SectionKind::Immunisations).await;
    assert_eq!(vaccines.items.len(), 100, "what came is shown");
    assert!(is_incomplete(&vaccines), "{:?}", vaccines.summary);
    let allergies = elsewhere.section(SectionKind::Allergies).await;
    assert!(is_fresh(&allergies), "the other sections are whole");
    assert_eq!(allergies.items.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_describe_itself_is_used_all_the_same() {
    let elsewhere = Elsewhere::synced(&["no-metadata"]).await;
    elsewhere.holds_only_the_own_record().await;
    for kind in SectionKind::ALL {
        let section = elsewhere.section(kind).await;
        assert!(is_fresh(&section), "{section:?}");
    }
    let booking = elsewhere.booking().await;
    let outcome = elsewhere.test.app.book_appointment(booking).await.unwrap();
    assert!(
        matches!(outcome, BookingOutcomeView::Booked { .. }),
        "{outcome:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_is_refused_as_unknown_fails_by_name_and_never_reads_as_none() {
    let elsewhere = Elsewhere::signed_in(&["strict"]).await;
    let status = elsewhere.test.sync().await;
    // Those whose search asks for more than the matches.
    let refused = [
        SyncUnit::Appointments,
        SyncUnit::Record(SectionKind::Medicines),
        SyncUnit::Record(SectionKind::Results),
    ];
    for unit in status.units {
        let has_failed = unit.error.is_some() || unit.not_allowed.is_some();
        assert_eq!(has_failed, refused.contains(&unit.unit), "{unit:?}");
    }
    let results = elsewhere.section(SectionKind::Results).await;
    assert!(
        matches!(results.summary.absence, Some(AbsenceView::Failed { .. })),
        "{results:?}"
    );
}
