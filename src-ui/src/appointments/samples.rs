//! Made-up appointments for the tests of this slice.

use chrono::NaiveDate;
use hale_contracts::account::PracticeView;
use hale_contracts::appointments::{
    AppointmentStatus, AppointmentView, BookingGuidanceView, Channel, ReasonRule, SlotView,
    UnconfirmedBookingView,
};
use hale_contracts::provenance::{ProvenanceView, SourceView};
use hale_contracts::time::{LondonOffset, LondonTime};

pub(crate) fn moment(day: u32, hour: u32, minute: u32) -> LondonTime {
    let local = NaiveDate::from_ymd_opt(2027, 1, day)
        .and_then(|date| date.and_hms_opt(hour, minute, 0))
        .unwrap();
    LondonTime {
        utc: local.and_utc(),
        local,
        offset: LondonOffset::Gmt,
        is_ambiguous: false,
    }
}

pub(crate) fn slot(id: &str) -> SlotView {
    SlotView {
        id: id.to_owned(),
        start: moment(5, 14, 30),
        minutes: 10,
        service: Some("Routine appointment".to_owned()),
        channel: Some(Channel::InPerson),
        clinician: Some("Dr Ada Byrne".to_owned()),
        role: Some("GP".to_owned()),
        gender: None,
        location: Some("Harbour Surgery".to_owned()),
    }
}

pub(crate) fn appointment(id: &str) -> AppointmentView {
    AppointmentView {
        id: id.to_owned(),
        status: AppointmentStatus::Booked,
        start: Some(moment(5, 14, 30)),
        minutes: Some(10),
        service: Some("Routine appointment".to_owned()),
        channel: Some(Channel::InPerson),
        clinician: Some("Dr Ada Byrne".to_owned()),
        role: Some("GP".to_owned()),
        location: Some("Harbour Surgery".to_owned()),
        address: Some("1 Quay Street, Testport".to_owned()),
        reason: Some("A cough".to_owned()),
        description: None,
        instructions: None,
        cancellation_reason: None,
        reference: Some("ABC-123".to_owned()),
        pending: None,
        is_read_only: false,
        change: None,
        provenance: ProvenanceView {
            source: SourceView {
                id: "s".to_owned(),
                name: "Harbour Surgery".to_owned(),
            },
            organisation: None,
            author: None,
            recorded: None,
            last_checked: Some(moment(4, 9, 0)),
        },
    }
}

pub(crate) fn unconfirmed(booking_id: &str) -> UnconfirmedBookingView {
    UnconfirmedBookingView {
        booking_id: booking_id.to_owned(),
        slot: Some(slot("a")),
        reason: None,
        confirmed_at: moment(4, 9, 0),
        last_checked: None,
        can_report: false,
    }
}

pub(crate) fn guidance() -> BookingGuidanceView {
    BookingGuidanceView {
        practice: Some(PracticeView {
            name: "Harbour Surgery".to_owned(),
            phone: Some("01632 960 001".to_owned()),
            address: None,
        }),
        guidance: vec!["Book one appointment for one problem.".to_owned()],
        reason_rule: ReasonRule::Optional,
        reason_max: 200,
        not_possible: None,
        draft: None,
    }
}
