//! Partials put in place once, when templates are compiled.
//!
//! Handlebars copies the whole context for every partial it meets, and every value that is used inside one: three quarters of
//! the time of an HTML channel. A partial without parameters means the same as its text in its place, so that is where it goes;
//! it stays a template of its own there, so that errors still name its file and line.

use std::collections::HashMap;

use handlebars::template::{HelperTemplate, TemplateElement};
use handlebars::{Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext, Renderable, Template};

use super::RenderError;
use super::error::file_of;

/// The block that stands where a partial was; no template can name it, for the inspection refuses it.
const PLACE: &str = "included";

/// Puts every parameterless partial of `template` in its place.
pub fn include(template: &Template, partials: &HashMap<String, Template>) -> Result<Template, RenderError> {
    let trail = vec![template.name.clone().unwrap_or_default()];
    Includer { partials, trail }.template(template)
}

/// Adds the helper that renders what was put in place.
pub fn register(registry: &mut Handlebars<'static>) {
    registry.register_helper(PLACE, Box::new(Place));
}

struct Place;

impl HelperDef for Place {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        scope: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        helper
            .template()
            .map_or(Ok(()), |partial| partial.render(registry, context, scope, out))
    }
}

struct Includer<'a> {
    partials: &'a HashMap<String, Template>,
    /// The files we are in, outermost first.
    trail: Vec<String>,
}

impl Includer<'_> {
    fn template(&mut self, template: &Template) -> Result<Template, RenderError> {
        let mut whole = template.clone();
        for (index, element) in whole.elements.iter_mut().enumerate() {
            let line = template.mapping.get(index).map_or(1, |at| at.0);
            match element {
                TemplateElement::HelperBlock(call) => self.block(call)?,
                TemplateElement::PartialExpression(partial) if partial.params.is_empty() && partial.hash.is_empty() => {
                    if let Some(place) = partial.name.as_name().map(|name| self.place(name, line)).transpose()? {
                        *element = place;
                    }
                }
                _ => {}
            }
        }
        Ok(whole)
    }

    fn block(&mut self, call: &mut HelperTemplate) -> Result<(), RenderError> {
        for inner in call.template.iter_mut().chain(&mut call.inverse) {
            *inner = self.template(inner)?;
        }
        Ok(())
    }

    fn place(&mut self, name: &str, line: usize) -> Result<TemplateElement, RenderError> {
        let here = self.trail.last().map(|file| file_of(file)).unwrap_or_default();
        let failed = |what: String| RenderError::Failed {
            file: here.clone(),
            line,
            what,
        };
        if self.trail.iter().any(|file| file == name) {
            return Err(failed(format!("the partial \"{name}\" includes itself")));
        }
        let partial = self.partials.get(name).ok_or_else(|| RenderError::UnknownPartial {
            file: here.clone(),
            line,
            name: name.to_owned(),
        })?;
        self.trail.push(name.to_owned());
        let whole = self.template(partial)?;
        self.trail.pop();
        let mut stub = Template::compile(&format!("{{{{#{PLACE}}}}}{{{{/{PLACE}}}}}")).map_err(|error| failed(error.to_string()))?;
        match stub.elements.pop() {
            Some(TemplateElement::HelperBlock(mut place)) => {
                place.template = Some(whole);
                Ok(TemplateElement::HelperBlock(place))
            }
            _ => Err(failed(format!("the partial \"{name}\" cannot be put in its place"))),
        }
    }
}
