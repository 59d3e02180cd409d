//! What becomes of an issue when its entity changes.

use super::variable::{About, Group, Kind, Variable};

pub(super) static GROUP: Group = Group {
    title: "Changes of an entity",
    intro: "",
    variables: &[
        Variable {
            name: "on_update",
            default: "fields",
            kind: Kind::Plain,
            meaning: "a [change](mapping.md#updates) updates the `fields`, becomes a `comment`, or nothing (`ignore`)",
            about: About::Elsewhere,
        },
        Variable {
            name: "overwrite_edits",
            default: "false",
            kind: Kind::Plain,
            meaning: "whether a change may overwrite [what people wrote](mapping.md#what-people-wrote-stays): `true`, `false`",
            about: About::Elsewhere,
        },
        Variable {
            name: "on_delete",
            default: "comment",
            kind: Kind::Plain,
            meaning: "a [deletion or merge](mapping.md#deletions-and-merges) becomes a `comment`, a comment and a `transition`, or nothing (`ignore`)",
            about: About::Elsewhere,
        },
        Variable {
            name: "done_transition",
            default: "",
            kind: Kind::Plain,
            meaning: "the [transition](mapping.md#deletions-and-merges) to take then: its name or id, or a status's name; without it the first one to a status of the category done",
            about: About::Elsewhere,
        },
        Variable {
            name: "done_transition_fields",
            default: "",
            kind: Kind::Plain,
            meaning: r#"a JSON object of [fields](mapping.md#deletions-and-merges) that a transition to done is given: `{"resolution": {"name": "Done"}}`"#,
            about: About::Elsewhere,
        },
        Variable {
            name: "status_transitions",
            default: "",
            kind: Kind::Plain,
            meaning: "`status=transition` pairs between commas: OpenCTI's [workflow status](mapping.md#workflow-status) moves the issue",
            about: About::Elsewhere,
        },
    ],
};
