//! The codes and tokens that are out. All tokens of one sign-in are a family: when a code or a
//! refresh token is used twice, somebody copied it, and the whole family ends.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::population::{IdentityLevel, RecordAccess};

/// Above this many entries the expired ones are dropped.
const MANY: usize = 512;

/// Who signed in, for whom, and what was granted.
#[derive(Debug, Clone)]
pub(crate) struct SignIn {
    /// The person at the page.
    pub(crate) person: u32,
    /// The patient whose record it is.
    pub(crate) patient: u32,
    pub(crate) patient_id: String,
    pub(crate) identity: IdentityLevel,
    pub(crate) access: RecordAccess,
    pub(crate) scope: String,
    pub(crate) nonce: Option<String>,
    pub(crate) at: DateTime<Utc>,
}

/// What a bearer token allows.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) sign_in: SignIn,
}

#[derive(Debug)]
pub(super) struct Code {
    pub(super) redirect_uri: String,
    pub(super) challenge: String,
    pub(super) sign_in: SignIn,
    pub(super) ends: DateTime<Utc>,
    family: Option<Uuid>,
}

#[derive(Debug)]
struct Token {
    family: Uuid,
    ends: DateTime<Utc>,
    used: bool,
}

/// Why a code or a refresh token is worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Worthless;

/// Everything that is out.
#[derive(Debug, Default)]
pub(super) struct Grants {
    codes: HashMap<String, Code>,
    access: HashMap<String, Token>,
    refresh: HashMap<String, Token>,
    families: HashMap<Uuid, SignIn>,
}

/// A new secret with 244 bits of randomness.
pub(super) fn secret() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

fn issue(to: &mut HashMap<String, Token>, family: Uuid, ends: DateTime<Utc>) -> String {
    let token = secret();
    let used = false;
    to.insert(token.clone(), Token { family, ends, used });
    token
}

impl Grants {
    pub(super) fn new_code(
        &mut self,
        sign_in: SignIn,
        redirect_uri: String,
        challenge: String,
        ends: DateTime<Utc>,
    ) -> String {
        self.prune(sign_in.at);
        let code = secret();
        let entry = Code {
            redirect_uri,
            challenge,
            sign_in,
            ends,
            family: None,
        };
        self.codes.insert(code.clone(), entry);
        code
    }

    /// Uses a code once; `fits` says whether the rest of the request belongs to it.
    pub(super) fn use_code(
        &mut self,
        code: &str,
        now: DateTime<Utc>,
        fits: impl Fn(&Code) -> bool,
    ) -> Result<(Uuid, SignIn), Worthless> {
        let entry = self.codes.get_mut(code).ok_or(Worthless)?;
        if let Some(family) = entry.family {
            self.revoke_family(family);
            return Err(Worthless);
        }
        let family = Uuid::new_v4();
        // Used up even if the rest does not fit: whoever guesses a verifier has one guess.
        entry.family = Some(family);
        if entry.ends <= now || !fits(entry) {
            return Err(Worthless);
        }
        let sign_in = entry.sign_in.clone();
        self.families.insert(family, sign_in.clone());
        Ok((family, sign_in))
    }

    /// Uses a refresh token once.
    pub(super) fn use_refresh(
        &mut self,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<(Uuid, SignIn), Worthless> {
        let entry = self.refresh.get_mut(token).ok_or(Worthless)?;
        let family = entry.family;
        if entry.used {
            self.revoke_family(family);
            return Err(Worthless);
        }
        entry.used = true;
        if entry.ends <= now {
            return Err(Worthless);
        }
        let sign_in = self.families.get(&family).ok_or(Worthless)?;
        Ok((family, sign_in.clone()))
    }

    pub(super) fn new_access(&mut self, family: Uuid, ends: DateTime<Utc>) -> String {
        issue(&mut self.access, family, ends)
    }

    pub(super) fn new_refresh(&mut self, family: Uuid, ends: DateTime<Utc>) -> String {
        issue(&mut self.refresh, family, ends)
    }

    pub(super) fn access(&self, token: &str, now: DateTime<Utc>) -> Option<Access> {
        let entry = self.access.get(token).filter(|entry| entry.ends > now)?;
        let sign_in = self.families.get(&entry.family)?.clone();
        Some(Access { sign_in })
    }

    /// Revokes a token: an access token alone, or with a refresh token the whole sign-in.
    pub(super) fn revoke(&mut self, token: &str) {
        self.access.remove(token);
        if let Some(entry) = self.refresh.get(token) {
            self.revoke_family(entry.family);
        }
    }

    pub(super) fn open_sessions(&self) -> usize {
        self.refresh
            .values()
            .filter(|token| !token.used && self.families.contains_key(&token.family))
            .count()
    }

    fn revoke_family(&mut self, family: Uuid) {
        self.families.remove(&family);
        self.access.retain(|_, token| token.family != family);
        self.refresh.retain(|_, token| token.family != family);
    }

    fn prune(&mut self, now: DateTime<Utc>) {
        if self.codes.len() + self.access.len() + self.refresh.len() < MANY {
            return;
        }
        self.codes.retain(|_, code| code.ends > now);
        self.access.retain(|_, token| token.ends > now);
        self.refresh.retain(|_, token| token.ends > now);
        let tokens = self.access.values().chain(self.refresh.values());
        let alive: HashSet<Uuid> = tokens
            .map(|token| token.family)
            .chain(self.codes.values().filter_map(|code| code.family))
            .collect();
        self.families.retain(|family, _| alive.contains(family));
    }
}
