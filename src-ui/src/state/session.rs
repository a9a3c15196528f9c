//! Who is signed in, for the whole window, and which pages are open to them.

use hale_contracts::account::{BackendView, PersonView, PracticeView, SessionView};
use leptos::prelude::*;

/// The session, as the shell last said. `None` until it has said anything.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Session(RwSignal<Option<SessionView>>);

impl Session {
    /// Makes it known to everything below.
    pub(crate) fn provide() -> Self {
        let session = Self(RwSignal::new(None));
        provide_context(session);
        session
    }

    /// The window's session.
    pub(crate) fn expect() -> Self {
        expect_context()
    }

    /// What the shell last said. Tracked.
    pub(crate) fn get(self) -> Option<SessionView> {
        self.0.get()
    }

    /// What the shell last said, without asking to be told of changes.
    pub(crate) fn get_untracked(self) -> Option<SessionView> {
        self.0.get_untracked()
    }

    /// Takes what the shell says now.
    pub(crate) fn set(self, view: SessionView) {
        if self.0.with_untracked(|old| old.as_ref() != Some(&view)) {
            self.0.set(Some(view));
        }
    }

    /// The person who is signed in. Tracked.
    pub(crate) fn person(self) -> Option<PersonView> {
        self.0.with(|view| match view {
            Some(SessionView::SignedIn { person, .. }) => Some(person.clone()),
            _ => None,
        })
    }

    /// The person's practice, where it is known. Tracked.
    pub(crate) fn practice(self) -> Option<PracticeView> {
        self.person().and_then(|person| person.practice)
    }

    /// The service in use. Tracked.
    pub(crate) fn backend(self) -> Option<BackendView> {
        self.0.with(|view| match view {
            Some(SessionView::SignedIn { backend, .. } | SessionView::SigningIn { backend }) => {
                Some(backend.clone())
            }
            Some(SessionView::SignedOut { backend, .. }) => backend.clone(),
            _ => None,
        })
    }

    /// Whether the sign-in has lapsed while what is on the device stays readable. Tracked.
    pub(crate) fn is_lapsed(self) -> bool {
        self.0.with(|view| {
            matches!(
                view,
                Some(SessionView::SignedIn {
                    is_lapsed: true,
                    ..
                })
            )
        })
    }

    /// Whether nobody is signed in but a record is still saved here. Tracked.
    pub(crate) fn has_kept_data(self) -> bool {
        self.0
            .with(|view| matches!(view, Some(SessionView::SignedOut { has_data: true, .. })))
    }

    /// Whether somebody is signed in. Tracked.
    pub(crate) fn is_signed_in(self) -> bool {
        self.0
            .with(|view| matches!(view, Some(SessionView::SignedIn { .. })))
    }
}

/// The practice of the person who is signed in, where it is known. Tracked.
pub(crate) fn practice() -> Option<PracticeView> {
    use_context::<Session>().and_then(Session::practice)
}

/// Where a path leads instead in this session, if it may not be shown.
///
/// Help, settings and "about" are open always: help must never stand behind a sign-in.
pub(crate) fn destination(session: &SessionView, path: &str) -> Option<&'static str> {
    let is_below = |root: &str| {
        path == root
            || path
                .strip_prefix(root)
                .is_some_and(|rest| rest.starts_with('/'))
    };
    let always = ["/help", "/settings", "/about", "/repeats/urgent"];
    if always.into_iter().any(is_below) {
        return None;
    }
    let home = match session {
        SessionView::Locked { .. } => "/locked",
        SessionView::ConfirmIdentity { .. } => "/confirm",
        SessionView::SigningIn { .. } => "/sign-in",
        // The service can still be changed before signing in.
        SessionView::SignedOut { .. } if path == "/welcome/service" => return None,
        SessionView::SignedOut { backend: None, .. } => "/welcome",
        SessionView::SignedOut { .. } if path == "/welcome" => return None,
        SessionView::SignedOut {
            has_data: false, ..
        } if path != "/sign-in" => "/welcome",
        SessionView::SignedOut { .. } => "/sign-in",
        SessionView::SignedIn {
            is_lapsed: true, ..
        } if path == "/sign-in" => return None,
        SessionView::SignedIn { .. } => {
            let is_before = ["/welcome", "/sign-in", "/confirm", "/locked"]
                .into_iter()
                .any(is_below);
            return is_before.then_some("/");
        }
    };
    (path != home).then_some(home)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hale_contracts::error::{ErrorCode, ErrorView};

    fn backend() -> BackendView {
        BackendView {
            name: "Test".into(),
            url: "http://127.0.0.1/fhir".into(),
            is_test: true,
        }
    }

    fn person() -> PersonView {
        PersonView {
            name: "Ada Byrne".into(),
            date_of_birth: None,
            nhs_number: None,
            identity_level: None,
            practice: None,
        }
    }

    fn signed_in(is_lapsed: bool) -> SessionView {
        SessionView::SignedIn {
            person: person(),
            backend: backend(),
            is_lapsed,
        }
    }

    fn signed_out(has_backend: bool, has_data: bool) -> SessionView {
        SessionView::SignedOut {
            backend: has_backend.then(backend),
            has_data,
        }
    }

    #[test]
    fn each_session_opens_its_own_pages_and_no_others() {
        let locked = SessionView::Locked {
            error: ErrorView::new(ErrorCode::KeyMissing),
        };
        let confirm = SessionView::ConfirmIdentity { person: person() };
        let table = [
            (signed_in(false), "/record/allergies", None),
            (signed_in(false), "/sign-in", Some("/")),
            (signed_in(false), "/welcome/service", Some("/")),
            (signed_in(true), "/record", None),
            (signed_in(true), "/sign-in", None),
            (signed_out(false, false), "/", Some("/welcome")),
            (signed_out(false, false), "/sign-in", Some("/welcome")),
            (signed_out(false, false), "/welcome/service", None),
            (signed_out(true, false), "/", Some("/welcome")),
            (signed_out(true, false), "/sign-in", None),
            (signed_out(true, false), "/welcome", None),
            (signed_out(true, true), "/record", Some("/sign-in")),
            (confirm.clone(), "/record", Some("/confirm")),
            (confirm, "/confirm", None),
            (locked.clone(), "/", Some("/locked")),
            (locked.clone(), "/locked", None),
            (locked, "/settings/sign-out", None),
        ];
        for (session, path, expected) in table {
            assert_eq!(
                destination(&session, path),
                expected,
                "{path} in {session:?}"
            );
        }
    }

    #[test]
    fn help_is_never_behind_a_sign_in() {
        for session in [
            signed_out(false, false),
            signed_out(true, true),
            signed_in(true),
        ] {
            assert_eq!(destination(&session, "/help"), None);
            assert_eq!(destination(&session, "/help/111"), None);
            assert_eq!(destination(&session, "/repeats/urgent"), None);
        }
        assert!(destination(&signed_out(false, false), "/helpless").is_some());
    }
}
