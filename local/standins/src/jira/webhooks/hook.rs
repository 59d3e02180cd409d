//! A webhook as it is registered, and what became of its calls.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

/// How many calls Cloud makes at most; no number is in the facts.
const ATTEMPTS: usize = 4;
/// Cloud waits minutes between two calls, tests do not.
const PAUSE: Duration = Duration::from_millis(50);
/// Cloud waits so long for an answer (facts/two-way.md, section 1).
const PATIENCE: Duration = Duration::from_secs(20);

/// What a webhook's body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// Jira's own webhooks: `webhookEvent`, `issue`, `changelog`, `comment`…
    Jira,
    /// Automation's "Send web request", "Automation format": the issue at the
    /// top, its id a number, no event and no user.
    Automation,
    /// The same action, "Jira format": `{"issue": …}`.
    AutomationJira,
    /// The same action without a body.
    Empty,
}

/// A webhook. `Debug` shows neither the secret nor the address, which may hold
/// a token.
///
/// ```no_run
/// # async fn example() -> anyhow::Result<()> {
/// use jira_intake_standins::jira::{JiraOptions, JiraStandIn, Webhook};
///
/// let jira = JiraStandIn::start(JiraOptions::cloud()).await?;
/// let hook = Webhook::signed("http://127.0.0.1:3000/jira", "a-secret");
/// jira.add_webhook(hook.events(&["jira:issue_updated", "comment_created"]));
/// let key = jira.file("SOC", serde_json::json!({"summary": "x"}));
/// jira.move_to(&key, "Done");
/// jira.settle().await?;
/// assert_eq!(jira.deliveries()[0].status, Some(200));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Webhook {
    /// Where it posts.
    pub url: String,
    /// The key of `X-Hub-Signature`; without one nothing is signed.
    pub secret: Option<String>,
    /// The events it is for, by `webhookEvent`; none means all. They pick for
    /// Automation too, though the name is not in its body.
    pub events: Vec<String>,
    /// What the body is.
    pub body: Body,
    /// Headers besides.
    pub headers: Vec<(String, String)>,
    /// How many times each call is made, as of itself: Jira says "at least
    /// once". All have the same identifier.
    pub copies: usize,
    /// What happens within a fifth of a second is posted newest first.
    pub out_of_order: bool,
    /// How many calls run at once; with one, first calls keep their order.
    pub at_once: usize,
    /// How many calls are made at most while the answer is one to try again
    /// after. Data Center and Automation promise no second one, so they make
    /// none.
    pub attempts: usize,
    /// The time before a call is made again.
    pub pause: Duration,
    /// How long an answer is waited for.
    pub patience: Duration,
}

impl Webhook {
    /// One without a signature: Data Center before 10, which has no secrets
    /// (the token stands in the address), or Cloud when none was set.
    pub fn unsigned(url: &str) -> Webhook {
        Webhook {
            url: url.to_owned(),
            secret: None,
            events: Vec::new(),
            body: Body::Jira,
            headers: Vec::new(),
            copies: 1,
            out_of_order: false,
            at_once: 1,
            attempts: ATTEMPTS,
            pause: PAUSE,
            patience: PATIENCE,
        }
    }

    /// One with a signature: Cloud, or Data Center 10 and later.
    pub fn signed(url: &str, secret: &str) -> Webhook {
        Webhook {
            secret: Some(secret.to_owned()),
            ..Webhook::unsigned(url)
        }
    }

    /// Automation's "Send web request": no signature; a secret can stand in a
    /// header.
    pub fn automation(url: &str, body: Body) -> Webhook {
        Webhook {
            body,
            ..Webhook::unsigned(url)
        }
    }

    /// Only for these events, by `webhookEvent`.
    #[must_use]
    pub fn events(mut self, names: &[&str]) -> Webhook {
        self.events = names.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    /// With a header, as Automation can send.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Webhook {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a basic login, as Data Center 10 and later can send.
    #[must_use]
    pub fn basic(self, user: &str, password: &str) -> Webhook {
        let login = BASE64_STANDARD.encode(format!("{user}:{password}"));
        self.header("authorization", &format!("Basic {login}"))
    }

    /// Makes each call so many times.
    #[must_use]
    pub fn copies(mut self, count: usize) -> Webhook {
        self.copies = count;
        self
    }

    /// Does not keep the order.
    #[must_use]
    pub fn out_of_order(mut self) -> Webhook {
        self.out_of_order = true;
        self
    }

    /// Makes so many calls at once.
    #[must_use]
    pub fn at_once(mut self, count: usize) -> Webhook {
        self.at_once = count.max(1);
        self
    }

    /// Makes a call at most so many times, with this time between.
    #[must_use]
    pub fn attempts(mut self, most: usize, pause: Duration) -> Webhook {
        (self.attempts, self.pause) = (most, pause);
        self
    }

    /// Waits so long for an answer.
    #[must_use]
    pub fn patience(mut self, time: Duration) -> Webhook {
        self.patience = time;
        self
    }

    pub(super) fn wants(&self, event: &str) -> bool {
        self.events.is_empty() || self.events.iter().any(|name| name == event)
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Webhook")
            .field("signed", &self.secret.is_some())
            .field("events", &self.events)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

/// One call of a webhook and its end.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Which webhook, as [`super::super::JiraStandIn::add_webhook`] numbered it.
    pub webhook: usize,
    /// The event's name, also where the body does not tell it.
    pub event: String,
    /// The same for all calls with the same content.
    pub identifier: String,
    /// 0 for the first call, 1 for the second…
    pub retry: usize,
    /// The body as sent.
    pub body: String,
    /// The answer's status; none when there was no answer in time.
    pub status: Option<u16>,
    /// The answer's body.
    pub answer: String,
}

impl Delivery {
    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}
