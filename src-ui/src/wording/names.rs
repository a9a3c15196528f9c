//! Names of things: sections, units, channels and statuses.

use hale_contracts::appointments::{AppointmentStatus, Channel, Gender};
use hale_contracts::record::{ItemStatus, ResultFlag, SectionKind};
use hale_contracts::sync::SyncUnit;

use super::{Lang, td_string};

/// A section's name as a heading: `Test results`.
pub(crate) fn section(lang: Lang, kind: SectionKind) -> &'static str {
    match kind {
        SectionKind::Allergies => td_string!(lang, wording.section.allergies),
        SectionKind::Medicines => td_string!(lang, wording.section.medicines),
        SectionKind::Conditions => td_string!(lang, wording.section.conditions),
        SectionKind::Results => td_string!(lang, wording.section.results),
        SectionKind::Immunisations => td_string!(lang, wording.section.immunisations),
        SectionKind::Consultations => td_string!(lang, wording.section.consultations),
        SectionKind::Observations => td_string!(lang, wording.section.observations),
        SectionKind::Procedures => td_string!(lang, wording.section.procedures),
        SectionKind::Documents => td_string!(lang, wording.section.documents),
        SectionKind::Referrals => td_string!(lang, wording.section.referrals),
        SectionKind::CarePlans => td_string!(lang, wording.section.care_plans),
    }
}

/// A section's name within a sentence: `your test results`.
pub(crate) fn section_in_sentence(lang: Lang, kind: SectionKind) -> &'static str {
    match kind {
        SectionKind::Allergies => td_string!(lang, wording.section_in_sentence.allergies),
        SectionKind::Medicines => td_string!(lang, wording.section_in_sentence.medicines),
        SectionKind::Conditions => td_string!(lang, wording.section_in_sentence.conditions),
        SectionKind::Results => td_string!(lang, wording.section_in_sentence.results),
        SectionKind::Immunisations => td_string!(lang, wording.section_in_sentence.immunisations),
        SectionKind::Consultations => td_string!(lang, wording.section_in_sentence.consultations),
        SectionKind::Observations => td_string!(lang, wording.section_in_sentence.observations),
        SectionKind::Procedures => td_string!(lang, wording.section_in_sentence.procedures),
        SectionKind::Documents => td_string!(lang, wording.section_in_sentence.documents),
        SectionKind::Referrals => td_string!(lang, wording.section_in_sentence.referrals),
        SectionKind::CarePlans => td_string!(lang, wording.section_in_sentence.care_plans),
    }
}

/// What is checked on its own.
pub(crate) fn sync_unit(lang: Lang, unit: SyncUnit) -> &'static str {
    match unit {
        SyncUnit::Person => td_string!(lang, wording.unit.person),
        SyncUnit::Appointments => td_string!(lang, wording.unit.appointments),
        SyncUnit::Repeats => td_string!(lang, wording.unit.repeats),
        SyncUnit::Record(kind) => section(lang, kind),
    }
}

/// How patient and clinician meet.
pub(crate) fn channel(lang: Lang, channel: Channel) -> &'static str {
    match channel {
        Channel::InPerson => td_string!(lang, wording.channel.in_person),
        Channel::Telephone => td_string!(lang, wording.channel.telephone),
        Channel::Video => td_string!(lang, wording.channel.video),
    }
}

/// A clinician's gender.
pub(crate) fn gender(lang: Lang, gender: Gender) -> &'static str {
    match gender {
        Gender::Female => td_string!(lang, wording.gender.female),
        Gender::Male => td_string!(lang, wording.gender.male),
        Gender::Other => td_string!(lang, wording.gender.other),
    }
}

/// Where an appointment stands.
pub(crate) fn appointment_status(lang: Lang, status: AppointmentStatus) -> &'static str {
    match status {
        AppointmentStatus::Proposed => td_string!(lang, wording.appointment_status.proposed),
        AppointmentStatus::Pending => td_string!(lang, wording.appointment_status.pending),
        AppointmentStatus::Booked => td_string!(lang, wording.appointment_status.booked),
        AppointmentStatus::Arrived => td_string!(lang, wording.appointment_status.arrived),
        AppointmentStatus::CheckedIn => td_string!(lang, wording.appointment_status.checked_in),
        AppointmentStatus::Fulfilled => td_string!(lang, wording.appointment_status.fulfilled),
        AppointmentStatus::Cancelled => td_string!(lang, wording.appointment_status.cancelled),
        AppointmentStatus::NoShow => td_string!(lang, wording.appointment_status.no_show),
        AppointmentStatus::Waitlist => td_string!(lang, wording.appointment_status.waitlist),
        AppointmentStatus::NoLongerListed => {
            td_string!(lang, wording.appointment_status.no_longer_listed)
        }
        AppointmentStatus::Unknown => td_string!(lang, wording.appointment_status.unknown),
    }
}

