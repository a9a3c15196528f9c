//! The patient's repeats and what became of their orders.

use std::cmp::Reverse;
use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use hale_contracts::provenance::ProvenanceView;
use hale_contracts::reasons::{IdentityLevel, WhyNot};
use hale_contracts::record::SectionKind;
use hale_contracts::repeats::{
    PharmacyStatus, RepeatMedicineView, RepeatRequestRequest, RepeatRequestView, RepeatStepKind,
    RepeatStepView, RepeatsView, RequestStatus,
};
use hale_contracts::sync::SyncUnit;
use hale_contracts::time::PartialDate;
use hale_fhir::lenient::text;
use serde_json::Value;

use super::view;
use crate::account::view::TaskAccess;
use crate::app::{Hale, OpenSession, Session, lock};
use crate::error::Error;
use crate::london;
use crate::outbox::{is_done, pending};
use crate::ports::{
    Backends, Cache, Clock, Device, ListQuery, Outbox, RequestForm, RequestKind, RequestState,
    StoredRequest, StoredResource,
};
use crate::record::Lookup;
use crate::sources::standing::as_a_whole;
use crate::sync::run::{rights, stored_of_main};

/// More medicines, or requests, than anybody has; the lists are shown whole.
const MOST: u32 = 10_000;

/// How long an order that the server has acknowledged is shown although no check has met it yet.
const MET_WITHIN: TimeDelta = TimeDelta::days(1);

/// How long a prescription that nobody asked for here is shown after its last step.
const SHOWN_FOR: TimeDelta = TimeDelta::days(90);

/// How long the first screen tells of bad news.
const BAD_NEWS_FOR: TimeDelta = TimeDelta::days(14);

/// The unit of the authorisations and the prescriptions.
const MEDICINES: SyncUnit = SyncUnit::Record(SectionKind::Medicines);

