//! That a service stopped sharing something, and what went from the device with it.

use hale_contracts::changes::{AccessNoticeView, DismissAccessNoticeRequest};
use hale_contracts::reasons::WhyNot;
use leptos::prelude::*;

use super::{Button, ButtonKind, WarningCallout};
use crate::wording::{self, lang, sync_unit, td_string};

/// What services took away, until the patient says that they have read it. Nothing where there is
/// nothing.
#[component]
pub(crate) fn AccessNotices(
    /// The notices.
    notices: Vec<AccessNoticeView>,
    /// Says that the patient has read one.
    #[prop(into)]
    dismiss: Callback<DismissAccessNoticeRequest>,
) -> impl IntoView {
    notices
        .into_iter()
        .map(|notice| view! { <AccessNotice notice dismiss /> })
        .collect_view()
}

#[component]
fn AccessNotice(
    notice: AccessNoticeView,
    dismiss: Callback<DismissAccessNoticeRequest>,
) -> impl IntoView {
    let lang = lang();
    let AccessNoticeView {
        source,
        units,
        why,
        at,
    } = notice;
    let words = wording::why_not(lang, &why);
    let heading = td_string!(lang, common.access.heading, who = source.name.as_str());
    let gone = td_string!(
        lang,
        common.access.gone,
        date = wording::date(lang, at.local.date())
    );
    let is_somebody_else = why == WhyNot::PatientChanged;
    let names = units
        .iter()
        .map(|unit| view! { <li>{sync_unit(lang, *unit)}</li> })
        .collect_view();
    let read = move |_| {
        dismiss.run(DismissAccessNoticeRequest {
            source: source.id.clone(),
            units: units.clone(),
        });
    };
    view! {
        <WarningCallout heading=heading>
            <p>{gone}</p>
            <ul class="nhsuk-list nhsuk-list--bullet">{names}</ul>
            <p>{words.why}</p>
            {words.server_says.map(|words| view! { <p>{words}</p> })}
            {(!is_somebody_else)
                .then(|| view! { <p>{td_string!(lang, common.access.not_deleted)}</p> })}
            <p>{words.next}</p>
            {is_somebody_else
                .then(|| {
                    view! {
                        <p>
                            <a href="/sign-in">{td_string!(lang, common.lapsed.sign_in)}</a>
                        </p>
                    }
                })}
            <Button kind=ButtonKind::Secondary on_click=read>
                {td_string!(lang, common.access.read)}
            </Button>
        </WarningCallout>
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use hale_contracts::provenance::SourceView;
    use hale_contracts::reasons::RecordAccess;
    use hale_contracts::record::SectionKind;
    use hale_contracts::sync::SyncUnit;
    use hale_contracts::time::{LondonOffset, LondonTime};

    use super::*;

    fn html(why: WhyNot) -> String {
        let notice = AccessNoticeView {
            source: SourceView {
                id: "main".to_owned(),
                name: "Riverside Surgery".to_owned(),
            },
            units: vec![SyncUnit::Record(SectionKind::Results)],
            why,
            at: LondonTime {
                utc: DateTime::UNIX_EPOCH,
                local: DateTime::UNIX_EPOCH.naive_utc(),
                offset: LondonOffset::Gmt,
                is_ambiguous: false,
            },
        };
        Owner::new()
            .with(|| view! { <AccessNotices notices=vec![notice] dismiss=|_| () /> }.to_html())
    }

    #[test]
    fn it_says_who_what_when_and_why() {
        let html = html(WhyNot::AccessLevel {
            have: RecordAccess::Summary,
            need: RecordAccess::Detailed,
        });
        for words in [
            "Riverside Surgery",
            "Test results",
            "1 January 1970",
            "not mean",
        ] {
            assert!(html.contains(words), "{words}: {html}");
        }
    }

    #[test]
    fn another_persons_number_leads_to_signing_in_and_says_nothing_of_deleting() {
        let html = html(WhyNot::PatientChanged);
        assert!(html.contains("/sign-in"));
        assert!(!html.contains("not mean"));
    }
}
