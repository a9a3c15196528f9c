//! Which part of what was found a query asks for, and the Bundle that carries it.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::dates::Range;
use super::page_parameter;
use crate::outcome::Refusal;

/// The largest page.
pub(super) const MOST: usize = 500;

type Pairs = [(String, String)];

/// A part of what was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    /// How many come before it.
    pub(super) offset: usize,
    pub(super) count: usize,
}

impl Page {
    /// What `_count` and `_offset` ask for.
    pub(super) fn of(query: &Pairs, usual: usize) -> Result<Self, Refusal> {
        let number_of =
            |name, usual| value(query, name).map_or(Ok(usual), |text| number(name, text));
        Ok(Self {
            offset: number_of("_offset", 0)?,
            count: number_of("_count", usual)?.clamp(1, MOST),
        })
    }

    /// That part.
    pub(super) fn of_all<'a, T>(self, all: &'a [T]) -> impl Iterator<Item = &'a T> + use<'a, T> {
        all.iter().skip(self.offset).take(self.count)
    }

    /// The Bundle with this part of `total`, and the links to itself and to the part behind it.
    pub(super) fn bundle(
        self,
        kind: &str,
        here: &str,
        query: &Pairs,
        total: usize,
        entries: Vec<Value>,
    ) -> Value {
        let mut links = vec![json!({ "relation": "self", "url": own_url(here, query) })];
        links.extend(self.next(here, query, total));
        let mut bundle = json!({
            "resourceType": "Bundle",
            "type": kind,
            "total": total,
            "link": links,
        });
        // FHIR has no empty arrays.
        if !entries.is_empty() {
            bundle["entry"] = Value::Array(entries);
        }
        bundle
    }

    /// The link to the page behind this one of `total`, if there is any.
    fn next(self, here: &str, query: &Pairs, total: usize) -> Option<Value> {
        let after = self.offset.saturating_add(self.count);
        if self.count == 0 || after >= total {
            return None;
        }
        let mut all = query.to_vec();
        all.retain(|pair| pair.0 != "_offset");
        all.push(("_offset".to_owned(), after.to_string()));
        let url = format!("{here}?{}", page_parameter(&all));
        Some(json!({ "relation": "next", "url": url }))
    }
}

/// What was asked, as the server understood it (FHIR R4 §3.1.1.1.2).
fn own_url(here: &str, query: &Pairs) -> String {
    if query.is_empty() {
        return here.to_owned();
    }
    let asked = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(query)
        .finish();
    format!("{here}?{asked}")
}

fn value<'a>(query: &'a Pairs, name: &str) -> Option<&'a str> {
    let pair = query.iter().find(|pair| pair.0 == name)?;
    Some(&pair.1)
}

/// The number that a parameter gives.
pub(super) fn number(name: &str, text: &str) -> Result<usize, Refusal> {
    text.parse()
        .map_err(|_| Refusal::invalid_value(format!("{name} is not a whole number")))
}

/// The moment that `_since` gives.
pub(super) fn since(query: &Pairs) -> Result<Option<DateTime<Utc>>, Refusal> {
    value(query, "_since")
        .map(|text| {
            Range::parse(text)
                .map(|range| range.from)
                .ok_or(Refusal::invalid_value("_since is not a date"))
        })
        .transpose()
}
