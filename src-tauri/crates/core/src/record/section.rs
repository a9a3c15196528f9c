//! The list of a section, a page at a time.

use hale_contracts::changes::{SectionShownRequest, ShownMark};
use hale_contracts::record::{RecordSectionRequest, RecordSectionView};
use hale_contracts::sync::SyncUnit;

use super::Lookup;
use crate::app::{Hale, OpenSession, lock};
use crate::error::Error;
use crate::ports::{Backends, Cache, Clock, Device, ListQuery, Own, SeenMark};
use crate::sync::news;
use crate::sync::plan::SyncAction;

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
        *lock(&session.shown) = Some(unit);
        let query = ListQuery {
            unit,
            offset: request.offset,
            limit: match request.limit {
                0 => PAGE,
                limit => limit.min(LARGEST_PAGE),
            },
            listed_only: true,
        };
        let page = session.cache.list(query).await?;
        let lookup = Lookup::read(&session.cache, &page.rows).await?;
        let items = page
            .rows
            .iter()
            .map(|row| session.item(row, &lookup))
            .collect();
        Ok(RecordSectionView {
            summary: self
                .section_summary(&session, &facts, request.section)
                .await?,
            items,
            total: page.total,
            looked_at: facts.looked_at(unit),
            access_notices: self
                .access_notices(&session)
                .await?
                .into_iter()
                .filter(|notice| notice.units.contains(&unit))
                .collect(),
            shared_from: facts.shared_from,
        })
    }

    /// Notes what the patient has seen of a section. What has changed meanwhile stays marked.
    ///
    /// # Errors
    /// If nobody is signed in or the device cannot save.
    pub async fn section_shown(&self, request: SectionShownRequest) -> Result<(), Error> {
        let session = self.session()?;
        self.looked(&session, SyncUnit::Record(request.section), &request.shown)
            .await
    }

    /// Notes a look at a unit: the marks first, and when it was last, so that a look that is cut
    /// off shows marks again rather than never.
    pub(crate) async fn looked(
        &self,
        session: &OpenSession<D, B>,
        unit: SyncUnit,
        shown: &[ShownMark],
    ) -> Result<(), Error> {
        let at = self.clock.now();
        let seen = news::read_marks(shown);
        session
            .cache
            .apply(vec![SyncAction::Look { unit, seen, at }])
            .await?;
        let mark = SeenMark { unit, seen_at: at };
        session.own.mark_seen(mark).await?;
        Ok(())
    }
}
