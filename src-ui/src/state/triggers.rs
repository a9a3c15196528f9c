//! What begins a check. Pure: the time is passed in, in milliseconds since 1970 by this device's
//! clock, which may be set and goes on while the device sleeps.

/// A window may stay open for days without coming to the front.
const EVERY: f64 = 15.0 * 60.0 * 1000.0;

/// How long a check that has something to send leaves after the one before: what it could not send
/// may stand in the same way again.
const SOON: f64 = 60.0 * 1000.0;

/// How far a page is pulled down before letting go begins a check, in CSS pixels.
const FAR: f64 = 96.0;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trigger {
    /// The patient is here: the app was started, or they signed in.
    Start,
    /// The window came to the front, or the network is back.
    Front,
    /// The patient asked, with a button or by pulling the page down.
    Asked,
    /// A moment passed with the window to be seen.
    Moment {
        /// Whether something that waits may be sent by now.
        is_sending_due: bool,
    },
}

impl Trigger {
    /// Whether a check begins now, if the last one began at `last`.
    pub(crate) fn begins(self, last: Option<f64>, now: f64) -> bool {
        match self {
            Self::Start | Self::Front | Self::Asked => true,
            // A last time that is still to come is of a clock that was set back since.
            Self::Moment { is_sending_due } => {
                let least = if is_sending_due { SOON } else { EVERY };
                last.is_none_or(|last| !(0.0..least).contains(&(now - last)))
            }
        }
    }
}

/// A finger that pulls a page down from its top.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Pull {
    from: Option<f64>,
    by: f64,
}

impl Pull {
    /// The fingers on the glass are these now; `top` is how far the page is scrolled.
    pub(crate) fn touched(&mut self, fingers: &[f64], top: f64) {
        *self = Self::default();
        if let [only] = fingers
            && top <= 0.0
        {
            self.from = Some(*only);
        }
    }

    /// They moved to here. One that scrolls the page or is joined by another pulls no more.
    pub(crate) fn moved(&mut self, fingers: &[f64], top: f64) {
        match (fingers, self.from) {
            ([only], Some(from)) if top <= 0.0 => self.by = *only - from,
            _ => *self = Self::default(),
        }
    }

    /// Whether letting go now begins a check.
    pub(crate) fn is_far(&self) -> bool {
        self.by >= FAR
    }

    /// They were lifted: whether that begins a check.
    pub(crate) fn ended(&mut self) -> bool {
        let is_far = self.is_far();
        *self = Self::default();
        is_far
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trigger_has_its_time() {
        use Trigger::{Asked, Front, Start};
        let moment = |is_sending_due| Trigger::Moment { is_sending_due };
        let (noon, minute) = (1_767_700_800_000.0, 60_000.0);
        let cases = [
            (Start, None, true),
            (Start, Some(0.0), true),
            (Front, Some(0.0), true),
            (Asked, Some(0.0), true),
            (moment(false), None, true),
            (moment(false), Some(0.0), false),
            (moment(true), Some(0.9), false),
            (moment(true), Some(1.0), true),
            (moment(true), Some(-60.0), true),
            (moment(false), Some(14.9), false),
            (moment(false), Some(15.0), true),
            // The device slept.
            (moment(false), Some(600.0), true),
            // Its clock was set back by an hour.
            (moment(false), Some(-60.0), true),
        ];
        for (trigger, minutes_ago, expected) in cases {
            let last = minutes_ago.map(|ago: f64| ago.mul_add(-minute, noon));
            assert_eq!(
                trigger.begins(last, noon),
                expected,
                "{trigger:?} {minutes_ago:?}"
            );
        }
    }

    #[test]
    fn a_page_is_pulled_down_from_its_top_by_one_finger() {
        // (where the page stands, fingers when it begins, then each move, whether it begins)
        type Moves = &'static [(&'static [f64], f64)];
        let cases: [(f64, &[f64], Moves, bool); 8] = [
            (0.0, &[100.0], &[(&[150.0], 0.0), (&[196.0], 0.0)], true),
            (-20.0, &[100.0], &[(&[250.0], -80.0)], true),
            (0.0, &[100.0], &[(&[195.0], 0.0)], false),
            (0.0, &[100.0], &[(&[250.0], 0.0), (&[120.0], 0.0)], false),
            (0.0, &[300.0], &[(&[100.0], 200.0), (&[500.0], 0.0)], false),
            (40.0, &[100.0], &[(&[300.0], 0.0)], false),
            (0.0, &[100.0, 200.0], &[(&[300.0, 400.0], 0.0)], false),
            (
                0.0,
                &[100.0],
                &[(&[300.0, 400.0], 0.0), (&[300.0], 0.0)],
                false,
            ),
        ];
        for (top, fingers, moves, expected) in cases {
            let mut pull = Pull::default();
            pull.touched(fingers, top);
            for (fingers, top) in moves {
                pull.moved(fingers, *top);
            }
            assert_eq!(pull.is_far(), expected, "{fingers:?} {moves:?}");
            assert_eq!(pull.ended(), expected);
            assert!(!pull.ended(), "once");
        }
    }
}
