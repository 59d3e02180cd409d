//! The type of an entity.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The type of an entity, as STIX spells it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EntityType(String);

impl EntityType {
    /// Lower case, without the `x-opencti-` prefix that exported bundles use.
    pub fn new(name: &str) -> Self {
        let name = name.trim().to_ascii_lowercase();
        match name.strip_prefix("x-opencti-") {
            Some(bare) => Self(bare.to_owned()),
            None => Self(name),
        }
    }

    /// Whether nobody said which.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name, such as `case-incident`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What people call it, such as `Incident response`.
    pub fn title(&self) -> String {
        let known = match self.as_str() {
            "case-incident" => "Incident response",
            "case-rfi" => "Request for information",
            "case-rft" => "Request for takedown",
            "splunk-alert" => "Splunk alert",
            "splunk-notable" => "Splunk notable",
            "soar-container" => "SOAR container",
            other => {
                let mut letters = other.replace('-', " ");
                if let Some(first) = letters.get_mut(0..1) {
                    first.make_ascii_uppercase();
                }
                return letters;
            }
        };
        known.to_owned()
    }
}

impl fmt::Display for EntityType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_a_type_are_one() {
        let plain = EntityType::new("case-incident");
        assert_eq!(EntityType::new("x-opencti-Case-Incident"), plain);
    }

    #[test]
    fn types_are_called_what_people_call_them() {
        for (kind, title) in [
            ("case-rft", "Request for takedown"),
            ("report", "Report"),
            ("threat-actor", "Threat actor"),
            ("", ""),
            ("über", "über"),
        ] {
            assert_eq!(EntityType::new(kind).title(), title);
        }
    }
}
