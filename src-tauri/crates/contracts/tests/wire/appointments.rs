use hale_contracts::appointments::{
    AppointmentRequest, AppointmentStatus, AppointmentsView, BookAppointmentRequest,
    BookingDraftView, BookingGuidanceView, BookingOutcomeView, CalendarFileRequest,
    CalendarFileView, CalendarWords, Channel, CheckBookingRequest, DismissBookingRequest,
    FindSlotsRequest, Gender, PracticeSays, ReasonRule, SavedView, SlotView, SlotsView,
};
use hale_contracts::reasons::WhyNot;

use crate::samples::{
    appointment, day, error, fresh, practice, provenance, slot, source_standing, unconfirmed,
};
use crate::{every, is_kept};

#[test]
fn the_list_and_one_of_it() {
    is_kept(
        "appointments",
        &[AppointmentsView {
            upcoming: vec![appointment()],
            past: Vec::new(),
            cancelled: Vec::new(),
            unlisted: vec![appointment()],
            unconfirmed: vec![unconfirmed()],
            not_booked: vec![unconfirmed()],
            freshness: fresh(),
            error: Some(error()),
            not_allowed: Some(WhyNot::Under16),
            skipped: 1,
            sources: vec![source_standing()],
        }],
    );
    let id = "a1".to_owned();
    is_kept("get_appointment", &[AppointmentRequest { id }]);
    let words = CalendarWords {
        title: "Appointment".to_owned(),
        note: "Look in Hale.".to_owned(),
    };
    let id = "a1".to_owned();
    is_kept("save_calendar_file", &[CalendarFileRequest { id, words }]);
    is_kept(
        "calendar_file",
        &[CalendarFileView {
            name: "appointment-2026-12-03.ics".to_owned(),
            text: "BEGIN:VCALENDAR".to_owned(),
        }],
    );
    is_kept("saved", &every!(SavedView: Saved, NotWanted));
    let mut bare = appointment();
    bare.start = None;
    bare.provenance = provenance();
    is_kept("appointment", &[bare]);
}

#[test]
fn the_words_of_an_appointment() {
    is_kept("channel", &every!(Channel: InPerson, Telephone, Video));
    is_kept("gender", &every!(Gender: Female, Male, Other));
    is_kept(
        "appointment_status",
        &every!(AppointmentStatus: Proposed, Pending, Booked, Arrived, CheckedIn, Fulfilled,
            Cancelled, NoShow, Waitlist, NoLongerListed, Unknown),
    );
    is_kept("reason_rule", &every!(ReasonRule: Mandatory, Optional, Off));
}

#[test]
fn finding_a_time() {
    is_kept(
        "find_slots",
        &[FindSlotsRequest {
            from: day(),
            days: 14,
            channel: Some(Channel::Video),
            clinician: None,
            service: Some("Routine appointment".to_owned()),
        }],
    );
    is_kept(
        "slots",
        &[SlotsView {
            from: day(),
            to: day(),
            slots: vec![slot()],
            clinicians: vec!["Dr Ada Byrne".to_owned()],
            services: vec!["Routine appointment".to_owned()],
            channels: vec![Channel::InPerson],
            total_unfiltered: 3,
            skipped: 0,
        }],
    );
}

#[test]
fn a_time_that_was_kept_with_any_gender_is_still_read() {
    // A booking keeps its time on the device; an earlier version kept the source's own word.
    let mut json = serde_json::to_value(slot()).unwrap();
    for (kept, expected) in [
        ("female", Gender::Female),
        ("unknown", Gender::Other),
        ("Weiblich", Gender::Other),
    ] {
        json["gender"] = kept.into();
        let read: SlotView = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(read.gender, Some(expected), "{kept}");
    }
}

#[test]
fn before_booking() {
    let draft = BookingDraftView {
        slot_id: Some("s1".to_owned()),
        reason: "Knee pain".to_owned(),
        phone: String::new(),
    };
    is_kept("booking_draft", std::slice::from_ref(&draft));
    is_kept(
        "booking_guidance",
        &[BookingGuidanceView {
            practice: Some(practice()),
            guidance: vec!["Be on time.".to_owned()],
            reason_rule: ReasonRule::Mandatory,
            reason_max: 150,
            not_possible: Some(WhyNot::PracticeSwitchedOff),
            draft: Some(draft),
        }],
    );
}

#[test]
fn booking_and_what_became_of_it() {
    let booking_id = unconfirmed().booking_id;
    is_kept(
        "book_appointment",
        &[BookAppointmentRequest {
            booking_id: booking_id.clone(),
            slot_id: "s1".to_owned(),
            reason: Some("Knee pain".to_owned()),
            phone: None,
            replaces: Some("appointment-1".to_owned()),
        }],
    );
    let check = CheckBookingRequest {
        booking_id: booking_id.clone(),
    };
    is_kept("check_booking", &[check]);
    let says = every!(PracticeSays: Booked, NotBooked).map(Some);
    let dismiss = [None].into_iter().chain(says).map(|practice_says| {
        let booking_id = booking_id.clone();
        DismissBookingRequest {
            booking_id,
            practice_says,
        }
    });
    is_kept("dismiss_booking", &dismiss.collect::<Vec<_>>());
    let outcomes = [
        BookingOutcomeView::Booked {
            appointment: appointment(),
        },
        BookingOutcomeView::SlotTaken {
            nearest: vec![slot()],
            reason: Some("Knee pain".to_owned()),
        },
        BookingOutcomeView::OutcomeUnknown {
            booking: unconfirmed(),
        },
        BookingOutcomeView::Refused {
            why: WhyNot::NotOnTheDay,
        },
        BookingOutcomeView::NotSent { error: error() },
        BookingOutcomeView::NotBooked { reason: None },
        BookingOutcomeView::BookedThenCancelled {
            appointment: appointment(),
        },
    ];
    let _ = |value: &BookingOutcomeView| match value {
        BookingOutcomeView::Booked { .. }
        | BookingOutcomeView::SlotTaken { .. }
        | BookingOutcomeView::OutcomeUnknown { .. }
        | BookingOutcomeView::Refused { .. }
        | BookingOutcomeView::NotSent { .. }
        | BookingOutcomeView::NotBooked { .. }
        | BookingOutcomeView::BookedThenCancelled { .. } => (),
    };
    is_kept("booking_outcome", &outcomes);
}
