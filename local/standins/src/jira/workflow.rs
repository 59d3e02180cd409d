//! The workflow: To Do, In Progress, Done, and the ways between them.

use serde_json::{Value, json};

use super::options::{JiraOptions, Locale};

/// A status.
pub(crate) struct Status {
    id: &'static str,
    /// The name in English, by which an [`super::Issue`] tells its status.
    pub(crate) name: &'static str,
    german: &'static str,
    /// `new`, `indeterminate` or `done`: the same in every language.
    pub(crate) category: &'static str,
    category_id: u8,
}

/// A way from any status but its own target.
pub(crate) struct Transition {
    pub(crate) id: &'static str,
    name: &'static str,
    german: &'static str,
    pub(crate) to: &'static Status,
}

static TO_DO: Status = Status {
    id: "10000",
    name: "To Do",
    german: "Zu erledigen",
    category: "new",
    category_id: 2,
};
static IN_PROGRESS: Status = Status {
    id: "3",
    name: "In Progress",
    german: "In Arbeit",
    category: "indeterminate",
    category_id: 4,
};
static DONE: Status = Status {
    id: "10001",
    name: "Done",
    german: "Erledigt",
    category: "done",
    category_id: 3,
};

static TRANSITIONS: [Transition; 3] = [
    Transition {
        id: "11",
        name: "Reopen",
        german: "Wieder öffnen",
        to: &TO_DO,
    },
    Transition {
        id: "21",
        name: "Start work",
        german: "Arbeit beginnen",
        to: &IN_PROGRESS,
    },
    Transition {
        id: "31",
        name: "Close",
        german: "Schließen",
        to: &DONE,
    },
];

/// The transitions that lead away from a status.
pub(crate) fn leading_from(options: &JiraOptions, status: &str) -> Vec<&'static Transition> {
    let stuck = options.done_is_final && status == DONE.name;
    let open = |transition: &&Transition| {
        let detour = options.strict_workflow && status == TO_DO.name && transition.to.id == DONE.id;
        transition.to.name != status && !detour && !stuck
    };
    TRANSITIONS.iter().filter(open).collect()
}

/// A status by its English or German name.
pub(crate) fn status(name: &str) -> Option<&'static Status> {
    let all = [&TO_DO, &IN_PROGRESS, &DONE];
    all.into_iter()
        .find(|status| status.name == name || status.german == name)
}

impl Status {
    /// The status as answers show it.
    pub(crate) fn json(&self, locale: Locale) -> Value {
        let category = match self.category {
            "new" => locale.say("To Do", "Zu erledigen"),
            "done" => locale.say("Done", "Fertig"),
            _ => locale.say("In Progress", "In Arbeit"),
        };
        json!({
            "id": self.id,
            "name": locale.say(self.name, self.german),
            "statusCategory": {"id": self.category_id, "key": self.category, "name": category},
        })
    }
}

impl Transition {
    /// The transition as answers show it.
    pub(crate) fn json(&self, locale: Locale) -> Value {
        json!({
            "id": self.id,
            "name": locale.say(self.name, self.german),
            "to": self.to.json(locale),
            "hasScreen": false,
        })
    }
}

/// The names a query may call a status by.
pub(crate) fn names(status_name: &str) -> Vec<String> {
    let found = status(status_name);
    found
        .map(|it| [it.name, it.german, it.id].map(str::to_owned).into())
        .unwrap_or_default()
}

/// Whether a query may name this status.
pub(crate) fn is_status(name: &str) -> bool {
    let all = [&TO_DO, &IN_PROGRESS, &DONE].into_iter();
    let mut names = all.flat_map(|it| [it.name, it.german, it.id]);
    names.any(|known| known.to_lowercase() == name.to_lowercase())
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
