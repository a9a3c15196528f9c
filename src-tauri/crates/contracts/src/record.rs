//! The medical record: its sections, lists and items.

use serde::{Deserialize, Serialize};

use crate::changes::{AccessNoticeView, ChangeView, NewsCountView};
use crate::dose::DoseView;
use crate::error::ErrorView;
use crate::phrase::Phrase;
use crate::provenance::{FreshnessView, ProvenanceView};
use crate::reasons::WhyNot;
use crate::sources::SourceStandingView;
use crate::time::{LondonTime, PartialDate};

/// A section of the record, in the order in which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SectionKind {
    /// Allergies and adverse reactions.
    Allergies,
    /// Medicines: what is taken, authorised and was issued.
    Medicines,
    /// Conditions and problems.
    Conditions,
    /// Test results.
    Results,
    /// Vaccinations.
    Immunisations,
    /// Consultations and other encounters.
    Consultations,
    /// Measurements such as blood pressure and weight.
    Observations,
    /// Procedures and operations.
    Procedures,
    /// Letters and other documents.
    Documents,
    /// Referrals: what one part of care asked another for.
    Referrals,
    /// Care plans, and the teams that carry them out.
    CarePlans,
}

impl SectionKind {
    /// Every section, in the order in which they are shown.
    pub const ALL: [Self; 11] = [
        Self::Allergies,
        Self::Medicines,
        Self::Conditions,
        Self::Results,
        Self::Immunisations,
        Self::Consultations,
        Self::Observations,
        Self::Procedures,
        Self::Documents,
        Self::Referrals,
        Self::CarePlans,
    ];

    /// The section's name in an address of the window, for example `allergies`. Equals its JSON form.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Allergies => "allergies",
            Self::Medicines => "medicines",
            Self::Conditions => "conditions",
            Self::Results => "results",
            Self::Immunisations => "immunisations",
            Self::Consultations => "consultations",
            Self::Observations => "observations",
            Self::Procedures => "procedures",
            Self::Documents => "documents",
            Self::Referrals => "referrals",
            Self::CarePlans => "care_plans",
        }
    }

    /// The section with this slug.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }
}

/// Why a section shows nothing. The kinds must never be confused: only `NoneRecorded` says "none".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AbsenceView {
    /// The source states that there is none (for example a List with `nilknown`).
    NoneRecorded,
    /// The source states that nobody has asked yet.
    NotAsked,
    /// The source keeps it back.
    Withheld,
    /// The source has it but has not filed or reviewed it yet.
    NotYetFiled,
    /// The source cannot give it now.
    Unavailable,
    /// The source sent nothing and did not say why: this is not a statement that there is none.
    NothingSent,
    /// It was never loaded on this device.
    NotLoaded,
    /// Loading failed.
    Failed {
        /// How.
        error: ErrorView,
    },
    /// The person may not see it.
    NotAllowed {
        /// Why.
        why: WhyNot,
    },
}

/// One section on the overview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionSummaryView {
    /// Which.
    pub kind: SectionKind,
    /// How many items are on this device.
    pub count: u32,
    /// The newest few (at most three) that can be named in a word or two.
    pub newest: Vec<NewestView>,
    /// Why there is nothing, when `count` is 0.
    pub absence: Option<AbsenceView>,
    /// How fresh it is.
    pub freshness: FreshnessView,
    /// What failed at the last check although older items are shown.
    pub error: Option<ErrorView>,
    /// How many entries could not be read.
    pub skipped: u32,
    /// How many items differ from the patient's last look.
    pub news: NewsCountView,
    /// How each source stands to it, where there are several.
    #[serde(default)]
    pub sources: Vec<SourceStandingView>,
}

/// A newest item on the overview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewestView {
    /// Its title.
    pub title: ItemTitle,
    /// Whether the source says that it is not confirmed: that must be said beside the title.
    pub is_unconfirmed: bool,
}

/// The overview of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordSummaryView {
    /// Every section, in order.
    pub sections: Vec<SectionSummaryView>,
    /// Why the record as a whole cannot be seen, if so.
    pub not_allowed: Option<WhyNot>,
    /// "Nothing before this date is shared", where the source says so.
    pub shared_from: Option<PartialDate>,
    /// How fresh the whole is.
    pub freshness: FreshnessView,
}

/// Asks for a section's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordSectionRequest {
    /// Which.
    pub section: SectionKind,
    /// How many items to leave out from the start.
    #[serde(default)]
    pub offset: u32,
    /// How many items at most; 0 asks for the default of 100.
    #[serde(default)]
    pub limit: u32,
}

/// A section's list, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordSectionView {
    /// The section as on the overview.
    pub summary: SectionSummaryView,
    /// The items of this page.
    pub items: Vec<RecordItemView>,
    /// How many items there are in all.
    pub total: u32,
    /// "Nothing before this date is shared", where the source says so.
    pub shared_from: Option<PartialDate>,
    /// When the patient last looked at it on this device.
    #[serde(default)]
    pub looked_at: Option<LondonTime>,
    /// What sources took away of it, until the patient has seen it.
    #[serde(default)]
    pub access_notices: Vec<AccessNoticeView>,
}

