//! The first screen, put together from the slices: what matters now.

use hale_contracts::appointments::AppointmentStatus;
use hale_contracts::home::{FailedUnitView, HomeView, NewsView};
use hale_contracts::sync::SyncUnit;

use crate::app::Hale;
use crate::appointments::is_to_go_to;
use crate::error::Error;
use crate::ports::{Backends, Clock, Device};
use crate::sources::standing::as_a_whole;

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// The first screen.
    ///
    /// # Errors
    /// If nobody is signed in or a store fails.
    pub async fn home(&self) -> Result<HomeView, Error> {
        let session = self.session()?;
        let facts = self.record_facts(&session).await?;
        let record = self.record_summary().await?;
        let appointments = self.appointments().await?;
        let status = self.sync_status().await?;
        let standing = as_a_whole(&facts.standings(&session, SyncUnit::Appointments));
        let (no_longer_listed, listed): (Vec<_>, Vec<_>) = appointments
            .upcoming
            .into_iter()
            .partition(|appointment| appointment.status == AppointmentStatus::NoLongerListed);
        let not_agreed = listed.iter().filter(|one| !is_to_go_to(one)).count();
        Ok(HomeView {
            person: session.identity().person.clone(),
            next_appointment: listed.into_iter().find(is_to_go_to),
            not_agreed: u32::try_from(not_agreed).unwrap_or(u32::MAX),
            no_longer_listed,
            appointments_not_allowed: appointments.not_allowed,
            appointments_skipped: appointments.skipped,
            // A part of the list says nothing about there being no other.
            appointments_known: standing.is_known && !standing.is_part,
            unconfirmed: appointments.unconfirmed,
            not_booked: appointments.not_booked,
            repeats: self.repeats_to_look_at(&session).await?,
            news: record
                .sections
                .iter()
                .filter(|section| !section.news.is_none())
                .map(|section| NewsView {
                    section: section.kind,
                    count: section.news,
                })
                .collect(),
            appointment_news: self.appointment_news(&session).await?,
            access_notices: self.access_notices(&session).await?,
            freshness: status.overall,
            failed: status
                .units
                .into_iter()
                .filter_map(|unit| {
                    let error = unit.error?;
                    Some(FailedUnitView {
                        source: unit.source,
                        unit: unit.unit,
                        error,
                    })
                })
                .collect(),
            record_not_allowed: record.not_allowed,
        })
    }
}
