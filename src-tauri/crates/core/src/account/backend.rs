//! Which server the app talks to, and the settings that hold nothing personal.
//!
//! A backend may be given at the start (by a tester, see [`Hale::with_backend`]) or chosen in the
//! app. What the patient chose counts, in this run and in later ones, until the app is started with
//! another given one. While a person's record is here, no other server than its own is used.

use hale_contracts::account::{
    AppearanceView, BackendCheckView, BackendView, ChooseBackendRequest, Feature, SessionView,
    WhyNotFeature,
};
use hale_contracts::reasons::WhyNot;

use crate::app::{Hale, Stage};
use crate::error::Error;
use crate::ports::{BackendInfo, Backends, Clock, Device, DeviceSettings};

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// Looks at an address without using it.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub async fn check_backend(
        &self,
        request: ChooseBackendRequest,
    ) -> Result<BackendCheckView, Error> {
        let info = self.backends.discover(request.url).await?;
        Ok(BackendCheckView {
            backend: backend_view(&info),
            fhir_version: info.fhir_version.clone(),
            missing: missing_features(&info),
        })
    }

    /// Uses an address from now on, after looking at it: in this run, whatever was given at the
    /// start, and in later ones. Refused while a person's data is here that came from another
    /// server.
    ///
    /// # Errors
    /// Why it cannot be used, or [`Error::DataOfAnotherService`] where data of another server is
    /// here.
    pub async fn choose_backend(
        &self,
        request: ChooseBackendRequest,
    ) -> Result<SessionView, Error> {
        let info = self.backends.discover(request.url).await?;
        {
            let _guard = self.changing.lock().await;
            let mut settings = self.device.settings().await;
            let is_same = settings
                .backend_url
                .as_deref()
                .is_some_and(|kept| is_same_server(kept, &info.base_url));
            if settings.person.is_some() && !is_same {
                return Err(Error::DataOfAnotherService);
            }
            // Choosing the given one again takes an earlier choice back.
            settings.chosen_instead_of = self
                .given_backend
                .clone()
                .filter(|given| given != &info.base_url);
            settings.backend_url = Some(info.base_url.clone());
            self.device.save_settings(settings).await?;
        }
        Ok(self.session_view().await)
    }

    /// How the window looks.
    pub async fn appearance(&self) -> AppearanceView {
        self.device.settings().await.appearance
    }

    /// Keeps how the window looks.
    ///
    /// # Errors
    /// If the device cannot save.
    pub async fn set_appearance(&self, appearance: AppearanceView) -> Result<(), Error> {
        let _guard = self.changing.lock().await;
        let mut settings = self.device.settings().await;
        settings.appearance = appearance;
        self.device.save_settings(settings).await?;
        Ok(())
    }

    /// The backend in use, or the one that a sign-in would go to.
    pub async fn current_backend(&self) -> Option<BackendView> {
        if let Stage::Open(session) = &*self.stage() {
            return Some(backend_view(&session.identity().backend));
        }
        self.backend_url().await.as_deref().map(plain_backend_view)
    }

    /// The address that a sign-in would go to.
    pub(crate) async fn backend_url(&self) -> Option<String> {
        let settings = self.device.settings().await;
        if let Some(given) = given_now(self.given_backend.as_deref(), &settings) {
            return Some(given.to_owned());
        }
        if let Stage::Open(session) = &*self.stage() {
            return Some(session.identity().backend.base_url.clone());
        }
        settings.backend_url
    }

    /// Where the app stands.
    pub async fn session_view(&self) -> SessionView {
        let backend = self.backend_url().await.as_deref().map(plain_backend_view);
        let stage = self.stage();
        match &*stage {
            Stage::NotStarted => SessionView::SignedOut {
                backend,
                has_data: false,
            },
            Stage::SignedOut { has_data } => SessionView::SignedOut {
                backend,
                has_data: *has_data,
            },
            Stage::SigningIn { backend } => SessionView::SigningIn {
                backend: backend_view(backend),
            },
            Stage::Confirming(candidate) => SessionView::ConfirmIdentity {
                person: candidate.person.clone(),
            },
            Stage::Open(session) => SessionView::SignedIn {
                person: session.identity().person.clone(),
                backend: backend_view(&session.identity().backend),
                is_lapsed: session.main.is_lapsed(),
            },
            Stage::Locked { error } => SessionView::Locked {
                error: error.clone(),
            },
        }
    }
}

