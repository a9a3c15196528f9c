//! Which service is used, with services that only exist here.

use std::sync::{Arc, Mutex};

use futures::executor::block_on;
use hale_contracts::account::{
    ChooseBackendRequest, ConfirmIdentityRequest, SessionView, SignOutRequest,
};
use hale_contracts::error::ErrorCode;

use crate::app::{Hale, lock};
use crate::memory::MemoryDevice;
use crate::ports::{
    BackendInfo, Backends, BrowserError, DiscoveryError, Fetch, Fetched, IdentityClaims,
    OpenBrowser, Remote, RemoteError, SignInError, SignedIn, SystemClock, TokenKeeper, Tokens,
    Write, Written,
};

const GIVEN: &str = "http://127.0.0.1:4000/fhir";
const ONE: &str = "https://one.example/fhir";
const TWO: &str = "https://two.example/fhir";
const NOBODY: &str = "https://nobody.example/fhir";

/// Services at every address but one, where the same patient signs in. Remembers where.
#[derive(Clone, Default)]
struct Services {
    signed_in_at: Arc<Mutex<Vec<String>>>,
}

impl Backends for Services {
    type Remote = Service;

    async fn discover(&self, url: String) -> Result<BackendInfo, DiscoveryError> {
        if url == NOBODY {
            return Err(DiscoveryError::Unreachable(None));
        }
        Ok(BackendInfo {
            name: "A service".to_owned(),
            is_test: true,
            fhir_version: None,
            authorization_endpoint: format!("{url}/authorize"),
            token_endpoint: format!("{url}/token"),
            revocation_endpoint: None,
            issuer: None,
            jwks_uri: None,
            capabilities: Vec::new(),
            interactions: Vec::new(),
            base_url: url,
        })
    }

    async fn sign_in(
        &self,
        backend: BackendInfo,
        _: Arc<dyn OpenBrowser>,
    ) -> Result<SignedIn, SignInError> {
        lock(&self.signed_in_at).push(backend.base_url);
        Ok(SignedIn {
            tokens: Tokens {
                access_token: "access".to_owned(),
                expires_at: None,
                refresh_token: None,
                scope: String::new(),
                patient_id: "p1".to_owned(),
            },
            claims: IdentityClaims::default(),
        })
    }

    fn connect(&self, _: BackendInfo, _: Tokens, _: Arc<dyn TokenKeeper>) -> Service {
        Service
    }

    async fn revoke(&self, _: BackendInfo, _: Tokens) {}
}

/// Knows one patient.
struct Service;

impl Remote for Service {
    async fn fetch(&self, _: Fetch) -> Result<Fetched, RemoteError> {
        Ok(Fetched {
            status: 200,
            etag: None,
            server_date: None,
            body: br#"{"resourceType":"Patient","id":"p1"}"#.to_vec(),
        })
    }

    async fn write(&self, _: Write) -> Result<Written, RemoteError> {
        Err(RemoteError::NotConnected(None))
    }
}

struct NoBrowser;

impl OpenBrowser for NoBrowser {
    fn open(&self, _: &str) -> Result<(), BrowserError> {
        Ok(())
    }
}

type App = Hale<MemoryDevice, Services, SystemClock>;

/// The app, started on a device, with or without a given backend.
async fn start(device: &MemoryDevice, services: &Services, given: Option<&str>) -> App {
    let app = Hale::new(
        device.clone(),
        services.clone(),
        SystemClock,
        Arc::new(NoBrowser),
    );
    let app = match given {
        Some(url) => app.with_backend(url.to_owned()),
        None => app,
    };
    app.start().await;
    app
}

fn choice(url: &str) -> ChooseBackendRequest {
    ChooseBackendRequest {
        url: url.to_owned(),
    }
}

async fn sign_in(app: &App) {
    app.sign_in().await.unwrap();
    app.confirm_identity(ConfirmIdentityRequest { is_me: true })
        .await
        .unwrap();
}

async fn sign_out(app: &App, remove_everything: bool) {
    app.sign_out(SignOutRequest { remove_everything })
        .await
        .unwrap();
}

