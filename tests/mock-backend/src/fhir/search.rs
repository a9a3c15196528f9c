//! Searches (FHIR R4 §3.1.1): what matches, its order and its pages.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::dates::{Comparison, Range};
use super::page::{self, MOST, Page};
use super::params::{self, Kind, Parameter, target};
use super::{Answered, Caller, include, reply, slots};
use crate::faults::Fault;
use crate::outcome::Refusal;
use crate::state::{Request, State};
use crate::store::{Found, Store, key_of};

const USUAL_COUNT: usize = 50;

type Pairs = [(String, String)];
pub(super) type Resources = Vec<Arc<Value>>;

/// One condition of a search.
pub(super) struct Condition<'a> {
    pub(super) parameter: &'static Parameter,
    modifier: Option<&'a str>,
    /// A second parameter, of the resource that the first refers to.
    chained: Option<&'static str>,
    pub(super) value: &'a str,
}

#[derive(Default)]
struct Controls<'a> {
    count: Option<usize>,
    offset: usize,
    sort: Vec<(&'static Parameter, bool)>,
    include: Vec<&'a str>,
    iterate: Vec<&'a str>,
    elements: Vec<&'a str>,
}

pub(super) fn search(
    state: &State,
    request: &Request,
    caller: &Caller,
    kind: &str,
    query: &Pairs,
) -> Answered {
    let is_held = state.store.population().place().holds(kind);
    if params::of_type(kind).is_none() || !is_held {
        return Err(Refusal::new(
            404,
            "not-supported",
            "RESOURCE_NOT_FOUND",
            "This server has no such resource type",
        ));
    }
    caller.may(kind, 's')?;
    let is_strict = request
        .header("prefer")
        .is_some_and(|prefer| prefer.contains("handling=strict"));
    let query_as_taken = taken_notice_of(state, request, query);
    let (conditions, controls) = read(kind, &query_as_taken, is_strict)?;
    for condition in &conditions {
        if condition.parameter.kind == Kind::To("Patient")
            && condition.modifier.is_none()
            && condition
                .value
                .split(',')
                .any(|value| target(value).1 != caller.patient_id)
        {
            return Err(Refusal::denied("This is not your record"));
        }
    }
    let mut found = if kind == "Slot" {
        slots::of_practice(state, caller, &conditions)?
    } else {
        state.store.all(caller.patient, kind, caller.today)
    };
    let mut failed = None;
    found.retain(|resource| {
        conditions.iter().all(|condition| {
            holds(&state.store, caller, condition, resource).unwrap_or_else(|refusal| {
                failed = Some(refusal);
                true
            })
        })
    });
    if let Some(refusal) = failed {
        return Err(refusal);
    }
    // A date that nobody's resource was held against must not pass unread.
    for condition in &conditions {
        if condition.parameter.kind == Kind::Date
            && condition.modifier.is_none()
            && condition
                .value
                .split(',')
                .any(|value| Comparison::parse(value).is_none())
        {
            return Err(Refusal::invalid_value(
                "A date of the search cannot be read",
            ));
        }
    }
    if state.faults.strikes(&request.route, &Fault::NothingFound) {
        found.clear();
    }
    sort(&mut found, &controls.sort);
    let total = found.len();
    let page = Page {
        offset: controls.offset,
        count: controls
            .count
            .unwrap_or(USUAL_COUNT)
            .min(largest_page(state, request)),
    };
    let matches: Resources = page.of_all(&found).cloned().collect();
    let included = include::included(
        &state.store,
        caller,
        &matches,
        &controls.include,
        &controls.iterate,
    );
    let entry = |resource: &Arc<Value>, mode: &str| {
        let (kind, id) = key_of(resource).unwrap_or_default();
        json!({
            "fullUrl": format!("{}/{kind}/{id}", request.fhir_base()),
            "resource": include::subset(resource, if mode == "match" { &controls.elements } else { &[] }),
            "search": { "mode": mode },
        })
    };
    let entries: Vec<Value> = matches
        .iter()
        .map(|resource| entry(resource, "match"))
        .chain(included.iter().map(|resource| entry(resource, "include")))
        .collect();
    let here = format!("{}/{kind}", request.fhir_base());
    Ok(reply(
        StatusCode::OK,
        &page.bundle("searchset", &here, query, total, entries),
    ))
}

/// The parameters of a query that no fault makes this server ignore.
fn taken_notice_of(state: &State, request: &Request, query: &Pairs) -> Vec<(String, String)> {
    let is_ignoring = |fault: &Fault| matches!(fault, Fault::IgnoredParameter { .. });
    let ignored = state.faults.take(&request.route, is_ignoring);
    let mut query = query.to_vec();
    if let Some(Fault::IgnoredParameter { name }) = ignored {
        query.retain(|pair| pair.0 != name);
    }
    query
}

fn largest_page(state: &State, request: &Request) -> usize {
    let is_small = |fault: &Fault| matches!(fault, Fault::SmallPages { .. });
    match state.faults.take(&request.route, is_small) {
        Some(Fault::SmallPages { count }) => usize::try_from(count).unwrap_or(MOST).max(1),
        _ => MOST,
    }
}

