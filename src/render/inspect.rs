//! What can be known of a template before it is used: every partial, helper and text it names must exist.

use std::collections::HashMap;

use handlebars::Template;
use handlebars::template::{DecoratorTemplate, HelperTemplate, Parameter, TemplateElement};

use super::RenderError;
use super::error::file_of;
use super::helpers::KNOWN;
use super::words::knows;

/// Checks one template against the registered partials.
pub fn inspect(template: &Template, partials: &HashMap<String, Template>) -> Result<(), RenderError> {
    let reader = Reader {
        file: file_of(template.name.as_deref().unwrap_or_default()),
        partials,
    };
    reader.template(template)
}

struct Reader<'a> {
    file: String,
    partials: &'a HashMap<String, Template>,
}

impl Reader<'_> {
    fn template(&self, template: &Template) -> Result<(), RenderError> {
        for (index, element) in template.elements.iter().enumerate() {
            let line = template.mapping.get(index).map_or(1, |at| at.0);
            match element {
                TemplateElement::Expression(call) | TemplateElement::HtmlExpression(call) | TemplateElement::HelperBlock(call) => {
                    self.call(call, line)?;
                }
                TemplateElement::PartialExpression(partial) | TemplateElement::PartialBlock(partial) => self.partial(partial, line)?,
                TemplateElement::DecoratorExpression(d) | TemplateElement::DecoratorBlock(d) => return Err(self.inline(d, line)),
                _ => {}
            }
        }
        Ok(())
    }

    fn call(&self, call: &HelperTemplate, line: usize) -> Result<(), RenderError> {
        let plain_value = !call.block && call.params.is_empty() && call.hash.is_empty();
        if let Some(name) = call.name.as_name()
            && !plain_value
            && !KNOWN.contains(&name)
        {
            return Err(RenderError::UnknownHelper {
                file: self.file.clone(),
                line,
                name: name.to_owned(),
                known: KNOWN.join(", "),
            });
        }
        self.text(call, line)?;
        for parameter in call.params.iter().chain(call.hash.values()) {
            self.parameter(parameter, line)?;
        }
        for inner in call.template.iter().chain(&call.inverse) {
            self.template(inner)?;
        }
        Ok(())
    }

    fn text(&self, call: &HelperTemplate, line: usize) -> Result<(), RenderError> {
        match (call.name.as_name(), call.params.first()) {
            (Some("t"), Some(Parameter::Literal(serde_json::Value::String(key)))) if !knows(key, call.hash.keys()) => {
                Err(RenderError::UnknownText {
                    file: self.file.clone(),
                    line,
                    key: key.clone(),
                })
            }
            _ => Ok(()),
        }
    }

    fn parameter(&self, parameter: &Parameter, line: usize) -> Result<(), RenderError> {
        match parameter {
            Parameter::Subexpression(sub) => match sub.as_element() {
                TemplateElement::Expression(call) => self.call(call, line),
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn partial(&self, partial: &DecoratorTemplate, line: usize) -> Result<(), RenderError> {
        match partial.name.as_name() {
            Some(name) if !self.partials.contains_key(name) => Err(RenderError::UnknownPartial {
                file: self.file.clone(),
                line,
                name: name.to_owned(),
            }),
            _ => partial.template.as_ref().map_or(Ok(()), |inner| self.template(inner)),
        }
    }

    /// Inline partials hide a partial from every other template, so they are not taken.
    fn inline(&self, decorator: &DecoratorTemplate, line: usize) -> RenderError {
        RenderError::Failed {
            file: self.file.clone(),
            line,
            what: format!(
                "\"{}\" is a decorator; put the piece into templates/partials/ and include it",
                decorator.name.as_name().unwrap_or("*")
            ),
        }
    }
}
