//! An OpenCTI stand-in: the part of its GraphQL interface that a bridge to an
//! issue tracker writes back to, with the platform's habits (errors come as
//! HTTP 200, a url is added once however often it is sent), and its live stream
//! (see [`StreamEvent`]).
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use jira_intake_standins::faults::Fault;
//! use jira_intake_standins::opencti::{Entity, OpenCtiOptions, OpenCtiStandIn};
//!
//! let opencti = OpenCtiStandIn::start(OpenCtiOptions::new("a-token")).await?;
//! opencti.add_entity(Entity::new("5f1…", "incident--0c2…", "Incident").by("ANSSI"));
//! opencti.inject(Fault::html(502));
//! // … let a client work against opencti.platform_url() …
//! assert_eq!(opencti.references("5f1…").len(), 1);
//! # Ok(())
//! # }
//! ```

mod check;
mod entity;
mod failure;
mod filter;
mod ids;
mod notes;
mod patch;
mod people;
mod platform;
mod rights;
mod run;
mod schema;
mod standin;
mod stream;
mod workflow;

use std::sync::Arc;

use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::GraphQLError;
use apollo_compiler::response::serde_json_bytes::Value as Json;
use serde_json::{Map, Value, json};

use crate::faults::{Fault, FaultKind, page};
use crate::server::{Answer, Request};
use crate::service::{Service, StandIn, Unread, has_bearer, read_json};
pub use entity::{Entity, Reference, marking_id};
pub use notes::Note;
use platform::Platform;
use rights::Asker;
use run::Root;
use schema::SCHEMA;
pub use stream::{Connection, StreamEvent};
use stream::{Hub, StreamOptions};

/// How a stand-in OpenCTI is set up.
#[derive(Clone)]
pub struct OpenCtiOptions {
    /// The token that is let in.
    pub token: String,
    /// Where the platform lives under its host, such as `/cti`; empty at the top.
    pub base_path: String,
    /// The internal id of the user whose token it is.
    pub user_id: String,
    /// That user's name.
    pub user_name: String,
    /// The capabilities of that user, such as `KNOWLEDGE_KNUPDATE`; all if none are
    /// named.
    pub capabilities: Option<Vec<String>>,
    /// Platforms differ: with this, a document that is refused as a whole is
    /// answered with HTTP 200 as well, instead of 400.
    pub always_ok: bool,
    /// How its live streams behave.
    stream: StreamOptions,
}

impl OpenCtiOptions {
    /// A platform at the top of its host that lets this token in.
    pub fn new(token: &str) -> OpenCtiOptions {
        OpenCtiOptions {
            token: token.to_owned(),
            base_path: String::new(),
            user_id: ids::uuid("user"),
            user_name: "[C] Jira Intake".to_owned(),
            capabilities: None,
            always_ok: false,
            stream: StreamOptions::default(),
        }
    }

    /// Under this path, such as `/cti`.
    #[must_use]
    pub fn under(mut self, base_path: &str) -> OpenCtiOptions {
        self.base_path = base_path.trim_end_matches('/').to_owned();
        self
    }

    /// With a user who has these capabilities only, such as
    /// `KNOWLEDGE_KNPARTICIPATE`.
    #[must_use]
    pub fn with_capabilities(mut self, capabilities: &[&str]) -> OpenCtiOptions {
        let capabilities = capabilities.iter().map(|it| (*it).to_owned());
        self.capabilities = Some(capabilities.collect());
        self
    }

    /// With HTTP 200 even for a document that is refused as a whole.
    #[must_use]
    pub fn always_ok(mut self) -> OpenCtiOptions {
        self.always_ok = true;
        self
    }
}

/// A running OpenCTI stand-in.
pub type OpenCtiStandIn = StandIn<OpenCti>;

/// The service that [`OpenCtiStandIn`] plays.
pub struct OpenCti {
    options: OpenCtiOptions,
    asker: Asker,
    platform: Platform,
    hub: Arc<Hub>,
}

impl From<OpenCtiOptions> for OpenCti {
    fn from(options: OpenCtiOptions) -> OpenCti {
        OpenCti {
            asker: Asker {
                id: options.user_id.clone(),
                name: options.user_name.clone(),
                capabilities: options.capabilities.clone(),
            },
            platform: Platform::default(),
            hub: Arc::new(Hub::new(options.stream.clone())),
            options,
        }
    }
}

