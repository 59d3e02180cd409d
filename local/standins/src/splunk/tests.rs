mod classic;
mod findings;

use std::collections::BTreeMap;

use super::{Generation, Notable, SplunkOptions, SplunkStandIn};
use crate::caller::{Caller, Reply};

const TOKEN: &str = "a-token";
const FINDING: &str = "0f1e@@notable@@time1758000000";
const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

struct Splunk {
    standin: SplunkStandIn,
    http: Caller,
}

impl Splunk {
    async fn start(options: SplunkOptions) -> Splunk {
        let standin = SplunkStandIn::start(options).await.unwrap();
        standin.know("N1");
        standin.know(FINDING);
        let http = Caller::new(&standin.url(), &format!("Bearer {TOKEN}"));
        Splunk { standin, http }
    }

    /// `POST /services/notable_update` with this form.
    async fn update(&self, form: &str) -> Reply {
        let path = "/services/notable_update";
        let reply = self.http.raw("POST", path, &FORM, form.to_owned());
        reply.await.unwrap()
    }

    fn notable(&self, id: &str) -> Notable {
        self.standin.notable(id).unwrap()
    }
}

fn seven() -> SplunkOptions {
    SplunkOptions::new(Generation::Seven, TOKEN).user("ada")
}

fn eight() -> SplunkOptions {
    SplunkOptions::new(Generation::Eight, TOKEN).user("ada")
}

/// Labels by name, as the list of statuses tells them.
fn labels(list: &serde_json::Value) -> BTreeMap<&str, &str> {
    let entries = list["entry"].as_array().unwrap().iter();
    let entries = entries.map(|it| (it["name"].as_str(), it["content"]["label"].as_str()));
    entries
        .map(|(name, label)| (name.unwrap(), label.unwrap()))
        .collect()
}
