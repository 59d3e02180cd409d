//! A winner that dies before it writes its lease leaves no trace but a spent
//! generation. Whoever loses to one waits, and passes it over in the end.

use std::time::Duration;

use crate::ledger::ticket::Record;
use crate::ledger::{LedgerError, keys};
use crate::platform::Ports;

/// A winner writes its lease at once. One that has not done so after this
/// long has died.
pub(super) const SILENCE: Duration = Duration::from_secs(5);

/// Watches for a holder that never speaks up.
#[derive(Default)]
pub(super) struct Silence {
    /// The generation that somebody else won, and since when nothing came.
    lost: Option<(u64, u64)>,
}

impl Silence {
    /// The silence begins when the loss is known: asking may have taken long.
    /// A generation that somebody asked for after it was passed over already.
    pub(super) fn lost_now(&mut self, ports: Ports<'_>, id: &str) -> Result<(), LedgerError> {
        if let Some((generation, since)) = &mut self.lost {
            while ports
                .store
                .get(&keys::claim(id, *generation + 1))?
                .is_some()
            {
                *generation += 1;
            }
            *since = ports.clock.now_ms();
        }
        Ok(())
    }

    /// The generation to try now, if one is open.
    pub(super) fn open_generation(&mut self, record: &Record, now: u64) -> Option<u64> {
        if record.is_leased(now) {
            self.lost = None;
            return None;
        }
        // A lease that ran out leaves its generation spent.
        let first = record.generation + u64::from(record.leased_until > 0);
        match self.lost {
            Some((lost, since)) if lost >= first => {
                let died = now.saturating_sub(since) > SILENCE.as_millis() as u64;
                let next = died.then_some(lost + 1);
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
