//! When each part was last checked, what failed, and "Check now".

use hale_contracts::sync::SyncUnitView;
use leptos::prelude::*;

use crate::components::{
    Button, ButtonKind, ErrorPanel, FreshnessLine, Loaded, Page, SummaryList, SummaryRow,
    focus_heading,
};
use crate::ipc;
use crate::state::{Loadable, Sync};
use crate::wording::{self, Lang, lang, sync_unit, td_string, why_not};

/// The page.
#[component]
pub(crate) fn UpdatesPage() -> impl IntoView {
    let lang = lang();
    let sync = Sync::expect();
    let status = Loadable::synced(ipc::get_sync_status);
    let problem = move || {
        sync.error().map(|error| {
            view! {
                <ErrorPanel
                    error=error
                    what=""
                    heading=td_string!(lang, settings.updates.problem)
                />
            }
        })
    };
    view! {
        <Page
            title=td_string!(lang, settings.updates.title)
            back="/settings"
            back_text=td_string!(lang, settings.title)
        >
            {problem}
            <p>{td_string!(lang, settings.updates.intro)}</p>
            <Button
                on_click=move |_| sync.start()
                is_busy=Signal::derive(move || sync.is_running())
                id="check-now"
            >
                {move || {
                    if sync.is_running() {
                        td_string!(lang, settings.updates.checking)
                    } else {
                        td_string!(lang, settings.updates.check_now)
                    }
                }}
            </Button>
            {move || sync.is_running().then(|| view! { <Stop/> })}
            <Loaded data=status what=td_string!(lang, settings.updates.what) let:status>
                <FreshnessLine freshness=status.overall/>
                <h2 class="nhsuk-heading-m">{td_string!(lang, settings.updates.list)}</h2>
                <SummaryList>
                    {status.units.into_iter().map(|unit| row(lang, unit)).collect_view()}
                </SummaryList>
            </Loaded>
        </Page>
    }
}

/// Ends the check: it may take long on a slow network, or on one that costs.
#[component]
fn Stop() -> impl IntoView {
    let lang = lang();
    let sync = Sync::expect();
    let stop = move |_| {
        // This button goes with the check.
        focus_heading();
        sync.stop();
    };
    view! {
        <p>
            <Button kind=ButtonKind::Secondary on_click=stop id="stop-check">
                {td_string!(lang, settings.updates.stop)}
            </Button>
        </p>
    }
}

fn row(lang: Lang, unit: SyncUnitView) -> impl IntoView {
    let state = match unit.not_allowed {
        Some(why) => {
            let words = why_not(lang, &why);
            view! {
                <p>{td_string!(lang, settings.updates.not_allowed)}</p>
                <p class="hale-quiet">{words.why}</p>
            }
            .into_any()
        }
        None => view! { <FreshnessLine freshness=unit.freshness/> }.into_any(),
    };
    let failed = unit.error.map(|error| {
        let words = wording::error(lang, &error);
        td_string!(lang, settings.updates.failed, why = words.why)
    });
    view! {
        <SummaryRow key=sync_unit(lang, unit.unit)>
            {state} {failed.map(|words| view! { <p>{words}</p> })}
            {(unit.skipped > 0)
                .then(|| {
                    view! {
                        <p>{td_string!(lang, settings.updates.skipped, count = unit.skipped)}</p>
                    }
                })} <p class="hale-quiet">{unit.source.name}</p>
        </SummaryRow>
    }
}
