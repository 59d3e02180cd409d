//! Webhooks over real HTTP: what is posted, and when it is posted again.

mod calls;
mod shapes;

use serde_json::{Value, json};

use super::super::{JiraOptions, JiraStandIn, Project, Workflow};
use super::{Delivery, Webhook};
use crate::faults::Fault;
use crate::server::{Answer, Request};
use crate::service::{Service, StandIn};

const SECRET: &str = "a-secret";

/// Somebody who is called.
struct Ear;

impl Service for Ear {
    type Fault = Fault;

    fn answer(&self, _: &Request) -> Answer {
        Answer::text(200, "heard")
    }

    fn refusal(&self, status: u16) -> Answer {
        Answer::text(status, "refused")
    }
}

struct Told {
    jira: JiraStandIn,
    ear: StandIn<Ear>,
}

impl Told {
    /// A stand-in with two projects and this webhook, given where to post.
    async fn start(options: JiraOptions, hook: impl FnOnce(&str) -> Webhook) -> Told {
        let workflow = Workflow::of(&[
            ("Open", "new"),
            ("Busy", "indeterminate"),
            ("Closed", "done"),
        ]);
        let options = options.project(Project::new("IR").workflow(workflow));
        let jira = JiraStandIn::start(options).await.unwrap();
        let ear = StandIn::start(Ear).await.unwrap();
        jira.add_webhook(hook(&format!("{}/hook?token=x", ear.url())));
        Told { jira, ear }
    }

    async fn cloud() -> Told {
        Told::start(JiraOptions::cloud(), |url| Webhook::signed(url, SECRET)).await
    }

    async fn data_center() -> Told {
        Told::start(JiraOptions::data_center(), |url| {
            Webhook::signed(url, SECRET)
        })
        .await
    }

    fn filed(&self) -> String {
        let fields = json!({"summary": "x", "labels": ["a"], "description": "text"});
        self.jira.file("SOC", fields)
    }

    /// What was posted since the last call.
    async fn posted(&self) -> Vec<Delivery> {
        self.jira.settle().await.unwrap();
        let deliveries = self.jira.deliveries();
        self.jira.clear_deliveries();
        deliveries
    }

    /// The bodies of what was posted since the last call.
    async fn bodies(&self) -> Vec<Value> {
        self.posted().await.iter().map(Delivery::json).collect()
    }

    /// The one body that was posted since the last call.
    async fn one(&self) -> Value {
        let mut bodies = self.bodies().await;
        assert_eq!(bodies.len(), 1, "{bodies:#?}");
        bodies.remove(0)
    }
}

fn events(posted: &[Delivery]) -> Vec<&str> {
    posted.iter().map(|it| it.event.as_str()).collect()
}

/// The members of an object, in alphabetical order.
fn members(value: &Value) -> Vec<&str> {
    let members = value.as_object().into_iter().flat_map(|it| it.keys());
    let mut names: Vec<&str> = members.map(String::as_str).collect();
    names.sort_unstable();
    names
}
