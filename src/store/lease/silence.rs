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
    /// The generation that somebody else won, and since when nothing came.
    lost: Option<(u64, Timestamp)>,
}

impl Silence {
    /// The silence begins when the loss is known: asking may have taken long.
    /// A generation that somebody asked for after it was passed over already.
    pub(super) fn lost_now(
        &mut self,
        ports: Ports<'_>,
        entity: &EntityKey,
    ) -> Result<(), RecordError> {
        if let Some((generation, since)) = &mut self.lost {
            while ports
                .store
                .get(&keys::lease(entity, *generation + 1))?
                .is_some()
            {
                *generation += 1;
            }
            *since = ports.clock.now();
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
        match self.lost {
            Some((lost, since)) if lost >= first => {
                let next = (now.since(since) > SILENCE).then_some(lost + 1);
                if let Some(next) = next {
                    self.lost = Some((next, now));
                }
                next
            }
            _ => {
                self.lost = Some((first, now));
                Some(first)
            }
        }
    }
}
