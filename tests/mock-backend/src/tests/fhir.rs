//! Reading: searches, pages, includes, who may see what, history.

use serde_json::{Value, json};

use super::client::{Client, mock, next, resources, send};

#[tokio::test]
async fn metadata_needs_no_token_and_everything_else_does() {
    let mock = mock().await;
    let metadata = send(&mock, "GET", "/fhir/metadata", &[], "").await.unwrap();
    assert_eq!(metadata.json()["fhirVersion"], "4.0.1");
    let other = send(&mock, "GET", "/fhir/Patient/p000001", &[], "")
        .await
        .unwrap();
    assert_eq!(
        (other.status, other.code().as_str()),
        (401, "ACCESS_DENIED")
    );
}

#[tokio::test]
async fn a_patient_reads_only_their_own_record() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    assert_eq!(
        client.get("Patient/{}").await.json()["id"],
        client.patient()
    );
    for path in [
        "Patient/p000002",
        "Condition?patient=p000002",
        "Patient/p000002/$everything",
    ] {
        let answer = client.get(path).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (403, "ACCESS_DENIED"),
            "{path}"
        );
    }
    let theirs = mock.store().resources("p000002", "Condition");
    let id = theirs[0]["id"].as_str().unwrap();
    assert_eq!(
        client.get(&format!("Condition/{id}")).await.status,
        404,
        "it is not even there"
    );
}

#[tokio::test]
async fn sections_beyond_the_access_are_refused_with_words() {
    let mock = mock().await;
    for (persona, path, status) in [
        ("summary", "AllergyIntolerance?patient={}", 200),
        ("summary", "MedicationRequest?patient={}", 200),
        ("summary", "Condition?patient={}", 403),
        ("summary", "DocumentReference?patient={}", 403),
        ("p5", "Patient/{}", 200),
        ("p5", "AllergyIntolerance?patient={}", 403),
        ("p5", "Slot?status=free", 403),
        ("under-16", "Condition?patient={}", 403),
    ] {
        let client = Client::of(&mock, persona).await;
        let answer = client.get(path).await;
        assert_eq!(answer.status, status, "{persona} {path}");
        if status == 403 {
            let text = answer.json()["issue"][0]["details"]["text"].clone();
            assert!(text.as_str().unwrap().contains(' '), "it says why: {text}");
        }
    }
    let answer = Client::of(&mock, "under-16")
        .await
        .get("Condition?patient={}")
        .await;
    assert_eq!(answer.json()["issue"][0]["diagnostics"], "UNDER_16_DENIED");
}

#[tokio::test]
async fn pages_together_are_the_whole_and_nothing_twice() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let whole = client.search("Observation?patient={}&_count=500").await;
    let paged = client.search("Observation?patient={}&_count=7").await;
    assert!(whole.len() > 14, "enough for three pages");
    assert_eq!(paged, whole);
    let first = client.get("Observation?patient={}&_count=7").await.json();
    assert!(
        next(&first).unwrap().contains("_page="),
        "the link is opaque"
    );
    assert_eq!(first["total"], whole.len());
}

#[tokio::test]
async fn a_search_by_post_is_the_same() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let body = format!("patient={}", client.patient());
    let posted = client
        .try_send("POST", "Condition/_search", &headers, &body)
        .await
        .unwrap();
    let got = client.get("Condition?patient={}").await;
    assert_eq!(posted.json()["entry"], got.json()["entry"]);
}

