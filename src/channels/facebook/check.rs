//! `kasnec channel check`: can this account publish on this Page? Looks only, changes nothing.

use chrono::{DateTime, Duration, Utc};
use serde_json::Value;

use super::api::Graph;
use super::errors::{self, About};
use super::refusal::GraphError;
use crate::channels::Check;
use crate::clock::from_ms;
use crate::receipt::{Failure, FailureCode};

/// What publishing needs of a token, and what each permission is for.
const NEEDED: [(&str, &str); 3] = [
    ("pages_show_list", "see the Page"),
    ("pages_read_engagement", "read back what was published"),
    ("pages_manage_posts", "publish, correct and take down posts"),
];
/// How long before its end a connection is to be renewed.
const AHEAD_DAYS: i64 = 14;

/// Looks at the settings, the token and the Page, in that order; stops where nothing further can be seen.
pub(super) async fn check(graph: &Graph, now: DateTime<Utc>) -> Check {
    let mut found = Check {
        fine: vec![],
        wrong: vec![],
    };
    if let Some(what) = graph.missing() {
        found
            .wrong
            .push(failed(FailureCode::NotConfigured, format!("The account has no {what}.")));
        return found;
    }
    if token(graph, now, &mut found).await {
        page(graph, &mut found).await;
    }
    found
}

/// Whether the token is alive and for this Page; `false` if nothing can be done with it.
async fn token(graph: &Graph, now: DateTime<Utc>, found: &mut Check) -> bool {
    let facts = match graph.debug_token().await {
        Ok(answer) => answer["data"].clone(),
        Err(fault) => {
            found.wrong.push(graph.harmless(&fault, About::Page).into_failure());
            return false;
        }
    };
    if facts["is_valid"] != true {
        found.wrong.push(dead(&facts["error"], now));
        return false;
    }
    found.fine.push("Facebook accepts the connection.".to_owned());
    owner(graph, &facts, found);
    scopes(&facts["scopes"], found);
    end(&facts["expires_at"], now, "The connection", found);
    end(&facts["data_access_expires_at"], now, "The app's access to data", found);
    true
}

/// `debug_token` tells in its answer what other calls tell as an error.
fn dead(error: &Value, now: DateTime<Utc>) -> Failure {
    match GraphError::told(error) {
        Some(error) => errors::Fault::Graph(Box::new(error)).harmless(now, About::Page).into_failure(),
        None => failed(FailureCode::NotSignedIn, "Facebook does not accept the connection to the Page."),
    }
}

fn owner(graph: &Graph, facts: &Value, found: &mut Check) {
    if facts["type"] != "PAGE" {
        let kind = facts["type"].as_str().unwrap_or("unknown").to_lowercase();
        let what = format!("The page_token is a token of the kind \"{kind}\"; publishing needs a Page's own. Connect again.");
        found.wrong.push(failed(FailureCode::NotConfigured, what));
    }
    let named = |name: &str| facts[name].as_str().unwrap_or_default();
    if !graph.app.is_empty() && named("app_id") != graph.app {
        let what = format!("The connection belongs to the app {}, not to {}.", named("app_id"), graph.app);
        found.wrong.push(failed(FailureCode::NotConfigured, what));
    }
    if !named("profile_id").is_empty() && named("profile_id") != graph.page {
        let what = format!("The connection belongs to the Page {}, not to {}.", named("profile_id"), graph.page);
        found.wrong.push(failed(FailureCode::NotConfigured, what));
    }
}

fn scopes(granted: &Value, found: &mut Check) {
    let has = |scope: &str| {
        granted
            .as_array()
            .is_some_and(|scopes| scopes.iter().any(|granted| granted == scope))
    };
    for (scope, what_for) in NEEDED.into_iter().filter(|(scope, _)| !has(scope)) {
        let what = format!("The account may not {what_for}: the permission {scope} was not granted; connect again and leave it ticked.");
        found.wrong.push(failed(FailureCode::NotAllowed, what));
    }
    if NEEDED.into_iter().all(|(scope, _)| has(scope)) {
        found.fine.push("All permissions that publishing needs are granted.".to_owned());
    }
    if !has("pages_manage_engagement") {
        let what = "Comments are not permitted (pages_manage_engagement): where a post cannot be edited, a person is asked at once.";
        found.fine.push(what.to_owned());
    }
}

/// Whether something runs out soon; 0 and nothing mean never.
fn end(at: &Value, now: DateTime<Utc>, what: &str, found: &mut Check) {
    let at = match at.as_i64() {
        None | Some(0) => return found.fine.push(format!("{what} has no end date.")),
        Some(seconds) => from_ms(seconds.saturating_mul(1000)),
    };
    let day = at.format("%d.%m.%Y");
    if at - now > Duration::days(AHEAD_DAYS) {
        return found.fine.push(format!("{what} lasts until {day}."));
    }
    found.wrong.push(failed(
        FailureCode::TokenExpired,
        format!("{what} ends on {day}; connect again before."),
    ));
}

async fn page(graph: &Graph, found: &mut Check) {
    let page = match graph
        .get(&format!("/{}", graph.page), &[("fields", "id,name,is_published,link")])
        .await
    {
        Ok(page) => page,
        Err(fault) => return found.wrong.push(graph.harmless(&fault, About::Page).into_failure()),
    };
    let name = page["name"].as_str().unwrap_or_default();
    if page["is_published"] == false {
        let what = format!("The Page \"{name}\" is not published.");
        return found.wrong.push(failed(FailureCode::PageUnpublished, what));
    }
    found.fine.push(format!("The Page \"{name}\" is public."));
    // Graph tells no app in which mode it is.
    let live = "Facebook tells nobody whether an app is in Live mode; in Development mode only its own people see the posts. Look once.";
    found.fine.push(live.to_owned());
}

fn failed(code: FailureCode, what: impl Into<String>) -> Failure {
    Failure::new(code, what)
}
