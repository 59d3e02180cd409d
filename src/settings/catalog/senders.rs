//! Who may post events, and how much.

use super::variable::{About, Group, Kind, Variable};

pub(super) static GROUP: Group = Group {
    title: "Who may post",
    intro: "",
    variables: &[
        Variable {
            name: "webhook_token",
            default: "",
            kind: Kind::Secret,
            meaning: "the token that senders must send",
            about: About::Section(
                r#"
Senders send the token in one of three places:

- `Authorization: Bearer <token>` (or the token alone)
- `X-API-Key: <token>`
- `?token=<token>` in the address, percent-encoded, for senders that can send no
  header, such as [Splunk's webhook action](splunk.md#the-webhook-alert-action).
  Proxies and access logs may keep addresses: prefer a header.

`webhook_auth = "none"` accepts events from everyone. It must be set explicitly: an
empty `webhook_token` alone is a mistake. Choose a long random value:

```sh
openssl rand -hex 32
```
"#,
            ),
        },
        Variable {
            name: "webhook_auth",
            default: "token",
            kind: Kind::Plain,
            meaning: "`none` accepts events from everyone, without a token",
            about: About::Above,
        },
        Variable {
            name: "max_body_bytes",
            default: "8388608",
            kind: Kind::Plain,
            meaning: "of larger bodies only the beginning is read (OpenCTI), or they are refused; at most 10485760",
            about: About::Section(
                r#"
A body above this is answered with 413. One from OpenCTI is not lost: its first MiB
is read, and [the issue says so](api.md#bodies-that-are-not-quite-right). The default
is 8 MiB, the most is 10 MiB, which is also what managed clouds take. Reading a body
takes several times its size in memory.
"#,
            ),
        },
    ],
};
