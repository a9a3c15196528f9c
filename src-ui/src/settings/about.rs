//! What this copy of Hale is, and where it keeps its files.

use leptos::prelude::*;

use crate::components::{Loaded, Page, SummaryList, SummaryRow};
use crate::ipc;
use crate::state::Loadable;
use crate::wording::{lang, td_string};

/// The page.
#[component]
pub(crate) fn AboutPage() -> impl IntoView {
    let lang = lang();
    let about = Loadable::new(ipc::get_about);
    view! {
        <Page
            title=td_string!(lang, settings.about.title)
            back="/settings"
            back_text=td_string!(lang, settings.title)
        >
            <p>{td_string!(lang, settings.about.lead)}</p>
            <Loaded data=about what=td_string!(lang, settings.about.what) let:about>
                <SummaryList>
                    <SummaryRow key=td_string!(
                        lang, settings.about.version
                    )>{about.version}</SummaryRow>
                    <SummaryRow key=td_string!(
                        lang, settings.about.data_folder
                    )>
                        <span class="hale-address">{about.data_folder}</span>
                    </SummaryRow>
                    <SummaryRow key=td_string!(
                        lang, settings.about.log_folder
                    )>
                        <span class="hale-address">
                            {about
                                .log_folder
                                .unwrap_or_else(|| {
                                    td_string!(lang, settings.about.no_log).to_owned()
                                })}
                        </span>
                    </SummaryRow>
                </SummaryList>
            </Loaded>
            <p class="hale-quiet">{td_string!(lang, settings.about.licence)}</p>
        </Page>
    }
}
