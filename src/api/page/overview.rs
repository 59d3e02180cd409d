//! What the first page shows. It never lists the store's keys, and each of its lists
//! is bounded, so that it takes as long with a hundred thousand records as with ten.

use http::request::Parts;

use super::answer::Stop;
use super::last_day::last_day;
use super::rehearsal::source_names;
use crate::api::paging::Paging;
use crate::api::session::Session;
use crate::model::{EntityKey, Scope, Timestamp};
use crate::notify;
use crate::page::{
    EntityName, Health, HoldView, LetterView, Letters, Overview, Tone, TroubleView, WaitView,
    Waiting,
};
use crate::platform::{Ports, Store};
use crate::settings::Settings;
use crate::store::queue::{self, First};
use crate::store::trouble::{self, Trouble};
use crate::store::whole::{Whole, whole};
use crate::store::{DeadLetter, Hold, Line, RecordError, dead_letter, hold};

/// So many dead letters are on the first page.
const LETTERS: usize = 10;
/// So many entities that wait are named.
const WAITING: usize = 20;

/// What the first page shows, also where the store fails.
pub(super) fn overview(session: &Session<'_>) -> Overview {
    // Anew: a provider of variables may be there again.
    let checked = Settings::new(session.ports.variables).check(&notify::keys());
    let mistakes = checked.err().map_or_else(Vec::new, |error| error.mistakes);
    let mut view = Overview::default();
    let filled = fill(session, &mut view);
    view.mistakes = mistakes;
    view.sources = source_names();
    view.health = match filled {
        Ok(()) => health(&view),
        Err(error) => Health {
            tone: Tone::Bad,
            sentence: format!("The store cannot be read: {error}."),
        },
    };
    view
}

fn fill(session: &Session<'_>, view: &mut Overview) -> Result<(), RecordError> {
    let (ports, now) = (session.ports, session.ports.clock.now());
    let holds = hold::all(ports.store)?;
    let lasting = holds.iter().filter(|hold| hold.lasts(now));
    view.holds = lasting.map(hold_view).collect();
    let most = usize::try_from(trouble::KEPT).unwrap_or(usize::MAX);
    let troubles = trouble::page(ports.store, None, most)?;
    view.troubles = troubles.into_iter().map(trouble_view).collect();
    view.letters = letters(ports.store, None, LETTERS)?;
    let lines = holds
        .iter()
        .map(|hold| (Line::of_hold(&hold.scope), hold.until));
    let lines: Vec<_> = lines.collect();
    view.waiting = waiting(ports, queue::first(ports, &lines, WAITING)?)?;
    view.chart = last_day(session)?;
    Ok(())
}

/// `GET /page/dead-letters`
pub(super) fn all_letters(session: &Session<'_>, head: &Parts) -> Result<Letters, Stop> {
    let Paging { before, limit } = Paging::read(head)?;
    Ok(letters(session.ports.store, before, limit)?)
}

/// The worst that there is, in one sentence.
fn health(view: &Overview) -> Health {
    let of = |tone, sentence: &str| Health {
        tone,
        sentence: sentence.to_owned(),
    };
    let everything = Scope::Everything.id();
    if !view.mistakes.is_empty() {
        of(Tone::Bad, "Settings are wrong.")
    } else if view.holds.iter().any(|hold| hold.id == everything) {
        of(
            Tone::Bad,
            "Nothing is sent to Jira for now. Events are kept.",
        )
    } else if !view.holds.is_empty() {
        of(Tone::Look, "Some new issues are held back. All else works.")
    } else if !view.letters.letters.is_empty() {
        of(
            Tone::Look,
            "It works. Some events need a person: see the dead letters.",
        )
    } else if view.waiting.count > 0 {
        of(
            Tone::Well,
            "It works. Some events wait to be dealt with again.",
        )
    } else {
        of(Tone::Well, "All is well.")
    }
}

fn hold_view(hold: &Hold) -> HoldView {
    HoldView {
        id: hold.scope.id(),
        what: match &hold.scope {
            Scope::Everything => "Everything that goes to Jira".to_owned(),
            Scope::Place(place) => {
                let (project, kind) = (&place.project, &place.issue_type);
                format!("New issues in {project} of type {kind}")
            }
            Scope::Event => "One event".to_owned(),
        },
        since: hold.since,
        until: hold.until,
        reason: hold.why.clone(),
    }
}

