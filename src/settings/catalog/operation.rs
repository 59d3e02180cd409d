//! What operators may do, and how much is kept.

use super::variable::{About, Group, Kind, Variable};

pub(super) static GROUP: Group = Group {
    title: "Operation",
    intro: "",
    variables: &[
        Variable {
            name: "admin_token",
            default: "",
            kind: Kind::Secret,
            meaning: "the token for the [status page](operations.md#the-status-page), `/doctor`, `/tasks/retry`, `/tasks/stream`, `/dead-letters`, `/holds`, `/entities`, `/troubles` and `/metrics`; without it these routes answer 404 (`/metrics` only if there is no `metrics_token` either); [one, or two](#change-a-token-or-a-secret)",
            about: About::Section(
                r#"
The token to sign in to the [status page](operations.md#the-status-page), and for
[`/doctor`](doctor.md), [`/tasks/retry`](operations.md#the-retry-route),
[`/tasks/stream`](opencti.md#the-live-stream),
[`/dead-letters`](operations.md#dead-letters), [`/holds`](operations.md#holds),
[`/entities`](operations.md#what-was-done-about-an-entity),
[`/troubles`](operations.md#troubles) and [`/metrics`](operations.md#metrics), sent in the
same three places. Without it these routes answer 404; `/metrics` does so only if there is
no `metrics_token` either. A value that `webhook_token` holds, too, is a mistake: `/readyz`
and the log name both settings, and these routes answer 404, because every sender could
see and discard what is kept. Events still come in.
"#,
            ),
        },
        Variable {
            name: "metrics",
            default: "true",
            kind: Kind::Plain,
            meaning: "whether events are [counted](#metrics-metrics_token) for `/metrics`, which costs one write an event: `true`, `false`",
            about: About::Section(
                r#"
With `metrics`, what becomes of each event is counted in the store, for
[`/metrics`](operations.md#metrics): at most one write an event. With `metrics =
"false"` nothing is counted, and `/metrics` tells only what waits, dead letters and
holds.

`metrics_token` is a token for `/metrics` and nothing else, so that whatever scrapes it
needs no `admin_token`, which shows it as well. It is sent in the same three places; for
Prometheus as a bearer token. Without either, `/metrics` answers 404.
"#,
            ),
        },
        Variable {
            name: "metrics_token",
            default: "",
            kind: Kind::Secret,
            meaning: "a token for `/metrics` alone; one, or two",
            about: About::Above,
        },
        Variable {
            name: "ticket_retention_days",
            default: "400",
            kind: Kind::Plain,
            meaning: "days after which an untouched issue record is removed",
            about: About::Section(
                r#"
An entity's issue record is removed when it was not touched for
`ticket_retention_days` (by default 400; from 1 to 36500). Afterwards an event of
that entity creates a new issue, so choose more days than entities live.

`max_keys` is for stores that take only so many keys, such as Fermyon Cloud's
1,024. Above nine tenths of it, VirusTotal's kept answers are removed first, then
records of ended entities, then the longest untouched. `0` is no limit.

What is still to be done, and what has a dead letter, is never removed. Removing
(a sweep) is a part of [`/tasks/retry`](operations.md#the-retry-route), every ten
minutes: without calls of that route nothing is removed.
"#,
            ),
        },
        Variable {
            name: "max_keys",
            default: "0",
            kind: Kind::Plain,
            meaning: "the most keys that the store takes; `0` is no limit",
            about: About::Above,
        },
    ],
};
