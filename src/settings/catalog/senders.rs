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
            meaning: "the token that senders must send; [one, or two](#change-a-token-or-a-secret)",
            about: About::Section(
                r#"
Senders send the token in one of three places:

- `Authorization: Bearer <token>` (or the token alone)
- `X-API-Key: <token>`
- `?token=<token>` in the address, percent-encoded, for senders that can send no
  header, such as [Splunk's webhook action](splunk.md#the-webhook-alert-action).
  Proxies and access logs may keep addresses: prefer a header.

`webhook_auth` says what is asked of whoever posts:

| `webhook_auth` | `/webhooks/<source>` | `/webhooks/jira` |
|---|---|---|
| `token` | the token; or a [signature](#webhook_secret), if `webhook_secret` is set. A right token is enough, whatever signature stands beside it | a signature, if `jira_webhook_secret` is set and one is shown; else the token |
| `signature` | a signature with `webhook_secret`. No token is accepted | a signature with `jira_webhook_secret`. No token is accepted, so neither Automation nor Data Center before 10 can post |
| `none` | nothing: events are accepted from everyone | a signature, if `jira_webhook_secret` is set; else nothing |

`none` must be set explicitly: an empty `webhook_token` alone is a mistake, and so is a
`webhook_secret` that `none` would ignore. Choose a long random value:

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
            meaning: "[who may post](#webhook_token-webhook_auth): `token` (or a signature, if `webhook_secret` is set), `signature` (no token), `none` (everyone)",
            about: About::Above,
        },
        Variable {
            name: "webhook_secret",
            default: "",
            kind: Kind::Secret,
            meaning: "what senders [sign](#webhook_secret) with, instead of sending the token; one, or two",
            about: About::Section(
                r#"
A signature shows that a body is the sender's, and the secret itself is never sent. Two
kinds are accepted, on `/webhooks/opencti`, `/webhooks/splunk` and `/webhooks/generic`:

| kind | headers | `webhook_secret` |
|---|---|---|
| GitHub's | `X-Hub-Signature-256: sha256=<hex>`, the HMAC-SHA256 of the body | any text; its bytes are the key |
| [Standard Webhooks](https://www.standardwebhooks.com), and Svix | `webhook-id`, `webhook-timestamp` (seconds since 1970) and `webhook-signature` (`v1,<base64>`, several separated by blanks; the first eight are looked at); the same three as `svix-…`. It is the HMAC-SHA256 of `<id>.<timestamp>.<body>` | `whsec_` and the base64 of the key |

```sh
# GitHub's kind, by hand
body='{"title": "Test", "id": "1"}'
hex=$(printf %s "$body" | openssl dgst -sha256 -hmac "$WEBHOOK_SECRET" -r | cut -d' ' -f1)
curl -s localhost:3000/webhooks/generic -H 'Content-Type: application/json' \
    -H "X-Hub-Signature-256: sha256=$hex" -d "$body"
```

A secret for Standard Webhooks: `echo "whsec_$(openssl rand -base64 32)"`.

- **Time.** A message of Standard Webhooks is refused if its time is more than 5 minutes
  before or after ours. GitHub's kind has no time.
- **Copies.** Whoever keeps a signed message can send it again: of Standard Webhooks for 5
  minutes, of GitHub's kind for ever. An event that says when it happened, such as all of
  OpenCTI's, is then a [`duplicate`](api.md#answers-of-the-webhooks) or ignored as older.
  So is one of an object for `/webhooks/generic` that says
  [`updated`](generic.md#the-members); a copy of an older one that does not puts its issue
  back to what it said. `webhook-id` is not remembered; it must hold no point.
- **Order.** A missing or malformed header and a wrong time are refused before anything of
  the body is read. The body is read up to `max_body_bytes`, and nothing of it is parsed
  before its signature holds.
- **Long bodies.** A signature is one of the whole body, so a signed body that is longer
  than `max_body_bytes` is refused with 413, also from OpenCTI, whose
  [long bodies](api.md#bodies-that-are-not-quite-right) are read in part with a token.
- **Where both kinds are shown**, the one with a time counts.

To go from the token to signatures without a gap: set `webhook_secret`; let each sender
sign and stop sending the token; watch the log for `refused`; then set
`webhook_auth = "signature"`.

### Change a token or a secret

`webhook_token`, `webhook_secret`, `jira_webhook_secret` and `admin_token` may hold two
values, separated by a blank or a line end. Each of the two is good. To replace one:

1. Add the new value in front: `webhook_token = "<new> <old>"`, and start or deploy again.
2. Give the new value to each sender.
3. When all of them have it, remove the old value: `webhook_token = "<new>"`. A sender that
   still has the old one is now a log line `refused` with 401.

If a value was stolen, do not wait: set the new one alone, and then each sender. What
senders post meanwhile is refused with 401, and most of them do not send it again.

A value can hold no white space. Three values are a
[mistake](#mistakes-and-their-messages).
"#,
            ),
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
