//! What went wrong, in words: why, and what to do next. No jargon, no blame.

use hale_contracts::error::{ErrorCode, ErrorView};

use super::{Lang, td_string};

/// The words for an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ErrorWords {
    /// What happened.
    pub(crate) why: String,
    /// What the patient can do.
    pub(crate) next: String,
    /// The service's own words, where it sent some that are meant for people.
    pub(crate) server_says: Option<String>,
}

/// Puts an error into words.
pub(crate) fn error(lang: Lang, error: &ErrorView) -> ErrorWords {
    let (why, next) = why_and_next(lang, error.code);
    ErrorWords {
        why: why.to_owned(),
        next: next.to_owned(),
        server_says: error
            .server_says
            .as_ref()
            .map(|words| td_string!(lang, wording.error.server_says, words = words.as_str())),
    }
}

macro_rules! both {
    ($lang:ident, $key:ident) => {
        (
            td_string!($lang, wording.error.$key.why),
            td_string!($lang, wording.error.$key.next),
        )
    };
}

fn why_and_next(lang: Lang, code: ErrorCode) -> (&'static str, &'static str) {
    match code {
        ErrorCode::Offline => both!(lang, offline),
        ErrorCode::TimedOut => both!(lang, timed_out),
        ErrorCode::ServerUnavailable => both!(lang, server_unavailable),
        ErrorCode::TooManyRequests => both!(lang, too_many_requests),
        ErrorCode::UnreadableAnswer => both!(lang, unreadable_answer),
        ErrorCode::Incomplete => both!(lang, incomplete),
        ErrorCode::UnsafeConnection => both!(lang, unsafe_connection),
        ErrorCode::BadCertificate => both!(lang, bad_certificate),
        ErrorCode::SignInNeeded => both!(lang, sign_in_needed),
        ErrorCode::NotAllowed => both!(lang, not_allowed),
        ErrorCode::NotFound => both!(lang, not_found),
        ErrorCode::Changed => both!(lang, changed),
        ErrorCode::Rejected => both!(lang, rejected),
        ErrorCode::InvalidRequest => both!(lang, invalid_request),
        ErrorCode::SignedOut => both!(lang, signed_out),
        ErrorCode::KeychainUnavailable => both!(lang, keychain_unavailable),
        ErrorCode::KeyMissing => both!(lang, key_missing),
        ErrorCode::WrongKey => both!(lang, wrong_key),
        ErrorCode::StoreDamaged => both!(lang, store_damaged),
        ErrorCode::RecordDamaged => both!(lang, record_damaged),
        ErrorCode::StoreTooNew => both!(lang, store_too_new),
        ErrorCode::CannotSave => both!(lang, cannot_save),
        ErrorCode::DiskFull => both!(lang, disk_full),
        ErrorCode::FolderReadOnly => both!(lang, folder_read_only),
        ErrorCode::BadAddress => both!(lang, bad_address),
        ErrorCode::PlainHttp => both!(lang, plain_http),
        ErrorCode::ServiceNotReached => both!(lang, service_not_reached),
        ErrorCode::NotFhir => both!(lang, not_fhir),
        ErrorCode::WrongFhirVersion => both!(lang, wrong_fhir_version),
        ErrorCode::NoSignInOffered => both!(lang, no_sign_in_offered),
        ErrorCode::BrowserUnavailable => both!(lang, browser_unavailable),
        ErrorCode::SignInCancelled => both!(lang, sign_in_cancelled),
        ErrorCode::SignInNotTrusted => both!(lang, sign_in_not_trusted),
        ErrorCode::DifferentPerson => both!(lang, different_person),
        ErrorCode::DataOfAnotherService => both!(lang, data_of_another_service),
        ErrorCode::AlreadyLinked => both!(lang, already_linked),
        ErrorCode::Internal => both!(lang, internal),
    }
}
