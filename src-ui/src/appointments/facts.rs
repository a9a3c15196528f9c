//! The facts of an appointment and of a free time, as summary lists. What a source does not say is
//! left out, but for how they meet: that must never be guessed.

use hale_contracts::appointments::{AppointmentView, SlotView};
use leptos::prelude::*;

use super::words;
use crate::components::{SummaryList, SummaryRow};
use crate::wording::{self, lang, td_string};

/// All that is known of an appointment.
#[component]
pub(crate) fn AppointmentFacts(
    /// The appointment.
    appointment: AppointmentView,
) -> impl IntoView {
    let lang = lang();
    let status = wording::appointment_status(lang, appointment.status);
    let who = words::who(
        appointment.clinician.as_deref(),
        appointment.role.as_deref(),
    );
    let row = |key: &'static str, value: Option<String>| {
        value.map(|value| {
            view! {
                <SummaryRow key>
                    <span class="hale-as-written">{value}</span>
                </SummaryRow>
            }
        })
    };
    let start = appointment.start;
    view! {
        <SummaryList>
            {row(td_string!(lang, appointments.fact.status), Some(status.to_owned()))}
            {row(
                td_string!(lang, appointments.fact.date),
                Some(
                    start
                        .map_or_else(
                            || td_string!(lang, appointments.no_time).to_owned(),
                            |start| wording::weekday_date(lang, start.local.date()),
                        ),
                ),
            )}
            {row(
                td_string!(lang, appointments.fact.time),
                start.map(|start| wording::clock_time(lang, &start)),
            )}
            {row(
                td_string!(lang, appointments.fact.length),
                appointment.minutes.map(|minutes| wording::minutes(lang, minutes)),
            )}
            {row(td_string!(lang, appointments.fact.service), appointment.service)}
            {row(
                td_string!(lang, appointments.fact.channel),
                Some(words::how(lang, appointment.channel).to_owned()),
            )} {row(td_string!(lang, appointments.fact.clinician), who)}
            {row(td_string!(lang, appointments.fact.location), appointment.location)}
            {row(td_string!(lang, appointments.fact.address), appointment.address)}
            {row(td_string!(lang, appointments.fact.reason), appointment.reason)}
            {row(td_string!(lang, appointments.fact.description), appointment.description)}
            {row(
                td_string!(lang, appointments.fact.cancellation_reason),
                appointment.cancellation_reason,
            )} {row(td_string!(lang, appointments.fact.reference), appointment.reference)}
        </SummaryList>
    }
}

/// The rows of a free time.
#[component]
pub(crate) fn SlotRows(
    /// The time.
    chosen: SlotView,
    /// Where another time can be chosen, with the words of the link and what it changes.
    #[prop(optional)]
    change: Option<(String, String, String)>,
) -> impl IntoView {
    let lang = lang();
    let who = words::who(chosen.clinician.as_deref(), chosen.role.as_deref());
    let row = |key: &'static str, value: Option<String>| {
        value.map(|value| view! { <SummaryRow key>{value}</SummaryRow> })
    };
    view! {
        <SummaryRow
            key=td_string!(lang, appointments.fact.date)
            nostrip:action=change
        >
            {wording::weekday_date(lang, chosen.start.local.date())}
        </SummaryRow>
        <SummaryRow key=td_string!(lang, appointments.fact.time)>
            {wording::clock_time(lang, &chosen.start)}
        </SummaryRow>
        {row(
            td_string!(lang, appointments.fact.length),
            Some(wording::minutes(lang, chosen.minutes)),
        )}
        {row(td_string!(lang, appointments.fact.service), chosen.service)}
        {row(
            td_string!(lang, appointments.fact.channel),
            Some(words::how(lang, chosen.channel).to_owned()),
        )}
        {row(td_string!(lang, appointments.fact.clinician), who)}
        {row(td_string!(lang, appointments.fact.location), chosen.location)}
    }
}
