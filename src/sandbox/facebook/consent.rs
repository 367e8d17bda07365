//! `/dialog/oauth`: the page on which a person lets the app act for the Page.

use std::collections::HashMap;

use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use url::Url;

use super::html::{escape, layout};
use super::nodes::USER_NAME;
use super::oauth::Grant;
use super::server::App;
use super::tokens::{ALL_SCOPES, fresh_value};

/// What the app asks of the person.
struct Inquiry {
    redirect_uri: Url,
    /// As sent: the code exchange must repeat it to the letter.
    redirect_text: String,
    state: String,
    scopes: Vec<String>,
}

/// Shows the dialog; with `auto=1` consents at once, as a person who clicks would.
pub(super) async fn ask(State(app): State<App>, Query(query): Query<HashMap<String, String>>) -> Response {
    match inquiry(&app, &query) {
        Err(reason) => refusal(&reason),
        Ok(inquiry) if query.get("auto").is_some_and(|auto| auto == "1") => consent(&app, &inquiry),
        Ok(inquiry) => dialog(&app, &query, &inquiry).into_response(),
    }
}

/// Takes the person's answer: which scopes, or none at all.
pub(super) async fn grant(State(app): State<App>, Form(form): Form<Vec<(String, String)>>) -> Response {
    let ticked: Vec<String> = form
        .iter()
        .filter(|(name, _)| name == "grant")
        .map(|(_, scope)| scope.clone())
        .collect();
    let fields: HashMap<String, String> = form.into_iter().filter(|(name, _)| name != "grant").collect();
    match inquiry(&app, &fields) {
        Err(reason) => refusal(&reason),
        Ok(inquiry) if fields.contains_key("cancel") => decline(&inquiry),
        Ok(inquiry) if ticked.is_empty() => consent(&app, &inquiry),
        Ok(inquiry) => consent(&app, &Inquiry { scopes: ticked, ..inquiry }),
    }
}

fn inquiry(app: &App, query: &HashMap<String, String>) -> Result<Inquiry, String> {
    let get = |name: &str| query.get(name).cloned().unwrap_or_default();
    if get("client_id") != app.world().options.app_id {
        return Err("Invalid App ID: The provided app ID does not look like a valid app ID.".into());
    }
    let redirect_text = get("redirect_uri");
    let redirect_uri =
        Url::parse(&redirect_text).map_err(|_| "URL Blocked: This redirect failed because the redirect URI is not valid.".to_owned())?;
    let asked = get("scope");
    let scopes: Vec<String> = asked
        .split([',', ' '])
        .filter(|scope| !scope.is_empty())
        .map(str::to_owned)
        .collect();
    if let Some(unknown) = scopes.iter().find(|scope| !ALL_SCOPES.contains(&scope.as_str())) {
        return Err(format!("Invalid Scopes: {unknown}."));
    }
    Ok(Inquiry {
        redirect_uri,
        redirect_text,
        state: get("state"),
        scopes,
    })
}

fn consent(app: &App, inquiry: &Inquiry) -> Response {
    let code = fresh_value("AQ");
    let mut scopes = inquiry.scopes.clone();
    if !scopes.iter().any(|scope| scope == "public_profile") {
        scopes.push("public_profile".into());
    }
    let grant = Grant {
        redirect_uri: inquiry.redirect_text.clone(),
        scopes,
        used: false,
    };
    app.world().grants.insert(code.clone(), grant);
    back(inquiry, &[("code", &code)])
}

fn decline(inquiry: &Inquiry) -> Response {
    back(
        inquiry,
        &[
            ("error", "access_denied"),
            ("error_code", "200"),
            ("error_description", "Permissions error"),
            ("error_reason", "user_denied"),
        ],
    )
}

fn back(inquiry: &Inquiry, answer: &[(&str, &str)]) -> Response {
    let mut url = inquiry.redirect_uri.clone();
    url.query_pairs_mut().extend_pairs(answer).append_pair("state", &inquiry.state);
    Redirect::to(url.as_str()).into_response()
}

fn refusal(reason: &str) -> Response {
    let page = layout(
        "Facebook (sandbox)",
        &format!("<main class=\"dialog\"><h1>Nuk mundi</h1><p>{}</p></main>", escape(reason)),
    );
    (StatusCode::BAD_REQUEST, page).into_response()
}

fn dialog(app: &App, query: &HashMap<String, String>, inquiry: &Inquiry) -> axum::response::Html<String> {
    let hidden = |name: &str| {
        let value = query.get(name).map_or("", String::as_str);
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value))
    };
    let carried: String = ["client_id", "redirect_uri", "state", "scope"].into_iter().map(hidden).collect();
    let page_name = escape(&app.world().options.page_name);
    layout(
        "Lejo aplikacionin",
        &format!(
            "<main class=\"dialog\"><h1>Kasnec kërkon qasje</h1>\
             <p>Po vazhdon si <strong>{USER_NAME}</strong>. Aplikacioni do të veprojë në emër të faqes \
             <strong>{page_name}</strong>:</p>\
             <form method=\"post\">{carried}<ul class=\"scopes\">{}</ul>\
             <div class=\"buttons\"><button name=\"cancel\" value=\"1\" class=\"quiet\">Anulo</button>\
             <button>Vazhdo</button></div></form></main>",
            inquiry.scopes.iter().map(|scope| tick(scope)).collect::<String>(),
        ),
    )
}

fn tick(scope: &str) -> String {
    let scope = escape(scope);
    format!("<li><label><input type=\"checkbox\" name=\"grant\" value=\"{scope}\" checked> {scope}</label></li>")
}
