//! The parts that screens are made of. Those with the design system's name have its markup and
//! class names, and are held to its published examples; Hale's own have classes that begin with
//! `hale-`. None of them asks the shell for anything; what they need is given to them.

mod access_notice;
mod action_link;
mod back_link;
mod button;
mod card;
mod change_tag;
mod details;
mod error_panel;
mod error_summary;
mod field;
#[cfg(test)]
mod fixtures;
mod freshness_line;
mod icon;
mod input;
mod inset_text;
pub(crate) mod layout;
mod loaded;
mod loading;
pub(crate) mod page;
mod partial_notice;
mod provenance_line;
mod question;
mod radios;
mod select;
mod skip_link;
mod source_lines;
mod stale_callout;
mod summary_list;
mod tag;
mod textarea;
mod warning_callout;
mod why_not_panel;

pub(crate) use access_notice::AccessNotices;
pub(crate) use action_link::ActionLink;
pub(crate) use back_link::BackLink;
pub(crate) use button::{Button, ButtonKind, LinkButton};
pub(crate) use card::{CareCard, CareKind, LinkCard};
pub(crate) use change_tag::{ChangeTag, RemovedLine};
pub(crate) use details::Details;
pub(crate) use error_panel::{ErrorPanel, ErrorWords};
pub(crate) use error_summary::{ErrorSummary, SummarisedError};
pub(crate) use freshness_line::FreshnessLine;
pub(crate) use icon::{Icon, Picture};
pub(crate) use input::Input;
pub(crate) use inset_text::InsetText;
pub(crate) use loaded::Loaded;
pub(crate) use loading::{EmptyState, Loading};
pub(crate) use page::{Page, focus_heading};
pub(crate) use partial_notice::PartialNotice;
pub(crate) use provenance_line::{ProvenanceLine, ProvenanceList};
pub(crate) use question::{Question, close_question};
pub(crate) use radios::{RadioItem, Radios};
pub(crate) use select::{Select, SelectItem};
pub(crate) use skip_link::SkipLink;
pub(crate) use source_lines::SourceLines;
pub(crate) use stale_callout::StaleCallout;
pub(crate) use summary_list::{SummaryList, SummaryRow};
pub(crate) use tag::{Tag, TagColour};
pub(crate) use textarea::Textarea;
pub(crate) use warning_callout::WarningCallout;
pub(crate) use why_not_panel::WhyNotPanel;
