//! Each rule one test, over real HTTP.

mod access;
mod answers;
mod change;
mod comment;
mod create;
mod desk;
mod fault;
mod kinds;
mod meta;
mod moved;
mod screens;
mod search;
mod workflow;

use serde_json::{Value, json};

use super::{JiraOptions, JiraStandIn};
use crate::caller::{Caller, Reply};

/// A stand-in and a client with the right credentials.
struct Jira {
    standin: JiraStandIn,
    http: Caller,
    /// The newest API: `/rest/api/3` on Cloud, `/rest/api/2` on Data Center.
    api: String,
}

async fn start(options: JiraOptions) -> Jira {
    let version = if options.deployment == super::Deployment::Cloud {
        3
    } else {
        2
    };
    let api = format!("{}/rest/api/{version}", options.context_path);
    let standin = JiraStandIn::start(options).await.unwrap();
    let http = Caller::new(&standin.url(), &standin.authorization());
    Jira { standin, http, api }
}

async fn cloud() -> Jira {
    start(JiraOptions::cloud()).await
}

async fn data_center() -> Jira {
    start(JiraOptions::data_center()).await
}

/// The fields every issue needs, and these besides.
fn fields(more: Value) -> Value {
    let mut fields = json!({
        "project": {"key": "SOC"}, "issuetype": {"name": "Task"}, "summary": "A thing happened",
    });
    for (name, value) in more.as_object().unwrap() {
        fields[name] = value.clone();
    }
    json!({"fields": fields})
}

fn doc(text: &str) -> Value {
    super::adf::wrap(text)
}

impl Jira {
    async fn get(&self, path: &str) -> Reply {
        self.http.get(&format!("{}/{path}", self.api)).await
    }

    async fn post(&self, path: &str, body: Value) -> Reply {
        self.http.post(&format!("{}/{path}", self.api), body).await
    }

    async fn put(&self, path: &str, body: Value) -> Reply {
        self.http.put(&format!("{}/{path}", self.api), body).await
    }

    /// Creates an issue and answers its key.
    async fn filed(&self, more: Value) -> String {
        let reply = self.post("issue", fields(more)).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        reply.json["key"].as_str().unwrap().to_owned()
    }

    /// Creates an issue that must be refused for exactly these fields.
    async fn refused(&self, more: Value, wrong: &[&str]) -> Reply {
        let shown = more.to_string();
        let reply = self.post("issue", fields(more)).await;
        assert_eq!(reply.status, 400, "{shown}: {}", reply.text);
        let mut wrong = wrong.to_vec();
        wrong.sort_unstable();
        assert_eq!(reply.fields(), wrong, "{shown}: {}", reply.text);
        assert!(self.standin.issues().is_empty(), "{shown}");
        reply
    }
}
