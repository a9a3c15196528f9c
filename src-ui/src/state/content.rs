//! What of an answer is content: everything but the moments at which it was last checked.
//!
//! A check in the background changes those moments and, mostly, nothing else. What is on the screen
//! is drawn anew only when its content differs, so that the focus, what was opened and the place in
//! a list stay; the moments are read beside it, each in its own signal.

use chrono::DateTime;
use hale_contracts::appointments::{AppointmentView, AppointmentsView};
use hale_contracts::changes::NewsCountView;
use hale_contracts::error::ErrorCode;
use hale_contracts::home::HomeView;
use hale_contracts::provenance::FreshnessView;
use hale_contracts::record::{RecordItemView, RecordSectionView, RecordSummaryView};
use hale_contracts::repeats::{RepeatRequestView, RepeatsView};
use hale_contracts::sources::SourceStandingView;
use hale_contracts::time::{LondonOffset, LondonTime};

/// No moment in particular.
fn no_moment() -> LondonTime {
    let utc = DateTime::UNIX_EPOCH;
    LondonTime {
        utc,
        local: utc.naive_utc(),
        offset: LondonOffset::Gmt,
        is_ambiguous: false,
    }
}

/// Whether something is fresh, was checked before, or never: without when and why.
fn freshness(freshness: &FreshnessView) -> FreshnessView {
    match freshness {
        FreshnessView::Fresh { .. } => FreshnessView::Fresh { at: no_moment() },
        FreshnessView::Stale { at, .. } => FreshnessView::Stale {
            at: at.as_ref().map(|_| no_moment()),
            because: ErrorCode::Offline,
        },
        FreshnessView::NeverLoaded | FreshnessView::Loading => FreshnessView::NeverLoaded,
    }
}

/// How each source stands.
fn sources(sources: &mut [SourceStandingView]) {
    for source in sources {
        source.freshness = freshness(&source.freshness);
    }
}

/// An item of the record.
pub(crate) fn item(mut item: RecordItemView) -> RecordItemView {
    item.provenance.last_checked = None;
    item
}

/// Repeat prescriptions.
pub(crate) fn repeats(mut view: RepeatsView) -> RepeatsView {
    view.freshness = freshness(&view.freshness);
    for medicine in &mut view.medicines {
        medicine.provenance.last_checked = None;
    }
    view.requests = view.requests.into_iter().map(request).collect();
    view
}

/// A request of a repeat prescription.
pub(crate) fn request(mut request: RepeatRequestView) -> RepeatRequestView {
    if let Some(provenance) = &mut request.provenance {
        provenance.last_checked = None;
    }
    request
}

/// What stands around the items of a section: they are kept in a list of their own.
pub(crate) fn around_items(mut section: RecordSectionView) -> RecordSectionView {
    section.items.clear();
    section.total = section.total.min(1);
    section.summary.count = section.summary.count.min(1);
    section.summary.newest.clear();
    section.summary.news = NewsCountView::default();
    section.looked_at = None;
    section.summary.freshness = FreshnessView::NeverLoaded;
    sources(&mut section.summary.sources);
    section
}

/// The overview of the record.
pub(crate) fn summary(mut summary: RecordSummaryView) -> RecordSummaryView {
    summary.freshness = FreshnessView::NeverLoaded;
    for section in &mut summary.sections {
        section.freshness = FreshnessView::NeverLoaded;
        sources(&mut section.sources);
    }
    summary
}

/// An appointment.
pub(crate) fn appointment(mut appointment: AppointmentView) -> AppointmentView {
    appointment.provenance.last_checked = None;
    appointment
}

/// The lists of appointments. Whether they are fresh decides what may be said of an empty one.
pub(crate) fn appointments(mut view: AppointmentsView) -> AppointmentsView {
    view.freshness = freshness(&view.freshness);
    sources(&mut view.sources);
    for list in [
        &mut view.upcoming,
        &mut view.past,
        &mut view.cancelled,
        &mut view.unlisted,
    ] {
        for appointment in list {
            appointment.provenance.last_checked = None;
        }
    }
    for booking in &mut view.unconfirmed {
        booking.last_checked = None;
    }
    view
}

/// The first screen.
pub(crate) fn home(mut home: HomeView) -> HomeView {
    home.freshness = FreshnessView::NeverLoaded;
    for appointment in home
        .next_appointment
        .iter_mut()
        .chain(&mut home.no_longer_listed)
    {
        appointment.provenance.last_checked = None;
    }
    for booking in &mut home.unconfirmed {
        booking.last_checked = None;
    }
    home.repeats = home.repeats.into_iter().map(request).collect();
    home
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appointments::samples;

    fn lists(freshness: FreshnessView, checked: u32) -> AppointmentsView {
        let mut shown = samples::appointment("x");
        shown.provenance.last_checked = Some(samples::moment(checked, 9, 0));
        let mut unconfirmed = samples::unconfirmed("b");
        unconfirmed.last_checked = Some(samples::moment(checked, 9, 0));
        AppointmentsView {
            upcoming: vec![shown],
            past: Vec::new(),
            cancelled: Vec::new(),
            unlisted: Vec::new(),
            unconfirmed: vec![unconfirmed],
            not_booked: Vec::new(),
            freshness,
            error: None,
            not_allowed: None,
            skipped: 0,
            sources: Vec::new(),
        }
    }

    #[test]
    fn a_later_check_of_the_same_is_no_other_content() {
        let fresh = |day| FreshnessView::Fresh {
            at: samples::moment(day, 9, 0),
        };
        let stale = |at, because| FreshnessView::Stale { at, because };
        let before = || appointments(lists(fresh(4), 4));
        let at = Some(samples::moment(4, 9, 0));
        let table = [
            (lists(fresh(5), 5), true),
            (lists(FreshnessView::NeverLoaded, 4), false),
            (lists(stale(at, ErrorCode::Offline), 4), false),
        ];
        for (now, is_same) in table {
            assert_eq!(before() == appointments(now.clone()), is_same, "{now:?}");
        }
        let mut cancelled = lists(fresh(4), 4);
        cancelled.upcoming.clear();
        assert_ne!(before(), appointments(cancelled));
        assert_eq!(
            appointments(lists(stale(at, ErrorCode::Offline), 4)),
            appointments(lists(stale(at, ErrorCode::TimedOut), 5)),
        );
    }

    #[test]
    fn an_item_that_was_checked_again_is_the_same_and_a_changed_one_is_not() {
        let of = |title: &str, day| {
            let mut shown = crate::record::samples::item(title);
            shown.provenance.last_checked = Some(samples::moment(day, 9, 0));
            item(shown)
        };
        assert_eq!(of("a", 4), of("a", 5));
        assert_ne!(of("a", 4), of("b", 4));
    }
}
