//! Looking for a post in what the remote lists.

use serde_json::Value;

use crate::manifest::HttpCall;

/// The elements to search; a single object counts as a list of one.
pub fn elements<'a>(call: &HttpCall, body: &'a Value) -> Option<Vec<&'a Value>> {
    match body.pointer(call.list_pointer.as_deref().unwrap_or_default())? {
        Value::Array(list) => Some(list.iter().collect()),
        one @ Value::Object(_) => Some(vec![one]),
        _ => None,
    }
}

/// Whether an element's text holds the notice's address.
pub fn bears(call: &HttpCall, element: &Value, link: &str) -> bool {
    let text = match element.pointer(call.match_pointer.as_deref().unwrap_or_default()) {
        Some(Value::String(text)) => text.replace("&amp;", "&"),
        Some(other) => other.to_string(),
        None => return false,
    };
    text.match_indices(link).any(|(at, _)| ends_there(&text[at + link.len()..]))
}

/// The address of notice 1 is also the beginning of the address of notice 10.
fn ends_there(rest: &str) -> bool {
    let goes_on = |c: char| !(c.is_whitespace() || "\"'<>()[]{}\\".contains(c));
    let tail = rest.split(|c| !goes_on(c)).next().unwrap_or_default();
    tail.chars().all(|c| ".,;:!?/…".contains(c))
}

#[cfg(test)]
mod tests {
    use super::ends_there;

    #[test]
    fn an_address_ends_where_no_further_letter_of_it_follows() {
        for rest in ["", " dhe", ".", "</a>", "\">", "/ ", ")", "…"] {
            assert!(ends_there(rest), "{rest}");
        }
        for rest in ["0", "-2", "/pdf", "?a=1", ".pdf", "%20x"] {
            assert!(!ends_there(rest), "{rest}");
        }
    }
}
