//! An issue that another program filed becomes one entity's, and no other's.
//!
//! Leases are of entities; two entities of one name may find the same issue. Whoever
//! brings the issue's counter from 0 to 1 has it, and notes that in a key of its own,
//! which says so again to whoever works on the entity after a holder died. Who dies
//! between these two writes has taken the issue from everybody: then a new one is
//! filed.

use super::error::RecordError;
use super::keys;
use crate::model::EntityKey;
use crate::platform::Store;

/// Claims the issue with this id for an entity; whether it is the entity's.
///
/// # Errors
/// When the store fails.
pub fn claim(store: &dyn Store, entity: &EntityKey, issue: &str) -> Result<bool, RecordError> {
    let note = keys::adopter(issue, entity);
    if store.get(&note)?.is_some() {
        return Ok(true);
    }
    if store.increment(&keys::adopted(issue), 1)? != 1 {
        return Ok(false);
    }
    store.set(&note, b"1")?;
    Ok(true)
}

/// The entity is forgotten, and that this issue is its own: the issue's label and
/// property say so still.
pub(super) fn forget(
    store: &dyn Store,
    entity: &EntityKey,
    issue: &str,
) -> Result<(), RecordError> {
    let note = keys::adopter(issue, entity);
    if store.get(&note)?.is_some() {
        store.delete(&keys::adopted(issue))?;
        store.delete(&note)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SourceKey;
    use crate::platform::fake::Fake;

    fn entity(id: &str) -> EntityKey {
        EntityKey {
            source: SourceKey::from("opencti".to_owned()),
            id: id.to_owned(),
        }
    }

    #[test]
    fn an_issue_is_one_entitys_however_often_it_is_claimed() {
        let fake = Fake::default();
        let claims = |id: &str, issue: &str| claim(&fake, &entity(id), issue).unwrap();
        assert!(claims("a", "10000"));
        assert!(!claims("b", "10000"));
        assert!(claims("a", "10000"));
        assert!(!claims("b", "10000"));
        assert!(claims("b", "10001"));
    }

    #[test]
    fn only_its_entity_lets_an_issue_go() {
        let fake = Fake::default();
        assert!(claim(&fake, &entity("a"), "10000").unwrap());
        forget(&fake, &entity("b"), "10000").unwrap();
        assert!(!claim(&fake, &entity("b"), "10000").unwrap());
        forget(&fake, &entity("a"), "10000").unwrap();
        assert!(fake.keys().unwrap().is_empty());
        assert!(claim(&fake, &entity("b"), "10000").unwrap());
    }

    #[test]
    fn who_died_before_noting_it_has_taken_it_from_everybody() {
        let fake = Fake::default();
        fake.increment(&keys::adopted("10000"), 1).unwrap();
        for id in ["a", "b"] {
            assert!(!claim(&fake, &entity(id), "10000").unwrap());
        }
    }
}
