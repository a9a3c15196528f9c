//! What comes first in a check: what the patient asked for, and what they look at.

use chrono::TimeDelta;
use hale_contracts::outbox::MessageReplyRequest;
use hale_contracts::record::{RecordSectionRequest, SectionKind};
use hale_mock_backend::{Fault, Rule};
use hale_support::{TestApp, status};

/// Where the first request for a path stands among those of the log.
fn place(test: &TestApp, method: &str, path: &str) -> usize {
    let entries = test.mock.log().entries();
    entries
        .iter()
        .position(|entry| entry.method == method && entry.path.ends_with(path))
        .unwrap_or_else(|| panic!("{method} {path} was asked for"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_section_that_is_shown_is_read_before_the_others() {
    let test = TestApp::signed_in("full").await;
    for (section, path) in [
        (SectionKind::Documents, "/DocumentReference"),
        (SectionKind::CarePlans, "/CarePlan"),
        (SectionKind::Procedures, "/Procedure"),
    ] {
        let request = RecordSectionRequest {
            section,
            offset: 0,
            limit: 0,
        };
        test.app.record_section(request).await.unwrap();
        test.mock.log().clear();
        test.sync().await;
        // Those that are read side by side with it may come a moment earlier.
        let all = ["/Condition", "/Immunization", "/Encounter", "/Observation"];
        let later = all
            .into_iter()
            .filter(|other| place(&test, "GET", path) < place(&test, "GET", other));
        assert!(later.count() >= 2, "{path} comes first");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_sent_while_the_record_is_still_read() {
    let test = TestApp::signed_in("full").await;
    let faults = test.mock.faults();
    faults.set(Rule::once(status(429)).on("POST", "/Communication"));
    let request = MessageReplyRequest {
        request_id: uuid::Uuid::new_v4().to_string(),
        in_response_to: "message-1".to_owned(),
        organisation_id: "practice".to_owned(),
        text: "Thank you".to_owned(),
    };
    test.app.reply_to_message(request).await.unwrap();
    assert_eq!(test.app.pending_requests().await.unwrap().len(), 1);
    test.clock.advance(TimeDelta::minutes(3));
    faults.set(Rule::always(Fault::Slow { millis: 700 }).on_path("/Condition"));
    test.mock.log().clear();
    test.sync().await;
    assert!(test.app.pending_requests().await.unwrap().is_empty());
    let sent = place(&test, "POST", "/Communication");
    assert!(sent < place(&test, "GET", "/CarePlan"));
}
