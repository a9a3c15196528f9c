//! Owns the compilation of the styles. What they look like is `src-ui/styles`.

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
    let options = grass::Options::default()
        .style(grass::OutputStyle::Compressed)
        // The design system's own deprecated spellings are not ours to mend.
        .quiet(true)
        .load_path(places.ui().join("styles"))
        .load_path(places.ui().join("node_modules"));
    let css = grass::from_path(&source, &options)
        .map_err(|error| Stop::because(format!("the styles do not compile:\n{error}")))?;
    refuse_licensed_font(css)
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
    fn styles_that_load_a_typeface_are_refused() {
        assert!(refuse_licensed_font("a{color:red}".to_owned()).is_ok());
        assert!(refuse_licensed_font("@font-face{src:url(a)}".to_owned()).is_err());
    }
}
