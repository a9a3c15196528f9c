//! The population's own source of pseudo-random numbers. It uses whole numbers and the four basic
//! operations on `f64` alone, so that every platform and every later release draws the same; no
//! general-purpose generator promises that across its versions. Not for secrets.

/// A SplitMix64 stream that begins at a key, so that every part of a patient has its own stream
/// and one more draw in one part never changes another.
#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

impl Rng {
    /// The stream of `tag` for `number` (a patient, a day, a slot) under `seed`.
    pub(crate) fn keyed(seed: u64, number: u64, tag: &str) -> Self {
        let mut state = mix(seed.wrapping_add(GOLDEN));
        state = mix(state ^ number.wrapping_mul(GOLDEN).wrapping_add(1));
        for byte in tag.bytes() {
            state = mix(state ^ u64::from(byte)).wrapping_add(GOLDEN);
        }
        Self(state)
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A whole number below `end`; 0 where `end` is 0. The slight bias of the high-word method
    /// does not matter for made-up people.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        let high = (u128::from(self.next()) * u128::from(end)) >> 64;
        u32::try_from(high).unwrap_or(0)
    }

    /// A whole number from `from` to `to`, both included.
    pub(crate) fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = u32::try_from((to - from).max(0) + 1).unwrap_or(u32::MAX);
        from + i64::from(self.below(span))
    }

    /// Whether something that happens `percent` times in a hundred happens now.
    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of `items`, which must not be empty.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(u32::try_from(items.len()).unwrap_or(u32::MAX)) as usize]
    }

    /// A number from -1 to 1, more often near 0 (the mean of three even draws).
    pub(crate) fn noise(&mut self) -> f64 {
        let mut sum = 0.0;
        for _ in 0..3 {
            sum += f64::from(self.below(2001)) / 1000.0 - 1.0;
        }
        sum / 3.0
    }
}
