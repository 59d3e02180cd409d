//! Which platform an entity is on, and how it is reached.

use super::opencti::OpenCtiEntity;
use super::port::Upstream;
use super::soar::Container;
use super::splunk::Notables;
use crate::http::graphql;
use crate::model::{EntityKey, EntityType, Platform};
use crate::platform::Ports;
use crate::settings::{Settings, SettingsError};

/// The type of SOAR's containers.
const CONTAINER: &str = "soar-container";

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
        Some(Platform::Splunk) => splunk(ports, settings, known),
        None => Ok(None),
    }
}

/// What is no notable and no container cannot be written to: alerts and runs have
/// nothing there that lasts.
fn splunk<'a>(
    ports: Ports<'a>,
    settings: &'a Settings<'a>,
    known: Known<'_>,
) -> Result<Option<Box<dyn Upstream + 'a>>, SettingsError> {
    let handles = known.handles;
    let Some(newest) = handles.last() else {
        return Ok(None);
    };
    if known.kind.as_str() == CONTAINER {
        let number = newest.parse().ok();
        let api = settings.soar_api()?.as_ref();
        return Ok(api.zip(number).map(|(api, number)| {
            let container: Box<dyn Upstream + 'a> = Box::new(Container::new(ports, api, number));
            container
        }));
    }
    let api = settings.splunk_api()?.as_ref();
    Ok(api.map(|api| {
        let notables = Notables::new(ports, api, handles.to_vec(), known.kind.clone());
        let notables: Box<dyn Upstream + 'a> = Box::new(notables);
        notables
    }))
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
