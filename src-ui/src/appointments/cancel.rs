//! Cancelling an appointment, and a cancellation that the server has not acknowledged. Never says
//! "cancelled": only the appointment itself does, once its server holds it so.

use hale_contracts::appointments::{AppointmentStatus, AppointmentView};
use hale_contracts::outbox::{
    CANCEL_REASON_MAX, CancelAppointmentRequest, ParkedView, PendingRequestId, PendingRequestView,
    PendingStateView,
};
use hale_contracts::time::LondonTime;
use leptos::ev::MouseEvent;
use leptos::prelude::*;

use crate::components::{
    Act, ActStatus, Button, ButtonKind, InsetText, Question, Tag, TagColour, Textarea,
    WarningCallout, close_question,
};
use crate::ipc;
use crate::wording::{self, Lang, lang, london_today, td_string};

/// That a cancellation waits, in one line.
#[component]
pub(crate) fn PendingTag(
    /// How it stands.
    state: PendingStateView,
) -> impl IntoView {
    let (text, colour) = tag(lang(), &state);
    view! { <Tag text colour /> }
}

fn tag(lang: Lang, state: &PendingStateView) -> (&'static str, TagColour) {
    match state {
        PendingStateView::NotSentYet => (
            td_string!(lang, appointments.cancelling.not_sent_tag),
            TagColour::Yellow,
        ),
        PendingStateView::Unconfirmed
        | PendingStateView::Parked {
            because: ParkedView::NotFoundOut,
        } => (
            td_string!(lang, appointments.cancelling.unconfirmed_tag),
            TagColour::Yellow,
        ),
        PendingStateView::Parked { .. } => (
            td_string!(lang, appointments.cancelling.parked_tag),
            TagColour::Orange,
        ),
    }
}

/// What is said of a cancellation, without its moment.
fn explained(lang: Lang, state: &PendingStateView) -> &'static str {
    match state {
        PendingStateView::NotSentYet => td_string!(lang, appointments.cancelling.not_sent),
        PendingStateView::Unconfirmed => td_string!(lang, appointments.cancelling.unconfirmed),
        PendingStateView::Parked { because } => match because {
            ParkedView::Refused { .. } => td_string!(lang, appointments.cancelling.refused),
            // An appointment is cancelled once; nobody answers so to a cancellation.
            ParkedView::TooLate | ParkedView::AlreadyAsked => {
                td_string!(lang, appointments.cancelling.too_late)
            }
            ParkedView::Changed => td_string!(lang, appointments.cancelling.changed),
            ParkedView::Expired => td_string!(lang, appointments.cancelling.expired),
            ParkedView::NotFoundOut => td_string!(lang, appointments.cancelling.not_found_out),
            ParkedView::Unusable => td_string!(lang, appointments.cancelling.unusable),
        },
    }
}

/// The words of the button that takes a request back, or that says it was read.
fn undo_words(lang: Lang, pending: &PendingRequestView) -> &'static str {
    match &pending.state {
        PendingStateView::Parked { .. } if pending.can_send_again => {
            td_string!(lang, appointments.cancelling.keep)
        }
        PendingStateView::Parked { .. } => td_string!(lang, appointments.cancelling.seen),
        PendingStateView::NotSentYet | PendingStateView::Unconfirmed => {
            td_string!(lang, appointments.cancelling.undo)
        }
    }
}

