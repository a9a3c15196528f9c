//! One item of the record.

use hale_contracts::record::{RecordItemRequest, RecordItemView};

use super::{Lookup, view};
use crate::app::{Hale, Session};
use crate::error::Error;
use crate::ports::{Backends, Cache, Clock, Device, StoredResource};

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
        let lookup = Lookup::read(&session.cache, &rows).await?;
        Ok(session.item(row, &lookup))
    }
}

impl<C, O, R> Session<C, O, R> {
    /// A row as it is shown, with its source named.
    pub(crate) fn item(&self, row: &StoredResource, lookup: &Lookup) -> RecordItemView {
        let find = |reference: &str| lookup.find(&row.key.source, reference);
        view::item(row, &find, &self.source_view(&row.key.source))
    }
}
