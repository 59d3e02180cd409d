//! For platforms without atomic counters: there a lease is best effort, and
//! two deliveries at the same instant can each file an issue. Every new issue
//! is looked at once more when Jira's search shows it; of twins, the younger
//! are closed with a link to the elder, which the entity keeps.

use super::failure::Failure;
use crate::context::Context;
use crate::decide::idempotency_label;
use crate::model::{Goal, IssueName};
use crate::platform::log::Level;
use crate::store::twins::{self, Fresh};

/// How many new issues one pass looks at.
const MOST: usize = 50;

/// Looks at new issues; how many twins were closed.
pub(super) async fn close_twins(context: Context<'_>, keys: &[String]) -> Result<usize, Failure> {
    let seen_until = context
        .ports
        .clock
        .now()
        .before(context.settings.index_lag()?);
    let mut closed = 0;
    let all = twins::list(context.ports.store, keys)?;
    for issue in all.iter().filter(|it| it.at <= seen_until).take(MOST) {
        closed += close_twins_of(context, issue).await?;
        twins::forget(context.ports.store, &issue.entity)?;
    }
    Ok(closed)
}

async fn close_twins_of(context: Context<'_>, issue: &Fresh) -> Result<usize, Failure> {
    let label = idempotency_label(&issue.entity, issue.sequence);
    let mut found = context.tracker.find(&issue.entity, &label).await?;
    // A copy that a person made is theirs.
    found.retain(|found| found.says_so);
    let Some((elder, younger)) = found.split_first() else {
        return Ok(0);
    };
    for twin in younger {
        let name = IssueName {
            key: twin.key.clone(),
            id: twin.id.clone(),
        };
        context.tracker.duplicates(&name, &elder.key).await?;
        context.tracker.transition(&name, &Goal::Done).await?;
        context.log.line(
            Level::Warn,
            "twin_closed",
            &[
                ("entity", issue.entity.id.as_str().into()),
                ("issue", twin.key.as_str().into()),
                ("elder", elder.key.as_str().into()),
            ],
        );
    }
    if !younger.is_empty() {
        // Best effort, as all is here.
        let kept = twins::retarget(context.ports, &issue.entity, &elder.key, &elder.id);
        if let Err(error) = kept {
            context.warn("twin_kept", &issue.entity, error);
        }
    }
    Ok(younger.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EntityKey, IssueRecord, SourceKey, Timestamp};
    use crate::pipeline::tests::World;
    use crate::platform::Store;
    use crate::store;
    use crate::tracker::Found;

    fn entity() -> EntityKey {
        EntityKey {
            source: SourceKey::default(),
            id: "entity".to_owned(),
        }
    }

    fn found(number: u32) -> Found {
        Found {
            key: format!("SOC-{number}"),
            id: number.to_string(),
            says_so: true,
        }
    }

    fn closed(world: &World) -> usize {
        let fresh = Fresh {
            entity: entity(),
            sequence: 0,
            at: Timestamp::UNKNOWN,
        };
        twins::note(&world.fake, &fresh).unwrap();
        let keys = world.fake.keys().unwrap();
        world.run(async |context| close_twins(context, &keys).await.unwrap())
    }

    #[test]
    fn of_twins_the_younger_is_closed_with_a_link_to_the_elder() {
        let world = World::new(&[("jira_index_lag", "0")]);
        *world.tracker.found.borrow_mut() = vec![found(1), found(2)];
        assert_eq!(closed(&world), 1);
        let asked = world.tracker.taken();
        assert_eq!(asked[1], "duplicates SOC-2 SOC-1");
        assert_eq!(asked[2], "transition SOC-2 a status of category done");
        let keys = world.fake.keys().unwrap();
        assert!(twins::list(&world.fake, &keys).unwrap().is_empty());
    }

    #[test]
    fn a_copy_of_a_person_is_no_twin() {
        let world = World::new(&[("jira_index_lag", "0")]);
        let copy = Found {
            says_so: false,
            ..found(2)
        };
        *world.tracker.found.borrow_mut() = vec![found(1), copy];
        assert_eq!(closed(&world), 0);
    }

    #[test]
    fn an_only_child_is_left_alone() {
        let world = World::new(&[("jira_index_lag", "0")]);
        *world.tracker.found.borrow_mut() = vec![found(1)];
        assert_eq!(closed(&world), 0);
        assert_eq!(world.tracker.taken().len(), 1);
    }

    #[test]
    fn the_entity_keeps_the_elder() {
        let world = World::new(&[]);
        world.remember(
            &entity(),
            IssueRecord {
                key: "SOC-2".to_owned(),
                id: "2".to_owned(),
                ..IssueRecord::default()
            },
        );
        twins::retarget(world.fake.ports(), &entity(), "SOC-1", "1").unwrap();
        let known = store::look(&world.fake, &entity()).unwrap().unwrap();
        assert_eq!(known.issue.unwrap().key, "SOC-1");
    }
}
