//! GitHub's and Jira's kind.

use proptest::prelude::*;

use http::{HeaderMap, HeaderValue};

use super::super::Claim;
use crate::platform::X_HUB_SIGNATURE;

/// RFC 4231, test case 2.
const KEY: &str = "Jefe";
const DATA: &[u8] = b"what do ya want for nothing?";
const MAC: &str = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

fn is_signed(body: &[u8], header: &str, secret: &str) -> bool {
    let Ok(value) = HeaderValue::from_bytes(header.as_bytes()) else {
        return false;
    };
    let headers = HeaderMap::from_iter([(X_HUB_SIGNATURE, value)]);
    let claim = Claim::hub(&headers, &X_HUB_SIGNATURE);
    let claim = claim.unwrap_or(None);
    claim.is_some_and(|claim| claim.holds(body, &[secret.as_bytes().to_vec()]))
}

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
