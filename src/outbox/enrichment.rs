//! Enrichment that did not come in time: asked for again, and added to the issue
//! as one comment.

use std::time::Duration;

use super::late::{self, Late};
use super::policy::{Setback, put_off};
use crate::context::Context;
use crate::decide;
use crate::enrichment::{self, Asking, ModelTime};
use crate::model::{Enrichment, Entity, IssueRecord, Outbox, OutboxTask, TaskKind, Timestamp};
use crate::settings::{EnrichmentSettings, Markings};
use crate::store::{Lease, RecordError};
use crate::tracker::TrackerError;

/// How long a later attempt may take, where nobody says how much time there is:
/// managed clouds end a request after 30 s.
const PASS: Duration = Duration::from_secs(20);
/// No pass takes longer.
const LONGEST: Duration = Duration::from_secs(600);
/// In less, nobody answers.
const SHORTEST: Duration = Duration::from_secs(3);
/// Jira is told in this time.
const TELLING: Duration = Duration::from_secs(2);
/// After this long, what is there is told, and the rest is given up.
const GIVE_UP_AFTER: Duration = Duration::from_secs(3600);

/// After this long, Jira is not told any more.
const TELL_UNTIL: Duration = Duration::from_secs(24 * 3600);

/// The task that missing enrichment calls for.
pub(super) fn task(enrichment: &Enrichment, now: Timestamp) -> Option<OutboxTask> {
    let pauses = enrichment.missing.iter().filter_map(|it| it.again_after);
    let pause = pauses.min()?;
    Some(OutboxTask {
        attempts: 1,
        not_before: now.after(pause),
        ..OutboxTask::new(TaskKind::Enrichment, now)
    })
}

/// Another attempt: the tasks, if something is still to come.
pub(super) async fn attempts(
    context: Context<'_>,
    lease: &mut Lease<'_>,
    outbox: &mut Outbox,
    tasks: Vec<OutboxTask>,
) -> Result<Vec<OutboxTask>, RecordError> {
    if asking_time(context) < SHORTEST {
        // Another pass has more time.
        return Ok(tasks);
    }
    let mut left = Vec::new();
    for task in tasks {
        if let Some(mut issue) = lease.issue().cloned() {
            left.extend(attempt(context, lease, outbox, &mut issue, task).await?);
            lease.adopt(issue);
        }
    }
    Ok(left)
}

async fn attempt(
    context: Context<'_>,
    lease: &mut Lease<'_>,
    outbox: &mut Outbox,
    issue: &mut IssueRecord,
    mut task: OutboxTask,
) -> Result<Option<OutboxTask>, RecordError> {
    let mut entity = outbox.event.entity.clone();
    // Then an earlier comment may have been made.
    let is_found = outbox.enrichment.is_some();
    let found = outbox.enrichment.as_ref();
    entity.enrichment = found.unwrap_or(&issue.enrichment).clone();
    let target = context.target(&outbox.event);
    let (Ok(settings), Ok(markings), false) = (
        context.settings.enrichment(),
        context.settings.markings(),
        target.map_or(true, |target| target.is_withheld()),
    ) else {
        // It was marked more strictly meanwhile.
        close(&mut issue.enrichment);
        return Ok(None);
    };
    // What was found before only has to be told.
    if !is_found {
        let settings = (settings, markings);
        match ask(context, lease, settings, &mut entity, &mut task).await? {
            Asked::All => {}
            Asked::NotNow => return Ok(Some(task)),
            // It is given up by the first attempt after the hour, which says so.
            Asked::Later(setback) => {
                return Ok(put_off(context, &entity.key(), task, setback, TELL_UNTIL));
            }
        }
    }
    outbox.enrichment = None;
    close(&mut entity.enrichment);
    match tell(context, lease, issue, &entity.enrichment, is_found).await {
        Ok(()) => Ok(None),
        Err(Untold::Record(error)) => Err(error),
        Err(Untold::Tracker(error)) => {
            let setback = match error {
                TrackerError::Refused { .. } | TrackerError::Fatal { .. } => error.into(),
                // A login that is mended meanwhile helps as well.
                error => Setback::Later(None, error.why().to_owned()),
            };
            let left = put_off(context, &entity.key(), task, setback, TELL_UNTIL);
            match left.is_some() {
                true => outbox.enrichment = Some(entity.enrichment),
                false => close(&mut issue.enrichment),
            }
            Ok(left)
        }
    }
}

/// What came of asking.
enum Asked {
    /// Nothing more will come.
    All,
    /// Nobody was asked: another pass has more time.
    NotNow,
    /// Something may come later.
    Later(Setback),
}

