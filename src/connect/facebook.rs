//! From a person's short-lived token to the Page's own, which has no end date.

use serde_json::Value;

use super::graph::Graph;
use super::{Account, ConnectError, PageName};
use crate::http::Outbound;

/// What the manifest calls this way.
pub(super) const FLAVOUR: &str = "facebook";

/// What is read of a Page.
const FIELDS: &str = "id,name,access_token,tasks";
/// The task without which nothing can be published.
const TASK: &str = "CREATE_CONTENT";
/// Nobody has more pages of Pages; a cursor that never ends stops here.
const MOST_LISTS: usize = 20;

/// The token of the Page that the settings name, and what the person should know.
pub(super) async fn page_token(short: &str, account: &Account<'_>, http: &Outbound) -> Result<(String, Vec<String>), ConnectError> {
    let wanted = account.settings.get("page_id").map(|id| id.trim()).filter(|id| !id.is_empty());
    let wanted = wanted.ok_or(ConnectError::Missing("page_id"))?;
    let graph = Graph::new(account, http);
    let person = long_lived(&graph, short).await?;
    let listed = pages(&graph, &person).await?;
    if let Some(page) = listed.iter().find(|page| page["id"] == wanted) {
        return chosen(page, "");
    }
    match unlisted(&graph, &person, wanted).await {
        Some(page) => chosen(
            &page,
            " Facebook left it out of the list of Pages, as it does with Pages of a Business portfolio.",
        ),
        None => Err(ConnectError::PageNotOffered {
            wanted: wanted.to_owned(),
            offered: listed.iter().map(name).collect(),
        }),
    }
}

/// A Page's token lives as long as the person's: so first that one is made to last.
async fn long_lived(graph: &Graph<'_>, short: &str) -> Result<String, ConnectError> {
    let during = "the exchange for a lasting token";
    let form = [
        ("grant_type", "fb_exchange_token"),
        ("client_id", graph.app),
        ("client_secret", graph.secret),
        ("fb_exchange_token", short),
    ];
    let answer = graph.exchange(during, &form).await?;
    match answer["access_token"].as_str() {
        Some(token) => Ok(token.to_owned()),
        None => Err(ConnectError::Refused {
            during,
            said: "the answer holds no token".to_owned(),
        }),
    }
}

async fn pages(graph: &Graph<'_>, person: &str) -> Result<Vec<Value>, ConnectError> {
    let (mut pages, mut after) = (Vec::new(), String::new());
    for _ in 0..MOST_LISTS {
        let mut query = vec![("fields", FIELDS), ("limit", "100")];
        query.extend((!after.is_empty()).then_some(("after", after.as_str())));
        let list = graph.get("the list of Pages", "/me/accounts", person, &query).await?;
        pages.extend(list["data"].as_array().into_iter().flatten().cloned());
        match list["paging"]["cursors"]["after"].as_str() {
            Some(cursor) if list["paging"]["next"].is_string() => cursor.clone_into(&mut after),
            _ => break,
        }
    }
    Ok(pages)
}

/// A Page that the list leaves out, asked for by its id, unless the person did not let the app use it.
async fn unlisted(graph: &Graph<'_>, person: &str, wanted: &str) -> Option<Value> {
    let facts = graph.debug_token(person).await.unwrap_or_default();
    if !allows(&facts, wanted) {
        return None;
    }
    let query = [("fields", "id,name,access_token")];
    let page = graph
        .get("the look at the Page", &format!("/{wanted}"), person, &query)
        .await
        .ok()?;
    page["access_token"].is_string().then_some(page)
}

/// Whether the person let the app use the Page; a permission that names no target is for all.
fn allows(facts: &Value, page: &str) -> bool {
    let scopes = facts["granular_scopes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut targets = scopes
        .iter()
        .filter(|scope| scope["scope"] == "pages_manage_posts")
        .map(|scope| &scope["target_ids"]);
    targets.all(|ids| ids.as_array().is_none_or(|ids| ids.iter().any(|id| id == page)))
}

fn chosen(page: &Value, aside: &str) -> Result<(String, Vec<String>), ConnectError> {
    let PageName { id, name } = name(page);
    let may = |tasks: &Vec<Value>| tasks.iter().any(|task| task == TASK);
    // Where no tasks are told, whether they suffice shows in `kasnec channel check`.
    if !page["tasks"].as_array().is_none_or(may) {
        return Err(ConnectError::MayNotPublish(name));
    }
    let Some(token) = page["access_token"].as_str() else {
        return Err(ConnectError::MayNotPublish(name));
    };
    let note = format!("Connected to the Page \"{name}\" ({id}).{aside}");
    let end =
        "The connection has no end date, but ends if the person changes their password, removes the app or loses the role on the Page.";
    Ok((token.to_owned(), vec![note, end.to_owned()]))
}

fn name(page: &Value) -> PageName {
    let text = |field: &str| page[field].as_str().unwrap_or_default().to_owned();
    PageName {
        id: text("id"),
        name: text("name"),
    }
}
