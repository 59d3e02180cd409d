//! Asks what a person wants to know who sets everything up. Nothing is changed in Jira,
//! and nothing that is remembered counts: Jira is asked anew.

mod facts;
mod fit;
mod unknown;

use std::cell::Cell;

use serde_json::{Map, Value, json};

pub use self::facts::{Account, Offered, Project, Sample, ScreenField, Site, Status};
pub use self::fit::Fit;
pub use self::unknown::Unknown;
use super::answers::{self, Expected};
use super::connection::Connection;
use super::fields::catalog::{self, Field};
use super::jql::quoted;
use super::request::{self, JiraRequest, encoded};
use crate::http::Answer;
use crate::markup::Flavor;
use crate::model::{IssueName, Place};
use crate::platform::Ports;
use crate::settings::Settings;

/// So many issues are looked at to find one in each status.
const SAMPLES: usize = 50;
/// One page of this size holds any sane list.
const PAGE: &str = "maxResults=200";

/// A Jira that is looked at.
pub struct Inspection<'a> {
    connection: Connection<'a>,
    settings: &'a Settings<'a>,
    flavor: Cell<Flavor>,
}

/// Jira's list of fields.
pub struct Catalog(Vec<Field>);

impl Catalog {
    /// How a configured value fits the field that is called so, on this screen.
    pub fn fit(&self, screen: &[ScreenField], name: &str, value: &Value) -> Fit {
        fit::of(&self.0, screen, name, value)
    }
}

impl<'a> Inspection<'a> {
    /// Nothing is sent yet.
    pub fn new(ports: Ports<'a>, settings: &'a Settings<'a>) -> Self {
        Self {
            connection: Connection::new(ports, settings),
            settings,
            flavor: Cell::new(Flavor::Wiki),
        }
    }

    /// Which Jira it is; from now on it is asked in its own language.
    ///
    /// # Errors
    /// Why that is not known; so it is with all questions.
    pub async fn site(&self) -> Result<Site, Unknown> {
        let told = Expected::Members(&["deploymentType", "version"]);
        let (answer, json) = self.asked("serverInfo", told).await?;
        // A dry run asks nobody: from now on it shows what this Jira would be sent.
        let _ = self.connection.learn_site(&json);
        let site = facts::site(&json, answer.date());
        self.flavor.set(match site.is_cloud {
            true => Flavor::Adf,
            false => Flavor::Wiki,
        });
        Ok(site)
    }

    /// Who we are.
    ///
    /// # Errors
    /// Why that is not known.
    pub async fn account(&self) -> Result<Account, Unknown> {
        let me = Expected::Members(&["accountId", "name", "key"]);
        match self.asked("myself", me).await {
            Ok((_, json)) => Ok(facts::account(&json)),
            // There is always somebody, unless the login is not believed.
            Err(Unknown::Missing(why)) => Err(Unknown::Login {
                why,
                is_captcha: false,
            }),
            Err(other) => Err(other),
        }
    }

    /// The keys of the projects that we see, 50 at most.
    ///
    /// # Errors
    /// Why they are not known.
    pub async fn projects(&self) -> Result<Vec<String>, Unknown> {
        let (_, json) = match self.flavor.get() {
            Flavor::Adf => {
                let some = Expected::Members(&["values"]);
                self.asked("project/search?maxResults=50", some).await?
            }
            Flavor::Wiki => self.asked("project", Expected::List).await?,
        };
        Ok(facts::keys(&json).into_iter().take(50).collect())
    }

    /// A project.
    ///
    /// # Errors
    /// [`Unknown::Missing`] if it is not there, or hidden from us.
    pub async fn project(&self, key: &str) -> Result<Project, Unknown> {
        let rest = format!("project/{}", encoded(key));
        let (_, json) = self.asked(&rest, Expected::Members(&["key"])).await?;
        Ok(facts::project(&json))
    }

    /// Those of the permissions that we lack in a project.
    ///
    /// # Errors
    /// Why that is not known.
    pub async fn lacking(
        &self,
        project: &str,
        wanted: &[&'static str],
    ) -> Result<Vec<&'static str>, Unknown> {
        let rest = format!(
            "mypermissions?projectKey={}&permissions={}",
            encoded(project),
            wanted.join(",")
        );
        let told = Expected::Members(&["permissions"]);
        let (_, json) = self.asked(&rest, told).await?;
        Ok(facts::lacking(&json, wanted))
    }

    /// All fields that can be set.
    ///
    /// # Errors
    /// Why they are not known.
    pub async fn catalog(&self) -> Result<Catalog, Unknown> {
        let (_, json) = self.asked("field", Expected::List).await?;
        Ok(Catalog(catalog::read_all(&json)))
    }

