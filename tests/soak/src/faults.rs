//! What goes wrong, by chance.

use hale_mock_backend::{BadEntry, Fault, RetryAfter, Rule, RunningMock};

/// Numbers from a seed (SplitMix64).
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    pub(crate) fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let which = usize::try_from(self.below(all.len() as u64)).unwrap_or(0);
        &all[which]
    }
}

/// Where a fault may strike.
const PLACES: [&str; 10] = [
    "/Appointment",
    "/Appointment",
    "/Appointment",
    "/Observation",
    "/Condition",
    "/MedicationRequest",
    "/Patient",
    "/List",
    "/Slot",
    "/auth/token",
];

/// What a patient sends.
const SENT: [(&str, &str); 5] = [
    ("POST", "/Appointment"),
    ("POST", "/Appointment"),
    ("POST", "/Task"),
    ("POST", "/Communication"),
    ("PUT", "/Appointment"),
];

fn status(status: u16, retry_after: Option<RetryAfter>) -> Fault {
    Fault::Status {
        status,
        nhs_code: None,
        retry_after,
    }
}

/// Switches a few faults on, in the place of those before.
pub(crate) fn strike(mock: &RunningMock, chance: &mut Chance) {
    let faults = mock.faults();
    faults.clear();
    let kinds = [
        Fault::LostRequest,
        Fault::LostReply,
        Fault::HangBefore,
        Fault::HangAfter,
        Fault::Slow { millis: 80 },
        status(500, None),
        status(503, Some(RetryAfter::Seconds(1))),
        status(429, Some(RetryAfter::DateInSeconds(2))),
        status(408, None),
        Fault::HtmlPage { status: 502 },
        Fault::Partial,
        Fault::TruncatedBody,
        Fault::OutcomeWithSuccess,
        Fault::SlotTaken,
        Fault::NoConditionalCreate,
        Fault::SmallPages { count: 7 },
        Fault::ExpiredAccessToken,
        Fault::BadEntry {
            entry: BadEntry::WithoutId,
        },
        Fault::BadEntry {
            entry: BadEntry::OtherPatient,
        },
    ];
    for _ in 0..chance.below(4) {
        let times = u32::try_from(chance.below(3)).unwrap_or(0) + 1;
        let after = u32::try_from(chance.below(6)).unwrap_or(0);
        let rule = Rule::always(chance.one_of(&kinds).clone())
            .on_path(chance.one_of::<&str>(&PLACES))
            .times(times)
            .after(after);
        faults.set(rule);
    }
    // The moment that counts most: the server has it, and the app does not know yet.
    if chance.below(2) == 0 {
        let (method, path) = *chance.one_of(&SENT);
        faults.set(Rule::once(Fault::HangAfter).on(method, path));
    }
}
