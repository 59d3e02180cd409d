//! A route, and the first one that matches.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value};

use super::conditions::Conditions;
use crate::model::{Entity, Level, Tlp};
use crate::settings::grouping::Grouping;
use crate::settings::templates::Template;

/// The routes, in the order in which they are tried.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Routes(pub(super) Vec<Route>);

impl Routes {
    /// The first route whose conditions all hold for an entity that is marked like
    /// this.
    pub fn pick(&self, entity: &Entity, level: Level) -> Option<&Route> {
        self.iter().find(|route| match (level, route.ignore) {
            // A marking that is not understood must not lose an incident: only one
            // that is red anyway is ignored as such.
            (Level::NotUnderstood, true) => {
                let red = entity.tlp.filter(|tlp| *tlp == Tlp::Red);
                route.when.hold(entity, red.map(Some))
            }
            _ => route.when.hold(entity, Some(level.counted())),
        })
    }

    /// The routes in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Route> {
        self.0.iter()
    }
}

/// What is different for some entities. `None` leaves it to the general
/// settings.
///
/// It displays as ``route 2 `critical incidents` ``: for logs and dry runs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Route {
    /// Its place in the text, from 1.
    pub number: usize,
    /// What people call it.
    pub name: Option<String>,
    /// The entities it is for.
    pub when: Conditions,
    /// These entities file nothing; no other member is set then.
    pub ignore: bool,
    /// The project's key.
    pub project: Option<String>,
    /// The issue type's name.
    pub issue_type: Option<String>,
    /// The Jira priority's name.
    pub priority: Option<String>,
    /// The components' names; empty means none.
    pub components: Option<Vec<String>>,
    /// The assignee: an account id on Cloud, a user name on Data Center.
    pub assignee: Option<String>,
    /// What tells one alert from another; see `splunk_dedup_fields`.
    pub splunk_dedup_fields: Option<Vec<String>>,
    /// So long repeats count up on an alert's issue.
    pub splunk_dedup_window: Option<Duration>,
    /// What an issue of an alert stands for.
    pub splunk_group: Option<Grouping>,
    /// Labels to add to the entity's own.
    pub labels: Vec<String>,
    /// Custom fields to set, over the general ones. Texts in their values may
    /// be templates; all of them are known to be well-formed.
    pub custom_fields: Map<String, Value>,
    /// Renders the summary.
    pub summary_template: Option<Template>,
    /// Renders the description, in Markdown.
    pub description_template: Option<Template>,
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "route {}", self.number)?;
        match &self.name {
            Some(name) => write!(f, " `{name}`"),
            None => Ok(()),
        }
    }
}
