//! `appsecret_proof`: shows Facebook that whoever holds the token also knows the app's secret.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// HMAC-SHA256 of the token under the app's secret, in hex.
pub fn appsecret_proof(app_secret: &str, token: &str) -> String {
    // HMAC takes keys of any length; the other arm is never taken.
    Hmac::<Sha256>::new_from_slice(app_secret.as_bytes()).map_or_else(
        |_| String::new(),
        |mac| hex::encode(mac.chain_update(token.as_bytes()).finalize().into_bytes()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proof_is_that_of_rfc_4231() {
        let proof = appsecret_proof("Jefe", "what do ya want for nothing?");
        assert_eq!(proof, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
