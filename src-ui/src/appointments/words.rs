//! Lines about appointments that several screens share. Codes are put into words by
//! [`crate::wording`]; here words are put together.

use hale_contracts::appointments::{AppointmentView, Channel, SlotView};
use hale_contracts::time::LondonTime;

use crate::wording::{self, Lang, td_string};

/// `Tuesday 5 January 2027 at 2:30pm`.
pub(crate) fn when(lang: Lang, start: &LondonTime) -> String {
    td_string!(
        lang,
        appointments.when,
        date = wording::weekday_date(lang, start.local.date()),
        time = wording::clock_time(lang, start)
    )
}

/// When an appointment begins, or that the source does not say.
pub(crate) fn appointment_when(lang: Lang, appointment: &AppointmentView) -> String {
    match &appointment.start {
        Some(start) => when(lang, start),
        None => td_string!(lang, appointments.no_time).to_owned(),
    }
}

/// How they meet, or that the source does not say.
pub(crate) fn how(lang: Lang, channel: Option<Channel>) -> &'static str {
    match channel {
        Some(channel) => wording::channel(lang, channel),
        None => td_string!(lang, appointments.fact.not_stated),
    }
}

/// `Dr Ada Byrne, GP`, as far as the source says.
pub(crate) fn who(clinician: Option<&str>, role: Option<&str>) -> Option<String> {
    match (clinician, role) {
        (Some(name), Some(role)) => Some(format!("{name}, {role}")),
        (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
        (None, None) => None,
    }
}

/// A free time in one line, without its day: `2:30pm, Routine appointment, In person, …`.
pub(crate) fn slot_facts(lang: Lang, slot: &SlotView) -> String {
    let facts = [
        slot.service.clone(),
        slot.channel
            .map(|channel| wording::channel(lang, channel).to_owned()),
        who(slot.clinician.as_deref(), slot.role.as_deref()),
        slot.gender
            .map(|gender| wording::gender(lang, gender).to_owned()),
        slot.location.clone(),
        Some(wording::minutes(lang, slot.minutes)),
    ];
    facts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appointments::samples;

    #[test]
    fn a_free_time_says_all_that_is_known_and_nothing_else() {
        assert_eq!(
            slot_facts(Lang::en, &samples::slot("a")),
            "Routine appointment, In person, Dr Ada Byrne, GP, Harbour Surgery, 10 minutes"
        );
        let mut bare = samples::slot("a");
        (
            bare.service,
            bare.channel,
            bare.clinician,
            bare.role,
            bare.location,
        ) = (None, None, None, None, None);
        assert_eq!(slot_facts(Lang::en, &bare), "10 minutes");
    }

    #[test]
    fn an_appointment_is_said_with_its_weekday() {
        assert_eq!(
            appointment_when(Lang::en, &samples::appointment("x")),
            "Tuesday 5 January 2027 at 2:30pm"
        );
    }
}
