//! Splunk's alerts.

use super::variable::{About, Group, Kind, Variable};

pub(super) static GROUP: Group = Group {
    title: "Splunk",
    intro: r#"
What Splunk posts to `/webhooks/splunk` needs no setting of its own; `file_types`
and `file_recovered` apply to OpenCTI only. These decide when two firings are one
alert, and how rows are read; see
[alerts that fire again](mapping.md#alerts-that-fire-again).
"#,
    variables: &[
        Variable {
            name: "splunk_dedup_fields",
            default: "",
            kind: Kind::Plain,
            meaning: "the fields of a row, between commas, that tell one alert from another; without them all that are not different each time",
            about: About::Section(
                r#"
The fields of a row, between commas, whose values tell one alert of a search from
another. Spelling and case matter. Empty, the default, takes
[all fields but those that are different each time](mapping.md#which-rows-are-one-alert).

```toml
splunk_dedup_fields = "dest, user, signature"
```

It applies to all searches; a [route](mapping.md#routes) can say others for its own.
A search whose rows have none of these fields has one issue for all its rows. With
it, notables are counted like other alerts, and no longer followed by their
`event_id`.
"#,
            ),
        },
        Variable {
            name: "splunk_dedup_window",
            default: "24",
            kind: Kind::Plain,
            meaning: "hours after which a repeated alert is a new issue; `0` creates one for each firing",
            about: About::Section(
                r#"
Hours, by default 24, from 0 to 8760 (a year). For so long after an issue was
created, repeats are counted on it; the next firing creates a new issue. `0`
creates an issue for each firing.
"#,
            ),
        },
        Variable {
            name: "splunk_group",
            default: "row",
            kind: Kind::Plain,
            meaning: "what an issue of an alert is for: a `row`, or all rows of one `run` of its search",
            about: About::Section(
                r#"
`row`, the default: an issue is for one row, and for the same row in later runs.
`run`: an issue is for all rows of one run of a search (one `sid`), with a table that
grows as the rows come. A route can say it for its searches:

```toml
routes = """
[[route]]
when = { search = "Port sweep" }
splunk_group = "run"
"""
```
"#,
            ),
        },
        Variable {
            name: "splunk_notable_searches",
            default: "*notable*",
            kind: Kind::Plain,
            meaning: "the searches, between commas, whose rows are notables",
            about: About::Section(
                r#"
The names of searches whose rows are notables of Enterprise Security, between commas,
in any case; `*` may stand at the start and the end. By default `*notable*`; `none`
for no search. Rows of the index `notable` are notables in any case. Any other row is
an alert, whatever fields it has: an attacker can write them into a log.
"#,
            ),
        },
        Variable {
            name: "splunk_title_fields",
            default: "",
            kind: Kind::Plain,
            meaning: "the fields of a row, between commas, that may name its alert",
            about: About::Section(
                r#"
Fields of a row that name its alert, between commas, the best first, such as
`rule_title, signature`. Without them, the search names it. Set it only if these
fields are made by your searches, and not found in logs.
"#,
            ),
        },
        Variable {
            name: "splunk_marking_fields",
            default: "",
            kind: Kind::Plain,
            meaning: "the fields of a row, between commas, that may mark it",
            about: About::Section(
                r#"
Fields of a row that hold its TLP marking, between commas, such as `tlp, tag`.
Without them a row is not marked: an attacker who can write `tlp=RED` into a log
could hide the alert otherwise.
"#,
            ),
        },
        Variable {
            name: "splunk_web_url",
            default: "",
            kind: Kind::Plain,
            meaning: "the origin at which people reach Splunk, for links",
            about: About::Section(
                r#"
Such as `https://splunk.example.com:8000`. It takes the place of the host in
`results_link`, where Splunk knows itself by an internal name only.
"#,
            ),
        },
        Variable {
            name: "on_repeat_after_done",
            default: "reopen",
            kind: Kind::Plain,
            meaning: "a repeated alert whose issue is done: `reopen` the issue, or create a `new` one",
            about: About::Section(
                r#"
What happens if an alert fires again within the window and its issue has a status
of the category "done": `reopen`, the default, takes the first transition that
leads to another category, and counts the firing; `new` creates a new issue and
leaves the old one alone.
"#,
            ),
        },
    ],
};