    /// The fields of new issues in a place.
    ///
    /// # Errors
    /// [`Unknown::Missing`] if no such issue can be created.
    pub async fn create_screen(&self, place: &Place) -> Result<Vec<ScreenField>, Unknown> {
        let base = format!("issue/createmeta/{}/issuetypes", encoded(&place.project));
        let types = Expected::Members(&["issueTypes", "values"]);
        let (_, json) = self.asked(&format!("{base}?{PAGE}"), types).await?;
        let mut types = entries(&json, "issueTypes");
        let kind = types.find(|kind| kind["name"] == place.issue_type);
        let Some(id) = kind.and_then(|kind| kind["id"].as_str()) else {
            let why = "no such issue can be created by this account".to_owned();
            return Err(Unknown::Missing(why));
        };
        let fields = Expected::Members(&["fields", "values"]);
        let rest = format!("{base}/{}?{PAGE}", encoded(id));
        let (_, json) = self.asked(&rest, fields).await?;
        let fields = entries(&json, "fields");
        Ok(fields.filter_map(ScreenField::read).collect())
    }

    /// The ids of the fields that can be edited on an issue now.
    ///
    /// # Errors
    /// Why they are not known.
    pub async fn edit_screen(&self, issue: &IssueName) -> Result<Vec<String>, Unknown> {
        let (_, json) = self
            .send(&request::editable(issue, self.flavor.get()))
            .await?;
        let fields = json["fields"].as_object().into_iter().flatten();
        Ok(fields.map(|(id, _)| id.clone()).collect())
    }

    /// Issues of a place that are not done, the newest first.
    ///
    /// # Errors
    /// Why a search finds nothing out.
    pub async fn samples(&self, place: &Place) -> Result<Vec<Sample>, Unknown> {
        let rest = match self.flavor.get() {
            Flavor::Adf => "search/jql",
            Flavor::Wiki => "search",
        };
        let (project, kind) = (quoted(&place.project), quoted(&place.issue_type));
        let jql = format!(
            "project = {project} AND issuetype = {kind} AND statusCategory != Done ORDER BY created DESC"
        );
        let body = json!({ "jql": jql, "fields": ["status"], "maxResults": SAMPLES });
        let found = Expected::Members(&["issues"]);
        let request = JiraRequest::post(self.flavor.get(), rest, &body, found);
        let (_, json) = self.send(&request).await?;
        Ok(facts::samples(&json))
    }

    /// The statuses that an issue of a place can have.
    ///
    /// # Errors
    /// Why they are not known.
    pub async fn statuses(&self, place: &Place) -> Result<Vec<Status>, Unknown> {
        let rest = format!("project/{}/statuses", encoded(&place.project));
        let (_, json) = self.asked(&rest, Expected::List).await?;
        Ok(facts::statuses(&json, &place.issue_type))
    }

    /// The transitions that an issue can take now, if it is given the configured fields.
    ///
    /// # Errors
    /// Why they are not known.
    pub async fn offered(&self, issue: &IssueName) -> Result<Vec<Offered>, Unknown> {
        let request = request::transitions(issue, self.flavor.get());
        let (_, json) = self.send(&request).await?;
        let nothing = Map::new();
        let given = self.settings.done_fields().unwrap_or(&nothing);
        Ok(facts::offered(&json, given))
    }

    /// How many characters a text may have on a Data Center; 0 is no limit.
    ///
    /// # Errors
    /// [`Unknown::Refused`] to all but administrators.
    pub async fn text_limit(&self) -> Result<Option<usize>, Unknown> {
        let key = "jira.text.field.character.limit";
        let rest = format!("application-properties?key={key}");
        let told = Expected::Members(&["value"]);
        let (_, json) = self.asked(&rest, told).await?;
        let value = json["value"].as_str();
        Ok(value.and_then(|value| value.trim().parse().ok()))
    }

    async fn asked(&self, rest: &str, told: Expected) -> Result<(Answer, Value), Unknown> {
        self.send(&JiraRequest::get(self.flavor.get(), rest, told))
            .await
    }

    async fn send(&self, request: &JiraRequest) -> Result<(Answer, Value), Unknown> {
        let jira = self.settings.jira();
        let jira = jira.map_err(|error| Unknown::Refused(error.to_string()))?;
        let answer = self.connection.call(jira, request).await;
        let answer = answer.map_err(Unknown::of_call)?;
        let now = self.connection.ports.clock.now();
        match answers::read(&answer, request.expected, now) {
            Ok(json) => Ok((answer, json)),
            Err(doubt) => Err(Unknown::of_doubt(doubt, &answer)),
        }
    }
}

/// Cloud names the list by what is in it, Data Center calls it `values`.
fn entries<'v>(answer: &'v Value, cloud: &str) -> impl Iterator<Item = &'v Value> {
    let list = answer[cloud].as_array().or(answer["values"].as_array());
    list.into_iter().flatten()
}
