//! A function that reads the live stream of an OpenCTI, with a Jira.

use std::time::Duration;

use jira_intake::model::Timestamp;
use jira_intake_standins::jira::{JiraOptions, JiraStandIn, Operation};
use jira_intake_standins::opencti::{OpenCtiOptions, OpenCtiStandIn, StreamEvent};
use serde_json::{Value, json};

use super::operator::{OPERATED, admin};
use super::{Function, cloud};

pub const STREAM: &str = "5f0d5a3a-0a0f-4d0e-9d1a-2f4f0f6a7c11";
pub const OPENCTI_TOKEN: &str = "opencti-token-5ecret";
pub const EXTENSION: &str = "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba";
/// 2025-11-01T12:00:00Z, in milliseconds: before everything that stand-ins do now.
pub const NOON: u64 = 1_761_998_400_000;

/// The types that file an issue.
pub const TYPES: [&str; 6] = [
    "incident",
    "report",
    "grouping",
    "case-incident",
    "case-rfi",
    "case-rft",
];

/// Both stand-ins, and the function between them.
pub struct Streamed {
    pub jira: JiraStandIn,
    pub opencti: OpenCtiStandIn,
    pub function: Function,
}

/// An OpenCTI whose heartbeats come often, so that no test waits for them.
pub fn platform() -> OpenCtiOptions {
    OpenCtiOptions::new(OPENCTI_TOKEN)
        .heartbeat(Duration::from_millis(200))
        .idle_read(Duration::from_millis(200))
}

impl Streamed {
    /// A function that has never read the stream and begins at its beginning.
    pub async fn start(settings: &[(&str, &str)]) -> Self {
        Self::with(platform(), cloud(), settings).await
    }

    /// The same with an OpenCTI and a Jira of these kinds.
    pub async fn with(
        opencti: OpenCtiOptions,
        jira: JiraOptions,
        settings: &[(&str, &str)],
    ) -> Self {
        Self::counted(opencti, jira, settings, &[]).await
    }

    /// The same, in an environment.
    pub async fn counted(
        opencti: OpenCtiOptions,
        jira: JiraOptions,
        settings: &[(&str, &str)],
        environment: &[(&str, &str)],
    ) -> Self {
        let opencti = OpenCtiStandIn::start(opencti).await.unwrap();
        opencti.open_stream(STREAM);
        // The platform's stream is older than what is read of it.
        let mut first = entity("malware", "first", 0, 0);
        first["extensions"][EXTENSION]["updated_at"] = "2025-10-01T00:00:00.000Z".into();
        let first = json!({ "version": "4", "type": "create", "data": first });
        opencti.push(StreamEvent::new(first).at(NOON - 20 * 3600 * 1000));
        let jira = JiraStandIn::start(jira).await.unwrap();
        let url = opencti.url();
        let own = [
            ("opencti_url", url.as_str()),
            ("opencti_token", OPENCTI_TOKEN),
            ("opencti_stream_id", STREAM),
            ("opencti_stream_from", "2025-11-01"),
        ];
        let all = [&OPERATED[..], &own, settings].concat();
        let function = Function::start_with(&jira, &all, &[], environment).await;
        Self {
            jira,
            opencti,
            function,
        }
    }

    /// Reads the stream; the status, and what it came to.
    pub async fn call(&self, query: &str) -> (u16, Value) {
        admin(&self.function, "POST", &format!("/tasks/stream{query}")).await
    }

    /// Reads the stream for so many seconds.
    pub async fn read(&self, seconds: u64) -> Value {
        let (status, report) = self.call(&format!("?seconds={seconds}")).await;
        assert_eq!(status, 200, "{report}");
        report
    }

    pub fn created(&self) -> usize {
        self.jira.count(Operation::Create)
    }

    /// The summaries of all issues, sorted.
    pub fn summaries(&self) -> Vec<String> {
        let issues = self.jira.issues();
        let mut all: Vec<String> = issues.iter().map(|it| it.summary().to_owned()).collect();
        all.sort();
        all
    }
}

/// An entity of this type, last changed so many milliseconds after noon.
pub fn entity(kind: &str, name: &str, created: u64, updated: u64) -> Value {
    let id = name.replace(' ', "-");
    let time = |millis: u64| Timestamp::from_millis(NOON + millis).to_string();
    let platform_type: Vec<String> = kind.split('-').map(capital).collect();
    json!({
        "id": format!("{kind}--{id}"),
        "spec_version": "2.1",
        "type": kind,
        "name": name,
        "created": time(created),
        "modified": time(updated),
        "extensions": { EXTENSION: {
            "extension_type": "property-extension",
            "id": format!("id-{id}"),
            "type": platform_type.join("-"),
            "created_at": time(created),
            "updated_at": time(updated),
        }},
    })
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}

/// What the stream tells of an entity at its last change.
pub fn event(kind: &str, data: &Value) -> StreamEvent {
    let updated = data["extensions"][EXTENSION]["updated_at"]
        .as_str()
        .unwrap();
    let mut body = json!({
        "version": "4",
        "type": kind,
        "scope": "external",
        "message": format!("{kind}s an entity"),
        "origin": { "socket": "query", "user_id": "88ec0c6a-13ce-5e39-b486-354fe4a7084f" },
        "data": data,
    });
    if kind == "update" {
        let patch = json!([{ "op": "replace", "path": "/name", "value": data["name"] }]);
        body["context"] = json!({ "patch": patch, "reverse_patch": [] });
    }
    let at = Timestamp::parse(updated).unwrap();
    StreamEvent::new(body).at(at.as_millis())
}

/// An incident that came into being so many milliseconds after noon.
pub fn incident(name: &str, at: u64) -> StreamEvent {
    event("create", &entity("incident", name, at, at))
}

/// The position of what happened so many milliseconds after noon.
pub fn position(at: u64) -> String {
    format!("{}-0", NOON + at)
}
