//! The places that issues go to, as the settings and the routes say. Pure.

use serde_json::Value;

use crate::model::Place;
use crate::platform::Variables;
use crate::settings::Mapping;
use crate::settings::routing::Route;

/// The name under which the settings keep `jira_request_type`.
const REQUEST_TYPE: &str = "com.atlassian.servicedesk:vp-origin";

/// What some entities' issues are to be.
pub(super) struct Target {
    pub(super) place: Place,
    /// Who says so: `the settings`, or a route.
    pub(super) said_by: String,
    /// The setting that names the project.
    pub(super) project_setting: &'static str,
    /// The setting that names the issue type.
    pub(super) type_setting: &'static str,
    /// The fields that are set.
    pub(super) fields: Vec<SetField>,
    /// Priorities that issues can get, each with its setting.
    pub(super) priorities: Vec<(&'static str, String)>,
}

/// A field that is set.
pub(super) struct SetField {
    /// Its id, or what people call it.
    pub(super) name: String,
    pub(super) value: Value,
    /// The setting that names it.
    pub(super) setting: &'static str,
}

impl Target {
    /// `SOC / Task`
    pub(super) fn place_name(&self) -> String {
        format!("{} / {}", self.place.project, self.place.issue_type)
    }
}

/// All targets: that of the settings first. Routes that ignore have none.
pub(super) fn all(mapping: &Mapping, variables: &dyn Variables) -> Vec<Target> {
    let object = variables.get("jira_custom_fields").unwrap_or_default();
    let routes = mapping.routes.iter().filter(|route| !route.ignore);
    let general = std::iter::once(of(mapping, None, &object));
    general
        .chain(routes.map(|route| of(mapping, Some(route), &object)))
        .collect()
}

fn of(mapping: &Mapping, route: Option<&Route>, object: &str) -> Target {
    let project = route.and_then(|route| route.project.clone());
    let kind = route.and_then(|route| route.issue_type.clone());
    let setting = |is_own: bool, general| if is_own { "routes" } else { general };
    Target {
        project_setting: setting(project.is_some(), "jira_project_key"),
        type_setting: setting(kind.is_some(), "jira_issue_type_name"),
        place: Place {
            project: project.unwrap_or_else(|| mapping.project_key.clone()),
            issue_type: kind.unwrap_or_else(|| mapping.issue_type.clone()),
        },
        said_by: route.map_or_else(|| "the settings".to_owned(), ToString::to_string),
        fields: fields(mapping, route, object),
        priorities: match route.and_then(|route| route.priority.clone()) {
            Some(own) => vec![("routes", own)],
            None => {
                let mapped = mapping.priorities.iter();
                mapped
                    .map(|(_, priority)| ("priority_map", priority.clone()))
                    .collect()
            }
        },
    }
}

/// The route's own fields come over the general ones.
fn fields(mapping: &Mapping, route: Option<&Route>, object: &str) -> Vec<SetField> {
    let own = route.map(|route| &route.custom_fields);
    let is_own = |name: &str| own.is_some_and(|own| own.contains_key(name));
    let general = mapping.custom_fields.iter().filter(|it| !is_own(it.0));
    let general = general.map(|(name, value)| SetField {
        name: name.clone(),
        value: value.clone(),
        setting: general_setting(name, object),
    });
    let routed = |name: &str, value: Value| SetField {
        name: name.to_owned(),
        value,
        setting: "routes",
    };
    let own = own.into_iter().flatten();
    let own = own.map(|(name, value)| routed(name, value.clone()));
    let components = route.and_then(|route| route.components.as_ref());
    let components = components.filter(|names| !names.is_empty());
    let components = components.map(|names| routed("components", names.clone().into()));
    let assignee = route.and_then(|route| route.assignee.as_ref());
    let assignee = assignee.map(|who| routed("assignee", who.clone().into()));
    general
        .chain(own)
        .chain(components)
        .chain(assignee)
        .collect()
}

/// The pairs of the connector's own variables stand among those of the JSON object.
fn general_setting(name: &str, object: &str) -> &'static str {
    match name {
        REQUEST_TYPE => "jira_request_type",
        name if object.contains(name) => "jira_custom_fields",
        _ => "jira_custom_fields_keys",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::fake::Fake;
    use crate::settings::tests::unchecked;

    fn targets(settings: &[(&str, &str)]) -> Vec<Target> {
        let fake = Fake::default();
        let mut all = fake.settings.borrow_mut();
        for (name, value) in settings {
            all.insert((*name).to_owned(), (*value).to_owned());
        }
        drop(all);
        super::all(unchecked(settings).mapping().unwrap(), &fake)
    }

    #[test]
    fn each_field_names_the_setting_that_it_stands_in() {
        let found = targets(&[
            ("jira_custom_fields", r#"{"Team": "SOC"}"#),
            ("jira_custom_fields_keys", "customfield_1"),
            ("jira_custom_fields_values", "x"),
            ("jira_request_type", "soc/incident"),
        ]);
        let named = found[0].fields.iter().map(|it| (&*it.name, it.setting));
        let mut named: Vec<_> = named.collect();
        named.sort_unstable();
        let expected = [
            ("Team", "jira_custom_fields"),
            (REQUEST_TYPE, "jira_request_type"),
            ("customfield_1", "jira_custom_fields_keys"),
        ];
        assert_eq!(named, expected);
    }

    #[test]
    fn a_route_says_what_is_different() {
        let found = targets(&[
            ("jira_custom_fields", r#"{"Team": "SOC"}"#),
            (
                "routes",
                "[[route]]\nwhen = { severity = 'high' }\nproject = 'IR'\npriority = 'Top'\ncomponents = 'A'\ncustom_fields = { Team = 'IT' }\n[[route]]\nignore = true",
            ),
        ]);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].place_name(), "SOC / Task");
        let route = &found[1];
        assert_eq!(
            (route.project_setting, route.type_setting),
            ("routes", "jira_issue_type_name")
        );
        assert_eq!(route.priorities, [("routes", "Top".to_owned())]);
        let names: Vec<_> = route.fields.iter().map(|it| &*it.name).collect();
        assert_eq!(names, ["Team", "components"]);
        assert_eq!(route.fields[0].value, "IT");
    }
}