/// Asks for what an entity lacks, as long as that takes.
async fn ask(
    context: Context<'_>,
    lease: &mut Lease<'_>,
    (settings, markings): (&EnrichmentSettings, &Markings),
    entity: &mut Entity,
    task: &mut OutboxTask,
) -> Result<Asked, RecordError> {
    let last = context.ports.clock.now().since(task.since) > GIVE_UP_AFTER;
    let profile = context.profile(entity);
    let Some(asking) = asking(context, settings, &entity.enrichment, task, last) else {
        return Ok(Asked::NotNow);
    };
    if enrichment::wants_model(settings, &entity.enrichment) {
        note_asking(lease);
    }
    let ports = context.ports;
    let asked = enrichment::ask_others(ports, settings, markings, entity, profile, asking);
    task.asked += u32::from(lease.extended(Box::pin(asked)).await?);
    let mut why = reasons(&entity.enrichment);
    let is_open = entity.enrichment.is_incomplete();
    if task.asked >= late::MOST {
        enrichment::give_up_model(&mut entity.enrichment, late::GIVEN_UP);
    }
    if entity.enrichment.is_incomplete() && !last {
        let pause = pause(&entity.enrichment);
        return Ok(Asked::Later(Setback::Later(pause, why)));
    }
    if is_open {
        why.push_str("; given up");
        context.warn("enrichment_missing", &entity.key(), why);
    }
    Ok(Asked::All)
}

/// How others are asked now; `None`: another pass has more time for them.
fn asking(
    context: Context<'_>,
    settings: &EnrichmentSettings,
    known: &Enrichment,
    task: &OutboxTask,
    is_last: bool,
) -> Option<Asking> {
    let needs = settings.ai.as_ref().and_then(|ai| ai.deadline);
    let left = asking_time(context);
    // Only what VirusTotal has still to tell takes time of its own.
    let others = match enrichment::waits_for_virustotal(known) {
        true => SHORTEST,
        false => Duration::ZERO,
    };
    let late = Late {
        left,
        others,
        asked: task.asked,
        is_last,
    };
    let model = match enrichment::wants_model(settings, known) {
        true => late::model_time(needs, late)?,
        false => ModelTime::Rest,
    };
    Some(Asking {
        time: late::whole_time(needs, left),
        model,
        patient: !is_last,
    })
}

/// Noted before the model is asked: whoever dies over it has asked it all the same.
fn note_asking(lease: &mut Lease<'_>) {
    let Some(mut outbox) = lease.outbox().cloned() else {
        return;
    };
    for task in &mut outbox.tasks {
        task.asked += u32::from(task.kind == TaskKind::Enrichment);
    }
    lease.set_outbox(outbox);
}

/// A pass that may take longer gives slow models their time.
fn asking_time(context: Context<'_>) -> Duration {
    match context.ends {
        Some(_) => context.time_left(LONGEST).saturating_sub(TELLING),
        None => PASS,
    }
}

/// Why an issue was not told.
enum Untold {
    Record(RecordError),
    Tracker(TrackerError),
}

fn reasons(enrichment: &Enrichment) -> String {
    let missing = enrichment.missing.iter();
    let why: Vec<String> = missing
        .map(|it| format!("{}: {}", it.part, it.why))
        .collect();
    why.join("; ")
}

/// What is missing now will not come.
fn close(enrichment: &mut Enrichment) {
    for missing in &mut enrichment.missing {
        missing.again_after = None;
    }
}

fn pause(enrichment: &Enrichment) -> Option<Duration> {
    let pauses = enrichment.missing.iter().filter_map(|it| it.again_after);
    pauses.max()
}

/// Tells what is new, and what will not come.
async fn tell(
    context: Context<'_>,
    lease: &Lease<'_>,
    issue: &mut IssueRecord,
    found: &Enrichment,
    may_be_there: bool,
) -> Result<(), Untold> {
    let known = &issue.enrichment;
    let news = Enrichment {
        verdicts: found
            .verdicts
            .iter()
            .filter(|verdict| !known.verdicts.contains(verdict))
            .cloned()
            .collect(),
        analysis: found.analysis.clone().filter(|_| known.analysis.is_none()),
        // What will never come was said when the issue was filed.
        missing: found
            .missing
            .iter()
            .filter(|missing| !known.missing.contains(missing))
            .cloned()
            .collect(),
        not_asked: 0,
    };
    if !news.is_empty() {
        lease.must_be_ours().map_err(Untold::Record)?;
        let text = decide::enrichment::late(&news);
        let (name, key) = (issue.name(), "enrichment");
        let told = async {
            let there = match may_be_there {
                true => context.tracker.find_comment(&name, key).await?,
                false => None,
            };
            match there {
                Some(id) => Ok(Some(id)),
                None => context.tracker.comment(&name, &text, key).await,
            }
        };
        match told.await {
            // Nobody is left to read it.
            Ok(_) | Err(TrackerError::Gone { .. }) => {}
            Err(error) => return Err(Untold::Tracker(error)),
        }
    }
    issue.enrichment = found.clone();
    Ok(())
}
