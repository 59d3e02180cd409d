//! Standard Webhooks.

use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;

use super::super::{Claim, Flaw};
use crate::model::Timestamp;

/// The example of the specification's libraries.
const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const SENT: u64 = 1_614_265_330;
const BODY: &[u8] = br#"{"test": 2432232314}"#;
const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
/// What follows `whsec_` in its secret, as bytes.
const KEY: &[u8] = &[
    0x31, 0xf2, 0x90, 0xf6, 0xbf, 0x06, 0x29, 0x8a, 0xab, 0x4f, 0x08, 0xd4, 0x3c, 0x3f, 0x08, 0x2c,
    0xf6, 0x48, 0xa3, 0x62, 0xda, 0x2d, 0xa4, 0xb0,
];

fn headers(prefix: &str, id: &str, time: &str, signature: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in [("id", id), ("timestamp", time), ("signature", signature)] {
        let name: HeaderName = format!("{prefix}-{name}").parse().unwrap();
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            headers.insert(name, value);
        }
    }
    headers
}

fn claim(headers: &HeaderMap, now: u64) -> Result<Claim, Flaw> {
    Claim::of(headers, Timestamp::from_secs(now)).map(Option::unwrap)
}

fn is_signed(signature: &str, body: &[u8], keys: &[&[u8]]) -> bool {
    let keys: Vec<Vec<u8>> = keys.iter().map(|key| key.to_vec()).collect();
    let headers = headers("webhook", ID, &SENT.to_string(), signature);
    claim(&headers, SENT).is_ok_and(|claim| claim.holds(body, &keys))
}

#[test]
fn the_published_message_is_signed_under_both_names() {
    for prefix in ["webhook", "svix"] {
        let headers = headers(prefix, ID, &SENT.to_string(), SIGNATURE);
        let claim = claim(&headers, SENT).unwrap();
        assert!(claim.holds(BODY, &[KEY.to_vec()]), "{prefix}");
    }
}

/// `id.time.body` could else be cut anew, with another time.
#[test]
fn an_id_with_a_point_is_refused() {
    let headers = headers("webhook", "msg.1614265330", &SENT.to_string(), SIGNATURE);
    let flaw = claim(&headers, SENT).map(drop);
    assert_eq!(
        flaw,
        Err(Flaw::BadId(HeaderName::from_static("webhook-id")))
    );
}

#[test]
fn one_right_signature_of_several_is_enough_under_one_right_key_of_two() {
    let wrong = format!("v1,{}=", "A".repeat(43));
    let several = format!("v1a,{} {wrong} v1,short {SIGNATURE}", "x".repeat(88));
    for keys in [&[KEY][..], &[b"another", KEY], &[KEY, b"another"]] {
        assert!(is_signed(&several, BODY, keys));
    }
    assert!(!is_signed(&several, BODY, &[b"another"]));
    assert!(!is_signed(&several, BODY, &[b""]));
    assert!(!is_signed(&wrong, BODY, &[KEY]));
    assert!(!is_signed(SIGNATURE, b"{\"test\": 2432232315}", &[KEY]));
}

/// Of a list without end only the beginning is looked at.
#[test]
fn a_right_signature_behind_many_others_is_not_found() {
    let wrong = format!("v1,{}= ", "A".repeat(43));
    let many = format!("{}{SIGNATURE}", wrong.repeat(8));
    assert!(!is_signed(&many, BODY, &[KEY]));
}

#[test]
fn another_id_or_another_time_is_not_what_was_signed() {
    for (id, time) in [("msg_x", SENT), (ID, SENT + 1)] {
        let headers = headers("webhook", id, &time.to_string(), SIGNATURE);
        let claim = claim(&headers, SENT).unwrap();
        assert!(!claim.holds(BODY, &[KEY.to_vec()]), "{id} {time}");
    }
}

#[test]
fn a_message_is_taken_for_five_minutes_before_and_after_it_was_sent() {
    let headers = headers("webhook", ID, &SENT.to_string(), SIGNATURE);
    for (now, is_taken) in [
        (SENT - 301, false),
        (SENT - 300, true),
        (SENT + 300, true),
        (SENT + 301, false),
        (0, false),
    ] {
        assert_eq!(claim(&headers, now).is_ok(), is_taken, "{now}");
    }
}

#[test]
fn what_is_missing_or_malformed_is_named_before_there_is_a_body() {
    let sent = SENT.to_string();
    for (id, time, signature, expected) in [
        ("", sent.as_str(), SIGNATURE, "webhook-id is missing"),
        (ID, "", SIGNATURE, "webhook-timestamp is missing"),
        (ID, &sent, " ", "webhook-signature is missing"),
        (ID, "now", SIGNATURE, "no number"),
        (ID, "+1614265330", SIGNATURE, "no number"),
        (ID, "1614265330.5", SIGNATURE, "no number"),
        (ID, "99999999999999999999999", SIGNATURE, "no number"),
        (ID, "18446744073709551615", SIGNATURE, "5 minutes"),
        (ID, &sent, "v1a,xyz", "no signature such as"),
        (ID, &sent, &SIGNATURE[3..], "no signature such as"),
        (ID, &sent, "v1,AAAA", "no signature such as"),
    ] {
        let headers = headers("webhook", id, time, signature);
        let flaw = claim(&headers, SENT).unwrap_err().to_string();
        assert!(flaw.contains(expected), "{flaw}");
    }
    assert_eq!(
        Claim::of(&HeaderMap::new(), Timestamp::from_secs(SENT)),
        Ok(None)
    );
}

proptest! {
    #[test]
    fn no_strange_headers_are_a_signature(
        id: String,
        time in prop_oneof![any::<String>(), Just(SENT.to_string())],
        signature in prop_oneof![any::<String>(), "v1,[A-Za-z0-9+/]{43}="],
        body: Vec<u8>,
    ) {
        let headers = headers("svix", &id, &time, &signature);
        let claim = Claim::of(&headers, Timestamp::from_secs(SENT));
        if let Ok(Some(claim)) = claim {
            prop_assert!(!claim.holds(&body, &[KEY.to_vec()]));
        }
    }

    #[test]
    fn one_changed_byte_is_noticed(at in 0..BODY.len(), by in 1u8..) {
        let mut body = BODY.to_vec();
        body[at] ^= by;
        prop_assert!(!is_signed(SIGNATURE, &body, &[KEY]));
    }
}
