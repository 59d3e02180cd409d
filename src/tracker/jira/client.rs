//! Jira as a tracker: at most one request for what can be said in one.

use serde_json::{Map, Value, json};

use super::connection::Connection;
use super::request::{self, JiraRequest, Said};
use super::{back, comments, create, edit, fingerprint, lookup, moving, transitions};
use crate::markup::Document;
use crate::model::{
    Audience, Description, Edit, EntityKey, Goal, IssueFields, IssueName, IssueStatus, OpenIssue,
    Person, RemoteLink, SameSummary, Shown, Step,
};
use crate::platform::Ports;
use crate::settings::Settings;
use crate::tracker::error::TrackerError;
use crate::tracker::port::{Answered, Created, Edited, Found, Moved, Tracker};

/// The configured Jira.
pub struct Jira<'a> {
    connection: Connection<'a>,
}

impl<'a> Jira<'a> {
    /// Nothing is sent yet.
    pub fn new(ports: Ports<'a>, settings: &'a Settings<'a>) -> Self {
        Self {
            connection: Connection::new(ports, settings),
        }
    }

    async fn link_issue(&self, issue: &IssueName, link: &RemoteLink) -> Result<(), TrackerError> {
        let flavor = self.connection.flavor().await?;
        let request = request::remote_link(issue, link, flavor);
        self.repeatable(&request).await.map(drop)
    }

    /// Where Jira has no such link type, by a remote link.
    async fn link_duplicate(&self, issue: &IssueName, survivor: &str) -> Result<(), TrackerError> {
        let flavor = self.connection.flavor().await?;
        let request = request::duplicates(issue, survivor, flavor);
        match self.repeatable(&request).await {
            Err(TrackerError::Gone { .. } | TrackerError::Refused { .. }) => {
                let url = self.browse_url(survivor);
                let link = RemoteLink {
                    global_id: url.clone(),
                    title: format!("Merged into {survivor}"),
                    url,
                };
                self.link_issue(issue, &link).await
            }
            other => other.map(drop),
        }
    }

    /// A request about one issue that changes nothing when it is repeated.
    async fn repeatable(&self, request: &JiraRequest) -> Result<Value, TrackerError> {
        let done = self.connection.do_to_issue(request).await;
        done.map_err(TrackerError::harmless)
    }

    /// A comment, as far as it is known before it is sent.
    fn said<'t>(&self, text: &'t Document) -> Said<'t> {
        Said {
            text,
            limit: self.connection.text_limit(),
            key: None,
            is_internal: false,
        }
    }

    /// The request that a step on an issue begins with.
    fn request(&self, issue: &IssueName, step: &Step) -> JiraRequest {
        let flavor = self.connection.likely_flavor();
        let limit = self.connection.text_limit();
        match step {
            Step::Create(fields) => request::create(fields, &[], limit, flavor),
            Step::Edit(edit) => request::edit(issue, edit, limit, flavor),
            Step::Comment(text) => request::comment(issue, &self.said(text), flavor),
            Step::EditComment { id, text } => {
                request::edit_comment(issue, id, &self.said(text), flavor)
            }
            Step::Duplicates { survivor } => request::duplicates(issue, survivor, flavor),
            Step::Link(link) => request::remote_link(issue, link, flavor),
            // Which transition is taken depends on what Jira offers then.
            Step::Transition(_) => request::transitions(issue, flavor),
            Step::LookAtText => request::shown(issue, flavor),
            Step::LookAtStatus => request::status(issue, flavor),
            Step::LookForSummary(same) => lookup::with_summary(same, flavor).request(),
        }
    }
}

