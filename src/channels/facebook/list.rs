//! Looking through a list of posts, page after page.

use serde_json::Value;
use url::Url;

use super::Facebook;
use super::errors::Fault;
use super::post::{earliest, is_recent};
use crate::channels::Job;

/// What is read of the posts in a list.
const LISTED: &str = "id,message,created_time,permalink_url,application";
/// How many pages of a hundred posts are looked through.
const PAGES: usize = 10;
/// What must not be taken over from the address of the next page: it goes along in its own way.
const OWN: [&str; 2] = ["access_token", "appsecret_proof"];

/// What a search through a list came to.
pub(super) enum Search {
    /// The post that was looked for.
    Found(Value),
    /// The list ended without it.
    Absent,
    /// The list goes on beyond what is looked through.
    Unfinished,
}

impl Facebook {
    /// Looks through the list of the Page for what `wanted` recognises, among everything that is not older than the job.
    pub(super) async fn search(&self, edge: &str, job: &Job, wanted: impl Fn(&Value) -> bool + Send) -> Result<Search, Fault> {
        let path = format!("/{}/{edge}", self.graph.page);
        let since = earliest(job).timestamp().to_string();
        let mut query: Vec<(String, String)> = [("fields", LISTED), ("since", &since), ("limit", "100")].map(owned).to_vec();
        for _ in 0..PAGES {
            let pairs: Vec<(&str, &str)> = query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let list = self.graph.get(&path, &pairs).await?;
            let posts = list["data"].as_array().map(Vec::as_slice).unwrap_or_default();
            if let Some(post) = posts.iter().find(|post| wanted(post)) {
                return Ok(Search::Found(post.clone()));
            }
            // The newest come first; `since` itself is not documented for every list.
            let reached = !posts.iter().any(|post| is_recent(post, job));
            match next_page(&list) {
                Some(next) if !reached => query = next,
                _ => return Ok(Search::Absent),
            }
        }
        Ok(Search::Unfinished)
    }
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// What the next page is asked for. Of its address only the query is used: the call goes where the account is.
fn next_page(list: &Value) -> Option<Vec<(String, String)>> {
    let next = Url::parse(list["paging"]["next"].as_str()?).ok()?;
    let pairs = next.query_pairs().filter(|(name, _)| !OWN.contains(&name.as_ref()));
    Some(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
}