/// The id of an item on this device: source, resource type and the source's id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordItemId(pub String);

/// How an item stands, where that must be said beside its title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemStatus {
    /// In force.
    Active,
    /// A medicine that the patient must not take: the entry forbids it.
    DoNotTake,
    /// Thought of, but not confirmed, as the source says. Never shown as a fact.
    Unconfirmed,
    /// Over, and it was not confirmed.
    UnconfirmedEnded,
    /// No longer in force.
    Inactive,
    /// Ended well or over.
    Resolved,
    /// Done.
    Completed,
    /// Stopped before its end.
    Stopped,
    /// Not done.
    NotDone,
    /// Refused by the patient or another.
    Refused,
    /// Planned.
    Planned,
    /// Not final yet, for example a preliminary result.
    Preliminary,
    /// Corrected after it was final.
    Amended,
    /// Cancelled.
    Cancelled,
    /// Entered in error: shown only as a note that it was removed.
    EnteredInError,
    /// The source has removed it.
    RemovedBySource,
    /// The source's status is not one that Hale knows; `RecordItemView::status_text` has it.
    Other,
}

/// What is made of a result. Comes from the source's own `interpretation` (HL7 v3
/// `ObservationInterpretation`), or from plain numbers with the same unit in the range given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResultFlag {
    /// Normal, as the source says.
    Normal,
    /// High, as the source says.
    High,
    /// Low, as the source says.
    Low,
    /// Critically abnormal, as the source says.
    Critical,
    /// Critically high, as the source says.
    CriticalHigh,
    /// Critically low, as the source says.
    CriticalLow,
    /// Abnormal, as the source says.
    Abnormal,
    /// Positive or detected.
    Positive,
    /// Negative or not detected.
    Negative,
    /// Markedly higher than before: says nothing of high or low.
    ChangedUp,
    /// Markedly lower than before: says nothing of high or low.
    ChangedDown,
    /// Better than before.
    Better,
    /// Worse than before.
    Worse,
    /// More than the test can measure: says nothing of high or low.
    OffScaleHigh,
    /// Less than the test can measure: says nothing of high or low.
    OffScaleLow,
    /// Neither positive nor negative.
    Unclear,
    /// There was too little to say.
    InsufficientEvidence,
    /// The test's own check failed.
    QualityFailed,
    /// As expected.
    Expected,
    /// Not as expected.
    Unexpected,
    /// Reactive.
    Reactive,
    /// Weakly reactive.
    WeaklyReactive,
    /// Not reactive.
    NotReactive,
    /// Carries a genetic variant.
    Carrier,
    /// What grew is stopped by this medicine.
    Susceptible,
    /// What grew is stopped by this medicine at the right dose.
    SusceptibleDoseDependent,
    /// What grew may or may not be stopped by this medicine.
    Intermediate,
    /// What grew is not stopped by this medicine.
    NotSusceptible,
    /// What grew resists this medicine.
    Resistant,
    /// Outside the range given: Hale's own comparison.
    OutsideRange,
    /// Within the range given: Hale's own comparison.
    WithinRange,
}

/// A value with its unit and ranges, as the source wrote them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultValueView {
    /// What was measured; empty where the source does not name it.
    pub name: String,
    /// The value: `5.40`, `<5`, `Negative`, `120/80`. None where `absent` says why, or where only
    /// the flag is given.
    pub value: Option<Phrase>,
    /// The unit as people write it.
    pub unit: Option<String>,
    /// The reference ranges, each with whom it is for.
    pub ranges: Vec<Phrase>,
    /// Where it stands.
    pub flag: Option<ResultFlag>,
    /// Why there is no value.
    pub absent: Option<NoValueView>,
}

/// Why a result has no value that can be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum NoValueView {
    /// What the source says of it.
    Said(Phrase),
    /// It is a recording over time, such as a heart trace.
    Recording,
    /// It is a file.
    Attachment,
}

/// What an item is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum ItemTitle {
    /// What it is, in the source's words. Never empty.
    Words(String),
    /// The source gives it no title, or has removed it: the name of its type (FHIR R4
    /// `ResourceType`), for example `CarePlan`.
    Type(String),
}

impl ItemTitle {
    /// The source's words, where there are any.
    #[must_use]
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Words(words) => Some(words),
            Self::Type(_) => None,
        }
    }
}

/// One line of an item's detail. The label is a code that the window puts into words; the value is
/// the source's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldView {
    /// Which fact.
    pub label: FieldLabel,
    /// What the source says.
    pub value: Phrase,
}

