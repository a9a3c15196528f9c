//! Did a search bring all that it has? Some servers cut an answer off at a page's length and give no
//! link to the rest; only their own count (`Bundle.total`, FHIR R4 §3.1.1.5.2) tells.

use hale_fhir::{Page, SearchMode};

/// The matches of one search, counted over its pages beside what the server says that there are.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    read: usize,
    stated: Option<u32>,
}

impl Counted {
    /// Counts a page. What could not be read was sent all the same. The newest count of the server
    /// holds: a record may grow or shrink while its pages are read.
    pub(crate) fn add(&mut self, page: &Page) {
        let matches = page
            .entries
            .iter()
            .filter(|entry| entry.mode == SearchMode::Match);
        self.read += matches.count() + page.skipped.len();
        self.stated = page.total.or(self.stated);
    }

    /// Whether the server has more matches than its pages held, by its own count. A server that
    /// gives no count is believed.
    pub(crate) fn is_short(&self) -> bool {
        self.stated
            .and_then(|stated| usize::try_from(stated).ok())
            .is_some_and(|stated| stated > self.read)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn page(total: Value, matches: usize, includes: usize, broken: usize) -> Page {
        let entry = |mode: &str, number: usize| {
            json!({"search": {"mode": mode},
                "resource": {"resourceType": "Condition", "id": format!("{mode}-{number}")}})
        };
        let entries: Vec<Value> = (0..matches)
            .map(|number| entry("match", number))
            .chain((0..includes).map(|number| entry("include", number)))
            .chain((0..broken).map(|_| json!({"resource": {"resourceType": "Condition"}})))
            .collect();
        let mut bundle = json!({"resourceType": "Bundle", "entry": entries});
        if !total.is_null() {
            bundle["total"] = total;
        }
        hale_fhir::read_page(bundle.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn an_answer_is_short_only_by_the_servers_own_count() {
        let none = Value::Null;
        let cases = [
            (vec![page(none.clone(), 2, 0, 0)], false),
            (vec![page(json!(2), 2, 0, 0)], false),
            (vec![page(json!(3), 2, 0, 0)], true),
            // What was sent but cannot be read is not missing from the answer.
            (vec![page(json!(3), 2, 0, 1)], false),
            // What matches only refer to is no match.
            (vec![page(json!(3), 2, 4, 0)], true),
            (
                vec![page(json!(4), 2, 0, 0), page(json!(4), 2, 0, 0)],
                false,
            ),
            (vec![page(json!(4), 2, 0, 0), page(none, 1, 0, 0)], true),
            // It shrank while it was read.
            (
                vec![page(json!(4), 2, 0, 0), page(json!(3), 1, 0, 0)],
                false,
            ),
            // A page that holds more than it says.
            (vec![page(json!(0), 2, 0, 0)], false),
        ];
        for (pages, expected) in cases {
            let mut counted = Counted::default();
            pages.iter().for_each(|page| counted.add(page));
            assert_eq!(counted.is_short(), expected, "{counted:?}");
        }
    }
}