/// The address in use, and whether the sign-in there still counts.
async fn in_use(app: &App) -> (String, bool) {
    match app.session_view().await {
        SessionView::SignedIn {
            backend, is_lapsed, ..
        } => (backend.url, !is_lapsed),
        SessionView::SignedOut {
            backend: Some(backend),
            ..
        } => (backend.url, false),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_chosen_service_counts_more_than_the_given_one_now_and_later() {
    block_on(async {
        let (device, services) = Default::default();
        let app = start(&device, &services, Some(GIVEN)).await;
        assert_eq!(in_use(&app).await, (GIVEN.to_owned(), false));
        app.choose_backend(choice(ONE)).await.unwrap();
        assert_eq!(in_use(&app).await, (ONE.to_owned(), false));
        sign_in(&app).await;
        assert_eq!(*lock(&services.signed_in_at), [ONE]);
        for given in [Some(GIVEN), Some("http://127.0.0.1:4001/fhir"), None] {
            let app = start(&device, &services, given).await;
            assert_eq!(in_use(&app).await, (ONE.to_owned(), true), "{given:?}");
        }
    });
}

#[test]
fn a_choice_ends_when_another_service_is_given() {
    block_on(async {
        let (device, services) = Default::default();
        let app = start(&device, &services, Some(GIVEN)).await;
        app.choose_backend(choice(ONE)).await.unwrap();
        let app = start(&device, &services, Some(TWO)).await;
        assert_eq!(in_use(&app).await, (TWO.to_owned(), false));
        sign_in(&app).await;
        let app = start(&device, &services, Some(TWO)).await;
        assert_eq!(in_use(&app).await, (TWO.to_owned(), true));
    });
}

#[test]
fn choosing_the_given_one_again_takes_a_choice_back() {
    block_on(async {
        let (device, services) = Default::default();
        let app = start(&device, &services, Some(GIVEN)).await;
        app.choose_backend(choice(ONE)).await.unwrap();
        app.choose_backend(choice(GIVEN)).await.unwrap();
        let later = "http://127.0.0.1:4001/fhir";
        let app = start(&device, &services, Some(later)).await;
        assert_eq!(in_use(&app).await.0, later, "the server for testing moved");
    });
}

#[test]
fn a_record_of_one_service_never_meets_another_service() {
    block_on(async {
        let (device, services) = Default::default();
        let app = start(&device, &services, None).await;
        app.choose_backend(choice(ONE)).await.unwrap();
        sign_in(&app).await;
        sign_out(&app, false).await;
        let error = app.choose_backend(choice(TWO)).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::DataOfAnotherService);
        assert_eq!(in_use(&app).await.0, ONE, "nothing was changed");

        let app = start(&device, &services, Some(TWO)).await;
        let error = app.sign_in().await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::DataOfAnotherService);
        assert_eq!(
            *lock(&services.signed_in_at),
            [ONE],
            "no page of the other service was opened"
        );
        app.choose_backend(choice(ONE)).await.unwrap();
        app.sign_in().await.unwrap();
        assert_eq!(in_use(&app).await, (ONE.to_owned(), true));

        sign_out(&app, true).await;
        app.choose_backend(choice(TWO)).await.unwrap();
        sign_in(&app).await;
        assert_eq!(in_use(&app).await, (TWO.to_owned(), true));
    });
}

#[test]
fn an_address_that_nobody_answers_at_is_in_doubt_only_while_it_is_chosen() {
    block_on(async {
        let (device, services) = Default::default();
        let app = start(&device, &services, Some(NOBODY)).await;
        let checked = app.check_backend(choice(NOBODY)).await.unwrap_err();
        assert_eq!(checked.code(), ErrorCode::ServiceNotReached);
        let chosen = app.choose_backend(choice(NOBODY)).await.unwrap_err();
        assert_eq!(chosen.code(), ErrorCode::ServiceNotReached);
        let signed_in = app.sign_in().await.unwrap_err();
        assert_eq!(signed_in.code(), ErrorCode::Offline);
    });
}
