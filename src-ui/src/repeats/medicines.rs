//! The medicines of a patient: those that can be ordered to choose from, the others with their reason.

use hale_contracts::outbox::PendingStateView;
use hale_contracts::repeats::{
    EligibilityView, RepeatMedicineView, RepeatRequestView, RepeatsView, RequestStatus,
};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::flow::RepeatFlow;
use super::list::request_href;
use super::{CHECK, words};
use crate::components::{
    Button, CheckboxItem, Checkboxes, ErrorSummary, InsetText, SummarisedError, WhyNotPanel,
};
use crate::help::PracticeContact;
use crate::state;
use crate::wording::{Lang, lang, partial_date, td_string};

/// The medicines, and the way to order them.
#[component]
pub(super) fn Medicines(view: RepeatsView) -> impl IntoView {
    let lang = lang();
    if view.medicines.is_empty() {
        let words = if view.is_known && view.skipped == 0 {
            td_string!(lang, repeats.none)
        } else {
            td_string!(lang, repeats.none_unknown)
        };
        return view! {
            <p id="no-medicines">{words}</p>
            {move || view! { <PracticeContact practice=state::practice() /> }}
        }
        .into_any();
    }
    let is_possible = view.not_possible.is_none();
    let asked: Vec<Option<String>> = view
        .medicines
        .iter()
        .map(|one| open_request(one, &view).map(|request| request_href(&request.id)))
        .collect();
    let (open, closed): (Vec<_>, Vec<_>) = view
        .medicines
        .into_iter()
        .zip(asked)
        .partition(|(one, _)| is_possible && one.eligibility.can_ask());
    let open = open.into_iter().map(|(one, _)| one).collect::<Vec<_>>();
    let has_closed = !closed.is_empty();
    view! {
        {view
            .not_possible
            .map(|why| {
                view! {
                    <div id="order-not-possible">
                        <WhyNotPanel why />
                    </div>
                }
            })}
        {is_possible.then(|| view! { <Choice medicines=open /> })}
        {has_closed
            .then(|| {
                let heading = if is_possible {
                    td_string!(lang, repeats.cannot)
                } else {
                    td_string!(lang, repeats.all)
                };
                view! {
                    <h3 class="nhsuk-heading-s">{heading}</h3>
                    <ul class="hale-items" id="not-orderable">
                        {closed
                            .into_iter()
                            .map(|(medicine, asked)| {
                                view! { <Closed medicine is_possible asked /> }
                            })
                            .collect_view()}
                    </ul>
                    {move || view! { <PracticeContact practice=state::practice() /> }}
                }
            })}
    }
    .into_any()
}

#[component]
fn Choice(medicines: Vec<RepeatMedicineView>) -> impl IntoView {
    let lang = lang();
    let flow = RepeatFlow::expect();
    if medicines.is_empty() {
        return view! { <p id="nothing-to-choose">{td_string!(lang, repeats.nothing_to_choose)}</p> }
            .into_any();
    }
    let is_missing = RwSignal::new(false);
    let error = Signal::derive(move || {
        (is_missing.get() && flow.chosen.with(std::collections::BTreeSet::is_empty))
            .then(|| td_string!(lang, repeats.choose_error).to_owned())
    });
    let errors = Signal::derive(move || {
        error
            .get()
            .map(|text| SummarisedError {
                field: Some("repeat".to_owned()),
                text,
            })
            .into_iter()
            .collect::<Vec<_>>()
    });
    let items = medicines.iter().map(|one| item(lang, one)).collect();
    let navigate = use_navigate();
    let go_on = move |_| {
        is_missing.set(false);
        if flow
            .chosen
            .with_untracked(std::collections::BTreeSet::is_empty)
        {
            is_missing.set(true);
            return;
        }
        flow.is_dropped.set(false);
        navigate(CHECK, NavigateOptions::default());
    };
    view! {
        <ErrorSummary errors />
        {move || {
            flow.is_dropped
                .get()
                .then(|| {
                    view! {
                        <InsetText>
                            <p id="dropped" role="status">{td_string!(lang, repeats.dropped)}</p>
                        </InsetText>
                    }
                })
        }}
        <Checkboxes
            name="repeat"
            legend=td_string!(lang, repeats.choose)
            hint=td_string!(lang, repeats.choose_hint)
            items
            value=flow.chosen
            error
        />
        <Button id="continue-order" on_click=go_on>
            {td_string!(lang, repeats.go_on)}
        </Button>
    }
    .into_any()
}

/// The open request for a medicine. None where two could be meant: a request does not name its
/// authorisation, so that only a name of its own tells which it is.
fn open_request<'a>(
    medicine: &RepeatMedicineView,
    view: &'a RepeatsView,
) -> Option<&'a RepeatRequestView> {
    let is_same = |other: &&RepeatMedicineView| other.name == medicine.name;
    if medicine.eligibility != EligibilityView::Requested
        || medicine.name.is_empty()
        || view.medicines.iter().filter(is_same).count() > 1
    {
        return None;
    }
    let mut open = view
        .requests
        .iter()
        .filter(|request| request.medicine.as_ref() == Some(&medicine.name) && is_open(request));
    open.next().filter(|_| open.next().is_none())
}

