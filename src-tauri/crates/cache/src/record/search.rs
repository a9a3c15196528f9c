//! Finding what is listed by its words (FTS5), inside the encrypted file.

use hale_core::ports::StoredResource;
use rusqlite::{Connection, params};

use super::{columns, stored};

/// More words than anybody types; the rest is left out of account.
const MOST_WORDS: usize = 16;

/// The listed resources whose text holds every word, best first, then newest.
pub(super) fn search(
    connection: &Connection,
    words: &str,
    limit: u32,
) -> rusqlite::Result<Vec<StoredResource>> {
    let Some(expression) = expression(words) else {
        return Ok(Vec::new());
    };
    // Only what is listed and not removed has words, so the best are cut off before the resources
    // are read.
    connection
        .prepare_cached(concat!(
            "SELECT ",
            columns!(),
            " FROM (SELECT rowid, rank FROM words WHERE words MATCH ?1 ORDER BY rank LIMIT ?2) AS \
              best JOIN resource ON resource.row = best.rowid \
              WHERE resource.is_listed = 1 AND resource.removed_at IS NULL \
              ORDER BY best.rank, resource.sort_date DESC, resource.row"
        ))?
        .query_map(params![expression, limit], stored)?
        .collect()
}

/// Each word as a quoted prefix, so that nothing typed is taken as syntax. None without words.
fn expression(words: &str) -> Option<String> {
    let words: Vec<String> = words
        .split(|letter: char| letter.is_whitespace() || letter.is_control() || letter == '"')
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .take(MOST_WORDS)
        .map(|word| format!("\"{word}\"*"))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_typed_is_taken_as_syntax() {
        let table = [
            ("amlo 5", Some("\"amlo\"* \"5\"*")),
            ("a\" OR b* NEAR(", Some("\"a\"* \"OR\"* \"b*\"* \"NEAR(\"*")),
            ("COVID-19", Some("\"COVID-19\"*")),
            ("a\0b", Some("\"a\"* \"b\"*")),
            (" -- * \"\" ", None),
            ("", None),
        ];
        for (typed, expected) in table {
            assert_eq!(expression(typed).as_deref(), expected, "{typed}");
        }
    }
}
