//! Moving an issue along its workflow, with the fields on a transition's screen.

use serde_json::{Map, Value, json};

use super::call::{Call, Outcome};
use super::comments::{self, Draft};
use super::fields::{Purpose, Screen};
use super::issue::Issue;
use super::names::name_of;
use super::project::Project;
use super::refusal::{Flaw, Refusal};
use super::site::Site;
use super::workflow::{ScreenField, Status, Transition};
use super::{issues, screens};
use crate::server::Answer;

/// `GET issue/{key}/transitions?expand=transitions.fields`
pub(crate) fn list(call: &Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let project = call.project_of(&issue)?;
    let open = call.site.workflow(issue.project());
    let open = open.leading_from(&issue.status);
    let shown = open.into_iter().map(|it| shown(call, project, it));
    let shown: Vec<Value> = shown.collect();
    Ok(Answer::json(
        200,
        &json!({"expand": "transitions", "transitions": shown}),
    ))
}

fn shown(call: &Call<'_>, project: &Project, transition: &Transition) -> Value {
    let locale = call.site.locale();
    let workflow = call.site.workflow(&project.key);
    let to = workflow.status(&transition.to);
    let mut shown = json!({
        "id": transition.id,
        "name": locale.say(&transition.name, &transition.german),
        "to": to.map(|status| status.json(locale)),
        "hasScreen": !transition.fields.is_empty(),
        "isAvailable": true,
        "isGlobal": transition.from.is_empty(),
        "isInitial": false,
        "isConditional": false,
    });
    if call.expands("transitions.fields") {
        let fields = transition.fields.iter();
        let fields = fields.map(|field| {
            let mut described = screens::described(call, project, &field.id, field.required);
            if let Some(allowed) = allowed(call.site, project, field) {
                described["allowedValues"] = Value::Array(allowed);
            }
            (field.id.clone(), described)
        });
        shown["fields"] = Value::Object(fields.collect());
    }
    shown
}

/// The values a field of a transition's screen takes, where Jira lists them.
fn allowed(site: &Site, project: &Project, field: &ScreenField) -> Option<Vec<Value>> {
    let all = match (field.id.as_str(), field.values.as_slice()) {
        ("resolution", []) => {
            let names = site.options.resolutions.iter();
            names.map(|name| site.resolution_json(name)).collect()
        }
        ("resolution", names) => names.iter().map(|it| site.resolution_json(it)).collect(),
        _ => screens::allowed(site, project, &field.id)?,
    };
    let named = |value: &Value| {
        let name = value.get("name").or_else(|| value.get("value"));
        let name = name.and_then(Value::as_str).unwrap_or_default();
        field.values.is_empty() || field.values.iter().any(|known| known == name)
    };
    Some(all.into_iter().filter(named).collect())
}

/// `POST issue/{key}/transitions`: 204, and Data Center calls the nothing HTML.
pub(crate) fn follow(call: &Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let id = call.body.pointer("/transition/id").and_then(Value::as_str);
    let Some(id) = id else {
        let text = call.say(
            "Missing 'transition' identifier",
            "Die Kennung 'transition' fehlt",
        );
        return Err(Refusal::message(400, text));
    };
    let Some(transition) = open(call.site, &issue, id) else {
        return Err(closed(call, id));
    };
    let (fields, drafts) = check(call, &issue, transition)?;
    let me = call.site.me();
    let ids: Vec<u64> = {
        let mut store = call.site.store();
        drafts.iter().map(|_| store.next()).collect()
    };
    let moved = call.change(|issue| {
        // Somebody else may have moved it since.
        let moved = go(call.site, issue, id, fields.get("resolution"));
        if moved {
            for (field, value) in fields {
                issue.set(&me.display_name, &field, value);
            }
            for (id, draft) in ids.into_iter().zip(drafts) {
                comments::keep(issue, id, &me, draft);
            }
        }
        moved
    })?;
    if moved {
        Ok(Answer::html(204, ""))
    } else {
        Err(closed(call, id))
    }
}

fn closed(call: &Call<'_>, id: &str) -> Refusal {
    let text = call.say(
        format!("Transition id '{id}' is not valid for this issue."),
        format!("Die Übergangs-ID '{id}' ist für diesen Vorgang nicht gültig."),
    );
    Refusal::message(400, text)
}

