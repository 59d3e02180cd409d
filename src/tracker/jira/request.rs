//! A step becomes a request: method, path and body, in the words of the Jira
//! family that it goes to. Pure.

use http::Method;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::answers::Expected;
use super::fields_out::{Fields, Object, written};
use super::transitions::Way;
use crate::markup::{Document, Ending, Flavor, Inline, PanelKind, Rendered};
use crate::model::{
    Description, Edit, FieldChange, FieldValue, IssueFields, IssueName, RemoteLink,
};
use crate::text::to_json_text;
use crate::tracker::port::Dropped;

/// The issue property in which we keep what the issue stands for. Jira takes
/// keys to 255 characters and values to 32,768.
const PROPERTY: &str = "jira-intake";

/// A request to Jira, below its base address.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct JiraRequest {
    /// The method.
    pub method: Method,
    /// The path and query, from `/rest/api`.
    pub path: String,
    /// The body, JSON, if it has one.
    pub body: Option<String>,
    /// The fingerprint of the description that it sends, if it sends one.
    pub description: Option<String>,
    /// What a success answers.
    pub expected: Expected,
}

/// An issue, a comment, a link: all that has an id.
const ID: Expected = Expected::Members(&["id"]);
/// An issue with some of its fields.
const FIELDS: Expected = Expected::Members(&["fields"]);

impl JiraRequest {
    pub(super) fn get(flavor: Flavor, rest: &str, expected: Expected) -> Self {
        Self {
            method: Method::GET,
            path: path(flavor, rest),
            body: None,
            description: None,
            expected,
        }
    }

    /// One with a body that is JSON already.
    fn with(method: Method, flavor: Flavor, rest: &str, body: String, expected: Expected) -> Self {
        Self {
            method,
            body: Some(body),
            ..Self::get(flavor, rest, expected)
        }
    }

    pub(super) fn post(
        flavor: Flavor,
        rest: &str,
        body: &impl Serialize,
        expected: Expected,
    ) -> Self {
        Self::with(Method::POST, flavor, rest, to_json_text(body), expected)
    }
}

/// REST v3 takes ADF, v2 wiki markup.
fn path(flavor: Flavor, rest: &str) -> String {
    let version = match flavor {
        Flavor::Adf => 3,
        Flavor::Wiki => 2,
    };
    format!("/rest/api/{version}/{rest}")
}

/// `POST issue`. The custom fields must stand under their ids. The description
/// says which fields were dropped.
pub(super) fn create(
    fields: &IssueFields,
    dropped: &[Dropped],
    limit: usize,
    flavor: Flavor,
) -> JiraRequest {
    let custom = fields.custom.iter().filter(|(_, value)| !value.is_null());
    let mut sent = Fields::of(custom);
    sent.set("project", &json!({ "key": fields.place.project }));
    sent.set("issuetype", &json!({ "name": fields.place.issue_type }));
    for (field, value) in &fields.values {
        // Empty values would be refused where the field is not on the screen.
        match value {
            FieldValue::Text(text) if !dropped.is_empty() => {
                sent.set_text(field.id, render(&describe(text, dropped), limit, flavor));
            }
            value if value.is_empty() => {}
            value => set(&mut sent, field.id, value, limit, flavor),
        }
    }
    let body = body(&sent, &Map::new(), &fields.property);
    JiraRequest {
        description: sent.description(),
        ..JiraRequest::with(Method::POST, flavor, "issue", body, ID)
    }
}

/// What a create or an edit sends.
fn body(fields: &Fields, update: &Map<String, Value>, property: &Value) -> String {
    let mut body = Object::default();
    if !fields.is_empty() {
        body.written("fields", &fields.to_json());
    }
    if !update.is_empty() {
        body.value("update", update);
    }
    body.value("properties", &properties(property));
    body.into_text()
}

/// Sets a field to a value, as Jira takes it.
fn set(sent: &mut Fields, id: &str, value: &FieldValue, limit: usize, flavor: Flavor) {
    let value = match value {
        FieldValue::Text(text) => return sent.set_text(id, render(text, limit, flavor)),
        FieldValue::Line(text) => json!(text),
        FieldValue::Words(words) => json!(words),
        FieldValue::Named(name) => json!({ "name": name }),
        FieldValue::AllNamed(names) => names.iter().map(|name| json!({ "name": name })).collect(),
        FieldValue::User(name) => account(name, flavor),
    };
    sent.set(id, &value);
}

