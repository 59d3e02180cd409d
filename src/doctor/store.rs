//! The store: can it be written, does it count, and what waits in it.

use std::time::Duration;

use super::exam::Exam;
use super::notes::Notes;
use super::report::{Check, Fix};
use crate::model::Timestamp;
use crate::platform::StoreError;
use crate::store::queue::{self, Left};
use crate::store::{self, Hold, Line, RecordError, dead_letter, hold, upkeep};

/// So many dead letters are looked at; more are "or more".
const LETTERS: usize = 50;
/// What is due for longer than this, nobody works off.
const LATE: Duration = Duration::from_secs(15 * 60);
/// A store that is fuller than this, in percent, is told of.
const NEARLY_FULL: usize = 90;

pub(super) async fn examine(exam: Exam<'_>, notes: &Notes) {
    let (store, clock) = (exam.ports.store, exam.ports.clock);
    let is_writable = store::probe(store, clock);
    let goes_on = is_writable.is_ok();
    notes.push(writable(is_writable));
    if !goes_on {
        return;
    }
    notes.push(counting(store::count_twice(store)));
    notes.push(match upkeep::keys(exam.ports) {
        Ok(keys) => full(keys, exam.settings.retention().map_or(0, |it| it.max_keys)),
        Err(error) => failed("keys", &error),
    });
    let holds = match hold::all(store) {
        Ok(holds) => holds,
        Err(error) => return notes.push(failed("holds", &error)),
    };
    let now = clock.now();
    notes.extend(held(&holds, now));
    let lines: Vec<_> = holds
        .iter()
        .map(|hold| (Line::of_hold(&hold.scope), hold.until))
        .collect();
    notes.push(match queue::left(exam.ports, &lines) {
        Ok(left) => waiting(&left, now),
        Err(error) => failed("what waits", &error),
    });
    notes.push(match dead_letter::page(store, None, LETTERS) {
        Ok(page) => letters(page.letters.len()),
        Err(error) => failed("dead letters", &error),
    });
}

/// By what this build counts.
const ATOMIC: &str = match cfg!(feature = "outbound-redis") {
    true => "Redis' INCRBY",
    false => "wasi:keyvalue/atomics",
};

/// What to do about the store: in the build that calls a Redis itself, its settings.
fn of_the_store(of_the_host: &str) -> Fix {
    match cfg!(feature = "outbound-redis") {
        true => Fix::new(
            &["redis_url", "redis_login", "redis_database"],
            "look whether the Redis is there, takes this login, and can be written",
        ),
        false => Fix::new(&[], of_the_host),
    }
}

fn writable(result: Result<(), StoreError>) -> Check {
    match result {
        Ok(()) => Check::ok("writable", "a key was written"),
        Err(error) => Check::wrong(
            "writable",
            error.to_string(),
            of_the_store(
                "give the host a key-value store named `default` that can be written: look at its runtime configuration, the folder's rights, and the free space",
            ),
        ),
    }
}

/// Two counts after one another must differ by one or more: others may count as well.
fn counting(counts: Result<(i64, i64), StoreError>) -> Check {
    let name = "increment";
    match counts {
        Ok((first, second)) if second > first && cfg!(feature = "atomics") => Check::ok(
            name,
            format!("counts ({first}, {second}); the build relies on {ATOMIC}"),
        ),
        Ok((first, second)) if second > first => Check::warning(
            name,
            "this build counts without wasi:keyvalue/atomics: two deliveries of a new entity at the same moment can file two issues, of which one is closed later",
            Fix::new(
                &[],
                "use the build with atomics where the platform has them",
            ),
        ),
        Ok((first, second)) => Check::wrong(
            name,
            format!("the counter said {first}, and then {second}"),
            Fix::new(
                &[],
                "the host's store does not count; use another one: SQLite or Redis",
            ),
        ),
        Err(error) => Check::wrong(
            name,
            error.to_string(),
            of_the_store(
                "the host's store cannot count (wasi:keyvalue/atomics); use SQLite or Redis, or the build without atomics",
            ),
        ),
    }
}

fn full(keys: usize, most: usize) -> Check {
    let name = "keys";
    if most == 0 {
        return Check::ok(name, format!("{keys} keys, without a limit (max_keys)"));
    }
    let found = format!("{keys} keys of {most}");
    match keys.saturating_mul(100) / most {
        0..NEARLY_FULL => Check::ok(name, found),
        _ => Check::warning(
            name,
            found,
            Fix::new(
                &["max_keys", "ticket_retention_days"],
                "from max_keys on, the oldest records are forgotten; raise it, or keep records for fewer days",
            ),
        ),
    }
}

