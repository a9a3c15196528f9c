//! What is printed: a line a figure, for people and as JSON. The one writer to the terminal.

use std::io::Write;

use serde_json::{Value, json};

/// Prints a line. A closed pipe is no reason to stop measuring.
pub(crate) fn say(text: impl std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}

/// The values of one figure, one a run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Series(Vec<f64>);

impl Series {
    pub(crate) fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn sorted(&self) -> Vec<f64> {
        let mut values = self.0.clone();
        values.sort_by(f64::total_cmp);
        values
    }

    /// The value below which this share of them lies.
    pub(crate) fn at(&self, share: f64) -> f64 {
        let values = self.sorted();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place among a few thousand values"
        )]
        let place = (values.len().saturating_sub(1) as f64 * share).round() as usize;
        values.get(place).copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn median(&self) -> f64 {
        self.at(0.5)
    }
}

/// One figure, beside its floor where it has one.
pub(crate) struct Figure {
    pub(crate) metric: String,
    pub(crate) unit: &'static str,
    pub(crate) ours: Series,
    /// What it is compared with, in words, and its values.
    pub(crate) peer: Option<(&'static str, Series)>,
    /// The figure of `bars.md` that is the goal, as it stands there.
    pub(crate) goal: &'static str,
}

impl Figure {
    pub(crate) fn json(&self) -> Value {
        let peer = self.peer.as_ref();
        let peer_value = peer.map(|(_, series)| series.median());
        json!({
            "metric": self.metric,
            "value": rounded(self.ours.median()),
            "unit": self.unit,
            "peer": peer.map(|(name, _)| *name),
            "peer_value": peer_value.map(rounded),
            "ratio": peer_value.map(|value| rounded(self.ours.median() / value)),
            "runs": self.ours.0.len(),
            "min": rounded(self.ours.at(0.0)),
            "max": rounded(self.ours.at(1.0)),
        })
    }

    pub(crate) fn line(&self) -> String {
        let range = format!(
            "{} to {}",
            short(self.ours.at(0.0)),
            short(self.ours.at(1.0))
        );
        let peer = self
            .peer
            .as_ref()
            .map_or_else(String::new, |(name, series)| {
                format!(
                    "{:.2} x {name} ({})",
                    self.ours.median() / series.median(),
                    short(series.median())
                )
            });
        let value = format!("{} {}", short(self.ours.median()), self.unit);
        format!(
            "{:<52}{value:>12}  {range:<18}{:<12}{peer}",
            self.metric, self.goal
        )
    }
}

/// The heading over the lines.
pub(crate) fn heading() -> String {
    format!(
        "{:<52}{:>12}  {:<18}{:<12}compared with",
        "", "median", "least to most", "goal"
    )
}

fn short(value: f64) -> String {
    match value {
        value if value < 10.0 => format!("{value:.2}"),
        value if value < 100.0 => format!("{value:.1}"),
        value => format!("{value:.0}"),
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
