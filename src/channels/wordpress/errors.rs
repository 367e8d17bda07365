//! What WordPress's refusals mean. Messages are translated by the site, so `code` and the status decide.

use chrono::{DateTime, Duration, Utc};
use serde_json::Value;

use crate::http::{CallError, Reply};
use crate::receipt::{Answer, Failure, FailureCode, Wait};

/// How long to wait when WordPress says "slower", but not how much.
const PAUSE_SECONDS: i64 = 60;
/// The longest wait that is believed.
const LONGEST_SECONDS: i64 = 86_400;

/// Why WordPress does not accept a sign-in: it gives the same answer to all four.
const SIGN_IN: &str = "WordPress does not accept the sign-in. It does not say which of these is the cause: the application password is \
    wrong or was revoked; the user name is wrong; the web server drops the Authorization header; application passwords are switched off \
    (a security plugin, or a site without https).";

const NO_API: &str = "There is no WordPress REST API at this base_url; pretty permalinks must be on, and no plugin may switch the API off.";

/// A call that did not come to a usable value.
pub(super) enum Fault {
    /// No answer.
    Call(CallError),
    /// An answer that says no.
    Refused(Box<Refusal>),
    /// An answer that says yes, but holds no result: an outage page, a cache, a login form, an error.
    NoResult(String),
}

/// An answer that says no.
pub(super) struct Refusal {
    /// The HTTP status.
    pub(super) status: u16,
    /// WordPress's own code; empty if somebody in front of WordPress answered.
    pub(super) code: String,
    /// The error's `data`.
    pub(super) data: Value,
    path: String,
    text: String,
    retry_after: Option<String>,
    location: Option<String>,
}

impl From<CallError> for Fault {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl Refusal {
    /// Reads a refusal; `json` is its body, if it is JSON.
    pub(super) fn new(reply: &Reply, json: Option<Value>, path: &str) -> Self {
        let json = json.unwrap_or_default();
        Self {
            status: reply.status,
            code: json["code"].as_str().unwrap_or_default().to_owned(),
            data: json["data"].clone(),
            path: path.to_owned(),
            text: said(&json).unwrap_or_else(|| reply.text()),
            retry_after: reply.header("Retry-After").map(str::to_owned),
            location: reply.header("Location").map(str::to_owned),
        }
    }

    fn evidence(&self) -> String {
        format!("HTTP {} {}: {}", self.status, self.code, self.text)
    }

    fn wait(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let header = self.retry_after.as_deref().unwrap_or_default().trim();
        let seconds = header.parse::<i64>().ok().map(|s| s.clamp(1, LONGEST_SECONDS));
        let date = DateTime::parse_from_rfc2822(header).ok().map(|at| at.with_timezone(&Utc));
        match (seconds, date) {
            (Some(seconds), _) => now + Duration::seconds(seconds),
            (None, Some(at)) if at > now => at.min(now + Duration::seconds(LONGEST_SECONDS)),
            _ => now + Duration::seconds(PAUSE_SECONDS),
        }
    }
}

impl Fault {
    /// What the fault means for the call that met it.
    pub(super) fn answer(&self, now: DateTime<Utc>) -> Answer {
        match self {
            Self::Call(error) => unanswered(error),
            Self::Refused(refusal) => refused(refusal, now),
            Self::NoResult(text) => Answer::Unknown(
                Failure::new(
                    FailureCode::BadAnswer,
                    "Something in front of WordPress answered with a page or an error instead of a result.",
                )
                .with_evidence(text),
            ),
        }
    }

    /// Whether somebody in front of WordPress forbade the call.
    pub(super) fn is_firewall(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.status == 403 && refusal.code.is_empty())
    }

    /// Whether WordPress itself says that the thing is not there.
    pub(super) fn is_gone(&self) -> bool {
        matches!(self, Self::Refused(refusal) if is_gone(refusal))
    }
}

/// What it means when a firewall refuses one text, but not every call.
pub(super) fn unwelcome(fault: &Fault) -> Answer {
    let what = "A firewall in front of WordPress refuses this text, though it lets others pass. If it takes block comments for an \
        attack, set plain_html to \"on\"; otherwise its log names the words.";
    let failure = Failure::new(FailureCode::ContentRefused, what);
    Answer::Reject(match fault {
        Fault::Refused(refusal) => failure.with_evidence(&refusal.evidence()),
        Fault::Call(_) | Fault::NoResult(_) => failure,
    })
}

/// An answer of JSON, but without what was asked for.
pub(super) fn shapeless(value: &Value) -> Answer {
    let what = "WordPress's answer lacks what it should hold; a plugin may have changed it.";
    Answer::Unknown(Failure::new(FailureCode::BadAnswer, what).with_evidence(&value.to_string()))
}

fn unanswered(error: &CallError) -> Answer {
    let failed = |code, what: &str| Failure::new(code, what).with_evidence(&error.to_string());
    match error {
        CallError::NotSent(_) | CallError::Client(_) => Answer::Retry(failed(FailureCode::Unreachable, "WordPress cannot be reached.")),
        CallError::Forbidden(..) => Answer::Reauthorise(failed(
            FailureCode::NotConfigured,
            "The account's base_url is no address that can be called; it begins with https://.",
        )),
        CallError::NoAnswer(_) | CallError::BrokenAnswer(_) => {
            Answer::Unknown(failed(FailureCode::NoAnswer, "WordPress was asked, but its answer never came."))
        }
    }
}

