use std::cell::RefCell;

use serde_json::{Value, json};

use super::*;
use crate::platform::fake::{Fake, block_on};
use crate::settings::tests::load;
use crate::upstream::port::UpstreamError;

mod notes;
mod people;
mod statuses;

const URL: &str = "https://opencti.example.com/cti";
const SAID: &str = "Ada closed SOC-1: https://jira.example.com/browse/SOC-1";

/// A platform that answers from a script.
struct World {
    fake: Fake,
    words: BackWords,
    kind: RefCell<EntityType>,
}

impl World {
    fn new() -> Self {
        let settings = load(&[
            (
                "status_back",
                "done=Closed, indeterminate=In Progress, Waiting=status-3",
            ),
            (
                "assignee_back",
                "7:ada=ada@example.com, 7:bob=Bob, 7:eve=88ec0c6a-13ce-5e39-b486-354fe4a7084f",
            ),
        ]);
        let words = settings.unwrap().back_words().unwrap().clone();
        let fake = Fake::default();
        fake.now_ms.set(1_000_000);
        Self {
            fake,
            words,
            kind: RefCell::new(EntityType::new("case-incident")),
        }
    }

    fn entity(&self) -> OpenCtiEntity<'_> {
        let ports = self.fake.ports();
        let platform = Platform::new(ports, URL, "t");
        OpenCtiEntity::new(platform, ports, &self.words, "e-1", &self.kind.borrow())
    }

    /// The next answer is this.
    fn data(&self, data: Value) {
        let body = json!({ "data": data }).to_string();
        self.fake.reply(200, &[], &body);
    }

    /// The next answer is an error.
    fn refuse(&self, code: &str, message: &str) {
        let error = json!({ "message": message, "extensions": { "code": code } });
        let body = json!({ "errors": [error], "data": null }).to_string();
        self.fake.reply(200, &[], &body);
    }

    /// What was asked so far, with its variables.
    fn sent(&self) -> Vec<(String, Value)> {
        let requests = self.fake.requests.borrow();
        let bodies = requests.iter().map(|request| {
            let mut body: Value = serde_json::from_slice(request.body()).unwrap();
            let query = body["query"].as_str().unwrap().to_owned();
            (query, body["variables"].take())
        });
        bodies.collect()
    }

    /// The variables of the last question, which asks for this.
    #[track_caller]
    fn last(&self, asks_for: &str) -> Value {
        let (query, variables) = self.sent().pop().unwrap();
        assert!(query.contains(asks_for), "{query}");
        variables
    }
}

#[test]
fn an_issue_becomes_an_external_reference_of_the_entity() {
    let world = World::new();
    world.data(json!({ "externalReferenceAdd": { "id": "r-1" } }));
    world.data(json!({ "stixDomainObjectEdit": { "relationAdd": { "id": "x" } } }));
    let issue = IssueLink {
        key: "SOC-1".to_owned(),
        url: "https://jira.example.com/browse/SOC-1".to_owned(),
    };
    block_on(world.entity().announce(&issue)).unwrap();
    let sent = world.sent();
    assert_eq!(sent[0].1["input"]["url"], issue.url);
    assert_eq!(sent[0].1["input"]["external_id"], "SOC-1");
    assert_eq!(sent[1].1["id"], "e-1");
    assert_eq!(sent[1].1["input"]["toId"], "r-1");
}

#[test]
fn an_issue_cannot_be_announced_to_an_entity_that_is_gone() {
    let world = World::new();
    world.data(json!({ "externalReferenceAdd": { "id": "r-1" } }));
    world.refuse(
        "FUNCTIONAL_ERROR",
        "Cannot add the relation, Stix-Domain-Object cannot be found.",
    );
    let issue = IssueLink {
        key: "SOC-1".to_owned(),
        url: String::new(),
    };
    let error = block_on(world.entity().announce(&issue)).unwrap_err();
    assert!(matches!(error, UpstreamError::Gone { .. }), "{error:?}");
}
