//! The chats: do their webhooks live? Nobody sees anything of the question.

use super::exam::Exam;
use super::notes::Notes;
use super::report::{Check, Fix};
use crate::notify::{CHATS, Chat, ChatError};

pub(super) async fn examine(exam: Exam<'_>, notes: &Notes) {
    for chat in CHATS {
        match exam.settings.webhook(chat.key) {
            Ok(Some(webhook)) => {
                let found = chat.probe(exam.ports, &webhook).await;
                notes.push(judge(chat, found));
            }
            Ok(None) => notes.push(Check::skipped(chat.key, "is not used")),
            Err(_) => notes.push(Check::skipped(
                chat.key,
                "its settings are wrong (see above)",
            )),
        }
    }
}

fn judge(chat: &Chat, found: Result<(), ChatError>) -> Check {
    let (url, host) = (
        format!("{}_webhook_url", chat.key),
        format!("{}_host", chat.key),
    );
    let settings = [url.as_str(), host.as_str()];
    match found {
        Ok(()) => Check::ok(
            chat.key,
            "the webhook lives (it refused what is no message)",
        ),
        Err(ChatError::Refused { why }) => {
            let what = format!(
                "make a new webhook in {}, and set its whole address",
                chat.name
            );
            Check::wrong(chat.key, why, Fix::new(&settings, what))
        }
        Err(ChatError::Later { why, after: None }) if why.contains("not sent") => {
            let what = "see whether the function's network lets it reach this host";
            Check::wrong(chat.key, why, Fix::new(&settings, what))
        }
        Err(ChatError::Later { why, .. }) => {
            let fix = Fix::new(&[&url], "it may pass by itself: ask again");
            Check::warning(chat.key, why, fix)
        }
    }
}
