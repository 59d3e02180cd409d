//! What the work on an event has at hand: the ports, the settings, the tracker,
//! the log.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use crate::decide::{NotFiled, Target};
use crate::http::graphql;
use crate::model::trace::How;
use crate::model::{Entity, EntityKey, Event, Platform, SourceProfile, Timestamp};
use crate::platform::Ports;
use crate::platform::log::{Level, Log};
use crate::settings::{Settings, SettingsError};
use crate::sources;
use crate::store::trouble::{self, Trouble};
use crate::store::{Released, Slot};
use crate::tracker::Tracker;
use crate::upstream::{self, Upstream};

/// What a delivery works with.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The world.
    pub ports: Ports<'a>,
    /// The settings.
    pub settings: &'a Settings<'a>,
    /// Where issues live.
    pub tracker: &'a dyn Tracker,
    /// The log.
    pub log: Log<'a>,
    /// What is left for when the sender has its answer.
    pub afterwards: &'a Afterwards,
    /// How events come about.
    pub how: How,
    /// Where they come from, such as `opencti`; empty where each says so itself.
    pub source: &'static str,
    /// When a retry pass ends, in one: nothing is begun that would take longer.
    pub ends: Option<Timestamp>,
}

/// What a request leaves for when its sender has been answered.
#[derive(Default)]
pub struct Afterwards {
    /// Leases that were given up and are to be tidied up after.
    released: RefCell<Vec<Released>>,
    /// Entities that have something in their inboxes.
    visits: RefCell<Vec<EntityKey>>,
    /// Jira may be well: something that waits may be taken along.
    pub takes_along: Cell<bool>,
    /// A hold was seen that is over.
    pub lets_go: Cell<bool>,
}

impl Afterwards {
    /// Notes an entity whose inbox is to be looked into.
    pub fn visit(&self, entity: EntityKey) {
        self.visits.borrow_mut().push(entity);
    }

    /// One of those.
    pub fn next_visit(&self) -> Option<EntityKey> {
        self.visits.borrow_mut().pop()
    }

    /// Notes a lease that was given up.
    pub fn released(&self, released: Released) {
        self.released.borrow_mut().push(released);
    }

    /// The lease that was given up last, to be tidied up after.
    pub fn next_released(&self) -> Option<Released> {
        self.released.borrow_mut().pop()
    }

    /// The lease of this entity that was given up, if it was.
    pub fn released_of(&self, entity: &EntityKey) -> Option<Released> {
        let mut released = self.released.borrow_mut();
        let place = released.iter().position(|one| one.entity == *entity)?;
        Some(released.remove(place))
    }

    /// Whether an entity does not wait at a slot any more, once it is tidied up
    /// after.
    pub fn has_left(&self, entity: &EntityKey, slot: &Slot) -> bool {
        let released = self.released.borrow();
        let mut its = released.iter().filter(|one| one.entity == *entity);
        its.any(|one| one.has_left(slot))
    }
}

impl<'a> Context<'a> {
    /// Notes a lease that was given up.
    pub fn released(&self, released: Released) {
        self.afterwards.released(released);
    }

    /// How much of this time is left in a retry pass; all of it elsewhere.
    pub fn time_left(&self, time: Duration) -> Duration {
        let left = |ends: Timestamp| ends.since(self.ports.clock.now());
        self.ends.map_or(time, |ends| time.min(left(ends)))
    }

    /// Where an event's entity goes.
    ///
    /// # Errors
    /// Why it gets no issue.
    pub fn target(&self, event: &Event) -> Result<Target<'a>, NotFiled> {
        let profile = self.profile(&event.entity);
        Target::pick(event, profile, self.settings, self.tracker.issues())
    }

    /// What is different about an entity's source.
    pub fn profile(&self, entity: &Entity) -> &'static SourceProfile {
        sources::profile(&entity.source)
    }

    /// The platform that an entity lives on, if it has an interface and both
    /// its address and a token are set.
    ///
    /// # Errors
    /// The mistakes in its settings.
    pub fn platform(
        &self,
        entity: &Entity,
    ) -> Result<Option<graphql::Platform<'a>>, SettingsError> {
        match self.profile(entity).platform {
            Some(Platform::OpenCti) => {}
            Some(Platform::Splunk) | None => return Ok(None),
        }
        let settings = self.settings.opencti()?;
        let login = settings.url.as_deref().zip(settings.token.as_ref());
        Ok(login.map(|(url, token)| graphql::Platform::new(self.ports, url, token.expose())))
    }

    /// The entity on its platform, if we may write there.
    ///
    /// # Errors
    /// The mistakes in the platform's settings.
    pub fn upstream(
        &self,
        known: upstream::Known<'_>,
    ) -> Result<Option<Box<dyn Upstream + 'a>>, SettingsError> {
        let platform = sources::profile(&known.entity.source).platform;
        upstream::of(self.ports, self.settings, platform, known)
    }

    /// Something went wrong that does not fail the delivery. It goes into the
    /// log, and stays to be looked up among the latest troubles.
    pub fn warn(&self, what: &str, entity: &EntityKey, reason: impl ToString) {
        self.note_trouble(what, Some(entity), &reason.to_string());
    }

    /// The same of something that may be about no entity.
    pub fn note_trouble(&self, what: &str, entity: Option<&EntityKey>, reason: &str) {
        let fields = [
            ("entity", entity.map(|entity| entity.id.as_str()).into()),
            ("reason", reason.into()),
        ];
        self.log.line(Level::Warn, what, &fields);
        let trouble = Trouble {
            number: 0,
            at: self.ports.clock.now(),
            what: what.to_owned(),
            entity: entity.cloned(),
            reason: reason.to_owned(),
        };
        if let Err(error) = trouble::note(self.ports.store, trouble) {
            let reason = error.to_string().into();
            self.log
                .line(Level::Warn, "trouble_lost", &[("reason", reason)]);
        }
    }
}
