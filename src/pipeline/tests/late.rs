//! What is done when there is no time left.

use super::*;
use crate::model::Scope;

const SLOT: &str = "jira-intake/slot/";

#[test]
fn work_that_has_lost_its_slot_waits_for_a_pass_when_the_upkeep_took_all_the_time() {
    let world = World::new(&[]);
    let entity = incident(1, "Odd login");
    let away = TrackerError::Retry {
        after: None,
        scope: Scope::Event,
        why: "Jira answered 500".to_owned(),
    };
    world.tracker.fail("create", away);
    assert_eq!(world.kind(created(&entity)), OutcomeKind::Queued);
    let is_slot = |key: &String| key.starts_with(SLOT);
    world
        .fake
        .values
        .borrow_mut()
        .retain(|key, _| !is_slot(key));
    let (time, upkeep) = (Duration::ZERO, true);
    world.run(async |context| {
        retry_pass(context, PassOptions { time, upkeep })
            .await
            .unwrap();
    });
    world.tracker.taken();
    world.later(MINUTE);
    assert_eq!(world.tracker.taken().len(), 1);
    assert_eq!(world.issue(&entity).key, "SOC-1");
}
