//! What became of something since the patient last looked.

use hale_contracts::changes::{ChangeKind, ChangeView};
use leptos::prelude::*;

use super::{Tag, TagColour};
use crate::wording::{self, lang, td_string};

/// The tag of what became of something.
#[component]
pub(crate) fn ChangeTag(
    /// What became of it.
    kind: ChangeKind,
) -> impl IntoView {
    view! { <Tag text=wording::change(lang(), kind) colour=TagColour::Blue /> }
}

/// Who removed something, and when this device found that. Nothing for any other change.
#[component]
pub(crate) fn RemovedLine(
    /// What became of it.
    change: ChangeView,
    /// The source.
    source: String,
) -> impl IntoView {
    let lang = lang();
    (change.kind == ChangeKind::Removed).then(|| {
        let date = wording::date(lang, change.found_at.local.date());
        let words = td_string!(
            lang,
            wording.change.removed_by,
            source = source,
            date = date
        );
        view! { <p class="hale-item__line">{words}</p> }
    })
}
