use hale_contracts::account::{
    AboutView, AppearanceView, BackendCheckView, BackendChoicesView, ChooseBackendRequest,
    ConfirmIdentityRequest, Feature, MendedView, SessionView, SignOutRequest, TextSize, Theme,
    WhyNotFeature,
};
use hale_contracts::links::OfficialLink;
use hale_contracts::reasons::WhyNot;

use crate::samples::{backend, error, person};
use crate::{every, is_kept};

#[test]
fn where_the_app_stands() {
    let values = [
        SessionView::SignedOut {
            backend: Some(backend()),
            has_data: true,
        },
        SessionView::SigningIn { backend: backend() },
        SessionView::ConfirmIdentity { person: person() },
        SessionView::SignedIn {
            person: person(),
            backend: backend(),
            is_lapsed: false,
        },
        SessionView::Locked { error: error() },
    ];
    let _ = |value: &SessionView| match value {
        SessionView::SignedOut { .. }
        | SessionView::SigningIn { .. }
        | SessionView::ConfirmIdentity { .. }
        | SessionView::SignedIn { .. }
        | SessionView::Locked { .. } => (),
    };
    is_kept("session", &values);
}

#[test]
fn what_was_mended() {
    let session = SessionView::SignedOut {
        backend: None,
        has_data: true,
    };
    let values = [(Some(2), Some("own.damaged-1.db")), (None, None)];
    is_kept(
        "mended",
        &values.map(|(lost, kept_aside)| MendedView {
            kept: 3,
            lost,
            kept_aside: kept_aside.map(str::to_owned),
            session: session.clone(),
        }),
    );
}

#[test]
fn the_backends() {
    is_kept(
        "backends",
        &[BackendChoicesView {
            current: Some(backend()),
            presets: vec![backend()],
        }],
    );
    let url = "a.example/fhir".to_owned();
    is_kept("choose_backend", &[ChooseBackendRequest { url }]);
    let missing = every!(Feature: Record, Appointments, Booking, StaySignedIn);
    is_kept(
        "check_backend",
        &[BackendCheckView {
            backend: backend(),
            fhir_version: Some("4.0.1".to_owned()),
            missing: missing
                .into_iter()
                .map(|feature| WhyNotFeature {
                    feature,
                    why: WhyNot::ServerLacksFeature,
                })
                .collect(),
        }],
    );
}

#[test]
fn signing_in_and_out() {
    is_kept(
        "confirm_identity",
        &[ConfirmIdentityRequest { is_me: true }],
    );
    is_kept(
        "sign_out",
        &[SignOutRequest {
            remove_everything: false,
        }],
    );
}

#[test]
fn how_the_window_looks() {
    let themes = every!(Theme: System, Light, Dark, HighContrast);
    let sizes = every!(TextSize: Normal, Large, Larger, Largest);
    let values: Vec<AppearanceView> = themes
        .into_iter()
        .zip(sizes)
        .map(|(theme, text_size)| AppearanceView { theme, text_size })
        .collect();
    is_kept("appearance", &values);
    let before: AppearanceView = serde_json::from_str(r#"{"theme":"dark"}"#).unwrap();
    assert_eq!(
        before.text_size,
        TextSize::Normal,
        "what an earlier version kept is still read"
    );
}

#[test]
fn about_and_the_way_out() {
    is_kept(
        "about",
        &[AboutView {
            version: "0.1.0".to_owned(),
            data_folder: "/home/a/.local/share/hale".to_owned(),
            log_folder: None,
        }],
    );
    is_kept(
        "open_link",
        &every!(OfficialLink: Nhs111, NhsWebsite, DataOptOut, OrganDonation),
    );
}
