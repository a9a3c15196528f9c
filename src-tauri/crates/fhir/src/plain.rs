//! Text without markup. Servers' HTML never goes further than this.

/// The text of an XHTML narrative, tags dropped, the common entities resolved, white space joined.
/// None if nothing is left. Scripts and styles are dropped with their content.
#[must_use]
pub fn from_html(html: &str) -> Option<String> {
    let mut text = String::with_capacity(html.len() / 2);
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        text.push_str(&rest[..open]);
        // A tag parts words, as a line or a cell does.
        text.push(' ');
        let tag = &rest[open + 1..];
        let name: String = tag
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase();
        let Some(close) = tag.find('>') else {
            rest = "";
            break;
        };
        rest = &tag[close + 1..];
        if name == "script" || name == "style" {
            let end = format!("</{name}");
            rest = match rest.to_ascii_lowercase().find(&end) {
                Some(at) => &rest[at..],
                None => "",
            };
        }
    }
    text.push_str(rest);
    let text = text
        .replace("&nbsp;", " ")
        .replace("&#160;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!joined.is_empty()).then_some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_dropped_and_words_stay() {
        let cases = [
            ("<div xmlns=\"x\">A<br/>B &amp; C</div>", Some("A B & C")),
            (
                "<div><script>alert(1)</script>ok<style>p{}</style></div>",
                Some("ok"),
            ),
            ("<SCRIPT>alert(1)", None),
            ("a < b", Some("a")),
            ("<div> </div>", None),
            ("plain", Some("plain")),
        ];
        for (html, expected) in cases {
            assert_eq!(from_html(html).as_deref(), expected, "{html}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(html: String) {
            let _ = from_html(&html);
        }

        #[test]
        fn no_broken_markup_does(html in "[<>/a-c&;#scriptSCRİ ]{0,40}") {
            let _ = from_html(&html);
        }
    }
}
