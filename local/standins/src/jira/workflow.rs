//! Workflows: statuses, and the transitions between them with their screens.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::options::{JiraOptions, Locale};

/// A workflow; start from [`Workflow::standard`] or [`Workflow::line`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workflow {
    /// Its statuses; a new issue gets the first one.
    pub statuses: Vec<Status>,
    /// Its transitions, in the order in which they are listed.
    pub transitions: Vec<Transition>,
}

/// A status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Its id.
    pub id: String,
    /// The name in English, by which an [`super::Issue`] tells its status.
    pub name: String,
    /// The name in German.
    pub german: String,
    /// `new`, `indeterminate` or `done`: the same in every language.
    pub category: String,
    /// False is the workflow property `jira.issue.editable=false`: no field can
    /// be edited, comments and transitions go on.
    pub editable: bool,
}

/// A transition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// Its id.
    pub id: String,
    /// The name in English.
    pub name: String,
    /// The name in German.
    pub german: String,
    /// The statuses it leads away from, by name; none means any but its target.
    pub from: Vec<String>,
    /// The status it leads to, by name.
    pub to: String,
    /// The fields on its screen.
    pub fields: Vec<ScreenField>,
    /// Fields that a validator wants: the list of fields does not call them
    /// required, and the refusal stands in `errorMessages` ("Field Resolution is
    /// required.", told in checkmarx-ts/checkmarx-cxflow-github-action, issue 46).
    pub validated: Vec<String>,
}

/// A field on a transition's screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScreenField {
    /// Its id: `resolution`, `customfield_10030`, `comment`…
    pub id: String,
    /// Whether the transition is refused without it, under the field's id
    /// ("Story type is required.", told in textfuel/lazyjira, issue 111).
    pub required: bool,
    /// The allowed values, by name; none means all that the field has.
    pub values: Vec<String>,
}

/// Name, German name, category and id of the statuses every site has.
const KNOWN: [(&str, &str, &str, &str); 3] = [
    ("To Do", "Zu erledigen", "new", "10000"),
    ("In Progress", "In Arbeit", "indeterminate", "3"),
    ("Done", "Erledigt", "done", "10001"),
];
/// Other statuses are numbered from here.
const FIRST_STATUS: usize = 10_100;

static STANDARD: LazyLock<Workflow> = LazyLock::new(|| {
    Workflow::of(&KNOWN.map(|(name, _, category, _)| (name, category)))
        .transition("11", "Reopen", &[], "To Do")
        .transition("21", "Start work", &[], "In Progress")
        .transition("31", "Close", &[], "Done")
});

impl Workflow {
    /// To Do, In Progress, Done, and each leads to each.
    pub fn standard() -> Workflow {
        STANDARD.clone()
    }

    /// Statuses in a line: each leads to the next one, and all lead back to the
    /// first. The first is new, the last is done, so that `done` is as many
    /// transitions away as there are statuses after the first (issue 11: two
    /// with a public Data Center mock). The transitions are numbered 11, 21, 31…
    pub fn line(names: &[&str]) -> Workflow {
        let last = names.len().saturating_sub(1);
        let statuses = names.iter().enumerate().map(|(index, name)| {
            let category = match index {
                0 => "new",
                _ if index == last => "done",
                _ => "indeterminate",
            };
            (*name, category)
        });
        let mut workflow = Workflow::of(&statuses.collect::<Vec<_>>());
        for (index, name) in names.iter().enumerate() {
            let id = format!("{}1", index + 1);
            let before = index.checked_sub(1).and_then(|before| names.get(before));
            let from: Vec<&str> = before.into_iter().copied().collect();
            workflow = workflow.transition(&id, &format!("To {name}"), &from, name);
        }
        workflow
    }

    /// Statuses by name and category, without transitions.
    pub fn of(statuses: &[(&str, &str)]) -> Workflow {
        let statuses = statuses
            .iter()
            .enumerate()
            .map(|(index, (name, category))| {
                let known = KNOWN.iter().find(|known| known.0 == *name);
                Status {
                    id: known.map_or((FIRST_STATUS + index).to_string(), |it| it.3.to_owned()),
                    name: (*name).to_owned(),
                    german: known.map_or(*name, |it| it.1).to_owned(),
                    category: (*category).to_owned(),
                    editable: true,
                }
            });
        Workflow {
            statuses: statuses.collect(),
            transitions: Vec::new(),
        }
    }

    /// Adds a transition; `from` empty means from any status but its target.
    #[must_use]
    pub fn transition(mut self, id: &str, name: &str, from: &[&str], to: &str) -> Workflow {
        let german = match name {
            "Reopen" => "Wieder öffnen",
            "Start work" => "Arbeit beginnen",
            "Close" => "Schließen",
            _ => name,
        };
        self.transitions.push(Transition {
            id: id.to_owned(),
            name: name.to_owned(),
            german: german.to_owned(),
            from: from.iter().map(|name| (*name).to_owned()).collect(),
            to: to.to_owned(),
            fields: Vec::new(),
            validated: Vec::new(),
        });
        self
    }

