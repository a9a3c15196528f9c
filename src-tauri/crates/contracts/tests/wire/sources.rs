use hale_contracts::account::BackendView;
use hale_contracts::sources::{
    LinkConfirmView, LinkOutcomeView, LinkSourceRequest, LinkedSourceView, SourceRequest,
    SourcesView,
};

use crate::is_kept;
use crate::samples::{error, fresh, person, source};

fn backend() -> BackendView {
    BackendView {
        name: "Northgate Hospital".to_owned(),
        url: "https://hospital.example/fhir".to_owned(),
        is_test: true,
    }
}

fn sources() -> SourcesView {
    SourcesView {
        sources: vec![LinkedSourceView {
            source: source(),
            backend: backend(),
            is_main: false,
            person: person(),
            is_lapsed: true,
            freshness: fresh(),
            error: Some(error()),
        }],
    }
}

#[test]
fn the_services_of_a_record() {
    is_kept("sources", &[sources()]);
    let url = "https://hospital.example/fhir".to_owned();
    is_kept("link_source", &[LinkSourceRequest { url }]);
    let asked = LinkConfirmView {
        known: person(),
        person: person(),
        backend: backend(),
    };
    is_kept(
        "link_outcome",
        &[
            LinkOutcomeView::Linked { sources: sources() },
            LinkOutcomeView::Confirm {
                asked: Box::new(asked),
            },
        ],
    );
    let source = "s1".to_owned();
    is_kept("unlink_source", &[SourceRequest { source }]);
}
