//! What items refer to: names of people, places and medicines, fetched from the mirror at once.

use std::collections::HashMap;

use serde_json::Value;

use super::view;
use crate::ports::{Cache, CacheError, ResourceKey, SourceId, StoredResource};

/// The resources that some others refer to, by their source and relative reference: the same
/// reference is another resource at another source.
#[derive(Debug, Default)]
pub(crate) struct Lookup(HashMap<(SourceId, String), Value>);

impl Lookup {
    /// Reads what these resources refer to, and what that refers to in turn (a role's person).
    pub(crate) async fn read(
        cache: &impl Cache,
        resources: &[StoredResource],
    ) -> Result<Self, CacheError> {
        let mut lookup = Self::default();
        let mut wanted: Vec<(SourceId, String)> =
            resources.iter().flat_map(references_of).collect();
        for _ in 0..2 {
            wanted.sort_unstable_by(|a, b| (&a.0.0, &a.1).cmp(&(&b.0.0, &b.1)));
            wanted.dedup();
            wanted.retain(|reference| !lookup.0.contains_key(reference));
            let keys: Vec<ResourceKey> = wanted
                .iter()
                .filter_map(|(source, reference)| key(source, reference))
                .collect();
            if keys.is_empty() {
                break;
            }
            let mut further = Vec::new();
            for row in cache.get_many(keys).await? {
                further.extend(references_of(&row));
                if let Ok(json) = serde_json::from_str::<Value>(&row.json) {
                    let name = format!("{}/{}", row.key.resource_type, row.key.id);
                    lookup.0.insert((row.key.source, name), json);
                }
            }
            wanted = further;
        }
        Ok(lookup)
    }

    /// The resource of a source with this relative reference, if it is here.
    pub(crate) fn find(&self, source: &SourceId, reference: &str) -> Option<Value> {
        self.0.get(&(source.clone(), reference.to_owned())).cloned()
    }
}

fn references_of(row: &StoredResource) -> Vec<(SourceId, String)> {
    let json: Value = serde_json::from_str(&row.json).unwrap_or_default();
    let of_source = |reference| (row.key.source.clone(), reference);
    view::references(&json).into_iter().map(of_source).collect()
}

fn key(source: &SourceId, reference: &str) -> Option<ResourceKey> {
    let (resource_type, id) = reference.split_once('/')?;
    Some(ResourceKey {
        source: source.clone(),
        resource_type: resource_type.to_owned(),
        id: id.to_owned(),
    })
}
