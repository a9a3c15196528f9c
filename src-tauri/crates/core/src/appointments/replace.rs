//! Changing the time of an appointment: another one is booked first, and only once the practice has
//! agreed to that is the one before cancelled. Whatever stops in between, the patient has at least one
//! of them; what is left to do is done at the next check.

use hale_contracts::appointments::{AppointmentRequest, AppointmentStatus};
use hale_contracts::outbox::CancelAppointmentRequest;

use crate::app::{Hale, OpenSession};
use crate::error::Error;
use crate::ports::{Backends, BookingState, Clock, Device, Own, StoredBooking};

/// What becomes of the appointment before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// It is cancelled.
    Goes,
    /// It stays until the practice has agreed to the other one.
    Waits,
    /// It stays: the other one came to nothing.
    Stays,
}

fn before(new: AppointmentStatus) -> Before {
    match new {
        AppointmentStatus::Booked | AppointmentStatus::Arrived | AppointmentStatus::CheckedIn => {
            Before::Goes
        }
        AppointmentStatus::Proposed
        | AppointmentStatus::Pending
        | AppointmentStatus::Waitlist
        | AppointmentStatus::Unknown
        | AppointmentStatus::NoLongerListed => Before::Waits,
        AppointmentStatus::Cancelled | AppointmentStatus::Fulfilled | AppointmentStatus::NoShow => {
            Before::Stays
        }
    }
}

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// Goes on with a change of time that stopped half way.
    pub(crate) async fn go_on_replacing(
        &self,
        session: &OpenSession<D, B>,
        booking: StoredBooking,
    ) -> Result<(), Error> {
        let BookingState::Acknowledged { appointment_id } = &booking.state else {
            return Ok(());
        };
        if booking.replaces.is_none() {
            return Ok(());
        }
        let id = appointment_id.clone();
        match self.appointment(AppointmentRequest { id }).await {
            Ok(new) => self.replace(session, booking, new.status).await,
            Err(Error::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Cancels the appointment that a booking takes the place of, if it has come to something.
    pub(crate) async fn replace(
        &self,
        session: &OpenSession<D, B>,
        mut booking: StoredBooking,
        new: AppointmentStatus,
    ) -> Result<(), Error> {
        let Some(old) = booking.replaces.clone() else {
            return Ok(());
        };
        match before(new) {
            Before::Waits => return Ok(()),
            Before::Stays => {}
            Before::Goes => {
                let request = CancelAppointmentRequest {
                    appointment_id: old,
                    reason: None,
                };
                match self.cancel_appointment(request).await {
                    // From here on it is the cancellation that waits, in sight of the patient. One
                    // that is over or gone needs none.
                    Ok(_) | Err(Error::NotFound | Error::InvalidRequest(_)) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        booking.replaces = None;
        session.own.put_booking(booking).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_given_up_before_the_other_one_is_agreed() {
        let cases = [
            (AppointmentStatus::Booked, Before::Goes),
            (AppointmentStatus::Pending, Before::Waits),
            (AppointmentStatus::Proposed, Before::Waits),
            (AppointmentStatus::Waitlist, Before::Waits),
            (AppointmentStatus::Unknown, Before::Waits),
            (AppointmentStatus::NoLongerListed, Before::Waits),
            (AppointmentStatus::Cancelled, Before::Stays),
            (AppointmentStatus::NoShow, Before::Stays),
        ];
        for (status, expected) in cases {
            assert_eq!(before(status), expected, "{status:?}");
        }
    }
}
