//! The program as it is run, against the mock and against a server that is not ours.

#![cfg(test)]

use std::process::Output;

use hale_mock_backend::{Config, MockBackend, Rule, RunningMock};
use hale_support::NodeServer;
use tokio::process::Command;

/// What the program said, and how it ended.
struct Walked {
    rows: String,
    code: Option<i32>,
}

impl Walked {
    /// The verdict of a step.
    fn verdict(&self, step: &str) -> &str {
        let rows = &self.rows;
        let row = rows
            .lines()
            .find(|row| row.get(11..).is_some_and(|rest| rest.starts_with(step)))
            .unwrap_or_else(|| panic!("no {step} in:\n{rows}"));
        row[..9].trim()
    }

    fn is(&self, verdict: &str, steps: &[&str]) {
        for step in steps {
            assert_eq!(self.verdict(step), verdict, "{step} in:\n{}", self.rows);
        }
    }
}

async fn walk(arguments: &[&str]) -> Walked {
    let Output { status, stdout, .. } = Command::new(env!("CARGO_BIN_EXE_hale-conformance"))
        .args(arguments)
        .output()
        .await
        .unwrap();
    Walked {
        rows: String::from_utf8(stdout).unwrap(),
        code: status.code(),
    }
}

async fn mock() -> RunningMock {
    hale_support::install_crypto();
    MockBackend::start(Config::default()).await.unwrap()
}

/// What every server has to do.
const MUSTS: [&str; 15] = [
    "discovery",
    "sign-in",
    "person and practice",
    "appointments",
    "allergies",
    "medicines",
    "conditions",
    "results",
    "immunisations",
    "consultations",
    "observations",
    "procedures",
    "documents",
    "only this patient's",
    "second check",
];

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_good_against_the_mock() {
    let mock = mock().await;
    let base = mock.fhir_base().to_string();
    let walked = walk(&["--server", &base, "--persona", "full", "--write"]).await;
    walked.is("good", &MUSTS);
    walked.is(
        "good",
        &[
            "metadata",
            "patient",
            "paging",
            "what changed",
            "handling=strict",
            "find by identifier",
            "free times",
            "booking",
            "conditional create",
            "sign-out",
        ],
    );
    assert_eq!(walked.code, Some(0), "{}", walked.rows);
    assert!(walked.rows.ends_with(" 0 not tried\n"), "{}", walked.rows);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_unless_it_is_asked_for() {
    let mock = mock().await;
    let probe = hale_support::Probe::sign_in(&mock, "full").await;
    let search = "Appointment?patient={}&_count=200";
    let before = probe.search(search).await.len();
    let base = mock.fhir_base().to_string();
    let walked = walk(&["--server", &base, "--persona", "full"]).await;
    walked.is("not tried", &["booking", "conditional create"]);
    assert_eq!(walked.code, Some(0), "{}", walked.rows);
    assert_eq!(probe.search(search).await.len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_record_is_printed() {
    let mock = mock().await;
    let probe = hale_support::Probe::sign_in(&mock, "full").await;
    let patient = probe.search("Patient?_id={}").await.remove(0);
    let number = patient["identifier"][0]["value"].as_str().unwrap();
    let family = patient["name"][0]["family"].as_str().unwrap();
    let base = mock.fhir_base().to_string();
    let walked = walk(&["--server", &base, "--persona", "full"]).await;
    for word in [number, family, probe.patient()] {
        assert!(!walked.rows.contains(word), "{word} in:\n{}", walked.rows);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_fails_is_named_and_ends_the_program_with_1() {
    let mock = mock().await;
    let refused = hale_support::status(500);
    mock.faults()
        .set(Rule::always(refused).on("GET", "/Immunization"));
    let base = mock.fhir_base().to_string();
    let walked = walk(&["--server", &base, "--persona", "full"]).await;
    walked.is("FAILED", &["immunisations", "second check"]);
    walked.is("good", &["allergies", "documents"]);
    assert_eq!(walked.code, Some(1), "{}", walked.rows);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_where_nothing_answers_is_one_row() {
    let walked = walk(&["--server", "http://127.0.0.1:9/fhir", "--unattended"]).await;
    walked.is("FAILED", &["discovery"]);
    assert_eq!(walked.code, Some(1));
    let walked = walk(&["--unattended"]).await;
    assert_eq!(walked.code, Some(2), "no server is named");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_ours_is_told_what_it_lacks() {
    let (_server, base) = NodeServer::start("elsewhere/server.mjs", &[]).await;
    let walked = walk(&["--server", &base, "--unattended", "--write"]).await;
    walked.is("good", &MUSTS);
    walked.is(
        "good",
        &[
            "what changed",
            "unchanged (ETag)",
            "find by identifier",
            "booking",
            "conditional create",
        ],
    );
    walked.is(
        "lacking",
        &["metadata", "what was removed", "handling=strict"],
    );
    assert_eq!(walked.code, Some(0), "{}", walked.rows);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_sends_other_peoples_entries_fails() {
    let (_server, base) = NodeServer::start("elsewhere/server.mjs", &["patient-ignored"]).await;
    let walked = walk(&["--server", &base, "--unattended"]).await;
    walked.is(
        "FAILED",
        &["only this patient's", "conditions", "appointments"],
    );
    assert_eq!(walked.code, Some(1), "{}", walked.rows);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_cut_off_without_a_link_is_named() {
    let (_server, base) = NodeServer::start("elsewhere/server.mjs", &["more-without-next"]).await;
    let walked = walk(&["--server", &base, "--unattended"]).await;
    walked.is("lacking", &["paging"]);
    walked.is("FAILED", &["immunisations"]);
    walked.is("good", &["allergies"]);
    assert_eq!(walked.code, Some(1), "{}", walked.rows);
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_without_an_id_fail_by_name() {
    let (_server, base) = NodeServer::start("elsewhere/server.mjs", &["entry-without-id"]).await;
    let walked = walk(&["--server", &base, "--unattended"]).await;
    walked.is("FAILED", &["readable entries", "allergies"]);
    walked.is("good", &["only this patient's"]);
    assert_eq!(walked.code, Some(1), "{}", walked.rows);
}
