//! The proof for one item as a page that needs nothing else: to be printed, sent, and read by a judge.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::acts::Proof;
use crate::item::{Content, Lang};
use crate::render::Post;
use crate::render::dates::{Spoken, instant};
use crate::render::words;
use crate::store::evidence::{Said, Sent};
use crate::store::heads::Head;

/// The program that checks a proof; it stands in every proof.
const PROGRAM: &str = include_str!("../../docs/check_proof.py");

#[derive(Template)]
#[template(path = "proof.html")]
struct Page<'a> {
    proof: &'a Proof,
    lang: Lang,
    office: String,
    revisions: Vec<Revision<'a>>,
    deliveries: Vec<Delivery<'a>>,
    lines: Vec<Line<'a>>,
    program: &'static str,
    /// The proof for programs. It stands in a script element, which `</script>` inside a text must not end.
    json: String,
}

/// A revision and its texts, each with the tag of its language.
struct Revision<'a> {
    said: &'a Said,
    texts: Vec<(String, String, String)>,
}

/// A delivery and what was said by it.
struct Delivery<'a> {
    sent: &'a Sent,
    parts: Vec<(String, String)>,
    /// Whether a line says on which account, in which languages and of which revision it is: older ones do not.
    noted: bool,
}

/// A line of the item.
struct Line<'a> {
    seq: i64,
    hash: &'a str,
    text: &'a str,
    told: serde_json::Value,
}

/// Draws the proof in the office's leading language.
pub fn page(proof: &Proof) -> Result<String, askama::Error> {
    // The configuration refuses an office without a language.
    let lang = leading(proof).ok_or(askama::Error::Fmt)?;
    let office = proof.office.name.get(&lang, &proof.office.languages).cloned().unwrap_or_default();
    let json = serde_json::to_string(proof).unwrap_or_default().replace('<', "\\u003c");
    let lines = lines(proof);
    let page = Page {
        office,
        revisions: proof.revisions.iter().map(revision).collect(),
        deliveries: proof.deliveries.iter().map(|sent| delivery(sent, &lines)).collect(),
        lines,
        program: PROGRAM,
        json,
        lang,
        proof,
    };
    page.render()
}

/// The first of the office's languages that there are words for.
fn leading(proof: &Proof) -> Option<Lang> {
    let known = |lang: &&Lang| words::languages().any(|known| known == lang.as_str());
    let languages = &proof.office.languages;
    languages.iter().find(known).or(languages.first()).cloned()
}

fn revision(said: &Said) -> Revision<'_> {
    let content: Option<Content> = serde_json::from_str(&said.content).ok();
    let texts = content.into_iter().flat_map(|content| content.translations);
    Revision {
        said,
        texts: texts.map(|(lang, text)| (lang.tag().to_owned(), text.title, text.html)).collect(),
    }
}

fn delivery<'a>(sent: &'a Sent, lines: &[Line]) -> Delivery<'a> {
    let post = sent.post.as_deref().and_then(|post| serde_json::from_str::<Post>(post).ok());
    let plans = lines.iter().filter_map(|line| line.told["body"]["planned"].as_array()).flatten();
    Delivery {
        sent,
        noted: plans.into_iter().any(|plan| plan["delivery"] == sent.delivery),
        parts: post.map(|post| post.parts.into_iter().collect()).unwrap_or_default(),
    }
}

fn lines(proof: &Proof) -> Vec<Line<'_>> {
    let own = proof.chain.iter().filter_map(|step| Some((&step.link, step.line.as_deref()?)));
    own.map(|(link, text)| Line {
        seq: link.seq,
        hash: &link.hash,
        told: serde_json::from_str(text).unwrap_or_default(),
        text,
    })
    .collect()
}

impl Page<'_> {
    fn word(&self, key: &'static str) -> String {
        words::word(self.lang.as_str(), key, &[])
    }

    /// A word of the program's own vocabulary, in the language of the page.
    fn said(&self, word: &str) -> String {
        let key = format!("said-{}", word.replace(' ', "-"));
        words::say(self.lang.as_str(), &key, &words::Args::new()).unwrap_or_else(|| word.to_owned())
    }

    fn when(&self, at: &DateTime<Utc>) -> Spoken {
        instant(*at, self.proof.office.zone, self.lang.as_str())
    }

    /// When a line was written.
    fn line_time(&self, line: &Line) -> Option<Spoken> {
        let at: DateTime<Utc> = line.told["at"].as_str()?.parse().ok()?;
        Some(self.when(&at))
    }

    /// Who approved a revision, by the ledger.
    fn approver(&self, number: i64) -> String {
        let approved = self
            .lines
            .iter()
            .rfind(|line| line.told["act"] == "approved" && line.told["body"]["revision"] == number);
        approved.and_then(|line| line.told["who"].as_str()).unwrap_or_default().to_owned()
    }

    /// The item's last line that no head covers yet, as the sentence about it.
    fn uncovered(&self) -> Option<String> {
        let Some(head) = self.proof.heads.last() else {
            return Some(self.word("proof-no-head"));
        };
        let beyond = self.lines.last().is_some_and(|line| line.seq > head.seq);
        beyond.then(|| words::word(self.lang.as_str(), "proof-after-head", &[("seq", &head.seq.to_string())]))
    }

    /// The heads that count: the first one after each line of the item, and the newest.
    fn heads(&self) -> Vec<&Head> {
        let heads = &self.proof.heads;
        let counts = |nth: &usize| {
            let before = nth.checked_sub(1).map_or(0, |nth| heads[nth].seq);
            nth + 1 == heads.len() || self.lines.iter().any(|line| (before + 1..=heads[*nth].seq).contains(&line.seq))
        };
        (0..heads.len()).filter(counts).map(|nth| &heads[nth]).collect()
    }
}