fn refused(refusal: &Refusal, now: DateTime<Utc>) -> Answer {
    let failed = |code, what: &str| Failure::new(code, what).with_evidence(&refusal.evidence());
    match refusal.status {
        429 => snooze(refusal, now),
        503 if refusal.retry_after.is_some() => snooze(refusal, now),
        300..400 => Answer::Reauthorise(failed(FailureCode::NotConfigured, &moved(refusal))),
        401 => Answer::Reauthorise(failed(FailureCode::NotSignedIn, SIGN_IN)),
        403 => Answer::Reauthorise(failed(FailureCode::NotAllowed, &forbidden(refusal))),
        404 | 410 if is_gone(refusal) => Answer::NeedsPerson(failed(FailureCode::Gone, "It is not on WordPress any more.")),
        404 => Answer::Reauthorise(failed(FailureCode::NotConfigured, NO_API)),
        413 => Answer::Reject(failed(FailureCode::TooLarge, "The web server takes nothing that large.")),
        400 | 500 if is_too_large(&refusal.code) => Answer::Reject(failed(FailureCode::TooLarge, "WordPress takes no file that large.")),
        500 if refusal.code == "rest_upload_sideload_error" => {
            Answer::Reject(failed(FailureCode::ContentRefused, "WordPress does not take this file."))
        }
        400 | 406 | 412 | 415 | 422 | 501 => {
            let what = format!("WordPress refuses it: {}.", named(refusal));
            Answer::Reject(failed(FailureCode::ContentRefused, &what))
        }
        500.. => Answer::Unknown(failed(FailureCode::RemoteBroken, "Something broke inside WordPress.")),
        status => {
            let what = format!("WordPress gave an answer that means nothing here ({status}).");
            Answer::Unknown(failed(FailureCode::BadAnswer, &what))
        }
    }
}

fn snooze(refusal: &Refusal, now: DateTime<Utc>) -> Answer {
    Answer::Snooze(Wait {
        until: refusal.wait(now),
        account: true,
        why: Failure::new(FailureCode::Throttled, "WordPress, or what stands in front of it, asks to wait.")
            .with_evidence(&refusal.evidence()),
    })
}

fn moved(refusal: &Refusal) -> String {
    let to = refusal.location.as_deref().unwrap_or("another address");
    let to = to.split("/wp-json").next().unwrap_or(to);
    format!("The site sends callers on to {to}; write that as the account's base_url.")
}

fn forbidden(refusal: &Refusal) -> String {
    if refusal.code.is_empty() {
        return "A firewall in front of WordPress refuses the call; have it let the REST API pass.".to_owned();
    }
    format!("WordPress knows the account, but it lacks a right: {}.", right(refusal))
}

/// The capability that a refusal is about, and the role that has it.
fn right(refusal: &Refusal) -> &'static str {
    let path = refusal.path.as_str();
    match refusal.code.as_str() {
        "rest_cannot_create" if path.ends_with("/categories") => "manage_categories (role editor)",
        "rest_cannot_create" if path.ends_with("/tags") => "edit_posts (role contributor or above)",
        "rest_cannot_create" if path.ends_with("/media") => "upload_files (role author or editor)",
        "rest_cannot_create" => "edit_posts (role author or editor, on this very site)",
        "rest_cannot_publish" => "publish_posts (role author or editor)",
        "rest_cannot_edit" => "edit_published_posts, or edit_others_posts if somebody else wrote it (role editor)",
        "rest_cannot_delete" | "rest_user_cannot_delete_post" => "delete_published_posts (role author or editor)",
        "rest_cannot_assign_term" => "assign_categories (role editor)",
        _ => "give it the role editor",
    }
}

fn is_gone(refusal: &Refusal) -> bool {
    refusal.status == 410 || matches!(refusal.code.as_str(), "rest_post_invalid_id" | "rest_already_trashed")
}

fn is_too_large(code: &str) -> bool {
    matches!(
        code,
        "rest_upload_file_too_big" | "rest_upload_limited_space" | "rest_upload_unknown_error" | "rest_upload_no_content_disposition"
    )
}

/// The code, with the parameters it is about.
fn named(refusal: &Refusal) -> String {
    let params: Vec<&str> = refusal.data["params"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    match (refusal.code.as_str(), params.is_empty()) {
        ("", _) => format!("HTTP {}", refusal.status),
        (code, true) => code.to_owned(),
        (code, false) => format!("{code} ({})", params.join(", ")),
    }
}

fn said(json: &Value) -> Option<String> {
    let message = json["message"].as_str()?;
    let params = &json["data"]["params"];
    Some(if params.is_null() {
        message.to_owned()
    } else {
        format!("{message} {params}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked_to_wait(retry_after: Option<&str>) -> i64 {
        let now = "2026-11-22T09:00:00Z".parse().unwrap();
        let refusal = Refusal {
            status: 429,
            code: String::new(),
            data: Value::Null,
            path: String::new(),
            text: String::new(),
            retry_after: retry_after.map(str::to_owned),
            location: None,
        };
        (refusal.wait(now) - now).num_seconds()
    }

    #[test]
    fn retry_after_is_read_in_seconds_and_as_a_date() {
        assert_eq!(asked_to_wait(Some("120")), 120);
        assert_eq!(asked_to_wait(Some("Sun, 22 Nov 2026 09:05:00 GMT")), 300);
    }

    #[test]
    fn a_wait_that_is_not_named_or_lies_in_the_past_is_a_minute() {
        for header in [None, Some("soon"), Some("Sun, 22 Nov 2026 08:00:00 GMT")] {
            assert_eq!(asked_to_wait(header), PAUSE_SECONDS, "{header:?}");
        }
        assert_eq!(asked_to_wait(Some("-5")), 1);
        assert_eq!(asked_to_wait(Some("99999999999")), LONGEST_SECONDS);
        assert_eq!(asked_to_wait(Some("Fri, 31 Dec 9999 23:59:59 GMT")), LONGEST_SECONDS);
    }
}
