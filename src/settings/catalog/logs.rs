//! What is logged.

use super::variable::{About, Group, Kind, Variable};

pub(super) static GROUP: Group = Group {
    title: "Logs",
    intro: "",
    variables: &[Variable {
        name: "log_level",
        default: "info",
        kind: Kind::Plain,
        meaning: "`debug`, `info`, `warn`, `error`; one JSON object a line",
        about: About::Section(
            r#"
`debug`, `info` (the default), `warn` or `error`. Every line is one JSON object
with `time`, `level`, `event` and what belongs to it, and never holds a secret
or a description. Ids and names in it have at most 200 characters, other texts 1,000;
they hold no control characters, and addresses no user names or passwords:

```json
{"entity":"84fdd243-adb4-4a9d-89c9-4e6593d9d7e4","entity_type":"incident","event":"delivery","issue":"SOC-101","level":"info","ms":38,"outcome":"created","time":"2025-11-22T07:51:12.204Z"}
```

What each `event` means, and what to do about it, is listed in
[operations](operations.md#the-log-and-what-to-watch). Spin prints the log and
keeps it in `.spin/logs/`.
"#,
        ),
    }],
};
