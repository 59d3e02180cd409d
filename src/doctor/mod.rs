//! The doctor: checks the configuration against the live services, and says of each
//! mistake which setting to change. It only looks: nothing is created, changed or told
//! to anybody, but for two keys of its own in the store, and which Jira it is: a first event
//! would remember that as well.
//!
//! | file | what is in it |
//! |---|---|
//! | `report.rs` | checks, and a report of them for machines and people |
//! | `notes.rs` | where the checks of a part are collected |
//! | `settings.rs` | mistakes that can be seen without asking anybody |
//! | `jira.rs`, `login.rs` | is there a Jira, and does it know us? |
//! | `target.rs` | the places that issues go to |
//! | `place.rs`, `fields.rs`, `workflow.rs` | what Jira has there: judged |
//! | `opencti.rs`, `splunk.rs`, `enrichment.rs`, `chats.rs` | the other services |
//! | `store.rs`, `clock.rs` | the store, the time |

mod chats;
mod clock;
mod enrichment;
mod exam;
mod fields;
mod jira;
mod login;
mod notes;
mod opencti;
mod place;
mod report;
mod settings;
mod splunk;
mod store;
mod target;
mod workflow;

use std::cell::Cell;
use std::time::Duration;

use futures::future::{Either, select};

use crate::platform::concurrent::side_by_side;
use crate::platform::{LocalFuture, Ports};
use crate::settings::Settings;
use exam::Exam;
use notes::Notes;
pub use report::{Check, Fix, Report, Section, State};

/// How long it may take at most: managed clouds end a request after 30 s.
const TIME: Duration = Duration::from_secs(25);

/// Examines everything, the services side by side. `chats` are the keys of the chats
/// whose settings are read.
pub async fn examine(ports: Ports<'_>, settings: &Settings<'_>, chats: &[&str]) -> Report {
    let at = ports.clock.now();
    let exam = Exam { ports, settings };
    let of_settings = Notes::new("settings");
    of_settings.extend(settings::examine(exam, chats));
    let [jira, opencti, splunk, enrichment, chats, store, clock] = [
        "jira",
        "opencti",
        "splunk",
        "enrichment",
        "chats",
        "store",
        "clock",
    ]
    .map(Notes::new);
    let parts: Vec<(&Notes, LocalFuture<'_, ()>)> = vec![
        (&jira, Box::pin(jira::examine(exam, &jira, &clock))),
        (&opencti, Box::pin(opencti::examine(exam, &opencti))),
        (&splunk, Box::pin(splunk::examine(exam, &splunk))),
        (
            &enrichment,
            Box::pin(enrichment::examine(exam, &enrichment)),
        ),
        (&chats, Box::pin(chats::examine(exam, &chats))),
        (&store, Box::pin(store::examine(exam, &store))),
    ];
    within_time(exam, parts).await;
    let sections = [
        of_settings,
        jira,
        opencti,
        splunk,
        enrichment,
        chats,
        store,
        clock,
    ];
    Report {
        at,
        sections: sections.into_iter().map(Notes::into_section).collect(),
    }
}

/// Does all of it side by side; what does not end in time is said.
async fn within_time<'a>(exam: Exam<'_>, parts: Vec<(&'a Notes, LocalFuture<'a, ()>)>) {
    let all: Vec<&Notes> = parts.iter().map(|(notes, _)| *notes).collect();
    let ended: Vec<Cell<bool>> = all.iter().map(|_| Cell::new(false)).collect();
    let mut waiting = parts.into_iter().zip(&ended);
    let mut next = || {
        let ((_, part), ended) = waiting.next()?;
        let work: LocalFuture<'_, ()> = Box::pin(async move {
            part.await;
            ended.set(true);
        });
        Some(work)
    };
    let work = Box::pin(side_by_side(all.len(), &mut next));
    if let Either::Left(_) = select(work, exam.ports.clock.sleep(TIME)).await {
        return;
    }
    for (notes, ended) in all.iter().zip(&ended) {
        if !ended.get() {
            let found = format!("not all was looked at within {} s", TIME.as_secs());
            let fix = Fix::new(&[], "see which service is slow, and ask again");
            notes.push(Check::wrong("time", found, fix));
        }
    }
}
