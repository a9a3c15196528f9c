//! The frame of every page here, and the escaping of what is put into it.

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1b2430;--paper:#fbfaf7;--line:#5b6675;--accent:#1d4f6e;--on:#fff}\
@media(prefers-color-scheme:dark){:root{--ink:#f1efe9;--paper:#14191f;--line:#98a3b2;--accent:#9fd0ec;--on:#10202b}}\
*{box-sizing:border-box}\
body{font:1.125rem/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0 auto;max-width:64rem;padding:1rem}\
h1{font-size:2rem;line-height:1.25;overflow-wrap:break-word}h2{margin-top:2rem}\
code{overflow-wrap:anywhere}li form{margin:.3rem 0 1rem}\
button,input,select,textarea{font:inherit;padding:.6rem .9rem;min-height:2.75rem;max-width:100%}\
button{background:var(--accent);color:var(--on);border:2px solid var(--accent);border-radius:4px;cursor:pointer;text-align:left}\
button.second{background:none;color:var(--accent)}\
input,select,textarea{border:2px solid var(--line);background:var(--paper);color:var(--ink);display:block;margin:.2rem 0 .6rem}\
textarea{width:100%}\
:focus-visible{outline:3px solid #c96f00;outline-offset:3px}\
.note{border-left:6px solid var(--accent);padding:.5rem 1rem}\
.people{list-style:none;padding:0}.people p{margin:.2rem 0 1.2rem}\
.wide{overflow-x:auto}\
table{border-collapse:collapse;width:100%}caption{text-align:left;font-weight:bold}\
th,td{border-bottom:1px solid var(--line);padding:.3rem .5rem;text-align:left;vertical-align:top;font-size:1rem}\
pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.95rem}\
.row{display:flex;flex-wrap:wrap;gap:.6rem;align-items:end}.row>div{min-width:0;max-width:100%}\
.row select,.row input{margin-bottom:0}form+form{margin-top:1.2rem}";

/// A whole page.
pub(crate) fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en-GB\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <link rel=\"icon\" href=\"data:,\"><title>{} - Hale test server</title>\
         <style>{STYLE}</style></head><body><main>{body}</main></body></html>",
        escape(title)
    )
}

/// Text as it stands in HTML and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
