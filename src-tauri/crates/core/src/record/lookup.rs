//! What items refer to: names of people, places and medicines, fetched from the mirror at once.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use hale_contracts::sync::SyncUnit;
use serde_json::Value;

use super::view;
use crate::ports::{Cache, CacheError, Own, ResourceKey, SourceId, StoredResource};

/// The resources that some others refer to, by relative reference.
#[derive(Debug, Default)]
pub(crate) struct Lookup(HashMap<String, Value>);

impl Lookup {
    /// Reads what these resources refer to, and what that refers to in turn (a role's person).
    pub(crate) async fn read(
        cache: &impl Cache,
        source: &SourceId,
        resources: &[StoredResource],
    ) -> Result<Self, CacheError> {
        let mut lookup = Self::default();
        let mut wanted: Vec<String> = resources
            .iter()
            .filter_map(|resource| serde_json::from_str::<Value>(&resource.json).ok())
            .flat_map(|json| view::references(&json))
            .collect();
        for _ in 0..2 {
            wanted.sort_unstable();
            wanted.dedup();
            wanted.retain(|reference| !lookup.0.contains_key(reference));
            let keys: Vec<ResourceKey> = wanted
                .iter()
                .filter_map(|reference| key(source, reference))
                .collect();
            if keys.is_empty() {
                break;
            }
            let mut further = Vec::new();
            for row in cache.get_many(keys).await? {
                if let Ok(json) = serde_json::from_str::<Value>(&row.json) {
                    further.extend(view::references(&json));
                    let name = format!("{}/{}", row.key.resource_type, row.key.id);
                    lookup.0.insert(name, json);
                }
            }
            wanted = further;
        }
        Ok(lookup)
    }

    /// The resource with this relative reference, if it is here.
    pub(crate) fn find(&self, reference: &str) -> Option<Value> {
        self.0.get(reference).cloned()
    }
}

fn key(source: &SourceId, reference: &str) -> Option<ResourceKey> {
    let (resource_type, id) = reference.split_once('/')?;
    Some(ResourceKey {
        source: source.clone(),
        resource_type: resource_type.to_owned(),
        id: id.to_owned(),
    })
}

/// Up to when the patient has seen a unit.
pub(crate) async fn seen_at(
    own: &impl Own,
    unit: SyncUnit,
) -> Result<Option<DateTime<Utc>>, CacheError> {
    let marks = own.seen().await?;
    Ok(marks
        .into_iter()
        .find(|mark| mark.unit == unit)
        .map(|mark| mark.seen_at))
}