/// What the slice is made of.
struct Facts {
    /// Authorisations in force.
    plans: Vec<(StoredResource, Value)>,
    /// Prescriptions.
    issues: Vec<(StoredResource, Value)>,
    tasks: Vec<(StoredResource, Value)>,
    /// What the patient asked for, as this device keeps it.
    kept: Vec<StoredRequest>,
    lookup: Lookup,
}

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// Repeat prescriptions as this device knows them.
    ///
    /// # Errors
    /// If nobody is signed in or a store fails.
    pub async fn repeats(&self) -> Result<RepeatsView, Error> {
        let session = self.session()?;
        *lock(&session.shown) = Some(SyncUnit::Repeats);
        let facts = self.repeat_facts(&session).await?;
        let mut parts = self.unit_standings(&session, MEDICINES).await?;
        parts.extend(self.unit_standings(&session, SyncUnit::Repeats).await?);
        // Orders go to the main service; what others hold is in the record.
        parts.retain(|part| part.identity.is_main());
        let standing = as_a_whole(&parts);
        let medicines = parts.first().map(|part| part.standing.clone());
        let not_allowed = medicines.as_ref().and_then(|one| one.not_allowed.clone());
        let is_known = medicines.is_some_and(|one| one.is_known && !one.is_part);
        let requests = self.request_views(&session, &facts);
        let patient = stored_of_main(&session, "Patient").await?;
        Ok(RepeatsView {
            medicines: self.medicine_views(&session, &facts, &requests),
            requests,
            not_possible: self.why_not_order(&session).await?,
            is_offline: session.main.seems_offline(),
            pharmacy: patient.first().and_then(view::nominated),
            freshness: standing.freshness,
            error: standing.error,
            not_allowed,
            skipped: standing.skipped,
            is_known,
        })
    }

    /// One request.
    ///
    /// # Errors
    /// [`Error::NotFound`] if it is not on this device, or nobody is signed in, or a store fails.
    pub async fn repeat_request(
        &self,
        request: RepeatRequestRequest,
    ) -> Result<RepeatRequestView, Error> {
        let session = self.session()?;
        let facts = self.repeat_facts(&session).await?;
        let mut all = self.request_views(&session, &facts).into_iter();
        all.find(|one| one.id == request.id).ok_or(Error::NotFound)
    }

    /// The requests that need the patient.
    pub(crate) async fn repeats_to_look_at(
        &self,
        session: &OpenSession<D, B>,
    ) -> Result<Vec<RepeatRequestView>, Error> {
        let query = ListQuery {
            unit: SyncUnit::Repeats,
            offset: 0,
            limit: 1,
            listed_only: true,
        };
        let is_bare = session.cache.list(query).await?.rows.is_empty();
        let kept = session.own.requests().await?;
        let is_asked = |one: &StoredRequest| one.kind == RequestKind::RepeatRequest;
        // The first screen is drawn often, and most people have asked for nothing.
        if is_bare && !kept.iter().any(is_asked) {
            return Ok(Vec::new());
        }
        let facts = self.repeat_facts(session).await?;
        let mut requests = self.request_views(session, &facts);
        let now = self.clock.now();
        requests.retain(|request| needs_a_look(request, now));
        Ok(requests)
    }

    async fn repeat_facts(&self, session: &OpenSession<D, B>) -> Result<Facts, Error> {
        let source = session.identity().source.clone();
        let rows = async |unit| {
            let query = ListQuery {
                unit,
                offset: 0,
                limit: MOST,
                listed_only: true,
            };
            session.cache.list(query).await
        };
        let is_own = |row: &StoredResource, kind: &str| {
            row.key.source == source && row.key.resource_type == kind && row.removed_at.is_none()
        };
        let read = |row: StoredResource| {
            let json: Value = serde_json::from_str(&row.json).ok()?;
            Some((row, json))
        };
        let medicines = rows(MEDICINES).await?.rows.into_iter();
        let medicines: Vec<_> = medicines
            .filter(|row| is_own(row, "MedicationRequest"))
            .filter_map(read)
            .collect();
        let (plans, others): (Vec<_>, Vec<_>) = medicines
            .into_iter()
            .filter(|(_, json)| json["intent"] != "plan" || view::is_plan(json))
            .partition(|(_, json)| view::is_plan(json));
        let issues: Vec<_> = others
            .into_iter()
            .filter(|(_, json)| json["intent"] == "order")
            .collect();
        let tasks = rows(SyncUnit::Repeats).await?.rows.into_iter();
        let tasks: Vec<_> = tasks
            .filter(|row| is_own(row, "Task"))
            .filter_map(read)
            .filter(|(_, task)| view::is_renewal(task))
            .collect();
        let all = plans.iter().chain(&issues).chain(&tasks);
        let known: Vec<StoredResource> = all.map(|(row, _)| row.clone()).collect();
        Ok(Facts {
            lookup: Lookup::read(&session.cache, &known).await?,
            kept: session.own.requests().await?,
            plans,
            issues,
            tasks,
        })
    }

    fn medicine_views(
        &self,
        session: &OpenSession<D, B>,
        facts: &Facts,
        requests: &[RepeatRequestView],
    ) -> Vec<RepeatMedicineView> {
        let today = london::local_date(self.clock.now());
        let open = open_plans(facts, requests);
        let mut issues: HashMap<String, Vec<&Value>> = HashMap::new();
        for (_, issue) in &facts.issues {
            if let Some(plan) = view::plan_of(issue) {
                issues.entry(plan).or_default().push(issue);
            }
        }
        let mut medicines: Vec<RepeatMedicineView> = facts
            .plans
            .iter()
            .map(|(row, plan)| {
                let name = format!("MedicationRequest/{}", row.key.id);
                let find = |plain: &str| facts.lookup.find(&row.key.source, plain);
                let source = session.source_view(&row.key.source);
                let issues = issues.get(&name).map_or(&[][..], Vec::as_slice);
                let is_requested = open.contains(&name);
                let around = (&find as &dyn Fn(&str) -> Option<Value>, &source, today);
                let mut medicine = view::medicine(&row.key.id, plan, issues, is_requested, around);
                medicine.provenance.last_checked = Some(london::from_utc(row.checked_at));
                medicine
            })
            .collect();
        medicines.sort_by_cached_key(|one| (one.name.to_lowercase(), one.plan_id.clone()));
        medicines
    }

    /// Every request: what the server holds, what only this device has, and the prescriptions at the
    /// pharmacy that nobody asked for here.
    fn request_views(&self, session: &OpenSession<D, B>, facts: &Facts) -> Vec<RepeatRequestView> {
        let now = self.clock.now();
        let mut all = Vec::new();
        let mut told = Vec::new();
        let issues: Vec<(&str, &Value)> = facts
            .issues
            .iter()
            .map(|(row, issue)| (row.key.id.as_str(), issue))
            .collect();
        for (row, task) in &facts.tasks {
            let prescription = view::prescription_of(task, &issues).map(|at| &facts.issues[at]);
            told.extend(prescription.map(|(row, _)| row.key.id.clone()));
            let find = |plain: &str| facts.lookup.find(&row.key.source, plain);
            let prescription = prescription.map(|(_, issue)| issue);
            let mut request = view::request(&row.key.id, task, prescription, &find, now);
            request.pending = facts
                .kept
                .iter()
                .filter(|one| one.kind == RequestKind::CancelRepeatRequest && !is_done(one))
                .find(|one| one.subject == format!("Task/{}", row.key.id))
                .map(pending);
            request.can_cancel &= request.pending.is_none();
            request.provenance = Some(provenance(row, task, session));
            all.push(request);
        }
        for (row, issue) in &facts.issues {
            if told.contains(&row.key.id) || !view::is_tracked(issue) {
                continue;
            }
            let find = |plain: &str| facts.lookup.find(&row.key.source, plain);
            let mut prescription = view::prescription(&row.key.id, issue, &find, now);
            prescription.provenance = Some(provenance(row, issue, session));
            if is_recent(&prescription, now) {
                all.push(prescription);
            }
        }
        let ids: Vec<_> = facts
            .tasks
            .iter()
            .filter_map(|(_, task)| view::own_id(task))
            .collect();
        let own = facts
            .kept
            .iter()
            .filter(|one| one.kind == RequestKind::RepeatRequest && !ids.contains(&one.id))
            .filter(|one| !is_done(one) || now - one.confirmed_at < MET_WITHIN);
        all.extend(own.map(|one| only_here(one, facts, now)));
        all.sort_by_key(|one| Reverse(when(one)));
        all
    }

    /// Why nothing can be ordered here. What is not known is left to the server; without a connection
    /// an order is kept.
    async fn why_not_order(&self, session: &OpenSession<D, B>) -> Result<Option<WhyNot>, Error> {
        let rights = rights(session, &session.main).await?;
        if let Some(have) = rights.identity
            && have < IdentityLevel::P9
        {
            let need = IdentityLevel::P9;
            return Ok(Some(WhyNot::IdentityLevel { have, need }));
        }
        if self.practice_rules(session).await?.ordering_enabled == Some(false) {
            return Ok(Some(WhyNot::PracticeSwitchedOff));
        }
        match rights.access.and_then(|access| access.prescriptions) {
            Some(TaskAccess::None) => {
                return Ok(Some(WhyNot::Refused { server_says: None }));
            }
            Some(TaskAccess::View) => return Ok(Some(WhyNot::OnlyToView)),
            Some(TaskAccess::Manage) | None => {}
        }
        if !session.identity().backend.may_offer("Task", "create") {
            return Ok(Some(WhyNot::ServerLacksFeature));
        }
        Ok(None)
    }
}

