//! The language of the site's own words: the one that was chosen, else the one the browser asks for, else the office's first.

use axum::http::{HeaderMap, header};

use crate::item::{Lang, Office};
use crate::render::words;

/// The language of the words, and whether somebody chose it; `None` only if the program had no locale at all.
pub fn choose(wish: Option<&str>, headers: &HeaderMap, office: &Office) -> Option<(Lang, bool)> {
    if let Some(lang) = wish.and_then(spoken) {
        return Some((lang, true));
    }
    let lang = asked(headers).or_else(|| offered(office).into_iter().next())?;
    Some((lang, false))
}

/// The languages that the site has words for, the office's first.
pub fn offered(office: &Office) -> Vec<Lang> {
    let mut offered: Vec<Lang> = office.languages.iter().filter_map(|lang| spoken(lang.as_str())).collect();
    let mut others: Vec<Lang> = words::languages().filter_map(|lang| lang.parse().ok()).collect();
    others.retain(|lang| !offered.contains(lang));
    others.sort_by_key(ToString::to_string);
    offered.extend(others);
    offered
}

fn asked(headers: &HeaderMap) -> Option<Lang> {
    let list = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut wishes: Vec<(f32, Lang)> = list.split(',').filter_map(wish).collect();
    // Stable: of two wishes that weigh the same, the first one counts.
    wishes.sort_by(|a, b| b.0.total_cmp(&a.0));
    wishes.into_iter().map(|(_, lang)| lang).next()
}

fn wish(written: &str) -> Option<(f32, Lang)> {
    let (tag, weight) = written.split_once(';').unwrap_or((written, "q=1"));
    let weight = weight.trim().strip_prefix("q=")?.parse().ok().filter(|weight| *weight > 0.0)?;
    let primary = tag.trim().split('-').next()?.to_ascii_lowercase();
    Some((weight, spoken(&primary)?))
}

fn spoken(code: &str) -> Option<Lang> {
    let code = words::languages().find(|known| known == code)?;
    code.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn office() -> Office {
        Office {
            id: "kacanik".to_owned(),
            name: crate::item::Localized::default(),
            zone: chrono_tz::Europe::Belgrade,
            languages: ["sq", "sr"].iter().filter_map(|lang| lang.parse().ok()).collect(),
            public_url: String::new(),
        }
    }

    fn chosen(wish: Option<&str>, accept: &'static str) -> (String, bool) {
        let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static(accept))]);
        let (lang, chosen) = choose(wish, &headers, &office()).unwrap();
        (lang.to_string(), chosen)
    }

    #[test]
    fn a_choice_beats_the_browser_and_the_browser_beats_the_office() {
        assert_eq!(chosen(Some("en"), "sr"), ("en".to_owned(), true));
        assert_eq!(chosen(Some("xx"), "de, sr-RS;q=0.7, en;q=0.8"), ("en".to_owned(), false));
        assert_eq!(chosen(None, "sr-Latn-RS"), ("sr".to_owned(), false));
        assert_eq!(chosen(None, "de, en;q=0"), ("sq".to_owned(), false));
    }

    #[test]
    fn the_offices_languages_are_offered_first() {
        let offered: Vec<String> = offered(&office()).iter().map(ToString::to_string).collect();
        assert_eq!(offered, ["sq", "sr", "en", "tr"]);
    }
}
