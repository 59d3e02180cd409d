//! A winner that dies before it writes its lease leaves no trace but a spent
//! generation. Whoever loses to one waits, and passes it over in the end.

use super::times::SILENCE;
use crate::model::{EntityKey, Timestamp};
use crate::platform::Ports;
use crate::store::error::RecordError;
use crate::store::keys;
use crate::store::record::Record;

/// Watches for a holder that never speaks up.
#[derive(Default)]
pub(super) struct Silence {
    lost: Option<Lost>,
}

/// A generation that somebody else won.
struct Lost {
    /// The first one that was open. If another one is, the entity was worked on, or
    /// forgotten.
    first: u64,
    generation: u64,
    /// Since when nothing came.
    since: Timestamp,
}

impl Silence {
    /// The silence begins when the loss is known: asking may have taken long.
    /// A generation that somebody asked for after it was passed over already.
    pub(super) fn lost_now(
        &mut self,
        ports: Ports<'_>,
        entity: &EntityKey,
    ) -> Result<(), RecordError> {
        if let Some(lost) = &mut self.lost {
            while ports
                .store
                .get(&keys::lease(entity, lost.generation + 1))?
                .is_some()
            {
                lost.generation += 1;
            }
            lost.since = ports.clock.now();
        }
        Ok(())
    }

    /// The generation to try now, if one is open.
    pub(super) fn open_generation(
        &mut self,
        record: &Record,
        leased: bool,
        now: Timestamp,
    ) -> Option<u64> {
        if leased {
            self.lost = None;
            return None;
        }
        // A lease that ran out leaves its generation spent.
        let first = record.generation + u64::from(record.leased_until.is_known());
        match &mut self.lost {
            Some(lost) if lost.first == first => {
                let is_silent = now.since(lost.since) > SILENCE;
                if !is_silent {
                    return None;
                }
                lost.generation += 1;
                lost.since = now;
                Some(lost.generation)
            }
            _ => {
                self.lost = Some(Lost {
                    first,
                    generation: first,
                    since: now,
                });
                Some(first)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::fake::Fake;
    use crate::platform::{Clock, Store};

    #[test]
    fn of_one_that_was_forgotten_meanwhile_the_first_generation_is_open() {
        let (fake, entity) = (Fake::default(), EntityKey::default());
        let mut silence = Silence::default();
        let known = Record {
            generation: 5,
            ..Record::default()
        };
        let now = fake.now();
        let open =
            |silence: &mut Silence, record: &Record| silence.open_generation(record, false, now);
        assert_eq!(open(&mut silence, &known), Some(5));
        fake.increment(&keys::lease(&entity, 6), 1).unwrap();
        silence.lost_now(fake.ports(), &entity).unwrap();
        assert_eq!(open(&mut silence, &known), None, "a silence takes its time");
        assert_eq!(open(&mut silence, &Record::default()), Some(0));
    }
}