#[tokio::test]
async fn searches_narrow_by_category_and_time() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let all = client.search("Observation?patient={}").await;
    let laboratory = client
        .search("Observation?patient={}&category=laboratory")
        .await;
    let vital = client
        .search("Observation?patient={}&category=vital-signs")
        .await;
    assert!(!laboratory.is_empty() && !vital.is_empty());
    assert!(laboratory.len() < all.len());
    let before = client.search("Condition?patient={}").await.len();
    mock.clock().advance(chrono::TimeDelta::minutes(2));
    let since = mock
        .clock()
        .now()
        .format("%Y-%m-%dT%H:%M:%S%:z")
        .to_string();
    let since = since.replace('+', "%2B");
    let changed = client
        .search(&format!("Condition?patient={{}}&_lastUpdated=ge{since}"))
        .await;
    assert_eq!(changed.len(), 0);
    let new = json!({
        "resourceType": "Condition", "id": "new", "code": { "text": "New" },
        "subject": { "reference": format!("Patient/{}", client.patient()) },
    });
    mock.store().put(client.patient(), new);
    let changed = client
        .search(&format!("Condition?patient={{}}&_lastUpdated=ge{since}"))
        .await;
    assert_eq!(changed.len(), 1);
    assert_eq!(
        client.search("Condition?patient={}").await.len(),
        before + 1
    );
}

#[tokio::test]
async fn sorting_and_elements_do_what_they_say() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let sorted = client
        .search("Observation?patient={}&category=laboratory&_sort=-date")
        .await;
    let dates: Vec<&str> = sorted
        .iter()
        .filter_map(|one| one["effectiveDateTime"].as_str())
        .collect();
    assert!(
        dates.windows(2).all(|two| two[0][..10] >= two[1][..10]),
        "{dates:?}"
    );
    for one in client.search("Condition?patient={}&_elements=id").await {
        let mut names: Vec<&String> = one.as_object().unwrap().keys().collect();
        names.sort();
        assert_eq!(names, ["id", "meta", "resourceType"]);
    }
}

#[tokio::test]
async fn includes_bring_what_is_referred_to_once() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let search = "Slot?status=free&start=ge2026-03-03&start=lt2026-03-05&_count=5\
                  &_include=Slot:schedule&_include:iterate=Schedule:actor";
    let bundle = client.get(search).await.json();
    let mut included: Vec<String> = resources(&bundle, "include")
        .iter()
        .map(|one| format!("{}/{}", one["resourceType"].as_str().unwrap(), one["id"]))
        .collect();
    let count = included.len();
    for kind in ["Schedule", "Practitioner", "Location"] {
        assert!(
            included
                .iter()
                .any(|one| one.starts_with(&format!("{kind}/"))),
            "{kind}"
        );
    }
    included.sort();
    included.dedup();
    assert_eq!(included.len(), count);
    let reports = "DiagnosticReport?patient={}&_include=DiagnosticReport:result&_count=1";
    let bundle = client.get(reports).await.json();
    assert_eq!(bundle["entry"][0]["search"]["mode"], "match");
    assert!(!resources(&bundle, "include").is_empty());
}

#[tokio::test]
async fn unknown_parameters_are_refused_only_when_strict() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let path = "Condition?patient={}&made-up=1";
    assert_eq!(client.get(path).await.status, 200);
    let strict = [("Prefer", "handling=strict")];
    assert_eq!(
        client
            .try_send("GET", path, &strict, "")
            .await
            .unwrap()
            .status,
        400
    );
    for bad in [
        "Condition?_count=many",
        "Condition?onset-date=xx",
        "Slot?start=soon",
    ] {
        assert_eq!(client.get(bad).await.status, 400, "{bad}");
    }
    assert_eq!(client.get("Nonsense?x=1").await.status, 404);
}

#[tokio::test]
async fn a_known_version_is_not_sent_again() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let tag = client.get("Patient/{}").await.header("etag").to_owned();
    assert_eq!(tag, "W/\"1\"");
    let known = [("If-None-Match", tag.as_str())];
    let answer = client
        .try_send("GET", "Patient/{}", &known, "")
        .await
        .unwrap();
    assert_eq!((answer.status, answer.bytes.len()), (304, 0));
}

