//! Published examples of the prescription services as a server's content: what they say of requests
//! and of the pharmacy is shown, none of it without words.
//!
//! Reads `../shared/data` beside the checkout where it exists; the shapes that matter are tested
//! without it too, where they are read.

use std::path::{Path, PathBuf};

use hale_contracts::repeats::{PharmacyStatus, RequestStatus};
use hale_support::TestApp;
use serde_json::{Value, json};

fn published(folder: &str) -> Option<PathBuf> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = all.join(folder);
    if !folder.is_dir() {
        println!("no published examples beside this checkout");
        return None;
    }
    Some(folder)
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The resources of an example, those of bundles within bundles too.
fn resources(bundle: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    for entry in bundle["entry"].as_array().into_iter().flatten() {
        let resource = &entry["resource"];
        if resource["resourceType"] == "Bundle" {
            all.extend(resources(resource));
        } else {
            all.push(resource.clone());
        }
    }
    all
}

/// Puts resources of these types into the record of the patient who is signed in.
async fn put(test: &TestApp, examples: Vec<Value>) {
    let patient = test.probe().await.patient().to_owned();
    for (at, mut one) in examples.into_iter().enumerate() {
        let kind = one["resourceType"].as_str().unwrap_or_default().to_owned();
        let whose = match kind.as_str() {
            "Task" => "for",
            "MedicationRequest" => "subject",
            _ => continue,
        };
        one[whose] = json!({"reference": format!("Patient/{patient}")});
        if kind == "Task" {
            one["requester"] = one[whose].clone();
        }
        if one["id"].is_null() {
            one["id"] = json!(format!("example-{at}"));
        }
        test.mock.store().put(&patient, one);
    }
    test.sync().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn published_requests_are_shown_with_their_status_and_reason() {
    let Some(folder) = published("gpconnect-pfs-prescriptions-r4") else {
        return;
    };
    let test = TestApp::signed_in("empty").await;
    let name = "Task-get-200-include-Medication-Requests.json";
    put(&test, resources(&read(&folder.join(name)))).await;
    let shown = test.app.repeats().await.unwrap();
    assert_eq!(shown.medicines.len(), 1);
    assert_eq!(shown.skipped, 0);
    let of = |status| shown.requests.iter().find(|one| one.status == Some(status));
    for status in [
        RequestStatus::Requested,
        RequestStatus::Rejected,
        RequestStatus::InProgress,
    ] {
        let request = of(status).unwrap_or_else(|| panic!("{status:?}"));
        let medicine = request.medicine.as_deref().unwrap_or_default();
        assert!(medicine.contains("Pulmicort"), "{status:?}: {medicine}");
    }
    let rejected = of(RequestStatus::Rejected).and_then(|one| one.reason.as_deref());
    let reason = "No longer suitable, please contact GP to organise an appointment";
    assert_eq!(rejected, Some(reason));
    let note = of(RequestStatus::Requested).and_then(|one| one.note.as_deref());
    assert_eq!(note, Some("Ran out of previous prescription"));

    // Completed, and joined with its prescription by the number of the item.
    let test = TestApp::signed_in("empty").await;
    let mut all = resources(&read(&folder.join("GetResponseMultiplePrescriptions.json")));
    all.extend(resources(&read(
        &folder.join("Task-get-200-completed-and-sent-to-EPS.json"),
    )));
    put(&test, all).await;
    let shown = test.app.repeats().await.unwrap();
    let completed = |status| status == Some(RequestStatus::Completed);
    let request = shown.requests.iter().find(|one| completed(one.status));
    let request = request.expect("it is shown");
    assert_eq!(
        request.prescription_id.as_deref(),
        Some("CDT38E-Y765968-4FG3BQ")
    );
    assert!(request.barcode.is_some() && request.pharmacy.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn published_prescriptions_are_followed_at_the_pharmacy() {
    let Some(folder) = published("prescriptions-for-patients") else {
        return;
    };
    let folder = folder.join("specification/GetMyPrescriptions/Bundle/success");
    let mut met = Vec::new();
    for file in std::fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        let test = TestApp::signed_in("empty").await;
        let examples = resources(&read(&path));
        let orders = examples
            .iter()
            .filter(|one| one["intent"] == "order")
            .count();
        put(&test, examples).await;
        let shown = test.app.repeats().await.unwrap();
        let told = shown.requests.iter().filter_map(|one| one.at_pharmacy());
        let told: Vec<PharmacyStatus> = told.map(|(status, _)| status).collect();
        assert!(told.len() <= orders, "{path:?}");
        assert!(
            !told.contains(&PharmacyStatus::Unknown),
            "{path:?}: {told:?}"
        );
        assert!(
            shown.requests.iter().all(|one| one.medicine.is_some()),
            "{path:?}"
        );
        met.extend(told);
    }
    for status in [
        PharmacyStatus::WithPharmacy,
        PharmacyStatus::ReadyToDispatch,
        PharmacyStatus::ReadyToDispatchPartial,
    ] {
        assert!(met.contains(&status), "{status:?} is in the examples");
    }
}
