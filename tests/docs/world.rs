//! The application in this process, with a memory of its own and a Jira that it
//! reaches over HTTP.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jira_intake::api::{self, Session};
use jira_intake::model::Timestamp;
use jira_intake::platform::journal::Journal;
use jira_intake::platform::{
    Body, BodyError, Clock, Http, Limits, LocalFuture, LogSink, Pieces, Ports, SendError, Sent,
    Store, StoreError, VariableError, Variables,
};
use jira_intake::settings::Settings;
use jira_intake::tracker::jira::Jira;
use jira_intake_standins::client::Client;
use jira_intake_standins::jira::{Fault, JiraOptions, JiraStandIn, Operation, Project};
use serde_json::Value;

use crate::pages::defaults;

/// The smallest configuration; `jira_url` is added when Jira listens.
const SMALLEST: [(&str, &str); 5] = [
    ("jira_api", "datacenter"),
    ("jira_api_token", "test-token"),
    ("jira_project_key", "SOC"),
    ("opencti_url", "https://opencti.example.com"),
    ("webhook_token", "t0ken"),
];

/// The application in this process, and its Jira.
pub(crate) struct World {
    /// Its Jira.
    pub(crate) jira: JiraStandIn,
    settings: BTreeMap<String, String>,
    values: RefCell<BTreeMap<String, Vec<u8>>>,
    counters: RefCell<BTreeMap<String, i64>>,
    lines: RefCell<Vec<String>>,
    client: Client,
}

impl World {
    /// A world with these settings, whose Jira refuses these fields.
    pub(crate) async fn new(
        given: &BTreeMap<String, String>,
        refused: &BTreeMap<String, Value>,
    ) -> Self {
        let options = JiraOptions::data_center().bearer("test-token");
        let jira = JiraStandIn::start(options.project(Project::new("IR"))).await;
        let jira = jira.unwrap();
        for (field, why) in refused {
            let fault = Fault::refused_field(field, why.as_str().unwrap());
            jira.inject(fault.on(Operation::Create).always());
        }
        let mut settings = defaults();
        settings.insert("jira_url".to_owned(), jira.url());
        settings.extend(SMALLEST.map(|(name, value)| (name.to_owned(), value.to_owned())));
        for (name, value) in given {
            assert!(settings.contains_key(name), "{name} is no variable");
            settings.insert(name.clone(), value.clone());
        }
        Self {
            jira,
            settings,
            values: RefCell::default(),
            counters: RefCell::default(),
            lines: RefCell::default(),
            client: Client::default(),
        }
    }

    /// Delivers an event to one of the routes: `opencti`, `splunk`, `generic`.
    pub(crate) async fn post(&self, route: &str, event: &Value) -> Value {
        let path = format!("/webhooks/{route}?token=t0ken");
        let head = http::Request::post(path).body(()).unwrap();
        self.answer(head, event.to_string()).await
    }

    /// The mistakes that are found in the settings.
    pub(crate) async fn mistakes(&self) -> String {
        let head = http::Request::get("/readyz?token=t0ken").body(()).unwrap();
        self.answer(head, String::new()).await;
        // Some are told to nobody: without a token nobody can show it.
        let lines = self.lines.borrow();
        let mut lines = lines.iter().map(|line| serde_json::from_str(line).unwrap());
        let line: Option<Value> = lines.find(|line: &Value| line["event"] == "misconfigured");
        let mistakes = line.and_then(|line| line["mistakes"].as_array().cloned());
        let mistakes = mistakes.unwrap_or_default();
        let texts = mistakes.iter().filter_map(Value::as_str);
        texts.collect::<Vec<_>>().join("\n")
    }

    /// A request, and what is done after its answer.
    async fn answer(&self, head: http::Request<()>, body: String) -> Value {
        let journal = Journal::default();
        let ports = Ports {
            store: self,
            http: self,
            clock: self,
            variables: self,
            log: self,
            journal: &journal,
        };
        let settings = Settings::new(self);
        let jira = Jira::new(ports, &settings);
        let session = Session::new(ports, &settings, &jira);
        let mut body = Whole(body.into_bytes());
        let response = api::handle(&session, &head.into_parts().0, &mut body).await;
        api::after_response(&session).await;
        serde_json::from_slice(response.body()).unwrap()
    }

    /// The reasons of the log's warnings.
    pub(crate) fn warnings(&self) -> String {
        let lines = self.lines.borrow();
        let lines = lines.iter().map(|line| serde_json::from_str(line).unwrap());
        let warnings = lines.filter(|line: &Value| line["level"] == "warn");
        let reasons = warnings.map(|line| line["reason"].as_str().unwrap().to_owned());
        reasons.collect::<Vec<_>>().join("\n")
    }
}

impl Store for World {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let counter = self.counters.borrow().get(key).copied();
        let counter = counter.map(|count| count.to_le_bytes().to_vec());
        Ok(self.values.borrow().get(key).cloned().or(counter))
    }

    fn keys(&self) -> Result<Vec<String>, StoreError> {
        let (values, counters) = (self.values.borrow(), self.counters.borrow());
        Ok(values.keys().chain(counters.keys()).cloned().collect())
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        let mut values = self.values.borrow_mut();
        values.insert(key.to_owned(), value.to_vec());
        Ok(())
    }

    fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.values.borrow_mut().remove(key);
        self.counters.borrow_mut().remove(key);
        Ok(())
    }

    fn increment(&self, key: &str, delta: i64) -> Result<i64, StoreError> {
        let mut counters = self.counters.borrow_mut();
        let counter = counters.entry(key.to_owned()).or_default();
        *counter += delta;
        Ok(*counter)
    }
}

impl Http for World {
    fn send<'a>(
        &'a self,
        request: http::Request<Vec<u8>>,
        _limits: Limits,
    ) -> LocalFuture<'a, Result<http::Response<Vec<u8>>, SendError>> {
        Box::pin(async move {
            let answer = self.client.send(request).await;
            let answer = answer.map_err(|error| SendError::Unclear(error.to_string()))?;
            let mut response = http::Response::new(answer.body);
            *response.status_mut() = http::StatusCode::from_u16(answer.status).unwrap();
            *response.headers_mut() = answer.headers;
            Ok(response)
        })
    }

    /// No page shows a stream.
    fn open<'a>(
        &'a self,
        _request: http::Request<Vec<u8>>,
        _time: Duration,
    ) -> Sent<'a, Box<dyn Pieces + 'a>> {
        let none = SendError::NotSent("nobody streams here".to_owned());
        Box::pin(std::future::ready(Err(none)))
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        Timestamp::UNKNOWN.after(now.unwrap())
    }

    fn sleep<'a>(&'a self, duration: Duration) -> LocalFuture<'a, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

impl Variables for World {
    fn get(&self, name: &str) -> Result<String, VariableError> {
        let value = self.settings.get(name).cloned();
        value.ok_or(VariableError::Undefined)
    }
}

impl LogSink for World {
    fn write(&self, line: &str) {
        self.lines.borrow_mut().push(line.to_owned());
    }
}

struct Whole(Vec<u8>);

impl Body for Whole {
    fn read<'a>(&'a mut self, _limit: usize) -> LocalFuture<'a, Result<Vec<u8>, BodyError>> {
        Box::pin(async move { Ok(std::mem::take(&mut self.0)) })
    }
}
