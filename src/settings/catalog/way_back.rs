//! What goes back from issues to platforms.

use super::variable::{About, Group, Kind, Variable};
use crate::settings::host::UNSET;

pub(super) static GROUP: Group = Group {
    title: "The way back",
    intro: "",
    variables: &[
        Variable {
            name: "sync_back",
            default: "",
            kind: Kind::Plain,
            meaning: "what people do in Jira that [goes back](two-way.md#what-goes-back), between commas: `status`, `comments`, `assignee`, `resolution`",
            about: About::Section(
                r#"
What people do in Jira and [its platform](two-way.md) is told. Nothing of it happens
while it is empty. Each new issue then costs one more write to the store, by which a
webhook finds the entity.
"#,
            ),
        },
        Variable {
            name: "jira_webhook_secret",
            default: "",
            kind: Kind::Secret,
            meaning: "what [Jira's webhooks](two-way.md#set-up-jiras-webhook) are signed with; [one, or two](#change-a-token-or-a-secret)",
            about: About::Elsewhere,
        },
        Variable {
            name: "status_back",
            default: "",
            kind: Kind::Plain,
            meaning: "`jira=opencti` pairs between commas: [statuses](two-way.md#statuses) by name or category",
            about: About::Elsewhere,
        },
        Variable {
            name: "comments_back",
            default: "tagged",
            kind: Kind::Plain,
            meaning: "which [comments](two-way.md#comments) become notes: `none`, `tagged`, `public`, `all`",
            about: About::Elsewhere,
        },
        Variable {
            name: "comments_back_tags",
            default: "#cti",
            kind: Kind::Plain,
            meaning: "how [comments](two-way.md#comments) begin that are meant for the platform, between commas",
            about: About::Elsewhere,
        },
        Variable {
            name: "assignee_back",
            default: "",
            kind: Kind::Plain,
            meaning: "`jira=opencti` pairs between commas: [people](two-way.md#assignee-and-resolution)",
            about: About::Elsewhere,
        },
        Variable {
            name: "splunk_api_url",
            default: UNSET,
            kind: Kind::Host,
            meaning: "the origin of [Splunk's management port](two-way.md#splunk-enterprise-security), such as `https://splunk.example.com:8089`",
            about: About::Elsewhere,
        },
        Variable {
            name: "splunk_api_token",
            default: "",
            kind: Kind::Secret,
            meaning: "[its](two-way.md#splunk-enterprise-security) token",
            about: About::Elsewhere,
        },
        Variable {
            name: "splunk_api",
            default: "auto",
            kind: Kind::Plain,
            meaning: "by which [interface](two-way.md#splunk-enterprise-security) notables are updated: `notable_update`, `findings`, or `auto`",
            about: About::Elsewhere,
        },
        Variable {
            name: "splunk_status_back",
            default: "new=1,indeterminate=2,done=5",
            kind: Kind::Plain,
            meaning: "`jira=splunk` pairs between commas: [statuses](two-way.md#splunk-enterprise-security) by number",
            about: About::Elsewhere,
        },
        Variable {
            name: "splunk_owner_back",
            default: "",
            kind: Kind::Plain,
            meaning: "`jira=splunk` pairs between commas: [owners](two-way.md#splunk-enterprise-security)",
            about: About::Elsewhere,
        },
        Variable {
            name: "splunk_disposition_back",
            default: "",
            kind: Kind::Plain,
            meaning: "`resolution=number` pairs between commas: [dispositions](two-way.md#splunk-enterprise-security)",
            about: About::Elsewhere,
        },
        Variable {
            name: "soar_url",
            default: UNSET,
            kind: Kind::Host,
            meaning: "the origin of [Splunk SOAR](two-way.md#splunk-soar)",
            about: About::Elsewhere,
        },
        Variable {
            name: "soar_token",
            default: "",
            kind: Kind::Secret,
            meaning: "[its](two-way.md#splunk-soar) automation user's token",
            about: About::Elsewhere,
        },
        Variable {
            name: "soar_status_back",
            default: "new=New,indeterminate=Open,done=Closed",
            kind: Kind::Plain,
            meaning: "`jira=soar` pairs between commas: [statuses](two-way.md#splunk-soar)",
            about: About::Elsewhere,
        },
        Variable {
            name: "soar_owner_back",
            default: "",
            kind: Kind::Plain,
            meaning: "`jira=number` pairs between commas: [owners](two-way.md#splunk-soar)",
            about: About::Elsewhere,
        },
    ],
};
