//! Requests as they are shown.

use hale_contracts::outbox::{
    ParkedView, PendingRequestView, PendingStateView, RequestKindView, RequestOutcomeView,
};

use crate::london;
use crate::ports::{
    ParkedBecause, RequestForm, RequestKind, RequestState, SourceId, StoredRequest,
};

/// Whether the server acknowledged it.
pub(crate) fn is_done(request: &StoredRequest) -> bool {
    request.state == RequestState::Done
}

/// The cancellation of an appointment that its server has not acknowledged.
pub(crate) fn open_cancellation(
    requests: &[StoredRequest],
    source: &SourceId,
    appointment_id: &str,
) -> Option<PendingRequestView> {
    requests
        .iter()
        .filter(|one| one.kind == RequestKind::CancelAppointment && one.source == *source)
        .filter(|one| one.subject.strip_prefix("Appointment/") == Some(appointment_id))
        .find(|one| !is_done(one))
        .map(pending)
}

/// How a confirmed request stands.
pub(crate) fn outcome(request: &StoredRequest) -> RequestOutcomeView {
    if is_done(request) {
        RequestOutcomeView::Acknowledged
    } else {
        RequestOutcomeView::Pending {
            request: pending(request),
        }
    }
}

pub(crate) fn pending(request: &StoredRequest) -> PendingRequestView {
    let is_parked = matches!(request.state, RequestState::Parked(_));
    let is_over = matches!(
        request.state,
        RequestState::Parked(
            ParkedBecause::Refused { .. }
                | ParkedBecause::TooLate
                | ParkedBecause::AlreadyAsked
                | ParkedBecause::Changed
                | ParkedBecause::NotFoundOut
                | ParkedBecause::Unusable
        )
    );
    PendingRequestView {
        id: request.id.to_string(),
        kind: kind(request.kind),
        subject: request.subject.clone(),
        confirmed_at: london::from_utc(request.confirmed_at),
        state: match &request.state {
            RequestState::Parked(because) => PendingStateView::Parked {
                because: parked(because),
            },
            _ if request.may_have_arrived => PendingStateView::Unconfirmed,
            _ => PendingStateView::NotSentYet,
        },
        can_undo: is_over || !request.may_have_arrived,
        can_send_again: is_parked
            && match request.form {
                RequestForm::Change { .. } => {
                    matches!(request.state, RequestState::Parked(ParkedBecause::Changed))
                }
                RequestForm::Create { .. } => false,
            },
    }
}

fn parked(because: &ParkedBecause) -> ParkedView {
    match because {
        ParkedBecause::Refused { server_says, .. } => ParkedView::Refused {
            server_says: server_says.clone(),
        },
        ParkedBecause::TooLate => ParkedView::TooLate,
        ParkedBecause::AlreadyAsked => ParkedView::AlreadyAsked,
        ParkedBecause::Changed => ParkedView::Changed,
        ParkedBecause::Expired => ParkedView::Expired,
        ParkedBecause::NotFoundOut => ParkedView::NotFoundOut,
        ParkedBecause::Unusable => ParkedView::Unusable,
    }
}

fn kind(kind: RequestKind) -> RequestKindView {
    match kind {
        RequestKind::CancelAppointment => RequestKindView::CancelAppointment,
        RequestKind::RepeatRequest => RequestKindView::RepeatRequest,
        RequestKind::CancelRepeatRequest => RequestKindView::CancelRepeatRequest,
        RequestKind::MessageReply => RequestKindView::MessageReply,
        RequestKind::Consent => RequestKindView::Consent,
        RequestKind::NominatedPharmacy => RequestKindView::NominatedPharmacy,
        RequestKind::MarkRead => RequestKindView::MarkRead,
    }
}
