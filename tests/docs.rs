//! The papers cannot lie: every example of `docs/mapping.md`, and every mistake
//! that `docs/configuration.md` shows, is run through the whole application
//! against a Jira that is as strict as the real one.
//!
//! An example is a row of fenced blocks; the second word after the fence says
//! what each is for. `settings`, `routes`, `summary` and `description` set the
//! function up, `event` is delivered (over the sample incident, or the sample
//! that a third word names), `person` is what somebody edits in Jira, `refuses`
//! what Jira refuses; `gives` is what must come of it. Without an `event` the
//! sample incident itself is delivered. A heading, or a setting after a
//! `gives`, begins a new example.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "harness/samples.rs"]
#[allow(dead_code, unreachable_pub, reason = "only a part is used")]
mod samples;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jira_intake::app;
use jira_intake::platform::{
    Body, BodyError, Clock, Http, LocalFuture, LogSink, Ports, SendError, Store, StoreError,
    VariableError, Variables,
};
use jira_intake_local::client::Client;
use jira_intake_local::standin::jira::{Fault, JiraOptions, JiraStandIn, Operation, Project};
use serde_json::Value;

const PAPERS: [&str; 6] = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/design.md",
    "docs/configuration.md",
    "docs/mapping.md",
];
/// The smallest configuration; `jira_url` is added when Jira listens.
const SMALLEST: [(&str, &str); 5] = [
    ("jira_api", "datacenter"),
    ("jira_api_token", "test-token"),
    ("jira_project_key", "SOC"),
    ("opencti_url", "https://opencti.example.com"),
    ("webhook_token", "t0ken"),
];
/// Where OpenCTI keeps what STIX has no place for.
const EXTENSION: &str = "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba";
/// The second word after a fence that makes a block a part of an example.
const ROLES: [&str; 8] = [
    "settings",
    "routes",
    "summary",
    "description",
    "event",
    "person",
    "refuses",
    "gives",
];

#[tokio::test]
async fn every_example_of_the_mapping_does_what_it_says() {
    let (examples, results) = play("docs/mapping.md").await;
    assert!(examples > 20 && results > examples, "{examples} {results}");
}

#[tokio::test]
async fn every_mistake_reads_as_the_configuration_page_says() {
    let (examples, _) = play("docs/configuration.md").await;
    assert!(examples > 5, "{examples}");
}

#[test]
fn no_example_of_the_mapping_is_left_out() {
    for block in blocks("docs/mapping.md") {
        assert!(ROLES.contains(&block.role()), "{}", block.place);
    }
}

