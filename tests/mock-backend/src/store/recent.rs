//! What was made last, for a while. A page of a search must not make a record anew, two requests
//! must not make the same record at once, and 239,000 records must not stay in memory.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock};

use crate::state::lock;

/// How many resources are kept in all: a handful of ordinary records.
const RESOURCES_KEPT: usize = 600;

/// Beside them the one that was used last and has more than that: it is read in many pages, and
/// takes as long to make as a hundred others.
const LARGE: usize = RESOURCES_KEPT;

/// What was made for a key; empty while it is being made.
type Place<V> = Arc<OnceLock<Arc<V>>>;

#[derive(Debug)]
pub(super) struct Recent<K, V> {
    /// Used last, last.
    kept: Mutex<VecDeque<(K, Place<V>)>>,
    /// How many resources there are in one.
    count: fn(&V) -> usize,
}

impl<K: PartialEq, V> Recent<K, V> {
    pub(super) fn new(count: fn(&V) -> usize) -> Self {
        Self {
            kept: Mutex::default(),
            count,
        }
    }

    /// What is kept for a key, or what `make` makes. Whoever else asks for the same meanwhile
    /// waits for it; nobody else does.
    pub(super) fn get_or_make(&self, key: K, make: impl FnOnce() -> V) -> Arc<V> {
        let place = self.place(key);
        if let Some(found) = place.get() {
            return Arc::clone(found);
        }
        let made = Arc::clone(place.get_or_init(|| Arc::new(make())));
        self.drop_the_oldest();
        made
    }

    fn place(&self, key: K) -> Place<V> {
        let mut kept = lock(&self.kept);
        let known = kept.iter().position(|have| have.0 == key);
        let entry = known
            .and_then(|at| kept.remove(at))
            .unwrap_or_else(|| (key, Place::default()));
        let place = Arc::clone(&entry.1);
        kept.push_back(entry);
        place
    }

    fn drop_the_oldest(&self) {
        let mut kept = lock(&self.kept);
        let mut room = RESOURCES_KEPT;
        let mut room_for_large = 1;
        for at in (0..kept.len()).rev() {
            let count = kept[at].1.get().map_or(0, |made| (self.count)(made));
            let (room, need) = if count > LARGE {
                (&mut room_for_large, 1)
            } else {
                (&mut room, count)
            };
            match room.checked_sub(need) {
                Some(left) => *room = left,
                None => drop(kept.remove(at)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recent() -> Recent<u32, Vec<u8>> {
        Recent::new(Vec::len)
    }

    #[test]
    fn what_was_used_last_is_kept_up_to_a_number_of_resources() {
        let recent = recent();
        let of = |key, size| recent.get_or_make(key, || vec![0; size]).len();
        of(1, RESOURCES_KEPT / 2);
        of(2, RESOURCES_KEPT / 2);
        of(1, 0);
        of(3, RESOURCES_KEPT / 2);
        assert_eq!(of(1, 0), RESOURCES_KEPT / 2, "used again, so kept");
        assert_eq!(of(2, 0), 0, "the one that was not used is made anew");
    }

    #[test]
    fn one_large_record_is_kept_while_others_come_and_go() {
        let recent = recent();
        let of = |key, size| recent.get_or_make(key, || vec![0; size]).len();
        of(1, LARGE + 1);
        for other in 10..20 {
            of(other, RESOURCES_KEPT);
        }
        assert_eq!(of(1, 0), LARGE + 1, "it is still being read, page by page");
        of(2, LARGE + 2);
        assert_eq!(of(1, 0), 0, "but there is room for one alone");
    }

    #[test]
    fn two_who_ask_at_once_have_it_made_once() {
        let recent = recent();
        let made = Mutex::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    recent.get_or_make(1, || {
                        *lock(&made) += 1;
                        Vec::new()
                    })
                });
            }
        });
        assert_eq!(*lock(&made), 1);
    }
}
