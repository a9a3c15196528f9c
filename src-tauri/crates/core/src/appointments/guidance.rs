//! What the practice says before a booking, and whether one is possible now.

use hale_contracts::account::PracticeView;
use hale_contracts::appointments::{BookingGuidanceView, ReasonRule};
use hale_contracts::reasons::{IdentityLevel, WhyNot};

use super::find_slots::OwnPractice;
use super::list::booked;
use super::rules::PracticeRules;
use crate::app::{Hale, OpenSession};
use crate::error::Error;
use crate::ports::{Backends, BookingState, Clock, Device, Own};
use crate::sync::run::{rights, stored_of_main};

/// The longest reason where the practice gives no limit (backend contract, §2: `comment`).
const REASON_MAX: u32 = 500;

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// What the practice says before a booking, and why none is possible now, if so.
    ///
    /// # Errors
    /// If nobody is signed in or a store fails.
    pub async fn booking_guidance(&self) -> Result<BookingGuidanceView, Error> {
        let session = self.session()?;
        let rules = self.practice_rules(&session).await?;
        let practice = session.identity().person.practice.clone();
        let practice = match (practice, rules.phone.clone()) {
            (Some(practice), phone) => Some(PracticeView {
                phone: practice.phone.or(phone),
                ..practice
            }),
            (None, _) => None,
        };
        Ok(BookingGuidanceView {
            practice,
            guidance: rules.guidance.clone(),
            reason_rule: rules.reason.unwrap_or(ReasonRule::Optional),
            reason_max: rules.reason_max.unwrap_or(REASON_MAX),
            not_possible: self.why_not_book(&session, &rules).await?,
            draft: self.booking_draft(&session).await?,
        })
    }

    pub(crate) async fn practice_rules(
        &self,
        session: &OpenSession<D, B>,
    ) -> Result<PracticeRules, Error> {
        let services = stored_of_main(session, "HealthcareService").await?;
        Ok(PracticeRules::from_services(&services))
    }

    /// Why nothing can be booked now. What is not known is left to the server.
    pub(crate) async fn why_not_book(
        &self,
        session: &OpenSession<D, B>,
        rules: &PracticeRules,
    ) -> Result<Option<WhyNot>, Error> {
        let rights = rights(session, &session.main).await?;
        if let Some(have) = rights.identity
            && have < IdentityLevel::P9
        {
            return Ok(Some(WhyNot::IdentityLevel {
                have,
                need: IdentityLevel::P9,
            }));
        }
        if rules.booking_enabled == Some(false) {
            return Ok(Some(WhyNot::PracticeSwitchedOff));
        }
        let may_manage = rights
            .access
            .as_ref()
            .and_then(|access| access.may_manage_appointments());
        if may_manage == Some(false) {
            return Ok(Some(WhyNot::Refused { server_says: None }));
        }
        let backend = &session.identity().backend;
        if !backend.may_offer("Appointment", "create") || !backend.may_offer("Slot", "search-type")
        {
            return Ok(Some(WhyNot::ServerLacksFeature));
        }
        // A second booking while the first one's outcome is open could be the same one twice.
        let is_open = session
            .own
            .bookings()
            .await?
            .iter()
            .any(|booking| booking.state == BookingState::Sent);
        if is_open {
            return Ok(Some(WhyNot::OutcomeUnknown));
        }
        if matches!(self.own_practice(session).await?, OwnPractice::Unknown) {
            return Ok(Some(WhyNot::PracticeUnknown));
        }
        if let Some(limit) = rules.booking_limit {
            let booked = booked(&self.appointments().await?.upcoming, self.clock.now());
            if booked >= usize::try_from(limit).unwrap_or(usize::MAX) {
                return Ok(Some(WhyNot::BookingLimitReached { limit: Some(limit) }));
            }
        }
        if session.online().is_err() {
            return Ok(Some(WhyNot::SignInLapsed));
        }
        if session.main.seems_offline() {
            return Ok(Some(WhyNot::Offline));
        }
        Ok(None)
    }
}