/// A cancellation that the server has not acknowledged: how it stands, and what can be done.
#[component]
pub(crate) fn PendingCancellation(
    /// The request.
    pending: PendingRequestView,
) -> impl IntoView {
    let lang = lang();
    let asked = td_string!(
        lang,
        appointments.cancelling.asked,
        when = wording::moment_near(lang, &pending.confirmed_at, london_today())
    );
    let text = explained(lang, &pending.state);
    let says = match &pending.state {
        PendingStateView::Parked {
            because: ParkedView::Refused { server_says },
        } => server_says.clone(),
        _ => None,
    };
    let act = Act::new();
    let id = PendingRequestId {
        id: pending.id.clone(),
    };
    let again = pending.can_send_again.then(|| {
        let id = id.clone();
        let send = {
            let id = id.clone();
            move |_: MouseEvent| act.run(ipc::send_request_again(id.clone()))
        };
        view! {
            <Button
                id=format!("send-cancellation-again-{}", id.id)
                kind=ButtonKind::Warning
                on_click=send
                is_busy=act.is_busy
            >
                {td_string!(lang, appointments.cancelling.again)}
            </Button>
        }
    });
    let words = undo_words(lang, &pending);
    let undo = pending.can_undo.then(|| {
        let button_id = format!("undo-cancellation-{}", id.id);
        let undo = move |_: MouseEvent| act.run(ipc::undo_request(id.clone()));
        view! {
            <Button
                id=button_id
                kind=ButtonKind::Secondary
                on_click=undo
                is_busy=act.is_busy
            >
                {words}
            </Button>
        }
    });
    let body = view! {
        <p>{asked}</p>
        <p>{text}</p>
        {says
            .map(|says| {
                view! {
                    <p>{td_string!(lang, appointments.cancelling.refused_says)} ":"</p>
                    <p class="hale-as-written hale-quote">{says}</p>
                }
            })}
        <ActStatus act busy=td_string!(lang, appointments.cancelling.busy) />
        {again}
        {undo}
    };
    if matches!(pending.state, PendingStateView::Parked { .. }) {
        view! {
            <WarningCallout heading=tag(lang, &pending.state).0>{body}</WarningCallout>
        }
        .into_any()
    } else {
        view! { <InsetText>{body}</InsetText> }.into_any()
    }
}

/// The question whether to cancel, the reason typed into it, and how the answer fares. Kept by the
/// page, so that a check which changes what the page shows takes none of it away.
#[derive(Clone, Copy)]
pub(crate) struct Asking {
    is_open: RwSignal<bool>,
    reason: RwSignal<String>,
    /// What it was opened about.
    about: StoredValue<Option<About>>,
    /// Whether it was closed because that has changed.
    has_moved: RwSignal<bool>,
    act: Act,
}

/// What a patient cancels: that these are other ones is a reason to ask anew.
#[derive(Debug, Clone, PartialEq, Eq)]
struct About {
    start: Option<LondonTime>,
    status: AppointmentStatus,
    location: Option<String>,
}

impl About {
    fn of(appointment: &AppointmentView) -> Self {
        Self {
            start: appointment.start,
            status: appointment.status,
            location: appointment.location.clone(),
        }
    }
}

impl Asking {
    pub(crate) fn new() -> Self {
        Self {
            is_open: RwSignal::new(false),
            reason: RwSignal::new(String::new()),
            about: StoredValue::new(None),
            has_moved: RwSignal::new(false),
            act: Act::new(),
        }
    }

    fn open(self, about: About) {
        self.act.forget();
        self.about.set_value(Some(about));
        self.has_moved.set(false);
        self.is_open.set(true);
    }

    /// The page is drawn anew. What was asked about something else is not answered unseen.
    fn redrawn(self, now: &About) {
        let has_moved = self
            .about
            .with_value(|asked| asked.as_ref().is_some_and(|asked| asked != now));
        if self.is_open.get_untracked() && has_moved {
            self.is_open.set(false);
            self.has_moved.set(true);
        }
    }

    fn end(self) {
        // The page may have been left meanwhile.
        let _ = self.is_open.try_set(false);
        let _ = self.reason.try_set(String::new());
    }
}

