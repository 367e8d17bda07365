//! What must be seen of a delivery: the parts of its post as texts; or, where it was taken down, that they are not there.

use super::text::{Difference, Plain};
use super::weigh::Saw;
use super::whose::Whose;
use crate::channels::{Record, Said};
use crate::manifest::{Format, Manifest, Verify};
use crate::receipt::{Doubt, Finding, Glance, View};
use crate::render::Post;

const ELSEWHERE: &str = "The address leads to another page now.";
const SAME_TEXT: &str = "The address leads to another page now, which has the same text.";

/// A part that must be there.
pub struct Part {
    name: String,
    text: Plain,
}

/// What is looked for.
pub struct Expected {
    /// The parts: of what was said, or of what was taken down.
    parts: Vec<Part>,
    /// Whether they must not be there.
    absent: bool,
    scripted: bool,
}

impl Expected {
    /// What `post` must show; `absent`: what must not be seen of it any more.
    pub fn of(post: &Post, manifest: &Manifest, verify: &Verify, absent: bool) -> Self {
        let parts = verify.parts.iter().map(|name| Part {
            name: name.clone(),
            text: part(post, manifest, name),
        });
        Self {
            parts: parts.filter(|part| !part.text.is_empty()).collect(),
            absent,
            scripted: verify.scripted,
        }
    }

    /// What a page shows, whatever else stands on it; `whose`: what it is after a redirect.
    pub fn on_page(&self, html: &str, whose: Whose) -> Saw {
        let page = Plain::of_html(html);
        let found = self
            .parts
            .iter()
            .map(|part| (part, part.text.clone().without_addresses().differs(&page, false)));
        let found: Vec<_> = found.collect();
        let only_added = found
            .iter()
            .all(|(_, difference)| matches!(difference, None | Some(Difference::Added(_))));
        let all_there = only_added && !found.is_empty();
        let saw = Saw {
            only_added,
            ..self.judge(View::Citizen, found).into()
        };
        match whose {
            Whose::Own => saw,
            _ if all_there => self.on_another(saw, whose),
            _ if self.absent => self.not_there(View::Citizen).saying(ELSEWHERE).into(),
            Whose::Other => Glance::doubtful(View::Citizen, Doubt::Unclear, ELSEWHERE).into(),
            Whose::Unsaid => saw,
        }
    }

    /// The whole text stands on a page that is not known to be the post's own: two notices can say the same.
    fn on_another(&self, saw: Saw, whose: Whose) -> Saw {
        let glance = match whose {
            Whose::Other if !self.absent => Glance::doubtful(View::Citizen, Doubt::Unclear, SAME_TEXT),
            _ => saw.glance,
        };
        Saw {
            glance,
            elsewhere: true,
            ..saw
        }
    }

    /// What stands alone, part by part: a feed's entry, the text of a JSON answer.
    pub fn in_parts(&self, view: View, there: &[(&str, Said)]) -> Glance {
        let found = self.parts.iter().filter_map(|part| {
            let (_, said) = there.iter().find(|(name, _)| *name == part.name)?;
            let (sent, there) = match said {
                Said::Html(_) => (part.text.clone().without_addresses(), Plain::of_said(said)),
                Said::Text(_) => (part.text.clone(), Plain::of_said(said)),
            };
            Some((part, sent.differs(&there, true)))
        });
        self.judge(view, found.collect())
    }

    /// What the remote says that it holds.
    pub fn in_record(&self, record: &Record) -> Glance {
        match record {
            Record::Gone(what) => self.not_there(View::Record).saying(what.clone()),
            Record::CannotTell(failure) => Glance::doubtful(View::Record, Doubt::NotAsked, failure.what.clone()),
            Record::Public(parts) => {
                let there: Vec<(&str, Said)> = parts.iter().map(|(name, said)| (name.as_str(), said.clone())).collect();
                let glance = self.in_parts(View::Record, &there);
                match glance.doubt {
                    // The record is of this very post: what it does not say is not there.
                    Some(Doubt::Unclear) => {
                        Glance::new(Finding::Changed, View::Record).saying("Nothing of what was sent is there any more.")
                    }
                    _ => glance,
                }
            }
        }
    }

    /// There is nothing at the address.
    pub fn not_there(&self, view: View) -> Glance {
        let finding = if self.absent { Finding::Standing } else { Finding::Gone };
        Glance::new(finding, view)
    }

    fn judge(&self, view: View, found: Vec<(&Part, Option<Difference>)>) -> Glance {
        if self.absent {
            return judge_absent(view, &found, self.scripted);
        }
        let nothing = found.iter().all(|(_, difference)| *difference == Some(Difference::Nothing));
        if nothing || (self.scripted && view == View::Citizen && found.iter().any(|(_, difference)| difference.is_some())) {
            return Glance::doubtful(view, Doubt::Unclear, "The address answers, but shows nothing of what was sent.");
        }
        let differing = found.into_iter().find_map(|(part, difference)| Some((part, difference?)));
        match differing {
            None => Glance::new(Finding::Standing, view),
            Some((part, difference)) => Glance::new(Finding::Changed, view).saying(told(&part.name, &difference)),
        }
    }
}

fn judge_absent(view: View, found: &[(&Part, Option<Difference>)], scripted: bool) -> Glance {
    let visible = |(_, difference): &&(&Part, Option<Difference>)| matches!(difference, None | Some(Difference::Added(_)));
    match found.iter().rfind(visible) {
        Some((part, _)) => {
            Glance::new(Finding::Changed, view).saying(format!("It was taken down, but its {} is to be seen again.", part.name))
        }
        None if scripted && view == View::Citizen => {
            Glance::doubtful(view, Doubt::Unclear, "The address answers, but does not say what is there.")
        }
        None => Glance::new(Finding::Standing, view),
    }
}

fn part(post: &Post, manifest: &Manifest, name: &str) -> Plain {
    match manifest.parts.get(name) {
        Some(part) if part.format == Format::Html => Plain::of_html(post.part(name)),
        Some(_) => Plain::of_text(post.part(name)),
        None if name == "title" => Plain::of_text(&post.title),
        None => Plain::of_text(""),
    }
}

fn told(part: &str, difference: &Difference) -> String {
    match difference {
        Difference::Nothing => format!("The {part} is not there any more."),
        Difference::Missing(sent, there) if there.is_empty() => format!("The {part} no longer says “{sent}”."),
        Difference::Missing(sent, there) => format!("The {part} no longer says “{sent}”; there stands “{there}”."),
        Difference::Added(there) => format!("Something was put into the {part}: “{there}”."),
    }
}