/// Whether the practice has something to do with it, or will have once it arrives.
fn is_open(request: &RepeatRequestView) -> bool {
    match (request.status, &request.pending) {
        (Some(status), _) => RequestStatus::is_open(status),
        (None, Some(pending)) => !matches!(pending.state, PendingStateView::Parked { .. }),
        (None, None) => false,
    }
}

/// What a medicine is called.
pub(super) fn name(lang: Lang, medicine: &RepeatMedicineView) -> String {
    if medicine.name.is_empty() {
        td_string!(lang, repeats.unnamed).to_owned()
    } else {
        medicine.name.clone()
    }
}

/// What is said of a medicine beside its name.
fn lines(lang: Lang, medicine: &RepeatMedicineView) -> Vec<String> {
    let quantity = medicine
        .quantity
        .as_ref()
        .map(|quantity| td_string!(lang, repeats.quantity, quantity = quantity.as_str()));
    let issued = medicine
        .last_issued
        .as_ref()
        .map(|date| td_string!(lang, repeats.last_issued, date = partial_date(lang, date)));
    [medicine.dose.clone(), quantity, issued]
        .into_iter()
        .flatten()
        .collect()
}

fn item(lang: Lang, medicine: &RepeatMedicineView) -> CheckboxItem {
    let mut hints = lines(lang, medicine);
    hints.extend(words::eligibility(lang, &medicine.eligibility));
    CheckboxItem {
        value: medicine.plan_id.clone(),
        label: name(lang, medicine),
        hints,
    }
}

#[component]
fn Closed(
    medicine: RepeatMedicineView,
    is_possible: bool,
    /// The address of its request, if it was asked for.
    asked: Option<String>,
) -> impl IntoView {
    let lang = lang();
    // Where nothing can be ordered at all, only what is so anyway is said of each.
    let reason = words::eligibility(lang, &medicine.eligibility)
        .filter(|_| is_possible || !matches!(medicine.eligibility, EligibilityView::Unknown));
    view! {
        <li class="hale-item">
            <p class="hale-item__line">
                <strong>{name(lang, &medicine)}</strong>
            </p>
            {lines(lang, &medicine)
                .into_iter()
                .map(|line| view! { <p class="hale-item__line hale-as-written">{line}</p> })
                .collect_view()}
            {reason.map(|reason| view! { <p class="hale-item__line">{reason}</p> })}
            {asked
                .map(|href| {
                    view! {
                        <p class="hale-item__line">
                            <a href=href>
                                {td_string!(lang, repeats.see_request)}
                                <span class="nhsuk-u-visually-hidden">
                                    ": " {name(lang, &medicine)}
                                </span>
                            </a>
                        </p>
                    }
                })}
        </li>
    }
}

#[cfg(test)]
mod tests {
    use hale_contracts::outbox::{ParkedView, PendingRequestView, RequestKindView};

    use super::super::samples;
    use super::*;

    fn view(names: &[&str], requests: Vec<RepeatRequestView>) -> RepeatsView {
        let medicines = names
            .iter()
            .map(|name| samples::medicine(name, EligibilityView::Requested));
        samples::view(medicines.collect(), requests)
    }

    fn request(name: &str, status: RequestStatus) -> RepeatRequestView {
        samples::request(name, Some(status))
    }

    fn waiting(name: &str, state: PendingStateView) -> RepeatRequestView {
        RepeatRequestView {
            pending: Some(PendingRequestView {
                id: "x".to_owned(),
                kind: RequestKindView::RepeatRequest,
                subject: "MedicationRequest/1".to_owned(),
                confirmed_at: crate::appointments::samples::moment(4, 9, 0),
                state,
                can_undo: true,
                can_send_again: false,
            }),
            ..samples::request(name, None)
        }
    }

    #[test]
    fn a_medicine_leads_to_its_request_only_where_no_other_could_be_meant() {
        use RequestStatus as S;
        let parked = PendingStateView::Parked {
            because: ParkedView::AlreadyAsked,
        };
        let table = [
            (view(&["a"], vec![request("a", S::Accepted)]), true),
            (
                view(&["a"], vec![waiting("a", PendingStateView::NotSentYet)]),
                true,
            ),
            (
                view(
                    &["a"],
                    vec![request("a", S::OnHold), request("a", S::Failed)],
                ),
                true,
            ),
            (view(&["a"], vec![waiting("a", parked)]), false),
            (view(&["a"], vec![request("a", S::Completed)]), false),
            (view(&["a"], vec![request("b", S::Accepted)]), false),
            (
                view(
                    &["a"],
                    vec![request("a", S::OnHold), request("a", S::OnHold)],
                ),
                false,
            ),
            (view(&["a", "a"], vec![request("a", S::OnHold)]), false),
            (view(&[""], vec![request("", S::OnHold)]), false),
        ];
        for (view, is_found) in table {
            let found = open_request(&view.medicines[0], &view);
            assert_eq!(found.is_some(), is_found, "{view:?}");
        }
    }
}
