//! Which issue for which entity: routes, tried in order, the first one that
//! matches wins. A route says only what differs from the general settings.
//!
//! ```toml
//! [[route]]
//! name = "critical incidents"
//! when = { type = ["incident", "case-incident"], severity = ["high", "critical"] }
//! project = "IR"
//! priority = "Highest"
//!
//! [[route]]
//! when = { label = "do-not-ticket" }
//! ignore = true
//! ```

mod conditions;
mod members;
mod read;

use std::fmt;

use serde_json::{Map, Value};

pub use conditions::{Conditions, LabelPattern};

use super::templates::Template;
use crate::event::Entity;

/// The routes, in the order in which they are tried.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Routes(Vec<Route>);

impl Routes {
    /// Reads routes from TOML; none from an empty text. On failure, every
    /// mistake: one sentence each, route after route.
    ///
    /// ```
    /// use jira_intake::plan::routing::Routes;
    ///
    /// let routes = Routes::parse("[[route]]\nwhen = { label = 'phish*' }\nproject = 'MAIL'").unwrap();
    /// assert_eq!(routes.iter().count(), 1);
    ///
    /// let mistakes = Routes::parse("[[route]]\nignore = 'yes'").unwrap_err();
    /// assert_eq!(mistakes, ["route 1: `ignore` is text; expected true or false"]);
    /// ```
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        read::routes(text).map(Self)
    }

    /// The first route whose conditions all hold.
    pub fn pick(&self, entity: &Entity) -> Option<&Route> {
        self.iter().find(|route| route.when.hold(entity))
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

#[cfg(test)]
mod tests;