fn read<'a>(
    kind: &str,
    query: &'a Pairs,
    is_strict: bool,
) -> Result<(Vec<Condition<'a>>, Controls<'a>), Refusal> {
    let mut conditions = Vec::new();
    let mut controls = Controls::default();
    for (name, value) in query {
        match name.as_str() {
            "_count" => controls.count = Some(page::number(name, value)?),
            "_offset" => controls.offset = page::number(name, value)?,
            "_summary" if value == "count" => controls.count = Some(0),
            "_include" => controls.include.push(value),
            "_include:iterate" => controls.iterate.push(value),
            "_elements" => controls.elements.extend(value.split(',')),
            "_sort" => {
                for one in value.split(',') {
                    let (name, down) = one
                        .strip_prefix('-')
                        .map_or((one, false), |name| (name, true));
                    match params::find(kind, name) {
                        Some(parameter) => controls.sort.push((parameter, down)),
                        None if is_strict => return Err(unknown("_sort")),
                        None => {}
                    }
                }
            }
            "_total" | "_format" | "_pretty" | "_summary" => {}
            _ => match condition(kind, name, value) {
                Some(condition) => conditions.push(condition),
                None if is_strict => return Err(unknown(name)),
                None => {}
            },
        }
    }
    Ok((conditions, controls))
}

fn unknown(name: &str) -> Refusal {
    Refusal::new(
        400,
        "not-supported",
        "INVALID_PARAMETER",
        "A search parameter is not supported",
    )
    .diagnostics(format!("unknown parameter {name}"))
}

fn condition<'a>(kind: &str, name: &'a str, value: &'a str) -> Option<Condition<'a>> {
    let (name, modifier) = match name.split_once(':') {
        Some((name, modifier)) => (name, Some(modifier)),
        None => (name, None),
    };
    // The one chain that the contract knows.
    let (name, chained) = match (kind, name) {
        ("Slot", "schedule.actor") => ("schedule", Some("actor")),
        _ => (name, None),
    };
    let parameter = params::find(kind, name)?;
    Some(Condition {
        parameter,
        modifier,
        chained,
        value,
    })
}

fn holds(
    store: &Store,
    caller: &Caller,
    condition: &Condition<'_>,
    resource: &Value,
) -> Result<bool, Refusal> {
    let Some(chained) = condition.chained else {
        return condition
            .parameter
            .matches(resource, condition.modifier, condition.value);
    };
    for reference in condition.parameter.references(resource) {
        let (kind, id) = target(reference);
        if let Some(parameter) = params::find(kind, chained)
            && let Found::Resource(other) = store.find(caller.patient, kind, id, caller.today)
            && parameter.matches(&other, condition.modifier, condition.value)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn sort(found: &mut Resources, keys: &[(&'static Parameter, bool)]) {
    for (parameter, down) in keys.iter().rev() {
        found.sort_by_cached_key(|resource| sort_key(parameter, resource));
        if *down {
            found.reverse();
        }
    }
}

fn sort_key(parameter: &Parameter, resource: &Value) -> (i64, String) {
    let values = parameter.values(resource);
    let first = values.first().copied().unwrap_or(&Value::Null);
    if parameter.kind == Kind::Date {
        let at = Range::of_value(first).map_or(i64::MIN, |range| range.from.timestamp_millis());
        return (at, String::new());
    }
    (0, first.to_string())
}

/// `Patient/{id}/$everything`, with `_since`.
pub(super) fn everything(
    state: &State,
    request: &Request,
    caller: &Caller,
    id: &str,
    query: &Pairs,
) -> Answered {
    caller.may("Patient", 'r')?;
    if id != caller.patient_id {
        return Err(Refusal::denied("This is not your record"));
    }
    let since = page::since(query)?;
    let page = Page::of(query, 200)?;
    let mut found = state.store.everything(caller.patient, caller.today);
    found.retain(|resource| {
        let updated = Range::of_value(&resource["meta"]["lastUpdated"]).map(|range| range.from);
        let kind = resource["resourceType"].as_str().unwrap_or_default();
        caller.may(kind, 'r').is_ok()
            && since.is_none_or(|since| updated.is_none_or(|at| at >= since))
    });
    let total = found.len();
    let entries = page
        .of_all(&found)
        .map(|resource| {
            let (kind, id) = key_of(resource).unwrap_or_default();
            json!({
                "fullUrl": format!("{}/{kind}/{id}", request.fhir_base()),
                "resource": **resource,
                "search": { "mode": "match" },
            })
        })
        .collect();
    let here = format!("{}/Patient/{id}/$everything", request.fhir_base());
    Ok(reply(
        StatusCode::OK,
        &page.bundle("searchset", &here, query, total, entries),
    ))
}

/// The resources of a type that a conditional create's search finds.
pub(super) fn existing(
    state: &State,
    caller: &Caller,
    kind: &str,
    search: &str,
) -> Result<Resources, Refusal> {
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(search.trim_start_matches('?').as_bytes())
            .into_owned()
            .collect();
    let (conditions, _) = read(kind, &query, true)?;
    if conditions.is_empty() {
        return Err(Refusal::bad_request("If-None-Exist holds no search"));
    }
    let mut found = Vec::new();
    for resource in state.store.all(caller.patient, kind, caller.today) {
        let mut all = true;
        for condition in &conditions {
            all = all && holds(&state.store, caller, condition, &resource)?;
        }
        if all {
            found.push(resource);
        }
    }
    Ok(found)
}
