//! What a failed attempt calls for: another one and when, or a person.

use std::time::Duration;

use crate::model::{Scope, Timestamp};
use crate::store::pause::LONGEST as LONGEST_PAUSE;
use crate::store::{Pending, hold};
use crate::text::digest;
use crate::tracker::TrackerError;

/// The first pause between attempts; it doubles from there.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// After this long an event becomes a dead letter.
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(72 * 3600);
/// How long a place, or everything, is held back after a refusal.
const HOLD: Duration = Duration::from_secs(60);
/// How long after a refused login: repeated bad logins lock an account.
pub(super) const LOGIN_HOLD: Duration = hold::LONGEST;
/// No tracker is left alone for longer before one request tries again.
const LONGEST_WAIT: Duration = hold::LONGEST;
/// A request that is refused for reasons of its own is tried so often: for half
/// an hour.
const DENIALS: u32 = 10;

/// What is to be done about an event that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Retry {
    /// It is tried again.
    After {
        /// After this long.
        wait: Duration,
        /// What is held back with it, and for how long.
        hold: Option<(Scope, Duration)>,
    },
    /// Only a person can help.
    Never,
}

/// Judges an attempt that failed; `pending` counts it already.
pub(super) fn retry(error: &TrackerError, pending: &Pending, now: Timestamp) -> Retry {
    let after = |wait, scope: &Scope, time| Retry::After {
        wait,
        hold: (*scope != Scope::Event).then(|| (scope.clone(), time)),
    };
    let pause = backoff(pending);
    match error {
        _ if now.since(pending.since) > GIVE_UP_AFTER => Retry::Never,
        TrackerError::Refused { .. }
        | TrackerError::TooLong { .. }
        | TrackerError::Fatal { .. } => Retry::Never,
        TrackerError::Denied { .. } if pending.failures >= DENIALS => Retry::Never,
        TrackerError::Denied { .. } | TrackerError::Ambiguous { .. } => {
            after(pause, &Scope::Event, pause)
        }
        TrackerError::Gone { .. } => after(pause.max(HOLD), &Scope::Event, HOLD),
        TrackerError::Retry {
            after: wait, scope, ..
        } => {
            let wait = wait.map_or(pause, |wait| wait.min(LONGEST_WAIT));
            match wait == pause {
                true => after(pause, &Scope::Event, pause),
                false => after(wait, scope, wait),
            }
        }
        TrackerError::Misconfigured {
            scope, is_login, ..
        } => {
            let time = match is_login {
                true => LOGIN_HOLD,
                false => HOLD,
            };
            after(pause.max(HOLD), scope, time)
        }
    }
}

/// Doubling from 2 s to an hour, times 0.7 to 1.3, so that events that failed
/// together do not come back together.
fn backoff(pending: &Pending) -> Duration {
    let doublings = pending.failures.saturating_sub(1).min(20);
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
    use crate::model::{Change, Entity, Event};

    fn pending(failures: u32) -> Pending {
        let event = Event::live(Change::Created, Entity::default());
        Pending {
            attempts: failures,
            failures,
            ..Pending::new(event, Timestamp::UNKNOWN)
        }
    }

    fn not_now(after: Option<Duration>, scope: Scope) -> TrackerError {
        TrackerError::Retry {
            after,
            scope,
            why: String::new(),
        }
    }

    fn judged(error: &TrackerError) -> Retry {
        retry(error, &pending(1), Timestamp::UNKNOWN)
    }

    #[test]
    fn pauses_double_from_two_seconds_to_an_hour_with_jitter() {
        for (attempts, expected) in [(1, 2.0), (2, 4.0), (5, 32.0), (11, 2048.0)] {
            let pause = backoff(&pending(attempts)).as_secs_f64();
            assert!(
                (expected * 0.7..=expected * 1.3).contains(&pause),
                "{attempts}: {pause}"
            );
        }
        assert!(backoff(&pending(40)) <= LONGEST_PAUSE);
        assert_ne!(backoff(&pending(1)).as_secs_f64(), 2.0);
    }

    #[test]
    fn jiras_own_word_on_when_to_come_back_is_kept() {
        let wait = Duration::from_secs(30);
        let expected = Retry::After {
            wait,
            hold: Some((Scope::Everything, wait)),
        };
        assert_eq!(judged(&not_now(Some(wait), Scope::Everything)), expected);
        let one = judged(&not_now(Some(wait), Scope::Event));
        assert!(matches!(one, Retry::After { hold: None, .. }));
    }

    #[test]
    fn what_a_person_must_mend_holds_the_rest_and_what_is_refused_is_dead() {
        let why = String::new();
        for (is_login, time) in [(false, HOLD), (true, LOGIN_HOLD)] {
            let error = TrackerError::Misconfigured {
                scope: Scope::Everything,
                is_login,
                why: why.clone(),
            };
            let Retry::After { hold, .. } = judged(&error) else {
                panic!();
            };
            assert_eq!(hold, Some((Scope::Everything, time)));
        }
        let error = TrackerError::Refused {
            fields: Vec::new(),
            why,
        };
        assert_eq!(judged(&error), Retry::Never);
    }

    #[test]
    fn nobody_is_left_alone_for_a_day() {
        let day = Duration::from_secs(86_400);
        let Retry::After { wait, hold } = judged(&not_now(Some(day), Scope::Everything)) else {
            panic!();
        };
        assert_eq!(wait, LONGEST_WAIT);
        assert_eq!(hold, Some((Scope::Everything, LONGEST_WAIT)));
    }

    #[test]
    fn a_request_that_is_denied_is_tried_for_a_while_and_holds_nobody_back() {
        let error = TrackerError::Denied { why: String::new() };
        let again = retry(&error, &pending(DENIALS - 1), Timestamp::UNKNOWN);
        assert!(matches!(again, Retry::After { hold: None, .. }));
        let given_up = retry(&error, &pending(DENIALS), Timestamp::UNKNOWN);
        assert_eq!(given_up, Retry::Never);
    }

    #[test]
    fn after_three_days_it_is_a_dead_letter() {
        let limit = Timestamp::UNKNOWN.after(GIVE_UP_AFTER);
        let error = not_now(None, Scope::Event);
        let still = retry(&error, &pending(9), limit);
        assert!(matches!(still, Retry::After { .. }));
        let late = limit.after(Duration::from_millis(1));
        assert_eq!(retry(&error, &pending(9), late), Retry::Never);
    }
}
