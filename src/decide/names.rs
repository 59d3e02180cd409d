//! Names of markings: without them, some are not understood.

use std::borrow::Cow;

use super::case::{Case, Facts};
use crate::model::{Entity, Event, Level, Named};
use crate::settings::{Settings, SettingsError};

/// The event with the names of its markings that are known by now.
pub(super) fn complete<'a>(case: &Case<'a>, facts: &Facts) -> Cow<'a, Event> {
    let entity = &case.event.entity;
    let remembered = case.issue.map_or(&[][..], |issue| &issue.markings);
    let asked = facts.names.as_ref().map_or(&[][..], |it| &it.markings);
    let is_known = |it: &Named| {
        let mut known = asked.iter().chain(remembered);
        it.name.is_none() && known.any(|known| known.id == it.id)
    };
    if !entity.markings.iter().any(is_known) {
        return Cow::Borrowed(case.event);
    }
    let mut event = case.event.clone();
    // What was asked for now comes first: a marking may have been renamed.
    event.entity.name_markings(asked);
    event.entity.name_markings(remembered);
    Cow::Owned(event)
}

/// Whether what may be shown of an entity depends on names that only its platform
/// knows.
pub(super) fn needs_names(case: &Case<'_>, event: &Event) -> Result<bool, SettingsError> {
    if !case.profile.has_names() || event.entity.markings.is_empty() {
        return Ok(false);
    }
    Ok(case.settings.markings()?.await_names(&event.entity))
}

/// Whether a name that the platform did not tell now may be told later.
pub(super) fn lacks_names(case: &Case<'_>, entity: &Entity) -> Result<bool, SettingsError> {
    let settings = case.settings;
    if !case.profile.has_names() || entity.markings.is_empty() {
        return Ok(false);
    }
    Ok(settings.opencti()?.token.is_some() && settings.markings()?.await_names(entity))
}

/// The names to be remembered.
pub(super) fn names_of(entity: &Entity) -> Vec<Named> {
    let markings = entity.markings.iter();
    markings.filter(|it| it.name.is_some()).cloned().collect()
}

/// What is said of an entity that has a marking that is not understood.
///
/// # Errors
/// The mistakes in settings that it needs.
pub fn not_understood(
    entity: &Entity,
    settings: &Settings<'_>,
) -> Result<Option<String>, SettingsError> {
    let is_so = settings.markings()?.level(entity) == Level::NotUnderstood;
    Ok(is_so.then(|| {
        format!(
            "its marking ({}) is not understood, and counts as stricter than all; marking_levels can give it a level",
            entity.marking_words()
        )
    }))
}
