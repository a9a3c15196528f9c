//! Whatever changes at the server, and wherever checks are cut off: an entry is marked by what
//! differs between the screen at the last look and the screen now. Once a check has come to its end it
//! is marked by nothing else. While one is cut off, a report may be marked before all of it is here; and
//! one that was not read yet may show a result that came with another, and is marked when it is read.

use std::collections::HashMap;

use hale_contracts::changes::{ChangeKind, SectionShownRequest};
use hale_contracts::record::{ItemStatus, RecordItemView, RecordSectionRequest, RecordSectionView};

use super::*;

const SECTIONS: [SectionKind; 2] = [SectionKind::Conditions, SectionKind::Results];

/// What the patient does besides.
#[derive(Debug, Clone)]
enum Act {
    Step(Step),
    /// A result is withdrawn as a mistake.
    Mistake(u8),
    /// A problem is written anew as it was.
    SameProblem(u8),
    /// A look at a section.
    Look(SectionKind),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        12 => step().prop_map(Act::Step),
        1 => (0..8_u8).prop_map(Act::Mistake),
        2 => (0..12_u8).prop_map(Act::SameProblem),
        2 => Just(Act::Look(SectionKind::Conditions)),
        4 => Just(Act::Look(SectionKind::Results)),
    ]
}

async fn section(app: &App, section: SectionKind) -> RecordSectionView {
    let request = RecordSectionRequest {
        section,
        offset: 0,
        limit: 500,
    };
    app.record_section(request).await.unwrap()
}

/// What stands on the screen of an item; none where it is gone.
fn on_screen(item: &RecordItemView) -> Option<RecordItemView> {
    let is_gone = matches!(
        item.status,
        Some(ItemStatus::RemovedBySource | ItemStatus::EnteredInError)
    );
    let mut shown = item.clone();
    shown.change = None;
    shown.provenance.last_checked = None;
    (!is_gone).then_some(shown)
}

/// What was on the screen at the last look, by item.
type Seen = HashMap<String, RecordItemView>;

async fn is_begun(app: &App, section: SectionKind) -> bool {
    let session = app.session().unwrap();
    let states = session.cache.unit_states().await.unwrap();
    states
        .iter()
        .any(|state| state.unit == SyncUnit::Record(section) && state.news_since.is_some())
}

fn remember(seen: &mut Seen, item: &RecordItemView) {
    match on_screen(item) {
        Some(shown) => seen.insert(item.id.0.clone(), shown),
        None => seen.remove(&item.id.0),
    };
}

async fn look(app: &App, of: SectionKind, seen: &mut Seen) {
    let shown = section(app, of).await;
    let marks = shown.items.iter().filter_map(|item| item.change.as_ref());
    let request = SectionShownRequest {
        section: of,
        shown: marks.map(|change| change.shown.clone()).collect(),
    };
    app.section_shown(request).await.unwrap();
    for item in &shown.items {
        remember(seen, item);
    }
}

fn difference(item: &RecordItemView, seen: &Seen) -> Option<ChangeKind> {
    match (seen.get(&item.id.0), on_screen(item)) {
        (None, Some(_)) => Some(ChangeKind::New),
        (Some(_), None) => Some(ChangeKind::Removed),
        (Some(last), Some(now)) if *last != now => Some(ChangeKind::Amended),
        _ => None,
    }
}

/// The difference without what a report shows of other entries.
fn differs_but_for_results(item: &RecordItemView, seen: &Seen) -> Option<ChangeKind> {
    let without = |item: &RecordItemView| {
        let mut item = item.clone();
        if item.section == SectionKind::Results {
            item.values.clear();
            item.fields.clear();
        }
        item
    };
    let seen = seen.iter().map(|(id, item)| (id.clone(), without(item)));
    difference(&without(item), &seen.collect())
}

async fn marks_are_the_difference(acts: Vec<Act>, has_history: bool, page_size: usize) {
    let server = Server::new(has_history, page_size);
    let device = MemoryDevice::default();
    let mut patient = signed_in(&device, &server, TimeDelta::zero()).await;
    let mut seen = Seen::new();
    let mut were_begun = [false; 2];
    let mut is_whole = true;
    let mut were_whole_looks = [true; 2];
    for (place, act) in acts.into_iter().enumerate() {
        let told = format!("{place} {act:?}");
        match act {
            Act::Step(step) => {
                is_whole = match &step {
                    Step::Cut(..) => false,
                    Step::Check => true,
                    _ => is_whole,
                };
                take(step, &mut patient, &device, &server, TimeDelta::zero()).await;
            }
            Act::Mistake(id) => server.put(json!({"resourceType": "Observation",
                "id": format!("o{id}"), "status": "entered-in-error",
                "category": [{"coding": [{"code": "laboratory"}]}],
                "code": {"text": format!("Result of {id}")}, "subject": {"reference": "Patient/p"}})),
            Act::SameProblem(id) => server.touch("Condition", &format!("c{id}")),
            Act::Look(of) => {
                look(&patient, of, &mut seen).await;
                were_whole_looks[usize::from(of == SECTIONS[1])] = is_whole;
            }
        }
        server.advance(TimeDelta::seconds(1));
        for (number, of) in SECTIONS.into_iter().enumerate() {
            let was_begun = &mut were_begun[number];
            let shown = section(&patient, of).await;
            let is_begun = is_begun(&patient, of).await;
            for item in &shown.items {
                // What a first check brings is what news are told from.
                if !is_begun || !*was_begun {
                    remember(&mut seen, item);
                }
                let kind = item.change.as_ref().map(|change| change.kind);
                let differs = difference(item, &seen);
                if is_whole && were_whole_looks[number] {
                    assert_eq!(kind, differs, "{told}: {item:?}");
                } else {
                    let is_of_results_alone = differs_but_for_results(item, &seen).is_none();
                    assert!(
                        kind == differs || kind.is_some() || is_of_results_alone,
                        "{told}: {item:?}"
                    );
                }
            }
            *was_begun = is_begun;
            let is_here = |id: &String| shown.items.iter().any(|item| item.id.0 == *id);
            let is_of = |item: &RecordItemView| item.section == of;
            seen.retain(|id, item| !is_of(item) || is_here(id));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None,
        ..ProptestConfig::default() })]

    #[test]
    fn a_mark_is_what_differs_from_the_last_look(
        acts in proptest::collection::vec(act(), 1..40),
        has_history: bool,
        page_size in 1..5_usize,
    ) {
        block_on(marks_are_the_difference(acts, has_history, page_size));
    }
}
