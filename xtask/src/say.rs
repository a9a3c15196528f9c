//! Owns every word that xtask prints. Nothing else writes to the terminal.

use std::fmt::Display;
use std::io::Write;
use std::time::{Duration, Instant};

/// Prints one line to standard output.
///
/// A closed pipe (`cargo xtask help | head -1`) is no reason to stop a build, so a failed
/// write is let go.
pub(crate) fn line(text: impl Display) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}

/// Prints one line of progress: what starts now.
pub(crate) fn step(text: impl Display) {
    line(format_args!("==> {text}"));
}

/// Prints one line to standard error.
pub(crate) fn problem(text: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Measures from now on; shown as `12.3 s` or `4 min 05 s`.
pub(crate) struct Clock(Instant);

impl Clock {
    /// Starts measuring.
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// What has passed since the start, in words.
    pub(crate) fn passed(&self) -> String {
        duration(self.0.elapsed())
    }
}

/// A duration as a person reads it.
pub(crate) fn duration(length: Duration) -> String {
    let seconds = length.as_secs();
    if seconds < 60 {
        format!("{:.1} s", length.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

/// A size in bytes as a person reads it, in units of 1,024.
pub(crate) fn size(bytes: u64) -> String {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a size is shown with one decimal; no file here comes near 2^53 bytes"
    )]
    let bytes_as_float = bytes as f64;
    if bytes < 1024 {
        format!("{bytes} B")
    } else if bytes < 1024 * 1024 {
        format!("{:.1} KiB", bytes_as_float / 1024.0)
    } else {
        format!("{:.2} MiB", bytes_as_float / (1024.0 * 1024.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_turns_to_minutes_at_sixty_seconds() {
        assert_eq!(duration(Duration::from_millis(1_230)), "1.2 s");
        assert_eq!(duration(Duration::from_secs(65)), "1 min 05 s");
    }

    #[test]
    fn a_size_picks_its_unit() {
        assert_eq!(size(512), "512 B");
        assert_eq!(size(2048), "2.0 KiB");
        assert_eq!(size(3 * 1024 * 1024), "3.00 MiB");
    }
}
