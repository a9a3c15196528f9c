use proptest::prelude::*;
use serde_json::json;

use super::*;

fn read(value: Value) -> Page {
    read_page(value.to_string().as_bytes()).unwrap()
}

fn ids(page: &Page) -> Vec<String> {
    page.entries
        .iter()
        .map(|entry| format!("{}/{}", entry.resource_type, entry.id))
        .collect()
}

#[test]
fn a_searchset_is_read_with_its_link_total_and_modes() {
    let page = read(json!({
        "resourceType": "Bundle", "type": "searchset", "total": "3",
        "link": [{"relation": "self", "url": "a"}, {"relation": "next", "url": "https://x.example/?p=2"}],
        "entry": [
            {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Slot", "id": "1",
                "meta": {"versionId": 7, "lastUpdated": "2021-10-11T15:01:30+01:00"}}},
            {"resource": {"resourceType": "Schedule", "id": 22}, "search": {"mode": "include"}},
            {"resource": {"resourceType": "OperationOutcome", "issue": [{"severity": "warning"}]},
                "search": {"mode": "outcome"}}
        ]
    }));
    assert_eq!(page.next.as_deref(), Some("https://x.example/?p=2"));
    assert_eq!(page.total, Some(3));
    assert_eq!(ids(&page), ["Slot/1", "Schedule/22"]);
    assert_eq!(page.entries[0].version.as_deref(), Some("7"));
    assert_eq!(
        page.entries[0].last_updated,
        Some("2021-10-11T14:01:30Z".parse().unwrap())
    );
    assert_eq!(page.entries[0].full_url.as_deref(), Some("urn:uuid:1"));
    assert_eq!(page.entries[1].mode, SearchMode::Include);
    assert_eq!(page.issues[0].severity.as_deref(), Some("warning"));
    assert!(page.skipped.is_empty());
}

#[test]
fn the_raw_slice_is_what_the_server_wrote() {
    let body = r#"{"resourceType":"Bundle","entry":[{"resource": {"resourceType" :"Slot","id":"1", "x":1.50}}]}"#;
    let page = read_page(body.as_bytes()).unwrap();
    assert_eq!(
        page.entries[0].raw.get(),
        r#"{"resourceType" :"Slot","id":"1", "x":1.50}"#
    );
}

#[test]
fn each_bad_entry_is_named_and_the_good_ones_stay() {
    let deep = format!(
        r#"{{"resource":{{"resourceType":"Condition","id":"deep","x":{}{}}}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let body = format!(
        r#"{{"resourceType":"Bundle","entry":[
            {{"resource":{{"resourceType":"Slot","id":"1"}}}},
            "text", null, [], {{}},
            {{"resource":[1]}},
            {{"resource":{{"id":"2"}}}},
            {{"resource":{{"resourceType":"Slot"}}}},
            {{"resource":{{"resourceType":"Slot","id":"a/b"}}}},
            {{"resource":{{"resourceType":"Slot","id":"3","x":"\ud800"}}}},
            {deep},
            {{"resource":{{"resourceType":"Slot","id":"9"}}}}
        ]}}"#
    );
    let page = read_page(body.as_bytes()).unwrap();
    assert_eq!(ids(&page), ["Slot/1", "Slot/9"]);
    let why: Vec<(usize, SkipReason)> = page
        .skipped
        .iter()
        .map(|skipped| (skipped.index, skipped.why))
        .collect();
    assert_eq!(
        why,
        [
            (1, SkipReason::NotAnObject),
            (2, SkipReason::NotAnObject),
            (3, SkipReason::NotAnObject),
            (4, SkipReason::NoResource),
            (5, SkipReason::NotAnObject),
            (6, SkipReason::NoType),
            (7, SkipReason::NoId),
            (8, SkipReason::BadId),
            (9, SkipReason::Broken),
            (10, SkipReason::TooDeep),
        ]
    );
    assert_eq!(page.skipped[9].resource_type.as_deref(), Some("Condition"));
    assert_eq!(page.skipped[9].id.as_deref(), Some("deep"));
}

#[test]
fn a_history_tells_what_was_deleted() {
    let page = read(
        json!({"resourceType": "Bundle", "type": "history", "entry": [
            {"fullUrl": "https://x.example/Condition/1",
                "request": {"method": "DELETE", "url": "Condition/1"},
                "response": {"status": "204", "lastModified": "2024-01-01T00:00:00Z"}},
            {"fullUrl": "https://x.example/Condition/2", "request": {"method": "delete"}},
            {"request": {"method": "DELETE"}},
            {"request": {"method": "DELETE", "url": "Condition/a b"}},
            {"request": {"method": "PUT", "url": "Condition/3"},
                "resource": {"resourceType": "Condition", "id": "3"}}
        ]}),
    );
    assert_eq!(ids(&page), ["Condition/1", "Condition/2", "Condition/3"]);
    let deleted: Vec<bool> = page.entries.iter().map(|entry| entry.is_deleted).collect();
    assert_eq!(deleted, [true, true, false]);
    assert_eq!(page.entries[0].raw.get(), "{}");
    let why: Vec<SkipReason> = page.skipped.iter().map(|skipped| skipped.why).collect();
    assert_eq!(why, [SkipReason::NoId, SkipReason::BadId]);
}

