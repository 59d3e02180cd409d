//! A Jira that posts webhooks, an OpenCTI, and the function between them.

use std::time::{Duration, Instant};

use jira_intake_standins::jira::{JiraOptions, JiraStandIn, Webhook};
use jira_intake_standins::opencti::{Entity, OpenCtiStandIn};
use serde_json::{Value, json};

use super::operator::OPERATED;
use super::streamed::{self, OPENCTI_TOKEN};
use super::{DATA_CENTER, Function, WEBHOOK_TOKEN, cloud, data_center};

pub const SECRET: &str = "jira-webhook-5ecret";
/// The entity of these stories, as OpenCTI calls it.
pub const CASE: &str = "id-Odd-login";
/// What goes back, and how.
pub const BACK: [(&str, &str); 3] = [
    ("sync_back", "status,comments,assignee,resolution"),
    ("status_back", "done=Closed,indeterminate=In progress"),
    ("jira_webhook_secret", SECRET),
];

/// Both platforms, and the function between them.
pub struct Both {
    pub jira: JiraStandIn,
    pub opencti: OpenCtiStandIn,
    pub function: Function,
}

/// On both families, with settings of the test's own besides [`BACK`].
pub async fn both_families(settings: &[(&str, &str)]) -> [Both; 2] {
    let all = [&BACK[..], settings].concat();
    [
        Both::start(cloud(), &all).await,
        Both::start(data_center(), &[&DATA_CENTER[..], &all].concat()).await,
    ]
}

impl Both {
    /// A case without an issue, and webhooks that are signed.
    pub async fn start(jira: JiraOptions, settings: &[(&str, &str)]) -> Self {
        let both = Self::without_webhook(jira, settings).await;
        both.jira
            .add_webhook(Webhook::signed(&both.address(), SECRET));
        both
    }

    /// The same without webhooks.
    pub async fn without_webhook(jira: JiraOptions, settings: &[(&str, &str)]) -> Self {
        let opencti = OpenCtiStandIn::start(streamed::platform()).await.unwrap();
        let jira = JiraStandIn::start(jira).await.unwrap();
        for status in ["New", "In progress", "Closed"] {
            opencti.add_status("Case-Incident", status);
        }
        opencti.add_entity(Entity::new(
            CASE,
            "case-incident--Odd-login",
            "Case-Incident",
        ));
        let url = opencti.url();
        let own = [
            ("opencti_url", url.as_str()),
            ("opencti_token", OPENCTI_TOKEN),
        ];
        let all = [&OPERATED[..], &own, settings].concat();
        let function = Function::start_with(&jira, &all, &[], &[]).await;
        Self {
            jira,
            opencti,
            function,
        }
    }

    /// Where Jira posts.
    pub fn address(&self) -> String {
        format!("{}/webhooks/jira", self.function.url())
    }

    /// The same with the token, as Data Center before 10 has it.
    pub fn address_with_token(&self) -> String {
        format!("{}?token={WEBHOOK_TOKEN}", self.address())
    }

    /// Files the issue of the case; its key. What that leads to is over.
    pub async fn file(&self) -> String {
        let result = self.tell("create", json!({})).await;
        assert_eq!(result["outcome"], "created", "{result}");
        let key = result["issue"]["key"].as_str().unwrap().to_owned();
        self.settle().await;
        key
    }

    /// What becomes of an event of the case, with these members.
    pub async fn tell(&self, kind: &str, members: Value) -> Value {
        let mut data = streamed::entity("case-incident", "Odd login", 0, 0);
        for (name, value) in members.as_object().unwrap() {
            data["extensions"][streamed::EXTENSION][name] = value.clone();
        }
        let event = json!({ "version": "4", "type": kind, "data": data });
        let answer = self.function.opencti(event.to_string()).await;
        assert!(answer.status < 300, "{}: {}", answer.status, answer.text());
        answer.result()
    }

    /// Waits until Jira has posted everything.
    pub async fn settle(&self) {
        self.jira.settle().await.unwrap();
    }

    /// How many notes hold this text.
    pub fn notes(&self, text: &str) -> usize {
        let notes = self.opencti.notes();
        notes.iter().filter(|it| it.content.contains(text)).count()
    }

    /// The outcomes of the webhooks so far, in the order in which they ended.
    pub fn outcomes(&self) -> Vec<String> {
        let deliveries = self.jira.deliveries();
        let outcome = |answer: &str| {
            let answer: Value = serde_json::from_str(answer).unwrap_or_default();
            let outcome = answer["results"][0]["outcome"].as_str().unwrap_or("none");
            outcome.to_owned()
        };
        deliveries.iter().map(|it| outcome(&it.answer)).collect()
    }
}

/// Waits until something is so, for at most ten seconds.
pub async fn until(what: &str, is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(10), "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
