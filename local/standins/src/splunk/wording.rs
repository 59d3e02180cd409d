//! Errors as splunkd words them. The facts say that they may be XML or HTML;
//! the words are those that splunkd is known for.

use serde_json::json;

use super::options::Errors;
use crate::faults::page;
use crate::server::Answer;

/// A refusal, before its form is known.
pub(super) struct Refusal {
    status: u16,
    kind: &'static str,
    text: String,
}

/// A status without more to say.
pub(super) fn of_status(status: u16) -> Refusal {
    let (kind, text) = match status {
        400 => ("ERROR", "Bad Request"),
        401 => ("WARN", "call not properly authenticated"),
        403 => ("ERROR", "Forbidden"),
        404 => ("ERROR", "Not Found"),
        405 => ("ERROR", "Method Not Allowed"),
        429 => ("ERROR", "Too Many Requests"),
        503 => ("ERROR", "Service Unavailable"),
        _ => ("ERROR", "Internal Server Error"),
    };
    Refusal {
        status,
        kind,
        text: text.to_owned(),
    }
}

/// 400 with a reason.
pub(super) fn bad(text: impl Into<String>) -> Refusal {
    Refusal {
        status: 400,
        kind: "ERROR",
        text: text.into(),
    }
}

/// 403: the user lacks a capability.
pub(super) fn no_capability(name: &str) -> Refusal {
    let text = format!(
        "You (user=intake) do not have permission to perform this operation (requires capability: \
         {name})."
    );
    Refusal {
        text,
        ..of_status(403)
    }
}

impl Refusal {
    pub(super) fn answer(&self, form: Errors) -> Answer {
        let Refusal { status, kind, text } = self;
        match form {
            Errors::Json => {
                let message = json!({"type": kind, "text": text});
                Answer::json(*status, &json!({"messages": [message]}))
            }
            Errors::Html => page(*status, &escaped(text)),
            Errors::Xml => xml(
                *status,
                &format!(
                    "<response>\n  <messages>\n    <msg type=\"{kind}\">{}</msg>\n  </messages>\n\
                     </response>\n",
                    escaped(text)
                ),
            ),
        }
    }
}

/// An XML document.
pub(super) fn xml(status: u16, body: &str) -> Answer {
    let mut answer = Answer::empty(status).header("content-type", "text/xml; charset=UTF-8");
    answer = answer.with_body(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}"
    ));
    answer
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;")
}