/// Asks for a cancellation: a button first, then the question with a reason.
#[component]
pub(crate) fn CancelPanel(
    /// Which.
    appointment: AppointmentView,
    /// The question, as far as it was answered.
    asking: Asking,
) -> impl IntoView {
    let lang = lang();
    let Asking {
        is_open: is_asking,
        reason,
        has_moved,
        act,
        ..
    } = asking;
    let about = About::of(&appointment);
    asking.redrawn(&about);
    let id = appointment.id;
    let is_too_long = move || reason.with(|text| text.trim().chars().count() > CANCEL_REASON_MAX);
    let error = Signal::derive(move || {
        is_too_long().then(|| td_string!(lang, appointments.cancelling.reason_too_long).to_owned())
    });
    let confirm = move |_: MouseEvent| {
        if untrack(is_too_long) {
            return;
        }
        let text = reason.get_untracked();
        let request = CancelAppointmentRequest {
            appointment_id: id.clone(),
            reason: Some(text).filter(|text| !text.trim().is_empty()),
        };
        act.run(async move {
            let answer = ipc::cancel_appointment(request).await;
            if answer.is_ok() {
                asking.end();
            }
            answer
        });
    };
    let confirm = Callback::new(confirm);
    move || {
        if !is_asking.get() {
            let about = about.clone();
            return view! {
                {move || {
                    has_moved
                        .get()
                        .then(|| {
                            view! {
                                <InsetText>
                                    <p id="cancellation-moved">
                                        {td_string!(lang, appointments.cancelling.moved)}
                                    </p>
                                </InsetText>
                            }
                        })
                }}
                <Button
                    id="cancel-appointment"
                    kind=ButtonKind::Secondary
                    on_click=move |_| asking.open(about.clone())
                >
                    {td_string!(lang, appointments.cancelling.start)}
                </Button>
            }
            .into_any();
        }
        view! {
            <Question name=td_string!(lang, appointments.cancelling.heading)>
            <h3 class="nhsuk-heading-s">{td_string!(lang, appointments.cancelling.heading)}</h3>
            <p>{td_string!(lang, appointments.cancelling.text)}</p>
            <Textarea
                id="cancel-reason"
                label=td_string!(lang, appointments.cancelling.reason_label)
                hint=td_string!(lang, appointments.cancelling.reason_hint)
                value=reason
                error
            />
            <ActStatus act busy=td_string!(lang, appointments.cancelling.busy) />
            <Button
                id="confirm-cancellation"
                kind=ButtonKind::Warning
                on_click=confirm
                is_busy=act.is_busy
            >
                {td_string!(lang, appointments.cancelling.confirm)}
            </Button>
            <Button
                id="keep-appointment"
                kind=ButtonKind::Secondary
                on_click=move |_| close_question(is_asking, "cancel-appointment")
                is_busy=act.is_busy
            >
                {td_string!(lang, appointments.cancelling.keep)}
            </Button>
            </Question>
        }
        .into_any()
    }
}

#[cfg(test)]
mod tests {
    use hale_contracts::outbox::RequestKindView;

    use super::*;
    use crate::appointments::samples;

    fn states() -> Vec<PendingStateView> {
        let parked = [
            ParkedView::Refused { server_says: None },
            ParkedView::TooLate,
            ParkedView::Changed,
            ParkedView::Expired,
            ParkedView::NotFoundOut,
            ParkedView::Unusable,
        ];
        let parked = parked.map(|because| PendingStateView::Parked { because });
        [PendingStateView::NotSentYet, PendingStateView::Unconfirmed]
            .into_iter()
            .chain(parked)
            .collect()
    }

    #[test]
    fn each_standing_of_a_cancellation_has_words_of_its_own() {
        let states = states();
        let words: std::collections::BTreeSet<&str> = states
            .iter()
            .map(|state| explained(Lang::en, state))
            .collect();
        assert_eq!(words.len(), states.len());
    }

    #[test]
    fn only_a_conflict_offers_to_keep_the_appointment() {
        for state in states() {
            let is_conflict = matches!(
                state,
                PendingStateView::Parked {
                    because: ParkedView::Changed
                }
            );
            let pending = PendingRequestView {
                id: "x".to_owned(),
                kind: RequestKindView::CancelAppointment,
                subject: "Appointment/1".to_owned(),
                confirmed_at: samples::moment(4, 9, 0),
                can_undo: true,
                can_send_again: is_conflict,
                state,
            };
            let keep = td_string!(Lang::en, appointments.cancelling.keep);
            assert_eq!(undo_words(Lang::en, &pending) == keep, is_conflict);
        }
    }
}
