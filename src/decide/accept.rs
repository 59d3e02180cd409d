//! Whether an event is to be dealt with at all.

use crate::model::{Change, Event, Files, Provenance, SourceProfile, Timestamp, note_title};
use crate::settings::{FileUpdates, Settings, SettingsError};

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
    let is_note = profile.has_names() && kind.as_str() == "note";
    if is_note && note_title::is_ours(&event.entity.name) {
        return ignored("it is a note of our own about an issue");
    }
    match event.provenance {
        Provenance::Live => {}
        Provenance::Dependency => {
            return ignored("the entity only came along with another one (init-dependencies)");
        }
        Provenance::Recovery if settings.filing()?.recovered => {}
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

/// Whether an event files an issue if nothing is known of its entity
/// (`file_updates_of`). What has just come into being always does, and so does what
/// nobody says the age of.
///
/// # Errors
/// Why not.
pub fn accept_unknown(
    event: &Event,
    profile: &SourceProfile,
    settings: &Settings<'_>,
    now: Timestamp,
) -> Result<(), NotFiled> {
    let is_change = matches!(event.change, Change::Updated { .. } | Change::Entered);
    if !is_change || profile.files != Files::ListedTypes {
        return Ok(());
    }
    let created = event.entity.created;
    let why = match settings.filing()?.updates_of {
        FileUpdates::All => return Ok(()),
        FileUpdates::Known => "it has no issue, and only creations file one \
                               (file_updates_of = known)"
            .to_owned(),
        FileUpdates::Young(age) if created.is_known() && now.since(created) > age => {
            let days = age.as_secs() / (24 * 3600);
            format!(
                "it has no issue, and is older than {days} days (file_updates_of = days:{days})"
            )
        }
        FileUpdates::Young(_) => return Ok(()),
    };
    Err(NotFiled::Ignored(why))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::{Entity, EntityType, Firings};
    use crate::settings::tests::load;
    use crate::sources::{generic, opencti};

    const NOW: Timestamp = Timestamp::from_secs(1_772_352_000);
    const DAY: Duration = Duration::from_secs(24 * 3600);

    fn files(setting: &str, change: Change, created: Timestamp, profile: &SourceProfile) -> bool {
        let settings = load(&[("file_updates_of", setting)]).unwrap();
        let entity = Entity {
            created,
            ..Entity::default()
        };
        accept_unknown(&Event::live(change, entity), profile, settings, NOW).is_ok()
    }

    #[test]
    fn a_note_of_ours_files_no_issue_and_another_one_does() {
        let settings = load(&[("file_types", "note")]).unwrap();
        for (title, profile, files) in [
            (note_title::of_comment("SOC-1"), &opencti::PROFILE, false),
            (note_title::of_resolution("Done"), &opencti::PROFILE, false),
            (note_title::of_end("SOC-1"), &opencti::PROFILE, false),
            ("Seen in March".to_owned(), &opencti::PROFILE, true),
            (note_title::of_comment("SOC-1"), &generic::PROFILE, true),
        ] {
            let entity = Entity {
                kind: EntityType::new("note"),
                name: title.clone(),
                ..Entity::default()
            };
            let event = Event::live(Change::Created, entity);
            let accepted = accept(&event, profile, settings, || "https://j/browse/");
            assert_eq!(accepted.is_ok(), files, "{title}");
        }
    }

    #[test]
    fn a_change_of_an_unknown_entity_files_as_the_setting_says() {
        let (old, young) = (NOW.before(DAY * 31), NOW.before(DAY * 29));
        let unknown = Timestamp::UNKNOWN;
        let profile = &opencti::PROFILE;
        for change in [Change::UPDATED, Change::Entered] {
            for (setting, created, expected) in [
                ("all", old, true),
                ("known", young, false),
                ("known", unknown, false),
                ("days:30", old, false),
                ("days:30", young, true),
                ("days:30", NOW.after(DAY), true),
                // Nobody says how old it is.
                ("days:30", unknown, true),
            ] {
                let found = files(setting, change.clone(), created, profile);
                assert_eq!(found, expected, "{setting} {change:?} {created}");
            }
        }
    }

    #[test]
    fn what_comes_into_being_or_fires_always_files_and_so_does_every_other_source() {
        let old = NOW.before(DAY * 3_000);
        let merged = Change::Merged { absorbed: vec![] };
        let fired = Change::Fired(Firings::one("a"));
        for setting in ["known", "days:1"] {
            for change in [Change::Created, merged.clone(), fired.clone()] {
                assert!(
                    files(setting, change.clone(), old, &opencti::PROFILE),
                    "{change:?}"
                );
            }
            assert!(files(setting, Change::UPDATED, old, &generic::PROFILE));
        }
    }
}
