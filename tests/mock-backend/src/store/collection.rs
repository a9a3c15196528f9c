//! Resources that were made together, with what finds them by type and by id: a long record has
//! thousands, and an include asks for hundreds of them by id.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::key_of;
use super::overlay::Key;

#[derive(Debug, Default)]
pub(super) struct Collection {
    all: Vec<Arc<Value>>,
    by_kind: HashMap<String, Vec<Arc<Value>>>,
    by_key: HashMap<Key, Arc<Value>>,
}

impl Collection {
    /// Every resource, in the order they were made.
    pub(super) fn all(&self) -> &[Arc<Value>] {
        &self.all
    }

    /// Every resource of a type, in the order they were made.
    pub(super) fn of_kind(&self, kind: &str) -> &[Arc<Value>] {
        self.by_kind.get(kind).map_or(&[], Vec::as_slice)
    }

    pub(super) fn get(&self, key: &Key) -> Option<Arc<Value>> {
        self.by_key.get(key).cloned()
    }
}

impl FromIterator<Value> for Collection {
    fn from_iter<T: IntoIterator<Item = Value>>(resources: T) -> Self {
        let mut made = Self::default();
        for resource in resources.into_iter().map(Arc::new) {
            if let Some(key) = key_of(&resource) {
                let kind = key.0.clone();
                let same = made.by_kind.entry(kind).or_default();
                same.push(Arc::clone(&resource));
                made.by_key.insert(key, Arc::clone(&resource));
            }
            made.all.push(resource);
        }
        made
    }
}
