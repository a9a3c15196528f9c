//! Searching the record on this device.

use hale_contracts::record::{SearchRecordRequest, SearchRecordView, SectionKind};
use hale_contracts::sync::SyncUnit;

use super::Lookup;
use crate::app::Hale;
use crate::error::Error;
use crate::ports::{Backends, Cache, Clock, Device};
use crate::sources::standing::as_a_whole;

/// How many items a search shows at most.
const MOST: usize = 100;
/// How many are looked at: more, because some may be left out.
const MOST_FOUND: u32 = 200;

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// Everything on this device that contains these words. Says which sections it cannot have
    /// looked in, and how many sensitive items it leaves out.
    ///
    /// # Errors
    /// If nobody is signed in or the mirror fails.
    pub async fn search_record(
        &self,
        request: SearchRecordRequest,
    ) -> Result<SearchRecordView, Error> {
        let session = self.session()?;
        let facts = self.record_facts(&session).await?;
        let not_searched = SectionKind::ALL
            .into_iter()
            .filter(|kind| {
                !as_a_whole(&facts.standings(&session, SyncUnit::Record(*kind))).is_known
            })
            .collect();
        let rows = session.cache.search(request.text, MOST_FOUND).await?;
        let lookup = Lookup::read(&session.cache, &rows).await?;
        let (sensitive, mut items): (Vec<_>, Vec<_>) = rows
            .iter()
            .filter(|row| matches!(row.unit, SyncUnit::Record(_)))
            .map(|row| session.item(row, &lookup))
            .partition(|item| item.is_sensitive);
        let is_cut = u32::try_from(rows.len()).is_ok_and(|found| found >= MOST_FOUND);
        let has_more = is_cut || items.len() > MOST;
        items.truncate(MOST);
        Ok(SearchRecordView {
            items,
            has_more,
            not_searched,
            left_out: u32::try_from(sensitive.len()).unwrap_or(u32::MAX),
        })
    }
}
