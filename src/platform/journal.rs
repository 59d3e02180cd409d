//! What is done for one event, as it is done: the requests, what was decided, what
//! became of it. Nobody passes it on: whoever works on an event does so within
//! [`Journal::keep`], and what is noted meanwhile stands in the notes of that event,
//! however many are worked on side by side.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;

use crate::model::trace::{CALLS, CallNote, DECISIONS, Turn};
use crate::model::{Requests, Timestamp};
use crate::text::{short, without_logins};

/// Of a decision, a route or an error so much is kept; in UTF-16 units.
const TEXT_LIMIT: usize = 120;
/// Of a reason.
const REASON_LIMIT: usize = 240;
/// Of a path, in bytes.
const PATH_LIMIT: usize = 80;

/// The notes of whoever is at work; there is one at a time, since a component has one
/// thread.
#[derive(Debug, Default)]
pub struct Journal {
    open: RefCell<Option<Notes>>,
}

/// What is noted of the work on one event.
#[derive(Debug, Default)]
pub struct Notes {
    /// The requests to Jira.
    pub requests: Requests,
    /// Whether an event was worked on, and not only what is to be done around an issue.
    pub has_event: bool,
    /// Whether it became a dead letter.
    pub is_dead: bool,
    turn: Option<Turn>,
}

/// A request, before it is sent.
#[derive(Debug)]
pub struct Sending {
    /// Who is asked.
    pub service: &'static str,
    /// The HTTP method.
    pub method: String,
    /// The path; empty where it may hold a secret.
    pub path: String,
    /// When.
    pub at: Timestamp,
}

/// Some work, as `platform::LocalFuture` has it.
type Work<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// The service whose requests are counted.
pub const JIRA: &str = "Jira";

impl Journal {
    /// Does some work, and returns what was noted meanwhile.
    pub async fn keep<T>(&self, mut work: Work<'_, T>) -> (T, Notes) {
        let mut notes = Some(Notes::default());
        let done = poll_fn(|context| {
            let others = self.open.replace(notes.take());
            let polled = work.as_mut().poll(context);
            notes = self.open.replace(others);
            polled
        })
        .await;
        (done, notes.unwrap_or_default())
    }

    /// An attempt at an entity begins.
    pub fn begin(&self, turn: Turn) {
        self.note(|notes| {
            notes.has_event |= !turn.change.is_empty();
            notes.turn = Some(turn);
        });
    }

    /// The route that the entity takes.
    pub fn routed(&self, route: &str) {
        self.in_turn(|turn| turn.route = short(route, TEXT_LIMIT));
    }

    /// Something was decided.
    pub fn decided(&self, what: &str) {
        self.in_turn(|turn| {
            if turn.decisions.len() < DECISIONS {
                turn.decisions.push(harmless(what, TEXT_LIMIT));
            }
        });
    }

    /// Somebody was asked: the status of the answer, or why none came.
    pub fn called(&self, sending: Sending, answer: Result<u16, String>, now: Timestamp) {
        let status = *answer.as_ref().unwrap_or(&0);
        self.note(|notes| {
            if sending.service == JIRA {
                notes.requests.take(status);
            }
            let Some(turn) = &mut notes.turn else {
                return;
            };
            if turn.calls.len() >= CALLS {
                turn.more_calls += 1;
                return;
            }
            // A host's words with a slash in them can repeat the address.
            let shows = !sending.path.is_empty();
            let error = answer.err();
            let error = error.filter(|error| shows || !error.contains('/'));
            turn.calls.push(CallNote {
                service: sending.service.to_owned(),
                method: sending.method,
                path: sending.path,
                status,
                error: harmless(&error.unwrap_or_default(), TEXT_LIMIT),
                ms: millis(now, sending.at),
            });
        });
    }

    /// The attempt ends: what is to be remembered of it.
    pub fn end(&self, now: Timestamp, outcome: &str, reason: Option<&str>) -> Turn {
        let mut ended = Turn::said(now, outcome);
        self.note(|notes| {
            notes.is_dead |= outcome == DEAD;
            let Some(mut turn) = notes.turn.take() else {
                return;
            };
            turn.ms = millis(now, turn.at);
            turn.outcome = std::mem::take(&mut ended.outcome);
            ended = turn;
        });
        ended.reason = harmless(reason.unwrap_or_default(), REASON_LIMIT);
        ended
    }

    fn note(&self, note: impl FnOnce(&mut Notes)) {
        if let Some(notes) = self.open.borrow_mut().as_mut() {
            note(notes);
        }
    }

