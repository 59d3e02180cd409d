//! One example of the pages: what it sets up, what it delivers, and what must
//! come of it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::pages::Block;
use crate::samples;
use crate::world::World;

/// Where OpenCTI keeps what STIX has no place for.
const EXTENSION: &str = "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba";
/// The second word after a fence that makes a block a part of an example.
pub(crate) const ROLES: [&str; 10] = [
    "settings",
    "routes",
    "summary",
    "description",
    "event",
    "alert",
    "generic",
    "person",
    "refuses",
    "gives",
];

/// What was set up so far, and what was delivered.
#[derive(Default)]
pub(crate) struct Example {
    heading: usize,
    settings: BTreeMap<String, String>,
    refused: BTreeMap<String, Value>,
    world: Option<World>,
    answer: Value,
    /// How many requests Jira had got before the last event.
    seen: usize,
}

impl Example {
    /// A new one, under the heading with this number.
    pub(crate) fn under(heading: usize) -> Self {
        Self {
            heading,
            ..Self::default()
        }
    }

    /// Whether a block begins another example.
    pub(crate) fn is_over(&self, next: &Block) -> bool {
        let sets_up = !matches!(
            next.role(),
            "event" | "alert" | "generic" | "person" | "gives"
        );
        self.heading != next.heading || (self.world.is_some() && sets_up)
    }

    /// Takes a block that sets up, or tells.
    pub(crate) async fn take(&mut self, block: &Block) {
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
                self.deliver("opencti", &event).await;
            }
            "alert" => {
                let sample = block.info.get(2).map_or("webhook.mimikatz", String::as_str);
                let file = samples::file(&format!("splunk-{sample}.json"));
                let mut alert: Value = serde_json::from_slice(&file).unwrap();
                merge(&mut alert, block.json());
                self.deliver("splunk", &alert).await;
            }
            "generic" => self.deliver("generic", &block.json()).await,
            _ => self.edited_by_a_person(block.json()),
        }
    }

    fn set(&mut self, name: &str, value: &str) {
        self.settings.insert(name.to_owned(), value.to_owned());
    }

    async fn deliver(&mut self, route: &str, event: &Value) {
        if self.world.is_none() {
            self.world = Some(World::new(&self.settings, &self.refused).await);
        }
        let world = self.world.as_ref().unwrap();
        self.seen = world.jira.requests().len();
        self.answer = world.post(route, event).await;
    }

    fn edited_by_a_person(&self, fields: Value) {
        let jira = &self.world.as_ref().unwrap().jira;
        let key = jira.issues()[0].key.clone();
        jira.edit(&key, |issue| {
            issue.extend(fields.as_object().unwrap().clone());
        });
    }

    /// What is otherwise than the block says, with what it should say.
    pub(crate) async fn difference(&mut self, block: &Block) -> Option<String> {
        if self.world.is_none() {
            self.deliver("opencti", &samples::stream("incident-create"))
                .await;
        }
        let what = block.info.get(2).map_or("", String::as_str);
        let (same, found) = if what == "sent" {
            let sent = self.sent();
            (holds(&sent, &block.json()), format!("{sent:#}"))
        } else {
            let found = self.found(what, &block.place).await;
            (shows(&found, &block.text), found)
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

    async fn found(&self, what: &str, place: &str) -> String {
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
                    let path = by_id(jira, path);
                    format!("{} {path}", request.method)
                });
                lines.collect::<Vec<_>>().join("\n")
            }
            "mistakes" => {
                let mistakes = self.world.as_ref().unwrap().mistakes().await;
                assert!(!mistakes.is_empty(), "{place}: {:#}", self.answer);
                mistakes
            }
            "log" => self.world.as_ref().unwrap().warnings(),
            other => panic!("{place}: `gives {other}` is unknown"),
        }
    }
}

/// Whether a text is the one that a page shows. There, a line `…` stands for
/// any number of lines, and a `…` in a line for the rest of it.
/// A path that says `{id}` where an issue's id stands.
fn by_id(jira: &jira_intake_standins::jira::JiraStandIn, path: String) -> String {
    let issues = jira.issues().into_iter();
    issues.fold(path, |path, issue| {
        path.replace(&format!("issue/{}", issue.id), "issue/{id}")
    })
}

fn shows(found: &str, shown: &str) -> bool {
    let mut found = found.trim().lines().map(str::trim_end);
    let mut skipping = false;
    for line in shown.trim().lines().map(str::trim_end) {
        if line.trim() == "…" {
            skipping = true;
            continue;
        }
        let fits = |found: &str| match line.split_once('…') {
            Some((begin, _)) => found.starts_with(begin),
            None => found == line,
        };
        let next = match skipping {
            true => found.find(|found| fits(found)),
            false => found.next().filter(|found| fits(found)),
        };
        if next.is_none() {
            return false;
        }
        skipping = false;
    }
    skipping || found.next().is_none()
}

/// On the pages, `extension` stands for the member with the long name.
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
