//! How each source stands to a list, where there are several: one that is down is named, and what it
//! does not say is never taken for "none".

use hale_contracts::provenance::FreshnessView;
use hale_contracts::sources::SourceStandingView;
use leptos::prelude::*;

use crate::wording::{self, Lang, lang, london_today, td_string};

/// A line for each source. Nothing where there is only one.
#[component]
pub(crate) fn SourceLines(
    /// The sources. They change with every check, so that the lines alone follow them.
    #[prop(into)]
    sources: Signal<Vec<SourceStandingView>>,
) -> impl IntoView {
    let lang = lang();
    let is_any = Memo::new(move |_| sources.with(|sources| !sources.is_empty()));
    move || {
        is_any.get().then(|| {
            view! {
                <section class="hale-sources" aria-label=td_string!(lang, common.sources.title)>
                    <ul class="nhsuk-list">
                        {move || {
                            sources
                                .get()
                                .into_iter()
                                .map(|source| {
                                    view! {
                                        <li>
                                            <strong>{source.source.name.clone()}</strong>
                                            ": "
                                            {line(lang, &source)}
                                        </li>
                                    }
                                })
                                .collect_view()
                        }}
                    </ul>
                </section>
            }
        })
    }
}

/// What is said of one source: how fresh its part is, what failed, and why it has nothing.
fn line(lang: Lang, source: &SourceStandingView) -> String {
    let mut parts = Vec::new();
    match &source.not_allowed {
        Some(why) => parts.push(wording::why_not(lang, why).why),
        None => parts.push(full_stop(wording::freshness(
            lang,
            &source.freshness,
            london_today(),
        ))),
    }
    if let Some(error) = &source.error {
        // Why it is older has been said.
        if !matches!(source.freshness, FreshnessView::Stale { .. }) {
            parts.push(wording::error(lang, error).why);
        }
    } else if let Some(absence) = &source.absence
        && source.not_allowed.is_none()
    {
        parts.push(full_stop(
            wording::absence(lang, absence, Some(&source.source.name)).heading,
        ));
    }
    if source.skipped > 0 {
        parts.push(td_string!(
            lang,
            common.partial.skipped,
            count = source.skipped
        ));
    }
    parts.join(" ")
}

fn full_stop(words: String) -> String {
    if words.ends_with('.') {
        words
    } else {
        format!("{words}.")
    }
}

#[cfg(test)]
mod tests {
    use hale_contracts::error::{ErrorCode, ErrorView};
    use hale_contracts::provenance::SourceView;
    use hale_contracts::record::AbsenceView;

    use super::*;

    #[test]
    fn a_source_that_is_down_is_never_said_to_have_none() {
        let mut source = SourceStandingView {
            source: SourceView {
                id: "h".into(),
                name: "Northgate Hospital".into(),
            },
            freshness: FreshnessView::NeverLoaded,
            not_allowed: None,
            error: Some(ErrorView::new(ErrorCode::ServerUnavailable)),
            skipped: 0,
            absence: Some(AbsenceView::NoneRecorded),
        };
        let none = wording::absence(Lang::en, &AbsenceView::NoneRecorded, Some("x")).heading;
        let failed = wording::error(Lang::en, source.error.as_ref().unwrap()).why;
        let words = line(Lang::en, &source);
        assert!(words.contains(&failed), "{words}");
        assert!(!words.contains(&none), "{words}");
        source.error = None;
        assert!(line(Lang::en, &source).contains(&none));
    }
}