/// `PUT issue/{id}`: everything in one request.
pub(super) fn edit(issue: &IssueName, edit: &Edit, limit: usize, flavor: Flavor) -> JiraRequest {
    let mut sent = Fields::of(&edit.custom);
    let mut update = Map::new();
    for (field, change) in &edit.changes {
        match change {
            FieldChange::Set(value) => set(&mut sent, field.id, value, limit, flavor),
            // One by one: a whole list would wipe what people added.
            FieldChange::Entries { added, removed } => {
                let added = added.iter().map(|entry| json!({ "add": entry }));
                let removed = removed.iter().map(|entry| json!({ "remove": entry }));
                update.insert(field.id.to_owned(), added.chain(removed).collect());
            }
        }
    }
    let body = body(&sent, &update, &edit.property);
    let rest = path_of(issue);
    JiraRequest {
        description: sent.description(),
        ..JiraRequest::with(Method::PUT, flavor, &rest, body, Expected::Nothing)
    }
}

/// A comment as it is sent.
pub(super) struct Said<'a> {
    pub(super) text: &'a Document,
    /// The characters that it may have.
    pub(super) limit: usize,
    /// By which it is found again.
    pub(super) key: Option<&'a str>,
    /// Whether a service desk's customers do not see it.
    pub(super) is_internal: bool,
}

impl Said<'_> {
    /// The text as Jira takes it.
    pub(super) fn render(&self, flavor: Flavor) -> Rendered {
        let ending = Ending {
            text: "… cut here".to_owned(),
            url: None,
        };
        self.text.render(flavor, self.limit, &ending)
    }

    fn body(&self, flavor: Flavor) -> String {
        let key = self
            .key
            .map(|key| json!({ "key": PROPERTY, "value": { "step": key } }));
        let internal = json!({ "key": "sd.public.comment", "value": { "internal": true } });
        let internal = self.is_internal.then_some(internal);
        let properties: Vec<Value> = key.into_iter().chain(internal).collect();
        let mut body = Object::default();
        body.written("body", &written(self.render(flavor)));
        if !properties.is_empty() {
            body.value("properties", &properties);
        }
        body.into_text()
    }
}

/// `POST issue/{id}/comment`.
pub(super) fn comment(issue: &IssueName, said: &Said<'_>, flavor: Flavor) -> JiraRequest {
    let rest = format!("{}/comment", path_of(issue));
    JiraRequest::with(Method::POST, flavor, &rest, said.body(flavor), ID)
}

/// `PUT issue/{id}/comment/{comment}`.
pub(super) fn edit_comment(
    issue: &IssueName,
    id: &str,
    said: &Said<'_>,
    flavor: Flavor,
) -> JiraRequest {
    let rest = format!("{}/comment/{}", path_of(issue), encoded(id));
    JiraRequest::with(Method::PUT, flavor, &rest, said.body(flavor), ID)
}

/// `GET issue/{id}/comment`: the latest ones, with their properties.
pub(super) fn comments(issue: &IssueName, flavor: Flavor) -> JiraRequest {
    let rest = format!(
        "{}/comment?orderBy=-created&maxResults=50&expand=properties",
        path_of(issue)
    );
    JiraRequest::get(flavor, &rest, Expected::Members(&["comments"]))
}

/// Whether a comment of Jira's answer has this key.
pub(super) fn has_key(comment: &Value, key: &str) -> bool {
    let properties = comment["properties"].as_array().into_iter().flatten();
    let mut ours = properties.filter(|property| property["key"] == PROPERTY);
    ours.any(|property| property["value"]["step"] == key)
}

/// `GET issue/{id}`: where it stands in its workflow.
pub(super) fn status(issue: &IssueName, flavor: Flavor) -> JiraRequest {
    JiraRequest::get(flavor, &format!("{}?fields=status", path_of(issue)), FIELDS)
}

/// `POST issue/{id}/transitions`.
pub(super) fn transition(issue: &IssueName, way: &Way, flavor: Flavor) -> JiraRequest {
    let rest = format!("{}/transitions", path_of(issue));
    let mut body = json!({ "transition": { "id": way.id } });
    if !way.fields.is_empty() {
        body["fields"] = way.fields.clone().into();
    }
    JiraRequest::post(flavor, &rest, &body, Expected::Nothing)
}

