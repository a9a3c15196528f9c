use hale_contracts::outbox::{
    ParkedView, PendingRequestView, PendingStateView, RepeatOrderRequest, RequestKindView,
    RequestOutcomeView,
};
use hale_contracts::reasons::WhyNot;
use hale_contracts::repeats::{
    EligibilityView, FindPharmaciesRequest, OrderOutcomeView, OrderRepeatsRequest,
    OrdersOutcomeView, PharmaciesView, PharmacyFoundView, PharmacyStatus, PharmacyView,
    RepeatMedicineView, RepeatRequestRequest, RepeatRequestView, RepeatStepKind, RepeatStepView,
    RepeatsView, RequestStatus,
};
use hale_contracts::time::PartialDate;

use crate::is_kept;
use crate::samples::{day, error, fresh, moment, provenance};

fn eligibilities() -> [EligibilityView; 8] {
    use EligibilityView as E;
    let _ = |value: &E| match value {
        E::Orderable
        | E::Requested
        | E::TooSoon { .. }
        | E::ReviewOverdue { .. }
        | E::NoneLeft { .. }
        | E::Acute
        | E::RepeatDispensing
        | E::Unknown => (),
    };
    let date = || PartialDate::Day(day());
    [
        E::Orderable,
        E::Requested,
        E::TooSoon { from: date() },
        E::ReviewOverdue { since: date() },
        E::NoneLeft { allowed: 6 },
        E::Acute,
        E::RepeatDispensing,
        E::Unknown,
    ]
}

fn pharmacy() -> PharmacyView {
    PharmacyView {
        name: Some("Quay Pharmacy".to_owned()),
        code: Some("FLM49".to_owned()),
    }
}

fn pending() -> PendingRequestView {
    PendingRequestView {
        id: "00000000-0000-4000-8000-000000000001".to_owned(),
        kind: RequestKindView::RepeatRequest,
        subject: "MedicationRequest/1".to_owned(),
        confirmed_at: moment(),
        state: PendingStateView::Parked {
            because: ParkedView::AlreadyAsked,
        },
        can_undo: true,
        can_send_again: false,
    }
}

fn request() -> RepeatRequestView {
    RepeatRequestView {
        id: "task-1".to_owned(),
        medicine: Some("Amlodipine 5mg tablets".to_owned()),
        asked: Some(moment()),
        note: Some("Going away on Friday".to_owned()),
        status: Some(RequestStatus::Completed),
        reason: None,
        steps: vec![
            RepeatStepView {
                kind: RepeatStepKind::Asked,
                at: Some(PartialDate::Moment(moment())),
            },
            RepeatStepView {
                kind: RepeatStepKind::Practice {
                    status: RequestStatus::Completed,
                },
                at: Some(PartialDate::Day(day())),
            },
            RepeatStepView {
                kind: RepeatStepKind::Pharmacy {
                    status: PharmacyStatus::Unknown,
                    said: Some("On The Moon".to_owned()),
                },
                at: None,
            },
        ],
        pharmacy: Some(pharmacy()),
        prescription_id: Some("83C40E-A23856-00123C".to_owned()),
        barcode: Some("1101".to_owned()),
        is_late: false,
        can_cancel: false,
        pending: Some(pending()),
        provenance: Some(provenance()),
    }
}

#[test]
fn repeats_with_every_eligibility_and_status() {
    let medicines = eligibilities().map(|eligibility| RepeatMedicineView {
        plan_id: "plan-1".to_owned(),
        name: "Amlodipine 5mg tablets".to_owned(),
        dose: Some("One to be taken each day".to_owned()),
        quantity: Some("56 tablet".to_owned()),
        eligibility,
        last_issued: Some(PartialDate::Day(day())),
        provenance: provenance(),
    });
    let view = RepeatsView {
        medicines: medicines.to_vec(),
        requests: vec![request()],
        not_possible: Some(WhyNot::OnlyToView),
        is_offline: true,
        pharmacy: Some(pharmacy()),
        freshness: fresh(),
        error: Some(error()),
        not_allowed: None,
        skipped: 1,
        is_known: true,
    };
    is_kept("repeats", &[view]);
    is_kept("request_status", &RequestStatus::ALL);
    is_kept("pharmacy_status", &PharmacyStatus::ALL);
}

#[test]
fn orders_and_what_became_of_them() {
    let order = RepeatOrderRequest {
        request_id: "00000000-0000-4000-8000-000000000001".to_owned(),
        plan_id: "plan-1".to_owned(),
        note: Some("Going away on Friday".to_owned()),
        pharmacy: Some("FLM49".to_owned()),
    };
    is_kept(
        "order_repeats_request",
        &[OrderRepeatsRequest {
            orders: vec![order],
        }],
    );
    let outcomes = [
        RequestOutcomeView::Acknowledged,
        RequestOutcomeView::Pending { request: pending() },
    ];
    is_kept(
        "orders_outcome",
        &[OrdersOutcomeView {
            orders: outcomes
                .map(|outcome| OrderOutcomeView {
                    plan_id: "plan-1".to_owned(),
                    outcome,
                })
                .to_vec(),
        }],
    );
    let id = "task-1".to_owned();
    is_kept("repeat_request_request", &[RepeatRequestRequest { id }]);
}

#[test]
fn pharmacies() {
    let text = "Quay".to_owned();
    is_kept("find_pharmacies_request", &[FindPharmaciesRequest { text }]);
    let found = PharmacyFoundView {
        code: "FLM49".to_owned(),
        name: "Quay Pharmacy".to_owned(),
        address: Some("1 Quay, L8 5CK".to_owned()),
    };
    is_kept(
        "pharmacies",
        &[PharmaciesView {
            pharmacies: vec![found],
            has_more: true,
        }],
    );
}
