//! What would happen: the route, the outcome, and every request to Jira with
//! its full body. Decides as a delivery does; sends nothing, stores nothing.

use serde_json::json;

use super::deliver::{not_accepted, unknown};
use super::facts::survivor;
use super::failure::Failure;
use super::outcomes::outcome;
use crate::context::Context;
use crate::decide::{Case, Decided, Facts, decide, fields, idempotency_label, standing};
use crate::model::{
    Decision, Enrichment, Event, IssueName, IssueRecord, Names, Need, Outcome, Shown, Step,
};
use crate::sources::Received;
use crate::store;

/// Stands for the key that a new issue would get.
const NEW_KEY: &str = "NEW-1";

/// What would become of one thing that a request told: an outcome, and of a
/// merge one for each of the entities that are gone.
///
/// # Errors
/// Why that cannot be said.
pub fn dry_run(context: Context<'_>, received: &Received) -> Result<Vec<Outcome>, Failure> {
    let event = match received {
        Received::Nothing { entity, reason } => {
            return Ok(vec![Outcome::ignored(entity.clone(), reason.clone())]);
        }
        Received::Event(event) => event,
    };
    if let Some(outcome) = not_accepted(context, event)? {
        return Ok(vec![outcome]);
    }
    let mut event = (**event).clone();
    event.came_at(context.ports.clock.now());
    let mut outcomes = vec![rehearse(context, &event)?];
    for absorbed in event.of_absorbed() {
        outcomes.push(rehearse(context, &absorbed)?);
    }
    Ok(outcomes)
}

fn rehearse(context: Context<'_>, event: &Event) -> Result<Outcome, Failure> {
    if let Some(outcome) = unknown(context, event)? {
        return Ok(outcome);
    }
    let known = store::look(context.ports.store, &event.entity.key())?.unwrap_or_default();
    let mut event = event.clone();
    event.entity.sequence = known.sequence;
    let case = Case {
        event: &event,
        profile: context.profile(&event.entity),
        issue: known.issue.as_ref(),
        sequence: known.sequence,
        past: &[],
        settings: context.settings,
        issues: context.tracker.issues(),
        now: context.ports.clock.now(),
    };
    let (looks, decision) = decided(context, &case)?;
    let issue = known.issue.as_ref().filter(|_| !decision.begins_anew);
    let key = issue.map(|issue| issue.key.as_str());
    let new = IssueName {
        key: NEW_KEY.to_owned(),
        id: String::new(),
    };
    let name = issue.map_or_else(|| new.clone(), IssueRecord::name);
    let steps = looks.iter().chain(&decision.plan);
    let mut requests = Vec::new();
    for step in steps {
        requests.push(context.tracker.preview(&name, step));
    }
    if decision.files()
        && let Ok(target) = context.target(&event)
        && let Some(link) = fields::remote_link(&event.entity, &target)
    {
        requests.push(context.tracker.preview(&new, &Step::Link(link)));
    }
    let sequence = known.sequence + u32::from(decision.begins_anew);
    let target = context.target(&event);
    let wanted = decision.issue.as_ref().map(|issue| issue.applied.clone());
    let wanted = wanted.unwrap_or_default();
    let standing = standing(&event, known.issue.as_ref(), &wanted.into(), case.now);
    let mut shown = outcome(context, decision.outcome, &event, key, decision.reason);
    shown.dry_run = target.ok().map(|target| {
        json!({
            "route": target.route_name(),
            "idempotency_label": idempotency_label(&event.entity.key(), sequence),
            "standing": standing.word(),
            "requests": requests,
        })
    });
    Ok(shown)
}

/// The decision, where nobody is asked: an issue shows what it was given last
/// and is not done; the looks at it stand for the questions.
fn decided(context: Context<'_>, case: &Case<'_>) -> Result<(Vec<Step>, Decision), Failure> {
    let mut facts = Facts::default();
    let mut looks = Vec::new();
    loop {
        let fact = match decide(case, &facts)? {
            Decided::Do(mut decision) => {
                if facts.looked_for_summary {
                    let note = "Jira would be searched first: an open issue with the same \
                                summary would be taken over in place of a new one";
                    decision.reason = Some(note.to_owned());
                }
                return Ok((looks, *decision));
            }
            Decided::Needs(fact) => fact,
        };
        match fact {
            Need::Names => facts.names = Some(Names::default()),
            Need::Enrichment => facts.enrichment = Some(Enrichment::default()),
            Need::Survivor => facts.survivor = Some(survivor(context, case.event)?),
            Need::Text => {
                let last = case.issue.map(last_shown);
                facts.text = Some(last.unwrap_or_default());
                looks.push(Step::LookAtText);
            }
            Need::SameSummary(same) => {
                facts.looked_for_summary = true;
                looks.push(Step::LookForSummary(same));
            }
            Need::Status => {
                facts.is_done = Some(false);
                looks.push(Step::LookAtStatus);
            }
        }
    }
}

fn last_shown(issue: &IssueRecord) -> Shown {
    Shown {
        summary: issue.summary.clone(),
        description: issue.description.clone(),
    }
}
