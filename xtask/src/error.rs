//! Owns the one error of xtask: words for the person at the terminal, with what they can do next.

/// Why a task stopped. The text is shown as it is.
#[derive(Debug)]
pub(crate) struct Stop(String);

/// What every task gives back.
pub(crate) type Outcome<T = ()> = Result<T, Stop>;

impl Stop {
    /// Stops with these words.
    pub(crate) fn because(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

impl std::fmt::Display for Stop {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Stop {}

/// Says what was being done when something failed.
pub(crate) trait While<T> {
    /// Turns the failure into `could not <deed>: <cause>`.
    fn while_doing(self, deed: &str) -> Outcome<T>;
}

impl<T, E: std::fmt::Display> While<T> for Result<T, E> {
    fn while_doing(self, deed: &str) -> Outcome<T> {
        self.map_err(|cause| Stop::because(format!("could not {deed}: {cause}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_was_being_done() {
        let result: Result<(), _> = Err("no such file");
        let stop = result.while_doing("read the styles").unwrap_err();
        assert_eq!(stop.to_string(), "could not read the styles: no such file");
    }
}
