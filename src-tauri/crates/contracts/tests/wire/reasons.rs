use hale_contracts::error::{ErrorCode, ErrorView};
use hale_contracts::reasons::{IdentityLevel, RecordAccess, WhyNot};
use hale_contracts::time::PartialDate;

use crate::{every, is_kept};

#[test]
fn every_error_with_the_code_to_quote() {
    let codes = every!(ErrorCode: Offline, TimedOut, ServerUnavailable, TooManyRequests,
        UnreadableAnswer, Incomplete, UnsafeConnection, BadCertificate, SignInNeeded, NotAllowed, NotFound, Changed, Rejected,
        InvalidRequest, SignedOut, KeychainUnavailable, KeyMissing, WrongKey, StoreDamaged, RecordDamaged,
        StoreTooNew, CannotSave, DiskFull, FolderReadOnly, BadAddress, PlainHttp, ServiceNotReached, NotFhir, WrongFhirVersion,
        NoSignInOffered, BrowserUnavailable, SignInCancelled, SignInNotTrusted, DifferentPerson,
        DataOfAnotherService, AlreadyLinked, Internal);
    is_kept("errors", &codes.map(ErrorView::new));
    let mut quoted = codes.map(ErrorCode::reference).to_vec();
    quoted.sort_unstable();
    quoted.dedup();
    assert_eq!(quoted.len(), codes.len(), "two errors with the same code");
}

#[test]
fn every_reason() {
    let reasons = [
        WhyNot::Offline,
        WhyNot::PracticeSwitchedOff,
        WhyNot::IdentityLevel {
            have: IdentityLevel::P5,
            need: IdentityLevel::P9,
        },
        WhyNot::AccessLevel {
            have: RecordAccess::Summary,
            need: RecordAccess::Full,
        },
        WhyNot::Under16,
        WhyNot::OnlyToView,
        WhyNot::SignInLapsed,
        WhyNot::ServerLacksFeature,
        WhyNot::BookingLimitReached { limit: Some(2) },
        WhyNot::NotOnTheDay,
        WhyNot::PracticeUnknown,
        WhyNot::OutcomeUnknown,
        WhyNot::InThePast,
        WhyNot::TooLate,
        WhyNot::NotSharedBefore {
            date: PartialDate::Year(2020),
        },
        WhyNot::PatientChanged,
        WhyNot::Refused {
            server_says: Some("Call us".to_owned()),
        },
    ];
    let _ = |value: &WhyNot| match value {
        WhyNot::Offline
        | WhyNot::PracticeSwitchedOff
        | WhyNot::IdentityLevel { .. }
        | WhyNot::AccessLevel { .. }
        | WhyNot::Under16
        | WhyNot::OnlyToView
        | WhyNot::SignInLapsed
        | WhyNot::ServerLacksFeature
        | WhyNot::BookingLimitReached { .. }
        | WhyNot::NotOnTheDay
        | WhyNot::PracticeUnknown
        | WhyNot::OutcomeUnknown
        | WhyNot::InThePast
        | WhyNot::TooLate
        | WhyNot::NotSharedBefore { .. }
        | WhyNot::PatientChanged
        | WhyNot::Refused { .. } => (),
    };
    is_kept("why_not", &reasons);
    is_kept("identity_level", &every!(IdentityLevel: P0, P5, P9));
    is_kept(
        "record_access",
        &every!(RecordAccess: None, Summary, Detailed, Documents, Full),
    );
}
