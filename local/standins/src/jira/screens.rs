//! What is on the screens: the metadata for creating, editing and transitions.

use serde_json::{Map, Value, json};

use super::call::{Call, Outcome};
use super::custom_field::CustomField;
use super::custom_values::option_id;
use super::fields::Purpose;
use super::meta::project_named;
use super::names::{SYSTEM, name_of};
use super::project::Project;
use super::refusal::Refusal;
use super::site::{Site, is_subtask};
use crate::server::Answer;

const DEFAULT_PAGE: usize = 50;
/// Jira REST docs, create metadata: at most 200 a page.
const MAX_PAGE: usize = 200;

/// The fields of every issue, whatever the screen says.
const ALWAYS: [&str; 3] = ["summary", "issuetype", "project"];

/// `GET issue/createmeta/{project}/issuetypes`: none for who may not create.
pub(crate) fn create_types(call: &Call<'_>) -> Outcome {
    let project = project_named(call, call.part(2))?;
    let may_create = !call.site.no_create().contains(&project.key);
    let types = project.issue_types.iter().filter(|_| may_create);
    let types = types
        .map(|name| call.site.issue_type_json(project, name))
        .collect();
    Ok(page(call, "issueTypes", types))
}

/// `GET issue/createmeta/{project}/issuetypes/{type}`
pub(crate) fn create_fields(call: &Call<'_>) -> Outcome {
    let project = project_named(call, call.part(2))?;
    let known = |name: &&String| {
        call.site.issue_type_json(project, name).get("id") == Some(&json!(call.part(4)))
    };
    let Some(issue_type) = project.issue_types.iter().find(known) else {
        return Err(Refusal::message(
            404,
            call.say("Issue type not found", "Vorgangstyp fehlt"),
        ));
    };
    let fields = on_screen(project, Purpose::Create, &ALWAYS).map(|id| {
        let required = ALWAYS.contains(&id)
            || project.required.contains(id)
            || (id == "parent" && is_subtask(issue_type));
        described(call, project, id, required)
    });
    Ok(page(call, "fields", fields.collect()))
}

/// `GET issue/{key}/editmeta`: no fields where no field can be edited (Jira REST
/// v3 docs, Get edit issue metadata, `jira.issue.editable`).
pub(crate) fn edit_fields(call: &Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let project = call.project_of(&issue)?;
    let purpose = call.edit_purpose(&issue);
    let mut fields: Map<String, Value> = on_screen(project, purpose, &[])
        .map(|id| {
            let required = id == "summary" || project.required.contains(id);
            (id.to_owned(), described(call, project, id, required))
        })
        .collect();
    if purpose == Purpose::Edit {
        let comment = described(call, project, "comment", false);
        fields.insert("comment".to_owned(), comment);
    }
    Ok(Answer::json(200, &json!({"fields": fields})))
}

/// The ids of the fields on a screen, system fields first.
fn on_screen<'a>(
    project: &'a Project,
    purpose: Purpose,
    always: &'static [&'static str],
) -> impl Iterator<Item = &'a str> {
    let system = SYSTEM.iter().map(|(id, ..)| *id);
    let custom = project.custom_fields.iter().map(|field| field.id.as_str());
    let shows = move |id: &&str| always.contains(id) || project.shows(id, purpose);
    system.chain(custom).filter(shows)
}

/// A field as the metadata describe it.
pub(crate) fn described(call: &Call<'_>, project: &Project, id: &str, required: bool) -> Value {
    let operations = match id {
        "components" => json!(["add", "set", "remove"]),
        "comment" => json!(["add", "edit", "remove"]),
        _ => json!(["set"]),
    };
    let mut field = json!({
        "required": required,
        "name": name_of(project, id),
        "key": id,
        "fieldId": id,
        "hasDefaultValue": id == "priority",
        "operations": operations,
    });
    if let Some(custom) = project.custom_field(id) {
        field["schema"] = custom.schema();
    } else if let Some((_, _, kind, items)) = SYSTEM.iter().find(|(known, ..)| *known == id) {
        field["schema"] = json!({"type": kind, "system": id});
        if let Some(items) = items {
            field["schema"]["items"] = json!(items);
        }
    }
    if let Some(allowed) = allowed(call.site, project, id) {
        field["allowedValues"] = Value::Array(allowed);
    }
    field
}

/// The values a field takes, where Jira lists them.
pub(crate) fn allowed(site: &Site, project: &Project, id: &str) -> Option<Vec<Value>> {
    let options = &site.options;
    let named = |names: &[String], show: &dyn Fn(&str) -> Value| -> Vec<Value> {
        names.iter().map(|name| show(name)).collect()
    };
    match id {
        "priority" => Some(named(&options.priorities, &|it| site.priority_json(it))),
        "components" => Some(named(&project.components, &|it| {
            site.component_json(project, it)
        })),
        "security" => Some(named(&project.security_levels, &|it| {
            site.level_json(project, it)
        })),
        "project" => Some(vec![site.project_json(project)]),
        _ => project.custom_field(id).and_then(choices),
    }
}

fn choices(field: &CustomField) -> Option<Vec<Value>> {
    let shown = field.choices.iter().enumerate().map(|(index, choice)| {
        let id = option_id(index);
        let children = choice.children.iter().enumerate();
        let children: Vec<Value> = children
            .map(|(at, child)| json!({"value": child, "id": format!("{id}{at}")}))
            .collect();
        let mut shown = json!({"value": choice.value, "id": id});
        if !children.is_empty() {
            shown["children"] = Value::Array(children);
        }
        shown
    });
    (!field.choices.is_empty()).then(|| shown.collect())
}

/// One page of a list: Cloud names it, Data Center says `values`.
fn page(call: &Call<'_>, name: &str, all: Vec<Value>) -> Answer {
    let start = call.number("startAt", 0);
    let most = call.number("maxResults", DEFAULT_PAGE).clamp(1, MAX_PAGE);
    let total = all.len();
    let list: Vec<Value> = all.into_iter().skip(start).take(most).collect();
    let mut answer = Map::new();
    answer.insert("startAt".to_owned(), json!(start));
    answer.insert("maxResults".to_owned(), json!(most));
    answer.insert("total".to_owned(), json!(total));
    if call.site.is_cloud() {
        answer.insert(name.to_owned(), json!(list));
    } else {
        answer.insert("isLast".to_owned(), json!(start + list.len() >= total));
        answer.insert("values".to_owned(), json!(list));
    }
    Answer::json(200, &Value::Object(answer))
}
