//! Creating, changing and deleting issues.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::call::{Call, Outcome};
use super::comments::{self, Draft as Comment};
use super::custom_field::FieldKind;
use super::fields::{Purpose, Screen};
use super::issue::Issue;
use super::project::Project;
use super::refusal::{Flaw, Refusal};
use super::site::is_subtask;
use super::{properties, transitions};
use crate::server::Answer;

/// Jira REST v3 docs, Bulk create issues: up to 50.
const MAX_BULK: usize = 50;

/// An issue checked, not yet stored.
struct Draft<'a> {
    project: &'a Project,
    fields: Map<String, Value>,
    properties: BTreeMap<String, Value>,
    comments: Vec<Comment>,
    transition: Option<String>,
}

/// `POST issue`
pub(crate) fn create(call: &Call<'_>) -> Outcome {
    let draft = draft(call, &call.body)?;
    Ok(Answer::json(201, &store(call, draft)))
}

/// `POST issue/bulk`: 201 when at least one was created, else 400.
pub(crate) fn create_many(call: &Call<'_>) -> Outcome {
    let bodies = call.body.get("issueUpdates").and_then(Value::as_array);
    let bodies = bodies.filter(|bodies| (1..=MAX_BULK).contains(&bodies.len()));
    let Some(bodies) = bodies else {
        return Err(call.bad_request());
    };
    let (mut issues, mut errors) = (Vec::new(), Vec::new());
    for (index, body) in bodies.iter().enumerate() {
        match draft(call, body) {
            Ok(draft) => issues.push(store(call, draft)),
            Err(refusal) => errors.push(json!({
                "status": refusal.status,
                "elementErrors": refusal.body(),
                "failedElementNumber": index,
            })),
        }
    }
    let status = if issues.is_empty() { 400 } else { 201 };
    Ok(Answer::json(
        status,
        &json!({"issues": issues, "errors": errors}),
    ))
}

fn store(call: &Call<'_>, draft: Draft<'_>) -> Value {
    let me = call.site.me();
    let mut store = call.site.store();
    let comment_ids: Vec<u64> = draft.comments.iter().map(|_| store.next()).collect();
    let first = call.site.workflow(&draft.project.key).first();
    let issue = store.create(&draft.project.key, first, draft.fields);
    issue.properties.extend(draft.properties);
    for (id, comment) in comment_ids.into_iter().zip(draft.comments) {
        comments::keep(issue, id, &me, comment);
    }
    let moved = draft
        .transition
        .map(|id| transitions::go(call.site, issue, &id, None));
    let (id, key) = (issue.id.clone(), issue.key.clone());
    store.index(&key, &me.display_name);
    let link = call.site.link(call.api, &format!("issue/{id}"));
    let mut created = json!({"id": id, "key": key, "self": link});
    if let Some(moved) = moved {
        created["transition"] = transitions::told(call, moved);
    }
    created
}

fn draft<'a>(call: &'a Call<'_>, body: &Value) -> Result<Draft<'a>, Refusal> {
    let Some(given) = body.get("fields").and_then(Value::as_object) else {
        return Err(call.bad_request());
    };
    let project = project(call, given)?;
    if call.site.no_create().contains(&project.key) {
        return Err(no_permission(call));
    }
    let issue_type = issue_type(call, project, given)?;
    let screen = call.screen(project, Purpose::Create);
    let mut refusal = Refusal::nothing();
    let mut taken = Map::new();
    taken.insert("project".to_owned(), call.site.project_json(project));
    taken.insert(
        "issuetype".to_owned(),
        call.site.issue_type_json(project, &issue_type),
    );
    for (field, value) in given {
        if field != "project" && field != "issuetype" {
            keep(&mut taken, &mut refusal, field, screen.take(field, value));
        }
    }
    let verbs = verbs(call, screen, body, &mut taken, &mut refusal);
    let properties = properties::given(call, body, &mut refusal);
    need(call, screen, &issue_type, &taken, &mut refusal);
    refusal.if_any()?;
    fill(call, &mut taken);
    let transition = body
        .get("transition")
        .and_then(|transition| transition.get("id"));
    Ok(Draft {
        project,
        fields: taken,
        properties,
        comments: verbs,
        transition: transition.and_then(Value::as_str).map(str::to_owned),
    })
}

