use hale_contracts::changes::{
    AppointmentsShownRequest, ChangeKind, DismissAccessNoticeRequest, NewsCountView,
    SectionShownRequest,
};
use hale_contracts::phrase::Phrase;
use hale_contracts::reasons::WhyNot;
use hale_contracts::record::{
    AbsenceView, FieldLabel, FieldView, ItemStatus, ItemTitle, NewestView, NoValueView,
    RecordItemId, RecordItemRequest, RecordItemView, RecordSectionRequest, RecordSectionView,
    RecordSummaryView, ResultFlag, ResultValueView, SearchRecordRequest, SearchRecordView,
    SectionKind, SectionSummaryView,
};
use hale_contracts::sync::SyncUnit;
use hale_contracts::time::PartialDate;

use crate::samples::{
    access_notice, change, error, fresh, moment, news, provenance, source_standing,
};
use crate::{every, is_kept};

fn text(words: &str) -> Phrase {
    Phrase::Text(words.to_owned())
}

fn id() -> RecordItemId {
    RecordItemId("main~Observation~1".to_owned())
}

fn item() -> RecordItemView {
    RecordItemView {
        id: id(),
        section: SectionKind::Results,
        title: ItemTitle::Words("Potassium".to_owned()),
        subtitle: Some(text("Blood")),
        doses: Vec::new(),
        status: Some(ItemStatus::Amended),
        status_text: Some(Phrase::Code("corrected".to_owned())),
        comments: vec!["Repeat in 3 months".to_owned()],
        values: vec![ResultValueView {
            name: "Potassium".to_owned(),
            value: Some(text("5.40")),
            unit: Some("mmol/L".to_owned()),
            ranges: vec![text("3.5 to 5.3")],
            flag: Some(ResultFlag::OutsideRange),
            absent: None,
        }],
        fields: vec![FieldView {
            label: FieldLabel::Named("Potassium".to_owned()),
            value: Phrase::Code("preliminary".to_owned()),
        }],
        more: vec![FieldView {
            label: FieldLabel::Element("authoredOn".to_owned()),
            value: text("5"),
        }],
        is_sensitive: false,
        change: Some(change(ChangeKind::Amended)),
        provenance: provenance(),
    }
}

fn summary() -> SectionSummaryView {
    SectionSummaryView {
        kind: SectionKind::Results,
        count: 1,
        newest: vec![NewestView {
            title: ItemTitle::Words("Potassium".to_owned()),
            is_unconfirmed: true,
        }],
        absence: None,
        freshness: fresh(),
        error: Some(error()),
        skipped: 2,
        news: news(),
        sources: vec![source_standing()],
    }
}

