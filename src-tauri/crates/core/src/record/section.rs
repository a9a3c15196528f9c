//! The list of a section, a page at a time.

use hale_contracts::record::{RecordSectionRequest, RecordSectionView, SectionKind};
use hale_contracts::sync::SyncUnit;

use super::Lookup;
use crate::app::Hale;
use crate::error::Error;
use crate::ports::{Backends, Cache, Clock, Device, ListQuery, Own, SeenMark};

/// How many items a page has if the window does not say.
const PAGE: u32 = 100;
/// How many items a page has at most.
const LARGEST_PAGE: u32 = 500;

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// The list of a section, newest first.
    ///
    /// # Errors
    /// If nobody is signed in or the mirror fails.
    pub async fn record_section(
        &self,
        request: RecordSectionRequest,
    ) -> Result<RecordSectionView, Error> {
        let session = self.session()?;
        let facts = self.record_facts(&session).await?;
        let unit = SyncUnit::Record(request.section);
        let seen_at = facts.seen_at(unit);
        let query = ListQuery {
            unit,
            offset: request.offset,
            limit: match request.limit {
                0 => PAGE,
                limit => limit.min(LARGEST_PAGE),
            },
            listed_only: true,
        };
        let page = session.cache.list(query, seen_at).await?;
        let lookup = Lookup::read(&session.cache, &page.rows).await?;
        let items = page
            .rows
            .iter()
            .map(|row| session.item(row, &lookup, seen_at))
            .collect();
        Ok(RecordSectionView {
            summary: self
                .section_summary(&session, &facts, request.section)
                .await?,
            items,
            total: page.total,
            shared_from: facts.shared_from,
        })
    }

    /// Notes that the patient has seen a section as it is now.
    ///
    /// # Errors
    /// If nobody is signed in or the device cannot save.
    pub async fn mark_section_seen(&self, section: SectionKind) -> Result<(), Error> {
        let session = self.session()?;
        let mark = SeenMark {
            unit: SyncUnit::Record(section),
            seen_at: self.clock.now(),
        };
        session.own.mark_seen(mark).await?;
        Ok(())
    }
}
