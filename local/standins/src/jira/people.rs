//! What people do in Jira, with the browser: no check but that things are there.

use std::time::SystemTime;

use serde_json::{Map, Value};

use super::comments::{self, Draft};
use super::issue::Issue;
use super::options::User;
use super::store::Store;
use super::{JiraStandIn, transitions};

/// Who edits when a person does.
pub(crate) const PERSON: &str = "Ada Analyst";

impl JiraStandIn {
    /// A person edits an issue in the browser: no check but that it exists.
    /// A `status` may be set by its English name. False when there is no such
    /// issue.
    pub fn edit(&self, key: &str, work: impl FnOnce(&mut Map<String, Value>)) -> bool {
        let change = |issue: &mut Issue| {
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
        };
        self.change_by_hand(key, change).is_some()
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
        let first = self.site().workflow(project).first();
        self.by_hand(|store| {
            let key = store.create(project, first, known).key.clone();
            store.index(&key, PERSON);
            key
        })
    }

    /// A person moves an issue to another project; answers the new key. The
    /// old key still leads to the issue.
    pub fn move_issue(&self, key: &str, project: &str) -> Option<String> {
        let moved = self.site().project(project)?;
        self.by_hand(|store| {
            let new_key = store.rename(key, project)?;
            let issue = store.get_mut(key)?;
            issue.set(PERSON, "project", self.site().project_json(moved));
            let workflow = self.site().workflow(project);
            if workflow.status(&issue.status).is_none() {
                transitions::arrive(issue, PERSON, workflow.first());
            }
            store.index(key, PERSON);
            Some(new_key)
        })
    }

    /// A person moves an issue to a status by its name, whatever the workflow
    /// allows. False when there is no such issue or status.
    pub fn move_to(&self, key: &str, status: &str) -> bool {
        let move_it = |issue: &mut Issue| {
            let workflow = self.site().workflow(issue.project());
            let status = workflow.status(status)?;
            transitions::arrive(issue, PERSON, status);
            Some(())
        };
        self.change_by_hand(key, move_it).flatten().is_some()
    }

    /// A person writes a comment; answers its id.
    pub fn comment(&self, key: &str, text: &str) -> Option<String> {
        self.write_comment(key, Draft::by_hand(self.site(), text, false))
    }

    /// A person writes a comment that customers do not see (the property
    /// `sd.public.comment`); answers its id.
    pub fn comment_internally(&self, key: &str, text: &str) -> Option<String> {
        self.write_comment(key, Draft::by_hand(self.site(), text, true))
    }

    /// A person changes a comment, whoever wrote it. False when there is no
    /// such comment.
    pub fn edit_comment(&self, key: &str, id: &str, text: &str) -> bool {
        let draft = Draft::by_hand(self.site(), text, false);
        let change = |issue: &mut Issue| {
            let mut comments = issue.comments.iter_mut();
            let comment = comments.find(|comment| comment.id == id)?;
            let comment = comments::rewrite(comment, &self.person(), draft);
            issue.updated = comment.updated;
            Some(())
        };
        self.change_by_hand(key, change).flatten().is_some()
    }

    /// A person deletes a comment. False when there is no such comment.
    pub fn delete_comment(&self, key: &str, id: &str) -> bool {
        let delete = |issue: &mut Issue| {
            let before = issue.comments.len();
            issue.comments.retain(|comment| comment.id != id);
            let deleted = issue.comments.len() < before;
            if deleted {
                issue.updated = SystemTime::now();
            }
            deleted
        };
        self.change_by_hand(key, delete).unwrap_or_default()
    }

    /// A person deletes an issue. False when there is no such issue.
    pub fn delete(&self, key: &str) -> bool {
        self.by_hand(|store| store.delete(key, PERSON)).is_some()
    }

    fn person(&self) -> User {
        let mut users = self.options().users.iter();
        let person = users.find(|user| user.display_name == PERSON);
        person.cloned().unwrap_or_else(|| User::new("ada", PERSON))
    }

    fn write_comment(&self, key: &str, draft: Draft) -> Option<String> {
        let id = self.site().store().next();
        let write = |issue: &mut Issue| comments::keep(issue, id, &self.person(), draft).id;
        self.change_by_hand(key, write)
    }

    /// Changes an issue, if it is there, and lets search and webhooks know.
    fn change_by_hand<T>(&self, key: &str, work: impl FnOnce(&mut Issue) -> T) -> Option<T> {
        self.by_hand(|store| {
            let done = work(store.get_mut(key)?);
            store.index(key, PERSON);
            Some(done)
        })
    }

    /// Works on the store, then tells webhooks.
    pub(super) fn by_hand<T>(&self, work: impl FnOnce(&mut Store) -> T) -> T {
        let done = work(&mut self.site().store());
        self.site().tell();
        done
    }
}
