//! The `fields` parameter: which fields, how deep, and which do not exist.

use serde_json::{Map, Value};

use super::errors::GraphError;

/// The kinds of objects that can be asked for fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Node {
    Page,
    Post,
    Photo,
    Video,
    Comment,
    User,
    Application,
    Link,
}

impl Node {
    /// Meta's name of the type, as its errors have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "Page",
            Self::Post => "PagePost",
            Self::Photo => "Photo",
            Self::Video => "Video",
            Self::Comment => "Comment",
            Self::User => "User",
            Self::Application => "Application",
            Self::Link => "URL",
        }
    }

    /// What is answered when no fields are named; `id` comes always.
    fn defaults(self) -> &'static [&'static str] {
        match self {
            Self::Page | Self::User => &["name"],
            Self::Post => &["created_time", "message"],
            Self::Photo => &["created_time", "name"],
            Self::Video => &["updated_time", "description"],
            Self::Comment => &["created_time", "from", "message"],
            Self::Application => &["category", "link", "name"],
            Self::Link => &["og_object"],
        }
    }

    /// The fields that Meta's tables name and the sandbox may leave empty.
    fn known(self) -> &'static [&'static str] {
        match self {
            Self::Page => &PAGE,
            Self::Post => &POST,
            Self::Photo => &PHOTO,
            Self::Video => &VIDEO,
            Self::Comment => &COMMENT,
            Self::User => &["id", "name", "first_name", "last_name", "email"],
            Self::Application => &["id", "name", "category", "link", "namespace"],
            Self::Link => &["id", "engagement", "og_object"],
        }
    }
}

const PAGE: [&str; 19] = [
    "id",
    "name",
    "access_token",
    "about",
    "category",
    "category_list",
    "cover",
    "fan_count",
    "followers_count",
    "has_transitioned_to_new_page_experience",
    "is_published",
    "link",
    "location",
    "picture",
    "tasks",
    "username",
    "verification_status",
    "website",
    "phone",
];
const POST: [&str; 38] = [
    "id",
    "message",
    "created_time",
    "updated_time",
    "permalink_url",
    "application",
    "status_type",
    "attachments",
    "is_published",
    "is_hidden",
    "is_pinned",
    "is_expired",
    "scheduled_publish_time",
    "from",
    "full_picture",
    "picture",
    "comments",
    "shares",
    "likes",
    "reactions",
    "story",
    "story_tags",
    "message_tags",
    "actions",
    "admin_creator",
    "backdated_time",
    "place",
    "privacy",
    "promotable_id",
    "promotion_status",
    "properties",
    "target",
    "targeting",
    "timeline_visibility",
    "to",
    "via",
    "parent_id",
    "icon",
];
const PHOTO: [&str; 18] = [
    "id",
    "name",
    "created_time",
    "updated_time",
    "alt_text",
    "alt_text_custom",
    "images",
    "link",
    "page_story_id",
    "picture",
    "width",
    "height",
    "from",
    "album",
    "icon",
    "target",
    "backdated_time",
    "can_delete",
];
const VIDEO: [&str; 18] = [
    "id",
    "title",
    "description",
    "created_time",
    "updated_time",
    "status",
    "permalink_url",
    "published",
    "post_id",
    "length",
    "source",
    "picture",
    "from",
    "is_crossposting_eligible",
    "scheduled_publish_time",
    "thumbnails",
    "embeddable",
    "icon",
];
const COMMENT: [&str; 13] = [
    "id",
    "message",
    "created_time",
    "from",
    "permalink_url",
    "attachment",
    "comment_count",
    "like_count",
    "parent",
    "is_hidden",
    "can_remove",
    "can_hide",
    "object",
];
/// Left these edges in v3.3.
const GONE_FROM_POSTS: [&str; 7] = ["link", "name", "caption", "description", "type", "source", "object_id"];

/// One requested field with what was asked of it in turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub name: String,
    pub inner: Vec<Field>,
}

