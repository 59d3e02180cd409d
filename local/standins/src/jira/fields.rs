//! Which value each field takes: what Jira answers with a 400 that names the field.

use serde_json::{Value, json};

use super::adf;
use super::names::name_of;
use super::project::Project;
use super::refusal::Flaw;
use super::site::{Api, Site, grouped};
use crate::clock::is_date;

/// Jira's own message says "less than 255", and yet it takes 255.
const MAX_SUMMARY: usize = 255;
/// The width of Jira's label column.
const MAX_LABEL: usize = 255;

/// A value as it will be answered, or what is wrong with it.
pub(super) type Taken = Result<Value, Flaw>;

/// The screen a value is written to.
#[derive(Clone, Copy)]
pub(crate) struct Screen<'a> {
    pub(crate) site: &'a Site,
    pub(crate) project: &'a Project,
    pub(crate) api: Api,
    pub(crate) purpose: Purpose,
}

/// Which screen it is: each shows fields of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The screen for creating.
    Create,
    /// The screen for editing.
    Edit,
    /// The screen of a transition; the transition says what is on it.
    Transition,
    /// No field can be edited (`jira.issue.editable=false`).
    Locked,
}

impl Screen<'_> {
    /// Takes a value for a field and returns it as it will be answered, or
    /// says what is wrong with it.
    pub(crate) fn take(&self, field: &str, value: &Value) -> Taken {
        if !self.project.shows(field, self.purpose) {
            return Err(self.off_screen(field));
        }
        if let Some(custom) = self.project.custom_field(field) {
            return match value {
                Value::Null => Ok(Value::Null),
                _ => self.custom(custom, value),
            };
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
            ("security", _) => self.security(value),
            ("resolution", _) if self.purpose == Purpose::Transition => self.resolution(value),
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

    /// "Epic Name is required."
    pub(crate) fn required(&self, field: &str) -> Flaw {
        let name = name_of(self.project, field);
        self.flaw(
            format!("{name} is required."),
            format!("{name} ist erforderlich."),
        )
    }

    /// "Specify a valid value for Security Level", told of Cloud in
    /// openshift-eng/art-tools, pull request 2987.
    pub(crate) fn invalid(&self, field: &str) -> Flaw {
        let name = name_of(self.project, field);
        self.flaw(
            format!("Specify a valid value for {name}"),
            format!("Geben Sie einen gültigen Wert für {name} an"),
        )
    }

    pub(super) fn flaw(&self, english: impl Into<String>, german: impl Into<String>) -> Flaw {
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
        let limit = self.site.options.text_limit;
        if limit > 0 && self.site.length(&adf::text(value)) > limit {
            let limit = grouped(limit, self.site.locale());
            return Err(self.flaw(
                format!(
                    "The entered text is too long. It exceeds the allowed limit of {limit} \
                     characters."
                ),
                format!(
                    "Der eingegebene Text ist zu lang. Er überschreitet die Grenze von {limit} \
                     Zeichen."
                ),
            ));
        }
        Ok(value.clone())
    }

    pub(super) fn labels(&self, value: &Value) -> Taken {
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
    pub(crate) fn pick(
        &self,
        value: &Value,
        mut known: impl Iterator<Item = Value>,
    ) -> Option<Value> {
        let by = ["id", "name"]
            .into_iter()
            .find(|by| value.get(by).is_some())?;
        known.find(|candidate| candidate.get(by) == value.get(by))
    }

    pub(super) fn user(&self, value: &Value) -> Taken {
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

    fn resolution(&self, value: &Value) -> Taken {
        let names = self.site.options.resolutions.iter();
        let known = names.map(|name| self.site.resolution_json(name));
        self.pick(value, known)
            .ok_or_else(|| self.invalid("resolution"))
    }

    /// By id or name. The id must be a string: "Could not find valid 'id' or
    /// 'name' in security level object.", told in badoo/jira-client, pull request
    /// 19.
    fn security(&self, value: &Value) -> Taken {
        let named = ["id", "name"].iter().find_map(|by| value.get(by));
        if named.and_then(Value::as_str).is_none() {
            return Err(self.flaw(
                "Could not find valid 'id' or 'name' in security level object.",
                "Im Objekt der Sicherheitsstufe fehlt eine gültige 'id' oder ein gültiger 'name'.",
            ));
        }
        let levels = self.project.security_levels.iter();
        let known = levels.map(|name| self.site.level_json(self.project, name));
        self.pick(value, known)
            .ok_or_else(|| self.invalid("security"))
    }

    pub(super) fn date(&self, value: &Value) -> Taken {
        match value.as_str() {
            Some(text) if is_date(text) => Ok(value.clone()),
            _ => Err(self.flaw(
                "Error parsing date string, expected format 'yyyy-MM-dd'",
                "Fehler beim Lesen des Datums, erwartetes Format 'yyyy-MM-dd'",
            )),
        }
    }

    pub(super) fn string<'v>(&self, value: &'v Value) -> Result<&'v str, Flaw> {
        value.as_str().ok_or_else(|| {
            self.flaw(
                "Operation value must be a string",
                "Der Wert muss eine Zeichenkette sein",
            )
        })
    }

    pub(super) fn array<'v>(&self, value: &'v Value) -> Result<&'v Vec<Value>, Flaw> {
        value
            .as_array()
            .ok_or_else(|| self.flaw("data was not an array", "Die Daten waren keine Liste"))
    }
}
