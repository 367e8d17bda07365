//! Texts compared as a person compares them: letters and digits in their order, whatever a theme makes of quotes, dashes and spaces.

use super::html;
use crate::channels::Said;

/// The longest excerpt that is shown.
const EXCERPT: usize = 140;
/// Into how many pieces a text is taken apart to see which of them is missing: each is sought in all of the page.
const BLOCKS: usize = 200;
/// How many lines are sought by themselves, where their block is not found as a whole.
const SOUGHT: usize = 1_000;
/// In how many of them it is sought how far they stand there.
const BEGUN: usize = 20;

/// A text, and what is compared of it.
#[derive(Debug, Clone)]
pub struct Plain {
    text: String,
    /// Its letters and digits, in small letters.
    squeezed: String,
    /// For each byte of those, where it stands in the text.
    at: Vec<usize>,
    /// Whether web addresses are compared, too.
    addresses: bool,
}

/// How something differs from what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// Nothing of it is there.
    Nothing,
    /// This is not there any more; that stands in its place.
    Missing(String, String),
    /// All of it is there, with something put in between.
    Added(String),
}

impl Plain {
    /// A plain text, its addresses with it.
    pub fn of_text(text: &str) -> Self {
        Self::of(text.to_owned(), true)
    }

    /// The text of HTML. Addresses are left out: what shows one may make a player, a card or a shortened link of it.
    pub fn of_html(html: &str) -> Self {
        Self::of(html::text_of(html), false)
    }

    /// What a remote holds.
    pub fn of_said(said: &Said) -> Self {
        match said {
            Said::Text(text) => Self::of_text(text),
            Said::Html(html) => Self::of_html(html),
        }
    }

    /// The same, without its addresses.
    #[must_use]
    pub fn without_addresses(self) -> Self {
        Self::of(self.text, false)
    }

    fn of(text: String, addresses: bool) -> Self {
        let (mut squeezed, mut at) = (String::new(), Vec::new());
        let mut begin = 0;
        for word in text.split_inclusive(char::is_whitespace) {
            if addresses || !is_address(word) {
                for (offset, letter) in word.char_indices() {
                    squeeze(letter, &mut squeezed);
                    at.resize(squeezed.len(), begin + offset);
                }
            }
            begin += word.len();
        }
        Self {
            text,
            squeezed,
            at,
            addresses,
        }
    }

    /// Whether there is nothing to compare.
    pub fn is_empty(&self) -> bool {
        self.squeezed.is_empty()
    }

    /// How what is there differs from this, which was sent; `whole`: nothing else may stand around it.
    pub fn differs(&self, there: &Self, whole: bool) -> Option<Difference> {
        let same = if whole {
            there.squeezed == self.squeezed
        } else {
            there.squeezed.contains(&self.squeezed)
        };
        if same || self.is_empty() {
            return None;
        }
        let blocks = self.blocks();
        match missing(&blocks, there) {
            None => Some(Difference::Added(self.tail(there, whole).1)),
            Some(_) if !blocks.iter().any(|block| there.squeezed.contains(&block.squeezed)) && !is_begun(&blocks, there) => {
                Some(Difference::Nothing)
            }
            Some(missing) => {
                let (sent, found) = missing.tail(there, false);
                Some(Difference::Missing(sent, found))
            }
        }
    }

    /// Its lines; of a text with very many, several at a time.
    fn blocks(&self) -> Vec<Self> {
        let lines: Vec<&str> = self.text.lines().filter(|line| line.contains(char::is_alphanumeric)).collect();
        let together = lines.chunks(lines.len().div_ceil(BLOCKS).max(1));
        let blocks = together.map(|lines| self.block(&lines.join("\n")));
        blocks.filter(|block| !block.is_empty()).collect()
    }

    fn block(&self, line: &str) -> Self {
        Self::of(line.to_owned(), self.addresses)
    }

