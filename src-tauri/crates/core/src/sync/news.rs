//! What differs from what the patient saw at the last look, as numbers that a store can keep.
//!
//! What is shown of a resource is one number; 0 stands for nothing: not there, removed, or withdrawn
//! as a mistake. An entry keeps two: what is shown now, and what was shown at the last look. They
//! alone decide its mark, so that what was changed and put back again is no news.
//!
//! What an entry shows inside itself (a result in its report) adds its own number to the entry's.
//! Names that an entry only refers to, such as a clinician's, are not part of it: that somebody is
//! called otherwise amends nobody's record.

use std::collections::BTreeSet;
use std::io::{self, Write};

use hale_contracts::changes::{ChangeKind, ChangeView, ShownMark};
use serde::Serialize;

use crate::london;
use crate::ports::{ResourceKey, SourceId, StoredResource};

/// What stands between the parts of a mark: no FHIR type has it, and no FHIR id.
const SEPARATOR: char = '~';

/// Numbers stay below this, so that the sum of two fits into what a store keeps.
const LIMIT: i64 = 1 << 62;

/// How many entries deep a part may stand inside others to be told of.
pub const DEEPEST: u32 = 4;

/// Nothing is shown.
pub const NOTHING: i64 = 0;

/// What stands on the screen of a view, as a number: the same for the same words, in every run.
/// Never [`NOTHING`].
#[must_use]
pub fn of_view(view: &impl Serialize) -> i64 {
    let mut sum = Sum(Sum::START);
    // Writing to a sum cannot fail, and a view that cannot be written is never shown.
    if serde_json::to_writer(&mut sum, view).is_err() {
        return 1;
    }
    i64::try_from(sum.0 % LIMIT.unsigned_abs())
        .unwrap_or(1)
        .max(1)
}

/// What is shown of a resource, from the number of its view. Two parts of an entry that exchange
/// their content change it.
#[must_use]
pub fn of_resource(key: &ResourceKey, view: i64) -> i64 {
    if view == NOTHING {
        return NOTHING;
    }
    of_view(&(&key.resource_type, &key.id, view))
}

/// What is shown of an entry, from its own number and what its parts added.
#[must_use]
pub const fn with_parts(own: i64, parts: i64) -> i64 {
    if own == NOTHING {
        return NOTHING;
    }
    let shown = (own + parts) % LIMIT;
    if shown == NOTHING { 1 } else { shown }
}

/// What the parts of an entry add, once one of them went from one number to another.
#[must_use]
pub const fn moved(parts: i64, from: i64, to: i64) -> i64 {
    (parts + (to - from).rem_euclid(LIMIT)) % LIMIT
}

/// The entries that show a part inside themselves, as a store keeps them.
pub(crate) fn part_of(entries: &BTreeSet<String>) -> Option<String> {
    let mut lines: Vec<&str> = entries.iter().map(String::as_str).collect();
    lines.retain(|entry| !entry.is_empty());
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// What each entry is told of a part: from which number to which it goes, by what the part was part
/// of and added before, and is and adds now.
#[must_use]
pub fn told<'a>(
    (was_part_of, taken): (Option<&'a str>, i64),
    (is_part_of, given): (Option<&'a str>, i64),
) -> Vec<(&'a str, i64, i64)> {
    let before: Vec<&str> = was_part_of.unwrap_or_default().lines().collect();
    let after: Vec<&str> = is_part_of.unwrap_or_default().lines().collect();
    let left = before.iter().map(|entry| {
        let to = if after.contains(entry) {
            given
        } else {
            NOTHING
        };
        (*entry, taken, to)
    });
    let joined = after.iter().filter(|entry| !before.contains(entry));
    left.chain(joined.map(|entry| (*entry, NOTHING, given)))
        .filter(|(_, from, to)| from != to)
        .collect()
}

/// What became of an entry since the last look.
#[must_use]
pub const fn change(seen: i64, shown: i64) -> Option<ChangeKind> {
    if seen == shown {
        None
    } else if seen == NOTHING {
        Some(ChangeKind::New)
    } else if shown == NOTHING {
        Some(ChangeKind::Removed)
    } else {
        Some(ChangeKind::Amended)
    }
}

/// How an entry differs from the last look, for the window.
#[must_use]
pub fn view(entry: &StoredResource) -> Option<ChangeView> {
    if !entry.is_listed {
        return None;
    }
    let kind = change(entry.seen, entry.shown)?;
    let key = &entry.key;
    let parts = [
        &entry.shown.to_string(),
        &key.source.0,
        &key.resource_type,
        &key.id,
    ];
    Some(ChangeView {
        kind,
        found_at: london::from_utc(entry.removed_at.unwrap_or(entry.changed_at)),
        shown: ShownMark(parts.map(String::as_str).join(&SEPARATOR.to_string())),
    })
}

/// What was on the screen, by the window's word. What is not of our making is left out.
#[must_use]
pub fn read_marks(marks: &[ShownMark]) -> Vec<(ResourceKey, i64)> {
    marks.iter().filter_map(read_mark).collect()
}

fn read_mark(mark: &ShownMark) -> Option<(ResourceKey, i64)> {
    let mut parts = mark.0.splitn(4, SEPARATOR);
    let shown: i64 = parts.next()?.parse().ok()?;
    let key = ResourceKey {
        source: SourceId(parts.next()?.to_owned()),
        resource_type: parts.next()?.to_owned(),
        id: parts.next()?.to_owned(),
    };
    (NOTHING..LIMIT).contains(&shown).then_some((key, shown))
}

/// What was shown at the last look, once something else is shown. `is_begun` says whether anything
/// counts as news yet: what a first reading brings does not. The same content that only this
/// version of Hale shows otherwise is no news either.
#[must_use]
pub const fn seen(seen: i64, before: i64, now: i64, is_begun: bool, is_same: bool) -> i64 {
    if !is_begun || (is_same && seen == before) {
        now
    } else {
        seen
    }
}

/// FNV-1a, 64 bit: the numbers are compared on this device alone, and nobody gains by a likeness.
struct Sum(u64);

impl Sum {
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
}

impl Write for Sum {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(Self::PRIME);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_differs_from_the_last_look_has_a_kind() {
        let cases = [
            (NOTHING, NOTHING, None),
            (5, 5, None),
            (NOTHING, 5, Some(ChangeKind::New)),
            (5, 6, Some(ChangeKind::Amended)),
            (5, NOTHING, Some(ChangeKind::Removed)),
        ];
        for (seen, shown, expected) in cases {
            assert_eq!(change(seen, shown), expected, "{seen} {shown}");
        }
    }

    #[test]
    fn the_number_of_a_view_is_the_same_in_every_version() {
        assert_eq!(of_view(&"Asthma"), 4_044_879_891_557_361_359);
        assert_ne!(of_view(&"Asthma"), of_view(&"asthma"));
    }

    proptest! {
        #[test]
        fn parts_that_come_back_to_what_they_were_change_nothing(
            own in 1..LIMIT,
            parts in 0..LIMIT,
            steps in proptest::collection::vec(0..LIMIT, 1..9),
        ) {
            let first = steps[0];
            let mut now = parts;
            for step in steps.windows(2) {
                now = moved(now, step[0], step[1]);
                prop_assert!((0..LIMIT).contains(&now));
            }
            let last = steps[steps.len() - 1];
            if last != first {
                prop_assert_ne!(now, parts);
            }
            now = moved(now, last, first);
            prop_assert_eq!(now, parts);
            prop_assert_ne!(with_parts(own, now), NOTHING);
        }
    }
}
