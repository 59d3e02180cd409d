//! The OpenCTI platform and its live stream.

use super::variable::{About, Group, Kind, Variable};
use crate::settings::host::UNSET;

pub(super) static GROUP: Group = Group {
    title: "OpenCTI",
    intro: "",
    variables: &[
        Variable {
            name: "opencti_url",
            default: UNSET,
            kind: Kind::Host,
            meaning: "the platform's origin, for links and for writing back",
            about: About::Section(
                r#"
The platform's origin, and its base path if it has one, split for the same
reason as Jira's. With it, issues link to their entities. The
[notifier's template](opencti.md#the-webhook-notifier) sends the address as well;
the setting takes precedence.
"#,
            ),
        },
        Variable {
            name: "opencti_base_path",
            default: "",
            kind: Kind::Plain,
            meaning: "its path, if it has one",
            about: About::Above,
        },
        Variable {
            name: "opencti_token",
            default: "",
            kind: Kind::Secret,
            meaning: "looks up names and writes the issue's link back",
            about: About::Section(
                r#"
An API token of OpenCTI. With it, jira-intake reads the [live
stream](#the-live-stream), looks up the names of authors,
workflow statuses and markings, and writes each issue back to its entity as an external
reference. The token's user needs the right to read knowledge and to update it.
Without the token only a public live stream is read.
"#,
            ),
        },
        Variable {
            name: "opencti_stream_id",
            default: "",
            kind: Kind::Plain,
            meaning: "the id of the [live stream](#the-live-stream) that is read",
            about: About::Titled(
                "The live stream",
                r#"
jira-intake reads the [live stream](opencti.md#the-live-stream) `opencti_stream_id` of
the platform at `opencti_url`, as the user of `opencti_token`, when `/tasks/stream` is
called. The id stands at the end of the stream's address in OpenCTI, under Data → Data
sharing → Live streams.

`opencti_stream_from` is where the first call begins: `now`, a date such as `2025-01-31`
or `2025-01-31T12:00:00Z`, or `0` for everything that OpenCTI has. Later calls go on
where the one before stopped, whatever it says. A date more than a day ahead is a
mistake. A date from before what the stream
keeps, and `0`, are fetched from OpenCTI's database and filed as if they had just
happened; to count them first, use [history](opencti.md#history) instead.

The other three are options of the stream: whether deletions are told
(`opencti_stream_listen_delete`), whether relationships are left out that come along
with an entity and that nothing here needs (`opencti_stream_no_dependencies`), whether
inferred entities are told (`opencti_stream_with_inferences`).
"#,
            ),
        },
        Variable {
            name: "opencti_stream_from",
            default: "now",
            kind: Kind::Plain,
            meaning: "where the [first reading](#the-live-stream) begins: `now`, `0`, or a date",
            about: About::Above,
        },
        Variable {
            name: "opencti_stream_listen_delete",
            default: "true",
            kind: Kind::Plain,
            meaning: "whether [the stream](#the-live-stream) tells of deletions",
            about: About::Above,
        },
        Variable {
            name: "opencti_stream_no_dependencies",
            default: "true",
            kind: Kind::Plain,
            meaning: "whether [it](#the-live-stream) leaves out relationships that come along",
            about: About::Above,
        },
        Variable {
            name: "opencti_stream_with_inferences",
            default: "false",
            kind: Kind::Plain,
            meaning: "whether [it](#the-live-stream) tells of inferred entities",
            about: About::Above,
        },
    ],
};
