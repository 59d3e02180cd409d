//! Decides, and fetches what the decision lacks until nothing is lacking.

use super::adopt::take_over;
use super::failure::Failure;
use crate::context::Context;
use crate::decide::{Case, Decided, Facts, Wanted, decide};
use crate::enrichment::{self, Asking, ModelTime};
use crate::model::{Change, Decision, End, Enrichment, Entity, EntityKey, Event, Names, Need};
use crate::store::{self, Lease};

/// An event, and what it maps to.
pub(super) type MappedBefore<'a> = Option<(&'a Event, &'a Wanted<'a>)>;

/// What is to be done about the event of a leased entity.
pub(super) async fn decided(
    context: Context<'_>,
    lease: &mut Lease<'_>,
    event: &Event,
    before: MappedBefore<'_>,
) -> Result<Decision, Failure> {
    let past = lease.past().to_vec();
    let same = before.filter(|(mapped, _)| *mapped == event);
    let mut facts = Facts {
        // Asked more than once, but not about firings that are only counted.
        wanted: same
            .filter(|_| event.firings().is_none())
            .map(|(_, wanted)| wanted.state().clone()),
        ..Facts::default()
    };
    loop {
        // It may have been taken over just now.
        let issue = lease.issue().cloned();
        let case = Case {
            event,
            profile: context.profile(&event.entity),
            issue: issue.as_ref(),
            sequence: lease.sequence(),
            past: &past,
            settings: context.settings,
            issues: context.tracker.issues(),
            now: context.ports.clock.now(),
        };
        match decide(&case, &facts)? {
            Decided::Do(decision) => return Ok(*decision),
            Decided::Needs(fact) => fetch(context, lease, &case, &mut facts, fact).await?,
        }
    }
}

async fn fetch(
    context: Context<'_>,
    lease: &mut Lease<'_>,
    case: &Case<'_>,
    facts: &mut Facts,
    fact: Need,
) -> Result<(), Failure> {
    // Many at a time wait for each other.
    if context.ends.is_some() {
        lease.declare()?;
    }
    match (fact, case.issue) {
        (Need::Names, _) => facts.names = Some(names(context, lease, case.event).await?),
        (Need::Enrichment, _) => {
            let enrichment = enriched(context, lease, case, facts.names.as_ref()).await?;
            facts.enrichment = Some(enrichment);
        }
        (Need::Survivor, _) => facts.survivor = Some(survivor(context, case.event)?),
        (Need::Text, Some(issue)) => {
            let name = issue.name();
            let shown = lease.meanwhile(context.tracker.shown(&name)).await?;
            facts.text = Some(shown?);
        }
        (Need::Status, Some(issue)) => {
            let name = issue.name();
            let is_done = lease.meanwhile(context.tracker.is_done(&name)).await?;
            facts.is_done = Some(is_done?);
        }
        (Need::SameSummary(same), _) => {
            take_over(context, lease, &same).await?;
            facts.looked_for_summary = true;
        }
        // Nothing is asked of an issue that is not there.
        (Need::Text | Need::Status, None) => {}
    }
    Ok(())
}

/// Names that the event has only as ids; without them, it goes on.
async fn names(
    context: Context<'_>,
    lease: &mut Lease<'_>,
    event: &Event,
) -> Result<Names, Failure> {
    let Some(platform) = context.platform(&event.entity)? else {
        return Ok(Names::default());
    };
    lease.declare()?;
    let names = enrichment::names(&platform, &event.entity.id).await;
    Ok(names.unwrap_or_else(|error| {
        context.warn("names_missing", &event.entity.key(), error);
        Names::default()
    }))
}

/// What others know of the entity; without it, it goes on. Asked for once: an
/// outage of the tracker makes no more questions.
async fn enriched(
    context: Context<'_>,
    lease: &mut Lease<'_>,
    case: &Case<'_>,
    names: Option<&Names>,
) -> Result<Enrichment, Failure> {
    if let Some(asked) = lease.pending().and_then(|it| it.enrichment.clone()) {
        return Ok(asked);
    }
    let known = case.issue.map(|issue| issue.enrichment.clone());
    let known = known.unwrap_or_default();
    let settings = context.settings.enrichment()?;
    if !settings.asks_anyone() {
        return Ok(known);
    }
    let mut entity = Entity {
        enrichment: known,
        ..case.event.entity.clone()
    };
    if let Some(names) = names {
        entity.name(names);
    }
    if let Some(issue) = case.issue {
        entity.name_markings(&issue.markings);
    }
    lease.declare()?;
    let asking = Asking {
        time: settings.deadline,
        model: ModelTime::Rest,
        patient: false,
    };
    let markings = context.settings.markings()?;
    let (ports, profile) = (context.ports, case.profile);
    enrichment::ask_others(ports, settings, markings, &mut entity, profile, asking).await;
    for missing in &entity.enrichment.missing {
        let why = format!("{}: {}", missing.part, missing.why);
        context.warn("enrichment_missing", &entity.key(), why);
    }
    lease.enriched(&entity.enrichment)?;
    Ok(entity.enrichment)
}

/// The issue's key of the entity that this one was merged into.
pub(super) fn survivor(context: Context<'_>, event: &Event) -> Result<Option<String>, Failure> {
    let Change::Ended(End::MergedInto(survivor)) = &event.change else {
        return Ok(None);
    };
    let key: EntityKey = survivor.key();
    let known = store::look(context.ports.store, &key)?;
    Ok(known.and_then(|known| known.issue).map(|issue| issue.key))
}
