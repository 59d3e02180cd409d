//! Which entities become issues, and how they look.

use super::variable::{About, Group, Kind, Variable};

pub(super) static GROUP: Group = Group {
    title: "Which issues, and how they look",
    intro: "",
    variables: &[
        Variable {
            name: "file_types",
            default: "incident,report,case-incident,case-rfi,case-rft,grouping",
            kind: Kind::Plain,
            meaning: "the [types of OpenCTI](mapping.md#which-entities-file-an-issue) that become issues; `task`, `feedback`, `note`, `vulnerability` may be added",
            about: About::Elsewhere,
        },
        Variable {
            name: "file_recovered",
            default: "false",
            kind: Kind::Plain,
            meaning: "whether [replayed history](mapping.md#which-entities-file-an-issue) creates issues: `true`, `false`",
            about: About::Elsewhere,
        },
        Variable {
            name: "file_updates_of",
            default: "all",
            kind: Kind::Plain,
            meaning: "of which entities an update creates an issue, if they [have none](mapping.md#which-entities-file-an-issue): `all`; `known` (of none); `days:30` (of those that are not older)",
            about: About::Elsewhere,
        },
        Variable {
            name: "adopt",
            default: "",
            kind: Kind::Plain,
            meaning: "`summary`: an open issue that another program filed with the same summary [becomes the entity's](#adopt), in place of a second one",
            about: About::Section(
                r#"
For whoever comes from [OpenCTI's own Jira connector](opencti.md#move-from-openctis-jira-connector):
it filed an issue for each entity, with the entity's name as the summary and no label.
With `adopt = "summary"`, before jira-intake creates an issue for an entity of OpenCTI,
it looks for an open one (status category not done) in the project to which the new one
would go, with exactly this summary: the one that it would write itself, or the bare
name, cut to 255 characters, where [`summary_template`](mapping.md#templates) makes
another one. Upper and lower case count; blanks at the ends do not. Of several, the
oldest is taken.

Such an issue becomes the entity's, once. The answer is `updated` with the reason
`took over SOC-7, which had the same summary`, and the log has a line `adopted` with the
entity, the issue, its summary, and the other issues that were found (ten at most).

| of the issue | what happens |
|---|---|
| labels, priority, custom fields | written as for [a change](mapping.md#updates), with the [idempotency label](mapping.md#labels). With `on_update = comment` or `ignore`, labels only |
| summary | stays. If it is the one that jira-intake would write, later changes of the name change it; else they become comments |
| description | stays, and nothing is said of it: nobody wants each old text twice. Later changes of the entity's description become comments, as where people edited it. An empty description is written. With `overwrite_edits = true`, summary and description are written at once |
| status, comments, assignee, components | stay |
| links to the entity and back | made as for a new issue. Chats are told nothing |

From then on it is an issue like any other.

- An issue with an idempotency label of another entity, or one that jira-intake created
  for another one, is never taken. Of two entities of one name, the first gets the
  issue, the other one the next oldest or a new one.
- Alerts and objects of other sources take nothing over: alerts of one name are not one
  thing.
- A name without any letter or digit cannot be searched for, and one that `max_tlp`
  withholds is not told to the search: there a new issue is created.
- Jira's search finds words, so issues with more words are found as well and left
  alone. Of very common words, the oldest 500 issues are looked through.
- If the search fails, the event waits and is [tried again](operations.md#queued-events):
  nothing is created that may be there. A search that Jira refuses is tried again for 72
  hours; the reason says what to mend.
- It costs one search for each new entity, and one `myself` where nothing is found.
  Empty it when history is replayed, and no issue of the old connector is open any more.
"#,
            ),
        },
        Variable {
            name: "priority_map",
            default: "critical=Highest,high=High,medium=Medium,low=Low,P1=Highest,P2=High,P3=Medium,P4=Low",
            kind: Kind::Plain,
            meaning: "the sender's priority or severity → [Jira's priority](mapping.md#priority); `*` is any other; `none` sets none",
            about: About::Elsewhere,
        },
        Variable {
            name: "jira_custom_fields",
            default: "",
            kind: Kind::Plain,
            meaning: "a JSON object of [custom fields](mapping.md#custom-fields), by id or by name",
            about: About::Elsewhere,
        },
        Variable {
            name: "jira_custom_fields_keys",
            default: "",
            kind: Kind::Plain,
            meaning: "[custom field](mapping.md#custom-fields) ids between commas, as OpenCTI's connector takes them",
            about: About::Elsewhere,
        },
        Variable {
            name: "jira_custom_fields_values",
            default: "",
            kind: Kind::Plain,
            meaning: "as many [values](mapping.md#custom-fields), between commas",
            about: About::Elsewhere,
        },
        Variable {
            name: "routes",
            default: "",
            kind: Kind::Plain,
            meaning: "TOML: another [project, type, priority, …](mapping.md#routes) by type, label, severity, priority or TLP",
            about: About::Elsewhere,
        },
        Variable {
            name: "summary_template",
            default: "",
            kind: Kind::Plain,
            meaning: "a [template](mapping.md#templates) for summaries",
            about: About::Elsewhere,
        },
        Variable {
            name: "description_template",
            default: "",
            kind: Kind::Plain,
            meaning: "a [template](mapping.md#templates) for descriptions, in Markdown",
            about: About::Elsewhere,
        },
        Variable {
            name: "max_tlp",
            default: "",
            kind: Kind::Plain,
            meaning: "above this [TLP marking](mapping.md#tlp), issues are created without content",
            about: About::Elsewhere,
        },
        Variable {
            name: "above_max_tlp",
            default: "stub",
            kind: Kind::Plain,
            meaning: "`ignore` creates [no issue](mapping.md#tlp) at all for them",
            about: About::Elsewhere,
        },
        Variable {
            name: "marking_levels",
            default: "",
            kind: Kind::Plain,
            meaning: "`marking=TLP` pairs between commas: what [other markings](mapping.md#other-markings) count as; without a level they are stricter than all",
            about: About::Elsewhere,
        },
        Variable {
            name: "unmarked",
            default: "share",
            kind: Kind::Plain,
            meaning: "`withhold` treats what has [no marking](mapping.md#without-a-marking) as what has one that is not understood",
            about: About::Elsewhere,
        },
    ],
};
