//! What strangers write stays text, in every place of every page.

mod hostile;
mod words;

use super::*;
use crate::model::Timestamp;

pub(super) const NOW: Timestamp = Timestamp::from_secs(1_761_569_303);

/// Something done with a frame.
pub(super) fn framed(show: impl Fn(&Frame<'_>) -> String) -> String {
    let token = |action: Action| action.path().to_owned();
    show(&Frame {
        now: NOW,
        notice: None,
        token: &token,
    })
}

/// Every page with this text in every place that has one.
pub(super) fn pages(text: &str) -> Vec<String> {
    let entity_view = EntityView {
        asked: text.to_owned(),
        found: vec![file(text)],
        trouble: Some(text.to_owned()),
    };
    vec![
        framed(|frame| overview(frame, &full(text))),
        framed(|frame| all_letters(frame, &letters(text))),
        framed(|frame| entity(frame, &entity_view)),
        framed(|frame| rehearsal(frame, &rehearsed(text))),
        framed(|frame| doctor(frame, &examined(text))),
        refused("Refused", text),
    ]
}

fn name(text: &str) -> EntityName {
    EntityName {
        id: format!("id {text}"),
        source: text.to_owned(),
        name: text.to_owned(),
    }
}

fn letters(text: &str) -> Letters {
    let letter = LetterView {
        number: 7,
        entity: name(text),
        reason: text.to_owned(),
        at: NOW,
        attempts: 1,
    };
    let body = LetterView {
        entity: EntityName {
            source: text.to_owned(),
            ..EntityName::default()
        },
        ..letter.clone()
    };
    Letters {
        letters: vec![letter, body],
        next: Some(7),
    }
}

fn full(text: &str) -> Overview {
    Overview {
        health: Health {
            tone: Tone::Bad,
            sentence: text.to_owned(),
        },
        mistakes: vec![text.to_owned()],
        holds: vec![HoldView {
            id: text.to_owned(),
            what: text.to_owned(),
            since: NOW,
            until: NOW,
            reason: text.to_owned(),
        }],
        waiting: Waiting {
            count: 30,
            next: Some(NOW),
            first: vec![WaitView {
                entity: name(text),
                what: text.to_owned(),
                reason: text.to_owned(),
                ..WaitView::default()
            }],
        },
        letters: letters(text),
        chart: Some(Chart::default()),
        troubles: (0..7).map(|_| trouble(text)).collect(),
        sources: vec![text.to_owned()],
    }
}

fn trouble(text: &str) -> TroubleView {
    TroubleView {
        at: NOW,
        what: text.to_owned(),
        entity: name(text),
        reason: text.to_owned(),
    }
}

fn file(text: &str) -> EntityFile {
    let text = || text.to_owned();
    EntityFile {
        entity: name(&text()),
        tone: Tone::Look,
        state: text(),
        issue: Some(IssueView {
            key: text(),
            url: text(),
            summary: text(),
            filed: NOW,
        }),
        letter: Some(7),
        tasks: vec![TaskView {
            what: text(),
            reason: text(),
            ..TaskView::default()
        }],
        turns: vec![TurnView {
            at: NOW,
            how: text(),
            route: text(),
            decisions: vec![text()],
            calls: vec![CallView {
                service: text(),
                method: text(),
                path: text(),
                status: text(),
                ms: 12,
            }],
            more_calls: 3,
            outcome: text(),
            reason: text(),
            ms: Some(12),
        }],
        touched: NOW,
    }
}

fn rehearsed(text: &str) -> RehearsalView {
    let text = || text.to_owned();
    RehearsalView {
        sources: vec![text()],
        source: text(),
        text: text(),
        problem: Some(text()),
        results: vec![ResultView {
            outcome: text(),
            entity: name(&text()),
            issue: text(),
            reason: text(),
            route: text(),
            standing: text(),
            requests: vec![RequestView {
                method: text(),
                url: text(),
                body: text(),
            }],
        }],
    }
}

fn examined(text: &str) -> DoctorView {
    let text = || text.to_owned();
    DoctorView {
        checks: vec![CheckView {
            name: text(),
            tone: Tone::Bad,
            found: text(),
            setting: text(),
        }],
    }
}
