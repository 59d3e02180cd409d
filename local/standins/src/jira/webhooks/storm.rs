//! What makes webhooks come for nothing.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde_json::{Map, Value, json};

use super::super::JiraStandIn;
use super::super::issue::{Change, Issue};
use super::super::people::PERSON;
use super::super::site::Site;
use super::watch::{News, What};

/// The project whose issues are nobody's concern.
const FOREIGN: &str = "OPS";
/// The ids of its issues, far from those that the stand-in gives.
const FIRST_ID: usize = 900_001;

impl JiraStandIn {
    /// A person changes so many issues at once, in a project `OPS` that the
    /// stand-in does not have: the webhooks come, the issues cannot be read.
    /// Cloud sends them in the flow "Secondary".
    pub fn bulk_edit(&self, count: usize) {
        let site = self.site();
        let hooks = site.webhooks.hooks();
        for index in 0..count {
            site.webhooks.post(site, &hooks, &edited(site, index));
        }
    }

    /// A person saves an issue without a change: `items` is `[]`. False when
    /// there is no such issue.
    pub fn touch(&self, key: &str) -> bool {
        self.by_hand(|store| {
            let issue = store.get(key).cloned();
            let touched = issue.is_some();
            if let Some(issue) = issue {
                store.watch.touched(&issue, PERSON);
            }
            touched
        })
    }
}

/// One of the issues of a bulk edit: its priority was set.
fn edited(site: &Site, index: usize) -> News {
    let now = SystemTime::now();
    let (from, to) = (site.priority_json("Medium"), site.priority_json("High"));
    let mut fields = Map::new();
    for (field, value) in [
        (
            "project",
            json!({"id": "10900", "key": FOREIGN, "name": "Operations"}),
        ),
        (
            "issuetype",
            json!({"id": "10000", "name": "Task", "subtask": false}),
        ),
        ("summary", json!(format!("Somebody's work, {index}"))),
        ("labels", json!([])),
        ("priority", to.clone()),
    ] {
        fields.insert(field.to_owned(), value);
    }
    let change = Change {
        at: now,
        author: PERSON.to_owned(),
        field: "priority".to_owned(),
        from,
        to,
    };
    let issue = Issue {
        id: (FIRST_ID + index).to_string(),
        key: format!("{FOREIGN}-{}", index + 1),
        fields,
        properties: BTreeMap::<String, Value>::new(),
        comments: Vec::new(),
        remote_links: Vec::new(),
        links: Vec::new(),
        status: "In Progress".to_owned(),
        status_category: "indeterminate".to_owned(),
        changes: vec![change.clone()],
        created: now,
        updated: now,
    };
    News {
        at: now,
        by: PERSON.to_owned(),
        issue,
        what: What::Changed {
            changes: vec![change],
            moved_from: None,
        },
        in_bulk: true,
    }
}
