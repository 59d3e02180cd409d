//! Jira as a tracker: at most one request for what can be said in one.

use serde_json::{Value, json};

use super::connection::Connection;
use super::dropped::{drop_fields, drop_from_edit};
use super::request::{self, JiraRequest};
use super::{answers, catalog, fingerprint, lookup, transitions};
use crate::markup::{Document, Flavor};
use crate::model::{Description, Edit, Goal, IssueFields, RemoteLink, Shown, Step};
use crate::platform::Ports;
use crate::settings::Settings;
use crate::tracker::error::TrackerError;
use crate::tracker::port::{Answered, Created, Dropped, Found, Tracker};

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

    async fn create_issue(&self, fields: &IssueFields) -> Result<Created, TrackerError> {
        let flavor = self.connection.flavor().await?;
        let mut fields = fields.clone();
        let resolved =
            catalog::resolve(&self.connection, &fields.custom, &fields.place, flavor).await?;
        fields.custom = resolved.fields;
        let mut dropped = resolved.dropped;
        let first = self.create_once(&fields, &dropped, flavor).await;
        let (answer, description) = match first {
            Err(TrackerError::Refused { fields: named, .. })
                if drop_fields(&mut fields, &named, &mut dropped) =>
            {
                self.create_once(&fields, &dropped, flavor).await?
            }
            other => other?,
        };
        let (Some(key), Some(id)) = (answer["key"].as_str(), answer["id"].as_str()) else {
            return Err(TrackerError::Ambiguous {
                why: "Jira answered 201, but not which issue it created".to_owned(),
            });
        };
        Ok(Created {
            key: key.to_owned(),
            id: id.to_owned(),
            shown: Shown {
                summary: fields.line("summary").to_owned(),
                description,
            },
            dropped,
        })
    }

    /// Jira's answer, and a fingerprint of the description that was sent.
    async fn create_once(
        &self,
        fields: &IssueFields,
        dropped: &[Dropped],
        flavor: Flavor,
    ) -> Result<(Value, String), TrackerError> {
        let request = request::create(fields, dropped, flavor);
        let response = self.connection.send(&request).await?;
        match response.status.as_u16() {
            201 => Ok((response.json(), request::description_of(&request))),
            // A page from something in between: what is behind it may have
            // done its work.
            200..=299 => Err(TrackerError::Ambiguous {
                why: format!("Jira answered {} to a create", response.status),
            }),
            _ => Err(answers::answered(
                &response,
                self.connection.ports.clock.now(),
            )),
        }
    }

    async fn edit_issue(&self, issue: &str, edit: &Edit) -> Result<Vec<Dropped>, TrackerError> {
        let flavor = self.connection.flavor().await?;
        let mut edit = edit.clone();
        let resolved =
            catalog::resolve(&self.connection, &edit.custom, &edit.place, flavor).await?;
        edit.custom = resolved.fields;
        let mut dropped = resolved.dropped;
        let first = request::edit(issue, &edit, flavor);
        match self.connection.do_to_issue(&first).await {
            Err(TrackerError::Refused { fields: named, .. })
                if drop_from_edit(&mut edit, &named, &mut dropped) =>
            {
                let second = request::edit(issue, &edit, flavor);
                self.connection.do_to_issue(&second).await?;
            }
            other => drop(other?),
        }
        Ok(dropped)
    }

    async fn move_issue(&self, issue: &str, goal: &Goal) -> Result<bool, TrackerError> {
        let flavor = self.connection.flavor().await?;
        let offered = self
            .connection
            .do_to_issue(&request::transitions(issue, flavor))
            .await
            .map_err(TrackerError::harmless)?;
        let Some(id) = transitions::choose(&offered, goal) else {
            return Ok(false);
        };
        let request = request::transition(issue, &id, flavor);
        self.connection.do_to_issue(&request).await.map(|_| true)
    }

    async fn link_issue(&self, issue: &str, link: &RemoteLink) -> Result<(), TrackerError> {
        let flavor = self.connection.flavor().await?;
        self.repeatable(&request::remote_link(issue, link, flavor))
            .await
            .map(drop)
    }

    /// Where Jira has no such link type, by a remote link.
    async fn link_duplicate(&self, issue: &str, survivor: &str) -> Result<(), TrackerError> {
        let flavor = self.connection.flavor().await?;
        let request = request::duplicates(issue, survivor, flavor);
        match self.connection.do_to_issue(&request).await {
            Err(TrackerError::Gone { .. } | TrackerError::Refused { .. }) => {
                let url = self.browse_url(survivor);
                let link = RemoteLink {
                    global_id: url.clone(),
                    title: format!("Merged into {survivor}"),
                    url,
                };
                self.link_issue(issue, &link).await
            }
            other => other.map(drop).map_err(TrackerError::harmless),
        }
    }

    /// A request about one issue that changes nothing when it is repeated.
    async fn repeatable(&self, request: &JiraRequest) -> Result<Value, TrackerError> {
        let done = self.connection.do_to_issue(request).await;
        done.map_err(TrackerError::harmless)
    }

    /// The request that a step on an issue begins with.
    fn request(&self, issue: &str, step: &Step) -> JiraRequest {
        let flavor = self.connection.likely_flavor();
        match step {
            Step::Create(fields) => request::create(fields, &[], flavor),
            Step::Edit(edit) => request::edit(issue, edit, flavor),
            Step::Comment(text) => request::comment(issue, text, flavor),
            Step::EditComment { id, text } => request::edit_comment(issue, id, text, flavor),
            Step::Duplicates { survivor } => request::duplicates(issue, survivor, flavor),
            Step::Link(link) => request::remote_link(issue, link, flavor),
            // Which transition is taken depends on what Jira offers then.
            Step::Transition(_) => request::transitions(issue, flavor),
            Step::LookAtText => request::shown(issue, flavor),
            Step::LookAtStatus => request::status(issue, flavor),
        }
    }
}

