//! Slack and Teams.

use super::variable::{About, Group, Kind, Variable};
use crate::settings::host::UNSET;

pub(super) static GROUP: Group = Group {
    title: "Chats",
    intro: r#"
Slack and Teams get messages about new issues and dead letters, with a link to the
issue. Whoever knows a chat's address can post there: both addresses are secrets,
and appear in no log and no answer. A chat that fails does not delay an issue; the
message is an [outbox task](operations.md#outbox-tasks) and is tried again.
"#,
    variables: &[
        Variable {
            name: "slack_webhook_url",
            default: "",
            kind: Kind::Secret,
            meaning: "Slack's incoming webhook",
            about: About::Section(
                r#"
The address of an incoming webhook of Slack, and its origin. The default of
`slack_host`, `https://hooks.slack.com`, is right for all but Slack's government
cloud. Without an address nothing is sent to it; set it to `https://unset.invalid`
to remove it from the allowed hosts too.

```toml
slack_webhook_url = "https://hooks.slack.com/services/T000/B000/XXXX"
```
"#,
            ),
        },
        Variable {
            name: "slack_host",
            default: "https://hooks.slack.com",
            kind: Kind::Host,
            meaning: "its origin",
            about: About::Above,
        },
        Variable {
            name: "teams_webhook_url",
            default: "",
            kind: Kind::Secret,
            meaning: "the address of a Teams workflow",
            about: About::Section(
                r#"
The address of a Teams workflow ("Post to a channel when a webhook request is
received"), and its origin, with the port if the address has one:

```toml
teams_webhook_url = "https://prod-12.westeurope.logic.azure.com:443/workflows/0a1b/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=XXXX"
teams_host = "https://prod-12.westeurope.logic.azure.com:443"
```

The message is an Adaptive Card with a button that opens the issue.
"#,
            ),
        },
        Variable {
            name: "teams_host",
            default: UNSET,
            kind: Kind::Host,
            meaning: "its origin",
            about: About::Above,
        },
        Variable {
            name: "notify_on",
            default: "created,dead_letter",
            kind: Kind::Plain,
            meaning: "what chats get: new issues, dead letters; `none` sends nothing",
            about: About::Section(
                r#"
The events that chats get messages about, between commas: `created` (a new issue)
and `dead_letter` (an event that only a person can help). Both are the default;
`none` or an empty value sends nothing.
"#,
            ),
        },
    ],
};