/// Reads `id,attachments{target,subattachments.limit(5){media}}`.
pub(super) fn parse(text: &str) -> Result<Vec<Field>, GraphError> {
    let mut rest = text.trim();
    let fields = list(&mut rest)?;
    if rest.is_empty() { Ok(fields) } else { Err(syntax(rest)) }
}

/// The object with only what was asked for.
pub(super) fn project(node: Node, whole: &Value, asked: Option<&str>) -> Result<Value, GraphError> {
    let fields = match asked.filter(|text| !text.trim().is_empty()) {
        Some(text) => parse(text)?,
        None => node
            .defaults()
            .iter()
            .map(|name| Field {
                name: (*name).into(),
                inner: Vec::new(),
            })
            .collect(),
    };
    for field in &fields {
        check(node, &field.name)?;
    }
    let mut picked = pick(whole, &fields);
    if let (Value::Object(picked), Some(id)) = (&mut picked, whole.get("id")) {
        picked.insert("id".into(), id.clone());
    }
    Ok(picked)
}

fn check(node: Node, name: &str) -> Result<(), GraphError> {
    if node == Node::Post && GONE_FROM_POSTS.contains(&name) {
        let message = "(#12) deprecate_post_aggregated_fields_for_attachement is deprecated for versions v3.3 and higher";
        return Err(GraphError::new(12, message));
    }
    if node.known().contains(&name) {
        return Ok(());
    }
    Err(super::graph::no_such_edge(name, node))
}

/// Follows the fields into objects, lists, and the `data` of an edge.
fn pick(whole: &Value, fields: &[Field]) -> Value {
    match whole {
        Value::Array(items) => items.iter().map(|item| pick(item, fields)).collect(),
        Value::Object(map) if map.contains_key("data") => {
            let mut edge = map.clone();
            edge.insert("data".into(), pick(&map["data"], fields));
            Value::Object(edge)
        }
        Value::Object(map) => Value::Object(pick_each(map, fields)),
        other => other.clone(),
    }
}

fn pick_each(map: &Map<String, Value>, fields: &[Field]) -> Map<String, Value> {
    let pick_one = |field: &Field| {
        let value = map.get(&field.name).filter(|value| !value.is_null())?;
        let value = if field.inner.is_empty() {
            value.clone()
        } else {
            pick(value, &field.inner)
        };
        Some((field.name.clone(), value))
    };
    fields.iter().filter_map(pick_one).collect()
}

fn list(rest: &mut &str) -> Result<Vec<Field>, GraphError> {
    let mut fields = Vec::new();
    loop {
        fields.push(field(rest)?);
        match rest.strip_prefix(',') {
            Some(more) => *rest = more,
            None => return Ok(fields),
        }
    }
}

fn field(rest: &mut &str) -> Result<Field, GraphError> {
    let name = word(rest)?;
    while let Some(modifier) = rest.strip_prefix('.') {
        let end = modifier.find(')').ok_or_else(|| syntax(modifier))?;
        *rest = &modifier[end + 1..];
    }
    let Some(nested) = rest.strip_prefix('{') else {
        return Ok(Field { name, inner: Vec::new() });
    };
    *rest = nested;
    let inner = list(rest)?;
    *rest = rest.strip_prefix('}').ok_or_else(|| syntax(rest))?;
    Ok(Field { name, inner })
}

fn word(rest: &mut &str) -> Result<String, GraphError> {
    let trimmed = rest.trim_start();
    let end = trimmed
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(trimmed.len());
    if end == 0 {
        return Err(syntax(trimmed));
    }
    *rest = trimmed[end..].trim_start();
    Ok(trimmed[..end].to_owned())
}

fn syntax(rest: &str) -> GraphError {
    let found = rest.chars().next().map_or("end of string".to_owned(), String::from);
    GraphError::new(
        2500,
        format!("Syntax error \"Expected end of string instead of \"{found}\".\" in the field expression"),
    )
}
