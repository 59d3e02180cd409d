//! `X-Hub-Signature`: HMAC-SHA256 (RFC 2104) over the body's bytes.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// SHA-256 works on blocks of so many bytes.
const BLOCK: usize = 64;

/// The header's value: `sha256=` and the MAC in hexadecimal.
pub(super) fn signature(secret: &str, body: &[u8]) -> String {
    let mut out = "sha256=".to_owned();
    for byte in mac(secret.as_bytes(), body) {
        // Writing to a string never fails.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

fn mac(secret: &[u8], body: &[u8]) -> [u8; 32] {
    let hashed = Sha256::digest(secret);
    let secret = if secret.len() > BLOCK {
        hashed.as_slice()
    } else {
        secret
    };
    let padded = |with: u8| {
        let padding = std::iter::repeat_n(0, BLOCK - secret.len());
        let key = secret.iter().copied().chain(padding);
        key.map(|byte| byte ^ with).collect::<Vec<u8>>()
    };
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(body);
    let outer = Sha256::new().chain_update(padded(0x5c));
    outer.chain_update(inner.finalize()).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::{mac, signature};

    /// RFC 4231, test case 2.
    #[test]
    fn the_known_answer_comes_out() {
        assert_eq!(
            signature("Jefe", b"what do ya want for nothing?"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    /// RFC 4231, test case 6: a key longer than a block.
    #[test]
    fn a_long_key_is_hashed_first() {
        let text = b"Test Using Larger Than Block-Size Key - Hash Key First";
        let start = [0x60, 0xe4, 0x31, 0x59, 0x1e, 0xe0, 0xb6, 0x7f];
        assert_eq!(mac(&[0xaa; 131], text)[..8], start);
    }
}
