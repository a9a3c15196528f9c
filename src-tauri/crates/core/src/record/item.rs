//! One item of the record.

use hale_contracts::record::{RecordItemRequest, RecordItemView};

use super::{Lookup, seen_at, view};
use crate::app::Hale;
use crate::error::Error;
use crate::ports::{Backends, Cache, Clock, Device};

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// One item of the record.
    ///
    /// # Errors
    /// [`Error::NotFound`] if it is not on this device, or nobody is signed in, or the mirror fails.
    pub async fn record_item(&self, request: RecordItemRequest) -> Result<RecordItemView, Error> {
        let session = self.session()?;
        let key = view::parse_item_id(&request.id).ok_or(Error::NotFound)?;
        let rows = session.cache.get_many(vec![key]).await?;
        let row = rows.first().ok_or(Error::NotFound)?;
        let identity = session.identity();
        let lookup = Lookup::read(&session.cache, &identity.source, &rows).await?;
        let seen_at = seen_at(&session.own, row.unit).await?;
        Ok(view::item(
            row,
            &|reference| lookup.find(reference),
            &identity.source_view(),
            seen_at,
        ))
    }
}
