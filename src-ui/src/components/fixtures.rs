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

/// Every component that is compared, with the number of examples that it can render.
const COMPARED: [(&str, usize); 14] = [
    ("action-link", 1),
    ("back-link", 2),
    ("button", 7),
    ("card", 4),
    ("character-count", 1),
    ("details", 4),
    ("error-summary", 1),
    ("input", 1),
    ("inset-text", 1),
    ("radios", 1),
    ("select", 1),
    ("skip-link", 2),
    ("summary-list", 1),
    ("tag", 8),
];

#[test]
fn components_have_the_markup_of_the_design_system() {
    let mut wrong = Vec::new();
    let mut counts = Vec::new();
    let mut all = 0;
    for (component, _) in COMPARED
        .iter()
        .chain(&[("textarea", 0), ("warning-callout", 0)])
    {
        let examples = examples(component);
        all += examples.len();
        let mut compared = 0;
        for example in &examples {
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
        counts.push((*component, compared));
    }
    let total: usize = counts.iter().map(|(_, count)| count).sum();
    println!("{total} of {all}: {counts:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    for (component, expected) in COMPARED {
        let compared = counts
            .iter()
            .find(|(name, _)| *name == component)
            .unwrap()
            .1;
        assert!(
            compared >= expected,
            "{component}: only {compared} of {expected} are compared"
        );
    }
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