/// The fields and comments that a transition brings along, checked.
fn check(
    call: &Call<'_>,
    issue: &Issue,
    transition: &Transition,
) -> Result<(Map<String, Value>, Vec<Draft>), Refusal> {
    let project = call.project_of(issue)?;
    let screen = call.screen(project, Purpose::Transition);
    let (mut taken, mut refusal) = (Map::new(), Refusal::nothing());
    let given = call.body.get("fields").and_then(Value::as_object);
    for (id, value) in given.into_iter().flatten() {
        let value = screen.take(id, value);
        match value.and_then(|value| listed(screen, transition, id, value)) {
            Ok(value) => {
                taken.insert(id.clone(), value);
            }
            Err(flaw) => refusal.add(id, flaw),
        }
    }
    let mut after = issue.fields.clone();
    let drafts = issues::verbs(call, screen, &call.body, &mut after, &mut refusal);
    let updated = call.body.get("update").and_then(Value::as_object);
    for id in updated.into_iter().flat_map(Map::keys) {
        if id == "comment" {
            continue;
        }
        let value = after.get(id).cloned().unwrap_or_default();
        match listed(screen, transition, id, value) {
            Ok(value) => {
                taken.insert(id.clone(), value);
            }
            Err(flaw) => refusal.add(id, flaw),
        }
    }
    let lacks = |id: &str| match id {
        "comment" => drafts.is_empty(),
        "resolution" => taken.get(id).is_none_or(Value::is_null),
        _ => {
            let value = taken.get(id).unwrap_or_else(|| issue.field(id));
            value.is_null() || *value == json!([])
        }
    };
    for field in transition.fields.iter().filter(|field| field.required) {
        if lacks(&field.id) {
            refusal.add(&field.id, screen.required(&field.id));
        }
    }
    for id in transition.validated.iter().filter(|id| lacks(id)) {
        let name = name_of(project, id);
        refusal.messages.push(call.say(
            format!("Field {name} is required."),
            format!("Das Feld {name} ist erforderlich."),
        ));
    }
    refusal.if_any()?;
    Ok((taken, drafts))
}

/// Takes a checked value if it is among those that the transition lists.
fn listed(
    screen: Screen<'_>,
    transition: &Transition,
    id: &str,
    value: Value,
) -> Result<Value, Flaw> {
    let Some(field) = transition.fields.iter().find(|field| field.id == id) else {
        return Err(screen.off_screen(id));
    };
    let values = allowed(screen.site, screen.project, field);
    let known = values.filter(|_| !field.values.is_empty() && !value.is_null());
    match known {
        Some(known) => screen
            .pick(&value, known.into_iter())
            .ok_or_else(|| screen.invalid(id)),
        None => Ok(value),
    }
}

/// The transition with this id, if it leads away from where the issue is.
fn open<'a>(site: &'a Site, issue: &Issue, id: &str) -> Option<&'a Transition> {
    let open = site.workflow(issue.project()).leading_from(&issue.status);
    open.into_iter().find(|transition| transition.id == id)
}

/// Moves an issue along a transition; false when it does not lead from here.
/// Who asks for a resolution on the screen gets the given one or none.
pub(crate) fn go(site: &Site, issue: &mut Issue, id: &str, resolution: Option<&Value>) -> bool {
    let Some(transition) = open(site, issue, id) else {
        return false;
    };
    let to = site.workflow(issue.project()).status(&transition.to);
    let Some(to) = to else {
        return false;
    };
    let asks = transition.fields.iter().any(|it| it.id == "resolution");
    let resolution = match asks {
        true => resolution.cloned().unwrap_or_default(),
        false => usual_resolution(to),
    };
    put(issue, &site.me().display_name, to, resolution);
    true
}

/// What a create tells of its transition: it is a 201 even when that failed
/// (facts/two-way.md, section 6).
pub(crate) fn told(call: &Call<'_>, moved: bool) -> Value {
    let failed = Refusal::message(
        400,
        call.say(
            "The transition is not valid for this issue.",
            "Der Übergang ist für diesen Vorgang nicht gültig.",
        ),
    );
    match moved {
        true => json!({"status": 200, "errorCollection": Refusal::nothing().body()}),
        false => json!({"status": failed.status, "errorCollection": failed.body()}),
    }
}

/// Puts an issue into a status.
pub(crate) fn arrive(issue: &mut Issue, author: &str, to: &Status) {
    put(issue, author, to, usual_resolution(to));
}

fn usual_resolution(to: &Status) -> Value {
    match to.category.as_str() {
        "done" => json!({"id": "10000", "name": "Done"}),
        _ => Value::Null,
    }
}

fn put(issue: &mut Issue, author: &str, to: &Status, resolution: Value) {
    let from = std::mem::replace(&mut issue.status, to.name.clone());
    issue.status_category = to.category.clone();
    issue.note(author, "status", json!(from), json!(to.name));
    issue.set(author, "resolution", resolution);
}
