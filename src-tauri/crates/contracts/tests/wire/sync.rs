use hale_contracts::error::ErrorCode;
use hale_contracts::provenance::FreshnessView;
use hale_contracts::reasons::WhyNot;
use hale_contracts::record::SectionKind;
use hale_contracts::sync::{SyncProgress, SyncStatusView, SyncUnit, SyncUnitView};

use crate::is_kept;
use crate::samples::{error, fresh, moment, source};

fn unit() -> SyncUnitView {
    SyncUnitView {
        source: source(),
        unit: SyncUnit::Record(SectionKind::Results),
        freshness: fresh(),
        not_allowed: Some(WhyNot::Under16),
        error: Some(error()),
        skipped: 1,
    }
}

fn status() -> SyncStatusView {
    SyncStatusView {
        is_running: true,
        is_sending_due: true,
        is_offline: false,
        overall: fresh(),
        units: vec![unit()],
    }
}

#[test]
fn how_the_record_stands_to_its_sources() {
    is_kept("sync_status", &[status()]);
    is_kept(
        "sync_unit",
        &[
            SyncUnit::Person,
            SyncUnit::Appointments,
            SyncUnit::Record(SectionKind::Results),
        ],
    );
    is_kept(
        "freshness",
        &[
            FreshnessView::NeverLoaded,
            FreshnessView::Loading,
            fresh(),
            FreshnessView::Stale {
                at: Some(moment()),
                because: ErrorCode::Offline,
            },
        ],
    );
}

#[test]
fn every_step_of_a_check() {
    let steps = [
        SyncProgress::Started { units: 11 },
        SyncProgress::Stored {
            unit: SyncUnit::Appointments,
            entries: 50,
        },
        SyncProgress::UnitDone { result: unit() },
        SyncProgress::Finished { status: status() },
    ];
    let _ = |value: &SyncProgress| match value {
        SyncProgress::Started { .. }
        | SyncProgress::Stored { .. }
        | SyncProgress::UnitDone { .. }
        | SyncProgress::Finished { .. } => (),
    };
    is_kept("sync_progress", &steps);
}
