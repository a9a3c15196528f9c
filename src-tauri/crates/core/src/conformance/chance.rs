//! The laws that hold for any actions, over actions made from a seed.

use chrono::{DateTime, TimeDelta, Utc};
use hale_contracts::error::ErrorCode;
use hale_contracts::reasons::WhyNot;
use hale_contracts::record::SectionKind;
use hale_contracts::sync::SyncUnit;

use super::cache::contents;
use crate::ports::{Cache, ResourceKey, SourceId, UnitTrouble};
use crate::sync::plan::{Extent, Incoming, SyncAction};

/// Numbers from a seed (SplitMix64).
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// Actions made from a seed: few identities, so that they meet again and again, in time order.
#[must_use]
pub fn actions(seed: u64, count: usize) -> Vec<SyncAction> {
    let mut chance = Chance(seed);
    (0..count)
        .map(|step| {
            let second = i64::try_from(step).unwrap_or(i64::MAX);
            let at = DateTime::UNIX_EPOCH + TimeDelta::seconds(1_767_600_000 + second);
            action(&mut chance, at)
        })
        .collect()
}

fn action(chance: &mut Chance, at: DateTime<Utc>) -> SyncAction {
    let source = SourceId(["main", "other"][usize::from(chance.below(4) == 0)].to_owned());
    let units = [
        SyncUnit::Appointments,
        SyncUnit::Record(SectionKind::Conditions),
        SyncUnit::Record(SectionKind::Results),
    ];
    let unit = units[usize::try_from(chance.below(3)).unwrap_or(0)];
    let run = i64::try_from(chance.below(3)).unwrap_or(0);
    let key = ResourceKey {
        source: source.clone(),
        resource_type: ["Condition", "Observation"][usize::from(chance.below(2) == 0)].to_owned(),
        id: chance.below(5).to_string(),
    };
    match chance.below(23) {
        0..12 => {
            let is_listed = chance.below(3) > 0;
            let note = chance.below(3);
            SyncAction::Upsert {
                resource: Box::new(Incoming {
                    json: format!(r#"{{"id":"{}","note":"{note}"}}"#, key.id),
                    key,
                    unit,
                    is_listed,
                    version: Some(note.to_string()),
                    last_updated: None,
                    sort_date: (note > 0).then_some(at),
                    own: i64::try_from(note).unwrap_or(0),
                    part_of: (!is_listed).then(|| format!("Condition/{}", chance.below(5))),
                    search_text: if is_listed {
                        format!("note {note}")
                    } else {
                        String::new()
                    },
                }),
                run,
                at,
            }
        }
        12 => SyncAction::MarkRemoved { key, at },
        13 => SyncAction::Met { key, run, at },
        14..17 => SyncAction::FinishUnit {
            source,
            unit,
            run,
            extent: match chance.below(6) {
                0 => Extent::Part,
                1 => Extent::Changes {
                    are_removals_known: false,
                },
                2 => Extent::Changes {
                    are_removals_known: true,
                },
                _ => Extent::Whole,
            },
            cursor: Some(at),
            basis: run.to_string(),
            at,
            skipped: 0,
        },
        17 => SyncAction::UnitTroubled {
            source,
            unit,
            trouble: UnitTrouble::Failed(ErrorCode::UnreadableAnswer),
            at,
        },
        18 => SyncAction::PurgeUnit {
            source,
            unit,
            why: WhyNot::ServerLacksFeature,
            at,
        },
        19 => SyncAction::PurgeSource { source },
        20 => SyncAction::Told { source, unit },
        _ => SyncAction::Look {
            unit,
            seen: vec![(key, i64::try_from(chance.below(3)).unwrap_or(0))],
            at,
        },
    }
}

/// Applying any one action again at once changes nothing.
///
/// # Panics
/// If the store breaks it.
pub async fn applying_twice_is_once(cache: &impl Cache, seed: u64, count: usize) {
    for action in actions(seed, count) {
        cache
            .apply(vec![action.clone()])
            .await
            .expect("the store applies");
        let once = contents(cache).await;
        cache
            .apply(vec![action.clone()])
            .await
            .expect("the store applies");
        assert_eq!(contents(cache).await, once, "after {action:?}");
    }
}

/// However the same actions are cut into transactions, the end is the same; and it is the same in
/// two stores, whatever they are made of.
///
/// # Panics
/// If the stores differ.
pub async fn any_split_ends_the_same(
    one: &impl Cache,
    other: &impl Cache,
    seed: u64,
    count: usize,
) {
    let all = actions(seed, count);
    one.apply(all.clone()).await.expect("the store applies");
    let mut chance = Chance(!seed);
    let mut rest = all;
    while !rest.is_empty() {
        let size = 1 + usize::try_from(chance.below(7)).unwrap_or(0);
        let later = rest.split_off(size.min(rest.len()));
        other.apply(rest).await.expect("the store applies");
        rest = later;
    }
    assert_eq!(contents(one).await, contents(other).await);
    for words in ["note", "note 1", "2"] {
        let mut found = Vec::new();
        for mut rows in [
            one.search(words.to_owned(), 1000).await.expect("results"),
            other.search(words.to_owned(), 1000).await.expect("results"),
        ] {
            rows.sort_by(|one, other| one.key.cmp(&other.key));
            found.push(rows);
        }
        assert_eq!(found[0], found[1], "search for {words}");
    }
}
