use hale_contracts::home::{FailedUnitView, HomeView, NewsView};
use hale_contracts::reasons::{RecordAccess, WhyNot};
use hale_contracts::record::SectionKind;
use hale_contracts::sync::SyncUnit;

use crate::is_kept;
use crate::samples::{access_notice, appointment, error, fresh, news, person, source, unconfirmed};

#[test]
fn the_first_screen() {
    is_kept(
        "home",
        &[HomeView {
            person: person(),
            next_appointment: Some(appointment()),
            not_agreed: 1,
            no_longer_listed: vec![appointment()],
            appointments_not_allowed: Some(WhyNot::Under16),
            appointments_skipped: 1,
            appointments_known: true,
            unconfirmed: vec![unconfirmed()],
            not_booked: vec![unconfirmed()],
            repeats: Vec::new(),
            news: vec![NewsView {
                section: SectionKind::Results,
                count: news(),
            }],
            appointment_news: news(),
            access_notices: vec![access_notice()],
            freshness: fresh(),
            failed: vec![FailedUnitView {
                source: source(),
                unit: SyncUnit::Record(SectionKind::Documents),
                error: error(),
            }],
            record_not_allowed: Some(WhyNot::AccessLevel {
                have: RecordAccess::None,
                need: RecordAccess::Summary,
            }),
        }],
    );
}