    /// Makes a field required on the screen of transitions, with these allowed
    /// values (none: all the field has). One value is filled by a client, several
    /// are not (case C07). Which transitions: by id, by name, or all that lead to
    /// a status of this name.
    #[must_use]
    pub fn need(self, which: &str, field: &str, values: &[&str]) -> Workflow {
        self.on_screen(which, field, values, true)
    }

    /// Puts a field on the screen of transitions, as with [`Workflow::need`].
    #[must_use]
    pub fn offer(self, which: &str, field: &str, values: &[&str]) -> Workflow {
        self.on_screen(which, field, values, false)
    }

    /// Puts a field on the screen of transitions, as with [`Workflow::need`], and
    /// a validator that wants it.
    #[must_use]
    pub fn validate(self, which: &str, field: &str) -> Workflow {
        let mut workflow = self.on_screen(which, field, &[], false);
        for transition in workflow.named(which) {
            transition.validated.push(field.to_owned());
        }
        workflow
    }

    fn on_screen(mut self, which: &str, field: &str, values: &[&str], required: bool) -> Workflow {
        for transition in self.named(which) {
            transition.fields.retain(|known| known.id != field);
            transition.fields.push(ScreenField {
                id: field.to_owned(),
                required,
                values: values.iter().map(|value| (*value).to_owned()).collect(),
            });
        }
        self
    }

    fn named(&mut self, which: &str) -> impl Iterator<Item = &mut Transition> {
        let is_it =
            move |it: &&mut Transition| [&it.id, &it.name, &it.to].iter().any(|it| *it == which);
        self.transitions.iter_mut().filter(is_it)
    }

    /// Sets `jira.issue.editable=false` on a status (case C14).
    #[must_use]
    pub fn not_editable(mut self, status: &str) -> Workflow {
        for known in &mut self.statuses {
            known.editable = known.editable && known.name != status;
        }
        self
    }

    /// The workflow of projects that have none of their own.
    pub(crate) fn usual(options: &JiraOptions) -> Workflow {
        let mut workflow = Workflow::standard();
        for transition in &mut workflow.transitions {
            if options.strict_workflow && transition.to == "Done" {
                transition.from = vec!["In Progress".to_owned()];
            } else if options.done_is_final {
                let others = ["To Do", "In Progress"].into_iter();
                let from = others.filter(|name| *name != transition.to);
                transition.from = from.map(str::to_owned).collect();
            }
        }
        workflow
    }

    /// The transitions that lead away from a status.
    pub(crate) fn leading_from(&self, status: &str) -> Vec<&Transition> {
        let open = |it: &&Transition| match it.from.as_slice() {
            [] => it.to != status,
            from => from.iter().any(|name| name == status),
        };
        self.transitions.iter().filter(open).collect()
    }

    /// A status by its English or German name or its id.
    pub(crate) fn status(&self, named: &str) -> Option<&Status> {
        let same = |name: &String| name.eq_ignore_ascii_case(named);
        let named = |it: &&Status| [&it.name, &it.german, &it.id].into_iter().any(same);
        self.statuses.iter().find(named)
    }

    /// The status of a new issue.
    pub(crate) fn first(&self) -> &Status {
        static NONE: LazyLock<Status> = LazyLock::new(|| Status {
            id: "1".to_owned(),
            name: "Open".to_owned(),
            german: "Offen".to_owned(),
            category: "new".to_owned(),
            editable: true,
        });
        self.statuses.first().unwrap_or(&NONE)
    }
}

impl Status {
    /// The status as answers show it.
    pub(crate) fn json(&self, locale: Locale) -> Value {
        let (id, category) = match self.category.as_str() {
            "new" => (2, locale.say("To Do", "Zu erledigen")),
            "done" => (3, locale.say("Done", "Fertig")),
            _ => (4, locale.say("In Progress", "In Arbeit")),
        };
        json!({
            "id": self.id,
            "name": locale.say(&self.name, &self.german),
            "statusCategory": {"id": id, "key": self.category, "name": category},
        })
    }
}

/// The names a query may call a status category by.
pub(crate) fn category_names(key: &str) -> Vec<String> {
    let names: &[&str] = match key {
        "new" => &["new", "to do", "zu erledigen", "2"],
        "done" => &["done", "fertig", "3"],
        _ => &["indeterminate", "in progress", "in arbeit", "4"],
    };
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Whether a query may name this status category.
pub(crate) fn is_category(name: &str) -> bool {
    let keys = ["new", "indeterminate", "done"].into_iter();
    keys.flat_map(category_names)
        .any(|known| known == name.to_lowercase())
}
