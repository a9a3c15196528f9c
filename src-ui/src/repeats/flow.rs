//! What a patient has chosen on the way to an order, from the list to what became of it.
//!
//! Lives as long as the window, so that a check in the background, the back button and a look at
//! another screen lose nothing; never in an address.

use std::collections::{BTreeMap, BTreeSet};

use hale_contracts::error::ErrorView;
use hale_contracts::outbox::{RepeatOrderRequest, RequestOutcomeView};
use hale_contracts::repeats::{
    OrderRepeatsRequest, PharmacyFoundView, RepeatMedicineView, RepeatsView,
};
use leptos::prelude::*;

use crate::state::Session;

/// What became of the order of one medicine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ended {
    pub(super) name: String,
    pub(super) outcome: RequestOutcomeView,
}

/// The order under way.
///
/// Invariant: the id of a medicine's order is made once and goes with every attempt, until it is
/// known to be kept; so a second press can never order twice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RepeatFlow {
    /// What there is, as last read.
    pub(super) view: RwSignal<Option<RepeatsView>>,
    /// The medicines chosen, by the id of their authorisation.
    pub(super) chosen: RwSignal<BTreeSet<String>>,
    /// Whether something that was chosen cannot be ordered any more.
    pub(super) is_dropped: RwSignal<bool>,
    /// The note to the practice.
    pub(super) note: RwSignal<String>,
    /// The pharmacy for this order alone, if it goes elsewhere than usual.
    pub(super) pharmacy: RwSignal<Option<PharmacyFoundView>>,
    /// The ids of the orders.
    ids: RwSignal<BTreeMap<String, String>>,
    /// Whether it is being sent now.
    pub(super) is_sending: RwSignal<bool>,
    /// Why it could not be kept.
    pub(super) failed: RwSignal<Option<ErrorView>>,
    /// What became of it.
    pub(super) outcome: RwSignal<Option<Vec<Ended>>>,
}

/// Who is looking, however else what is known of them changes. Tracked.
pub(super) fn who(session: Session) -> Option<impl PartialEq + Clone + Send + Sync + 'static> {
    let person = session.person()?;
    Some((person.nhs_number, person.name))
}

impl RepeatFlow {
    fn new() -> Self {
        Self {
            view: RwSignal::new(None),
            chosen: RwSignal::new(BTreeSet::new()),
            is_dropped: RwSignal::new(false),
            note: RwSignal::new(String::new()),
            pharmacy: RwSignal::new(None),
            ids: RwSignal::new(BTreeMap::new()),
            is_sending: RwSignal::new(false),
            failed: RwSignal::new(None),
            outcome: RwSignal::new(None),
        }
    }

    /// Makes it known to everything below, and forgets everything when another person may be looking.
    pub(crate) fn provide(session: Session) {
        let flow = Self::new();
        provide_context(flow);
        let person = Memo::new(move |_| who(session));
        Effect::new(move || {
            // Read, and not only tracked: a memo that was never read follows nothing.
            let _ = person.get();
            flow.view.set(None);
            flow.outcome.set(None);
            flow.clear();
        });
    }

    /// The window's order.
    pub(super) fn expect() -> Self {
        expect_context()
    }

    /// Takes over what there is now. What was chosen and cannot be asked for any more is dropped.
    pub(super) fn take(&self, view: RepeatsView) {
        let can_ask: BTreeSet<&str> = view
            .medicines
            .iter()
            .filter(|one| view.not_possible.is_none() && one.eligibility.can_ask())
            .map(|one| one.plan_id.as_str())
            .collect();
        let is_gone = |id: &String| !can_ask.contains(id.as_str());
        if self
            .chosen
            .with_untracked(|chosen| chosen.iter().any(is_gone))
        {
            self.chosen
                .update(|chosen| chosen.retain(|id| !is_gone(id)));
            self.is_dropped.set(true);
        }
        self.view.set(Some(view));
    }

    /// The medicines chosen, in the order of the list.
    pub(super) fn medicines(&self) -> Vec<RepeatMedicineView> {
        let chosen = self.chosen.get_untracked();
        self.view.with_untracked(|view| {
            let all = view.iter().flat_map(|view| &view.medicines);
            all.filter(|one| chosen.contains(&one.plan_id))
                .cloned()
                .collect()
        })
    }

    /// Makes the ids that are missing.
    pub(super) fn make_ids(
        &self,
        new_id: impl Fn() -> Result<String, ErrorView>,
    ) -> Result<(), ErrorView> {
        for medicine in self.medicines() {
            let has_one = |ids: &BTreeMap<_, _>| ids.contains_key(&medicine.plan_id);
            if !self.ids.with_untracked(has_one) {
                let id = new_id()?;
                self.ids.update(|ids| {
                    ids.insert(medicine.plan_id, id);
                });
            }
        }
        Ok(())
    }

    /// What is sent; none where nothing is chosen or an id is missing.
    pub(super) fn request(&self) -> Option<OrderRepeatsRequest> {
        let note = self.note.get_untracked().trim().to_owned();
        let note = Some(note).filter(|note| !note.is_empty());
        let ids = self.ids.get_untracked();
        let pharmacy = self
            .pharmacy
            .with_untracked(|one| one.as_ref().map(|one| one.code.clone()));
        let orders: Option<Vec<_>> = self
            .medicines()
            .into_iter()
            .map(|medicine| {
                Some(RepeatOrderRequest {
                    request_id: ids.get(&medicine.plan_id)?.clone(),
                    plan_id: medicine.plan_id,
                    note: note.clone(),
                    pharmacy: pharmacy.clone(),
                })
            })
            .collect();
        let orders = orders.filter(|orders| !orders.is_empty())?;
        Some(OrderRepeatsRequest { orders })
    }

    /// Drops what was chosen and typed: it was kept, or somebody else is looking.
    pub(super) fn clear(&self) {
        self.chosen.set(BTreeSet::new());
        self.is_dropped.set(false);
        self.note.set(String::new());
        self.pharmacy.set(None);
        self.ids.set(BTreeMap::new());
        self.failed.set(None);
    }
}

#[cfg(test)]
mod tests {
    use hale_contracts::repeats::EligibilityView;

    use super::super::samples::{self, medicine};
    use super::*;

    fn view(second: EligibilityView) -> RepeatsView {
        let first = medicine("a", EligibilityView::Orderable);
        samples::view(vec![first, medicine("b", second)], Vec::new())
    }

    #[test]
    fn each_order_keeps_its_id_and_what_cannot_be_asked_for_is_dropped() {
        let owner = Owner::new();
        owner.set();
        let flow = RepeatFlow::new();
        flow.take(view(EligibilityView::Unknown));
        assert_eq!(flow.request(), None, "nothing is chosen");
        flow.chosen.set(["a", "b"].map(str::to_owned).into());
        assert_eq!(flow.request(), None, "no ids");
        let next = std::cell::Cell::new(0);
        let new_id = || {
            next.set(next.get() + 1);
            Ok(format!("id-{}", next.get()))
        };
        flow.make_ids(new_id).unwrap();
        let first = flow.request().expect("an order");
        assert_eq!(first.orders.len(), 2);
        flow.make_ids(new_id).unwrap();
        assert_eq!(flow.request(), Some(first.clone()), "the same ids");
        flow.take(view(EligibilityView::Requested));
        assert!(flow.is_dropped.get_untracked());
        let after = flow.request().expect("an order");
        assert_eq!(after.orders, first.orders[..1]);
    }
}
