//! What a synchronisation changes, as values. Deciding happens here; applying is the store's work.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use hale_contracts::reasons::WhyNot;
use hale_contracts::sync::SyncUnit;
use hale_fhir::Page;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use super::belongs::Whose;
use super::belongs::{Strangers, belongs_to};
use super::content::Stamp;
use super::news;
use crate::appointments::view as appointments;
use crate::ports::{ResourceKey, SourceId, UnitTrouble};
use crate::record::view;

/// Where a whole reading was stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// The run that it belongs to.
    pub run: i64,
    /// Which of the unit's searches.
    pub search: usize,
    /// The link to its first page that is not stored, verbatim; none to begin with it.
    pub next: Option<String>,
    /// The server's own time when the run began.
    pub cursor: Option<DateTime<Utc>>,
    /// How many entries of the run could not be read so far.
    pub skipped: u32,
    /// Whether every page so far was complete.
    pub is_whole: bool,
    /// The basis that it was read on; see [`SyncAction::FinishUnit`].
    pub basis: String,
    /// When the page before was stored, by this device's clock.
    pub stored_at: DateTime<Utc>,
}

/// A resource on its way into the mirror.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Its identity.
    pub key: ResourceKey,
    /// The unit whose list it belongs to.
    pub unit: SyncUnit,
    /// Whether it is an entry of the list itself.
    pub is_listed: bool,
    /// `meta.versionId`.
    pub version: Option<String>,
    /// `meta.lastUpdated`.
    pub last_updated: Option<DateTime<Utc>>,
    /// The item's own date, for sorting.
    pub sort_date: Option<DateTime<Utc>>,
    /// The resource as the server wrote it.
    pub json: String,
    /// All text that a patient would see of it, for the search. Empty for what is not listed.
    pub search_text: String,
    /// What is shown of it without its parts; see [`super::news`].
    pub own: i64,
    /// The entries that show it inside themselves, as plain references, one a line; none where none
    /// is known.
    pub part_of: Option<String>,
}

impl Incoming {
    /// How old it is, read by this run.
    #[must_use]
    pub fn stamp(&self, run: i64) -> Stamp<'_> {
        Stamp {
            run,
            version: self.version.as_deref(),
            last_updated: self.last_updated,
        }
    }
}

/// More entries than any result stands in: a page of results that each stand everywhere would take
/// room with its square.
const MOST_ENTRIES: usize = 16;

/// What entries show inside themselves: the plain reference of each such part, and of the entries,
/// where they are known.
pub type Members = HashMap<String, BTreeSet<String>>;

/// How much of a unit a reading covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Something was left out: it takes nothing away and does not count as a check.
    Part,
    /// What changed since the cursor of the check before.
    Changes {
        /// Whether the source was also asked what it removed since, so that what it did not name
        /// is confirmed to be there still.
        are_removals_known: bool,
    },
    /// All of it: rows that only earlier runs met are marked as removed (listed ones) or dropped
    /// (others).
    Whole,
}

impl Extent {
    /// Whether it counts as a check of the unit.
    #[must_use]
    pub const fn is_check(self) -> bool {
        !matches!(self, Self::Part)
    }

    /// Whether everything that is held of the unit, and was not named as removed, is still there.
    #[must_use]
    pub const fn confirms_all(self) -> bool {
        match self {
            Self::Part => false,
            Self::Changes { are_removals_known } => are_removals_known,
            Self::Whole => true,
        }
    }
}

