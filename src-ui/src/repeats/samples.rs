//! What the tests of this slice show.

use hale_contracts::provenance::{FreshnessView, ProvenanceView, SourceView};
use hale_contracts::repeats::{
    EligibilityView, RepeatMedicineView, RepeatRequestView, RepeatsView, RequestStatus,
};

/// Everything, with nothing in the way.
pub(super) fn view(
    medicines: Vec<RepeatMedicineView>,
    requests: Vec<RepeatRequestView>,
) -> RepeatsView {
    RepeatsView {
        medicines,
        requests,
        not_possible: None,
        is_offline: false,
        pharmacy: None,
        freshness: FreshnessView::NeverLoaded,
        error: None,
        not_allowed: None,
        skipped: 0,
        is_known: true,
    }
}

/// A medicine whose name is its id.
pub(super) fn medicine(id: &str, eligibility: EligibilityView) -> RepeatMedicineView {
    RepeatMedicineView {
        plan_id: id.to_owned(),
        name: id.to_owned(),
        dose: None,
        quantity: None,
        eligibility,
        last_issued: None,
        provenance: ProvenanceView {
            source: SourceView {
                id: "main".to_owned(),
                name: "Elm Surgery".to_owned(),
            },
            organisation: None,
            author: None,
            recorded: None,
            last_checked: None,
        },
    }
}

/// A request for the medicine of this name.
pub(super) fn request(name: &str, status: Option<RequestStatus>) -> RepeatRequestView {
    RepeatRequestView {
        id: format!("request-for-{name}"),
        medicine: Some(name.to_owned()),
        asked: None,
        note: None,
        status,
        reason: None,
        steps: Vec::new(),
        pharmacy: None,
        prescription_id: None,
        barcode: None,
        is_late: false,
        can_cancel: false,
        pending: None,
        provenance: None,
    }
}