impl Tracker for Jira<'_> {
    fn create<'a>(&'a self, fields: &'a IssueFields) -> Answered<'a, Created> {
        Box::pin(self.create_issue(fields))
    }

    fn edit<'a>(&'a self, issue: &'a str, edit: &'a Edit) -> Answered<'a, Vec<Dropped>> {
        Box::pin(self.edit_issue(issue, edit))
    }

    fn comment<'a>(&'a self, issue: &'a str, text: &'a Document) -> Answered<'a, Option<String>> {
        Box::pin(async move {
            let flavor = self.connection.flavor().await?;
            let request = request::comment(issue, text, flavor);
            let comment = self.connection.do_to_issue(&request).await?;
            Ok(comment["id"].as_str().map(str::to_owned))
        })
    }

    fn edit_comment<'a>(
        &'a self,
        issue: &'a str,
        id: &'a str,
        text: &'a Document,
    ) -> Answered<'a, ()> {
        Box::pin(async move {
            let flavor = self.connection.flavor().await?;
            let request = request::edit_comment(issue, id, text, flavor);
            self.repeatable(&request).await.map(drop)
        })
    }

    fn transition<'a>(&'a self, issue: &'a str, goal: &'a Goal) -> Answered<'a, bool> {
        Box::pin(self.move_issue(issue, goal))
    }

    fn link<'a>(&'a self, issue: &'a str, link: &'a RemoteLink) -> Answered<'a, ()> {
        Box::pin(self.link_issue(issue, link))
    }

    fn duplicates<'a>(&'a self, issue: &'a str, survivor: &'a str) -> Answered<'a, ()> {
        Box::pin(self.link_duplicate(issue, survivor))
    }

    fn shown<'a>(&'a self, issue: &'a str) -> Answered<'a, Shown> {
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

    fn is_done<'a>(&'a self, issue: &'a str) -> Answered<'a, bool> {
        Box::pin(async move {
            let flavor = self.connection.flavor().await?;
            let shown = self.repeatable(&request::status(issue, flavor)).await?;
            Ok(transitions::is_done(&shown["fields"]["status"]))
        })
    }

    fn find<'a>(&'a self, project: &'a str, label: &'a str) -> Answered<'a, Vec<Found>> {
        Box::pin(lookup::by_label(&self.connection, project, label))
    }

    fn fingerprint(&self, description: &Description) -> String {
        let flavor = self.connection.likely_flavor();
        fingerprint::of(&request::render(description, flavor).into_json())
    }

    fn preview(&self, issue: &str, step: &Step) -> Value {
        let request = self.request(issue, step);
        let url = format!("{}{}", self.connection.base_url(), request.path);
        json!({ "method": request.method.as_str(), "url": url, "body": request.body })
    }

    fn browse_url(&self, issue: &str) -> String {
        format!("{}/browse/{issue}", self.connection.base_url())
    }
}

#[cfg(test)]
mod tests;
