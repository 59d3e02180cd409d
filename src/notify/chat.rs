//! One message to a chat's webhook, and what its answer means.
//!
//! The address of a webhook is a secret and appears in no text of ours.

use std::time::Duration;

use http::Method;
use serde_json::Value;

use super::message::Message;
use crate::http::{Answer, CHAT_ANSWER, Call, CallError};
use crate::model::Timestamp;
use crate::platform::{Limits, Ports, SendError};
use crate::settings::Secret;
use crate::text::to_json;

/// What one message may cost.
const LIMITS: Limits = Limits {
    time: Duration::from_secs(5),
    answer: CHAT_ANSWER,
};

/// What no chat can take for a message: it is not even JSON. A webhook that lives
/// refuses it, and nobody sees anything.
const NO_MESSAGE: &[u8] = b"{";

/// The longest code of an error that is repeated.
const CODE_LIMIT: usize = 100;

/// A chat: all that is different between chats, as data.
pub struct Chat {
    /// How its settings begin and how it is called in the store: `slack` for
    /// `slack_webhook_url` and `slack_host`.
    pub key: &'static str,
    /// What people call it: `Slack`.
    pub name: &'static str,
    /// What to check where it refuses, as the end of "Check
    /// slack_webhook_url, and": `that its channel takes messages`.
    pub check: &'static str,
    /// A message as its webhook takes it.
    pub body: fn(&Message) -> Value,
    /// Whether an answer (status and code) says that the message was taken. Of
    /// all others, 429 and 5xx are tried again.
    pub is_taken: fn(u16, &str) -> bool,
    /// Whether an answer to what is no message says that the webhook lives.
    pub lives: fn(u16, &str) -> bool,
    /// The code of an answer's body. Only letters, digits, `_` and `.` are
    /// repeated, at most 100; anything else can hold the address.
    pub code: fn(&[u8]) -> String,
}

/// A chat did not take a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatError {
    /// Try again, not before `after`.
    Later {
        /// How long the chat asks to wait, if it says so.
        after: Option<Duration>,
        /// What happened.
        why: String,
    },
    /// Trying again is in vain.
    Refused {
        /// What happened, and what to check.
        why: String,
    },
}

impl Chat {
    /// Posts a message to a webhook of this chat, once.
    ///
    /// # Errors
    /// When people may not see it; the variants say whether trying again helps.
    pub async fn tell(
        &self,
        ports: Ports<'_>,
        webhook: &Secret,
        message: &Message,
    ) -> Result<(), ChatError> {
        let body = to_json(&(self.body)(message));
        let answer = self.post(ports, webhook, body).await?;
        self.judge(&answer, self.is_taken, ports.clock.now())
    }

    /// Whether the webhook lives, found out without a message.
    ///
    /// # Errors
    /// When it would take no message. One that takes what is no message is no webhook of
    /// this chat.
    pub async fn probe(&self, ports: Ports<'_>, webhook: &Secret) -> Result<(), ChatError> {
        let answer = self.post(ports, webhook, NO_MESSAGE.to_vec()).await?;
        self.judge(&answer, self.lives, ports.clock.now())
    }

    async fn post(
        &self,
        ports: Ports<'_>,
        webhook: &Secret,
        body: Vec<u8>,
    ) -> Result<Answer, ChatError> {
        let call = Call {
            service: self.name,
            // Who knows the address may post.
            shows_path: false,
            method: Method::POST,
            address: webhook.expose(),
            login: Vec::new(),
            body: Some(body),
            limits: LIMITS,
        };
        call.send(ports).await.map_err(|error| match error {
            CallError::Unanswered(error) => self.unanswered(&error),
            CallError::Address | CallError::Login => self.refused("its address is none"),
        })
    }

    fn judge(
        &self,
        answer: &Answer,
        is_good: fn(u16, &str) -> bool,
        now: Timestamp,
    ) -> Result<(), ChatError> {
        let status = answer.status;
        let code = Some((self.code)(&answer.body)).filter(|code| is_code(code));
        let code = code.unwrap_or_default();
        if is_good(status.as_u16(), &code) {
            return Ok(());
        }
        let mut what = format!("answered {status}");
        if !code.is_empty() {
            what = format!("{what} ({code})");
        }
        match status.as_u16() {
            429 | 500.. => Err(self.later(&what, answer.retry_after(now))),
            // Whoever answers 200 without `ok` may have told people: once is
            // enough.
            _ => Err(self.refused(&what)),
        }
    }

    fn unanswered(&self, error: &SendError) -> ChatError {
        if *error == SendError::Denied {
            let why = format!(
                "{}: {error}. Check that {}_host is the webhook's origin",
                self.name, self.key
            );
            return ChatError::Refused { why };
        }
        // A host's words with a slash in them can repeat the address.
        let words = Some(error.to_string()).filter(|words| !words.contains('/'));
        self.later(words.as_deref().unwrap_or("did not answer"), None)
    }

    fn later(&self, what: &str, after: Option<Duration>) -> ChatError {
        let why = format!("{}: {what}", self.name);
        ChatError::Later { after, why }
    }

    fn refused(&self, what: &str) -> ChatError {
        let Self {
            key, name, check, ..
        } = self;
        let why = format!("{name}: {what}. Check {key}_webhook_url, and {check}");
        ChatError::Refused { why }
    }
}