fn held(holds: &[Hold], now: Timestamp) -> Vec<Check> {
    let lasting: Vec<&Hold> = holds.iter().filter(|hold| hold.lasts(now)).collect();
    if lasting.is_empty() {
        return vec![Check::ok("holds", "nothing is held back")];
    }
    let lasting = lasting.into_iter().map(|hold| {
        let found = format!(
            "{} is held back since {} until {}: {}",
            hold.scope.id(),
            hold.since,
            hold.until,
            hold.why
        );
        let fix = Fix::new(
            &[],
            "mend what it names; then DELETE /holds/{id} lets go at once",
        );
        Check::warning("holds", found, fix)
    });
    lasting.collect()
}

fn waiting(left: &Left, now: Timestamp) -> Check {
    let name = "what waits";
    let Some(next) = left.next else {
        return Check::ok(name, "nothing waits");
    };
    let found = format!("{} entities wait; the first is due at {next}", left.count);
    match now.since(next) > LATE {
        false => Check::ok(name, found),
        true => Check::warning(
            name,
            found,
            Fix::new(
                &[],
                "let a timer call POST /tasks/retry with admin_token each minute",
            ),
        ),
    }
}

fn letters(count: usize) -> Check {
    let name = "dead letters";
    if count == 0 {
        return Check::ok(name, "none");
    }
    let more = if count == LETTERS { " or more" } else { "" };
    let what = "GET /dead-letters says why each was given up; mend that, then POST /dead-letters/{number}/replay";
    Check::warning(name, format!("{count}{more}"), Fix::new(&[], what))
}

fn failed(name: &str, error: &RecordError) -> Check {
    let fix = of_the_store("look at the host's key-value store and its runtime configuration");
    Check::wrong(name, error.to_string(), fix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;
    use crate::model::Scope;
    use crate::platform::fake::{Fake, block_on};
    use crate::settings::tests::unchecked;

    fn checks(fake: &Fake) -> Vec<Check> {
        let notes = Notes::new("store");
        let exam = Exam {
            ports: fake.ports(),
            settings: unchecked(&[]),
        };
        block_on(examine(exam, &notes));
        notes.into_section().checks
    }

    #[test]
    fn an_empty_store_is_well() {
        let fake = Fake::default();
        let found = checks(&fake);
        let is_well = |check: &Check| check.state == State::Ok;
        assert!(
            found.iter().all(is_well) || cfg!(not(feature = "atomics")),
            "{found:#?}"
        );
        assert_eq!(found.len(), 6);
    }

    #[test]
    fn a_store_that_cannot_be_written_is_wrong_and_nothing_else_is_asked() {
        let fake = Fake::default();
        fake.store_down.set(true);
        let found = checks(&fake);
        assert_eq!((found.len(), found[0].state), (1, State::Wrong));
    }

    #[test]
    fn a_counter_that_does_not_count_is_wrong() {
        assert_eq!(counting(Ok((3, 3))).state, State::Wrong);
        assert_eq!(counting(Err(StoreError("no".into()))).state, State::Wrong);
        assert_ne!(counting(Ok((3, 5))).state, State::Wrong);
    }

    #[test]
    fn what_fills_up_waits_too_long_or_is_held_is_told() {
        assert_eq!(full(899, 1000).state, State::Ok);
        assert_eq!(full(900, 1000).fix.unwrap().settings[0], "max_keys");
        assert_eq!(full(usize::MAX, 0).state, State::Ok);
        let now = Timestamp::from_secs(10_000);
        let left = |at| Left {
            count: 3,
            next: Some(Timestamp::from_secs(at)),
            ..Left::default()
        };
        assert_eq!(waiting(&left(9_900), now).state, State::Ok);
        assert_eq!(waiting(&left(1_000), now).state, State::Warning);
        let hold = Hold {
            scope: Scope::Everything,
            since: now,
            until: now.after(Duration::from_secs(60)),
            why: "401".to_owned(),
            login: None,
        };
        assert_eq!(
            held(std::slice::from_ref(&hold), now)[0].state,
            State::Warning
        );
        let later = hold.until.after(Duration::from_secs(1));
        assert_eq!(held(&[hold], later)[0].state, State::Ok);
        assert_eq!(letters(LETTERS).found, "50 or more");
    }
}
