//! The `Accept` header. The framework sends JSON if the first accepted type is JSON, and HTML otherwise.

use axum::http::{HeaderMap, header};

/// Implements Laravel's `expectsJson()`.
pub(crate) fn expects_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("*/*");
    let quality = |range: &str| -> f32 {
        let q = range.split(';').find_map(|part| part.trim().strip_prefix("q="));
        q.and_then(|q| q.parse().ok()).unwrap_or(1.0)
    };
    let mut first: Option<(&str, f32)> = None;
    for range in accept.split(',').map(str::trim).filter(|range| !range.is_empty()) {
        if first.is_none_or(|(_, best)| quality(range) > best) {
            first = Some((range, quality(range)));
        }
    }
    let first = first.map_or("*/*", |(range, _)| range).to_ascii_lowercase();
    let is_ajax = headers.get("x-requested-with").is_some_and(|value| value == "XMLHttpRequest");
    first.contains("/json") || first.contains("+json") || (is_ajax && first.starts_with("*/*"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_expected_if_it_is_the_first_accepted_type() {
        let expects = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            expects_json(&headers)
        };
        assert!(expects("application/json") && expects("application/vnd.api+json, */*"));
        assert!(expects("text/html;q=0.5, application/json"));
        assert!(!expects("*/*") && !expects("text/html, application/json") && !expects(""));
        assert!(!expects_json(&HeaderMap::new()));
    }
}
