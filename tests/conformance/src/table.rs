//! What is printed, a line a step, as soon as it is known. The one writer to the terminal.

use std::io::Write;

/// Prints a line. A closed pipe is no reason to stop.
pub(crate) fn say(text: impl std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// As it should.
    Good,
    /// The server lacks it, and Hale gets by: the words say how.
    Lacking,
    /// Hale cannot do without.
    Failed,
    /// There was nothing to try it with, or it was not asked for.
    NotTried,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Lacking => "lacking",
            Self::Failed => "FAILED",
            Self::NotTried => "not tried",
        }
    }
}

/// The steps so far.
#[derive(Debug, Default)]
pub(crate) struct Table(Vec<Verdict>);

impl Table {
    /// Adds a step and prints it.
    pub(crate) fn row(&mut self, step: &str, verdict: Verdict, words: impl std::fmt::Display) {
        say(format_args!("{:<9}  {step:<22}  {words}", verdict.word()));
        self.0.push(verdict);
    }

    /// Prints the sum; whether nothing failed that must not.
    pub(crate) fn close(&self) -> bool {
        let count = |wanted: Verdict| self.0.iter().filter(|one| **one == wanted).count();
        say(format_args!(
            "\n{} good, {} lacking, {} failed, {} not tried",
            count(Verdict::Good),
            count(Verdict::Lacking),
            count(Verdict::Failed),
            count(Verdict::NotTried)
        ));
        count(Verdict::Failed) == 0
    }
}