impl Tracker for Jira<'_> {
    fn recall(&self, refused: Map<String, Value>) {
        self.connection.refused.replace(refused);
    }

    fn create<'a>(&'a self, fields: &'a IssueFields) -> Answered<'a, Created> {
        Box::pin(create::create(&self.connection, fields))
    }

    fn edit<'a>(&'a self, issue: &'a IssueName, edit: &'a Edit) -> Answered<'a, Edited> {
        Box::pin(edit::edit(&self.connection, issue, edit))
    }

    fn comment<'a>(
        &'a self,
        issue: &'a IssueName,
        text: &'a Document,
        key: &'a str,
    ) -> Answered<'a, Option<String>> {
        Box::pin(comments::add(&self.connection, issue, text, key))
    }

    fn find_comment<'a>(
        &'a self,
        issue: &'a IssueName,
        key: &'a str,
    ) -> Answered<'a, Option<String>> {
        Box::pin(comments::find(&self.connection, issue, key))
    }

    fn edit_comment<'a>(
        &'a self,
        issue: &'a IssueName,
        id: &'a str,
        text: &'a Document,
    ) -> Answered<'a, ()> {
        Box::pin(comments::edit(&self.connection, issue, id, text))
    }

    fn transition<'a>(&'a self, issue: &'a IssueName, goal: &'a Goal) -> Answered<'a, Moved> {
        Box::pin(moving::move_issue(&self.connection, issue, goal))
    }

    fn link<'a>(&'a self, issue: &'a IssueName, link: &'a RemoteLink) -> Answered<'a, ()> {
        Box::pin(self.link_issue(issue, link))
    }

    fn duplicates<'a>(&'a self, issue: &'a IssueName, survivor: &'a str) -> Answered<'a, ()> {
        Box::pin(self.link_duplicate(issue, survivor))
    }

    fn shown<'a>(&'a self, issue: &'a IssueName) -> Answered<'a, Shown> {
        Box::pin(async move {
            let flavor = self.connection.flavor().await?;
            let shown = self.repeatable(&request::shown(issue, flavor)).await?;
            let summary = shown["fields"]["summary"].as_str();
            Ok(Shown {
                summary: summary.unwrap_or_default().to_owned(),
                description: fingerprint::of(&shown["fields"]["description"]),
            })
        })
    }

    fn status<'a>(&'a self, issue: &'a IssueName) -> Answered<'a, IssueStatus> {
        Box::pin(back::status(&self.connection, issue))
    }

    fn audience<'a>(
        &'a self,
        issue: &'a IssueName,
        comment: &'a str,
    ) -> Answered<'a, Option<Audience>> {
        Box::pin(back::audience(&self.connection, issue, comment))
    }

    fn myself(&self) -> Answered<'_, Person> {
        Box::pin(back::myself(&self.connection))
    }

    fn is_done<'a>(&'a self, issue: &'a IssueName) -> Answered<'a, bool> {
        Box::pin(async move {
            let status = moving::status(&self.connection, issue).await?;
            Ok(transitions::is_done(&status))
        })
    }

    fn find<'a>(&'a self, entity: &'a EntityKey, label: &'a str) -> Answered<'a, Vec<Found>> {
        Box::pin(lookup::issues_of(&self.connection, entity, label))
    }

    fn with_summary<'a>(&'a self, same: &'a SameSummary) -> Answered<'a, Vec<OpenIssue>> {
        Box::pin(lookup::open_issues(&self.connection, same))
    }

    fn owner<'a>(&'a self, issue: &'a IssueName) -> Answered<'a, Option<EntityKey>> {
        Box::pin(lookup::owner(&self.connection, issue.address()))
    }

    fn probe(&self) -> Answered<'_, ()> {
        Box::pin(self.connection.myself())
    }

    fn login(&self) -> String {
        self.connection.login()
    }

    fn fingerprint(&self, description: &Description) -> String {
        let flavor = self.connection.likely_flavor();
        let limit = self.connection.edit_size().limit;
        fingerprint::of_rendered(&request::render(description, limit, flavor))
    }

    fn preview(&self, issue: &IssueName, step: &Step) -> Value {
        let request = self.request(issue, step);
        let url = format!("{}{}", self.connection.base_url(), request.path);
        let body = request.body.as_deref().map(serde_json::from_str::<Value>);
        let body = body.and_then(Result::ok);
        json!({ "method": request.method.as_str(), "url": url, "body": body })
    }

    fn issues(&self) -> &str {
        self.connection.issues()
    }
}

#[cfg(test)]
mod tests;
