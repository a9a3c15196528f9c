//! What the app relies on and would not show: asked beside it, page by page.

use chrono::{TimeDelta, Utc};
use hale_core::ports::{Fetch, Fetched, Remote, RemoteError, SourceId, Target};
use hale_core::sync::plan::{Members, plan_page};
use hale_core::sync::units;
use hale_fhir::{Page, SearchMode, read_page};
use uuid::Uuid;

use crate::journey::why;
use crate::table::{Table, Verdict};
use crate::watched::Connection;

/// The system of the ids that Hale makes (backend contract, §0).
pub(crate) const ID_SYSTEM: &str = "https://tools.ietf.org/html/rfc4122";

/// Asks everything that needs no writing.
pub(crate) async fn ask(connection: &Connection, table: &mut Table) {
    let searches = strangers(connection, table).await;
    paging(connection, &searches, table).await;
    increments(connection, &searches, table).await;
    history(connection, &searches, table).await;
    unchanged(connection, table).await;
    unknown_parameter(connection, &searches, table).await;
    identifier(connection, table).await;
}

/// Whether the connection's token is still taken.
pub(crate) async fn is_let_in(connection: &Connection) -> bool {
    let patient = format!("Patient/{}", units::encode(&connection.patient_id));
    fetch(connection, Target::Path(patient), None).await.is_ok()
}

/// One search of the app, and how many matches its first page held.
struct Search {
    path: String,
    matches: usize,
}

/// Fetches whatever a target holds.
async fn fetch(
    connection: &Connection,
    target: Target,
    if_none_match: Option<String>,
) -> Result<Fetched, RemoteError> {
    let fetch = Fetch {
        target,
        if_none_match,
    };
    connection.remote.fetch(fetch).await
}

/// Fetches a page.
pub(crate) async fn page(connection: &Connection, target: Target) -> Result<Page, String> {
    let fetched = fetch(connection, target, None).await;
    let fetched = fetched.map_err(|error| why(&error))?;
    read_page(&fetched.body).map_err(|error| why(&error))
}

/// The matches of a page as `Type/id`.
pub(crate) fn matches(page: &Page) -> Vec<String> {
    page.entries
        .iter()
        .filter(|entry| entry.mode == SearchMode::Match)
        .map(|entry| format!("{}/{}", entry.resource_type, entry.id))
        .collect()
}

/// Whether a search for one patient brings nobody else's. The searches that were answered.
async fn strangers(connection: &Connection, table: &mut Table) -> Vec<Search> {
    let mut searches = Vec::new();
    let (mut unreadable, mut of_others) = (0, 0);
    for unit in units::ALL {
        for path in units::searches(unit, &connection.patient_id) {
            if !path.contains('?') {
                continue;
            }
            // What fails is a row of its own already.
            let Ok(page) = page(connection, Target::Path(path.clone())).await else {
                continue;
            };
            let plan = plan_page(
                &page,
                &SourceId("conformance".to_owned()),
                unit,
                connection.patient_id.as_str().into(),
                &mut Members::new(),
                1,
                Utc::now(),
            );
            unreadable += page.skipped.len();
            of_others += (plan.skipped as usize).saturating_sub(page.skipped.len());
            let matches = matches(&page).len();
            searches.push(Search { path, matches });
        }
    }
    let step = "only this patient's";
    if searches.is_empty() {
        table.row(step, Verdict::NotTried, "no search was answered");
    } else if of_others > 0 {
        table.row(
            step,
            Verdict::Failed,
            format_args!("{of_others} entries of other people came; Hale keeps none of them"),
        );
    } else {
        table.row(step, Verdict::Good, "nothing of anybody else came");
    }
    if unreadable > 0 {
        table.row(
            "readable entries",
            Verdict::Failed,
            format_args!("{unreadable} entries have no id, no type or no content"),
        );
    }
    searches
}

/// A page of one match, and the link to the next.
async fn paging(connection: &Connection, searches: &[Search], table: &mut Table) {
    let step = "paging";
    let Some(search) = searches.iter().find(|search| search.matches > 1) else {
        table.row(step, Verdict::NotTried, "no search has two matches");
        return;
    };
    let path = search.path.replace("_count=100", "_count=1");
    let first = match page(connection, Target::Path(path)).await {
        Ok(first) => first,
        Err(words) => {
            table.row(step, Verdict::Failed, words);
            return;
        }
    };
    let seen = matches(&first);
    let Some(next) = first.next.clone() else {
        if seen.len() >= search.matches {
            table.row(
                step,
                Verdict::Lacking,
                "everything comes at once, whatever is asked for",
            );
        } else if first.total.is_some_and(|total| total as usize > seen.len()) {
            table.row(
                step,
                Verdict::Lacking,
                "no link to the next page: what does not fit is missing, and Hale says so",
            );
        } else {
            table.row(
                step,
                Verdict::Failed,
                "no link to the next page, and nothing says that there is one",
            );
        }
        return;
    };
    match page(connection, Target::Next(next)).await {
        Ok(second) if matches(&second).iter().any(|one| !seen.contains(one)) => {
            table.row(step, Verdict::Good, "the next page has other matches");
        }
        Ok(_) => table.row(
            step,
            Verdict::Failed,
            "the next page has nothing that the first one had not",
        ),
        Err(words) => table.row(step, Verdict::Failed, words),
    }
}