/// How an item of the record stands.
pub(crate) fn item_status(lang: Lang, status: ItemStatus) -> &'static str {
    match status {
        ItemStatus::Active => td_string!(lang, wording.item_status.active),
        ItemStatus::DoNotTake => td_string!(lang, wording.item_status.do_not_take),
        ItemStatus::Unconfirmed => td_string!(lang, wording.item_status.unconfirmed),
        ItemStatus::UnconfirmedEnded => td_string!(lang, wording.item_status.unconfirmed_ended),
        ItemStatus::Inactive => td_string!(lang, wording.item_status.inactive),
        ItemStatus::Resolved => td_string!(lang, wording.item_status.resolved),
        ItemStatus::Completed => td_string!(lang, wording.item_status.completed),
        ItemStatus::Stopped => td_string!(lang, wording.item_status.stopped),
        ItemStatus::NotDone => td_string!(lang, wording.item_status.not_done),
        ItemStatus::Refused => td_string!(lang, wording.item_status.refused),
        ItemStatus::Planned => td_string!(lang, wording.item_status.planned),
        ItemStatus::Preliminary => td_string!(lang, wording.item_status.preliminary),
        ItemStatus::Amended => td_string!(lang, wording.item_status.amended),
        ItemStatus::Cancelled => td_string!(lang, wording.item_status.cancelled),
        ItemStatus::EnteredInError => td_string!(lang, wording.item_status.entered_in_error),
        ItemStatus::RemovedBySource => td_string!(lang, wording.item_status.removed_by_source),
        ItemStatus::Other => td_string!(lang, wording.item_status.other),
    }
}

/// Where a result stands.
pub(crate) fn result_flag(lang: Lang, flag: ResultFlag) -> &'static str {
    match flag {
        ResultFlag::Normal => td_string!(lang, wording.result_flag.normal),
        ResultFlag::High => td_string!(lang, wording.result_flag.high),
        ResultFlag::Low => td_string!(lang, wording.result_flag.low),
        ResultFlag::CriticalHigh => td_string!(lang, wording.result_flag.critical_high),
        ResultFlag::CriticalLow => td_string!(lang, wording.result_flag.critical_low),
        ResultFlag::Critical => td_string!(lang, wording.result_flag.critical),
        ResultFlag::Abnormal => td_string!(lang, wording.result_flag.abnormal),
        ResultFlag::Positive => td_string!(lang, wording.result_flag.positive),
        ResultFlag::Negative => td_string!(lang, wording.result_flag.negative),
        ResultFlag::ChangedUp => td_string!(lang, wording.result_flag.changed_up),
        ResultFlag::ChangedDown => td_string!(lang, wording.result_flag.changed_down),
        ResultFlag::Better => td_string!(lang, wording.result_flag.better),
        ResultFlag::Worse => td_string!(lang, wording.result_flag.worse),
        ResultFlag::OffScaleHigh => td_string!(lang, wording.result_flag.off_scale_high),
        ResultFlag::OffScaleLow => td_string!(lang, wording.result_flag.off_scale_low),
        ResultFlag::Unclear => td_string!(lang, wording.result_flag.unclear),
        ResultFlag::InsufficientEvidence => {
            td_string!(lang, wording.result_flag.insufficient_evidence)
        }
        ResultFlag::QualityFailed => td_string!(lang, wording.result_flag.quality_failed),
        ResultFlag::Expected => td_string!(lang, wording.result_flag.expected),
        ResultFlag::Unexpected => td_string!(lang, wording.result_flag.unexpected),
        ResultFlag::Reactive => td_string!(lang, wording.result_flag.reactive),
        ResultFlag::WeaklyReactive => td_string!(lang, wording.result_flag.weakly_reactive),
        ResultFlag::NotReactive => td_string!(lang, wording.result_flag.not_reactive),
        ResultFlag::Carrier => td_string!(lang, wording.result_flag.carrier),
        ResultFlag::Susceptible => td_string!(lang, wording.result_flag.susceptible),
        ResultFlag::SusceptibleDoseDependent => {
            td_string!(lang, wording.result_flag.susceptible_dose_dependent)
        }
        ResultFlag::Intermediate => td_string!(lang, wording.result_flag.intermediate),
        ResultFlag::NotSusceptible => td_string!(lang, wording.result_flag.not_susceptible),
        ResultFlag::Resistant => td_string!(lang, wording.result_flag.resistant),
        ResultFlag::OutsideRange => td_string!(lang, wording.result_flag.outside_range),
        ResultFlag::WithinRange => td_string!(lang, wording.result_flag.within_range),
    }
}
