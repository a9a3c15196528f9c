//! Holds our components to the design system's published examples: for every example whose options
//! a component of ours has, our markup is the same as the published one.
//!
//! Which examples those are is not a list: an example is left out only where it uses an option that
//! our component does not have. How many are compared is written down, so that fewer are noticed.

mod html;
mod options;
mod render;

use std::path::Path;

use html::normalise;
use serde_json::Value;

/// Every component that is compared, with the number of examples whose options it has.
const COMPARED: [(&str, usize); 17] = [
    ("action-link", 1),
    ("back-link", 1),
    ("button", 6),
    ("card", 2),
    ("character-count", 4),
    ("checkboxes", 8),
    ("details", 4),
    ("error-summary", 5),
    ("input", 16),
    ("inset-text", 1),
    ("radios", 8),
    ("select", 9),
    ("skip-link", 2),
    ("summary-list", 2),
    ("tag", 8),
    ("textarea", 9),
    ("warning-callout", 3),
];

#[test]
fn components_have_the_markup_of_the_design_system() {
    let mut wrong = Vec::new();
    for (component, expected) in COMPARED {
        let mut compared = 0;
        for example in &examples(component) {
            let Some(ours) = render::example(component, example) else {
                continue;
            };
            compared += 1;
            let theirs = example["html"].as_str().unwrap();
            if normalise(&ours) != normalise(theirs) {
                wrong.push(format!(
                    "{component}, “{}”\n  ours:   {}\n  theirs: {}",
                    example["name"],
                    normalise(&ours).join(" "),
                    normalise(theirs).join(" ")
                ));
            }
        }
        if compared != expected {
            wrong.push(format!(
                "{component}: {compared} examples are compared, not {expected}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The published examples of a component.
fn examples(component: &str) -> Vec<Value> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("node_modules/nhsuk-frontend/dist/nhsuk/components")
        .join(component)
        .join("fixtures.json");
    let text =
        std::fs::read_to_string(&file).expect("the design system is installed: npm ci in src-ui");
    let parsed: Value = serde_json::from_str(&text).unwrap();
    parsed["fixtures"].as_array().unwrap().clone()
}
