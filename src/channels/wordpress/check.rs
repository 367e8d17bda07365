//! `kasnec channel check`: can this account publish on this site? Looks only, changes nothing.

use serde_json::Value;

use super::api::Api;
use crate::channels::Check;
use crate::receipt::{Failure, FailureCode};

/// What publishing needs of a user, and what each right is for.
const RIGHTS: [(&str, &str); 6] = [
    ("edit_posts", "write posts"),
    ("publish_posts", "publish them"),
    ("edit_published_posts", "correct what stands"),
    ("delete_published_posts", "take down what stands"),
    ("upload_files", "upload pictures and files"),
    ("manage_categories", "make a category that is not there yet"),
];

/// Looks at the address, the API and the user, in that order, and whether writing gets through; stops where nothing further can be seen.
pub(super) async fn check(api: &Api) -> Check {
    let mut found = Check {
        fine: vec![],
        wrong: vec![],
    };
    if let Some(what) = api.unusable() {
        found.wrong.push(not_configured(&what));
        return found;
    }
    found.fine.push(if api.is_local() {
        "The site is on this machine or in this network.".to_owned()
    } else {
        "The connection is protected (https).".to_owned()
    });
    if site(api, &mut found).await {
        user(api, &mut found).await;
    }
    found
}

/// Whether there is a WordPress REST API that takes application passwords.
async fn site(api: &Api, found: &mut Check) -> bool {
    let site = match api.get("/", &[("_fields", "name,namespaces,authentication")]).await {
        Ok(site) => site,
        Err(fault) => {
            found.wrong.push(api.harmless(&fault).into_failure());
            return false;
        }
    };
    let speaks = |name: &str| site["namespaces"].as_array().is_some_and(|all| all.iter().any(|n| n == name));
    if !speaks("wp/v2") {
        found
            .wrong
            .push(not_configured("What answers at the base_url is not WordPress's REST API."));
        return false;
    }
    let name = site["name"].as_str().unwrap_or_default();
    found.fine.push(format!("WordPress answers at {} (\"{name}\").", api.base()));
    if site["authentication"]["application-passwords"].is_null() {
        found.wrong.push(not_configured(
            "Application passwords are switched off on this site, by a security plugin or because it has no https; switch them on.",
        ));
        return false;
    }
    found.fine.push("Application passwords are switched on.".to_owned());
    true
}

/// Whether the user is signed in and has the rights.
async fn user(api: &Api, found: &mut Check) {
    let query = [("context", "edit"), ("_fields", "name,roles,capabilities")];
    let user = match api.get("/wp/v2/users/me", &query).await {
        Ok(user) => user,
        Err(fault) => return found.wrong.push(api.harmless(&fault).into_failure()),
    };
    let roles: Vec<&str> = user["roles"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if roles.is_empty() {
        let what = format!(
            "The password of \"{}\" is right, but the user is no member of this very site.",
            api.user()
        );
        return found.wrong.push(Failure::new(FailureCode::NotAllowed, what));
    }
    found.fine.push(format!("Signed in as \"{}\" ({}).", api.user(), roles.join(", ")));
    let lacking: Vec<Failure> = RIGHTS
        .into_iter()
        .filter(|(right, _)| user["capabilities"][right] != true)
        .map(|(right, what_for)| lacking(right, what_for))
        .collect();
    if lacking.is_empty() {
        writing(api, found).await;
    }
    found.wrong.extend(lacking);
}

/// Whether what stands in front of WordPress lets posts pass; the one that is tried has nothing in it and is not taken.
async fn writing(api: &Api, found: &mut Check) {
    match api.lets_writing_pass().await {
        Ok(()) => found
            .fine
            .push("The account may write, publish, correct and take down posts, and upload files.".to_owned()),
        Err(fault) => found.wrong.push(api.harmless(&fault).into_failure()),
    }
}

fn lacking(right: &str, what_for: &str) -> Failure {
    let what = format!("The account may not {what_for}: it lacks the right {right}; give it the role editor.");
    Failure::new(FailureCode::NotAllowed, what)
}

fn not_configured(what: &str) -> Failure {
    Failure::new(FailureCode::NotConfigured, what)
}
