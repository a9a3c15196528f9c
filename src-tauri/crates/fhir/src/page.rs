//! A page of an answer: a searchset or history Bundle (FHIR R4 §2.36), or a single resource.

use std::str::Utf8Error;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::date::{self, FhirDate};
use crate::lenient::{count, list, text};
use crate::outcome::{Issue, outcome};
use crate::reference;
use crate::sound::{self, Unsound};

/// The largest body that is read. The transport has its own, smaller limit.
const LARGEST_PAGE: usize = 64 * 1024 * 1024;
/// The largest single resource: an inline attachment may be large, a whole disk may not.
const LARGEST_ENTRY: usize = 16 * 1024 * 1024;
/// How deeply Bundles in Bundles are opened.
const DEEPEST_BUNDLE: u32 = 3;

/// Why a body as a whole could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is larger than any answer should be.
    #[error("the body is too large")]
    TooLarge,
    /// It is no UTF-8, which JSON must be (RFC 8259 §8.1).
    #[error("the body is not UTF-8")]
    NotUtf8(#[source] Utf8Error),
    /// It is no JSON object, or is cut off.
    #[error("the body is not a JSON object")]
    NotJson(#[source] Option<serde_json::Error>),
    /// It is an object, but no resource.
    #[error("the body is not a FHIR resource")]
    NotFhir,
    /// It is one resource, and that one cannot be kept.
    #[error("the resource cannot be read: {0}")]
    BadResource(SkipReason),
}

/// Why one entry was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SkipReason {
    /// It is no JSON object.
    #[error("not an object")]
    NotAnObject,
    /// It holds no resource and is no deletion.
    #[error("no resource")]
    NoResource,
    /// Its resource has no type.
    #[error("no resource type")]
    NoType,
    /// Its resource has no id, so that it could never be found again.
    #[error("no id")]
    NoId,
    /// Its id is not one that can stand in a reference.
    #[error("not a usable id")]
    BadId,
    /// It is nested too deeply.
    #[error("nested too deeply")]
    TooDeep,
    /// It is too large.
    #[error("too large")]
    TooLarge,
    /// Something in it cannot be read.
    #[error("broken")]
    Broken,
}

/// An entry that was left out, named as far as it can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Its place in the page, from 0.
    pub index: usize,
    /// Its resource type, if it could be read.
    pub resource_type: Option<String>,
    /// Its id, if it could be read.
    pub id: Option<String>,
    /// Why.
    pub why: SkipReason,
}

/// Why an entry is in a search's answer (FHIR R4 `SearchEntryMode`). Often absent on the wire: then
/// it counts as a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchMode {
    /// It matched.
    Match,
    /// It was included because a match refers to it.
    Include,
    /// It tells about the search itself.
    Outcome,
}

/// A resource of a page.
#[derive(Debug, Clone)]
pub struct Entry {
    /// `resourceType`.
    pub resource_type: String,
    /// `id`: not empty, without space or slash.
    pub id: String,
    /// `fullUrl`, by which entries of the same page may refer to it.
    pub full_url: Option<String>,
    /// `meta.versionId`.
    pub version: Option<String>,
    /// `meta.lastUpdated`.
    pub last_updated: Option<DateTime<Utc>>,
    /// The resource as the server wrote it; it can be read whole. `{}` for a deletion.
    pub raw: Box<RawValue>,
    /// Why it is here.
    pub mode: SearchMode,
    /// Whether this says that the resource was deleted (in a history).
    pub is_deleted: bool,
}

/// A page.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The `next` link, as written.
    pub next: Option<String>,
    /// `total`, where the server gives it.
    pub total: Option<u32>,
    /// The resources, in order.
    pub entries: Vec<Entry>,
    /// What OperationOutcomes in the page say.
    pub issues: Vec<Issue>,
    /// What was left out.
    pub skipped: Vec<Skipped>,
}

