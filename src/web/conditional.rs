//! Conditional requests (RFC 9110 § 13) and the choice of an encoding (§ 12.5.3).

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use chrono::{DateTime, Utc};

/// Whether the client's copy still holds. Where it sent a tag, its date is not looked at.
pub fn not_modified(headers: &HeaderMap, etag: &HeaderValue, changed: Option<DateTime<Utc>>) -> bool {
    if headers.contains_key(header::IF_NONE_MATCH) {
        return texts(headers, &header::IF_NONE_MATCH)
            .flat_map(|list| list.split(','))
            .map(|tag| tag.trim().trim_start_matches("W/"))
            .any(|tag| tag == "*" || tag.as_bytes() == etag.as_bytes());
    }
    let since = texts(headers, &header::IF_MODIFIED_SINCE).next().and_then(parse_date);
    match (changed, since) {
        // The header has whole seconds only.
        (Some(changed), Some(since)) => changed.timestamp() <= since.timestamp(),
        _ => false,
    }
}

/// Whether the client takes gzip.
pub fn accepts_gzip(headers: &HeaderMap) -> bool {
    let mut any = false;
    for coding in texts(headers, &header::ACCEPT_ENCODING).flat_map(|list| list.split(',')) {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let wanted = !is_zero(weight);
        match name.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => return wanted,
            "*" => any = wanted,
            _ => {}
        }
    }
    any
}

/// A date as HTTP writes it.
pub fn http_date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn parse_date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text).ok().map(|date| date.to_utc())
}

fn is_zero(weight: &str) -> bool {
    let weight = weight.trim().strip_prefix("q=").unwrap_or("1");
    weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0)
}

fn texts<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn a_tag_beats_a_date() {
        let changed = Utc.with_ymd_and_hms(2026, 11, 22, 11, 0, 0).single();
        let etag = HeaderValue::from_static("\"abc\"");
        let date = (header::IF_MODIFIED_SINCE, "Sun, 22 Nov 2026 11:00:00 GMT");
        let same = |pairs: &[(HeaderName, &'static str)]| not_modified(&headers(pairs), &etag, changed);
        assert!(same(std::slice::from_ref(&date)));
        assert!(!same(&[(header::IF_NONE_MATCH, "\"other\""), date.clone()]));
        assert!(same(&[(header::IF_NONE_MATCH, "\"x\", W/\"abc\"")]));
        assert!(same(&[(header::IF_NONE_MATCH, "*")]));
        assert!(!same(&[(header::IF_MODIFIED_SINCE, "Sun, 22 Nov 2026 10:59:59 GMT")]));
        assert!(!same(&[(header::IF_MODIFIED_SINCE, "dje")]));
    }

    #[test]
    fn gzip_is_sent_only_to_those_who_take_it() {
        let takes = |value| accepts_gzip(&headers(&[(header::ACCEPT_ENCODING, value)]));
        assert!(takes("br, gzip;q=0.5") && takes("*") && takes("GZIP"));
        assert!(!takes("gzip;q=0, *") && !takes("br") && !takes("identity"));
        assert!(!accepts_gzip(&HeaderMap::new()));
    }
}
