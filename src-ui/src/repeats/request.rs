//! One request: where it is now, what to do, what happened so far.

use hale_contracts::repeats::{PharmacyStatus, RepeatRequestRequest, RepeatRequestView};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::done::Said;
use super::list::{asked_line, medicine_name, pharmacy_name};
use super::pending::PendingPanel;
use super::{LIST, words};
use crate::components::{
    Act, ActStatus, Button, ButtonKind, Loaded, Page, ProvenanceList, Question, SummaryList,
    SummaryRow, Tag, WarningCallout, close_question,
};
use crate::help::PracticeContact;
use crate::ipc;
use crate::state::{self, Loadable};
use crate::wording::{Lang, lang, partial_date, td_string};

/// The request that the address names.
#[component]
pub(crate) fn RequestPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    move || view! { <Request id=id.get() /> }
}

#[component]
fn Request(id: String) -> impl IntoView {
    let lang = lang();
    let is_asking = RwSignal::new(false);
    let act = Act::new();
    let data =
        Loadable::synced(move || ipc::get_repeat_request(RepeatRequestRequest { id: id.clone() }));
    let title = Signal::derive(move || match data.get() {
        Some(request) => medicine_name(lang, &request),
        None => td_string!(lang, repeats.request.title).to_owned(),
    });
    view! {
        <Page title back=LIST back_text=td_string!(lang, repeats.back)>
            <Loaded
                data
                what=td_string!(lang, repeats.problem.request)
                content=state::content::request
                children=move |request: RepeatRequestView| {
                    view! { <Content request data is_asking act /> }
                }
            />
        </Page>
    }
}

#[component]
fn Content(
    request: RepeatRequestView,
    data: Loadable<RepeatRequestView>,
    is_asking: RwSignal<bool>,
    act: Act,
) -> impl IntoView {
    let lang = lang();
    let now = words::now(lang, &request);
    let said = request
        .at_pharmacy()
        .and_then(|(_, said)| said.map(ToOwned::to_owned));
    let collect = collect_words(lang, &request);
    let checked = Signal::derive(move || data.get()?.provenance?.last_checked);
    view! {
        {now
            .map(|now| {
                view! {
                    <h2 class="nhsuk-heading-m">{td_string!(lang, repeats.request.now)}</h2>
                    <p class="hale-item__tags">
                        <Tag text=now.tag colour=now.colour />
                    </p>
                    <p id="request-now">{now.text}</p>
                    {collect.map(|collect| view! { <p id="collect-from">{collect}</p> })}
                    {said
                        .map(|said| {
                            view! {
                                <p>{td_string!(lang, repeats.request.pharmacy_says)} ":"</p>
                                <p class="hale-as-written hale-quote">{said}</p>
                            }
                        })}
                    <p>{now.next}</p>
                }
            })}
        {request.reason.clone().map(|says| view! { <Said says /> })}
        {request
            .is_late
            .then(|| {
                view! {
                    <WarningCallout heading=td_string!(lang, repeats.tag.late)>
                        <p id="request-late">{td_string!(lang, repeats.request.late)}</p>
                    </WarningCallout>
                }
            })}
        {request.pending.clone().map(|pending| view! { <PendingPanel pending /> })}
        {request
            .can_cancel
            .then(|| view! { <TakeBack id=request.id.clone() is_asking act /> })}
        {request
            .barcode
            .clone()
            .zip(request.prescription_id.clone())
            .map(|(bars, number)| view! { <Barcode bars number /> })}
        <Way request=request.clone() />
        <Facts request=request.clone() />
        <p>
            <a href="/record/medicines" id="see-record">
                {td_string!(lang, repeats.request.record)}
            </a>
        </p>
        {move || view! { <PracticeContact practice=state::practice() /> }}
        {request
            .provenance
            .map(|provenance| view! { <ProvenanceList provenance checked /> })}
    }
}

/// Where it can be collected, while it can be.
fn collect_words(lang: Lang, request: &RepeatRequestView) -> Option<String> {
    let (status, _) = request.at_pharmacy()?;
    let is_ready = matches!(
        status,
        PharmacyStatus::ReadyToCollect | PharmacyStatus::ReadyToCollectPartial
    );
    is_ready.then(|| match request.pharmacy.as_ref().and_then(pharmacy_name) {
        Some(name) => td_string!(lang, repeats.request.collect, name),
        None => td_string!(lang, repeats.request.collect_unknown).to_owned(),
    })
}

/// What happened so far, the earliest first.
#[component]
fn Way(request: RepeatRequestView) -> impl IntoView {
    let lang = lang();
    let steps = request.steps.into_iter().map(|step| {
        let what = words::step(lang, &step.kind);
        let line = match &step.at {
            Some(at) => td_string!(
                lang,
                repeats.request.when,
                what,
                when = partial_date(lang, at)
            ),
            None => td_string!(lang, repeats.request.when_unknown, what),
        };
        view! { <li>{line}</li> }
    });
    view! {
        <h2 class="nhsuk-heading-m">{td_string!(lang, repeats.request.way)}</h2>
        <ol class="nhsuk-list nhsuk-list--number hale-steps" id="steps">
            {steps.collect_view()}
        </ol>
    }
}

