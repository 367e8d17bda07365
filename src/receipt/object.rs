//! Remote objects: what a delivery made, in order.

use serde::{Deserialize, Serialize};

use super::words::words;

words! {
    /// How far a remote object has come.
    Phase {
        /// It exists, but nobody outside sees it.
        Draft = "draft",
        /// It stands in public.
        Public = "public",
        /// It was taken down.
        Gone = "gone",
        /// The remote would not do it, and will not.
        Refused = "refused",
        /// It was sent, and whether it stands nobody can tell: it is never sent again by itself.
        InDoubt = "in doubt",
    }
}

/// One thing at the remote, named by the step that made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// The step's name, for example `photo-1`, `draft`, `public`.
    pub role: String,
    /// How far it has come.
    pub phase: Phase,
    /// The remote's id for it.
    pub remote_id: String,
    /// Where it can be seen.
    pub url: Option<String>,
}

impl Object {
    /// An object of that role.
    pub fn new(role: impl Into<String>, phase: Phase, remote_id: impl Into<String>) -> Self {
        Self {
            role: role.into(),
            phase,
            remote_id: remote_id.into(),
            url: None,
        }
    }

    /// The same, with its address.
    #[must_use]
    pub fn at(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }
}

/// The objects of a delivery, in the order in which they were made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Objects(pub Vec<Object>);

impl Objects {
    /// The object that step made.
    pub fn get(&self, role: &str) -> Option<&Object> {
        self.0.iter().find(|object| object.role == role)
    }

    /// The remote id of the object that step made.
    pub fn id(&self, role: &str) -> Option<&str> {
        self.get(role).map(|object| object.remote_id.as_str())
    }

    /// Whether that step is done.
    pub fn has(&self, role: &str) -> bool {
        self.get(role).is_some()
    }

    /// Keeps an object, in place of an earlier one of the same role.
    pub fn put(&mut self, object: Object) {
        match self.0.iter_mut().find(|o| o.role == object.role) {
            Some(old) => *old = object,
            None => self.0.push(object),
        }
    }

    /// Whether anything of it stands in public.
    pub fn is_public(&self) -> bool {
        self.0.iter().any(|object| object.phase == Phase::Public)
    }

    /// Whether something of it is public, or may be.
    pub fn may_be_seen(&self) -> bool {
        self.is_public() || self.in_doubt().next().is_some()
    }

    /// What was sent, and may or may not stand.
    pub fn in_doubt(&self) -> impl Iterator<Item = &Object> {
        self.0.iter().filter(|object| object.phase == Phase::InDoubt)
    }

    /// Whether nothing was made.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
