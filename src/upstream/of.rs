//! Which platform an entity is on, and how it is reached.

use super::opencti::OpenCtiEntity;
use super::port::Upstream;
use crate::http::graphql;
use crate::model::{EntityKey, EntityType, Platform};
use crate::platform::Ports;
use crate::settings::{Settings, SettingsError};

/// An entity, and what its platform calls it where that is not its id.
#[derive(Debug, Clone, Copy)]
pub struct Known<'k> {
    /// The entity.
    pub entity: &'k EntityKey,
    /// Its type; empty if it is not known.
    pub kind: &'k EntityType,
    /// Event ids of a notable, the number of a container.
    pub handles: &'k [String],
}

/// The entity on this platform, if the settings say how it is reached.
///
/// # Errors
/// The mistakes in these settings.
pub fn of<'a>(
    ports: Ports<'a>,
    settings: &'a Settings<'a>,
    platform: Option<Platform>,
    known: Known<'_>,
) -> Result<Option<Box<dyn Upstream + 'a>>, SettingsError> {
    match platform {
        Some(Platform::OpenCti) => opencti(ports, settings, known),
        Some(Platform::Splunk) | None => Ok(None),
    }
}

fn opencti<'a>(
    ports: Ports<'a>,
    settings: &'a Settings<'a>,
    known: Known<'_>,
) -> Result<Option<Box<dyn Upstream + 'a>>, SettingsError> {
    let opencti = settings.opencti()?;
    let Some((url, token)) = opencti.url.as_deref().zip(opencti.token.as_ref()) else {
        return Ok(None);
    };
    let words = settings.back_words()?;
    let platform = graphql::Platform::new(ports, url, token.expose());
    let entity = OpenCtiEntity::new(platform, ports, words, &known.entity.id, known.kind);
    Ok(Some(Box::new(entity)))
}
