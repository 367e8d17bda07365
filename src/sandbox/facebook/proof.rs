//! `appsecret_proof`: the HMAC-SHA256 of the access token under the app's secret.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Whether the proof belongs to this token and this app.
pub(super) fn is_valid(proof: &str, token: &str, app_secret: &str) -> bool {
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(app_secret.as_bytes()) else {
        return false;
    };
    let Ok(given) = hex::decode(proof) else { return false };
    mac.chain_update(token.as_bytes()).verify_slice(&given).is_ok()
}