fn provenance<C, O, R>(
    row: &StoredResource,
    json: &Value,
    session: &Session<C, O, R>,
) -> ProvenanceView {
    ProvenanceView {
        source: session.source_view(&row.key.source),
        organisation: None,
        author: None,
        recorded: text(&json["authoredOn"])
            .as_deref()
            .map(london::partial_date),
        last_checked: Some(london::from_utc(row.checked_at)),
    }
}

/// The authorisations for which an order is still open.
fn open_plans(facts: &Facts, requests: &[RepeatRequestView]) -> Vec<String> {
    let is_open = |id: &str| {
        let request = requests.iter().find(|one| one.id == id);
        let status = request.and_then(|one| one.status);
        status.is_some_and(RequestStatus::is_open)
    };
    let asked = facts
        .tasks
        .iter()
        .filter(|(row, _)| is_open(&row.key.id))
        .filter_map(|(_, task)| view::plan_of(task));
    // What the practice has refused, or nobody can find out, may be asked for again.
    let waiting = facts
        .kept
        .iter()
        .filter(|one| one.kind == RequestKind::RepeatRequest)
        .filter(|one| !matches!(one.state, RequestState::Parked(_)))
        .filter(|one| requests.iter().any(|shown| shown.id == one.id.to_string()))
        .map(|one| one.subject.clone());
    asked.chain(waiting).collect()
}

