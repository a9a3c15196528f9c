//! The backends that come with Hale, from `assets/presets`.

use hale_contracts::account::BackendView;
use serde::Deserialize;

const PRESETS: [&str; 1] = [include_str!("../../assets/presets/mock.toml")];

#[derive(Deserialize)]
struct Preset {
    name: String,
    url: String,
    #[serde(default)]
    is_test: bool,
}

/// Every preset that can be read; a test holds that all can.
pub(crate) fn all() -> Vec<BackendView> {
    PRESETS
        .iter()
        .filter_map(|text| toml::from_str::<Preset>(text).ok())
        .map(|preset| BackendView {
            name: preset.name,
            url: preset.url,
            is_test: preset.is_test,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_can_be_read() {
        assert_eq!(all().len(), PRESETS.len());
    }
}
