//! Renders templates; one that fails is a warning, never an error.

use super::target::Target;
use crate::model::Entity;
use crate::settings::templates::Template;

/// What went wrong while an entity was mapped, a sentence each, for the log.
pub(super) type Warnings = Vec<String>;

/// What a template makes; nothing when there is none or it fails.
pub(super) fn render(
    template: Option<&Template>,
    entity: &Entity,
    target: &Target<'_>,
    warnings: &mut Warnings,
) -> Option<String> {
    template?
        .render(entity, &target.extras)
        .inspect_err(|why| warnings.push(format!("{why}; the default is used instead")))
        .ok()
}
