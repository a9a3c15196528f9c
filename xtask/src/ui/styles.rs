//! Owns the compilation of the styles. What they look like is `src-ui/styles`.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Outcome, Stop};
use crate::places::Places;

/// Compiles `src-ui/styles/app.scss` with the design system on the load path.
pub(super) fn compile(places: &Places) -> Outcome<String> {
    let source = places.ui().join("styles").join("app.scss");
    if !source.is_file() {
        return Err(Stop::because(format!(
            "there are no styles: {}",
            source.display()
        )));
    }
    let files = ThemedFiles;
    let options = grass::Options::default()
        .fs(&files)
        .style(grass::OutputStyle::Compressed)
        // The design system's own deprecated spellings are not ours to mend.
        .quiet(true)
        .load_path(places.ui().join("styles"))
        .load_path(places.ui().join("node_modules"));
    let css = grass::from_path(&source, &options)
        .map_err(|error| Stop::because(format!("the styles do not compile:\n{error}")))?;
    refuse_licensed_font(css)
}

/// The design system's helper that looks colours up.
const COLOUR_HELPER: &str = "nhsuk/core/helpers/_colour.scss";

/// What the helper does with a colour that is not in its palette, and what it does here: a custom
/// property of a theme is passed on as it is, and anything else is still an error.
const UNKNOWN_COLOUR: (&str, &str) = (
    "    @error \"Unknown colour `#{$colour}`\";",
    "    @if string.index(\"#{$colour}\", \"var(--hale-\") == 1 {\n      \
     @return string.unquote(\"#{$colour}\");\n    }\n    \
     @error \"Unknown colour `#{$colour}`\";",
);

/// What follows the look-up in `nhsuk-colour-compatible`, which computes with colours alone.
const COMPATIBLE: (&str, &str) = (
    "    $colour: nhsuk-colour($colour);\n  }\n",
    "    $colour: nhsuk-colour($colour);\n  }\n  \
     @if meta.type-of($colour) != \"color\" {\n    @return $colour;\n  }\n",
);

/// The files as they are, but for one helper of the design system, which is read as if it let
/// custom properties stand for colours: a theme is then a list of values and nothing else.
#[derive(Debug)]
struct ThemedFiles;

impl grass::Fs for ThemedFiles {
    fn is_dir(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let bytes = std::fs::read(path)?;
        if !path.ends_with(COLOUR_HELPER) {
            return Ok(bytes);
        }
        let text = String::from_utf8(bytes).map_err(io::Error::other)?;
        themed(&text).map(String::into_bytes).ok_or_else(|| {
            io::Error::other("the design system's colour helper has changed: look at it again")
        })
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        std::fs::canonicalize(path)
    }
}

/// The helper that lets custom properties pass; none if it is not the one that is known.
fn themed(helper: &str) -> Option<String> {
    let mut text = helper.replace("\r\n", "\n");
    for (known, ours) in [UNKNOWN_COLOUR, COMPATIBLE] {
        if text.matches(known).count() != 1 {
            return None;
        }
        text = text.replacen(known, ours, 1);
    }
    Some(text)
}

/// The design system's typeface is licensed to NHS bodies alone, and comes from their server:
/// the window may do neither.
fn refuse_licensed_font(css: String) -> Outcome<String> {
    if css.contains("@font-face") {
        return Err(Stop::because(
            "the styles load a typeface that Hale has no licence for: \
             set $nhsuk-include-font-face to false",
        ));
    }
    Ok(css)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_helper_that_is_not_known_is_not_changed() {
        assert!(themed("@function nhsuk-colour($colour) {}").is_none());
        let known = format!("{}\n{}", UNKNOWN_COLOUR.0, COMPATIBLE.0);
        assert!(themed(&known).is_some_and(|text| text.contains("var(--hale-")));
    }

    #[test]
    fn styles_that_load_a_typeface_are_refused() {
        assert!(refuse_licensed_font("a{color:red}".to_owned()).is_ok());
        assert!(refuse_licensed_font("@font-face{src:url(a)}".to_owned()).is_err());
    }
}
