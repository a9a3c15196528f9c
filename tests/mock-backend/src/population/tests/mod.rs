//! Behaviour of the population as a whole: it is the same every time, coherent, and what the
//! personas promise.

mod coherence;
mod content;
mod people;
mod stability;
mod timetable;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, TimeZone, Utc, Weekday};
use chrono_tz::Europe::London;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::*;

pub(super) const SEED: u64 = 20_260_101;

pub(super) fn population() -> Population {
    Population::new(SEED, 239_000)
}

pub(super) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

pub(super) fn today() -> NaiveDate {
    day(2026, 11, 23)
}

/// Every persona but the long record, and a spread of others.
pub(super) fn sample() -> impl Iterator<Item = u32> {
    (0..12)
        .filter(|index| *index != 7)
        .chain((100..239_000).step_by(11_003))
}

pub(super) fn persona<'a>(population: &'a Population, key: &str) -> &'a Persona {
    population
        .personas()
        .iter()
        .find(|persona| persona.key == key)
        .unwrap()
}

pub(super) fn record(key: &str) -> Vec<Value> {
    let population = population();
    population.compartment(persona(&population, key).patient_index, today())
}

pub(super) fn of_type<'a>(resources: &'a [Value], kind: &str) -> Vec<&'a Value> {
    resources
        .iter()
        .filter(|resource| resource["resourceType"] == kind)
        .collect()
}

pub(super) fn key(resource: &Value) -> String {
    format!(
        "{}/{}",
        resource["resourceType"].as_str().unwrap(),
        resource["id"].as_str().unwrap()
    )
}

pub(super) fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                match value {
                    Value::String(text) if name == "reference" => found.push(text.clone()),
                    Value::String(text) if name == "url" && text.starts_with("Binary/") => {
                        found.push(text.clone());
                    }
                    _ => references(value, found),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}