/// The facts that an item's detail may show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldLabel {
    /// Status in the source's words.
    Status,
    /// Kind or category.
    Category,
    /// How severe.
    Severity,
    /// How likely to do harm again.
    Criticality,
    /// How certain.
    Certainty,
    /// What happened: manifestations of a reaction.
    Reaction,
    /// When it began.
    Started,
    /// When it ended.
    Ended,
    /// When it happened.
    Happened,
    /// When it was recorded.
    Recorded,
    /// How much and how often to take.
    Dose,
    /// Further instructions for the patient.
    PatientInstruction,
    /// How much is supplied at a time.
    Quantity,
    /// How often it may still be issued, and was.
    Repeats,
    /// The date by which it should be reviewed.
    ReviewBy,
    /// When it was last issued.
    LastIssued,
    /// Why it was given or done.
    Reason,
    /// The part of the body.
    BodySite,
    /// How it is given.
    Route,
    /// The product or manufacturer.
    Manufacturer,
    /// Batch number.
    BatchNumber,
    /// Which dose of a series.
    DoseNumber,
    /// What the vaccine protects against.
    ProtectsAgainst,
    /// The place.
    Place,
    /// Who was there or did it.
    Performer,
    /// When a sample was taken.
    SampleTaken,
    /// How it was measured.
    Method,
    /// What came of it.
    Outcome,
    /// The kind of a file.
    FileType,
    /// The size of a file.
    FileSize,
    /// Which codes the source uses.
    Code,
    /// What belongs to it and was withdrawn as a mistake: its name alone.
    Withdrawn,
    /// What a reaction was like, beside what it is called.
    ReactionDescription,
    /// The very substance that a reaction was to.
    Substance,
    /// When a reaction to a vaccine was.
    ReactionOn,
    /// Who said so.
    ToldBy,
    /// Who wrote a comment.
    CommentBy,
    /// How far a condition has gone.
    Stage,
    /// What a condition was seen by.
    Evidence,
    /// Why it stands as it does.
    StatusReason,
    /// How long a supply lasts.
    SupplyLasts,
    /// Who supplies it.
    Pharmacy,
    /// From when to when it may be used.
    Valid,
    /// The form of a medicine: a tablet, a cream.
    Form,
    /// Whether it is a plan, an order or a proposal.
    Intent,
    /// How urgent.
    Priority,
    /// Whether a medicine is taken.
    Taken,
    /// What the source says that it is.
    Description,
    /// The language of a file.
    Language,
    /// What a document is about.
    About,
    /// The kind of practice that it comes from.
    Setting,
    /// Who signed it.
    SignedBy,
    /// Whether a document is finished.
    DocumentStatus,
    /// Where somebody went after a stay.
    DischargedTo,
    /// Where somebody came from before a stay.
    AdmittedFrom,
    /// The series that a vaccine belongs to.
    Series,
    /// Until when a vaccine could be used.
    Expires,
    /// Who reported it.
    ReportedBy,
    /// What it was done or measured with.
    Device,
    /// What the source makes of a value, where that is no flag.
    Interpretation,
    /// Who asked for it.
    RequestedBy,
    /// What is to be done.
    Planned,
    /// Who carries out a plan together.
    CareTeam,
    /// How to reach them.
    Contact,
    /// A part that is not on this device.
    NotLoaded,
    /// What kind of sample it was.
    Sample,
    /// Who read the results.
    InterpretedBy,
    /// A file that belongs to it.
    Attached,
    /// What a picture shows.
    Picture,
    /// What went wrong.
    Complication,
    /// What is to be done after it.
    FollowUp,
    /// What was used.
    Used,
    /// A number by which the source knows it.
    Identifier,
    /// What the source gave a name to itself: a result of a report.
    Named(String),
    /// Any other element, by its name in the standard, for example `authoredOn`.
    Element(String),
}

/// One item of the record, for a list and for its own page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordItemView {
    /// Its id on this device.
    pub id: RecordItemId,
    /// Its section.
    pub section: SectionKind,
    /// What it is.
    pub title: ItemTitle,
    /// One short further line for the list (a reaction, a vaccine).
    pub subtitle: Option<Phrase>,
    /// How a medicine is to be taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doses: Vec<DoseView>,
    /// How it stands.
    pub status: Option<ItemStatus>,
    /// The source's own word for the status.
    pub status_text: Option<Phrase>,
    /// The clinician's comment, shown before values.
    pub comments: Vec<String>,
    /// Values with units and ranges.
    pub values: Vec<ResultValueView>,
    /// Further facts, in the order to show them.
    pub fields: Vec<FieldView>,
    /// Facts for "more detail": codes, identifiers.
    pub more: Vec<FieldView>,
    /// Whether the source marks it as sensitive: hidden behind a "Show" gate.
    pub is_sensitive: bool,
    /// How it differs from the patient's last look, if it does.
    #[serde(default)]
    pub change: Option<ChangeView>,
    /// Where it came from and how fresh it is.
    pub provenance: ProvenanceView,
}

/// Asks for one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordItemRequest {
    /// Which.
    pub id: RecordItemId,
}

/// Asks for everything that contains these words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchRecordRequest {
    /// The words as typed.
    pub text: String,
}

/// What a search found, on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchRecordView {
    /// The items, best first, at most 100.
    pub items: Vec<RecordItemView>,
    /// Sections that are not wholly on this device, so that a search cannot have looked there.
    pub not_searched: Vec<SectionKind>,
    /// How many found items are marked sensitive by their source and are left out here.
    pub left_out: u32,
    /// Whether there may be more items than are shown.
    pub has_more: bool,
}
