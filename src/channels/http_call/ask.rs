//! From a manifest's templates to a request, and what it means when there is no answer.

use serde_json::Value;

use crate::http::{CallError, Method, Outbound, Reply};
use crate::manifest::HttpCall;
use crate::receipt::{Answer, Failure, FailureCode, Scrub};
use crate::render::{RenderError, Renderer};

/// One call about to be made.
pub struct Ask<'a> {
    pub channel: &'a str,
    pub call: &'a HttpCall,
    pub renderer: &'a Renderer,
    pub http: &'a Outbound,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The manifest's template cannot be filled.
    #[error("{0}")]
    Template(#[from] RenderError),
    /// The manifest's method is none, or a filled header cannot be one.
    #[error("channels/{channel}.toml: {what} cannot be sent; mend it, or the value that fills it")]
    Manifest { channel: String, what: String },
    /// The call failed.
    #[error("{0}")]
    Call(#[from] CallError),
}

impl Ask<'_> {
    /// Fills the templates and makes the call.
    pub async fn send(&self, data: &Value) -> Result<Reply, AskError> {
        let fill = |template: &str| self.renderer.fill(template, data);
        let method = Method::from_bytes(self.call.method.to_ascii_uppercase().as_bytes())
            .map_err(|_| self.unsendable(format!("the method \"{}\"", self.call.method)))?;
        let mut request = self.http.to_account(method, fill(&self.call.url)?.trim())?;
        for (name, template) in &self.call.headers {
            let value = fill(template)?;
            if !is_header(name, &value) {
                return Err(self.unsendable(format!("the header \"{name}\"")));
            }
            request = request.header(name, value);
        }
        if let Some(body) = &self.call.body {
            request = request.body(fill(body)?);
        }
        Ok(self.http.call(request).await?)
    }

    fn unsendable(&self, what: String) -> AskError {
        AskError::Manifest {
            channel: self.channel.to_owned(),
            what,
        }
    }
}

impl AskError {
    /// What that means for the delivery.
    pub fn answer(self, channel: &str, scrub: &Scrub) -> Answer {
        let said = scrub.clean(&self.to_string());
        let failure = |code, what: String| Failure::new(code, what).with_evidence(&said);
        match self {
            Self::Template(_) | Self::Manifest { .. } => Answer::Reject(Failure::new(FailureCode::Template, said)),
            // The shortened address in the error could show the beginning of a secret: it is not repeated.
            Self::Call(CallError::Forbidden(_, why)) => {
                let what = format!("The address that the account on {channel} gives cannot be called: {why}.");
                Answer::Reauthorise(Failure::new(FailureCode::NotConfigured, what))
            }
            Self::Call(error) if error.may_have_acted() => {
                let what = format!("{channel} was asked, but no answer came back.");
                Answer::Unknown(failure(FailureCode::NoAnswer, what))
            }
            Self::Call(_) => Answer::Retry(failure(FailureCode::Unreachable, format!("{channel} could not be reached."))),
        }
    }
}

/// A line break in a value would begin another header: such a value is refused, not repaired.
fn is_header(name: &str, value: &str) -> bool {
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !name.is_empty() && name.chars().all(token) && !value.chars().any(char::is_control)
}