/// Keeps what was taken; a cleared field is not there.
fn keep(
    fields: &mut Map<String, Value>,
    refusal: &mut Refusal,
    field: &str,
    taken: Result<Value, Flaw>,
) {
    match taken {
        Ok(Value::Null) => {}
        Ok(value) => {
            fields.insert(field.to_owned(), value);
        }
        Err(flaw) => refusal.add(field, flaw),
    }
}

fn project<'a>(call: &'a Call<'_>, given: &Map<String, Value>) -> Result<&'a Project, Refusal> {
    let named = given
        .get("project")
        .and_then(|value| value.get("key").or_else(|| value.get("id")));
    let found = named
        .and_then(Value::as_str)
        .and_then(|named| call.site.project(named));
    found.ok_or_else(|| {
        let text = call.say(
            "valid project is required",
            "ein gültiges Projekt ist erforderlich",
        );
        Refusal::field("project", text)
    })
}

fn issue_type(
    call: &Call<'_>,
    project: &Project,
    given: &Map<String, Value>,
) -> Result<String, Refusal> {
    let value = given.get("issuetype").unwrap_or(&Value::Null);
    let found = project.issue_types.iter().find(|name| {
        let known = call.site.issue_type_json(project, name);
        match value.get("id") {
            Some(id) => known.get("id") == Some(id),
            None => known.get("name") == value.get("name"),
        }
    });
    found.cloned().ok_or_else(|| {
        let text = call.say(
            "Specify a valid issue type",
            "Geben Sie einen gültigen Vorgangstyp an",
        );
        Refusal::field("issuetype", text)
    })
}

/// Said in `errorMessages` only (issue 11).
fn no_permission(call: &Call<'_>) -> Refusal {
    let text = call.say(
        "You do not have permission to create issues in this project.",
        "Sie haben keine Berechtigung, in diesem Projekt Vorgänge zu erstellen.",
    );
    Refusal::message(400, text)
}

/// What must be there on create.
fn need(
    call: &Call<'_>,
    screen: Screen<'_>,
    issue_type: &str,
    taken: &Map<String, Value>,
    refusal: &mut Refusal,
) {
    let parent = is_subtask(issue_type).then_some("parent");
    let required = screen.project.required.iter().map(String::as_str);
    for field in required.chain(["summary"]).chain(parent) {
        let empty = taken.get(field).is_none_or(|value| *value == json!([]));
        if empty {
            let flaw = match field {
                "summary" => Flaw::Field(call.say(
                    "You must specify a summary of the issue.",
                    "Sie müssen eine Zusammenfassung des Vorgangs angeben.",
                )),
                _ => screen.required(field),
            };
            refusal.add(field, flaw);
        }
    }
}

/// What Jira sets by itself.
fn fill(call: &Call<'_>, fields: &mut Map<String, Value>) {
    let me = call.site.user_json(&call.site.me());
    fields.entry("labels").or_insert(json!([]));
    fields.entry("components").or_insert(json!([]));
    fields.entry("reporter").or_insert(me.clone());
    fields.insert("creator".to_owned(), me);
    let middle = call.site.options.priorities.len() / 2;
    if let Some(usual) = call.site.options.priorities.get(middle) {
        fields
            .entry("priority")
            .or_insert(call.site.priority_json(usual));
    }
}

/// Applies `update` to `fields`; returns the comments it adds.
pub(crate) fn verbs(
    call: &Call<'_>,
    screen: Screen<'_>,
    body: &Value,
    fields: &mut Map<String, Value>,
    refusal: &mut Refusal,
) -> Vec<Comment> {
    let mut comments = Vec::new();
    let updates = body.get("update").and_then(Value::as_object);
    for (field, list) in updates.into_iter().flatten() {
        if body
            .get("fields")
            .and_then(|fields| fields.get(field))
            .is_some()
        {
            let text = call.say(
                format!("Field '{field}' cannot appear in both 'fields' and 'update'"),
                format!("Das Feld '{field}' darf nicht in 'fields' und in 'update' stehen"),
            );
            refusal.add(field, Flaw::Field(text));
            continue;
        }
        for verb in list.as_array().into_iter().flatten() {
            if field == "comment" {
                comments.extend(comments::draft_of(call, screen, verb, refusal));
            } else if let Err(flaw) = apply(screen, field, verb, fields) {
                refusal.add(field, flaw);
            }
        }
    }
    comments
}