/// Whether the server can tell what changed since a time.
async fn increments(connection: &Connection, searches: &[Search], table: &mut Table) {
    let step = "what changed";
    let Some(search) = searches.iter().find(|search| search.matches > 0) else {
        table.row(step, Verdict::NotTried, "no search has a match");
        return;
    };
    let ahead = (Utc::now() + TimeDelta::days(1)).format("%Y-%m-%dT%H:%M:%SZ");
    let path = format!("{}&_lastUpdated=ge{ahead}", search.path);
    match page(connection, Target::Path(path)).await {
        Ok(page) if matches(&page).is_empty() => {
            table.row(step, Verdict::Good, "_lastUpdated narrows a search");
        }
        Ok(_) => table.row(
            step,
            Verdict::Lacking,
            "_lastUpdated is ignored: each check reads everything",
        ),
        Err(words) => table.row(
            step,
            Verdict::Lacking,
            format_args!("_lastUpdated is refused ({words}): each check reads everything"),
        ),
    }
}

/// Whether the server tells what it removed.
async fn history(connection: &Connection, searches: &[Search], table: &mut Table) {
    let step = "what was removed";
    let Some(search) = searches.iter().find(|search| search.matches > 0) else {
        table.row(step, Verdict::NotTried, "no search has a match");
        return;
    };
    let kind = units::resource_type(&search.path);
    let since = (Utc::now() - TimeDelta::minutes(5)).format("%Y-%m-%dT%H:%M:%SZ");
    let path = format!("{kind}/_history?_since={since}&_count=100");
    match page(connection, Target::Path(path)).await {
        Ok(_) => table.row(step, Verdict::Good, "the history of a type is told"),
        Err(_) => table.row(
            step,
            Verdict::Lacking,
            "no history of a type: Hale compares the ids once a day",
        ),
    }
}

/// Whether the server says that a resource has not changed.
async fn unchanged(connection: &Connection, table: &mut Table) {
    let step = "unchanged (ETag)";
    let patient = Target::Path(format!("Patient/{}", units::encode(&connection.patient_id)));
    let tag = match fetch(connection, patient.clone(), None).await {
        Ok(fetched) => fetched.etag,
        Err(error) => {
            table.row(step, Verdict::Failed, why(&error));
            return;
        }
    };
    let Some(tag) = tag else {
        table.row(
            step,
            Verdict::Lacking,
            "no ETag: it is read again each time",
        );
        return;
    };
    match fetch(connection, patient, Some(tag)).await {
        Ok(fetched) if fetched.status == 304 => table.row(step, Verdict::Good, "answered with 304"),
        Ok(_) => table.row(
            step,
            Verdict::Lacking,
            "an ETag, but never 304: it is read again each time",
        ),
        Err(error) => table.row(step, Verdict::Failed, why(&error)),
    }
}

/// Whether the server says that it does not know a parameter, as it is asked to.
async fn unknown_parameter(connection: &Connection, searches: &[Search], table: &mut Table) {
    let step = "handling=strict";
    let Some(search) = searches.first() else {
        table.row(step, Verdict::NotTried, "no search was answered");
        return;
    };
    let path = format!("{}&hale-knows-of-none=1", search.path);
    match fetch(connection, Target::Path(path), None).await {
        Err(RemoteError::Status {
            status: 400..=499, ..
        }) => table.row(step, Verdict::Good, "an unknown parameter is refused"),
        Ok(_) => table.row(
            step,
            Verdict::Lacking,
            "an unknown parameter passes unnoticed: Hale looks at each entry itself",
        ),
        Err(error) => table.row(step, Verdict::Failed, why(&error)),
    }
}

/// Whether a booking whose answer was lost could be found again.
async fn identifier(connection: &Connection, table: &mut Table) {
    let step = "find by identifier";
    let backend = &connection.backend;
    if !backend.may_offer("Appointment", "search-type") {
        table.row(step, Verdict::NotTried, "appointments are not offered");
        return;
    }
    let path = by_identifier(connection, Uuid::new_v4());
    match page(connection, Target::Path(path)).await {
        Ok(page) if matches(&page).is_empty() => {
            table.row(step, Verdict::Good, "an id that nothing has finds nothing");
        }
        Ok(_) => table.row(
            step,
            Verdict::Lacking,
            "the identifier is ignored: Hale reads all appointments and looks itself",
        ),
        Err(words) => table.row(
            step,
            Verdict::Failed,
            format_args!("{words}: a booking whose answer is lost could not be settled"),
        ),
    }
}

/// The search for an appointment by the id that Hale gave it.
pub(crate) fn by_identifier(connection: &Connection, id: Uuid) -> String {
    let patient = units::encode(&connection.patient_id);
    let system = units::encode(ID_SYSTEM);
    format!("Appointment?patient={patient}&identifier={system}%7C{id}")
}
