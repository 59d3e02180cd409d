//! A secret that can be changed without a moment at which one side is refused: for a
//! while there are two of it.

use subtle::ConstantTimeEq;

use super::reader::Reader;
use super::secret::Secret;

/// One while nothing changes, two while one is replaced by the other.
const MOST: usize = 2;

/// One secret, or two, of which each is good.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Secrets(Vec<Secret>);

impl Secrets {
    /// The values of a variable, separated by white space; `None` when it is empty.
    /// More than two are a mistake that repeats none of them.
    pub(super) fn read(read: &mut Reader<'_>, name: &str) -> Option<Self> {
        let text = read.optional(name)?;
        let values: Vec<Secret> = text.split_whitespace().map(Secret::new).collect();
        if values.len() > MOST {
            read.mistake(format!(
                "{name}: holds {} values separated by white space; it may hold one, or two while one is replaced by the other",
                values.len()
            ));
        }
        Some(Self(values))
    }

    /// Whether it is one of them.
    pub fn include(&self, shown: &[u8]) -> bool {
        self.matching(shown).is_some()
    }

    /// The one that it is, if it is one. Each is compared, in a time that tells nothing
    /// of their letters.
    pub fn matching(&self, shown: &[u8]) -> Option<&Secret> {
        let same = |secret: &Secret| bool::from(shown.ct_eq(secret.expose().as_bytes()));
        let compare = |found, secret| match same(secret) {
            true => Some(secret),
            false => found,
        };
        self.0.iter().fold(None, compare)
    }

    /// Each of them.
    pub fn each(&self) -> impl Iterator<Item = &Secret> {
        self.0.iter()
    }

    /// Whether one of them is one of the others, too.
    pub(super) fn share_one_with(&self, others: &Self) -> bool {
        self.each()
            .any(|secret| others.include(secret.expose().as_bytes()))
    }
}

/// Pairs of variables that hold what different people know, and what the first one may
/// do that the second one may not.
const APART: [(&str, &str); 4] = [
    ("admin_token", "metrics_token"),
    ("admin_token", "webhook_secret"),
    ("admin_token", "jira_webhook_secret"),
    ("jira_webhook_secret", "webhook_secret"),
];

/// Whether nobody knows by one variable what another one protects.
pub(super) fn check_apart(read: &mut Reader<'_>) {
    for (one, other) in APART {
        let values = (Secrets::read(read, one), Secrets::read(read, other));
        if let (Some(values), Some(others)) = values
            && values.share_one_with(&others)
        {
            read.mistake(format!(
                "{one}: is the same as {other}; give each a value of its own"
            ));
        }
    }
}

#[cfg(test)]
impl From<&str> for Secrets {
    fn from(text: &str) -> Self {
        Self(text.split_whitespace().map(Secret::new).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_two_is_good_and_nothing_else() {
        let secrets = Secrets::from("new-5ecret\nold-5ecret");
        for shown in ["new-5ecret", "old-5ecret"] {
            assert!(secrets.include(shown.as_bytes()), "{shown}");
        }
        for shown in ["", "new", "new-5ecret old-5ecret", "new-5ecret\nold-5ecret"] {
            assert!(!secrets.include(shown.as_bytes()), "{shown}");
        }
        assert!(!format!("{secrets:?}").contains("5ecret"));
    }

    #[test]
    fn one_that_is_shared_is_found_in_any_place() {
        let two = Secrets::from("a b");
        for (other, shared) in [("a", true), ("b", true), ("c b", true), ("c d", false)] {
            assert_eq!(two.share_one_with(&other.into()), shared, "{other}");
        }
    }
}