/// One verb: `{"set": value}` for every field, `add` and `remove` for lists.
fn apply(
    screen: Screen<'_>,
    field: &str,
    verb: &Value,
    fields: &mut Map<String, Value>,
) -> Result<(), Flaw> {
    let verb = verb.as_object().and_then(|verb| verb.iter().next());
    let Some((name, value)) = verb else {
        return Err(screen.off_screen(field));
    };
    if name == "set" {
        let value = screen.take(field, value)?;
        fields.insert(field.to_owned(), value);
        return Ok(());
    }
    // A list of one, so that the item is checked as the field's own.
    let one = screen.take(field, &json!([value]))?;
    let Some(item) = one.as_array().and_then(|items| items.first()).cloned() else {
        return Err(screen.off_screen(field));
    };
    let list = fields.entry(field).or_insert(json!([]));
    let mut items = list.as_array().cloned().unwrap_or_default();
    items.retain(|known| *known != item);
    match name.as_str() {
        "add" => items.push(item),
        "remove" => {}
        _ => return Err(screen.off_screen(field)),
    }
    items.sort_by_key(Value::to_string);
    *list = Value::Array(items);
    Ok(())
}

/// `PUT issue/{key}`
pub(crate) fn update(call: &Call<'_>) -> Outcome {
    // Checking may look at other issues, so it works on a copy.
    let issue = call.issue()?;
    let screen = call.screen(call.project_of(&issue)?, call.edit_purpose(&issue));
    let given = call.body.get("fields");
    if given.or_else(|| call.body.get("update")).is_none() {
        return Err(call.bad_request());
    }
    let mut refusal = Refusal::nothing();
    let mut wanted = Map::new();
    let given = given.and_then(Value::as_object);
    for (field, value) in given.into_iter().flatten() {
        match screen.take(field, value) {
            Ok(value) => {
                wanted.insert(field.clone(), value);
            }
            Err(flaw) => refusal.add(field, flaw),
        }
    }
    let mut checked = issue.fields.clone();
    verbs(call, screen, &call.body, &mut checked, &mut refusal);
    let properties = properties::given(call, &call.body, &mut refusal);
    refusal.if_any()?;
    for field in updated(&call.body).filter(|field| looks_around(screen, field)) {
        let value = checked.get(field).cloned().unwrap_or_default();
        wanted.insert(field.to_owned(), value);
    }
    commit(call, screen, wanted, properties)
}

/// Writes a checked change; the verbs run again, now under the lock, so that
/// two clients that add labels at once lose none.
fn commit(
    call: &Call<'_>,
    screen: Screen<'_>,
    wanted: Map<String, Value>,
    properties: BTreeMap<String, Value>,
) -> Outcome {
    let me = call.site.me();
    let mut store = call.site.store();
    let added = call
        .body
        .pointer("/update/comment")
        .and_then(Value::as_array);
    let ids: Vec<u64> = added.into_iter().flatten().map(|_| store.next()).collect();
    let Some(issue) = store.get_mut(call.part(1)) else {
        return Err(call.no_issue());
    };
    let (mut after, mut refusal) = (issue.fields.clone(), Refusal::nothing());
    let alone = without_others(call, screen);
    let comments = verbs(call, screen, &alone, &mut after, &mut refusal);
    after.extend(wanted);
    for (field, value) in after {
        issue.set(&me.display_name, &field, value);
    }
    for (id, comment) in ids.into_iter().zip(comments) {
        comments::keep(issue, id, &me, comment);
    }
    issue.properties.extend(properties);
    store.index(call.part(1), &me.display_name);
    Ok(Answer::empty(204))
}

/// The fields that `update` names.
fn updated(body: &Value) -> impl Iterator<Item = &str> {
    let updates = body.get("update").and_then(Value::as_object);
    updates.into_iter().flat_map(Map::keys).map(String::as_str)
}

/// Whether a field's check looks at other issues.
fn looks_around(screen: Screen<'_>, field: &str) -> bool {
    let custom = screen.project.custom_field(field);
    field == "parent" || custom.is_some_and(|it| it.kind == FieldKind::EpicLink)
}

/// The body without verbs whose check needs the lock we hold.
fn without_others(call: &Call<'_>, screen: Screen<'_>) -> Value {
    let mut body = call.body.clone();
    if let Some(update) = body.get_mut("update").and_then(Value::as_object_mut) {
        update.retain(|field, _| !looks_around(screen, field));
    }
    body
}

/// `DELETE issue/{key}`
pub(crate) fn delete(call: &Call<'_>) -> Outcome {
    let me = call.site.me().display_name;
    let gone: Option<Issue> = call.site.store().delete(call.part(1), &me);
    gone.map(|_| Answer::empty(204))
        .ok_or_else(|| call.no_issue())
}
