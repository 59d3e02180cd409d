//! How a late attempt asks a model that takes long: with the time that it needs, or
//! not at all, and not for ever.

use std::time::Duration;

use crate::enrichment::ModelTime;

/// So often a model is asked late, and then no more.
pub(super) const MOST: u32 = 3;
/// Why it is not asked any more then.
pub(super) const GIVEN_UP: &str = "asked 3 times after the issue was filed";
/// What a model has at least where nobody says what it needs.
const LEAST: Duration = Duration::from_secs(10);
/// What it has at most then.
const LONGEST: Duration = Duration::from_secs(45);

/// What there is for a late attempt.
#[derive(Debug, Clone, Copy)]
pub(super) struct Late {
    /// The time that is left, for all who are asked.
    pub(super) left: Duration,
    /// As much of it is kept for others than the model.
    pub(super) others: Duration,
    /// How often the model was asked late before.
    pub(super) asked: u32,
    /// There will be no other attempt.
    pub(super) is_last: bool,
}

/// What a model that needs so long gets of a late attempt; `None`: another pass may
/// have more time.
pub(super) fn model_time(needs: Option<Duration>, late: Late) -> Option<ModelTime> {
    let left = late.left.saturating_sub(late.others);
    match needs {
        _ if late.asked >= MOST => Some(ModelTime::GivenUp(GIVEN_UP.to_owned())),
        Some(needs) if left >= needs => Some(ModelTime::For(needs)),
        None if left >= LEAST => Some(ModelTime::Rest),
        Some(needs) if late.is_last => {
            let seconds = needs.as_secs();
            Some(ModelTime::GivenUp(format!(
                "no retry pass had the {seconds} seconds of ai_deadline"
            )))
        }
        None if late.is_last => Some(ModelTime::Rest),
        Some(_) | None => None,
    }
}

/// How long all who are asked may take together.
pub(super) fn whole_time(needs: Option<Duration>, left: Duration) -> Duration {
    match needs {
        Some(needs) => left.min(needs.saturating_add(LONGEST)),
        None => left.min(LONGEST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn late(left: u64) -> Late {
        Late {
            left: seconds(left),
            others: Duration::ZERO,
            asked: 0,
            is_last: false,
        }
    }

    #[test]
    fn a_model_is_asked_only_where_all_of_its_time_is_left() {
        let needs = Some(seconds(60));
        let whole = Some(ModelTime::For(seconds(60)));
        assert_eq!(model_time(needs, late(59)), None);
        assert_eq!(model_time(needs, late(60)), whole);
        assert_eq!(model_time(needs, late(600)), whole);
        let others = seconds(3);
        assert_eq!(
            model_time(needs, Late { others, ..late(62) }),
            None,
            "VirusTotal needs some of it"
        );
        assert_eq!(model_time(needs, Late { others, ..late(63) }), whole);
        assert_eq!(model_time(None, late(9)), None);
        assert_eq!(model_time(None, late(10)), Some(ModelTime::Rest));
    }

    #[test]
    fn it_is_asked_three_times_and_given_up() {
        let asked = |asked| Late { asked, ..late(100) };
        for needs in [None, Some(seconds(100))] {
            assert!(!matches!(
                model_time(needs, asked(2)),
                None | Some(ModelTime::GivenUp(_))
            ));
            for times in [3, 4, u32::MAX] {
                let given_up = model_time(needs, asked(times));
                assert!(matches!(given_up, Some(ModelTime::GivenUp(_))), "{times}");
            }
        }
    }

    #[test]
    fn the_last_attempt_does_not_wait_for_another() {
        let last = Late {
            is_last: true,
            ..late(9)
        };
        assert_eq!(model_time(None, last), Some(ModelTime::Rest));
        let why = "no retry pass had the 60 seconds of ai_deadline".to_owned();
        assert_eq!(
            model_time(Some(seconds(60)), last),
            Some(ModelTime::GivenUp(why))
        );
    }

    #[test]
    fn nobody_has_longer_than_is_left() {
        assert_eq!(whole_time(None, seconds(18)), seconds(18));
        assert_eq!(whole_time(None, seconds(600)), LONGEST);
        assert_eq!(whole_time(Some(seconds(120)), seconds(148)), seconds(148));
        assert_eq!(whole_time(Some(seconds(120)), seconds(600)), seconds(165));
    }
}
