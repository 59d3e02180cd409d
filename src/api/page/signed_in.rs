//! Who is signed in. Nothing is stored: a session is a signed text in a cookie, with
//! the time at which it ends. Its key comes from `admin_token`, so another token ends
//! all sessions.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::model::Timestamp;
use crate::page::Action;
use crate::settings::{Secret, Secrets};

/// How long a session lasts.
pub(super) const LASTS: Duration = Duration::from_secs(8 * 3600);
/// What the key of sessions is derived with, so that it is nothing else's.
const KEY: &[u8] = b"jira-intake page session 1";
/// Longer than any session that is ours.
const LONGEST: usize = 200;

type Code = Hmac<Sha256>;

/// A session that is valid now.
#[derive(Clone)]
pub(super) struct SignedIn {
    key: Vec<u8>,
    nonce: String,
}

impl SignedIn {
    /// A new session, as its cookie has it: `<end in seconds>.<nonce>.<HMAC-SHA256>`.
    pub(super) fn begin(token: &Secret, now: Timestamp, nonce: &str) -> Option<String> {
        let key = key(token)?;
        let signed = format!("{}.{nonce}", now.after(LASTS).as_millis() / 1000);
        let code = code(&key, &["session", &signed])?.finalize().into_bytes();
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(code)))
    }

    /// The session of a cookie; `None` if it is over, or was not begun with one of
    /// these tokens.
    pub(super) fn read(tokens: &Secrets, cookie: &str, now: Timestamp) -> Option<Self> {
        if cookie.len() > LONGEST {
            return None;
        }
        let (signed, shown) = cookie.rsplit_once('.')?;
        let (ends, nonce) = signed.split_once('.')?;
        let shown = URL_SAFE_NO_PAD.decode(shown).ok()?;
        let is_by = |key: &Vec<u8>| {
            let code = code(key, &["session", signed]);
            // Compares in constant time.
            code.is_some_and(|code| code.verify_slice(&shown).is_ok())
        };
        let key = tokens.each().filter_map(key).find(is_by)?;
        let ends = Timestamp::from_secs(ends.parse().ok()?);
        ends.is_ahead(now, LASTS).then(|| Self {
            key,
            nonce: nonce.to_owned(),
        })
    }

    /// The token by which a form of this session shows that it is from a page of ours.
    pub(super) fn token(&self, action: Action) -> String {
        let code = code(&self.key, &["form", &self.nonce, action.path()]);
        let code = code.map(|code| code.finalize().into_bytes());
        code.map(|code| URL_SAFE_NO_PAD.encode(code))
            .unwrap_or_default()
    }

    /// Whether a form shows the token of its action.
    pub(super) fn is_token(&self, action: Action, shown: &str) -> bool {
        let code = code(&self.key, &["form", &self.nonce, action.path()]);
        let shown = URL_SAFE_NO_PAD.decode(shown);
        code.zip(shown.ok())
            .is_some_and(|(code, shown)| code.verify_slice(&shown).is_ok())
    }
}

/// What tells two sessions apart. It need not be secret: what is derived from it has
/// a key.
pub(super) fn nonce(now: Timestamp) -> String {
    let random = RandomState::new().hash_one(now.as_millis());
    format!("{:x}-{random:x}", now.as_millis())
}

fn key(token: &Secret) -> Option<Vec<u8>> {
    let mut code = Code::new_from_slice(token.expose().as_bytes()).ok()?;
    code.update(KEY);
    Some(code.finalize().into_bytes().to_vec())
}

/// The code of some texts, none of which has a line break.
fn code(key: &[u8], texts: &[&str]) -> Option<Code> {
    let mut code = Code::new_from_slice(key).ok()?;
    code.update(texts.join("\n").as_bytes());
    Some(code)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_761_569_303);

    fn begun(token: &str) -> String {
        SignedIn::begin(&Secret::new(token), NOW, "n0nce").unwrap()
    }

    fn is_valid(token: &str, cookie: &str, now: Timestamp) -> bool {
        let tokens = Secrets::from(&*format!("other {token}"));
        SignedIn::read(&tokens, cookie, now).is_some()
    }

    #[test]
    fn a_session_lasts_eight_hours() {
        let cookie = begun("t0ken");
        assert!(is_valid("t0ken", &cookie, NOW));
        let later = |seconds| NOW.after(Duration::from_secs(seconds));
        assert!(is_valid("t0ken", &cookie, later(8 * 3600 - 1)));
        assert!(!is_valid("t0ken", &cookie, later(8 * 3600)));
        // From a clock that was wrong.
        assert!(!is_valid(
            "t0ken",
            &cookie,
            NOW.before(Duration::from_secs(60))
        ));
    }

    #[test]
    fn another_token_ends_it() {
        assert!(!is_valid("t0ken2", &begun("t0ken"), NOW));
    }

    #[test]
    fn nothing_of_it_can_be_changed() {
        let cookie = begun("t0ken");
        for place in 0..cookie.len() {
            let mut changed = cookie.clone().into_bytes();
            changed[place] = if changed[place] == b'1' { b'2' } else { b'1' };
            let changed = String::from_utf8(changed).unwrap();
            // The last letter of base64 holds bits that count for nothing.
            if place + 1 < cookie.len() {
                assert!(!is_valid("t0ken", &changed, NOW), "{changed}");
            }
        }
    }

    #[test]
    fn a_token_is_of_one_session_and_one_action() {
        let read = |nonce: &str| {
            let cookie = SignedIn::begin(&Secret::new("t0ken"), NOW, nonce).unwrap();
            SignedIn::read(&"t0ken".into(), &cookie, NOW).unwrap()
        };
        let (one, other) = (read("1"), read("2"));
        let token = one.token(Action::Replay);
        assert!(one.is_token(Action::Replay, &token));
        assert!(!one.is_token(Action::Discard, &token));
        assert!(!other.is_token(Action::Replay, &token));
        assert!(!one.is_token(Action::Replay, ""));
        assert!(!one.is_token(Action::Replay, &token[1..]));
    }

    #[test]
    fn two_sessions_have_two_nonces() {
        assert_ne!(nonce(NOW), nonce(NOW));
        assert!(
            nonce(NOW)
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || c == b'-')
        );
    }

    proptest! {
        #[test]
        fn no_strange_text_is_a_session(cookie: String) {
            prop_assert!(!is_valid("t0ken", &cookie, NOW));
        }
    }
}
