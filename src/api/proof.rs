//! How a request shows that it may post: at once, by a token, or by a signature, which
//! holds or not once the body is there. The body is read for no other request, and
//! parsed for none whose signature does not hold.

use http::request::Parts;

use super::access::{Told, unauthorized, unreadable};
use super::answer::Problem;
use super::auth;
use super::session::Session;
use super::signature::{Claim, Flaw};
use crate::platform::X_HUB_SIGNATURE;
use crate::settings::WebhookAuth;

const UNSIGNED: &str = "no signature: sign the body with webhook_secret (`X-Hub-Signature-256`, or `webhook-id`, `webhook-timestamp` and `webhook-signature`); no token is accepted";
const UNSIGNED_JIRA: &str =
    "no signature: Jira must sign with jira_webhook_secret (`X-Hub-Signature`)";

/// Whether `webhook_auth = none` lets everyone in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    IfSaid,
    Never,
}

/// What a request has shown so far.
pub(super) enum Proof {
    /// All that is asked for.
    Given,
    /// A signature that has to be checked.
    Claimed {
        /// What it says.
        claim: Claim,
        /// The keys, of which one must be its.
        keys: Vec<Vec<u8>>,
        /// The setting of the keys.
        setting: &'static str,
    },
}

impl Proof {
    /// What the sender of an event shows. A right token is enough where tokens are
    /// accepted, whatever signature stands beside it.
    pub(super) fn of(session: &Session<'_>, head: &Parts) -> Result<Self, Problem> {
        let auth = session.settings.webhook_auth();
        match auth.map_err(|_| unreadable(session, "webhook_token"))? {
            WebhookAuth::None => Ok(Self::Given),
            WebhookAuth::Token(tokens) => match auth::check(head, tokens) {
                Ok(()) => Ok(Self::Given),
                Err(denied) => {
                    let claimed = Self::claimed(session, head)?;
                    claimed.ok_or_else(|| unauthorized(denied, "webhook_token"))
                }
            },
            WebhookAuth::Signature(_) => {
                let claimed = Self::claimed(session, head)?;
                claimed.ok_or_else(|| Problem::unauthorized(UNSIGNED))
            }
        }
    }

    /// What a message of Jira's shows. A signature counts where a secret is set;
    /// without one, as Automation and older Data Centers send it, the token must be
    /// shown. With a secret, `webhook_auth = none` lets nobody in who shows neither.
    pub(super) fn of_jira(session: &Session<'_>, head: &Parts) -> Result<Self, Problem> {
        let setting = "jira_webhook_secret";
        let secrets = session.settings.jira_webhook_secret();
        let Some(secrets) = secrets.map_err(|_| unreadable(session, setting))? else {
            return Self::of_unsigned_jira(session, head, Open::IfSaid);
        };
        let Some(claim) = Claim::hub(&head.headers, &X_HUB_SIGNATURE)? else {
            return Self::of_unsigned_jira(session, head, Open::Never);
        };
        let keys = secrets.each().map(|it| it.expose().as_bytes().to_vec());
        Ok(Self::Claimed {
            claim,
            keys: keys.collect(),
            setting,
        })
    }

    fn of_unsigned_jira(session: &Session<'_>, head: &Parts, open: Open) -> Result<Self, Problem> {
        let auth = session.settings.webhook_auth();
        match auth.map_err(|_| unreadable(session, "webhook_token"))? {
            WebhookAuth::None if open == Open::IfSaid => Ok(Self::Given),
            WebhookAuth::Token(tokens) => auth::check(head, tokens)
                .map(|()| Self::Given)
                .map_err(|denied| unauthorized(denied, "webhook_token")),
            WebhookAuth::None | WebhookAuth::Signature(_) => {
                Err(Problem::unauthorized(UNSIGNED_JIRA))
            }
        }
    }

    /// A signature of a sender's, if there are one and a secret.
    fn claimed(session: &Session<'_>, head: &Parts) -> Result<Option<Self>, Problem> {
        let setting = "webhook_secret";
        let claim = Claim::of(&head.headers, session.ports.clock.now());
        if claim == Ok(None) {
            return Ok(None);
        }
        let secret = session.settings.webhook_secret();
        let secret = secret.map_err(|_| unreadable(session, setting))?;
        let Some(secret) = secret else {
            return Ok(None);
        };
        let Some(claim) = claim? else {
            return Ok(None);
        };
        Ok(Some(Self::Claimed {
            keys: claim.keys(secret)?,
            claim,
            setting,
        }))
    }

    /// What may be told of the settings before the body is there.
    pub(super) fn told(&self) -> Told {
        match self {
            Self::Given => Told::All,
            Self::Claimed { .. } => Told::Nothing,
        }
    }

    /// Whether a part of the body is enough: no signature is one of a part.
    pub(super) fn takes_parts(&self) -> bool {
        matches!(self, Self::Given)
    }

    /// Lets the body in, or says why not.
    pub(super) fn check(&self, body: &[u8]) -> Result<(), Problem> {
        match self {
            Self::Given => Ok(()),
            Self::Claimed { claim, keys, .. } if claim.holds(body, keys) => Ok(()),
            Self::Claimed { setting, .. } => Err(Problem::unauthorized(format!(
                "the signature is not one of this body with {setting}"
            ))),
        }
    }
}

impl From<Flaw> for Problem {
    fn from(flaw: Flaw) -> Self {
        Self::unauthorized(format!("the signature cannot be right: {flaw}"))
    }
}
