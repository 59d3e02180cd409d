//! What a failed attempt calls for: another one and when, or a person.

use std::time::Duration;

use crate::jira::JiraError;
use crate::ledger::Pending;
use crate::plan::digest;

/// The first pause between attempts; it doubles from there.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
/// After this long an event becomes a dead letter.
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(72 * 3600);
/// How long nothing is sent after Jira refused the login, the project or the
/// issue type: repeated bad logins lock an account.
const BREAKER: Duration = Duration::from_secs(60);

/// The decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Try again after this long; hold everything back for `pause`.
    Again {
        after: Duration,
        pause: Option<Duration>,
        /// The create may have been carried out.
        unsure: bool,
    },
    /// Only a person can help.
    Dead,
}

/// Judges an attempt that failed; `pending` counts it already.
pub(super) fn judge(error: &JiraError, pending: &Pending, now: u64) -> Verdict {
    let given_up = now.saturating_sub(pending.since) > GIVE_UP_AFTER.as_millis() as u64;
    let again = |after: Duration, pause, unsure| Verdict::Again {
        after,
        pause,
        unsure,
    };
    let pause = backoff(pending);
    match error {
        _ if given_up => Verdict::Dead,
        JiraError::Refused { .. } | JiraError::Fatal { .. } => Verdict::Dead,
        JiraError::Retry {
            after,
            everything: true,
            ..
        } => again(after.unwrap_or(pause), *after, false),
        JiraError::Retry { after, .. } => again(after.unwrap_or(pause), None, false),
        JiraError::Ambiguous { .. } => again(pause, None, true),
        JiraError::Misconfigured { .. } | JiraError::Gone { .. } => {
            again(pause.max(BREAKER), Some(BREAKER), false)
        }
    }
}

/// Doubling from 2 s to an hour, times 0.7 to 1.3, so that events that failed
/// together do not come back together.
fn backoff(pending: &Pending) -> Duration {
    let doublings = pending.attempts.saturating_sub(1).min(20);
    let pause = FIRST_PAUSE
        .saturating_mul(1 << doublings)
        .min(LONGEST_PAUSE);
    let seed = format!("{}/{}", pending.event.entity.id, pending.attempts);
    let seed = digest(seed.as_bytes());
    let chance = u32::from_str_radix(seed.get(..4).unwrap_or("0"), 16).unwrap_or_default();
    let jitter = 0.7 + 0.6 * f64::from(chance) / f64::from(0xffff);
    pause.mul_f64(jitter).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Change, Entity, Event};

    fn pending(attempts: u32, since: u64) -> Pending {
        let event = Event::bare(Change::Create, Entity::default());
        Pending {
            attempts,
            ..Pending::new(event, since)
        }
    }

    fn retry(after: Option<Duration>, everything: bool) -> JiraError {
        JiraError::Retry {
            after,
            everything,
            why: String::new(),
        }
    }

    #[test]
    fn pauses_double_from_two_seconds_to_an_hour_with_jitter() {
        for (attempts, expected) in [(1, 2.0), (2, 4.0), (5, 32.0), (11, 2048.0)] {
            let pause = backoff(&pending(attempts, 0)).as_secs_f64();
            assert!(
                (expected * 0.7..=expected * 1.3).contains(&pause),
                "{attempts}: {pause}"
            );
        }
        assert!(backoff(&pending(40, 0)) <= LONGEST_PAUSE);
        assert_ne!(backoff(&pending(1, 0)).as_secs_f64(), 2.0);
    }

    #[test]
    fn jiras_own_word_on_when_to_come_back_is_kept() {
        let after = Some(Duration::from_secs(30));
        let all = judge(&retry(after, true), &pending(1, 0), 0);
        let expected = Verdict::Again {
            after: Duration::from_secs(30),
            pause: after,
            unsure: false,
        };
        assert_eq!(all, expected);
        let one = judge(&retry(after, false), &pending(1, 0), 0);
        assert!(matches!(one, Verdict::Again { pause: None, .. }));
    }

    #[test]
    fn what_a_person_must_mend_opens_the_breaker_and_what_is_refused_is_dead() {
        let why = String::new();
        let error = JiraError::Misconfigured { why: why.clone() };
        assert!(matches!(
            judge(&error, &pending(1, 0), 0),
            Verdict::Again {
                pause: Some(BREAKER),
                ..
            }
        ));
        let error = JiraError::Refused {
            fields: Vec::new(),
            why,
        };
        assert_eq!(judge(&error, &pending(1, 0), 0), Verdict::Dead);
    }

    #[test]
    fn after_three_days_it_is_a_dead_letter() {
        let limit = GIVE_UP_AFTER.as_millis() as u64;
        let error = retry(None, false);
        assert!(matches!(
            judge(&error, &pending(9, 0), limit),
            Verdict::Again { .. }
        ));
        assert_eq!(judge(&error, &pending(9, 0), limit + 1), Verdict::Dead);
    }
}