fn is_code(code: &str) -> bool {
    let is_plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.');
    code.len() <= CODE_LIMIT && code.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::super::slack::SLACK;
    use super::super::teams::TEAMS;
    use super::super::tests::created;
    use super::*;
    use crate::platform::fake::{Fake, block_on};

    const WEBHOOK: &str = "https://hooks.example.com/services/T0/B0/hunter2?sig=hunter2";

    fn told(chat: &Chat, reply: Result<(u16, &str), SendError>) -> Result<(), ChatError> {
        let fake = Fake::default();
        match reply {
            Ok((status, body)) => fake.reply(status, &[("retry-after", "9")], body),
            Err(error) => fake.replies.borrow_mut().push_back(Err(error)),
        }
        let webhook = Secret::new(WEBHOOK);
        let (ports, message) = (fake.ports(), created());
        let result = block_on(chat.tell(ports, &webhook, &message));
        assert!(!format!("{result:?}").contains("hunter2"));
        assert!(fake.lines.borrow().is_empty());
        let sent = fake.requests.borrow();
        assert_eq!(
            (sent[0].method().as_str(), sent[0].uri().to_string()),
            ("POST", WEBHOOK.to_owned())
        );
        assert_eq!(sent[0].headers()["content-type"], "application/json");
        let body: Value = serde_json::from_slice(sent[0].body()).unwrap();
        assert!(body.to_string().contains("SOC-101"));
        result
    }

    fn refusal(chat: &Chat, reply: Result<(u16, &str), SendError>) -> String {
        match told(chat, reply) {
            Err(ChatError::Refused { why }) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_a_chat_took_is_told() {
        assert_eq!(told(&SLACK, Ok((200, "ok"))), Ok(()));
        assert_eq!(told(&TEAMS, Ok((202, ""))), Ok(()));
        assert_eq!(told(&TEAMS, Ok((200, "1"))), Ok(()));
    }

    #[test]
    fn what_a_chat_refuses_says_so_and_what_to_check() {
        let check = "Check slack_webhook_url, and that its channel takes messages";
        for (status, body, said) in [
            (400, "invalid_payload", "400 Bad Request (invalid_payload)"),
            (
                403,
                "action_prohibited",
                "403 Forbidden (action_prohibited)",
            ),
            (
                404,
                "channel_not_found\n",
                "404 Not Found (channel_not_found)",
            ),
            (410, "channel_is_archived", "410 Gone (channel_is_archived)"),
            (
                404,
                "<p>No such page /services/T0/B0/hunter2",
                "404 Not Found",
            ),
            (200, "<html>", "200 OK"),
            (302, "", "302 Found"),
        ] {
            let why = refusal(&SLACK, Ok((status, body)));
            assert_eq!(why, format!("Slack: answered {said}. {check}"));
        }
        let body = r#"{"error": {"code": "WorkflowNotFound", "message": "The workflow 'hunter2' could not be found."}}"#;
        assert_eq!(
            refusal(&TEAMS, Ok((404, body))),
            "Teams: answered 404 Not Found (WorkflowNotFound). Check teams_webhook_url, and that its workflow is on"
        );
        assert!(refusal(&TEAMS, Ok((401, "<html>"))).contains("teams_webhook_url"));
    }

    #[test]
    fn what_may_pass_is_tried_again_when_the_chat_says() {
        let after = Some(Duration::from_secs(9));
        for (status, body) in [
            (429, "rate_limited"),
            (500, "rollup_error"),
            (503, "<html>"),
        ] {
            for chat in [&SLACK, &TEAMS] {
                let result = told(chat, Ok((status, body)));
                let Err(ChatError::Later { after: told, why }) = result else {
                    panic!("{result:?}");
                };
                assert_eq!(told, after);
                assert!(why.contains(&status.to_string()), "{why}");
            }
        }
    }

    /// A chat answers with a word; a longer text is somebody else's.
    #[test]
    fn an_endless_answer_is_no_answer() {
        let page = "x".repeat(CHAT_ANSWER + 1);
        for chat in [&SLACK, &TEAMS] {
            let result = told(chat, Ok((200, &page)));
            assert!(matches!(result, Err(ChatError::Later { .. })), "{result:?}");
        }
    }

    #[test]
    fn no_answer_is_tried_again_and_never_repeats_the_address() {
        for (error, said) in [
            (
                SendError::Unclear("timed out".to_owned()),
                "Teams: no answer: timed out",
            ),
            (
                SendError::NotSent("DnsError".to_owned()),
                "Teams: not sent: DnsError",
            ),
            (
                SendError::NotSent(WEBHOOK.to_owned()),
                "Teams: did not answer",
            ),
        ] {
            let result = told(&TEAMS, Err(error));
            let why = said.to_owned();
            assert_eq!(result, Err(ChatError::Later { after: None, why }));
        }
    }

    #[test]
    fn a_host_that_is_not_allowed_is_named() {
        let why = refusal(&SLACK, Err(SendError::Denied));
        assert!(
            why.contains("Check that slack_host is the webhook's origin"),
            "{why}"
        );
        let why = refusal(&TEAMS, Err(SendError::Denied));
        assert!(why.contains("teams_host"), "{why}");
    }

    #[test]
    fn an_address_that_is_none_is_refused_without_being_repeated() {
        let fake = Fake::default();
        let webhook = Secret::new("https://exa mple.com/hunter2");
        let result = block_on(SLACK.tell(fake.ports(), &webhook, &created()));
        let Err(ChatError::Refused { why }) = result else {
            panic!("{result:?}");
        };
        assert!(why.contains("slack_webhook_url") && !why.contains("hunter2"));
    }
}
