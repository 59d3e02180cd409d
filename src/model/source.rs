//! Where entities come from.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::markup::Prose;

/// What is different between the platforms that events come from: data, so that
/// no other module asks which one it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceProfile {
    /// Its word in routes and keys: `opencti`.
    pub key: &'static str,
    /// What people call it: `OpenCTI`.
    pub name: &'static str,
    /// How its descriptions are written.
    pub prose: Prose,
    /// Which of its entities file an issue.
    pub files: Files,
    /// Where an entity's page is.
    pub page: Page,
    /// Whether an entity's observables are listed in its description. Where they
    /// are not, they stand in its raw fields.
    pub lists_observables: bool,
    /// The raw field that holds an event as it was logged, if there is one.
    pub raw_event: Option<&'static str>,
    /// Whether the platform has several senders, of which some tell names and
    /// observables that others do not.
    pub has_several_senders: bool,
    /// Whether an issue that another program filed may become an entity's (`adopt`):
    /// where entities have versions. Alerts of one name are not one thing.
    pub adopts: bool,
    /// What becomes of an entity that ends, as people say it: `deleted`.
    pub ended: &'static str,
    /// How the platform is reached to complete an entity and to link its issue.
    pub platform: Option<Platform>,
}

impl SourceProfile {
    /// Whether its platform can be asked for names of what an entity has by id.
    pub fn has_names(&self) -> bool {
        self.platform == Some(Platform::OpenCti)
    }
}

/// Which entities of a source file an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Files {
    /// Those of the types that the setting `file_types` lists.
    ListedTypes,
    /// All.
    Everything,
}

/// Where an entity's page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// On the platform, below this path, by the entity's id.
    OnPlatform(&'static str),
    /// Where the event says, as long as the entity lives.
    InEvent,
    /// Where the event says; another event of the entity has another one.
    InEachEvent,
}

/// A platform with an interface that is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// OpenCTI's GraphQL.
    OpenCti,
    /// Splunk's REST: for notables that of Enterprise Security, for containers SOAR's.
    Splunk,
}

/// The key of a source, as records and events keep it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourceKey(Cow<'static, str>);

impl From<String> for SourceKey {
    fn from(key: String) -> Self {
        Self(Cow::Owned(key))
    }
}

impl SourceKey {
    /// The key of this source.
    pub const fn of(profile: &SourceProfile) -> Self {
        Self(Cow::Borrowed(profile.key))
    }

    /// `opencti` and so on.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
