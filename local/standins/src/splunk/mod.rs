//! A stand-in for Splunk's management port (REST, 8089 in the real one) with
//! Enterprise Security: notables that are updated from outside, as findings too
//! where it is version 8 (facts/two-way.md, section 3).
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use jira_intake_standins::splunk::{Generation, SplunkOptions, SplunkStandIn};
//!
//! let options = SplunkOptions::new(Generation::Seven, "a-token").user("ada");
//! let splunk = SplunkStandIn::start(options).await?;
//! splunk.know("B7F3@@notable@@abc");
//! // … let a client work against splunk.url() …
//! let notable = splunk.notable("B7F3@@notable@@abc").unwrap();
//! assert_eq!((notable.status.as_str(), notable.comments.len()), ("5", 1));
//! assert!(splunk.unknown_ids().is_empty());
//! # Ok(())
//! # }
//! ```

mod classic;
mod findings;
mod notable;
mod notes;
mod options;
mod wording;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use crate::faults::{Fault, FaultKind};
use crate::server::{Answer, Request};
use crate::service::{Service, StandIn, has_bearer};
pub use notable::{Notable, Note};
pub use options::{Errors, Generation, SplunkOptions};

/// A running Splunk stand-in.
pub type SplunkStandIn = StandIn<Splunk>;

/// The service that [`SplunkStandIn`] plays.
pub struct Splunk {
    options: SplunkOptions,
    store: Mutex<Store>,
}

#[derive(Default)]
struct Store {
    notables: BTreeMap<String, Notable>,
    /// Updated though nobody knew them, in order.
    unknown: Vec<String>,
    /// Which notables a search found.
    searches: BTreeMap<String, Vec<String>>,
    notes: usize,
}

impl From<SplunkOptions> for Splunk {
    fn from(options: SplunkOptions) -> Splunk {
        let store = Mutex::default();
        Splunk { options, store }
    }
}

impl StandIn<Splunk> {
    /// Makes it know a notable (its `event_id`) or, on version 8, a finding
    /// (`uuid@@notable@@time<epoch>`): new, of nobody, medium.
    pub fn know(&self, id: &str) {
        let mut store = self.service().store();
        store.notables.insert(id.to_owned(), Notable::new());
    }

    /// Makes it know a search that found these notables.
    pub fn know_search(&self, sid: &str, ids: &[&str]) {
        let ids = ids.iter().map(|id| (*id).to_owned());
        let mut store = self.service().store();
        store.searches.insert(sid.to_owned(), ids.collect());
    }

    /// A notable or finding that it knows.
    pub fn notable(&self, id: &str) -> Option<Notable> {
        self.service().store().notables.get(id).cloned()
    }

    /// The ids that `notable_update` took though there is no such notable: it
    /// does not look, and answers success.
    pub fn unknown_ids(&self) -> Vec<String> {
        self.service().store().unknown.clone()
    }
}

/// A fault: 200 with `success: false`, nothing done.
pub fn update_failed(message: &str) -> Fault {
    let body = json!({
        "success": false, "message": message, "success_count": 0, "failure_count": 1,
    });
    Fault::new(FaultKind::Answer(Answer::json(200, &body)))
}

impl Service for Splunk {
    type Fault = Fault;

    fn answer(&self, request: &Request) -> Answer {
        let refused = |refusal: wording::Refusal| {
            let errors = match request.query_value("output_mode").as_deref() {
                Some("json") => Errors::Json,
                _ => self.options.errors,
            };
            refusal.answer(errors)
        };
        self.admit(request)
            .and_then(|()| self.route(request))
            .unwrap_or_else(refused)
    }

    fn refusal(&self, status: u16) -> Answer {
        wording::of_status(status).answer(self.options.errors)
    }
}

/// An answer, or what is wrong with the request.
type Outcome = Result<Answer, wording::Refusal>;

impl Splunk {
    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn admit(&self, request: &Request) -> Result<(), wording::Refusal> {
        let by_token = has_bearer(request, &self.options.token);
        let basic = self.options.basic.as_ref().is_some_and(|(user, password)| {
            let expected = BASE64_STANDARD.encode(format!("{user}:{password}"));
            let given = request.header("authorization").unwrap_or_default();
            given.strip_prefix("Basic ") == Some(expected.as_str())
        });
        match by_token || basic {
            true => Ok(()),
            false => Err(wording::of_status(401)),
        }
    }

    fn route(&self, request: &Request) -> Outcome {
        let segments = request.segments();
        let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
        let method = request.method.as_str();
        let is_8 = self.options.generation == Generation::Eight;
        match (method, parts.as_slice()) {
            ("POST", ["services", "notable_update"]) => classic::update(self, request),
            (_, ["services", "notable_update"]) => Err(wording::of_status(405)),
            ("GET", ["services", "authentication", "current-context"]) => {
                Ok(self.current_context())
            }
            ("GET", ["services", "alerts", "reviewstatuses"]) => {
                Ok(classic::statuses(self, request))
            }
            (_, ["servicesNS", "nobody", rest @ ..]) if is_8 => {
                findings::route(self, request, method, rest)
            }
            _ => Err(wording::of_status(404)),
        }
    }

    /// Whose token it is, and what that user may do.
    fn current_context(&self) -> Answer {
        let mut held = vec!["search", "rest_properties_get"];
        held.extend(self.options.may_edit.then_some("edit_notable_events"));
        let content = json!({"username": "intake", "capabilities": held});
        Answer::json(
            200,
            &json!({"entry": [{"name": "context", "content": content}]}),
        )
    }

    /// The capability without which nothing is updated.
    fn may_edit(&self) -> Result<(), wording::Refusal> {
        match self.options.may_edit {
            true => Ok(()),
            false => Err(wording::no_capability("edit_notable_events")),
        }
    }
}

#[cfg(test)]
mod tests;
