//! Which sensitive items the patient has chosen to see. Kept in the window alone, and forgotten when
//! it closes or another person may be looking.

use std::collections::HashSet;

use hale_contracts::record::{RecordItemId, RecordItemView};
use leptos::prelude::*;

use crate::state::Session;

/// The sensitive items that are shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Revealed(RwSignal<HashSet<RecordItemId>>);

impl Revealed {
    /// Makes it known to everything below.
    pub(crate) fn provide(session: Session) {
        let revealed = Self::new();
        provide_context(revealed);
        let person = Memo::new(move |_| {
            session
                .person()
                .map(|person| (person.nhs_number, person.name))
        });
        Effect::new(move || {
            // Read, and not only tracked: a memo that was never read follows nothing.
            let _ = person.get();
            revealed.0.update(HashSet::clear);
        });
    }

    /// The window's.
    pub(crate) fn expect() -> Self {
        expect_context()
    }

    fn new() -> Self {
        Self(RwSignal::new(HashSet::new()))
    }

    /// Whether the item must stay hidden for now. Tracked.
    pub(crate) fn hides(self, item: &RecordItemView) -> bool {
        item.is_sensitive && !self.0.with(|shown| shown.contains(&item.id))
    }

    /// Shows an item from now on.
    pub(crate) fn show(self, id: RecordItemId) {
        self.0.update(|shown| {
            shown.insert(id);
        });
    }
}