/// `GET issue/{id}/transitions`, with what each asks for.
pub(super) fn transitions(issue: &IssueName, flavor: Flavor) -> JiraRequest {
    let rest = format!("{}/transitions?expand=transitions.fields", path_of(issue));
    JiraRequest::get(flavor, &rest, Expected::Members(&["transitions"]))
}

/// `GET issue/{id}/editmeta`: the fields that can be edited now.
pub(super) fn editable(issue: &IssueName, flavor: Flavor) -> JiraRequest {
    JiraRequest::get(flavor, &format!("{}/editmeta", path_of(issue)), FIELDS)
}

/// `GET issue/{id}`: the project that it is in now, and of which kind that is.
pub(super) fn project_of(issue: &IssueName, flavor: Flavor) -> JiraRequest {
    JiraRequest::get(
        flavor,
        &format!("{}?fields=project", path_of(issue)),
        FIELDS,
    )
}

/// `POST issue/{id}/remotelink`: creates the link, or updates the one with
/// the same global id.
pub(super) fn remote_link(issue: &IssueName, link: &RemoteLink, flavor: Flavor) -> JiraRequest {
    let rest = format!("{}/remotelink", path_of(issue));
    let body = json!({
        "globalId": link.global_id,
        "object": { "url": link.url, "title": link.title },
    });
    JiraRequest::post(flavor, &rest, &body, Expected::IdOrNothing)
}

/// `POST issueLink`: the issue duplicates `survivor`.
pub(super) fn duplicates(issue: &IssueName, survivor: &str, flavor: Flavor) -> JiraRequest {
    let inward = match issue.id.is_empty() {
        true => json!({ "key": issue.key }),
        false => json!({ "id": issue.id }),
    };
    let body = json!({
        "type": { "name": "Duplicate" },
        "inwardIssue": inward,
        "outwardIssue": { "key": survivor },
    });
    JiraRequest::post(flavor, "issueLink", &body, Expected::Nothing)
}

/// `GET issue/{id}`: what people can have edited.
pub(super) fn shown(issue: &IssueName, flavor: Flavor) -> JiraRequest {
    JiraRequest::get(
        flavor,
        &format!("{}?fields=summary,description", path_of(issue)),
        FIELDS,
    )
}

/// `GET issue/{id}/properties/jira-intake`: what we noted on an issue.
pub(super) fn property(issue: &str, flavor: Flavor) -> JiraRequest {
    let rest = format!("issue/{issue}/properties/{PROPERTY}");
    JiraRequest::get(flavor, &rest, Expected::Members(&["value"]))
}

/// `GET mypermissions`: whether the account may create issues in a project.
pub(super) fn create_permission(project: &str, flavor: Flavor) -> JiraRequest {
    let rest = format!(
        "mypermissions?projectKey={}&permissions=CREATE_ISSUES",
        encoded(project)
    );
    JiraRequest::get(flavor, &rest, Expected::Members(&["permissions"]))
}

/// The description as Jira takes it.
pub(super) fn render(description: &Description, limit: usize, flavor: Flavor) -> Rendered {
    let Description { document, ending } = description;
    document.render(flavor, limit, ending)
}

/// The description, with a word about fields that Jira did not take.
pub(super) fn describe(description: &Description, dropped: &[Dropped]) -> Description {
    let item = |dropped: &Dropped| {
        vec![
            Inline::code(&dropped.field),
            Inline::text(format!(": {}", dropped.why)),
        ]
    };
    let note = Document::new()
        .paragraph(vec![Inline::text("Jira did not take these fields:")])
        .bullets(dropped.iter().map(item));
    Description {
        document: Document::new()
            .panel(PanelKind::Warning, note)
            .append(description.document.as_ref().clone())
            .into(),
        ending: description.ending.clone(),
    }
}

fn account(name: &str, flavor: Flavor) -> Value {
    match flavor {
        Flavor::Adf => json!({ "accountId": name }),
        Flavor::Wiki => json!({ "name": name }),
    }
}

fn properties(value: &Value) -> Value {
    json!([{ "key": PROPERTY, "value": value }])
}

/// Names come from Jira, and are written into a path.
pub(super) fn path_of(issue: &IssueName) -> String {
    format!("issue/{}", encoded(issue.address()))
}

/// A part of a path or a query.
pub(super) fn encoded(part: &str) -> String {
    form_urlencoded::byte_serialize(part.as_bytes()).collect()
}
