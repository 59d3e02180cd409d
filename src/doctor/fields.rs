//! Do the fields that are set fit the screen of new issues? Pure.

use super::report::{Check, Fix};
use super::target::{SetField, Target};
use crate::tracker::jira::{Catalog, Fit, ScreenField};

/// What every issue is given, or gets from Jira.
const ALWAYS: [&str; 6] = [
    "summary",
    "description",
    "labels",
    "issuetype",
    "project",
    "reporter",
];
/// So many names of a list are shown.
const LISTED: usize = 30;

/// The fields that a target sets, on the screen of its place.
pub(super) fn judge(target: &Target, catalog: &Catalog, screen: &[ScreenField]) -> Vec<Check> {
    let fits: Vec<(&SetField, Fit)> = target
        .fields
        .iter()
        .map(|field| (field, catalog.fit(screen, &field.name, &field.value)))
        .collect();
    let mut checks = screens(target, screen);
    checks.extend(fits.iter().map(|(field, fit)| one(target, field, fit)));
    checks.extend(priorities(target, screen));
    checks.push(required(target, screen, &fits));
    checks
}

fn is_shown(screen: &[ScreenField], id: &str) -> bool {
    screen.iter().any(|field| field.id == id)
}

/// The fields that each issue should show.
fn screens(target: &Target, screen: &[ScreenField]) -> Vec<Check> {
    let name = format!("create screen {}", target.place_name());
    let what = |field: &str| {
        let what = format!(
            "put the field “{field}” on the screen on which issues of this type are created, or file them elsewhere"
        );
        Fix::new(&[target.project_setting, target.type_setting], what)
    };
    let lacks = |id: &str| !is_shown(screen, id);
    let mut checks = Vec::new();
    if lacks("labels") {
        let found = "labels are not on it: without our label, an issue whose creation got no answer is not found again";
        checks.push(Check::wrong(&name, found, what("Labels")));
    }
    if lacks("description") {
        let found = "the description is not on it: what is known of the entity becomes a comment";
        checks.push(Check::wrong(&name, found, what("Description")));
    }
    if checks.is_empty() {
        let found = format!("{} fields, with labels and description", screen.len());
        checks.push(Check::ok(name, found));
    }
    checks
}

/// One field that is set.
fn one(target: &Target, field: &SetField, fit: &Fit) -> Check {
    let name = format!("field {} ({})", field.name, target.place_name());
    match fit {
        Fit::Fits { id } => return Check::ok(name, format!("{id} takes it")),
        Fit::Template { id } => {
            let found = format!("{id} is there; its value is made for each entity");
            return Check::ok(name, found);
        }
        _ => {}
    }
    let (found, what) = misfit(fit);
    let by = match target.said_by.as_str() {
        "the settings" => String::new(),
        route => format!(" in {route}"),
    };
    let fix = Fix::new(&[field.setting], format!("{what}{by}"));
    Check::wrong(name, found, fix)
}

/// What is wrong with a field that does not fit, and what to do.
fn misfit(fit: &Fit) -> (String, &'static str) {
    match fit {
        Fit::Several(ids) => (
            format!("several fields are called so: {}", listed(ids)),
            "use the id of the one that is meant",
        ),
        Fit::NotShown { id } => (
            format!("{id} is not on the screen of new issues"),
            "put the field on the create screen, or leave it out",
        ),
        Fit::Unfit { id, why } => (format!("{id}: {why}"), "give it a value that it takes"),
        Fit::NotListed {
            id,
            value,
            listed: all,
        } => (
            format!("{id} does not take `{value}`; it takes {}", listed(all)),
            "use one of these",
        ),
        Fit::NoField | Fit::Fits { .. } | Fit::Template { .. } => (
            "Jira has no such field, or hides it from us".to_owned(),
            "use the name or the id of a field (customfield_…)",
        ),
    }
}

/// The priorities that issues can get.
fn priorities(target: &Target, screen: &[ScreenField]) -> Vec<Check> {
    let Some((setting, _)) = target.priorities.first() else {
        return Vec::new();
    };
    let name = format!("priorities {}", target.place_name());
    let Some(field) = screen.iter().find(|field| field.id == "priority") else {
        let found = "the priority is not on the create screen: issues are filed without one";
        let fix = Fix::new(
            &[setting],
            "put it on the screen, or say priority_map = none",
        );
        return vec![Check::warning(name, found, fix)];
    };
    let known = field.allowed();
    if known.is_empty() {
        return vec![Check::skipped(name, "Jira does not list them")];
    }
    let is_known = |wanted: &str| {
        known
            .iter()
            .any(|it| it.to_lowercase() == wanted.to_lowercase())
    };
    let unknown = target.priorities.iter().filter(|(_, it)| !is_known(it));
    let mut checks: Vec<Check> = unknown
        .map(|(setting, wanted)| {
            let found = format!("there is no `{wanted}`; there are {}", listed(&known));
            let fix = Fix::new(&[setting], "use one of these");
            Check::wrong(&name, found, fix)
        })
        .collect();
    checks.dedup();
    if checks.is_empty() {
        checks.push(Check::ok(name, "all that are mapped are there"));
    }
    checks
}

/// What an issue must have.
fn required(target: &Target, screen: &[ScreenField], fits: &[(&SetField, Fit)]) -> Check {
    let is_set = |id: &str| {
        let by_us = ALWAYS.contains(&id) || (id == "priority" && !target.priorities.is_empty());
        by_us || fits.iter().any(|(_, fit)| id_of(fit) == Some(id))
    };
    let lacking = screen.iter().filter(|it| it.is_required && !is_set(&it.id));
    let lacking: Vec<String> = lacking
        .map(|field| format!("{} ({})", field.name, field.id))
        .collect();
    let name = format!("required fields {}", target.place_name());
    if lacking.is_empty() {
        return Check::ok(name, "all are filled");
    }
    let setting = match target.said_by.as_str() {
        "the settings" => "jira_custom_fields",
        _ => "routes",
    };
    let found = format!(
        "Jira wants {}, and {} do not say it",
        listed(&lacking),
        target.said_by
    );
    let what = "give it a value (in a route: custom_fields, components, assignee), or have it made optional in Jira";
    Check::wrong(name, found, Fix::new(&[setting], what))
}

fn id_of(fit: &Fit) -> Option<&str> {
    match fit {
        Fit::Fits { id }
        | Fit::Template { id }
        | Fit::Unfit { id, .. }
        | Fit::NotListed { id, .. } => Some(id),
        Fit::NoField | Fit::Several(_) | Fit::NotShown { .. } => None,
    }
}

/// Some names.
pub(super) fn listed(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(LISTED).map(String::as_str).collect();
    match (shown.is_empty(), names.len() > LISTED) {
        (true, _) => "none".to_owned(),
        (_, false) => shown.join(", "),
        (_, true) => format!("{}, …", shown.join(", ")),
    }
}
