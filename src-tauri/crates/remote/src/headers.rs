//! The header that names a request, and reading the answer's headers: dates, waits and tags.
//! Lenient: what cannot be read is absent.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

/// Names a request in the logs of both sides (backend contract, §0).
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A header as text, if it is plain text.
pub(crate) fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

/// The server's `Date`, in any of HTTP's three forms (RFC 9110 §5.6.7).
pub(crate) fn server_date(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    http_date(headers.get(DATE)?.to_str().ok()?)
}

/// `Retry-After` in seconds or as a date (RFC 9110 §10.2.3). A date counts from the server's own
/// `Date`, because this device's clock may be wrong; `now` stands in where there is none.
pub(crate) fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let from = server_date(headers).unwrap_or(now);
    let wait = http_date(value)? - from;
    Some(wait.to_std().unwrap_or(Duration::ZERO))
}

fn http_date(value: &str) -> Option<DateTime<Utc>> {
    Some(httpdate::parse_http_date(value).ok()?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn all_three_date_forms_are_read() {
        for value in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            let date = server_date(&with(&[("date", value)])).unwrap();
            assert_eq!(date.to_rfc3339(), "1994-11-06T08:49:37+00:00", "{value}");
        }
        assert_eq!(server_date(&with(&[("date", "yesterday")])), None);
    }

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        let now = "2026-01-05T10:00:00Z".parse().unwrap();
        let seconds = |pairs| retry_after(&with(pairs), now).map(|wait| wait.as_secs());
        assert_eq!(seconds(&[("retry-after", "7")]), Some(7));
        assert_eq!(
            seconds(&[("retry-after", "Mon, 05 Jan 2026 10:00:09 GMT")]),
            Some(9)
        );
        assert_eq!(
            seconds(&[
                ("retry-after", "Mon, 05 Jan 2026 12:00:09 GMT"),
                ("date", "Mon, 05 Jan 2026 12:00:00 GMT")
            ]),
            Some(9),
            "the server's own clock counts, not this device's"
        );
        assert_eq!(
            seconds(&[("retry-after", "Mon, 05 Jan 2026 09:00:00 GMT")]),
            Some(0)
        );
        assert_eq!(seconds(&[("retry-after", "soon")]), None);
    }
}