/// The backend given at the start, unless another one was chosen instead of it.
pub(crate) fn given_now<'a>(given: Option<&'a str>, settings: &DeviceSettings) -> Option<&'a str> {
    given.filter(|given| {
        let was_replaced = settings
            .chosen_instead_of
            .as_deref()
            .is_some_and(|replaced| is_same_server(replaced, given));
        !(was_replaced && settings.backend_url.is_some())
    })
}

/// An address as discovery would write it, so that the two can be compared.
pub(crate) fn tidy(address: &str) -> String {
    let with_scheme = if address.contains("://") {
        address.to_owned()
    } else {
        format!("https://{address}")
    };
    let text = url::Url::parse(&with_scheme).map_or(with_scheme, String::from);
    text.trim_end_matches('/').to_owned()
}

/// A backend as it is shown.
pub(crate) fn backend_view(info: &BackendInfo) -> BackendView {
    BackendView {
        name: info.name.clone(),
        url: info.base_url.clone(),
        is_test: info.is_test,
    }
}

/// A backend of which only the address is known.
fn plain_backend_view(url: &str) -> BackendView {
    let host = url::Url::parse(url)
        .ok()
        .and_then(|url| url.host_str().map(ToOwned::to_owned));
    BackendView {
        is_test: is_on_this_device(url),
        name: host.unwrap_or_else(|| url.to_owned()),
        url: url.to_owned(),
    }
}

/// Whether an address is one of this device: a server for testing.
pub(crate) fn is_on_this_device(url: &str) -> bool {
    match url::Url::parse(url).ok().as_ref().and_then(url::Url::host) {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn missing_features(info: &BackendInfo) -> Vec<WhyNotFeature> {
    let needs = [
        (Feature::Appointments, "Appointment", "search-type"),
        (Feature::Booking, "Appointment", "create"),
        (Feature::Booking, "Slot", "search-type"),
        (Feature::Record, "AllergyIntolerance", "search-type"),
    ];
    let mut missing: Vec<Feature> = Vec::new();
    for (feature, resource_type, interaction) in needs {
        if !info.may_offer(resource_type, interaction) && !missing.contains(&feature) {
            missing.push(feature);
        }
    }
    let can_stay = info.capabilities.is_empty()
        || info
            .capabilities
            .iter()
            .any(|capability| capability == "permission-offline");
    if !can_stay {
        missing.push(Feature::StaySignedIn);
    }
    missing
        .into_iter()
        .map(|feature| WhyNotFeature {
            feature,
            why: WhyNot::ServerLacksFeature,
        })
        .collect()
}

/// Whether two addresses are the same server. Servers for testing on this device have another port
/// at every start, and count as one.
pub(crate) fn is_same_server(first: &str, second: &str) -> bool {
    first == second || (is_on_this_device(first) && is_on_this_device(second))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOCK: &str = "http://127.0.0.1:4000/fhir";
    const MOCK_LATER: &str = "http://127.0.0.1:5000/fhir";
    const ONE: &str = "https://one.example/fhir";
    const TWO: &str = "https://two.example/fhir";

    #[test]
    fn a_given_address_is_written_as_discovery_writes_it() {
        for (given, expected) in [
            ("HTTPS://One.Example:443/fhir/", ONE),
            ("one.example/fhir", ONE),
            (MOCK, MOCK),
            ("https://one.example", "https://one.example"),
        ] {
            assert_eq!(tidy(given), expected);
        }
    }

    #[test]
    fn a_choice_counts_until_another_backend_is_given() {
        for (given, replaced, chosen, expected) in [
            (None, None, None, None),
            (Some(MOCK), None, None, Some(MOCK)),
            // Signed in there once, with nothing chosen: what is given now still counts.
            (Some(TWO), None, Some(ONE), Some(TWO)),
            (None, None, Some(ONE), Some(ONE)),
            (None, Some(MOCK), Some(ONE), Some(ONE)),
            (Some(MOCK), Some(MOCK), Some(ONE), Some(ONE)),
            // The server for testing moved to another port, and is still the one replaced.
            (Some(MOCK_LATER), Some(MOCK), Some(ONE), Some(ONE)),
            (Some(TWO), Some(MOCK), Some(ONE), Some(TWO)),
            // A choice that is gone replaces nothing.
            (Some(MOCK), Some(MOCK), None, Some(MOCK)),
        ] {
            let settings = DeviceSettings {
                backend_url: chosen.map(ToOwned::to_owned),
                chosen_instead_of: replaced.map(ToOwned::to_owned),
                ..DeviceSettings::default()
            };
            let used = given_now(given, &settings).or(settings.backend_url.as_deref());
            assert_eq!(
                used, expected,
                "given {given:?}, replaced {replaced:?}, chosen {chosen:?}"
            );
        }
    }
}
