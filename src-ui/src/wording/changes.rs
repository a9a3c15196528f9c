//! What became of things since the patient last looked. Never says what exactly differs: nobody told.

use hale_contracts::changes::{ChangeKind, NewsCountView};

use super::{Lang, td_string};

/// What became of an item, as a tag.
pub(crate) fn change(lang: Lang, kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::New => td_string!(lang, wording.change.new),
        ChangeKind::Amended => td_string!(lang, wording.change.amended),
        ChangeKind::Removed => td_string!(lang, wording.change.removed),
    }
}

/// How many of each: `2 new, 1 changed, 1 removed`. Empty where there are none.
pub(crate) fn news(lang: Lang, count: NewsCountView) -> String {
    let NewsCountView {
        new,
        amended,
        removed,
    } = count;
    let parts = [
        (new > 0).then(|| td_string!(lang, wording.change.new_count, count = new)),
        (amended > 0).then(|| td_string!(lang, wording.change.amended_count, count = amended)),
        (removed > 0).then(|| td_string!(lang, wording.change.removed_count, count = removed)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_there_is_is_counted() {
        let count = |new, amended, removed| NewsCountView {
            new,
            amended,
            removed,
        };
        let table = [
            (count(0, 0, 0), ""),
            (count(2, 0, 0), "2 new"),
            (count(0, 1, 0), "1 changed"),
            (count(0, 0, 3), "3 removed"),
            (count(2, 1, 3), "2 new, 1 changed, 3 removed"),
        ];
        for (count, words) in table {
            assert_eq!(news(Lang::en, count), words);
        }
    }
}