/// One change of the mirror. Applying the same action twice changes nothing the second time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncAction {
    /// Keep this resource. Its `changed_at` moves only if the content differs from what is held.
    Upsert {
        /// The resource.
        resource: Box<Incoming>,
        /// The run that it arrived in, in microseconds of the time when the run began: rows that a
        /// whole run did not meet, and that no later run brought, are gone at the source.
        run: i64,
        /// When it arrived.
        at: DateTime<Utc>,
    },
    /// The source has removed this: an entry is emptied and leaves a note, what entries only refer to
    /// goes.
    MarkRemoved {
        /// Which.
        key: ResourceKey,
        /// When that was found.
        at: DateTime<Utc>,
    },
    /// The source answered that this has not changed (HTTP 304).
    Met {
        /// Which.
        key: ResourceKey,
        /// The run that asked.
        run: i64,
        /// When.
        at: DateTime<Utc>,
    },
    /// Everything before a page is stored: a whole reading that is stopped goes on there.
    Resume {
        /// The backend.
        source: SourceId,
        /// The unit.
        unit: SyncUnit,
        /// Where to go on; none to begin anew.
        at: Option<Box<Resume>>,
    },
    /// The last page of a unit was read.
    FinishUnit {
        /// The backend.
        source: SourceId,
        /// The unit.
        unit: SyncUnit,
        /// The run.
        run: i64,
        /// How much of the unit it covered.
        extent: Extent,
        /// The server's own time when the run began; kept only of a check.
        cursor: Option<DateTime<Utc>>,
        /// What the person may see and where, as a text to compare: what a wider access shows
        /// has not changed at the source, so that only a whole reading finds it.
        basis: String,
        /// When.
        at: DateTime<Utc>,
        /// How many entries could not be read.
        skipped: u32,
    },
    /// A unit could not be read. What is held of it stays, with this beside it.
    UnitTroubled {
        /// The backend.
        source: SourceId,
        /// The unit.
        unit: SyncUnit,
        /// Why.
        trouble: UnitTrouble,
        /// When.
        at: DateTime<Utc>,
    },
    /// The source no longer lets this person see a unit: its rows go, its state keeps the reason,
    /// and, where anything was held, that it went.
    PurgeUnit {
        /// The backend.
        source: SourceId,
        /// The unit.
        unit: SyncUnit,
        /// Why.
        why: WhyNot,
        /// When.
        at: DateTime<Utc>,
    },
    /// The patient was told that what was held of a unit went.
    Told {
        /// The backend.
        source: SourceId,
        /// The unit.
        unit: SyncUnit,
    },
    /// The patient looked at a unit: what was on the screen is what the next changes are news to.
    Look {
        /// The unit.
        unit: SyncUnit,
        /// The entries on the screen whose mark was shown, and what was shown of each.
        seen: Vec<(ResourceKey, i64)>,
        /// When.
        at: DateTime<Utc>,
    },
    /// Everything of a source goes: another patient, or the source was removed.
    PurgeSource {
        /// The backend.
        source: SourceId,
    },
}

/// What a page changes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct PagePlan {
    /// The changes, in order.
    pub actions: Vec<SyncAction>,
    /// How many entries of the page will be kept.
    pub kept: u32,
    /// How many entries could not be read or belong to somebody else.
    pub skipped: u32,
    /// Whether the server reported a warning or an error among the entries: nobody can tell how
    /// much it left out.
    pub has_warnings: bool,
    /// Whether the server reported an error among the entries.
    pub has_errors: bool,
}

impl PagePlan {
    /// A look at all that the plan brings, for what the patient has just done themselves.
    pub(crate) fn look(&self, unit: SyncUnit, at: DateTime<Utc>) -> SyncAction {
        let seen = self.actions.iter().filter_map(|action| match action {
            SyncAction::Upsert { resource, .. } if resource.is_listed => {
                Some((resource.key.clone(), resource.own))
            }
            _ => None,
        });
        SyncAction::Look {
            unit,
            seen: seen.collect(),
            at,
        }
    }

    /// Whether the page is all that it should be: nothing skipped, and no warning or error of the
    /// server's. What is missing from any other page says nothing about what the source holds.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.skipped == 0 && !self.has_warnings && !self.has_errors
    }
}

