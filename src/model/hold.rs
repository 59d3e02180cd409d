//! How far a trouble with the tracker reaches.

use serde::{Deserialize, Serialize};

use super::plan::Place;

/// What is held back because of a trouble.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Only the event that met it.
    Event,
    /// New issues of this project and type.
    Place(Place),
    /// Everything.
    Everything,
}

impl Scope {
    /// What a hold of this scope is called in addresses.
    pub fn id(&self) -> String {
        match self {
            Self::Event => "event".to_owned(),
            Self::Place(place) => format!("{}-{}", place.project, place.issue_type),
            Self::Everything => "everything".to_owned(),
        }
    }

    /// Whether a new issue here, or a change of one (`None`), is held back.
    pub fn holds(&self, place: Option<&Place>) -> bool {
        match self {
            Self::Event => false,
            Self::Place(held) => place == Some(held),
            Self::Everything => true,
        }
    }
}
