//! The search beyond the laws: accents, order and many results.

use hale_core::ports::Cache;

use crate::support::{TestDevice, entry};

#[tokio::test]
async fn accents_do_not_matter() {
    let test = TestDevice::new();
    let (record, _own) = test.create().await;
    let entries = [
        ("1", "Sj\u{f6}gren syndrome"),
        // The same letter, written as a letter and an accent.
        ("2", "Sjo\u{308}gren syndrome"),
        ("3", "Llosgi t\u{177}"),
    ];
    record
        .apply(entries.map(|(id, text)| entry(id, text)).into())
        .await
        .unwrap();
    for (typed, expected) in [
        ("sjogren", 2),
        ("sj\u{f6}gr", 2),
        ("sjo\u{308}gr", 2),
        ("ty", 1),
        ("T\u{176}", 1),
    ] {
        let found = record.search(typed.to_owned(), 10).await.unwrap();
        assert_eq!(found.len(), expected, "{typed}");
    }
}

#[tokio::test]
async fn the_closest_match_comes_first() {
    let test = TestDevice::new();
    let (record, _own) = test.create().await;
    let long = "Review of several long lasting matters, among them asthma, and much else besides";
    record
        .apply(vec![entry("long", long), entry("short", "Asthma")])
        .await
        .unwrap();
    let found = record.search("asthma".to_owned(), 10).await.unwrap();
    assert_eq!(found[0].key.id, "short");
    assert_eq!(found.len(), 2);
}