/// A fault: HTTP 200 with this code in `errors[]`, such as `FORBIDDEN_ACCESS`
/// with 403 or `LOCK_ERROR` with 500; nothing is done.
pub fn failing(code: &str, http_status: u16) -> Fault {
    let error = json!({
        "message": format!("Injected fault {code}."),
        "extensions": {
            "code": code,
            "data": {"http_status": http_status, "genre": "TECHNICAL"},
        },
        "name": code,
    });
    let body = json!({"errors": [error], "data": null});
    Fault::new(FaultKind::Answer(Answer::json(200, &body)))
}

impl Service for OpenCti {
    type Fault = Fault;

    fn answer(&self, request: &Request) -> Answer {
        let path = request.path.strip_prefix(&self.options.base_path);
        let path = path.unwrap_or_default();
        if let Some(rest) = path.strip_prefix("/stream/") {
            let is_known = has_bearer(request, &self.options.token);
            return stream::answer(&self.hub, rest, request, is_known);
        }
        if path != "/graphql" {
            return page(404, "Not Found");
        }
        if request.method != "POST" {
            return page(405, "Method Not Allowed").header("allow", "POST");
        }
        let body = match read_json(request) {
            Ok(Value::Object(body)) => body,
            Ok(_) | Err(Unread::OtherType) => return self.no_body(),
            Err(Unread::Chunked) => return page(411, "Length Required"),
            Err(Unread::TooLarge) => return page(413, "Payload Too Large"),
            Err(Unread::NoJson) => return page(400, "Bad Request"),
        };
        match self.run(request, body) {
            Ok(body) => Answer::json(200, &body),
            Err(refused) => refused,
        }
    }

    fn refusal(&self, status: u16) -> Answer {
        Answer::json(
            status,
            &refused("INTERNAL_SERVER_ERROR", [plain("Injected fault.")]),
        )
    }
}

impl OpenCti {
    fn run(&self, request: &Request, body: &Map<String, Value>) -> Result<Value, Answer> {
        let query = body.get("query").and_then(Value::as_str);
        let Some(query) = query.filter(|query| !query.is_empty()) else {
            let text = "GraphQL operations must contain a non-empty `query` or a `persistedQuery` extension.";
            return Err(self.refuse("BAD_REQUEST", [plain(text)]));
        };
        let document = check::read(query).map_err(|it| self.refuse(it.code, it.errors))?;
        let name = body.get("operationName").and_then(Value::as_str);
        let operation = document.operations.get(name).map_err(|it| {
            let error = it.to_graphql_error(&document.sources);
            self.refuse("OPERATION_RESOLUTION_FAILURE", [error])
        })?;
        let sent = match body.get("variables") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(sent)) => sent.clone(),
            Some(_) => {
                let text = "`variables` in a POST body must be an object if provided.";
                return Err(self.refuse("BAD_REQUEST", [plain(text)]));
            }
        };
        let sent = sent
            .into_iter()
            .map(|(name, value)| (name.into(), Json::from(value)));
        // The platform answers this one with 200 always: nothing ran yet, but
        // the document as such was right.
        let variables = coerce_variable_values(&SCHEMA, operation, &sent.collect())
            .map_err(|it| it.to_graphql_error(&document.sources))
            .map_err(|it| Answer::json(200, &refused("BAD_USER_INPUT", [it])))?;
        let known = has_bearer(request, &self.options.token);
        let root = Root {
            operation,
            asker: known.then_some(&self.asker),
            platform: &self.platform,
            hub: &self.hub,
        };
        Ok(root.run(&document, &variables))
    }

    fn no_body(&self) -> Answer {
        let text = "POST body missing, invalid Content-Type, or JSON object has no keys.";
        self.refuse("BAD_REQUEST", [plain(text)])
    }

    fn refuse(&self, code: &str, errors: impl IntoIterator<Item = GraphQLError>) -> Answer {
        let status = if self.options.always_ok { 200 } else { 400 };
        Answer::json(status, &refused(code, errors))
    }
}

/// An error that has no place in a document.
fn plain(text: &str) -> GraphQLError {
    GraphQLError::new(text, None, &Default::default())
}

/// The body of an answer to what was refused as a whole.
fn refused(code: &str, errors: impl IntoIterator<Item = GraphQLError>) -> Value {
    let errors = errors.into_iter().map(|error| {
        let mut error = json!(error);
        error["extensions"] = json!({"code": code});
        error["name"] = json!(code);
        error
    });
    json!({"errors": errors.collect::<Value>()})
}

#[cfg(test)]
mod tests;
