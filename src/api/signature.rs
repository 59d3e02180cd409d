//! Whether a body comes from somebody who knows the secret.

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// What a signature begins with. WebSub, from which Jira has its header, names other
/// algorithms too: Jira uses this one, and SHA-1 is too weak to be taken.
const ALGORITHM: &str = "sha256=";

/// Whether `X-Hub-Signature` (`sha256=` and 64 hexadecimal digits, of either case) is
/// the HMAC-SHA256 (RFC 2104) of the body, byte by byte as it came, under the secret.
/// How long it takes tells nothing of the right signature.
///
/// Jira Cloud's webhooks and Data Center's from 10.0 on sign so, if they have a
/// secret. Nothing is signed with an empty one: anybody could.
#[must_use]
pub(super) fn is_signed(body: &[u8], header: &str, secret: &str) -> bool {
    let Some(shown) = header.trim().strip_prefix(ALGORITHM).and_then(decode) else {
        return false;
    };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return false;
    };
    mac.update(body);
    // Compares in constant time.
    !secret.is_empty() && mac.verify_slice(&shown).is_ok()
}

/// The bytes of a digest in hexadecimal.
fn decode(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if hex.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
        for digit in digits {
            let digit = char::from(*digit).to_digit(16)?;
            *byte = *byte << 4 | u8::try_from(digit).ok()?;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// RFC 4231, test case 2.
    const KEY: &str = "Jefe";
    const DATA: &[u8] = b"what do ya want for nothing?";
    const MAC: &str = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

    #[test]
    fn the_published_signature_is_right_in_either_case() {
        for header in [
            format!("sha256={MAC}"),
            format!("sha256={}", MAC.to_uppercase()),
            format!(" sha256={MAC} "),
        ] {
            assert!(is_signed(DATA, &header, KEY), "{header}");
        }
    }

    /// The text of RFC 4231, test case 6, whose key is no text: computed with a key
    /// of letters by Python's `hmac`.
    #[test]
    fn a_secret_longer_than_a_block_works() {
        let data = b"Test Using Larger Than Block-Size Key - Hash Key First";
        let mac = "sha256=70e4b005732fa7ff79392aa24fb240159b925dbc9f1398420c0f45e6763dcf14";
        assert!(is_signed(data, mac, &"k".repeat(131)));
    }

    #[test]
    fn a_jira_webhook_with_its_header_is_signed() {
        let body = br#"{"timestamp":1761569303246,"webhookEvent":"jira:issue_deleted"}"#;
        let header = "sha256=a17ee9aa4843045c8b41d6bab5af1090a837f9b8eaa9152cc7667a2152eba7be";
        assert!(is_signed(body, header, "It's a Secret to Everybody"));
        assert!(!is_signed(body, header, "it's a secret to everybody"));
    }

    #[test]
    fn everything_else_is_not_signed() {
        let right = format!("sha256={MAC}");
        assert!(!is_signed(b"what do ya want for nothing!", &right, KEY));
        assert!(!is_signed(DATA, &right, "jefe"));
        let (short, long) = (&right[..right.len() - 2], format!("{right}00"));
        let other = right.replace("sha256", "sha1");
        let upper = right.replace("sha256", "SHA256");
        let sign = right.replace("=5b", "=+b");
        for header in [
            "",
            "sha256=",
            MAC,
            short,
            &long,
            &other,
            &upper,
            &sign,
            "sha256=é",
        ] {
            assert!(!is_signed(DATA, header, KEY), "{header}");
        }
    }

    /// HMAC-SHA256 of no bytes under no key, a published value.
    #[test]
    fn an_empty_secret_signs_nothing() {
        let mac = "sha256=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
        assert!(!is_signed(b"", mac, ""));
    }

    proptest! {
        #[test]
        fn no_strange_header_is_a_signature(header: String, body: Vec<u8>) {
            prop_assert!(!is_signed(&body, &header, "secret"));
        }

        #[test]
        fn one_changed_byte_is_noticed(at in 0usize..28, by in 1u8..) {
            let mut body = DATA.to_vec();
            body[at] ^= by;
            let header = format!("sha256={MAC}");
            prop_assert!(!is_signed(&body, &header, KEY));
        }
    }
}
