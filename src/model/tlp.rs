//! The Traffic Light Protocol.

use serde::{Deserialize, Serialize};

/// The Traffic Light Protocol 2.0, from the freest to the strictest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Tlp {
    /// No limit.
    Clear,
    /// The community.
    Green,
    /// The organisation and its clients.
    Amber,
    /// The organisation only.
    AmberStrict,
    /// Named recipients only.
    Red,
}

impl Tlp {
    /// All of them, from the freest to the strictest.
    pub const ALL: [Self; 5] = [
        Self::Clear,
        Self::Green,
        Self::Amber,
        Self::AmberStrict,
        Self::Red,
    ];

    /// `AMBER+STRICT` and so on.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "CLEAR",
            Self::Green => "GREEN",
            Self::Amber => "AMBER",
            Self::AmberStrict => "AMBER+STRICT",
            Self::Red => "RED",
        }
    }

    /// From the name of a marking, which says that it is one: `TLP:AMBER`.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim();
        let is_one = name
            .get(..4)
            .is_some_and(|it| it.eq_ignore_ascii_case("TLP:"));
        Self::parse(name).filter(|_| is_one)
    }

    /// From a name in any case, with or without `TLP:`; `WHITE` is the old
    /// name of `CLEAR`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        let name = text.strip_prefix("TLP:").unwrap_or(&text).trim();
        match name {
            "WHITE" => Some(Self::Clear),
            name => Self::ALL.into_iter().find(|tlp| tlp.as_str() == name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marking_is_understood_in_its_spellings_and_ordered() {
        assert_eq!(Tlp::parse("tlp:amber+strict"), Some(Tlp::AmberStrict));
        assert_eq!(Tlp::parse("WHITE"), Some(Tlp::Clear));
        assert_eq!(Tlp::parse("TLP:PURPLE"), None);
        assert!(Tlp::ALL.is_sorted());
    }
}
