//! Whether an event is to be dealt with at all.

use crate::model::{Change, Event, Files, Provenance, SourceProfile};
use crate::settings::{Settings, SettingsError};

/// Why an entity gets no issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotFiled {
    /// It is not to have one; the reason.
    Ignored(String),
    /// The settings do not say which.
    Misconfigured(SettingsError),
}

impl From<SettingsError> for NotFiled {
    fn from(error: SettingsError) -> Self {
        Self::Misconfigured(error)
    }
}

/// Whether the event is to be dealt with; else the reason why not. `issues` says how
/// the address of an issue begins.
///
/// # Errors
/// Why not.
pub fn accept<'a>(
    event: &Event,
    profile: &SourceProfile,
    settings: &Settings<'_>,
    issues: impl FnOnce() -> &'a str,
) -> Result<(), NotFiled> {
    let ignored = |reason: &str| Err(NotFiled::Ignored(reason.to_owned()));
    let kind = &event.entity.kind;
    if profile.files == Files::ListedTypes && !settings.file_types()?.contains(kind) {
        return ignored(&format!("entities of type `{kind}` file no issue"));
    }
    match event.provenance {
        Provenance::Live => {}
        Provenance::Dependency => {
            return ignored("the entity only came along with another one (init-dependencies)");
        }
        Provenance::Recovery if settings.file_recovered()? => {}
        Provenance::Recovery => {
            return ignored(
                "history is being replayed (init-create); file_recovered = true files it",
            );
        }
    }
    let Change::Updated {
        only_added_references: Some(urls),
    } = &event.change
    else {
        return Ok(());
    };
    // Our write-back makes the platform tell of it.
    let issues = issues();
    match urls.iter().all(|url| url.starts_with(issues)) {
        true => ignored("it only tells of our own link back to Jira"),
        false => Ok(()),
    }
}
