//! Jira as a tracker: at most one request for what can be said in one.

use serde_json::{Value, json};

use super::answers::{self, Doubt, Expected};
use super::connection::Connection;
use super::dropped::{drop_fields, drop_from_edit};
use super::request::{self, JiraRequest};
use super::{catalog, fingerprint, lookup, refusals, transitions};
use crate::markup::{Document, Flavor};
use crate::model::{
    Description, Edit, EntityKey, Goal, IssueFields, Place, RemoteLink, Scope, Shown, Step,
};
use crate::platform::Ports;
use crate::settings::Settings;
use crate::tracker::error::TrackerError;
use crate::tracker::port::{Answered, Created, Dropped, Found, Tracker};

/// Refused fields are dropped so often, as long as something can be dropped.
const MOST_ATTEMPTS: usize = 10;
/// Without these, an issue would be shown to the wrong people, or stand in the
/// wrong place.
const NEVER_DROPPED: [&str; 3] = ["security", "parent", "reporter"];

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
        let mut dropped = refusals::drop_known(&self.connection, &mut fields);
        let custom = &fields.custom;
        let resolved = catalog::resolve(&self.connection, custom, &fields.place, flavor).await?;
        fields.custom = resolved.fields;
        dropped.extend(resolved.dropped);
        for _ in 0..MOST_ATTEMPTS {
            let named = match self.create_once(&fields, &dropped, flavor).await {
                Err(TrackerError::Refused { fields, why }) => (fields, why),
                other => return other,
            };
            let before = dropped.len();
            if !self.may_drop(&named.0)? || !drop_fields(&mut fields, &named.0, &mut dropped) {
                return Err(self.refused(&fields.place, named.0, named.1).await);
            }
            refusals::remember(&self.connection, &fields.place, &dropped[before..]);
        }
        let why = "Jira refuses one field after the other".to_owned();
        Err(TrackerError::Refused {
            fields: Vec::new(),
            why,
        })
    }

    /// Whether the operator lets an issue do without each of the named fields:
    /// content that is shown to the wrong people is worse than none.
    fn may_drop(&self, named: &[(String, String)]) -> Result<bool, TrackerError> {
        let required = self.connection.required_fields()?;
        let is_kept = |name: &str| {
            NEVER_DROPPED.contains(&name) || required.iter().any(|field| field == name)
        };
        Ok(!named.iter().any(|(name, _)| is_kept(name)))
    }

    /// A create that is refused as it is: is it the login, the place, or the
    /// content?
    async fn refused(
        &self,
        place: &Place,
        fields: Vec<(String, String)>,
        why: String,
    ) -> TrackerError {
        let names = |wanted: &[&str]| {
            fields
                .iter()
                .any(|(name, _)| wanted.contains(&name.as_str()))
        };
        let is_place = names(&["project", "pid", "issuetype"]);
        if !is_place && !fields.is_empty() {
            return TrackerError::Refused { fields, why };
        }
        // With a bad token Cloud knows no project.
        if let Err(error) = self.connection.myself().await {
            return error;
        }
        if is_place {
            let why =
                format!("{why}. Check jira_project_key and jira_issue_type_name, and the routes");
            return TrackerError::misconfigured(Scope::Place(place.clone()), why);
        }
        match self.may_create(place).await {
            Some(false) => {
                let why = format!(
                    "{why}. The account may not create issues in {}",
                    place.project
                );
                TrackerError::misconfigured(Scope::Place(place.clone()), why)
            }
            _ => TrackerError::Refused { fields, why },
        }
    }

    /// Whether the account may create issues in a project; `None` if Jira does
    /// not say.
    async fn may_create(&self, place: &Place) -> Option<bool> {
        let flavor = self.connection.flavor().await.ok()?;
        let request = request::create_permission(&place.project, flavor);
        let answer = self.connection.ask(&request).await.ok()?;
        answer["permissions"]["CREATE_ISSUES"]["havePermission"].as_bool()
    }

    async fn create_once(
        &self,
        fields: &IssueFields,
        dropped: &[Dropped],
        flavor: Flavor,
    ) -> Result<Created, TrackerError> {
        let request = request::create(fields, dropped, flavor);
        let response = self.connection.send(&request).await?;
        let is_success = response.status.is_success();
        let now = self.connection.ports.clock.now();
        let answer = match answers::read(&response, Expected::Json, now) {
            Ok(answer) if response.status.as_u16() == 201 => answer,
            // A page from something in between: what is behind it may have done
            // its work.
            Ok(_) | Err(Doubt::NotJira(_)) if is_success => {
                return Err(TrackerError::Ambiguous {
                    why: format!("Jira answered {} to a create", response.status),
                });
            }
            Ok(_) => return Err(TrackerError::later("Jira answered something else")),
            Err(Doubt::Certain(TrackerError::Denied { why })) => {
                return Err(match self.refused(&fields.place, Vec::new(), why).await {
                    TrackerError::Refused { why, .. } => TrackerError::Denied { why },
                    other => other,
                });
            }
            Err(Doubt::Certain(error)) => return Err(error),
            Err(Doubt::NotJira(why)) => return Err(self.connection.not_jira(why).await),
            Err(Doubt::Missing(why)) => {
                let fields_named = vec![("project".to_owned(), why.clone())];
                return Err(self.refused(&fields.place, fields_named, why).await);
            }
        };
        let Some((key, id)) = lookup::name_of(&answer) else {
            return Err(TrackerError::Ambiguous {
                why: "Jira answered 201, but not which issue it created".to_owned(),
            });
        };
        Ok(Created {
            key,
            id,
            shown: Shown {
                summary: fields.line("summary").to_owned(),
                description: request::description_of(&request),
            },
            dropped: dropped.to_vec(),
        })
    }

    async fn edit_issue(&self, issue: &str, edit: &Edit) -> Result<Vec<Dropped>, TrackerError> {
        let flavor = self.connection.flavor().await?;
        let mut edit = edit.clone();
        let custom = &edit.custom;
        let resolved = catalog::resolve(&self.connection, custom, &edit.place, flavor).await?;
        edit.custom = resolved.fields;
        let mut dropped = resolved.dropped;
        for _ in 0..MOST_ATTEMPTS {
            let request = request::edit(issue, &edit, flavor);
            let done = self.connection.do_to_issue(&request, Expected::Anything);
            let (fields, why) = match done.await {
                Err(TrackerError::Refused { fields, why }) => (fields, why),
                other => return other.map(|_| dropped),
            };
            if !self.may_drop(&fields)? || !drop_from_edit(&mut edit, &fields, &mut dropped) {
                return Err(TrackerError::Refused { fields, why });
            }
            if edit.is_empty() {
                return Ok(dropped);
            }
        }
        let why = "Jira refuses one field after the other".to_owned();
        Err(TrackerError::Refused {
            fields: Vec::new(),
            why,
        })
    }

    async fn move_issue(&self, issue: &str, goal: &Goal) -> Result<bool, TrackerError> {
        let flavor = self.connection.flavor().await?;
        let offered = self
            .connection
            .do_to_issue(&request::transitions(issue, flavor), Expected::Json)
            .await
            .map_err(TrackerError::harmless)?;
        let Some(id) = transitions::choose(&offered, goal) else {
            return Ok(false);
        };
        let request = request::transition(issue, &id, flavor);
        let done = self.connection.do_to_issue(&request, Expected::Anything);
        done.await.map(|_| true)
    }

    async fn link_issue(&self, issue: &str, link: &RemoteLink) -> Result<(), TrackerError> {
        let flavor = self.connection.flavor().await?;
        let request = request::remote_link(issue, link, flavor);
        self.repeatable(&request, Expected::Json).await.map(drop)
    }

    /// Where Jira has no such link type, by a remote link.
    async fn link_duplicate(&self, issue: &str, survivor: &str) -> Result<(), TrackerError> {
        let flavor = self.connection.flavor().await?;
        let request = request::duplicates(issue, survivor, flavor);
        match self.repeatable(&request, Expected::Anything).await {
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
    async fn repeatable(
        &self,
        request: &JiraRequest,
        expected: Expected,
    ) -> Result<Value, TrackerError> {
        let done = self.connection.do_to_issue(request, expected).await;
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
            let comment = self
                .connection
                .do_to_issue(&request, Expected::Json)
                .await?;
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
            self.repeatable(&request, Expected::Json).await.map(drop)
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
            let shown = self
                .repeatable(&request::shown(issue, flavor), Expected::Json)
                .await?;
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
            let shown = self
                .repeatable(&request::status(issue, flavor), Expected::Json)
                .await?;
            Ok(transitions::is_done(&shown["fields"]["status"]))
        })
    }

    fn find<'a>(&'a self, entity: &'a EntityKey, label: &'a str) -> Answered<'a, Vec<Found>> {
        Box::pin(lookup::issues_of(&self.connection, entity, label))
    }

    fn probe(&self) -> Answered<'_, ()> {
        Box::pin(self.connection.myself())
    }

    fn login(&self) -> String {
        self.connection.login()
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