#[test]
fn the_overview_and_a_section() {
    is_kept(
        "record_summary",
        &[RecordSummaryView {
            sections: vec![summary()],
            not_allowed: None,
            shared_from: Some(PartialDate::Year(2020)),
            freshness: fresh(),
        }],
    );
    is_kept(
        "get_record_section",
        &[RecordSectionRequest {
            section: SectionKind::Results,
            offset: 100,
            limit: 50,
        }],
    );
    is_kept(
        "record_section",
        &[RecordSectionView {
            summary: summary(),
            items: vec![item()],
            total: 1,
            shared_from: None,
            looked_at: Some(moment()),
            access_notices: vec![access_notice()],
        }],
    );
    let bare: RecordSectionRequest = serde_json::from_str(r#"{"section":"results"}"#).unwrap();
    assert_eq!((bare.offset, bare.limit), (0, 0));
}

#[test]
fn what_changed_since_the_last_look() {
    is_kept("change_kind", &every!(ChangeKind: New, Amended, Removed));
    let shown = vec![change(ChangeKind::New).shown];
    is_kept(
        "section_shown",
        &[SectionShownRequest {
            section: SectionKind::Results,
            shown: shown.clone(),
        }],
    );
    is_kept(
        "dismiss_access_notice",
        &[DismissAccessNoticeRequest {
            source: "main".to_owned(),
            units: vec![SyncUnit::Appointments],
        }],
    );
    is_kept("appointments_shown", &[AppointmentsShownRequest { shown }]);
    assert!(!news().is_none());
    assert!(NewsCountView::default().is_none());
}

#[test]
fn sections_are_written_as_in_an_address() {
    let sections = every!(SectionKind: Allergies, Medicines, Conditions, Results, Immunisations,
        Consultations, Observations, Procedures, Documents, Referrals, CarePlans);
    is_kept("section", &sections);
    for section in sections {
        assert_eq!(serde_json::to_value(section).unwrap(), section.slug());
        assert_eq!(SectionKind::from_slug(section.slug()), Some(section));
    }
}

#[test]
fn an_item_and_the_search() {
    is_kept("get_record_item", &[RecordItemRequest { id: id() }]);
    is_kept("record_item", &[item()]);
    let text = "potassium".to_owned();
    is_kept("search_record", &[SearchRecordRequest { text }]);
    is_kept(
        "found",
        &[SearchRecordView {
            items: vec![RecordItemView {
                title: ItemTitle::Type("CarePlan".to_owned()),
                ..item()
            }],
            not_searched: vec![SectionKind::Documents],
            left_out: 1,
            has_more: true,
        }],
    );
}

#[test]
fn every_kind_of_nothing() {
    let kinds = [
        AbsenceView::NoneRecorded,
        AbsenceView::NotAsked,
        AbsenceView::Withheld,
        AbsenceView::NotYetFiled,
        AbsenceView::Unavailable,
        AbsenceView::NothingSent,
        AbsenceView::NotLoaded,
        AbsenceView::Failed { error: error() },
        AbsenceView::NotAllowed {
            why: WhyNot::Under16,
        },
    ];
    let _ = |value: &AbsenceView| match value {
        AbsenceView::NoneRecorded
        | AbsenceView::NotAsked
        | AbsenceView::Withheld
        | AbsenceView::NotYetFiled
        | AbsenceView::Unavailable
        | AbsenceView::NothingSent
        | AbsenceView::NotLoaded
        | AbsenceView::Failed { .. }
        | AbsenceView::NotAllowed { .. } => (),
    };
    is_kept("absence", &kinds);
    is_kept(
        "no_value",
        &[
            NoValueView::Said(Phrase::Code("masked".to_owned())),
            NoValueView::Recording,
            NoValueView::Attachment,
        ],
    );
}

#[test]
fn how_items_and_results_stand() {
    is_kept(
        "item_status",
        &every!(ItemStatus: Active, DoNotTake, Unconfirmed, UnconfirmedEnded, Inactive, Resolved, Completed, Stopped, NotDone, Refused, Planned, Preliminary, Amended, Cancelled, EnteredInError, RemovedBySource, Other),
    );
    is_kept(
        "result_flag",
        &every!(ResultFlag: Normal, High, Low, Critical, CriticalHigh, CriticalLow, Abnormal, Positive, Negative, ChangedUp, ChangedDown, Better, Worse, OffScaleHigh, OffScaleLow, Unclear, InsufficientEvidence, QualityFailed, Expected, Unexpected, Reactive, WeaklyReactive, NotReactive, Carrier, Susceptible, SusceptibleDoseDependent, Intermediate, NotSusceptible, Resistant, OutsideRange, WithinRange),
    );
}

/// Every fact that has no name of the source's. Leaving one out does not compile.
fn labels() -> Vec<FieldLabel> {
    macro_rules! all {
        ($($variant:ident),+ $(,)?) => {{
            let _ = |value: &FieldLabel| match value {
                FieldLabel::Named(_) | FieldLabel::Element(_) => (),
                $(FieldLabel::$variant => ()),+
            };
            vec![$(FieldLabel::$variant),+]
        }};
    }
    all![
        Status,
        Category,
        Severity,
        Criticality,
        Certainty,
        Reaction,
        Started,
        Ended,
        Happened,
        Recorded,
        Dose,
        PatientInstruction,
        Quantity,
        Repeats,
        ReviewBy,
        LastIssued,
        Reason,
        BodySite,
        Route,
        Manufacturer,
        BatchNumber,
        DoseNumber,
        ProtectsAgainst,
        Place,
        Performer,
        SampleTaken,
        Method,
        Outcome,
        FileType,
        FileSize,
        Code,
        Withdrawn,
        ReactionDescription,
        Substance,
        ReactionOn,
        ToldBy,
        CommentBy,
        Stage,
        Evidence,
        StatusReason,
        SupplyLasts,
        Pharmacy,
        Valid,
        Form,
        Intent,
        Priority,
        Taken,
        Description,
        Language,
        About,
        Setting,
        SignedBy,
        DocumentStatus,
        DischargedTo,
        AdmittedFrom,
        Series,
        Expires,
        ReportedBy,
        Device,
        Interpretation,
        RequestedBy,
        Planned,
        CareTeam,
        Contact,
        NotLoaded,
        Sample,
        InterpretedBy,
        Attached,
        Picture,
        Complication,
        FollowUp,
        Used,
        Identifier,
    ]
}

#[test]
fn the_names_of_facts() {
    let mut labels = labels();
    labels.push(FieldLabel::Named("Platelets".to_owned()));
    labels.push(FieldLabel::Element("authoredOn".to_owned()));
    is_kept("field_label", &labels);
}