#[tokio::test]
async fn the_history_tells_of_changes_and_deletions() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let conditions = client.search("Condition?patient={}").await;
    let (kept, gone) = (&conditions[0], &conditions[1]);
    let since = mock
        .clock()
        .now()
        .to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let mut changed = kept.clone();
    changed["note"] = json!([{ "text": "changed" }]);
    mock.store().put(client.patient(), changed);
    let id = gone["id"].as_str().unwrap();
    assert!(mock.store().delete(client.patient(), "Condition", id));
    let history = client
        .get(&format!("Condition/_history?_since={since}"))
        .await
        .json();
    assert_eq!(history["type"], "history");
    let entries = history["entry"].as_array().unwrap();
    let methods: Vec<&Value> = entries
        .iter()
        .map(|entry| &entry["request"]["method"])
        .collect();
    assert_eq!(entries.len(), 2, "{methods:?}");
    let deletion = entries
        .iter()
        .find(|one| one["request"]["method"] == "DELETE")
        .unwrap();
    assert_eq!(deletion["request"]["url"], format!("Condition/{id}"));
    assert_eq!(deletion.get("resource"), None);
    assert_eq!(client.get(&format!("Condition/{id}")).await.status, 410);
    let kept = kept["id"].as_str().unwrap();
    let versions = client
        .get(&format!("Condition/{kept}/_history"))
        .await
        .json();
    assert_eq!(versions["total"], 2);
    let first = client.get(&format!("Condition/{kept}/_history/1")).await;
    assert_eq!(first.json()["meta"]["versionId"], "1");
    assert_eq!(
        client.search("Condition?patient={}").await.len(),
        conditions.len() - 1
    );
    mock.store().reset();
    assert_eq!(client.search("Condition?patient={}").await, conditions);
}

#[tokio::test]
async fn an_empty_answer_has_no_entries_and_says_what_was_asked() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let base = mock.fhir_base();
    for path in [
        "Condition/_history?_since=2099-01-01&_count=5",
        "Condition?code=none-such&_count=5",
    ] {
        let bundle = client.get(path).await.json();
        assert_eq!(bundle["total"], 0, "{path}");
        assert_eq!(
            bundle.get("entry"),
            None,
            "{path}: FHIR has no empty arrays"
        );
        let links = json!([{ "relation": "self", "url": format!("{base}/{path}") }]);
        assert_eq!(bundle["link"], links, "{path}");
    }
    let whole = client.get("Condition/_history").await.json();
    assert_eq!(
        whole["link"][0]["url"],
        format!("{base}/Condition/_history")
    );
}

#[tokio::test]
async fn everything_is_everything_that_may_be_read() {
    let mock = mock().await;
    let full = Client::of(&mock, "full").await;
    let kinds = |all: &[Value]| -> std::collections::BTreeSet<String> {
        all.iter()
            .map(|one| one["resourceType"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = kinds(&full.search("Patient/{}/$everything?_count=50").await);
    assert!(all.contains("Condition") && all.contains("Patient"));
    let summary = Client::of(&mock, "summary").await;
    let some = kinds(&summary.search("Patient/{}/$everything").await);
    assert!(
        some.contains("Patient") && !some.contains("Condition"),
        "{some:?}"
    );
}

#[tokio::test]
async fn the_date_of_an_answer_is_that_of_the_clock() {
    let mock = mock().await;
    let answer = send(
        &mock,
        "GET",
        "/fhir/metadata",
        &[("X-Request-ID", "abc")],
        "",
    )
    .await
    .unwrap();
    assert!(
        answer.header("date").starts_with("Mon, 02 Mar 2026 10:0"),
        "{}",
        answer.header("date")
    );
    assert_eq!(answer.header("x-request-id"), "abc");
    assert_eq!(mock.log().entries()[0].request_id.as_deref(), Some("abc"));
}

#[tokio::test]
async fn a_document_is_read_as_itself() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let documents = client.search("DocumentReference?patient={}").await;
    let attachment = &documents[0]["content"][0]["attachment"];
    let url = attachment["url"].as_str().unwrap();
    let path = url
        .rsplit_once("Binary/")
        .map(|(_, id)| format!("Binary/{id}"))
        .unwrap();
    let kind = attachment["contentType"].as_str().unwrap();
    let answer = client
        .try_send("GET", &path, &[("Accept", kind)], "")
        .await
        .unwrap();
    assert_eq!((answer.status, answer.header("content-type")), (200, kind));
    assert_eq!(attachment["size"], answer.bytes.len());
}
