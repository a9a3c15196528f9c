//! What the patient had chosen and typed before an interruption. Kept encrypted, never sent.

use hale_contracts::appointments::BookingDraftView;

use crate::app::{Hale, OpenSession};
use crate::error::Error;
use crate::ports::{Backends, CacheError, Clock, Device, Own};

const DRAFT_NOTE: &str = "booking-draft";

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// Keeps the draft of a booking; an empty one removes it.
    ///
    /// # Errors
    /// If nobody is signed in or the device cannot save.
    pub async fn save_booking_draft(&self, draft: BookingDraftView) -> Result<(), Error> {
        let session = self.session()?;
        let json = if draft == BookingDraftView::default() {
            None
        } else {
            let json = serde_json::to_string(&draft)
                .map_err(|error| CacheError::Other(Box::new(error)))?;
            Some(json)
        };
        session.own.put_note(DRAFT_NOTE.to_owned(), json).await?;
        Ok(())
    }

    /// The draft kept, if any. One that cannot be read any more is as good as none.
    pub(crate) async fn booking_draft(
        &self,
        session: &OpenSession<D, B>,
    ) -> Result<Option<BookingDraftView>, Error> {
        let json = session.own.note(DRAFT_NOTE.to_owned()).await?;
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
    }

    /// Removes the draft: it became a booking.
    pub(crate) async fn forget_booking_draft(
        &self,
        session: &OpenSession<D, B>,
    ) -> Result<(), Error> {
        session.own.put_note(DRAFT_NOTE.to_owned(), None).await?;
        Ok(())
    }
}
