//! Who is calling, and whether they may.

use super::clock::now;
use super::errors::GraphError;
use super::params::Params;
use super::proof;
use super::request::Call;
use super::settings::Condition;
use super::tokens::{Token, TokenKind};
use super::world::World;

impl World {
    /// The live token of a call, its proof verified.
    pub fn caller(&self, call: &Call) -> Result<Token, GraphError> {
        let value = call
            .bearer
            .clone()
            .or_else(|| Params(&call.params).filled("access_token"))
            .ok_or_else(|| GraphError::new(104, "An access token is required to request this resource."))?;
        let token = self
            .tokens
            .get(&value)
            .ok_or_else(|| GraphError::new(190, "Invalid OAuth access token - Cannot parse access token"))?;
        token.check(now())?;
        self.check_proof(call, token)?;
        Ok(token.clone())
    }

    fn check_proof(&self, call: &Call, token: &Token) -> Result<(), GraphError> {
        match Params(&call.params).filled("appsecret_proof") {
            Some(given) if proof::is_valid(&given, &token.value, &self.options.app_secret) => Ok(()),
            Some(_) => Err(GraphError::new(100, "Invalid appsecret_proof provided in the API argument").kind("GraphMethodException")),
            None if self.settings.has(Condition::ProofRequired) && token.kind != TokenKind::App => {
                Err(GraphError::new(104, "API calls from the server require an appsecret_proof argument").kind("GraphMethodException"))
            }
            None => Ok(()),
        }
    }

    /// The caller, who must be the Page and allowed to publish.
    pub fn publisher(&self, call: &Call) -> Result<Token, GraphError> {
        let token = self.page_caller(call)?;
        if self.has_scopes(&token, &["pages_manage_posts", "pages_read_engagement"]) {
            return Ok(token);
        }
        Err(GraphError::new(
            200,
            "(#200) If posting to a group, requires app being installed in the group, and either publish_to_groups \
             permission with user token, or both pages_read_engagement and pages_manage_posts permission with page \
             token; If posting to a page, requires both pages_read_engagement and pages_manage_posts as an admin with \
             sufficient administrative permission",
        ))
    }

    /// The caller, who must be the Page and allowed to comment.
    pub fn commenter(&self, call: &Call) -> Result<Token, GraphError> {
        let token = self.page_caller(call)?;
        if self.has_scopes(&token, &["pages_manage_engagement"]) {
            return Ok(token);
        }
        Err(GraphError::new(
            200,
            "(#200) This action requires the pages_manage_engagement permission",
        ))
    }

    /// The caller, who must be allowed to read what is on the Page.
    pub fn reader(&self, call: &Call) -> Result<Token, GraphError> {
        let token = self.caller(call)?;
        if self.has_scopes(&token, &["pages_read_engagement"]) {
            return Ok(token);
        }
        Err(GraphError::new(
            10,
            "(#10) This endpoint requires the 'pages_read_engagement' permission or the 'Page Public Content Access' \
             feature. Refer to https://developers.facebook.com/docs/apps/review/login-permissions#manage-pages and \
             https://developers.facebook.com/docs/apps/review/feature#reference-PAGES_ACCESS for details.",
        ))
    }

    fn page_caller(&self, call: &Call) -> Result<Token, GraphError> {
        let token = self.caller(call)?;
        if token.kind == TokenKind::Page {
            return Ok(token);
        }
        Err(GraphError::new(190, "(#190) This method must be called with a Page Access Token")
            .subcode(2_069_032)
            .user(
                "User Access Token Is Not Supported",
                "A Page access token is required for this call for the new Pages experience.",
            ))
    }

    /// Whether a token was granted these scopes and none of them is set to be missing.
    pub fn has_scopes(&self, token: &Token, scopes: &[&str]) -> bool {
        scopes.iter().all(|scope| self.scopes(token).iter().any(|granted| granted == scope))
    }

    /// What a token was granted, less what is set to be missing.
    pub fn scopes(&self, token: &Token) -> Vec<String> {
        token
            .scopes
            .iter()
            .filter(|scope| !self.settings.missing_scopes.contains(*scope))
            .cloned()
            .collect()
    }
}
