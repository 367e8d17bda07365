//! Graph's errors, sorted. The body decides, not the HTTP status: an error may come under 200.

use serde_json::Value;

use super::usage::Usage;
use crate::http::Reply;
use crate::receipt::FailureCode;

/// An error as Graph words it.
#[derive(Debug, Clone, Default)]
pub(super) struct GraphError {
    pub(super) code: i64,
    pub(super) subcode: i64,
    /// For a wrong video offset, the right one.
    pub(super) data: Value,
    /// Minutes until calls are taken again, from the headers.
    pub(super) regain_minutes: i64,
    transient: bool,
    message: String,
    evidence: String,
}

/// What an error comes to, whichever call met it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It may have been done all the same.
    Ambiguous,
    /// Too many calls; this many minutes if the headers name none.
    Slower(i64),
    /// The account is wrong.
    Pause(FailureCode, &'static str),
    /// The post is wrong.
    Refuse(FailureCode, &'static str),
    /// The object is not there, or not for this token.
    Missing,
    /// The photos hang on a post already.
    Spent,
    /// The same was posted a moment ago.
    Duplicate,
    /// The link's page could not be read.
    Scrape,
    /// A piece of a video came where another was expected.
    Offset,
}

impl GraphError {
    /// Reads an error out of a body, if there is one in it; `text` is the same body without secrets.
    pub(super) fn of(reply: &Reply, text: &str) -> Option<Self> {
        let body: Value = serde_json::from_str(text).ok()?;
        let mut error = Self::told(body.get("error")?)?;
        error.regain_minutes = Usage::of(reply).regain_minutes;
        error.evidence = format!("HTTP {}, {}", reply.status, error.evidence);
        Some(error)
    }

    /// Reads an error itself.
    pub(super) fn told(error: &Value) -> Option<Self> {
        let number = |name: &str| error[name].as_i64();
        error.is_object().then(|| Self {
            code: number("code").unwrap_or(0),
            // `debug_token` has the shorter name.
            subcode: number("error_subcode").or_else(|| number("subcode")).unwrap_or(0),
            data: data(&error["error_data"]),
            regain_minutes: 0,
            transient: error["is_transient"] == true,
            message: error["message"].as_str().unwrap_or_default().to_owned(),
            evidence: evidence(error),
        })
    }

    /// The numbers, the words and the trace id, for whoever has to ask Meta about it.
    pub(super) fn evidence(&self) -> &str {
        &self.evidence
    }

    /// `code`, or `code/subcode`.
    pub(super) fn number(&self) -> String {
        match self.subcode {
            0 => self.code.to_string(),
            subcode => format!("{}/{subcode}", self.code),
        }
    }

    /// Whether Facebook will not let us change this post: it is not our app's, or changes of it are not taken.
    pub(super) fn forbids_change(&self) -> bool {
        matches!(self.code, 3 | 10 | 200) || self.code == 100 && self.subcode != 33 && !self.is_about_proof()
    }

    /// What it comes to.
    pub(super) fn verdict(&self) -> Verdict {
        match by_code(self) {
            // What Facebook itself calls passing is neither the post's fault nor the account's.
            Verdict::Pause(..) | Verdict::Refuse(..) | Verdict::Missing if self.transient => Verdict::Ambiguous,
            verdict => verdict,
        }
    }

    fn is_about_proof(&self) -> bool {
        self.message.contains("appsecret_proof")
    }

    fn is_permission(&self) -> bool {
        self.message.contains("before impersonating a user")
    }
}

fn by_code(error: &GraphError) -> Verdict {
    use FailureCode::{ContentRefused, NotAllowed, NotConfigured, NotSignedIn};
    match (error.code, error.subcode) {
        (1 | 2, _) if named(error.subcode).is_none() => Verdict::Ambiguous,
        (4 | 17 | 341 | 613, _) => Verdict::Slower(60),
        (32 | 80_000..=80_014, _) => Verdict::Slower(15),
        (368, 1_390_008) => Verdict::Slower(4 * 60),
        (3 | 10 | 200..=299, _) => Verdict::Pause(NotAllowed, "The account lacks a permission or a role on the Page."),
        (102 | 190, _) if error.is_permission() => Verdict::Pause(
            NotAllowed,
            "The person who connected it may not act for this Page; the right is missing, not the token.",
        ),
        (102 | 190, subcode) => token(subcode),
        (104, _) => Verdict::Pause(NotConfigured, PROOF),
        (100, _) if error.is_about_proof() => Verdict::Pause(NotConfigured, PROOF),
        (100, 33) => Verdict::Missing,
        (105, _) => Verdict::Refuse(ContentRefused, "Facebook finds too many parameters in the call."),
        (194 | 197, _) => Verdict::Refuse(ContentRefused, "Facebook finds the post empty or incomplete."),
        (1500, _) => Verdict::Refuse(ContentRefused, "Facebook does not take the link as an address."),
        (120 | 324, _) => Verdict::Refuse(ContentRefused, IMAGE),
        (506, _) => Verdict::Duplicate,
        (2635, _) => Verdict::Pause(
            NotConfigured,
            "This version of the Graph API is no longer served: set a newer one as version.",
        ),
        (6000, 0) => Verdict::Ambiguous,
        (101, _) => Verdict::Pause(NotSignedIn, "Facebook does not know the app; check app_id and app_secret."),
        _ => named(error.subcode).or_else(|| named(error.code)).unwrap_or(match error.code {
            100 => Verdict::Refuse(ContentRefused, "Facebook refuses a part of the post."),
            368 => Verdict::Pause(
                NotAllowed,
                "Facebook has blocked this kind of action for the Page; open it and follow what it says.",
            ),
            _ => Verdict::Pause(
                NotConfigured,
                "Facebook gave an error that is not known here, so nothing more is sent until somebody has looked.",
            ),
        }),
    }
}

const PROOF: &str = "Facebook does not accept the proof of the app secret; check app_secret.";
const IMAGE: &str = "Facebook cannot read a picture.";

/// The long numbers, which come as code or as subcode.
fn named(number: i64) -> Option<Verdict> {
    use FailureCode::{ContentRefused, NotAllowed};
    Some(match number {
        1_366_046 | 5101 => Verdict::Refuse(ContentRefused, IMAGE),
        1_366_051 => Verdict::Spent,
        1_404_082 => Verdict::Duplicate,
        4_854_002 => Verdict::Pause(
            NotAllowed,
            "Facebook wants the person who connected the Page to confirm their identity.",
        ),
        1_404_078 => Verdict::Pause(NotAllowed, "Facebook wants the person to complete Page publishing authorisation."),
        1_404_006 | 1_404_112 => Verdict::Pause(
            NotAllowed,
            "Facebook has locked the person's account for security; sign in at facebook.com.",
        ),
        1_346_003 | 1_404_102 => Verdict::Refuse(ContentRefused, "Facebook finds that the text breaks its rules."),
        1_609_008 => Verdict::Refuse(ContentRefused, "Facebook does not take links to itself in such a post."),
        1_609_005 => Verdict::Scrape,
        1_363_019 => Verdict::Refuse(ContentRefused, "Facebook cannot use the video."),
        1_363_030 => Verdict::Ambiguous,
        1_363_037 => Verdict::Offset,
        1_363_042 => Verdict::Pause(
            NotAllowed,
            "The account may not upload videos: it lacks the permission publish_video.",
        ),
        _ => return None,
    })
}

/// Why a token is dead.
fn token(subcode: i64) -> Verdict {
    use FailureCode::{NotAllowed, NotSignedIn, PasswordChanged, TokenExpired};
    match subcode {
        458 => Verdict::Pause(NotSignedIn, "The person removed the app from their Facebook account."),
        459 => Verdict::Pause(
            NotSignedIn,
            "Facebook wants the person to log in at facebook.com and follow what it says there.",
        ),
        460 => Verdict::Pause(
            PasswordChanged,
            "The person who connected the Page changed their password, which ended the connection.",
        ),
        463 => Verdict::Pause(TokenExpired, "The connection to the Page has run out."),
        464 => Verdict::Pause(NotSignedIn, "The person's Facebook account is not confirmed."),
        467 => Verdict::Pause(TokenExpired, "The connection to the Page was ended, by a logout or by Facebook."),
        492 => Verdict::Pause(NotAllowed, "The person who connected the Page no longer has a role on it."),
        _ => Verdict::Pause(NotSignedIn, "Facebook does not accept the connection to the Page."),
    }
}

/// `error_data` comes as an object, or as text that holds one.
fn data(value: &Value) -> Value {
    let inner = value.as_str().and_then(|text| serde_json::from_str(text).ok());
    inner.unwrap_or_else(|| value.clone())
}

fn evidence(error: &Value) -> String {
    let words = ["type", "message", "error_user_title", "error_user_msg"].map(|name| error[name].as_str().unwrap_or_default());
    let words: Vec<&str> = words.into_iter().filter(|text| !text.is_empty()).collect();
    let subcode = error["error_subcode"]
        .as_i64()
        .map_or_else(String::new, |subcode| format!("/{subcode}"));
    let trace = error["fbtrace_id"]
        .as_str()
        .map_or_else(String::new, |trace| format!(" (fbtrace_id {trace})"));
    format!("error {}{subcode}{trace}: {}", error["code"], words.join(": "))
}