    fn in_turn(&self, note: impl FnOnce(&mut Turn)) {
        self.note(|notes| {
            if let Some(turn) = &mut notes.turn {
                note(turn);
            }
        });
    }
}

/// What a turn comes to that ends as a dead letter.
pub const DEAD: &str = "dead_letter";

/// The path of an address, as a trace shows it: without a query, which may hold a
/// token, and without a login.
pub fn path_of(address: &http::Uri) -> String {
    let mut path = short(address.path(), PATH_LIMIT);
    path.truncate(path.floor_char_boundary(PATH_LIMIT));
    path
}

fn harmless(text: &str, limit: usize) -> String {
    short(&without_logins(text), limit)
}

fn millis(now: Timestamp, then: Timestamp) -> u64 {
    u64::try_from(now.since(then).as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;
    use std::task::Poll;

    use proptest::prelude::*;

    use super::*;
    use crate::platform::concurrent::side_by_side;
    use crate::platform::fake::block_on;

    fn sending(path: &str) -> Sending {
        Sending {
            service: JIRA,
            method: "GET".to_owned(),
            path: path.to_owned(),
            at: Timestamp::from_millis(5),
        }
    }

    /// Waits for others a few times.
    async fn breathe() {
        let mut left = 3;
        poll_fn(|context| {
            context.waker().wake_by_ref();
            left -= 1;
            match left {
                0 => Poll::Ready(()),
                _ => Poll::Pending,
            }
        })
        .await;
    }

    #[test]
    fn eight_at_a_time_do_not_mix() {
        let journal = Rc::new(Journal::default());
        let right = Rc::new(Cell::new(0));
        let mut left = 0..8_u16;
        block_on(side_by_side(8, &mut || {
            let number = left.next()?;
            let (journal, right) = (Rc::clone(&journal), Rc::clone(&right));
            Some(Box::pin(async move {
                let work = Box::pin(async {
                    journal.begin(Turn::said(Timestamp::UNKNOWN, ""));
                    for _ in 0..=number {
                        breathe().await;
                        journal.called(sending("/"), Ok(200 + number), Timestamp::UNKNOWN);
                    }
                    breathe().await;
                    journal.end(Timestamp::UNKNOWN, "created", None)
                });
                let (turn, notes) = journal.keep(work).await;
                let mine = |call: &CallNote| call.status == 200 + number;
                assert!(turn.calls.iter().all(mine), "{turn:?}");
                assert_eq!(turn.calls.len(), usize::from(number) + 1);
                assert_eq!(notes.requests.answered, u64::from(number) + 1);
                right.set(right.get() + 1);
            }))
        }));
        assert_eq!(right.get(), 8);
        // Nobody is at work any more.
        journal.called(sending("/"), Ok(200), Timestamp::UNKNOWN);
        assert_eq!(journal.end(Timestamp::UNKNOWN, "x", None).calls, []);
    }

    #[test]
    fn a_turn_says_when_why_and_how_long() {
        let journal = Journal::default();
        let work = Box::pin(async {
            journal.begin(Turn::said(Timestamp::from_millis(2), ""));
            journal.routed("route 1 `critical`");
            journal.decided("update: edit");
            let lost = "no answer: timed out".to_owned();
            journal.called(sending("/issue"), Err(lost), Timestamp::from_millis(9));
            let reason = Some("https://user:pa55@host is down");
            journal.end(Timestamp::from_millis(12), DEAD, reason)
        });
        let (turn, notes) = block_on(journal.keep(work));
        assert!(notes.is_dead && !notes.has_event);
        assert_eq!((turn.ms, turn.route.as_str()), (10, "route 1 `critical`"));
        assert_eq!(turn.reason, "https://host is down");
        let call = &turn.calls[0];
        assert_eq!((call.ms, call.status), (4, 0));
        assert_eq!(call.error, "no answer: timed out");
    }

    proptest! {
        #[test]
        fn a_path_never_shows_a_query_or_a_login(
            user in "[a-z0-9]{8,12}", token in "[A-Z0-9]{8,40}", path in "(/[a-z0-9.%-]{0,30}){1,9}",
        ) {
            let address = format!("https://{user}@h.example{path}?token={token}");
            if let Ok(address) = address.parse() {
                let shown = path_of(&address);
                prop_assert!(shown.len() <= PATH_LIMIT);
                prop_assert!(!shown.contains(&token) && !shown.contains('?'));
                prop_assert!(path.contains(&user) || !shown.contains(&user));
            }
        }
    }
}
