//! Which value each kind of custom field takes.

use serde_json::{Map, Value, json};

use super::custom_field::{CustomField, FieldKind};
use super::fields::{Screen, Taken};
use crate::clock::is_date_time;

/// The width of Jira's single-line text fields.
const MAX_LINE: usize = 255;

impl Screen<'_> {
    pub(super) fn custom(&self, field: &CustomField, value: &Value) -> Taken {
        match field.kind {
            FieldKind::Text => self.line(value),
            FieldKind::Paragraph => self.rich(value),
            FieldKind::Number if value.is_number() => Ok(value.clone()),
            FieldKind::Number => Err(self.flaw(
                "Operation value must be a number",
                "Der Wert muss eine Zahl sein",
            )),
            FieldKind::Date => self.date(value),
            FieldKind::DateTime if value.as_str().is_some_and(is_date_time) => Ok(value.clone()),
            FieldKind::DateTime => Err(self.flaw(
                "Operation value must be a date-time in the format yyyy-MM-dd'T'HH:mm:ss.SSSZ",
                "Der Wert muss ein Zeitpunkt im Format yyyy-MM-dd'T'HH:mm:ss.SSSZ sein",
            )),
            FieldKind::Select | FieldKind::RadioButtons => self.option(field, value, false),
            FieldKind::Cascading => self.option(field, value, true),
            FieldKind::MultiSelect | FieldKind::Checkboxes => {
                let options = self.array(value)?.iter();
                options
                    .map(|value| self.option(field, value, false))
                    .collect()
            }
            FieldKind::User => self.user(value),
            FieldKind::Labels => self.labels(value),
            FieldKind::Url => match value.as_str() {
                Some(text) if is_url(text) => Ok(value.clone()),
                _ => Err(self.flaw("The URL is not valid.", "Die URL ist ungültig.")),
            },
            FieldKind::Group | FieldKind::Version => self.by_name(field, value),
            FieldKind::Project => self.home(field, value),
            FieldKind::Sprint => self.sprint(field, value),
            FieldKind::EpicLink => self.epic(value),
            FieldKind::EpicName => self.line(value),
            FieldKind::Organisations => self.organisations(field, value),
            FieldKind::RequestType => self.request_type(field, value),
        }
    }

    fn line(&self, value: &Value) -> Taken {
        let text = self.string(value)?;
        if self.site.length(text) > MAX_LINE || text.contains(['\n', '\r']) {
            return Err(self.flaw(
                "The entered text is too long or has line breaks. The limit is 255 characters.",
                "Der Text ist zu lang oder enthält Zeilenumbrüche. Die Grenze ist 255 Zeichen.",
            ));
        }
        Ok(value.clone())
    }

    fn option(&self, field: &CustomField, value: &Value, cascades: bool) -> Taken {
        let Some(given) = value.as_object() else {
            return Err(self.flaw(
                "Specify a valid 'id' or 'name' for the field",
                "Geben Sie eine gültige 'id' oder einen gültigen 'name' für das Feld an",
            ));
        };
        let shown = option_json(field, given);
        let child_ok = cascades || given.get("child").is_none();
        match shown.filter(|_| child_ok) {
            Some(shown) => Ok(shown),
            None => {
                let name = given
                    .get("value")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                Err(self.flaw(
                    format!("Option value '{name}' is not valid"),
                    format!("Der Optionswert '{name}' ist ungültig"),
                ))
            }
        }
    }

    /// `{"name": …}`, one of the choices.
    fn by_name(&self, field: &CustomField, value: &Value) -> Taken {
        let choices = field.choices.iter().enumerate();
        let known = choices.map(|(at, it)| json!({"name": it.value, "id": option_id(at)}));
        self.pick(value, known)
            .ok_or_else(|| self.invalid(&field.id))
    }

    /// `{"key": …}` or `{"id": …}` of a project.
    fn home(&self, field: &CustomField, value: &Value) -> Taken {
        let named = value.get("key").or_else(|| value.get("id"));
        let found = named
            .and_then(Value::as_str)
            .and_then(|named| self.site.project(named));
        found
            .map(|project| self.site.project_json(project))
            .ok_or_else(|| self.invalid(&field.id))
    }

    /// A number, the sprint's id. Cloud answers objects, Data Center a Java
    /// object's text.
    fn sprint(&self, field: &CustomField, value: &Value) -> Taken {
        let Some(id) = value.as_u64() else {
            // Told in getsentry/sentry-jira, issue 113.
            return Err(self.flaw(
                "Number value expected as the Sprint id.",
                "Als ID des Sprints wird eine Zahl erwartet.",
            ));
        };
        let Some(name) = numbered(field, id) else {
            return Err(self.invalid(&field.id));
        };
        Ok(match self.site.is_cloud() {
            true => json!([{"id": id, "name": name, "state": "active", "boardId": 1}]),
            false => json!([format!(
                "com.atlassian.greenhopper.service.sprint.Sprint@1f[id={id},rapidViewId=1,\
                 state=ACTIVE,name={name},goal=]"
            )]),
        })
    }

    /// The key of an issue that is there.
    fn epic(&self, value: &Value) -> Taken {
        let Some(key) = value.as_str() else {
            // Told in getsentry/sentry-plugins, issue 293.
            return Err(self.flaw(
                "String value expected as the Epic Key.",
                "Als Schlüssel des Epics wird eine Zeichenkette erwartet.",
            ));
        };
        let known = self.site.store().get(key).map(|epic| json!(epic.key));
        known.ok_or_else(|| {
            self.flaw(
                format!("Issue does not exist with key '{key}'."),
                format!("Es gibt keinen Vorgang mit dem Schlüssel '{key}'."),
            )
        })
    }

    /// A list of ids.
    fn organisations(&self, field: &CustomField, value: &Value) -> Taken {
        let ids = self.array(value)?.iter();
        let taken = ids.map(|id| {
            let id = id.as_u64();
            let found = id.and_then(|id| numbered(field, id));
            found
                .map(|name| json!({"id": id.map(|id| id.to_string()), "name": name}))
                .ok_or_else(|| self.invalid(&field.id))
        });
        taken.collect()
    }

    /// A choice's value (`portal/request-type`) or id, as a string; answered as
    /// an object.
    fn request_type(&self, field: &CustomField, value: &Value) -> Taken {
        let given = self.string(value)?;
        let mut choices = field.choices.iter().enumerate();
        let found = choices.find(|(at, it)| it.value == given || option_id(*at) == given);
        let shown =
            found.map(|(at, it)| json!({"requestType": {"id": option_id(at), "name": it.value}}));
        shown.ok_or_else(|| self.invalid(&field.id))
    }
}

/// The choice with this number, counted from 1.
fn numbered(field: &CustomField, number: u64) -> Option<&str> {
    let at = usize::try_from(number).ok()?.checked_sub(1)?;
    field.choices.get(at).map(|choice| choice.value.as_str())
}

/// The allowed option that `given` names by value or id, as answers show it.
fn option_json(field: &CustomField, given: &Map<String, Value>) -> Option<Value> {
    let (index, choice) = field.choices.iter().enumerate().find(|(index, choice)| {
        match (given.get("id"), given.get("value")) {
            (Some(id), _) => *id == json!(option_id(*index)),
            (None, value) => value == Some(&json!(choice.value)),
        }
    })?;
    let mut shown = json!({"value": choice.value, "id": option_id(index)});
    if let Some(child) = given.get("child") {
        let name = child.get("value")?.as_str()?;
        let at = choice.children.iter().position(|known| known == name)?;
        shown["child"] = json!({"value": name, "id": format!("{}{at}", option_id(index))});
    }
    Some(shown)
}

/// The id of an option, by its place among the choices.
pub(crate) fn option_id(index: usize) -> String {
    (10_100 + index).to_string()
}

fn is_url(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty()) && !text.contains(char::is_whitespace)
}
