//! What is no longer there: what the server says was removed, or what is missing from its ids.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::depth::{are_same_ids, history_of, ids_of};
use super::plan::SyncAction;
use super::reading::{FetchedPage, MOST_PAGES, Reading, Stop, members_of};
use super::units;
use crate::ports::{Backends, Cache, Clock, Device, RemoteError, ResourceKey, Target};

impl<D: Device, B: Backends, K: Clock> Reading<'_, D, B, K> {
    /// Asks what was removed; answers whether the server told.
    pub(super) async fn removals(
        &mut self,
        searches: &[String],
        since: DateTime<Utc>,
    ) -> Result<bool, Stop> {
        let mut types: Vec<&str> = searches
            .iter()
            .map(|search| units::resource_type(search))
            .collect();
        types.dedup();
        for resource_type in types {
            let mut target = Target::Path(history_of(resource_type, since));
            let mut followed = HashSet::new();
            let mut named = HashSet::new();
            let mut told = 0;
            loop {
                let fetched = match self.fetch_page(target, None).await {
                    Err(Stop::Remote(RemoteError::Status {
                        status: 400 | 403 | 404 | 405 | 422 | 501,
                        ..
                    })) => return Ok(false),
                    other => other?,
                };
                let Some(FetchedPage {
                    page,
                    is_partial,
                    server_date,
                }) = fetched
                else {
                    return Ok(false);
                };
                if is_partial || !page.skipped.is_empty() {
                    return Ok(false);
                }
                self.note_date(server_date);
                told += page.entries.len();
                let stated = page.total.and_then(|total| usize::try_from(total).ok());
                // The newest version of each comes first (FHIR R4 §3.1.0.10.1).
                let gone: Vec<ResourceKey> = page
                    .entries
                    .iter()
                    .filter(|entry| named.insert((entry.resource_type.clone(), entry.id.clone())))
                    .filter(|entry| entry.is_deleted)
                    .map(|entry| self.key(&entry.resource_type, &entry.id))
                    .collect();
                for held in self.held(gone).await? {
                    // What it showed inside itself may stand on its own now.
                    if members_of(&held).next().is_some() {
                        return Err(Stop::NeedsWhole);
                    }
                    self.batch.push(SyncAction::MarkRemoved {
                        key: held.key,
                        at: self.hale.clock.now(),
                    });
                }
                let Some(next) = page.next else {
                    // Cut off at a page's length, without a link to the rest.
                    if stated.is_some_and(|stated| stated > told) {
                        return Ok(false);
                    }
                    break;
                };
                if followed.len() >= MOST_PAGES || !followed.insert(next.clone()) {
                    return Ok(false);
                }
                target = Target::Next(next);
            }
        }
        Ok(true)
    }

    /// Compares the ids that the server has with those that are held; see [`are_same_ids`].
    pub(super) async fn has_same_ids(
        &mut self,
        searches: &[String],
        met_by: Option<i64>,
        before: i64,
    ) -> Result<bool, Stop> {
        let mut present = HashSet::new();
        for search in searches {
            let mut target = Target::Path(ids_of(search));
            let mut followed = HashSet::new();
            loop {
                let fetched = self.fetch_page(target, None).await?;
                let Some(FetchedPage {
                    page, is_partial, ..
                }) = fetched
                else {
                    return Err(Stop::Unreadable);
                };
                let is_sound = !is_partial && page.skipped.is_empty() && page.issues.is_empty();
                self.is_whole &= is_sound;
                if !is_sound {
                    return Ok(true);
                }
                let ids = page.entries.into_iter();
                present.extend(ids.map(|entry| (entry.resource_type, entry.id)));
                let Some(next) = page.next else { break };
                if followed.len() >= MOST_PAGES || !followed.insert(next.clone()) {
                    return Err(Stop::Unreadable);
                }
                target = Target::Next(next);
            }
        }
        let held = self
            .session
            .cache
            .keys(self.identity.source.clone())
            .await?;
        Ok(are_same_ids(
            &held, &present, self.unit, searches, met_by, before,
        ))
    }
}
