//! Which value each field takes: what Jira answers with a 400 that names the field.

use serde_json::{Map, Value, json};

use super::adf;
use super::project::{CustomField, FieldKind, Project};
use super::refusal::Flaw;
use super::site::{Api, Site};
use crate::clock::{is_date, is_date_time};

/// Jira's own message says "less than 255", and yet it takes 255.
const MAX_SUMMARY: usize = 255;
/// `jira.text.field.character.limit`, Jira's default.
const MAX_TEXT: usize = 32_767;
/// The width of Jira's label column.
const MAX_LABEL: usize = 255;
/// The width of Jira's single-line text fields.
const MAX_LINE: usize = 255;

type Taken = Result<Value, Flaw>;

/// The screen a value is written to.
#[derive(Clone, Copy)]
pub(crate) struct Screen<'a> {
    pub(crate) site: &'a Site,
    pub(crate) project: &'a Project,
    pub(crate) api: Api,
}

impl Screen<'_> {
    /// Takes a value for a field and returns it as it will be answered, or
    /// says what is wrong with it.
    pub(crate) fn take(&self, field: &str, value: &Value) -> Taken {
        if let Some(custom) = self.project.custom_field(field) {
            return match value {
                Value::Null => Ok(Value::Null),
                _ => self.custom(custom, value),
            };
        }
        if !self.project.screen.contains(field) {
            return Err(self.off_screen(field));
        }
        match (field, value) {
            ("summary", _) => self.summary(value),
            ("labels", Value::Null) => Ok(json!([])),
            ("labels", _) => self.labels(value),
            (_, Value::Null) => Ok(Value::Null),
            ("description" | "environment", _) => self.rich(value),
            ("priority", _) => self.priority(value),
            ("components", _) => self.components(value),
            ("assignee" | "reporter", _) => self.user(value),
            ("duedate", _) => self.date(value),
            ("parent", _) => self.parent(value),
            _ => Err(self.off_screen(field)),
        }
    }

    /// "Field 'x' cannot be set…": what Jira says of unknown fields as well.
    pub(crate) fn off_screen(&self, field: &str) -> Flaw {
        self.flaw(
            format!(
                "Field '{field}' cannot be set. It is not on the appropriate screen, or unknown."
            ),
            format!(
                "Das Feld '{field}' kann nicht festgelegt werden. Es ist nicht in der passenden \
                 Bildschirmmaske enthalten oder unbekannt."
            ),
        )
    }

    fn flaw(&self, english: impl Into<String>, german: impl Into<String>) -> Flaw {
        Flaw::Field(self.site.locale().say(english, german))
    }

    fn summary(&self, value: &Value) -> Taken {
        let text = self.string(value)?.trim();
        if text.is_empty() {
            return Err(self.flaw(
                "You must specify a summary of the issue.",
                "Sie müssen eine Zusammenfassung des Vorgangs angeben.",
            ));
        }
        // A break at either end is trimmed away by Jira only after this check.
        if self.string(value)?.contains(['\n', '\r']) {
            return Err(self.flaw(
                "The summary is invalid because it contains newline characters.",
                "Die Zusammenfassung ist ungültig, da sie Zeilenumbrüche enthält.",
            ));
        }
        if self.site.length(text) > MAX_SUMMARY {
            return Err(self.flaw(
                "Summary must be less than 255 characters.",
                "Die Zusammenfassung muss weniger als 255 Zeichen haben.",
            ));
        }
        Ok(json!(text))
    }

    /// Rich text: a string in v2, an ADF document in v3.
    pub(crate) fn rich(&self, value: &Value) -> Taken {
        match self.api {
            Api::V2 => {
                self.string(value)?;
            }
            Api::V3 => {
                if value.get("type").and_then(Value::as_str) != Some("doc") {
                    return Err(self.flaw(
                        "Operation value must be an Atlassian Document (see the Atlassian \
                         Document Format)",
                        "Der Wert muss ein Atlassian-Dokument sein (siehe Atlassian Document \
                         Format)",
                    ));
                }
                adf::check(value).map_err(Flaw::Adf)?;
            }
        }
        if self.site.length(&adf::text(value)) > MAX_TEXT {
            return Err(self.flaw(
                "The entered text is too long. It exceeds the allowed limit of 32,767 characters.",
                "Der eingegebene Text ist zu lang. Er überschreitet die Grenze von 32.767 Zeichen.",
            ));
        }
        Ok(value.clone())
    }

    fn labels(&self, value: &Value) -> Taken {
        let mut labels = Vec::new();
        for label in self.array(value)? {
            labels.push(self.label(label)?);
        }
        // Jira answers labels sorted, each once.
        labels.sort();
        labels.dedup();
        Ok(json!(labels))
    }

    fn label(&self, value: &Value) -> Result<String, Flaw> {
        let label = self.string(value)?;
        if label.is_empty() || label.chars().any(char::is_whitespace) {
            return Err(self.flaw(
                format!("The label '{label}' contains spaces which is invalid."),
                format!("Das Stichwort '{label}' enthält Leerzeichen und ist daher ungültig."),
            ));
        }
        if self.site.length(label) > MAX_LABEL {
            return Err(self.flaw(
                format!("The label '{label}' exceeds the maximum length of 255 characters."),
                format!("Das Stichwort '{label}' ist länger als 255 Zeichen."),
            ));
        }
        Ok(label.to_owned())
    }

    fn priority(&self, value: &Value) -> Taken {
        let known = self
            .site
            .options
            .priorities
            .iter()
            .map(|name| self.site.priority_json(name));
        self.pick(value, known).ok_or_else(|| {
            self.flaw(
                "The priority selected is invalid.",
                "Die ausgewählte Priorität ist ungültig.",
            )
        })
    }

    fn components(&self, value: &Value) -> Taken {
        let mut taken = Vec::new();
        for component in self.array(value)? {
            taken.push(self.component(component)?);
        }
        Ok(Value::Array(taken))
    }

    /// One component, by id or name.
    fn component(&self, value: &Value) -> Taken {
        let names = self.project.components.iter();
        let known = names.map(|name| self.site.component_json(self.project, name));
        self.pick(value, known).ok_or_else(|| {
            let name = value
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default();
            self.flaw(
                format!("Component name '{name}' is not valid"),
                format!("Der Komponentenname '{name}' ist ungültig"),
            )
        })
    }

    /// The known `{id, name}` that `value` names by id or, without one, by name.
    fn pick(&self, value: &Value, mut known: impl Iterator<Item = Value>) -> Option<Value> {
        let by = ["id", "name"]
            .into_iter()
            .find(|by| value.get(by).is_some())?;
        known.find(|candidate| candidate.get(by) == value.get(by))
    }

    fn user(&self, value: &Value) -> Taken {
        let by = if self.site.is_cloud() {
            &["accountId", "id"][..]
        } else {
            &["name"][..]
        };
        let given = by.iter().find_map(|by| value.get(by));
        let Some(given) = given else {
            return Err(self.flaw(
                format!("expected Object containing a `{}` property", by.concat()),
                format!("Objekt mit der Eigenschaft `{}` erwartet", by.concat()),
            ));
        };
        let Some(given) = given.as_str() else {
            return Ok(Value::Null); // {"accountId": null}: nobody
        };
        let found = self
            .site
            .options
            .users
            .iter()
            .find(|user| match self.site.is_cloud() {
                true => user.account_id == given,
                false => user.name == given,
            });
        let found = found.map(|user| self.site.user_json(user));
        found.ok_or_else(|| {
            self.flaw(
                format!("User '{given}' does not exist."),
                format!("Der Benutzer '{given}' existiert nicht."),
            )
        })
    }

    fn parent(&self, value: &Value) -> Taken {
        let given = value
            .get("key")
            .or_else(|| value.get("id"))
            .and_then(Value::as_str);
        let store = self.site.store();
        let parent = given.and_then(|given| store.get(given));
        let shown = parent.map(|parent| json!({"id": parent.id, "key": parent.key}));
        shown.ok_or_else(|| {
            self.flaw(
                "Could not find issue by id or key.",
                "Der Vorgang wurde mit dieser ID oder diesem Schlüssel nicht gefunden.",
            )
        })
    }

    fn date(&self, value: &Value) -> Taken {
        match value.as_str() {
            Some(text) if is_date(text) => Ok(value.clone()),
            _ => Err(self.flaw(
                "Error parsing date string, expected format 'yyyy-MM-dd'",
                "Fehler beim Lesen des Datums, erwartetes Format 'yyyy-MM-dd'",
            )),
        }
    }

    fn custom(&self, field: &CustomField, value: &Value) -> Taken {
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
            FieldKind::Select => self.option(field, value, false),
            FieldKind::Cascading => self.option(field, value, true),
            FieldKind::MultiSelect => {
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

    fn string<'v>(&self, value: &'v Value) -> Result<&'v str, Flaw> {
        value.as_str().ok_or_else(|| {
            self.flaw(
                "Operation value must be a string",
                "Der Wert muss eine Zeichenkette sein",
            )
        })
    }

    fn array<'v>(&self, value: &'v Value) -> Result<&'v Vec<Value>, Flaw> {
        value
            .as_array()
            .ok_or_else(|| self.flaw("data was not an array", "Die Daten waren keine Liste"))
    }
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