#[test]
fn the_readme_lists_every_variable_with_its_default() {
    let readme = paper("README.md");
    let configuration = paper("docs/configuration.md");
    for (name, default) in defaults() {
        let row = readme
            .lines()
            .find(|line| line.starts_with(&format!("| `{name}` |")))
            .unwrap_or_else(|| panic!("README.md has no row for {name}"));
        let cell = row.split('|').nth(2).unwrap().trim();
        assert_eq!(cell.trim_matches('`'), default, "{name}");
        assert!(configuration.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn the_readme_shows_the_notifier_template_that_is_tested() {
    let template = samples::file("opencti-notifier-template.ejs");
    let template = String::from_utf8(template).unwrap();
    assert!(paper("README.md").contains(template.trim()));
}

#[test]
fn every_link_within_the_papers_leads_somewhere() {
    for name in PAPERS {
        let folder = root().join(name).parent().unwrap().to_owned();
        for link in links(&paper(name)) {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let path = match file {
                "" => root().join(name),
                file => folder.join(file),
            };
            assert!(path.exists(), "{name}: {link}");
            if !anchor.is_empty() {
                let text = fs::read_to_string(&path).unwrap();
                let mut titles = headings(&text).map(anchor_of);
                assert!(titles.any(|title| title == anchor), "{name}: {link}");
            }
        }
    }
}

/// Plays a paper's examples; how many there were, and how many results.
async fn play(name: &str) -> (usize, usize) {
    let (mut examples, mut results) = (0, 0);
    let mut differences = Vec::new();
    let mut example = Example::default();
    for block in blocks(name).into_iter().filter(Block::is_played) {
        let begins = example.heading != block.heading || example.is_over(&block);
        if begins {
            example = Example {
                heading: block.heading,
                ..Example::default()
            };
            examples += 1;
        }
        if block.role() == "gives" {
            results += 1;
            differences.extend(example.difference(&block).await);
        } else {
            example.take(&block).await;
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
    (examples, results)
}

/// A fenced block of a paper.
struct Block {
    place: String,
    heading: usize,
    info: Vec<String>,
    text: String,
}

impl Block {
    fn role(&self) -> &str {
        self.info.get(1).map_or("", String::as_str)
    }

    fn is_played(&self) -> bool {
        ROLES.contains(&self.role())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{}: {e}", self.place))
    }
}

fn blocks(name: &str) -> Vec<Block> {
    let text = paper(name);
    let (mut blocks, mut heading) = (Vec::new(), 0);
    let mut open: Option<Block> = None;
    for (number, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, Some(info)) => {
                open = Some(Block {
                    place: format!("{name}, line {}", number + 1),
                    heading,
                    info: info.split_whitespace().map(str::to_owned).collect(),
                    text: String::new(),
                });
            }
            (None, None) => heading += usize::from(line.starts_with('#')),
        }
    }
    assert!(open.is_none(), "{name}: a block is not closed");
    blocks
}

/// What was set up so far, and what was delivered.
#[derive(Default)]
struct Example {
    heading: usize,
    settings: BTreeMap<String, String>,
    refused: BTreeMap<String, Value>,
    world: Option<World>,
    answer: Value,
    /// How many requests Jira had got before the last event.
    seen: usize,
}

impl Example {
    fn is_over(&self, next: &Block) -> bool {
        let sets_up = !matches!(next.role(), "event" | "person" | "gives");
        self.world.is_some() && sets_up
    }

    async fn take(&mut self, block: &Block) {
        match block.role() {
            "settings" => {
                let table: BTreeMap<String, String> =
                    toml::from_str(&block.text).unwrap_or_else(|e| panic!("{}: {e}", block.place));
                self.settings.extend(table);
            }
            "routes" => self.set("routes", &block.text),
            "summary" => self.set("summary_template", block.text.trim_end()),
            "description" => self.set("description_template", &block.text),
            "refuses" => self.refused = serde_json::from_value(block.json()).unwrap(),
            "event" => {
                let sample = block.info.get(2).map_or("incident-create", String::as_str);
                let mut event = samples::stream(sample);
                merge(&mut event, with_extension(block.json()));
                self.deliver(&event).await;
            }
            _ => self.edited_by_a_person(block.json()),
        }
    }

    fn set(&mut self, name: &str, value: &str) {
        self.settings.insert(name.to_owned(), value.to_owned());
    }

    async fn deliver(&mut self, event: &Value) {
        if self.world.is_none() {
            self.world = Some(World::new(&self.settings, &self.refused).await);
        }
        let world = self.world.as_ref().unwrap();
        self.seen = world.jira.requests().len();
        self.answer = world.post(event).await;
    }

    fn edited_by_a_person(&self, fields: Value) {
        let jira = &self.world.as_ref().unwrap().jira;
        let key = jira.issues()[0].key.clone();
        jira.edit(&key, |issue| {
            issue.extend(fields.as_object().unwrap().clone());
        });
    }

    /// What is otherwise than the block says, with what it should say.
    async fn difference(&mut self, block: &Block) -> Option<String> {
        if self.world.is_none() {
            self.deliver(&samples::stream("incident-create")).await;
        }
        let what = block.info.get(2).map_or("", String::as_str);
        let (same, found) = if what == "sent" {
            let sent = self.sent();
            (holds(&sent, &block.json()), format!("{sent:#}"))
        } else {
            let found = self.found(what, &block.place);
            (found.trim() == block.text.trim(), found)
        };
        (!same).then(|| format!("{}:\n{}", block.place, found.trim()))
    }

    /// The body of the first change that the last event made.
    fn sent(&self) -> Value {
        let requests = self.world.as_ref().unwrap().jira.requests();
        let mut new = requests.into_iter().skip(self.seen);
        new.find_map(|request| request.json)
            .unwrap_or_else(|| panic!("nothing was sent: {:#}", self.answer))
    }

    fn found(&self, what: &str, place: &str) -> String {
        let jira = &self.world.as_ref().unwrap().jira;
        let result = &self.answer["results"][0];
        let issue = || {
            let key = result["issue"]["key"].as_str();
            let key = key.unwrap_or_else(|| panic!("{place}: {:#}", self.answer));
            jira.issue(key).unwrap()
        };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match what {
            "summary" => issue().summary().to_owned(),
            "description" => text(issue().field("description")),
            "labels" => issue().labels().join(" "),
            "comment" => {
                let issue = issue();
                let last = issue.comments.last();
                text(&last.unwrap_or_else(|| panic!("{place}: no comment")).body)
            }
            "outcome" => {
                let reason = result["reason"].as_str();
                let reason = reason.map(|reason| format!(": {reason}"));
                format!("{}{}", text(&result["outcome"]), reason.unwrap_or_default())
            }
            "requests" => {
                let requests = jira.requests();
                let lines = requests.iter().skip(self.seen).map(|request| {
                    let path = request.path.replace("/rest/api/2/", "");
                    format!("{} {path}", request.method)
                });
                lines.collect::<Vec<_>>().join("\n")
            }
            "mistakes" => {
                let mistakes = self.answer["mistakes"].as_array();
                let mistakes = mistakes.unwrap_or_else(|| panic!("{place}: {:#}", self.answer));
                mistakes.iter().map(text).collect::<Vec<_>>().join("\n")
            }
            "log" => self.world.as_ref().unwrap().warnings(),
            other => panic!("{place}: `gives {other}` is unknown"),
        }
    }
}

/// In the papers, `extension` stands for the member with the long name.
fn with_extension(mut event: Value) -> Value {
    let extension = event.as_object_mut().and_then(|it| it.remove("extension"));
    if let Some(Value::Object(members)) = extension {
        for (name, value) in members {
            event["data"]["extensions"][EXTENSION][name] = value;
        }
    }
    event
}

/// RFC 7396, but that a null stays one.
fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from {
                merge(into.entry(name).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}

/// Whether a value has all that is expected of it, and perhaps more members.
fn holds(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => expected
            .iter()
            .all(|(name, value)| found.get(name).is_some_and(|found| holds(found, value))),
        (Value::Array(found), Value::Array(expected)) => {
            let pairs = found.iter().zip(expected);
            found.len() == expected.len() && pairs.into_iter().all(|(f, e)| holds(f, e))
        }
        (found, expected) => found == expected,
    }
}

/// The application in this process, and its Jira.
struct World {
    jira: JiraStandIn,
    settings: BTreeMap<String, String>,
    values: RefCell<BTreeMap<String, Vec<u8>>>,
    counters: RefCell<BTreeMap<String, i64>>,
    lines: RefCell<Vec<String>>,
    client: Client,
}

impl World {
    async fn new(given: &BTreeMap<String, String>, refused: &BTreeMap<String, Value>) -> Self {
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

    async fn post(&self, event: &Value) -> Value {
        let head = http::Request::post("/webhooks/opencti")
            .header("authorization", "Bearer t0ken")
            .body(())
            .unwrap()
            .into_parts()
            .0;
        let ports = Ports {
            store: self,
            http: self,
            clock: self,
            variables: self,
            log: self,
        };
        let mut body = Whole(event.to_string().into_bytes());
        let response = app::handle(ports, &head, &mut body).await;
        serde_json::from_slice(response.body()).unwrap()
    }

    /// The reasons of the log's warnings.
    fn warnings(&self) -> String {
        let lines = self.lines.borrow();
        let lines = lines.iter().map(|line| serde_json::from_str(line).unwrap());
        let warnings = lines.filter(|line: &Value| line["level"] == "warn");
        let reasons = warnings.map(|line| line["reason"].as_str().unwrap().to_owned());
        reasons.collect::<Vec<_>>().join("\n")
    }
}

impl Store for World {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.values.borrow().get(key).cloned())
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        let mut values = self.values.borrow_mut();
        values.insert(key.to_owned(), value.to_vec());
        Ok(())
    }

    fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.values.borrow_mut().remove(key);
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
        _timeout: Duration,
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
}

impl Clock for World {
    fn now_ms(&self) -> u64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        u64::try_from(now.unwrap().as_millis()).unwrap()
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

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn paper(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The manifest's variables with their defaults.
fn defaults() -> BTreeMap<String, String> {
    let manifest: toml::Table = paper("spin.toml").parse().unwrap();
    let variables = manifest["variables"].as_table().unwrap();
    let default = |(name, variable): (&String, &toml::Value)| {
        let default = variable["default"].as_str().unwrap();
        (name.clone(), default.to_owned())
    };
    variables.iter().map(default).collect()
}

/// The targets of a paper's links to files of the project.
fn links(text: &str) -> BTreeSet<String> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    targets
        .map(|(target, _)| target.to_owned())
        .filter(|target| !target.contains("://") && !target.contains(['{', ' ', '\\']))
        .collect()
}

fn headings(text: &str) -> impl Iterator<Item = &str> {
    let mut within = false;
    text.lines().filter_map(move |line| {
        within ^= line.starts_with("```");
        let title = line.trim_start_matches('#');
        (!within && title.len() < line.len()).then(|| title.trim())
    })
}

/// As GitHub makes an anchor of a heading.
fn anchor_of(title: &str) -> String {
    let kept = title.chars().filter_map(|c| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        c if c.is_alphanumeric() => Some(c.to_ascii_lowercase()),
        _ => None,
    });
    kept.collect()
}
