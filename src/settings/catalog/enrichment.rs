//! VirusTotal and a language model.

use super::variable::{About, Group, Kind, Variable};
use crate::settings::host::UNSET;

pub(super) static GROUP: Group = Group {
    title: "Enrichment",
    intro: r#"
VirusTotal, a language model, both or neither are asked about an entity before its
issue is created. What data is sent to them, and what the result looks like, is
described in [enrichment](enrichment.md).
"#,
    variables: &[
        Variable {
            name: "enrichment_deadline",
            default: "8",
            kind: Kind::Plain,
            meaning: "the seconds that an issue waits for VirusTotal and the model together; at most 20",
            about: About::Section(
                r#"
The seconds that an issue waits for VirusTotal and the model together: by default
8, from 1 to 20. With a model configured, VirusTotal gets three fifths of it and
the model what is left. What did not come in time is an
[outbox task](operations.md#outbox-tasks) and is asked for again, the model for as long
as [`ai_deadline`](#ai_deadline) says.

The sender waits as long for its answer. A model on a small machine may need the
largest value, or come with the later comment.
"#,
            ),
        },
        Variable {
            name: "enrich_max_tlp",
            default: "GREEN",
            kind: Kind::Plain,
            meaning: "above this TLP marking, nothing is sent to VirusTotal and the model, and no content to chats",
            about: About::Section(
                r#"
`CLEAR`, `GREEN` (the default), `AMBER`, `AMBER+STRICT` or `RED`. Nothing of an
entity that is marked above it is sent to VirusTotal or the model, and no content
of it to a chat. `RED` is no limit for TLP markings. A
[marking that is not understood](mapping.md#other-markings) is above every limit. An
entity without a marking is above none, unless
[`unmarked`](mapping.md#without-a-marking) is `withhold`. Splunk's SOAR calls the marking `sensitivity`: a container with `amber` is
above the default.

[`max_tlp`](mapping.md#tlp) is another limit: what is above that is not even
shown in Jira, and so not sent to the other services either. A
[table](enrichment.md#tlp-markings) compares the two.
"#,
            ),
        },
        Variable {
            name: "enrich_text",
            default: "true",
            kind: Kind::Plain,
            meaning: "whether VirusTotal is also asked about what names and descriptions mention: `true`, `false`",
            about: About::Section(
                r#"
`true` (the default) also looks for hashes, addresses, domains and URLs in an
entity's name, description and content. `false` takes only what the sender names
as such: observables of OpenCTI's playbooks, the fields and the raw event of an
alert, the artifacts of a container.
"#,
            ),
        },
        Variable {
            name: "virustotal_api_key",
            default: "",
            kind: Kind::Secret,
            meaning: "the API key; without it VirusTotal is never called",
            about: About::Section(
                r#"
The key of VirusTotal's API v3. Without it VirusTotal is never called. A public
key has four lookups a minute and 500 a day, and VirusTotal's terms do not allow
it in commercial products and services.

`virustotal_url` is the origin, `https://www.virustotal.com`, without a path.
Spin allows that host by default; without a key nothing is sent to it. Set it to
`https://unset.invalid` to remove it from the allowed hosts too.

`virustotal_max_lookups` is the most observables that are looked up for one issue:
by default 4, from 0 to 50. What the sender names as such comes before what a text
mentions. Answers are [kept for a day](enrichment.md#virustotals-quota) in the
store, a key each; mind this if [`max_keys`](#ticket_retention_days-max_keys) is
small.

```toml
virustotal_api_key = "..."
virustotal_max_lookups = "10"
```
"#,
            ),
        },
        Variable {
            name: "virustotal_url",
            default: "https://www.virustotal.com",
            kind: Kind::Host,
            meaning: "VirusTotal's origin",
            about: About::Above,
        },
        Variable {
            name: "virustotal_max_lookups",
            default: "4",
            kind: Kind::Plain,
            meaning: "the most lookups for one issue; at most 50",
            about: About::Above,
        },
        Variable {
            name: "ai_url",
            default: "",
            kind: Kind::Plain,
            meaning: "the base of an OpenAI-compatible API: `http://localhost:11434/v1`",
            about: About::Section(
                r#"
A model behind an OpenAI-compatible API: it is called with `POST
<ai_url>/chat/completions`. `ai_url` is the base with its path, `ai_host` its
origin, which Spin must allow; `ai_model` is the model's name on that server.
A query of `ai_url` is kept, and the path goes before it; an `ai_url` that ends
with `/chat/completions` is taken as it is. `ai_api_key` is sent as `ai_auth` says;
leave it empty for a server that needs none.

Ollama on the same machine:

```toml
ai_url = "http://localhost:11434/v1"
ai_host = "http://localhost:11434"
ai_model = "llama3.1"
```

vLLM in your own network:

```toml
ai_url = "https://llm.corp.example:8000/v1"
ai_host = "https://llm.corp.example:8000"
ai_model = "meta-llama/Llama-3.1-8B-Instruct"
ai_api_key = "..."
```

OpenAI:

```toml
ai_url = "https://api.openai.com/v1"
ai_host = "https://api.openai.com"
ai_model = "gpt-4o-mini"
ai_api_key = "..."
```

Azure OpenAI; the deployment stands in the path, and the version in the query:

```toml
ai_url = "https://soc.openai.azure.com/openai/deployments/gpt-4o-mini?api-version=2024-10-21"
ai_host = "https://soc.openai.azure.com"
ai_model = "gpt-4o-mini"
ai_auth = "api-key"
ai_api_key = "..."
```

The request has `max_tokens` ([`ai_max_tokens`](#ai_auth-ai_max_tokens)),
`temperature` (0.2) and `response_format` (a JSON schema). A server that refuses one
of them with 400 or 422 is asked again at once, with `max_completion_tokens` in place
of `max_tokens`, or without the other two, within the same time. What a model at an
address refuses is remembered for a day. An error with 400 or 422 that names no
parameter is taken for a refusal of `response_format`, once.

A server whose certificate comes from an authority of your own
needs [the same](#a-private-certificate-authority) as Jira does. On managed clouds
`localhost` is not your machine: there the server has to be reachable from outside.
"#,
            ),
        },
        Variable {
            name: "ai_host",
            default: UNSET,
            kind: Kind::Host,
            meaning: "its origin: `http://localhost:11434`",
            about: About::Above,
        },
        Variable {
            name: "ai_model",
            default: "",
            kind: Kind::Plain,
            meaning: "the model's name",
            about: About::Above,
        },
        Variable {
            name: "ai_api_key",
            default: "",
            kind: Kind::Secret,
            meaning: "its key, if it needs one",
            about: About::Above,
        },
        Variable {
            name: "ai_auth",
            default: "bearer",
            kind: Kind::Plain,
            meaning: "how the key is sent: `bearer`, `api-key` (Azure) or `none`",
            about: About::Section(
                r#"
`ai_auth` says how `ai_api_key` is sent: `bearer` (the default) as `Authorization:
Bearer`, `api-key` in the header of that name, as Azure wants it; `none` sends no key.

`ai_max_tokens` is the most tokens of an answer: by default 2000, from 100 to 100000.
What a model thinks before it answers counts. Where they run out, the issue says `its
tokens ran out while it was thinking; raise ai_max_tokens`, or, below an answer that
breaks off, the same.
"#,
            ),
        },
        Variable {
            name: "ai_max_tokens",
            default: "2000",
            kind: Kind::Plain,
            meaning: "the most tokens of an answer, with what the model thinks before it",
            about: About::Above,
        },
        Variable {
            name: "ai_deadline",
            default: "",
            kind: Kind::Plain,
            meaning: "the seconds of a late attempt; at most 120",
            about: About::Section(
                r#"
The seconds that the model gets when it is asked again after the issue was created,
from 1 to 120. While an issue is being created, only
[`enrichment_deadline`](#enrichment_deadline) counts. A pass that has less time left
does not ask the model and leaves it to another one; so call
`/tasks/retry?seconds=` with some seconds more than this. Deliveries that take one
task along have 20 seconds.

If it is not set, the model gets what the pass has left, from 10 to 45 seconds: 18 in
a pass of 20.

```toml
ai_deadline = "90"
ai_max_tokens = "8000"
```
"#,
            ),
        },
    ],
};
