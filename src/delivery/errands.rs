//! What is done around an issue once it is filed: it is linked both ways, and
//! chats are told. Nothing of it can fail a delivery; what fails for now is
//! owed, and tried again.

use std::time::Duration;

use futures::future::join_all;

use super::Context;
use super::issue::remote_link;
use crate::config::Secret;
use crate::event::{Event, Source};
use crate::graphql::{GraphqlError, Platform};
use crate::jira::client::browse_url;
use crate::jira::{Client, JiraError};
use crate::ledger::{Errand, What, dead};
use crate::log::rfc3339;
use crate::plan::{Target, fields};
use crate::platform::SendError;
use crate::report;
use crate::report::chat::{ChatError, Message, Occasion, tell_slack, tell_teams};

/// The first pause between attempts; it doubles from there.
const FIRST_PAUSE: Duration = Duration::from_secs(30);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
/// Old news are no help in a chat.
const GIVE_UP_AFTER: Duration = Duration::from_secs(24 * 3600);

/// Why an errand was not done.
pub(super) enum Setback {
    /// Another attempt may help, after this long.
    Later(Option<Duration>, String),
    /// None will.
    Never(String),
}

impl From<ChatError> for Setback {
    fn from(error: ChatError) -> Self {
        match error {
            ChatError::Later { after, why } => Self::Later(after, why),
            ChatError::Refused { why } => Self::Never(why),
        }
    }
}

impl From<JiraError> for Setback {
    fn from(error: JiraError) -> Self {
        let why = error.why().to_owned();
        match error {
            JiraError::Retry { after, .. } => Self::Later(after, why),
            JiraError::Ambiguous { .. } => Self::Later(None, why),
            _ => Self::Never(why),
        }
    }
}

impl From<GraphqlError> for Setback {
    fn from(error: GraphqlError) -> Self {
        let why = error.to_string();
        match error {
            GraphqlError::Unanswered(SendError::Denied) | GraphqlError::Token => Self::Never(why),
            GraphqlError::Unanswered(_) => Self::Later(None, why),
            GraphqlError::Status(429 | 500..) => Self::Later(None, why),
            GraphqlError::Status(_) | GraphqlError::Refused(_) => Self::Never(why),
        }
    }
}

/// What a new issue calls for.
pub(super) fn of_creation(context: Context<'_>, event: &Event) -> Vec<What> {
    let config = context.config;
    let opencti = event.entity.source == Source::OpenCti
        && Platform::configured(context.ports, &config.opencti).is_some();
    let told = config.feedback.created;
    listed(&[
        (What::Link, true),
        (What::WriteBack, opencti),
        (What::SlackCreated, told && config.feedback.slack.is_some()),
        (What::TeamsCreated, told && config.feedback.teams.is_some()),
    ])
}

/// What a dead letter calls for.
pub(super) fn of_dead_letter(context: Context<'_>) -> Vec<What> {
    let feedback = &context.config.feedback;
    let told = feedback.dead_letter;
    listed(&[
        (What::SlackDeadLetter, told && feedback.slack.is_some()),
        (What::TeamsDeadLetter, told && feedback.teams.is_some()),
    ])
}

fn listed(all: &[(What, bool)]) -> Vec<What> {
    let wanted = all.iter().filter(|(_, wanted)| *wanted);
    wanted.map(|(what, _)| *what).collect()
}

/// Whom errands are about.
#[derive(Clone, Copy)]
pub(super) struct About<'a> {
    /// The event that led to them.
    pub(super) event: &'a Event,
    /// The issue's key, if there is an issue.
    pub(super) key: Option<&'a str>,
    /// Why the event became a dead letter, if it just did.
    pub(super) dead: Option<&'a str>,
}

/// Tries errands for the first time, side by side; those that are left.
pub(super) async fn begin(context: Context<'_>, about: About<'_>, all: Vec<What>) -> Vec<Errand> {
    run(context, about, later(context, all)).await
}

/// Errands that nobody has tried yet.
pub(super) fn later(context: Context<'_>, all: Vec<What>) -> Vec<Errand> {
    let now = context.ports.clock.now_ms();
    all.into_iter().map(|what| Errand::new(what, now)).collect()
}

/// Tries errands, side by side; those that are left.
pub(super) async fn run(
    context: Context<'_>,
    about: About<'_>,
    errands: Vec<Errand>,
) -> Vec<Errand> {
    let errands = errands.into_iter();
    let attempts = errands.map(|errand| attempt(context, about, errand));
    join_all(attempts).await.into_iter().flatten().collect()
}