    /// How many of the first words stand there together.
    fn kept(&self, there: &Self) -> usize {
        let words: Vec<&str> = self.text.split_whitespace().collect();
        let stands = |count: usize| there.squeezed.contains(&self.block(&words[..count].join(" ")).squeezed);
        let (mut low, mut high) = (0, words.len());
        while low < high {
            let middle = (low + high).div_ceil(2);
            if stands(middle) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        low
    }

    /// Where the two part: what was sent from there on, and what stands there.
    fn tail(&self, there: &Self, whole: bool) -> (String, String) {
        let kept = self.kept(there);
        let words: Vec<&str> = self.text.split_whitespace().collect();
        let begin = self.block(&words[..kept].join(" ")).squeezed;
        let found = match there.squeezed.find(&begin) {
            Some(at) if whole && at > 0 => there.text.as_str(),
            Some(at) if whole || kept > 0 => there.at.get(at + begin.len()).map_or("", |start| &there.text[*start..]),
            _ => "",
        };
        (shortened(&words[kept.saturating_sub(3)..].join(" ")), shortened(found))
    }
}

/// What is not there. Between the lines of a block that is not there as a whole something may have been put in: then its lines are.
fn missing(blocks: &[Plain], there: &Plain) -> Option<Plain> {
    let stands = |part: &Plain| there.squeezed.contains(&part.squeezed);
    let mut left = SOUGHT;
    let mut broken = blocks.iter().filter(|block| !stands(block));
    broken.find_map(|block| {
        let Some(rest) = left.checked_sub(block.text.lines().count()) else {
            return Some(block.clone());
        };
        left = rest;
        let mut lines = block.text.lines().map(|line| block.block(line));
        lines.find(|line| !stands(line))
    })
}

/// Whether a good part of any block stands there.
fn is_begun(blocks: &[Plain], there: &Plain) -> bool {
    blocks.iter().take(BEGUN).any(|block| {
        let (kept, words) = (block.kept(there), block.text.split_whitespace().count());
        kept > 3 && kept * 2 >= words
    })
}

fn is_address(word: &str) -> bool {
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    word.starts_with("http://") || word.starts_with("https://")
}

/// What WordPress's typography makes of letters is taken back: `9x9` → `9×9`, `(tm)` → `™`.
fn squeeze(letter: char, into: &mut String) {
    match letter {
        '×' => into.push('x'),
        '™' => into.push_str("tm"),
        letter if letter.is_alphanumeric() => into.extend(letter.to_lowercase()),
        _ => {}
    }
}

fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= EXCERPT {
        return line;
    }
    let cut: String = line.chars().take(EXCERPT).collect();
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: &str =
        "<p>Mbledhja mbahet më 24 nëntor 2026, në orën 10:00 - salla \"A\".</p><p>Rendi: 9x9 m... https://video.example/x</p>";

    fn seen(page: &str) -> Option<Difference> {
        Plain::of_html(SENT).differs(&Plain::of_html(page), false)
    }

    #[test]
    fn what_a_theme_adds_and_typography_changes_is_no_change() {
        let page = "<nav>Ballina</nav><h1>X</h1><div><p>Mbledhja mbahet më&nbsp;24 nëntor 2026, në orën 10:00 &#8211; salla &#8220;A&#8221;.</p>\n\
                    <p>Rendi: 9&#215;9 m&#8230; <iframe src='https://video.example/x'></iframe></p></div><footer>Lexo edhe</footer>";
        assert_eq!(seen(page), None);
    }

    #[test]
    fn a_changed_word_is_shown_with_what_stands_in_its_place() {
        let page = SENT.replace("10:00", "12:00");
        let Some(Difference::Missing(sent, there)) = seen(&page) else {
            panic!("{:?}", seen(&page))
        };
        assert!(sent.contains("10:00") && there.starts_with("12:00"), "{sent} / {there}");
    }

    #[test]
    fn what_was_put_in_between_is_shown() {
        let page = SENT.replace("</p><p>", "</p><p>U anulua!</p><p>");
        let Some(Difference::Added(there)) = seen(&page) else {
            panic!("{:?}", seen(&page))
        };
        assert!(there.starts_with("U anulua"), "{there}");
    }

    #[test]
    fn what_was_put_in_between_the_lines_of_a_long_text_is_shown_as_such() {
        let line = |number: usize| format!("<p>Pika {number} e rendit të ditës.</p>");
        let sent: Vec<String> = (0..600).map(line).collect();
        let mut page = sent.clone();
        page.insert(301, "<p>Reklamë</p>".to_owned());
        page.insert(400, "<p>Lexo edhe</p>".to_owned());
        let (sent, there) = (Plain::of_html(&sent.concat()), Plain::of_html(&page.concat()));
        assert!(matches!(sent.differs(&there, false), Some(Difference::Added(x)) if x.starts_with("Reklamë")));
        page.remove(350);
        let there = Plain::of_html(&page.concat());
        assert!(matches!(sent.differs(&there, false), Some(Difference::Missing(..))));
    }

    #[test]
    fn another_page_has_nothing_of_it() {
        assert_eq!(seen("<h1>Mirëmbajtje</h1><p>Kthehuni më vonë.</p>"), Some(Difference::Nothing));
    }

    #[test]
    fn a_long_text_beside_a_large_page_is_compared_in_a_moment() {
        let lines = |text: &str, count: usize| -> String {
            let lines: Vec<String> = (0..count).map(|line| format!("<p>{text} {line}</p>")).collect();
            lines.concat()
        };
        let (sent, page) = (lines("rreshti", 20_000), lines("tjetër gjë", 200_000));
        let (sent, page) = (Plain::of_html(&sent), Plain::of_html(&page));
        let begun = std::time::Instant::now();
        assert!(sent.differs(&page, false).is_some());
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{:?}", begun.elapsed());
    }

    #[test]
    fn a_whole_text_bears_no_addition_and_no_other_address() {
        let sent = Plain::of_text("Hapet biblioteka\n\nhttps://k.example/n/1");
        let differs = |there: &str| sent.differs(&Plain::of_text(there), true);
        assert_eq!(differs("Hapet biblioteka https://k.example/n/1"), None);
        assert!(matches!(
            differs("Hapet biblioteka https://k.example/n/2"),
            Some(Difference::Missing(..))
        ));
        assert!(matches!(differs("Hapet biblioteka https://k.example/n/1 Gënjeshtër"), Some(Difference::Added(x)) if x == "Gënjeshtër"));
    }
}