/// Reads a body: a Bundle's entries, a single resource as one entry, an OperationOutcome as issues,
/// an empty body as an empty page ("none", as some services answer). Bundles inside the Bundle are
/// opened.
///
/// # Errors
/// Only if the body as a whole is unreadable. A bad entry is named in [`Page::skipped`].
pub fn read_page(bytes: &[u8]) -> Result<Page, ReadError> {
    if bytes.len() > LARGEST_PAGE {
        return Err(ReadError::TooLarge);
    }
    let body = std::str::from_utf8(bytes).map_err(ReadError::NotUtf8)?;
    let body = body.trim_start_matches('\u{feff}').trim();
    if body.is_empty() {
        return Ok(Page::default());
    }
    if !body.starts_with('{') {
        return Err(ReadError::NotJson(None));
    }
    let head: Head<'_> =
        serde_json::from_str(body).map_err(|error| ReadError::NotJson(Some(error)))?;
    let resource_type = string(head.resource_type).ok_or(ReadError::NotFhir)?;
    let mut page = Page::default();
    if resource_type == "Bundle" {
        page.next = next_link(head.link);
        page.total = head.total.and_then(value).as_ref().and_then(count);
        page.bundle(head.entry, None, 0);
        return Ok(page);
    }
    let raw: &RawValue =
        serde_json::from_str(body).map_err(|error| ReadError::NotJson(Some(error)))?;
    page.resource(0, raw, None, SearchMode::Match, 0);
    match page.skipped.first() {
        Some(skipped) => Err(ReadError::BadResource(skipped.why)),
        None => Ok(page),
    }
}

/// What is read of a resource before its entry is made.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow, default, rename = "resourceType")]
    resource_type: Option<&'a RawValue>,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    meta: Option<&'a RawValue>,
    #[serde(borrow, default)]
    total: Option<&'a RawValue>,
    #[serde(borrow, default)]
    link: Option<&'a RawValue>,
    #[serde(borrow, default)]
    entry: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Wrapper<'a> {
    #[serde(borrow, default, rename = "fullUrl")]
    full_url: Option<&'a RawValue>,
    #[serde(borrow, default)]
    resource: Option<&'a RawValue>,
    #[serde(borrow, default)]
    search: Option<&'a RawValue>,
    #[serde(borrow, default)]
    request: Option<&'a RawValue>,
    #[serde(borrow, default)]
    response: Option<&'a RawValue>,
}

impl Page {
    /// Takes a Bundle's entries. `place` is the entry of the page that the Bundle stands in.
    fn bundle(&mut self, entries: Option<&RawValue>, place: Option<usize>, depth: u32) {
        let Some(entries) = entries else { return };
        let json = entries.get();
        if json == "null" {
            return;
        }
        let members: Vec<&RawValue> = if json.starts_with('[') {
            // The slice was cut out of a sound list, so this cannot fail.
            serde_json::from_str(json).unwrap_or_default()
        } else {
            vec![entries]
        };
        for (index, member) in members.into_iter().enumerate() {
            self.member(place.unwrap_or(index), member, depth);
        }
    }

