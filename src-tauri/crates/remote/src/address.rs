//! Which addresses Hale may speak to: what a person typed becomes a base address, plain HTTP stays
//! on this device, and a token stays at its origin. Sends nothing.

use url::{Host, Url};

/// The longest address that a person may type, and that may come of it.
const MAX_TYPED: usize = 2_000;

/// Suffixes that people copy along with a base address.
const COPIED_SUFFIXES: [&str; 2] = ["/metadata", "/.well-known/smart-configuration"];

/// Whether an address leads to this device only (RFC 8252 §8.3, RFC 6761 §6.3).
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

/// Whether a request may go there: HTTPS, or plain HTTP that does not leave this device; never with
/// a name and password in the address.
pub(crate) fn is_allowed(url: &Url) -> bool {
    let is_safe_scheme = match url.scheme() {
        "https" => true,
        "http" => is_loopback(url),
        _ => false,
    };
    is_safe_scheme && url.has_host() && url.username().is_empty() && url.password().is_none()
}

/// Whether two addresses have the same scheme, host and port (RFC 6454 §5).
pub(crate) fn is_same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host() == other.host()
        && one.port_or_known_default() == other.port_or_known_default()
}

/// Why what a person typed cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// It is no address of a server.
    NoAddress,
    /// It is plain HTTP and leads beyond this device.
    PlainHttp,
}

/// Makes a base address of what a person typed: `https://` where no scheme is named, without the
/// slash at the end and without `/metadata`.
pub(crate) fn normalise(typed: &str) -> Result<Url, Unusable> {
    let typed = typed.trim();
    if typed.is_empty() || typed.len() > MAX_TYPED || typed.contains(char::is_whitespace) {
        return Err(Unusable::NoAddress);
    }
    let with_scheme = if typed.contains("://") {
        typed.to_owned()
    } else {
        format!("https://{typed}")
    };
    let mut url = Url::parse(&with_scheme).map_err(|_| Unusable::NoAddress)?;
    if url.scheme() == "http" && url.has_host() && !is_loopback(&url) {
        return Err(Unusable::PlainHttp);
    }
    if !is_allowed(&url) || url.query().is_some() || url.fragment().is_some() {
        return Err(Unusable::NoAddress);
    }
    let mut path = url.path().trim_end_matches('/').to_owned();
    // As often as it is there, so that an address stays the same when it is read again.
    while let Some(shorter) = COPIED_SUFFIXES
        .iter()
        .find_map(|suffix| path.strip_suffix(suffix))
    {
        path = shorter.trim_end_matches('/').to_owned();
    }
    url.set_path(&path);
    // Letters that an address has to spell out take more room than was typed.
    if url.as_str().len() > MAX_TYPED {
        return Err(Unusable::NoAddress);
    }
    Ok(url)
}

/// The text of a base address, without a slash at the end.
pub(crate) fn base_text(base: &Url) -> String {
    base.as_str().trim_end_matches('/').to_owned()
}

/// The address of a path and query below a base. `None` if the path leaves the base.
pub(crate) fn below(base: &Url, path: &str) -> Option<Url> {
    let text = base_text(base);
    let url = Url::parse(&format!("{text}/{path}")).ok()?;
    let inside = format!("{}/", base.path().trim_end_matches('/'));
    (is_same_origin(base, &url) && url.path().starts_with(&inside)).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_becomes_a_base_address() {
        for (typed, expected) in [
            ("fhir.example.org/r4", "https://fhir.example.org/r4"),
            (
                "  https://fhir.example.org/r4/ ",
                "https://fhir.example.org/r4",
            ),
            ("https://fhir.example.org", "https://fhir.example.org"),
            (
                "https://fhir.example.org/r4/metadata",
                "https://fhir.example.org/r4",
            ),
            (
                "https://fhir.example.org/r4/metadata/metadata/",
                "https://fhir.example.org/r4",
            ),
            (
                "https://fhir.example.org/.well-known/smart-configuration",
                "https://fhir.example.org",
            ),
            ("http://127.0.0.1:8080/fhir", "http://127.0.0.1:8080/fhir"),
            ("http://[::1]:8080/fhir", "http://[::1]:8080/fhir"),
            ("http://localhost:8080/", "http://localhost:8080"),
            ("HTTPS://FHIR.example.org//", "https://fhir.example.org"),
        ] {
            let url = normalise(typed).map(|url| base_text(&url));
            assert_eq!(url.as_deref(), Ok(expected), "{typed}");
        }
    }

    #[test]
    fn addresses_that_are_unsafe_or_none_are_refused() {
        for (typed, why) in [
            ("", Unusable::NoAddress),
            ("   ", Unusable::NoAddress),
            ("http://fhir.example.org/r4", Unusable::PlainHttp),
            ("HTTP://fhir.example.org/r4", Unusable::PlainHttp),
            ("http://127.0.0.1.example.org/", Unusable::PlainHttp),
            ("http://localhost.example.org/", Unusable::PlainHttp),
            ("http://192.168.0.10:8080/fhir", Unusable::PlainHttp),
            ("http://[::2]/", Unusable::PlainHttp),
            ("ftp://fhir.example.org/", Unusable::NoAddress),
            ("file:///etc/passwd", Unusable::NoAddress),
            (
                "https://someone:secret@fhir.example.org/",
                Unusable::NoAddress,
            ),
            ("https://fhir.example.org/?x=1", Unusable::NoAddress),
            ("https://fhir.example.org/#x", Unusable::NoAddress),
            ("https://", Unusable::NoAddress),
            ("two words", Unusable::NoAddress),
        ] {
            assert_eq!(normalise(typed), Err(why), "{typed:?} must not be used");
        }
        assert_eq!(normalise(&"a".repeat(5_000)), Err(Unusable::NoAddress));
        let grows = format!("fhir.example.org/{}", "ä".repeat(900));
        assert_eq!(normalise(&grows), Err(Unusable::NoAddress));
    }

    #[test]
    fn a_path_stays_below_the_base() {
        let base = Url::parse("https://fhir.example.org/r4").unwrap();
        let inside = below(&base, "Condition?patient=1").unwrap();
        assert_eq!(
            inside.as_str(),
            "https://fhir.example.org/r4/Condition?patient=1"
        );
        for path in ["../admin", "a/../../admin", "%2e%2e/admin", "..\\admin"] {
            assert!(below(&base, path).is_none(), "{path} leaves the base");
        }
        let root = Url::parse("https://fhir.example.org").unwrap();
        assert!(below(&root, "Patient/1").is_some());
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let base = Url::parse("https://fhir.example.org/r4").unwrap();
        for (other, same) in [
            ("https://fhir.example.org:443/x?y", true),
            ("http://fhir.example.org/r4", false),
            ("https://fhir.example.org:8443/r4", false),
            ("https://example.org/r4", false),
            ("https://fhir.example.org.evil.test/r4", false),
        ] {
            assert_eq!(
                is_same_origin(&base, &Url::parse(other).unwrap()),
                same,
                "{other}"
            );
        }
    }
}
