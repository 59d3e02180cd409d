//! What a body is that is no event: said so that whoever set its sender up knows
//! what to change.

use serde_json::Value;

use crate::sources::received::SourceError;

/// What is to be changed where a notifier has another template.
const TEMPLATE: &str = "Use the notifier template of docs/opencti.md (under \
    “The webhook notifier”): in OpenCTI, open Settings → Customization → Notifiers, and put \
    that template in place of the one that is there";

/// Members of messages for chats, which other templates make.
const CHAT: [&str; 6] = [
    "attachments",
    "blocks",
    "text",
    "@type",
    "sections",
    "embeds",
];

/// Why a body is no event.
pub(super) fn refused(json: &Value) -> SourceError {
    let is_there = |name: &str| json.get(name).is_some();
    let what = if json["type"] == "bundle" {
        "it is a STIX bundle, but no object in it has OpenCTI's extension with an internal id"
    } else if json["data"].is_object() {
        "`data` is one object and there is no `version`: it is neither an event of the stream \
         nor what the notifier template makes, in which `data` is a list"
    } else if is_notification(json) {
        "`data` is not a list"
    } else if CHAT.into_iter().any(is_there) {
        "it is a message for a chat, such as Microsoft Teams, and tells nothing of an entity"
    } else if is_there("spec_version") || is_stix_id(&json["id"]) {
        "it is a STIX object alone, and does not say what happened to it"
    } else {
        "`version` is missing or not a number, and there is no list `data`"
    };
    SourceError::NoEvent(format!("{what}. {TEMPLATE}"))
}

/// A notification says what it notifies of.
pub(super) fn is_notification(json: &Value) -> bool {
    json["data"].is_array() || json.get("content").is_some() || json.get("notification").is_some()
}

fn is_stix_id(id: &Value) -> bool {
    id.as_str().is_some_and(|id| id.contains("--"))
}
