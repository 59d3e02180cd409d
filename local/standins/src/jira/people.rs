//! What people do in Jira, with the browser: no check but that things are there.

use std::time::SystemTime;

use serde_json::{Map, Value};

use super::{JiraStandIn, transitions};

/// Who edits when a person does.
const PERSON: &str = "Ada Analyst";

impl JiraStandIn {
    /// A person edits an issue in the browser: no check but that it exists.
    /// A `status` may be set by its English name. False when there is no such
    /// issue.
    pub fn edit(&self, key: &str, work: impl FnOnce(&mut Map<String, Value>)) -> bool {
        let mut store = self.site().store();
        let Some(issue) = store.get_mut(key) else {
            return false;
        };
        let mut after = issue.fields.clone();
        work(&mut after);
        let status = after.remove("status");
        let gone: Vec<String> = issue
            .fields
            .keys()
            .filter(|field| !after.contains_key(*field))
            .cloned()
            .collect();
        for (field, value) in after {
            issue.set(PERSON, &field, value);
        }
        for field in gone {
            issue.set(PERSON, &field, Value::Null);
        }
        let workflow = self.site().workflow(issue.project());
        let status = status.as_ref().and_then(Value::as_str);
        if let Some(status) = status.and_then(|named| workflow.status(named)) {
            transitions::arrive(issue, PERSON, status);
        }
        store.index(key);
        true
    }

    /// A person files an issue with these fields, unchecked; answers its key.
    pub fn file(&self, project: &str, fields: Value) -> String {
        let mut known = Map::new();
        if let Some(project) = self.site().project(project) {
            known.insert("project".to_owned(), self.site().project_json(project));
            if let Some(first) = project.issue_types.first() {
                let first = self.site().issue_type_json(project, first);
                known.insert("issuetype".to_owned(), first);
            }
        }
        if let Value::Object(fields) = fields {
            known.extend(fields);
        }
        let mut store = self.site().store();
        let first = self.site().workflow(project).first();
        let key = store.create(project, first, known).key.clone();
        store.index(&key);
        key
    }

    /// A person moves an issue to another project; answers the new key. The
    /// old key still leads to the issue.
    pub fn move_issue(&self, key: &str, project: &str) -> Option<String> {
        let moved = self.site().project(project)?;
        let mut store = self.site().store();
        let new_key = store.rename(key, project)?;
        let issue = store.get_mut(key)?;
        issue.set(PERSON, "project", self.site().project_json(moved));
        let workflow = self.site().workflow(project);
        if workflow.status(&issue.status).is_none() {
            transitions::arrive(issue, PERSON, workflow.first());
        }
        store.index(key);
        Some(new_key)
    }

    /// A person moves an issue to a status by its name, whatever the workflow
    /// allows. False when there is no such issue or status.
    pub fn move_to(&self, key: &str, status: &str) -> bool {
        let mut store = self.site().store();
        let Some(issue) = store.get_mut(key) else {
            return false;
        };
        let Some(status) = self.site().workflow(issue.project()).status(status) else {
            return false;
        };
        transitions::arrive(issue, PERSON, status);
        store.index(key);
        true
    }

    /// A person deletes a comment. False when there is no such comment.
    pub fn delete_comment(&self, key: &str, id: &str) -> bool {
        let mut store = self.site().store();
        let Some(issue) = store.get_mut(key) else {
            return false;
        };
        let before = issue.comments.len();
        issue.comments.retain(|comment| comment.id != id);
        let deleted = issue.comments.len() < before;
        if deleted {
            issue.updated = SystemTime::now();
            store.index(key);
        }
        deleted
    }

    /// A person deletes an issue. False when there is no such issue.
    pub fn delete(&self, key: &str) -> bool {
        self.site().store().delete(key).is_some()
    }
}
