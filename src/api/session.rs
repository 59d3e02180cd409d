//! What one request has, and what it leaves for when its sender has been
//! answered.

use std::cell::Cell;

use crate::context::{Afterwards, Context};
use crate::model::trace::How;
use crate::platform::Ports;
use crate::platform::log::{Level, Log};
use crate::settings::{Settings, SettingsError};
use crate::tracker::Tracker;

/// One request, from its head to what is done after its answer.
pub struct Session<'a> {
    pub(super) ports: Ports<'a>,
    pub(super) settings: &'a Settings<'a>,
    tracker: &'a dyn Tracker,
    afterwards: Afterwards,
    has_worked: Cell<bool>,
}

impl<'a> Session<'a> {
    /// A request that has just come in.
    pub fn new(ports: Ports<'a>, settings: &'a Settings<'a>, tracker: &'a dyn Tracker) -> Self {
        Self {
            ports,
            settings,
            tracker,
            afterwards: Afterwards::default(),
            has_worked: Cell::new(false),
        }
    }

    /// What the work on events needs. From now on there may be something to be
    /// done after the answer.
    pub(super) fn context(&self) -> Result<Context<'_>, SettingsError> {
        let context = self.quiet_context()?;
        self.has_worked.set(true);
        Ok(context)
    }

    /// The same, where nothing is left to be done afterwards.
    pub(super) fn quiet_context(&self) -> Result<Context<'_>, SettingsError> {
        Ok(Context {
            ports: self.ports,
            settings: self.settings,
            tracker: self.tracker,
            log: self.log(self.settings.requests()?.log_level),
            afterwards: &self.afterwards,
            how: How::Webhook,
            source: "",
            ends: None,
        })
    }

    /// A log for what is known before the settings are.
    pub(super) fn log(&self, level: Level) -> Log<'_> {
        Log::new(self.ports.log, self.ports.clock, level)
    }

    /// What the rest of the work needs, if there is any.
    pub(super) fn unfinished(&self) -> Option<Context<'_>> {
        match self.has_worked.get() {
            true => self.quiet_context().ok(),
            false => None,
        }
    }
}