fn trouble_view(trouble: Trouble) -> TroubleView {
    TroubleView {
        at: trouble.at,
        what: trouble.what,
        entity: trouble.entity.as_ref().map(unnamed).unwrap_or_default(),
        reason: trouble.reason,
    }
}

/// An entity of which only the key is known.
pub(super) fn unnamed(entity: &EntityKey) -> EntityName {
    EntityName {
        id: entity.id.clone(),
        source: entity.source.as_str().to_owned(),
        name: String::new(),
    }
}

fn letters(store: &dyn Store, before: Option<u64>, most: usize) -> Result<Letters, RecordError> {
    let page = dead_letter::page(store, before, most)?;
    Ok(Letters {
        letters: page.letters.iter().map(letter_view).collect(),
        next: page.next,
    })
}

fn letter_view(letter: &DeadLetter) -> LetterView {
    let pending = letter.pending.as_ref();
    let entity = pending.map(|pending| {
        let entity = &pending.event.entity;
        EntityName {
            name: entity.name.clone(),
            ..unnamed(&entity.key())
        }
    });
    let body = letter.body.as_ref().map(|body| EntityName {
        source: body.source.as_str().to_owned(),
        ..EntityName::default()
    });
    LetterView {
        number: letter.number,
        entity: entity.or(body).unwrap_or_default(),
        reason: letter.reason.clone(),
        at: letter.at,
        attempts: pending.map_or(0, |pending| pending.attempts),
    }
}

fn waiting(ports: Ports<'_>, first: First) -> Result<Waiting, RecordError> {
    let mut waiting = Waiting {
        count: first.left.count,
        next: first.left.next,
        first: Vec::new(),
    };
    for entity in &first.entities {
        // One record that cannot be read does not hide the others.
        let known = match whole(ports, entity) {
            Err(RecordError::Unreadable { .. }) => None,
            known => known?,
        };
        let view = known.and_then(|known| wait_view(entity, &known));
        waiting.first.extend(view);
    }
    Ok(waiting)
}

/// What an entity waits for; `None` if it has left its slot.
fn wait_view(entity: &EntityKey, known: &Whole) -> Option<WaitView> {
    let entity = EntityName {
        name: known.name.clone().unwrap_or_default(),
        ..unnamed(entity)
    };
    if let Some(waits) = &known.waiting {
        return Some(WaitView {
            entity,
            what: "its event".to_owned(),
            since: waits.since,
            not_before: waits.not_before,
            attempts: waits.attempts,
            reason: waits.why.clone(),
        });
    }
    let task = known.tasks.iter().min_by_key(|task| task.not_before);
    if let Some(task) = task {
        return Some(WaitView {
            entity,
            what: task.kind.to_string(),
            since: task.since,
            not_before: task.not_before,
            attempts: task.attempts,
            reason: task.why.clone(),
        });
    }
    (known.arrived > 0).then(|| WaitView {
        entity,
        what: "changes that arrived meanwhile".to_owned(),
        since: Timestamp::UNKNOWN,
        not_before: Timestamp::UNKNOWN,
        attempts: 0,
        reason: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(change: impl Fn(&mut Overview)) -> Health {
        let mut view = Overview::default();
        change(&mut view);
        health(&view)
    }

    fn hold(id: &str) -> HoldView {
        HoldView {
            id: id.to_owned(),
            ..HoldView::default()
        }
    }

    #[test]
    fn the_worst_is_told_first() {
        let letter = |view: &mut Overview| view.letters.letters.push(LetterView::default());
        assert_eq!(view(|_| {}).sentence, "All is well.");
        assert_eq!(view(|it| it.waiting.count = 3).tone, Tone::Well);
        assert_eq!(view(letter).tone, Tone::Look);
        let some = view(|it| {
            letter(it);
            it.holds.push(hold("SOC-Task"));
        });
        assert_eq!(some.tone, Tone::Look);
        assert!(some.sentence.contains("held back"), "{some:?}");
        let all = view(|it| it.holds.extend([hold("SOC-Task"), hold("everything")]));
        assert_eq!(all.tone, Tone::Bad);
        let wrong = view(|it| it.mistakes.push("jira_url: is empty".to_owned()));
        assert_eq!(wrong.tone, Tone::Bad);
    }
}
