//! Where Jira is, how to log in, and what is special about it.

use super::variable::{About, Group, Kind, Variable};
use crate::settings::host::UNSET;

pub(super) static GROUP: Group = Group {
    title: "Jira",
    intro: "",
    variables: &[
        Variable {
            name: "jira_url",
            default: UNSET,
            kind: Kind::Host,
            meaning: "Jira's origin, without a path: `https://jira.example.com`",
            about: About::Section(
                r#"
Jira's origin: scheme, host and, if it is not the usual one, port. No path, no
user name, host in lower case. Spin allows outbound requests by origin only, and
takes this value for its list of allowed [hosts](#hosts). That is why the path is
a variable of its own.
"#,
            ),
        },
        Variable {
            name: "jira_context_path",
            default: "",
            kind: Kind::Plain,
            meaning: "the path, if Jira has one: `/jira`",
            about: About::Section(
                r#"
The path of Jira's address, such as `/jira`, if it has one. Slashes at the ends do
not matter. `https://example.com/jira` is `jira_url =
"https://example.com"` and `jira_context_path = "/jira"`. A Cloud service
account has `jira_url = "https://api.atlassian.com"` and `jira_context_path =
"/ex/jira/<cloud id>"`. Links to issues lead to the site, which Jira's `serverInfo`
names.
"#,
            ),
        },
        Variable {
            name: "jira_api",
            default: "auto",
            kind: Kind::Plain,
            meaning: "which REST API: `auto` asks Jira once; `cloud`; `datacenter`",
            about: About::Section(
                r#"
`auto` (the default) reads Jira's `serverInfo` once and keeps the answer in the
store. `cloud` means REST v3 with ADF, `datacenter` REST v2 with wiki markup; with
either, Jira is not asked (except for the site's address behind Cloud's gateway,
`/ex/jira/`).
"#,
            ),
        },
        Variable {
            name: "jira_login_email",
            default: "",
            kind: Kind::Plain,
            meaning: "Cloud: the account's e-mail; empty for a personal access token",
            about: About::Section(
                r#"
The account's e-mail address on Jira Cloud; the login is then Basic
`email:token`. Leave it empty for Data Center: the token is then sent as Bearer.
"#,
            ),
        },
        Variable {
            name: "jira_api_token",
            default: "",
            kind: Kind::Secret,
            meaning: "Cloud: API token; Data Center: personal access token",
            about: About::Section(
                r#"
Cloud: an API token of that account. Data Center: a personal access token. The
account needs the permissions "Browse projects", "Create issues", "Edit issues",
"Add comments" and "Link issues" in the projects that issues go to, "Transition
issues" if transitions are used or alerts reopen their issues, "Edit own comments" for
the comment that counts an alert's firings, and the global permission "Browse users and
groups" if people are given by e-mail address.

A scoped token of Cloud works at the gateway only, and needs these scopes. A scope
that is missing is said in the reason of the event that needs it; other events go
on.

| for | classic | granular |
|---|---|---|
| to log in (`myself`) | `read:jira-user` | `read:application-role:jira`, `read:group:jira`, `read:user:jira`, `read:avatar:jira` |
| new issues | `read:jira-work`, `write:jira-work` | `write:issue:jira`, `write:comment:jira`, `write:comment.property:jira`, `write:attachment:jira`, `read:issue:jira` |
| changes | the same | `write:issue:jira` |
| to read an issue (what people wrote, its status) | `read:jira-work` | `read:issue:jira`, `read:issue-meta:jira`, `read:issue-security-level:jira`, `read:issue.vote:jira`, `read:issue.changelog:jira`, `read:avatar:jira`, `read:status:jira`, `read:user:jira`, `read:field-configuration:jira` |
| comments | `read:jira-work`, `write:jira-work` | `write:comment:jira`, `read:comment:jira`, `read:comment.property:jira`, `read:group:jira`, `read:project:jira`, `read:project-role:jira`, `read:user:jira`, `read:avatar:jira` |
| transitions | the same | `read:issue.transition:jira`, `read:status:jira`, `read:field-configuration:jira`, `write:issue:jira`, `write:issue.property:jira` |
| links | the same | `read:issue.remote-link:jira`, `write:issue.remote-link:jira`, `write:issue-link:jira`, `write:issue:jira`, `write:comment:jira` |
| custom fields by name, screens | `read:jira-work` | `read:field:jira`, `read:issue-meta:jira`, `read:avatar:jira`, `read:project-category:jira`, `read:project:jira`, `read:field-configuration:jira` |
| people by e-mail address | `read:jira-user` | `read:user:jira`, `read:avatar:jira` |

The search for an issue whose create got no answer needs `read:jira-work`; which
granular scopes it needs is not certain, `read:issue:jira` with those of "to read an
issue" should do.
"#,
            ),
        },
        Variable {
            name: "jira_browse_url",
            default: "",
            kind: Kind::Plain,
            meaning: "where [people open issues](#jira_browse_url), if not where Jira says: `https://jira.example.com`",
            about: About::Section(
                r#"
Where people open issues: links in answers, chats and OpenCTI begin with it. Without
it they begin with the address that Jira's `serverInfo` names, or with `jira_url`
where Jira was not asked. Set it if that address is wrong for people.
"#,
            ),
        },
        Variable {
            name: "jira_headers",
            default: "",
            kind: Kind::Secret,
            meaning: "a JSON object of [headers](#jira_headers) for what stands in front of Jira",
            about: About::Section(
                r#"
Headers that each request to Jira is given besides its own, for what stands in front
of it: Cloudflare Access, an identity-aware proxy, an API gateway.

```toml
jira_headers = '{ "CF-Access-Client-Id": "….access", "CF-Access-Client-Secret": "…" }'
```

`Authorization`, `Host`, `Content-Type` and the like are ours and cannot be set. The
values are secret. A Jira that is reached only through a forwarding proxy needs a
reverse proxy with an address of its own as `jira_url`: WebAssembly components open
no tunnels.
"#,
            ),
        },
        Variable {
            name: "jira_text_limit",
            default: "32767",
            kind: Kind::Plain,
            meaning: "the most characters of a [description or a comment](#jira_text_limit)",
            about: About::Section(
                r#"
The characters that a description or a comment may have: 32767, Jira's own limit,
unless a Data Center has a lower one (`jira.text.field.character.limit`); at least
250. If Jira finds a text too long, it is cut to the limit that Jira names, or to
half, up to three times; then it becomes a comment. A limit that was found out is
remembered for new issues for an hour. With the setting, nothing has to be found
out.
"#,
            ),
        },
        Variable {
            name: "jira_internal_comments",
            default: "auto",
            kind: Kind::Plain,
            meaning: "whether comments are [hidden from customers](#jira_internal_comments) of a service desk: `auto` (in service desks), `true`, `false`",
            about: About::Section(
                r#"
In a service desk, customers see and get comments by mail unless they are internal.
`auto`, the default, makes comments internal in projects that are service desks
(asked of each issue, which may have been moved; that a project is one is remembered
for a day), and where Jira does not say what a project is. `true` makes all
comments internal, `false` none.
"#,
            ),
        },
        Variable {
            name: "jira_index_lag",
            default: "120",
            kind: Kind::Plain,
            meaning: "seconds after which Jira's search is trusted to show a new issue",
            about: About::Section(
                r#"
Seconds, by default 120, at most 3600. If a create ended without an answer, its
issue is searched in Jira before another create is sent. Jira's search shows a new
issue only after a while: an empty result counts only this long after the first
attempt. Make it longer for a Jira whose index is slow; such an event then waits
as long.
"#,
            ),
        },
        Variable {
            name: "required_fields",
            default: "",
            kind: Kind::Plain,
            meaning: "[fields](#required_fields) that an issue must have: one that Jira refuses is never dropped",
            about: About::Section(
                r#"
Fields between commas, by id or by the name that they have in `jira_custom_fields`,
such as `priority, customfield_10039`. A field that
Jira refuses is dropped, and the issue says so. `security`, `parent` and `reporter`
are never dropped, because the issue would be shown to the wrong people or stand in
the wrong place; name here what must not be missing either. An event whose issue
would lack one becomes a [dead letter](operations.md#dead-letters) with the reason.
"#,
            ),
        },
        Variable {
            name: "jira_project_key",
            default: "",
            kind: Kind::Plain,
            meaning: "the project in which issues are created",
            about: About::Section(
                r#"
The project and type of issues, unless a [route](mapping.md#routes) says
otherwise. The type is `Task` by default.
"#,
            ),
        },
        Variable {
            name: "jira_issue_type_name",
            default: "Task",
            kind: Kind::Plain,
            meaning: "their issue type",
            about: About::Above,
        },
        Variable {
            name: "jira_request_type",
            default: "",
            kind: Kind::Plain,
            meaning: "their [request type](#jira_request_type) in Jira Service Management",
            about: About::Section(
                r#"
The request type of issues in a service desk: its key (`soc/incident`) or its id.
It is set in the field "Request Type" of an ordinary create, which everything else
works with as well. If Jira refuses it, the issue is created without it and says so.
"#,
            ),
        },
    ],
};
