//! One call to an endpoint, and what every endpoint asks it.

use serde_json::Value;

use super::fields::{Purpose, Screen};
use super::issue::Issue;
use super::operation::Operation;
use super::project::Project;
use super::refusal::Refusal;
use super::site::{Api, Site};
use crate::server::{Answer, Request};

/// One call to an endpoint.
pub(crate) struct Call<'a> {
    pub(crate) site: &'a Site,
    pub(crate) request: &'a Request,
    pub(crate) api: Api,
    /// The path's parts after the version.
    pub(crate) parts: Vec<&'a str>,
    pub(crate) operation: Operation,
    /// The body; null when there is none.
    pub(crate) body: Value,
    /// Nobody is logged in, and the operation is open to everybody.
    pub(crate) anonymous: bool,
}

/// An endpoint's answer.
pub(crate) type Outcome = Result<Answer, Refusal>;

impl Call<'_> {
    /// A part of the path after the version; empty when there is none.
    pub(crate) fn part(&self, index: usize) -> &str {
        self.parts.get(index).copied().unwrap_or_default()
    }

    /// A query parameter that is a number.
    pub(crate) fn number(&self, name: &str, or: usize) -> usize {
        self.request
            .query_value(name)
            .and_then(|text| text.parse().ok())
            .unwrap_or(or)
    }

    /// What to say in the site's language.
    pub(crate) fn say(&self, english: impl Into<String>, german: impl Into<String>) -> String {
        self.site.locale().say(english, german)
    }

    pub(crate) fn bad_request(&self) -> Refusal {
        let text = self.say(
            "Invalid request payload. Refer to the REST API documentation and try again.",
            "Ungültige Anfrage. Lesen Sie die Dokumentation der REST-API.",
        );
        Refusal::message(400, text)
    }

    pub(crate) fn no_issue(&self) -> Refusal {
        let text = self.say(
            "Issue does not exist or you do not have permission to see it.",
            "Der Vorgang existiert nicht, oder Sie dürfen ihn nicht sehen.",
        );
        Refusal::message(404, text)
    }

    pub(crate) fn no_project(&self, named: &str) -> Refusal {
        let text = self.say(
            format!("No project could be found with key '{named}'."),
            format!("Es wurde kein Projekt mit dem Schlüssel '{named}' gefunden."),
        );
        Refusal::message(404, text)
    }

    /// The project of an issue that exists.
    pub(crate) fn project_of(&self, issue: &Issue) -> Result<&Project, Refusal> {
        self.site
            .project(issue.project())
            .ok_or_else(|| self.no_issue())
    }

    /// The issue that the path names, as a copy.
    pub(crate) fn issue(&self) -> Result<Issue, Refusal> {
        let found = self.site.store().get(self.part(1)).cloned();
        found.ok_or_else(|| self.no_issue())
    }

    /// Changes the issue that the path names, and lets search know.
    pub(crate) fn change<T>(&self, work: impl FnOnce(&mut Issue) -> T) -> Result<T, Refusal> {
        let mut store = self.site.store();
        let issue = store.get_mut(self.part(1)).ok_or_else(|| self.no_issue())?;
        let done = work(issue);
        store.index(self.part(1), &self.site.me().display_name);
        Ok(done)
    }

    /// Whether `expand` names this.
    pub(crate) fn expands(&self, name: &str) -> bool {
        let expand = self.request.query_value("expand").unwrap_or_default();
        expand.split(',').any(|part| part.trim() == name)
    }

    /// Which screen an issue is edited on.
    pub(crate) fn edit_purpose(&self, issue: &Issue) -> Purpose {
        let editable = self.site.status_of(issue).is_none_or(|it| it.editable);
        if editable {
            Purpose::Edit
        } else {
            Purpose::Locked
        }
    }

    /// The screen on which this call writes.
    pub(crate) fn screen<'a>(&'a self, project: &'a Project, purpose: Purpose) -> Screen<'a> {
        Screen {
            site: self.site,
            project,
            api: self.api,
            purpose,
        }
    }
}