/// Plans a page of a search: what it changes, decided from the page alone.
///
/// One bad entry never drops a good one. An entry that names another patient is never kept. What is
/// shown inside another entry (a result within its report) is not listed a second time: `members`
/// holds what the pages of this unit so far named as such, and this page's are added to it.
#[must_use]
pub fn plan_page(
    page: &Page,
    source: &SourceId,
    unit: SyncUnit,
    whose: Whose<'_>,
    members: &mut Members,
    run: i64,
    at: DateTime<Utc>,
) -> PagePlan {
    let mut plan = PagePlan {
        skipped: count(page.skipped.len()),
        ..PagePlan::default()
    };
    let parsed: Vec<Option<Value>> = page
        .entries
        .iter()
        .map(|entry| serde_json::from_str(entry.raw.get()).ok())
        .collect();
    for resource in parsed.iter().flatten() {
        learn_members(members, resource);
    }
    for issue in &page.issues {
        match issue.severity.as_deref() {
            Some("information") => {}
            Some("warning") => plan.has_warnings = true,
            _ => {
                plan.has_warnings = true;
                plan.has_errors = true;
            }
        }
    }
    let strangers = Strangers::of(page, whose.patient_id);
    let by_name = by_name(page, &parsed);
    for (entry, one) in page.entries.iter().zip(&parsed) {
        let key = ResourceKey {
            source: source.clone(),
            resource_type: entry.resource_type.clone(),
            id: entry.id.clone(),
        };
        if entry.is_deleted {
            plan.actions.push(SyncAction::MarkRemoved { key, at });
            continue;
        }
        let resource = one.as_ref().filter(|it| belongs_to(it, whose, &strangers));
        let Some(resource) = resource else {
            plan.skipped += 1;
            continue;
        };
        if appointments::is_withdrawn(resource) {
            plan.actions.push(SyncAction::MarkRemoved { key, at });
            continue;
        }
        let classified = view::classify(unit, resource);
        let entries = members.get(&format!("{}/{}", key.resource_type, key.id));
        let part_of = entries.and_then(news::part_of);
        let view = if entry.resource_type == "Appointment" {
            appointments::shown(resource)
        } else if entries.is_some() {
            view::shown_inside(resource)
        } else {
            classified.shown
        };
        let is_listed = classified.is_listed && entries.is_none();
        let own = if is_listed && classified.is_withdrawn {
            news::NOTHING
        } else {
            news::of_resource(&key, view)
        };
        plan.kept += 1;
        plan.actions.push(SyncAction::Upsert {
            resource: Box::new(Incoming {
                key,
                unit: classified.unit,
                is_listed,
                version: entry.version.clone(),
                last_updated: entry.last_updated,
                sort_date: classified.sort_date,
                json: entry.raw.get().to_owned(),
                // A report is found by the words of the results inside it.
                search_text: with_members(classified.search_text, unit, resource, &by_name),
                own,
                part_of,
            }),
            run,
            at,
        });
    }
    plan
}

/// The resources of a page by their plain references. Of two with one name the first counts.
fn by_name<'a>(page: &Page, parsed: &'a [Option<Value>]) -> HashMap<String, Option<&'a Value>> {
    let mut by_name = HashMap::with_capacity(parsed.len());
    for (entry, resource) in page.entries.iter().zip(parsed) {
        by_name
            .entry(format!("{}/{}", entry.resource_type, entry.id))
            .or_insert(resource.as_ref());
    }
    by_name
}

/// Notes what a resource shows inside itself.
pub(crate) fn learn_members(members: &mut Members, resource: &Value) {
    let text = |field: &str| resource[field].as_str().unwrap_or_default();
    let entry = format!("{}/{}", text("resourceType"), text("id"));
    for member in view::members(resource) {
        let entries = members.entry(member).or_default();
        if entries.len() < MOST_ENTRIES {
            entries.insert(entry.clone());
        }
    }
}