    fn member(&mut self, index: usize, member: &RawValue, depth: u32) {
        let wrapper: Wrapper<'_> = match parse_object(member) {
            Ok(wrapper) => wrapper,
            Err(why) => return self.skip(index, None, None, why),
        };
        let full_url = string(wrapper.full_url);
        let request = wrapper.request.and_then(value).unwrap_or_default();
        let is_deletion =
            text(&request["method"]).is_some_and(|method| method.eq_ignore_ascii_case("DELETE"));
        if is_deletion {
            let response = wrapper.response.and_then(value).unwrap_or_default();
            return self.deletion(index, &request, &response, full_url);
        }
        let mode = match wrapper
            .search
            .and_then(value)
            .as_ref()
            .map(|search| &search["mode"])
        {
            Some(Value::String(mode)) if mode == "include" => SearchMode::Include,
            Some(Value::String(mode)) if mode == "outcome" => SearchMode::Outcome,
            _ => SearchMode::Match,
        };
        match wrapper.resource {
            Some(resource) if resource.get() != "null" => {
                self.resource(index, resource, full_url, mode, depth);
            }
            _ => self.skip(index, None, None, SkipReason::NoResource),
        }
    }

    fn deletion(
        &mut self,
        index: usize,
        request: &Value,
        response: &Value,
        full_url: Option<String>,
    ) {
        let named = text(&request["url"])
            .as_deref()
            .and_then(reference::plain)
            .or_else(|| full_url.as_deref().and_then(reference::plain));
        let Some((resource_type, id)) = named.as_deref().and_then(|name| name.split_once('/'))
        else {
            return self.skip(index, None, None, SkipReason::NoId);
        };
        let (resource_type, id) = (resource_type.to_owned(), id.to_owned());
        if !is_usable_id(&id) {
            return self.skip(index, Some(resource_type), None, SkipReason::BadId);
        }
        self.entries.push(Entry {
            resource_type,
            id,
            full_url,
            version: None,
            last_updated: moment(&response["lastModified"]),
            raw: empty_object(),
            mode: SearchMode::Match,
            is_deleted: true,
        });
    }

    fn resource(
        &mut self,
        index: usize,
        raw: &RawValue,
        full_url: Option<String>,
        mode: SearchMode,
        depth: u32,
    ) {
        let head: Head<'_> = match parse_object(raw) {
            Ok(head) => head,
            Err(why) => return self.skip(index, None, None, why),
        };
        let resource_type = string(head.resource_type);
        let id = string(head.id);
        let Some(resource_type) = resource_type.filter(|name| reference::is_type(name)) else {
            return self.skip(index, None, id, SkipReason::NoType);
        };
        if resource_type == "Bundle" && depth < DEEPEST_BUNDLE {
            return self.bundle(head.entry, Some(index), depth + 1);
        }
        let trouble = if raw.get().len() > LARGEST_ENTRY {
            Some(SkipReason::TooLarge)
        } else {
            match sound::check(raw.get()) {
                Ok(()) => None,
                Err(Unsound::TooDeep) => Some(SkipReason::TooDeep),
                Err(Unsound::Broken) => Some(SkipReason::Broken),
            }
        };
        if let Some(why) = trouble {
            return self.skip(index, Some(resource_type), id, why);
        }
        if resource_type == "OperationOutcome" {
            if let Some(resource) = value(raw) {
                self.issues.extend(outcome(&resource).issues);
            }
            return;
        }
        let Some(id) = id else {
            return self.skip(index, Some(resource_type), None, SkipReason::NoId);
        };
        if !is_usable_id(&id) {
            return self.skip(index, Some(resource_type), None, SkipReason::BadId);
        }
        let meta = head.meta.and_then(value).unwrap_or_default();
        self.entries.push(Entry {
            resource_type,
            id,
            full_url,
            version: text(&meta["versionId"]),
            last_updated: moment(&meta["lastUpdated"]),
            raw: raw.to_owned(),
            mode,
            is_deleted: false,
        });
    }

    fn skip(
        &mut self,
        index: usize,
        resource_type: Option<String>,
        id: Option<String>,
        why: SkipReason,
    ) {
        self.skipped.push(Skipped {
            index,
            resource_type,
            id,
            why,
        });
    }
}

fn parse_object<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Result<T, SkipReason> {
    // A list would be taken as the object's members in order, which it is not.
    if !raw.get().starts_with('{') {
        return Err(SkipReason::NotAnObject);
    }
    serde_json::from_str(raw.get()).map_err(|_| SkipReason::Broken)
}

fn value(raw: &RawValue) -> Option<Value> {
    serde_json::from_str(raw.get()).ok()
}

fn string(raw: Option<&RawValue>) -> Option<String> {
    text(&value(raw?)?)
}

fn moment(written: &Value) -> Option<DateTime<Utc>> {
    match date::parse(written.as_str()?)? {
        FhirDate::Moment(moment) => Some(moment),
        _ => None,
    }
}

fn next_link(links: Option<&RawValue>) -> Option<String> {
    let links = value(links?)?;
    list(&links)
        .find(|link| link["relation"].as_str() == Some("next"))
        .and_then(|link| text(&link["url"]))
}

fn is_usable_id(id: &str) -> bool {
    id.len() <= 256
        && !id
            .chars()
            .any(|letter| letter.is_whitespace() || letter.is_control() || "/?#|".contains(letter))
}

fn empty_object() -> Box<RawValue> {
    // The empty object is valid JSON; were it refused, `null` is what the type itself offers.
    RawValue::from_string("{}".to_owned()).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

#[cfg(test)]
mod tests;
