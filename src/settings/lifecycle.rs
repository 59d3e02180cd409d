//! What becomes of an issue when its entity changes, merges or goes.

use serde_json::{Map, Value};

use super::reader::Reader;

/// The settings of an entity's later life.
#[derive(Debug, Clone)]
pub struct Lifecycle {
    /// What a change does.
    pub on_update: OnUpdate,
    /// Whether a change may overwrite what people wrote into summary and
    /// description.
    pub overwrite_edits: bool,
    /// What a deletion or a merge does.
    pub on_delete: OnDelete,
    /// The transition that a deletion takes, by name or id; the first one to a
    /// status of category done without it.
    pub done_transition: Option<String>,
    /// Workflow status (id or name, lower case) to the transition that it
    /// drives (name or id).
    pub status_transitions: Vec<(String, String)>,
}

/// What a change of the entity does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnUpdate {
    /// Changes the issue's fields.
    Fields,
    /// Adds a comment that says what changed.
    Comment,
    /// Nothing.
    Ignore,
}

/// What the entity's end does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDelete {
    /// Adds a comment.
    Comment,
    /// Adds a comment and closes the issue.
    Transition,
    /// Nothing.
    Ignore,
}

impl Lifecycle {
    pub(super) fn read(read: &mut Reader<'_>) -> Self {
        let on_update = [
            ("fields", OnUpdate::Fields),
            ("comment", OnUpdate::Comment),
            ("ignore", OnUpdate::Ignore),
        ];
        let on_delete = [
            ("comment", OnDelete::Comment),
            ("transition", OnDelete::Transition),
            ("ignore", OnDelete::Ignore),
        ];
        Self {
            on_update: read.choice("on_update", &on_update, OnUpdate::Fields),
            overwrite_edits: read.flag("overwrite_edits", false),
            on_delete: read.choice("on_delete", &on_delete, OnDelete::Comment),
            done_transition: read.optional("done_transition"),
            status_transitions: read
                .pairs("status_transitions")
                .into_iter()
                .map(|(status, transition)| (status.to_lowercase(), transition))
                .collect(),
        }
    }

    /// What a transition to done is given.
    pub(super) fn done_fields(read: &mut Reader<'_>) -> Map<String, Value> {
        let example = r#"{"resolution": {"name": "Done"}}"#;
        read.object("done_transition_fields", example)
    }

    /// The transition that a workflow status drives, looked up by any of its
    /// names.
    pub fn transition_for<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Option<&str> {
        names.into_iter().find_map(|name| {
            let name = name.to_lowercase();
            self.status_transitions
                .iter()
                .find(|(status, _)| *status == name)
                .map(|(_, transition)| transition.as_str())
        })
    }
}