#[component]
fn Facts(request: RepeatRequestView) -> impl IntoView {
    let lang = lang();
    let asked = asked_line(lang, &request);
    let row = |key: &'static str, value: Option<String>| {
        value.map(|value| {
            view! {
                <SummaryRow key>
                    <span class="hale-as-written">{value}</span>
                </SummaryRow>
            }
        })
    };
    let pharmacy = request.pharmacy.as_ref().and_then(pharmacy_name);
    view! {
        <h2 class="nhsuk-heading-m">{td_string!(lang, repeats.request.facts)}</h2>
        <p id="asked">{asked}</p>
        <SummaryList>
            {row(td_string!(lang, repeats.request.note), request.note)}
            {row(td_string!(lang, repeats.request.pharmacy), pharmacy)}
            {row(td_string!(lang, repeats.request.number), request.prescription_id)}
        </SummaryList>
    }
}

/// White modules on each side, which a scanner needs (ISO/IEC 15417).
const QUIET: usize = 10;

/// The bars as one line of a drawing.
fn bars_path(bars: &str) -> String {
    let black = bars.bytes().enumerate().filter(|(_, one)| *one == b'1');
    black
        .map(|(at, _)| format!("M{} 0h1v1h-1z", at + QUIET))
        .collect()
}

#[component]
fn Barcode(bars: String, number: String) -> impl IntoView {
    let lang = lang();
    let view_box = format!("0 0 {} 1", bars.len() + 2 * QUIET);
    view! {
        <p>{td_string!(lang, repeats.request.show)}</p>
        <svg
            class="hale-barcode"
            id="barcode"
            role="img"
            aria-label=td_string!(lang, repeats.request.barcode)
            viewBox=view_box
            preserveAspectRatio="none"
            shape-rendering="crispEdges"
        >
            <path d=bars_path(&bars) fill="#000" />
        </svg>
        <p class="hale-as-written">{number}</p>
    }
}

/// Asks whether to take it back: a button first, then the question.
#[component]
fn TakeBack(id: String, is_asking: RwSignal<bool>, act: Act) -> impl IntoView {
    let lang = lang();
    let confirm = Callback::new(move |_: leptos::ev::MouseEvent| {
        let request = RepeatRequestRequest { id: id.clone() };
        act.run(async move {
            let answer = ipc::cancel_repeat_request(request).await;
            if answer.is_ok() {
                // The page may have been left meanwhile.
                let _ = is_asking.try_set(false);
            }
            answer
        });
    });
    move || {
        if !is_asking.get() {
            return view! {
                <Button
                    id="take-back"
                    kind=ButtonKind::Secondary
                    on_click=move |_| {
                        act.forget();
                        is_asking.set(true);
                    }
                >
                    {td_string!(lang, repeats.taking_back.start)}
                </Button>
            }
            .into_any();
        }
        view! {
            <Question name=td_string!(lang, repeats.taking_back.heading)>
                <h3 class="nhsuk-heading-s">{td_string!(lang, repeats.taking_back.heading)}</h3>
                <p>{td_string!(lang, repeats.taking_back.text)}</p>
                <ActStatus act busy=td_string!(lang, repeats.taking_back.busy) />
                <Button
                    id="confirm-take-back"
                    kind=ButtonKind::Warning
                    on_click=confirm
                    is_busy=act.is_busy
                >
                    {td_string!(lang, repeats.taking_back.confirm)}
                </Button>
                <Button
                    id="keep-request"
                    kind=ButtonKind::Secondary
                    on_click=move |_| close_question(is_asking, "take-back")
                    is_busy=act.is_busy
                >
                    {td_string!(lang, repeats.taking_back.keep)}
                </Button>
            </Question>
        }
        .into_any()
    }
}

#[cfg(test)]
mod tests {
    use hale_contracts::repeats::{PharmacyView, RepeatStepKind, RepeatStepView, RequestStatus};

    use super::super::samples;
    use super::*;

    #[test]
    fn only_what_is_ready_is_said_to_be_somewhere() {
        for status in PharmacyStatus::ALL {
            let mut request = samples::request("a", Some(RequestStatus::Completed));
            request.pharmacy = Some(PharmacyView {
                name: Some("Elm Pharmacy".to_owned()),
                code: None,
            });
            let kind = RepeatStepKind::Pharmacy { status, said: None };
            request.steps = vec![RepeatStepView { kind, at: None }];
            let is_ready = words::at_pharmacy(Lang::en, status)
                .tag
                .contains("eady to collect");
            let words = collect_words(Lang::en, &request);
            assert_eq!(words.is_some(), is_ready, "{status:?}");
            assert!(words.is_none_or(|words| words.contains("Elm Pharmacy")));
            request.pharmacy = None;
            let words = collect_words(Lang::en, &request);
            assert_eq!(words.is_some(), is_ready, "{status:?}");
        }
    }

    #[test]
    fn each_black_module_is_drawn_inside_its_margins() {
        assert_eq!(bars_path("101"), "M10 0h1v1h-1zM12 0h1v1h-1z");
        assert_eq!(bars_path(""), "");
    }
}
