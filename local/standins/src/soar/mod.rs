//! A stand-in for Splunk SOAR's REST: containers whose status, severity and
//! owner are set from outside, comments and notes (facts/two-way.md, section 3).
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use jira_intake_standins::soar::{SoarOptions, SoarStandIn};
//!
//! let soar = SoarStandIn::start(SoarOptions::new("a-token").owner(7)).await?;
//! let id = soar.file();
//! // … let a client work against soar.url() …
//! assert_eq!(soar.container(id).unwrap().status, "Closed");
//! assert!(soar.lost_comments().is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! The facts show what is asked, of the answers only that they say success. So
//! the bodies of answers and errors (`{"success": true, "id"}`,
//! `{"failed": true, "message"}`), and the status of errors, are those that SOAR
//! is known for; no client should need more of them than whether it was a
//! success. Users are not looked up: the facts name no way.

mod container;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};

use crate::faults::{Fault, page};
use crate::server::{Answer, Request};
use crate::service::{Service, StandIn};
pub use container::{Container, Note};

/// Always there, whatever an administrator adds.
const STATUSES: [&str; 3] = ["New", "Open", "Closed"];

/// The first container's id, so that it is not taken for a count.
const FIRST_ID: u64 = 101;

/// How a stand-in SOAR is set up. `Debug` does not show the token.
#[derive(Clone)]
pub struct SoarOptions {
    /// The token that is let in, in the header `ph-auth-token`.
    pub token: String,
    /// Statuses besides New, Open and Closed.
    pub statuses: Vec<String>,
    /// The ids of the users that can own a container.
    pub owners: BTreeSet<u64>,
}

impl SoarOptions {
    /// One that lets this token in and has the user 1.
    pub fn new(token: &str) -> SoarOptions {
        SoarOptions {
            token: token.to_owned(),
            statuses: Vec::new(),
            owners: BTreeSet::from([1]),
        }
    }

    /// Adds a status of one's own.
    #[must_use]
    pub fn status(mut self, name: &str) -> SoarOptions {
        self.statuses.push(name.to_owned());
        self
    }

    /// Adds a user by id.
    #[must_use]
    pub fn owner(mut self, id: u64) -> SoarOptions {
        self.owners.insert(id);
        self
    }

    fn all_statuses(&self) -> impl Iterator<Item = &str> {
        let own = self.statuses.iter().map(String::as_str);
        STATUSES.into_iter().chain(own)
    }
}

impl fmt::Debug for SoarOptions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("SoarOptions")
            .field("statuses", &self.statuses)
            .field("owners", &self.owners)
            .finish_non_exhaustive()
    }
}

/// A running SOAR stand-in.
pub type SoarStandIn = StandIn<Soar>;

/// The service that [`SoarStandIn`] plays.
pub struct Soar {
    options: SoarOptions,
    store: Mutex<Store>,
}

#[derive(Default)]
struct Store {
    containers: BTreeMap<u64, Container>,
    /// Comments that were taken and not kept, by container.
    lost: Vec<(u64, String)>,
    /// How many comments and notes there are.
    written: u64,
}

impl From<SoarOptions> for Soar {
    fn from(options: SoarOptions) -> Soar {
        let store = Mutex::default();
        Soar { options, store }
    }
}

impl StandIn<Soar> {
    /// Files a container (New, medium, of nobody); answers its id.
    pub fn file(&self) -> u64 {
        let mut store = self.service().store();
        let last = store.containers.keys().last();
        let id = last.map_or(FIRST_ID, |id| id + 1);
        store.containers.insert(id, Container::new());
        id
    }

    /// A container by id.
    pub fn container(&self, id: u64) -> Option<Container> {
        self.service().store().containers.get(&id).cloned()
    }

    /// The comments sent to `/rest/container/<id>/comments`, which says success
    /// and keeps nothing: container and text.
    pub fn lost_comments(&self) -> Vec<(u64, String)> {
        self.service().store().lost.clone()
    }
}

/// An answer, or status and reason of a refusal.
type Outcome = Result<Answer, (u16, String)>;

impl Service for Soar {
    type Fault = Fault;

    fn answer(&self, request: &Request) -> Answer {
        if request.header("ph-auth-token") != Some(&self.options.token) {
            return failed(401, "Invalid token");
        }
        let segments = request.segments();
        let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
        let ["rest", rest @ ..] = parts.as_slice() else {
            return page(404, "Not Found");
        };
        let outcome = match (request.method.as_str(), rest) {
            ("GET", ["container_status"]) => Ok(self.statuses()),
            ("POST", ["container_comment"]) => write::comment(self, request),
            ("POST", ["note"]) => write::note(self, request),
            ("GET", ["container", id]) => container::show(self, id),
            ("POST", ["container", id]) => container::update(self, request, id),
            ("POST", ["container", id, "comments"]) => write::lost(self, request, id),
            _ => return page(404, "Not Found"),
        };
        outcome.unwrap_or_else(|(status, message)| failed(status, &message))
    }

    fn refusal(&self, status: u16) -> Answer {
        failed(status, "The request failed")
    }
}

impl Soar {
    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn statuses(&self) -> Answer {
        let all = self.options.all_statuses().zip(1..);
        let all = all.map(|(name, id)| json!({"id": id, "name": name, "disabled": false}));
        let all: Vec<Value> = all.collect();
        let answer = json!({"count": all.len(), "num_pages": 1, "data": all});
        Answer::json(200, &answer)
    }
}

fn failed(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({"failed": true, "message": message}))
}

fn success(id: u64) -> Answer {
    Answer::json(200, &json!({"success": true, "id": id}))
}

fn bad(message: impl Into<String>) -> (u16, String) {
    (400, message.into())
}

/// A body with no other members than these: a misspelt one must not pass.
fn object<'a>(
    request: &'a Request,
    members: &[&str],
) -> Result<&'a Map<String, Value>, (u16, String)> {
    let body = request.json.as_ref().and_then(Value::as_object);
    let body = body.ok_or_else(|| bad("The body is no JSON object"))?;
    match body.keys().find(|name| !members.contains(&name.as_str())) {
        Some(other) => Err(bad(format!("Unknown field: {other}"))),
        None => Ok(body),
    }
}

/// Works on a container that must be there.
fn on_container<T>(
    store: &mut Store,
    id: Option<u64>,
    work: impl FnOnce(&mut Container) -> T,
) -> Result<T, (u16, String)> {
    let container = id.and_then(|id| store.containers.get_mut(&id));
    let container = container.ok_or_else(|| (404, "Requested item not found".to_owned()))?;
    Ok(work(container))
}

#[cfg(test)]
mod tests;