/// One attempt; the errand, if it is left.
async fn attempt(context: Context<'_>, about: About<'_>, errand: Errand) -> Option<Errand> {
    let feedback = &context.config.feedback;
    let done = match errand.what {
        What::Link => link(context, about).await,
        What::WriteBack => write_back(context, about).await,
        What::SlackCreated | What::SlackDeadLetter => {
            tell(context, about, errand.what, feedback.slack.as_ref()).await
        }
        What::TeamsCreated | What::TeamsDeadLetter => {
            tell(context, about, errand.what, feedback.teams.as_ref()).await
        }
        What::Findings => return Some(errand),
    };
    let setback = done.err()?;
    put_off(
        context,
        &about.event.entity.id,
        errand,
        setback,
        GIVE_UP_AFTER,
    )
}

/// The errand with its next time, unless it is given up.
pub(super) fn put_off(
    context: Context<'_>,
    id: &str,
    mut errand: Errand,
    setback: Setback,
    give_up_after: Duration,
) -> Option<Errand> {
    let now = context.ports.clock.now_ms();
    let given_up = now.saturating_sub(errand.since) > give_up_after.as_millis() as u64;
    let event = match errand.what {
        What::Link => "remote_link_failed",
        What::WriteBack => "write_back_failed",
        What::Findings => "findings_missing",
        _ => "chat_failed",
    };
    match setback {
        Setback::Later(after, why) if !given_up => {
            let doubled = FIRST_PAUSE.saturating_mul(1 << errand.attempts.min(10));
            let pause = after.unwrap_or(doubled).clamp(FIRST_PAUSE, LONGEST_PAUSE);
            errand.attempts += 1;
            errand.not_before = now + pause.as_millis() as u64;
            let again = rfc3339(errand.not_before);
            context.warn(event, id, format!("{why}; to be tried again at {again}"));
            errand.why = why;
            Some(errand)
        }
        Setback::Later(_, why) | Setback::Never(why) => {
            context.warn(event, id, format!("{why}; given up"));
            None
        }
    }
}

async fn link(context: Context<'_>, about: About<'_>) -> Result<(), Setback> {
    let entity = &about.event.entity;
    let (Some(key), Ok(target)) = (about.key, Target::pick(about.event, context.config)) else {
        return Ok(());
    };
    let Some(link) = remote_link(entity, &target) else {
        return Ok(());
    };
    let client = Client::connect(context.ports, &context.config.jira).await?;
    Ok(client.remote_link(key, &link).await?)
}

async fn write_back(context: Context<'_>, about: About<'_>) -> Result<(), Setback> {
    let platform = Platform::configured(context.ports, &context.config.opencti);
    let (Some(key), Some(platform)) = (about.key, platform) else {
        return Ok(());
    };
    let url = browse_url(&context.config.jira, key);
    let id = &about.event.entity.id;
    Ok(report::opencti::link_issue(&platform, id, key, &url).await?)
}

async fn tell(
    context: Context<'_>,
    about: About<'_>,
    what: What,
    webhook: Option<&Secret>,
) -> Result<(), Setback> {
    // It may have been taken out of the settings since, or replayed.
    let (Some(webhook), Some(message)) = (webhook, message(context, about, what)) else {
        return Ok(());
    };
    match what {
        What::SlackCreated | What::SlackDeadLetter => {
            tell_slack(context.ports, webhook, &message).await?
        }
        _ => tell_teams(context.ports, webhook, &message).await?,
    }
    Ok(())
}

/// What a chat is told; nothing if there is nothing to tell any more.
fn message(context: Context<'_>, about: About<'_>, what: What) -> Option<Message> {
    let entity = &about.event.entity;
    let occasion = match what {
        What::SlackDeadLetter | What::TeamsDeadLetter => Occasion::DeadLetter(match about.dead {
            Some(reason) => reason.to_owned(),
            None => dead::reason(context.ports.store, &entity.id)?,
        }),
        _ => Occasion::Created,
    };
    let issue = about
        .key
        .map(|key| (key.to_owned(), browse_url(&context.config.jira, key)));
    if occasion == Occasion::Created && issue.is_none() {
        return None;
    }
    let target = Target::pick(about.event, context.config).ok();
    let withheld = target.as_ref().is_some_and(Target::is_withheld);
    // A chat is a third party, too.
    let limit = context.config.enrichment.max_tlp;
    let show_content = !withheld && entity.tlp.is_none_or(|tlp| tlp <= limit);
    let title = target.map(|target| fields::title(entity, &target));
    let title = title.unwrap_or_else(|| entity.name.clone());
    Some(Message::of(occasion, entity, &title, issue, show_content))
}
