//! Substances that people are allergic to.

/// An allergy: code of the substance, words, category, code and words of the usual reaction,
/// whether it can be grave.
pub(crate) struct AllergyTerm {
    pub(crate) code: &'static str,
    pub(crate) display: &'static str,
    pub(crate) category: &'static str,
    pub(crate) reaction: (&'static str, &'static str),
    pub(crate) grave: bool,
}

const fn allergy(
    code: &'static str,
    display: &'static str,
    category: &'static str,
    reaction: (&'static str, &'static str),
    grave: bool,
) -> AllergyTerm {
    AllergyTerm {
        code,
        display,
        category,
        reaction,
        grave,
    }
}

pub(crate) static ALLERGIES: [AllergyTerm; 9] = [
    allergy(
        "764146007",
        "Penicillin",
        "medication",
        ("271807003", "Eruption of skin"),
        false,
    ),
    allergy(
        "762952008",
        "Peanut",
        "food",
        ("39579001", "Anaphylaxis"),
        true,
    ),
    allergy(
        "387170002",
        "Trimethoprim",
        "medication",
        ("126485001", "Urticaria"),
        false,
    ),
    allergy(
        "387494007",
        "Codeine",
        "medication",
        ("422400008", "Vomiting"),
        false,
    ),
    allergy(
        "111088007",
        "Latex",
        "environment",
        ("126485001", "Urticaria"),
        false,
    ),
    allergy(
        "3718001",
        "Cow's milk",
        "food",
        ("422400008", "Vomiting"),
        false,
    ),
    allergy(
        "288328004",
        "Bee venom",
        "biologic",
        ("39579001", "Anaphylaxis"),
        true,
    ),
    allergy(
        "387207008",
        "Ibuprofen",
        "medication",
        ("56018004", "Wheezing"),
        true,
    ),
    allergy(
        "",
        "Strawberries",
        "food",
        ("271807003", "Eruption of skin"),
        false,
    ),
];