/// A request that no check has met.
fn only_here(request: &StoredRequest, facts: &Facts, now: DateTime<Utc>) -> RepeatRequestView {
    let body = match &request.form {
        RequestForm::Create { body } => serde_json::from_str(body).unwrap_or_default(),
        RequestForm::Change { .. } => Value::Null,
    };
    let find = |plain: &str| {
        let of_plan = |row: &StoredResource| format!("MedicationRequest/{}", row.key.id) == plain;
        let held = facts.plans.iter().find(|(row, _)| of_plan(row));
        held.map(|(_, plan)| plan.clone())
    };
    let id = request.id.to_string();
    let mut view = view::request(&id, &body, None, &find, now);
    view.asked = Some(london::from_utc(request.confirmed_at));
    view.steps = vec![RepeatStepView {
        kind: RepeatStepKind::Asked,
        at: view.asked.map(PartialDate::Moment),
    }];
    view.can_cancel = false;
    if !is_done(request) {
        view.status = None;
        view.is_late = false;
        view.pending = Some(pending(request));
    }
    view
}

/// When a request was last in the patient's hands: asked for, or its latest step.
fn when(request: &RepeatRequestView) -> Option<DateTime<Utc>> {
    let asked = request.asked.map(|asked| asked.utc);
    asked.or_else(|| last_step(request))
}

fn last_step(request: &RepeatRequestView) -> Option<DateTime<Utc>> {
    match request.steps.last()?.at.as_ref()? {
        PartialDate::Moment(moment) => Some(moment.utc),
        PartialDate::Day(day) => Some(london::day_bounds(*day).0),
        PartialDate::Year(_) | PartialDate::Month(..) | PartialDate::AsWritten(_) => None,
    }
}

/// Whether a request needs the patient: something to do, or bad news that is not old.
fn needs_a_look(request: &RepeatRequestView, now: DateTime<Utc>) -> bool {
    use PharmacyStatus as S;
    if request.pending.is_some() || request.is_late {
        return true;
    }
    let is_bad = match (request.at_pharmacy(), request.status) {
        (Some((S::ReadyToCollect | S::ReadyToCollectPartial, _)), _) => return true,
        (Some((S::NotDispensed | S::PrescriberCancelled, _)), _) => true,
        (None, Some(RequestStatus::Rejected | RequestStatus::Failed)) => true,
        _ => false,
    };
    is_bad && last_step(request).is_none_or(|at| now - at < BAD_NEWS_FOR)
}

/// Whether a prescription is of use to the patient: still on its way, or over not long ago.
fn is_recent(request: &RepeatRequestView, now: DateTime<Utc>) -> bool {
    let is_over = matches!(
        request.at_pharmacy(),
        Some((
            PharmacyStatus::Collected
                | PharmacyStatus::NotDispensed
                | PharmacyStatus::PrescriberCancelled,
            _
        ))
    );
    !is_over || last_step(request).is_none_or(|at| now - at < SHOWN_FOR)
}