#[test]
fn bundles_inside_a_bundle_are_opened() {
    let page = read(json!({"resourceType": "Bundle", "entry": [
        {"resource": {"resourceType": "Bundle", "type": "collection", "entry": [
            {"resource": {"resourceType": "MedicationRequest", "id": "1"}},
            {"resource": {"resourceType": "Bundle", "entry": {"resource":
                {"resourceType": "MedicationRequest", "id": "2"}}}}
        ]}},
        {"resource": {"resourceType": "OperationOutcome", "issue": [{"code": "invalid"}]}}
    ]}));
    assert_eq!(ids(&page), ["MedicationRequest/1", "MedicationRequest/2"]);
    assert_eq!(page.issues.len(), 1);
}

#[test]
fn bodies_that_are_no_bundle() {
    assert_eq!(ids(&read_page(b"").unwrap()), [""; 0]);
    assert_eq!(ids(&read_page(b" \n").unwrap()), [""; 0]);
    assert_eq!(
        ids(&read(json!({"resourceType": "Patient", "id": "1"}))),
        ["Patient/1"]
    );
    assert_eq!(
        read(json!({"resourceType": "OperationOutcome", "issue": [{}]}))
            .issues
            .len(),
        1
    );
    assert!(matches!(
        read_page(b"<html>"),
        Err(ReadError::NotJson(None))
    ));
    assert!(matches!(read_page(b"[]"), Err(ReadError::NotJson(None))));
    assert!(matches!(read_page(b"{}"), Err(ReadError::NotFhir)));
    assert!(matches!(
        read_page(br#"{"resourceType":"Bundle","entry":[{"#),
        Err(ReadError::NotJson(_))
    ));
    assert!(matches!(
        read_page(b"{\"resourceType\":\"\xff\"}"),
        Err(ReadError::NotUtf8(_))
    ));
    assert!(matches!(
        read_page(br#"{"resourceType":"Patient"}"#),
        Err(ReadError::BadResource(SkipReason::NoId))
    ));
    let with_mark = "\u{feff}{\"resourceType\":\"Patient\",\"id\":\"1\"}";
    assert_eq!(
        ids(&read_page(with_mark.as_bytes()).unwrap()),
        ["Patient/1"]
    );
}

#[test]
fn nesting_without_end_does_not_overflow_the_stack() {
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let deep = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        assert!(read_page(deep.as_bytes()).is_err());
        for field in ["entry", "link", "total", "id", "resourceType"] {
            let body = format!(r#"{{"resourceType":"Bundle","{field}":{deep}}}"#);
            let _ = read_page(body.as_bytes());
        }
        let single = format!(r#"{{"resourceType":"Patient","id":"1","x":{deep}}}"#);
        assert!(matches!(
            read_page(single.as_bytes()),
            Err(ReadError::BadResource(SkipReason::TooDeep))
        ));
    }
    let mut bundles = r#"{"resourceType":"Slot","id":"1"}"#.to_owned();
    for _ in 0..200 {
        bundles = format!(r#"{{"resourceType":"Bundle","entry":[{{"resource":{bundles}}}]}}"#);
    }
    assert_eq!(read_page(bundles.as_bytes()).unwrap().skipped.len(), 1);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop_oneof![Just("Bundle"), Just("DELETE"), Just("next"), Just("Slot/1")]
            .prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("resourceType"),
        Just("entry"),
        Just("resource"),
        Just("request"),
        Just("method"),
        Just("url"),
        Just("link"),
        Just("relation"),
        Just("id"),
        Just("meta"),
        Just("issue"),
        Just("details"),
        Just("x"),
    ]
    .prop_map(str::to_owned);
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>) {
        let _ = read_page(&bytes);
    }

    #[test]
    fn no_json_makes_it_panic(mut body in any_json()) {
        let _ = read_page(body.to_string().as_bytes());
        if let Some(object) = body.as_object_mut() {
            object.insert("resourceType".into(), "Bundle".into());
        }
        let _ = read_page(body.to_string().as_bytes());
    }

    #[test]
    fn a_bad_entry_never_drops_a_good_one(
        bad in prop::collection::vec(any_json(), 0..4),
        place in 0_usize..4,
    ) {
        let mut entries = bad;
        let place = place.min(entries.len());
        entries.insert(place, json!({"resource": {"resourceType": "Condition", "id": "good"}}));
        let page = read(json!({"resourceType": "Bundle", "entry": entries}));
        prop_assert!(page.entries.iter().any(|entry| entry.id == "good"));
    }

    #[test]
    fn every_entry_kept_can_be_read(entries in prop::collection::vec(any_json(), 0..4)) {
        let wrapped: Vec<Value> = entries
            .into_iter()
            .map(|entry| json!({"resource": {"resourceType": "Slot", "id": "1", "x": entry}}))
            .collect();
        let page = read(json!({"resourceType": "Bundle", "entry": wrapped}));
        for entry in page.entries {
            prop_assert!(serde_json::from_str::<Value>(entry.raw.get()).is_ok());
        }
    }
}
