//! Operations and examinations.

/// Procedures: code, words, youngest age, sex where it matters, how many in a thousand at 80.
pub(crate) static PROCEDURES: [(&str, &str, i64, &str, u32); 9] = [
    ("54885007", "Extraction of cataract", 60, "", 260),
    ("80146002", "Appendicectomy", 6, "", 70),
    ("52734007", "Total hip replacement", 58, "", 110),
    ("609588000", "Total knee replacement", 58, "", 90),
    ("38102005", "Cholecystectomy", 30, "", 80),
    ("173422009", "Tonsillectomy", 4, "", 60),
    ("73761001", "Colonoscopy", 50, "", 220),
    ("11466000", "Caesarean section", 22, "female", 150),
    ("29303009", "Electrocardiogram", 45, "", 400),
];
