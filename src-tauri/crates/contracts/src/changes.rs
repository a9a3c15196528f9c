//! What became of what is shown since the patient last looked.

use serde::{Deserialize, Serialize};

use crate::provenance::SourceView;
use crate::reasons::WhyNot;
use crate::record::SectionKind;
use crate::sync::SyncUnit;
use crate::time::LondonTime;

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It was not there at the last look.
    New,
    /// It reads otherwise than at the last look.
    Amended,
    /// Its source took it away, or says that it was a mistake.
    Removed,
}

/// How an item differs from what the patient saw at the last look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeView {
    /// What became of it. What exactly differs is not said: nobody told.
    pub kind: ChangeKind,
    /// When this device found that.
    pub found_at: LondonTime,
    /// What is shown, as a text to give back once it was shown; means nothing to the window.
    pub shown: ShownMark,
}

/// What stood on the screen of one item. Made by the shell alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShownMark(pub String);

/// How many items of a list differ from the last look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewsCountView {
    /// How many are new.
    pub new: u32,
    /// How many were amended.
    pub amended: u32,
    /// How many were removed.
    pub removed: u32,
}

impl NewsCountView {
    /// Whether nothing differs.
    #[must_use]
    pub const fn is_none(self) -> bool {
        self.new == 0 && self.amended == 0 && self.removed == 0
    }
}

/// That a source took access away, and what was held of it is gone from this device. Shown until the
/// patient says that they have seen it, or the source gives access again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessNoticeView {
    /// The source.
    pub source: SourceView,
    /// What went: sections of the record, or the appointments. Never empty.
    pub units: Vec<SyncUnit>,
    /// Why.
    pub why: WhyNot,
    /// When.
    pub at: LondonTime,
}

/// Says that the patient has seen a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DismissAccessNoticeRequest {
    /// The id of its source.
    pub source: String,
    /// Its units.
    pub units: Vec<SyncUnit>,
}

/// Says that a section of the record was on the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionShownRequest {
    /// Which.
    pub section: SectionKind,
    /// What of its items was on the screen, for those that had changed.
    pub shown: Vec<ShownMark>,
}

/// Says that the lists of appointments were on the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppointmentsShownRequest {
    /// What of them was on the screen, for those that had changed.
    pub shown: Vec<ShownMark>,
}
