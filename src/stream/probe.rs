//! Whether the live stream would be told, and how far it is read.

use super::connection::{Address, TIME};
use super::refusal::Refusal;
use crate::model::Position;
use crate::platform::Ports;
use crate::settings::{Settings, SettingsError};
use crate::store::RecordError;
use crate::store::stream::{Cursor, look};

/// Nothing is read of what a probe opens.
const LIMIT: usize = 1024;

/// Why the stream would not be told: the variants are what a person must look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Untold {
    /// The login, the id, or who may read the stream.
    Login(String),
    /// It was stopped.
    Stopped(String),
    /// Nobody is there, or somebody else.
    Address(String),
    /// It may pass by itself.
    Passing(String),
}

/// A stream that is configured.
pub struct Probe<'a> {
    address: Address<'a>,
    ports: Ports<'a>,
}

impl<'a> Probe<'a> {
    /// The configured stream; `None` if there is none.
    ///
    /// # Errors
    /// The mistakes in its settings.
    pub fn new(
        ports: Ports<'a>,
        settings: &'a Settings<'a>,
    ) -> Result<Option<Self>, SettingsError> {
        let address = Address {
            ports,
            opencti: settings.opencti()?,
            stream: settings.stream()?,
            limit: LIMIT,
        };
        let is_set = address.stream.id.is_some() && address.opencti.url.is_some();
        Ok(is_set.then_some(Self { address, ports }))
    }

    /// Opens the stream at its end and closes it at once.
    ///
    /// # Errors
    /// Why it would not be told.
    pub async fn open(&self) -> Result<(), Untold> {
        let from = Position::at(self.ports.clock.now());
        let opened = self.address.open(from, None, TIME).await;
        let refusal = match opened {
            Ok(_) => return Ok(()),
            Err(refusal) => refusal,
        };
        let id = self.address.stream.id.as_deref().unwrap_or_default();
        let words = refusal.words(id);
        Err(match refusal {
            Refusal::Login(_) | Refusal::Token => Untold::Login(words),
            Refusal::Stopped => Untold::Stopped(words),
            Refusal::NotAStream(_) | Refusal::Unreachable(_) => Untold::Address(words),
            Refusal::TooMany(_) | Refusal::Unwell(_) => Untold::Passing(words),
        })
    }

    /// How far it is read.
    ///
    /// # Errors
    /// When the store fails.
    pub fn cursor(&self) -> Result<Cursor, RecordError> {
        look(self.ports, &self.address.name())
    }
}
