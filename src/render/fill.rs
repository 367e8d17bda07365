//! Small text templates that are not files (a manifest's URL, header or body), compiled when they are first met.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use handlebars::{Context, Handlebars, RenderContext, Renderable, Template};
use serde_json::Value;

use super::RenderError;

/// Manifests have a few dozen; more than this means that somebody fills texts that change, which must not fill the memory.
const KEPT: usize = 512;

/// The compiled ones, by their text.
#[derive(Default)]
pub struct Fillings {
    compiled: RwLock<HashMap<String, Arc<Template>>>,
}

impl Fillings {
    /// Fills `template` with `data`, as strictly as a file.
    pub fn fill(&self, registry: &Handlebars<'static>, template: &str, data: &Value) -> Result<String, RenderError> {
        let compiled = self.compiled(template)?;
        let context = Context::from(data.clone());
        compiled
            .renders(registry, &context, &mut RenderContext::new(None))
            .map_err(|error| unfilled(&RenderError::running("(manifest)/", &error)))
    }

    fn compiled(&self, template: &str) -> Result<Arc<Template>, RenderError> {
        if let Some(known) = self.compiled.read().unwrap_or_else(PoisonError::into_inner).get(template) {
            return Ok(Arc::clone(known));
        }
        let fresh = Template::compile(template).map_err(|error| unfilled(&RenderError::syntax("(manifest)", &error)))?;
        let fresh = Arc::new(fresh);
        let mut all = self.compiled.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEPT {
            all.clear();
        }
        all.insert(template.to_owned(), Arc::clone(&fresh));
        Ok(fresh)
    }
}

/// The same mistake, said of a manifest: there is no file below `templates/` to point at.
fn unfilled(error: &RenderError) -> RenderError {
    let (line, what) = match error {
        RenderError::MissingValue { line, value, .. } => (*line, format!("there is no value \"{value}\"")),
        RenderError::Failed { line, what, .. } | RenderError::Syntax { line, what, .. } => (*line, what.clone()),
        other => (1, other.to_string()),
    };
    RenderError::Unfilled { line, what }
}