/// An entry's words with those of the entries of this page that are shown inside it.
fn with_members(
    mut words: String,
    unit: SyncUnit,
    resource: &Value,
    by_name: &HashMap<String, Option<&Value>>,
) -> String {
    for member in view::members(resource) {
        if let Some(found) = by_name.get(&member).copied().flatten() {
            words.push(' ');
            words.push_str(&view::classify(unit, found).search_text);
        }
    }
    words
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use hale_contracts::record::SectionKind;
    use hale_fhir::read_page;
    use serde_json::json;

    use super::*;

    const RESULTS: SyncUnit = SyncUnit::Record(SectionKind::Results);

    fn planned(bundle: &Value, members: &mut Members) -> PagePlan {
        let page = read_page(bundle.to_string().as_bytes()).unwrap();
        let source = SourceId("main".into());
        plan_page(
            &page,
            &source,
            RESULTS,
            "p".into(),
            members,
            1,
            DateTime::UNIX_EPOCH,
        )
    }

    fn listed(plan: &PagePlan) -> Vec<(String, bool)> {
        plan.actions
            .iter()
            .filter_map(|action| match action {
                SyncAction::Upsert { resource, .. } => {
                    Some((resource.key.id.clone(), resource.is_listed))
                }
                _ => None,
            })
            .collect()
    }

    fn result(id: &str) -> Value {
        json!({"resource": {"resourceType": "Observation", "id": id, "status": "final",
            "category": [{"coding": [{"code": "laboratory"}]}],
            "code": {"text": format!("Result {id}")}, "subject": {"reference": "Patient/p"}}})
    }

    #[test]
    fn a_result_inside_a_report_is_not_listed_a_second_time() {
        let report = json!({"resource": {"resourceType": "DiagnosticReport", "id": "r",
            "status": "final", "code": {"text": "Blood"}, "subject": {"reference": "Patient/p"},
            "result": [{"reference": "Observation/1"}, {"reference": "Observation/2"}]}});
        let mut members = Members::new();
        let first = json!({"resourceType": "Bundle", "entry": [report, result("1")]});
        let plan = planned(&first, &mut members);
        assert_eq!(
            listed(&plan),
            [("r".to_owned(), true), ("1".to_owned(), false)]
        );
        let SyncAction::Upsert { resource, .. } = &plan.actions[0] else {
            panic!("an upsert comes first");
        };
        assert!(
            resource.search_text.contains("Result 1"),
            "found by what is inside"
        );
        let second = json!({"resourceType": "Bundle", "entry": [result("2"), result("3")]});
        let plan = planned(&second, &mut members);
        assert_eq!(
            listed(&plan),
            [("2".to_owned(), false), ("3".to_owned(), true)]
        );
    }

    #[test]
    fn a_page_is_complete_only_without_anything_skipped_or_warned_of() {
        let outcome = |severity: &str| {
            json!({"resource": {"resourceType": "OperationOutcome",
                "issue": [{"severity": severity, "code": "incomplete"}]}})
        };
        let without_id = json!({"resource": {"resourceType": "Observation"}});
        let mut theirs = result("9");
        theirs["resource"]["subject"]["reference"] = json!("Patient/q");
        let cases = [
            (None, true),
            (Some(outcome("information")), true),
            (Some(outcome("warning")), false),
            (Some(outcome("error")), false),
            (Some(outcome("unheard-of")), false),
            (Some(without_id), false),
            (Some(theirs), false),
            (Some(json!("no entry")), false),
        ];
        for (extra, expected) in cases {
            let entries: Vec<Value> = std::iter::once(result("1")).chain(extra.clone()).collect();
            let bundle = json!({"resourceType": "Bundle", "entry": entries});
            let plan = planned(&bundle, &mut Members::new());
            assert_eq!(plan.kept, 1, "the good one is kept");
            assert_eq!(plan.is_complete(), expected, "{extra:?}");
        }
    }

    #[test]
    fn nothing_of_another_patient_is_kept() {
        let mut theirs = result("1");
        theirs["resource"]["subject"]["reference"] = json!("Patient/q");
        let plan = planned(
            &json!({"resourceType": "Bundle", "entry": [theirs, result("2")]}),
            &mut Members::new(),
        );
        assert_eq!(listed(&plan), [("2".to_owned(), true)]);
        assert_eq!(plan.skipped, 1);
    }

    #[test]
    fn an_appointment_withdrawn_as_a_mistake_leaves_a_note_of_what_was_held() {
        let of = |id: &str, status: &str| {
            json!({"resource": {"resourceType": "Appointment", "id": id, "status": status,
                "participant": [{"actor": {"reference": "Patient/p"}}]}})
        };
        let entries = [of("1", "booked"), of("2", "entered-in-error")];
        let plan = planned(
            &json!({"resourceType": "Bundle", "entry": entries}),
            &mut Members::new(),
        );
        assert_eq!(listed(&plan), [("1".to_owned(), true)]);
        let Some(SyncAction::MarkRemoved { key, .. }) = plan.actions.last() else {
            panic!("{:?}", plan.actions);
        };
        assert_eq!(key.id, "2");
        assert!(plan.is_complete(), "it was read well");
    }
}
