//! Parts that several types have in common.

use chrono::{DateTime, NaiveDate};
use hale_contracts::account::{BackendView, PersonView, PracticeView};
use hale_contracts::appointments::{
    AppointmentStatus, AppointmentView, Channel, Gender, SlotView, UnconfirmedBookingView,
};
use hale_contracts::changes::{AccessNoticeView, ChangeKind, ChangeView, NewsCountView, ShownMark};
use hale_contracts::error::{ErrorCode, ErrorView};
use hale_contracts::provenance::{FreshnessView, ProvenanceView, SourceView};
use hale_contracts::reasons::{IdentityLevel, WhyNot};
use hale_contracts::record::AbsenceView;
use hale_contracts::sources::SourceStandingView;
use hale_contracts::sync::SyncUnit;
use hale_contracts::time::{LondonOffset, LondonTime, PartialDate};

pub(crate) fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 7, 5).unwrap()
}

/// A moment in summer: the clock on the wall is an hour ahead of UTC.
pub(crate) fn moment() -> LondonTime {
    let utc = DateTime::parse_from_rfc3339("2026-07-05T13:30:00Z")
        .unwrap()
        .to_utc();
    LondonTime {
        utc,
        local: utc.naive_utc() + chrono::TimeDelta::hours(1),
        offset: LondonOffset::Bst,
        is_ambiguous: false,
    }
}

pub(crate) fn error() -> ErrorView {
    ErrorView {
        server_says: Some("Please try again later".to_owned()),
        ..ErrorView::new(ErrorCode::ServerUnavailable)
    }
}

pub(crate) fn source() -> SourceView {
    SourceView {
        id: "main".to_owned(),
        name: "Harbour Surgery".to_owned(),
    }
}

pub(crate) fn source_standing() -> SourceStandingView {
    SourceStandingView {
        source: source(),
        freshness: fresh(),
        not_allowed: Some(WhyNot::SignInLapsed),
        error: Some(error()),
        skipped: 1,
        absence: Some(AbsenceView::NothingSent),
    }
}

pub(crate) fn provenance() -> ProvenanceView {
    ProvenanceView {
        source: source(),
        organisation: Some("County Pathology".to_owned()),
        author: None,
        recorded: Some(PartialDate::Month(2019, 12)),
        last_checked: Some(moment()),
    }
}

pub(crate) fn change(kind: ChangeKind) -> ChangeView {
    ChangeView {
        kind,
        found_at: moment(),
        shown: ShownMark("5~main~Observation~1".to_owned()),
    }
}

pub(crate) fn access_notice() -> AccessNoticeView {
    AccessNoticeView {
        source: source(),
        units: vec![SyncUnit::Appointments],
        why: WhyNot::PatientChanged,
        at: moment(),
    }
}

pub(crate) fn news() -> NewsCountView {
    NewsCountView {
        new: 1,
        amended: 2,
        removed: 3,
    }
}

pub(crate) fn fresh() -> FreshnessView {
    FreshnessView::Fresh { at: moment() }
}

pub(crate) fn practice() -> PracticeView {
    PracticeView {
        name: "Harbour Surgery".to_owned(),
        phone: Some("0151 496 0123".to_owned()),
        address: None,
    }
}

pub(crate) fn person() -> PersonView {
    PersonView {
        name: "Ms Amira Test".to_owned(),
        date_of_birth: Some(day()),
        nhs_number: Some("9990000026".to_owned()),
        identity_level: Some(IdentityLevel::P9),
        practice: Some(practice()),
    }
}

pub(crate) fn backend() -> BackendView {
    BackendView {
        name: "Practice server".to_owned(),
        url: "https://a.example/fhir/R4".to_owned(),
        is_test: true,
    }
}

pub(crate) fn slot() -> SlotView {
    SlotView {
        id: "s1".to_owned(),
        start: moment(),
        minutes: 10,
        service: Some("Routine appointment".to_owned()),
        channel: Some(Channel::InPerson),
        clinician: Some("Dr Ada Byrne".to_owned()),
        role: Some("GP".to_owned()),
        gender: Some(Gender::Female),
        location: None,
    }
}

pub(crate) fn appointment() -> AppointmentView {
    AppointmentView {
        id: "a1".to_owned(),
        status: AppointmentStatus::Booked,
        start: Some(moment()),
        minutes: Some(10),
        service: Some("Routine appointment".to_owned()),
        channel: Some(Channel::Telephone),
        clinician: Some("Dr Ada Byrne".to_owned()),
        role: Some("GP".to_owned()),
        location: Some("Harbour Surgery".to_owned()),
        address: Some("1 Quay, Leeds, LS1 1AA".to_owned()),
        reason: Some("Knee pain".to_owned()),
        description: Some("Follow-up".to_owned()),
        instructions: Some("Bring your glasses".to_owned()),
        cancellation_reason: None,
        reference: Some("a1".to_owned()),
        pending: None,
        is_read_only: false,
        change: Some(change(ChangeKind::New)),
        provenance: provenance(),
    }
}

pub(crate) fn unconfirmed() -> UnconfirmedBookingView {
    UnconfirmedBookingView {
        booking_id: "0b5c3f64-1111-4222-8333-444455556666".to_owned(),
        slot: Some(slot()),
        reason: None,
        confirmed_at: moment(),
        last_checked: Some(moment()),
        can_report: true,
    }
}
