//! Facebook Login's token side: codes, exchanges, and what a token is worth.

use serde_json::{Value, json};

use super::clock::now;
use super::errors::GraphError;
use super::journal::Entry;
use super::nodes::USER_ID;
use super::params::Params;
use super::request::Call;
use super::tokens::{Token, TokenKind, TokenState, fresh_value};
use super::world::World;

/// Seconds a long-lived user token lives: just under sixty days.
pub(super) const LONG_LIVED: i64 = 5_183_944;
/// Seconds a fresh user token lives.
const SHORT_LIVED: i64 = 5_400;

/// What the consent dialog handed out against a code.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub redirect_uri: String,
    pub scopes: Vec<String>,
    pub used: bool,
}

impl World {
    /// `/oauth/access_token`: a code for a token, or a token for one that lives longer.
    pub fn exchange(&mut self, call: &Call) -> Result<Value, GraphError> {
        let params = Params(&call.params);
        self.check_client(params)?;
        match params.filled("grant_type").as_deref() {
            Some("fb_exchange_token") => self.extend(params),
            Some("client_credentials") => {
                let value = format!("{}|{}", self.options.app_id, self.options.app_secret);
                Ok(json!({ "access_token": value, "token_type": "bearer" }))
            }
            Some("authorization_code") | None => self.redeem(params),
            Some(other) => Err(GraphError::new(1, format!("Invalid grant_type: {other}"))),
        }
    }

    fn check_client(&self, params: Params) -> Result<(), GraphError> {
        if params.filled("client_id").as_deref() != Some(self.options.app_id.as_str()) {
            return Err(GraphError::new(
                101,
                "Error validating application. Cannot get application info due to a system error.",
            ));
        }
        if params.filled("client_secret").as_deref() != Some(self.options.app_secret.as_str()) {
            return Err(GraphError::new(1, "Error validating client secret."));
        }
        Ok(())
    }

    fn redeem(&mut self, params: Params) -> Result<Value, GraphError> {
        let code = params.filled("code").unwrap_or_default();
        let grant = self
            .grants
            .get_mut(&code)
            .ok_or_else(|| GraphError::new(100, "Invalid verification code format.").subcode(36_008))?;
        if grant.used {
            return Err(GraphError::new(100, "This authorization code has been used.").subcode(36_009));
        }
        if params.filled("redirect_uri").as_deref() != Some(grant.redirect_uri.as_str()) {
            return Err(GraphError::new(
                100,
                "Error validating verification code. Please make sure your redirect_uri is identical to the one you \
                 used in the OAuth dialog request",
            )
            .subcode(36_008));
        }
        grant.used = true;
        let scopes = grant.scopes.clone();
        self.grant_token(SHORT_LIVED, scopes)
    }

    fn extend(&mut self, params: Params) -> Result<Value, GraphError> {
        let value = params.filled("fb_exchange_token").unwrap_or_default();
        let token = self
            .tokens
            .get(&value)
            .filter(|token| token.kind == TokenKind::User)
            .ok_or_else(|| GraphError::new(190, "Invalid OAuth access token - Cannot parse access token"))?;
        token.check(now())?;
        let scopes = token.scopes.clone();
        self.grant_token(LONG_LIVED, scopes)
    }

    fn grant_token(&mut self, lifetime: i64, scopes: Vec<String>) -> Result<Value, GraphError> {
        let token = Token {
            scopes,
            ..Token::issue(fresh_value("EAAUser"), TokenKind::User, now(), lifetime)
        };
        let answer = json!({ "access_token": token.value, "token_type": "bearer", "expires_in": lifetime });
        self.put(Entry::Token(Box::new(token)))?;
        Ok(answer)
    }

    /// The Page token that belongs to a user token: it never expires if the user token is long-lived.
    pub fn page_token(&mut self, user: &Token) -> Result<String, GraphError> {
        let lasting = user.expires_at == 0 || user.expires_at - user.issued > SHORT_LIVED;
        let lifetime = if lasting { 0 } else { user.expires_at - user.issued };
        let given = self.tokens.values().find(|token| {
            token.kind == TokenKind::Page
                && token.state == TokenState::Live
                && (token.expires_at == 0) == lasting
                && token.scopes == user.scopes
        });
        if let Some(token) = given {
            return Ok(token.value.clone());
        }
        let token = Token {
            scopes: user.scopes.clone(),
            ..Token::issue(fresh_value("EAAPage"), TokenKind::Page, now(), lifetime)
        };
        let value = token.value.clone();
        self.put(Entry::Token(Box::new(token)))?;
        Ok(value)
    }

    /// `/debug_token`
    pub fn debug_token(&self, call: &Call) -> Result<Value, GraphError> {
        self.caller(call)?;
        let params = Params(&call.params);
        let input = params
            .filled("input_token")
            .ok_or_else(|| GraphError::parameter("You must provide an input token"))?;
        let data = self.tokens.get(&input).map_or_else(unknown_token, |token| self.token_facts(token));
        Ok(json!({ "data": data }))
    }

    fn token_facts(&self, token: &Token) -> Value {
        let scopes = self.scopes(token);
        let granular: Vec<Value> = scopes
            .iter()
            .filter(|scope| scope.starts_with("pages_"))
            .map(|scope| json!({ "scope": scope, "target_ids": [self.options.page_id] }))
            .collect();
        let mut facts = json!({
            "app_id": self.options.app_id,
            "type": token.kind,
            "application": "Kasnec",
            "data_access_expires_at": token.data_access_expires_at,
            "expires_at": token.expires_at,
            "is_valid": true,
            "issued_at": token.issued,
            "scopes": scopes,
            "granular_scopes": granular,
            "user_id": USER_ID,
        });
        if token.kind == TokenKind::Page {
            facts["profile_id"] = json!(self.options.page_id);
        }
        if let Err(error) = token.check(now()) {
            facts["is_valid"] = json!(false);
            facts["error"] = json!({ "code": error.code, "message": error.message, "subcode": error.subcode });
        }
        facts
    }
}

fn unknown_token() -> Value {
    json!({ "error": { "code": 190, "message": "Invalid OAuth access token." }, "is_valid": false, "scopes": [] })
}
