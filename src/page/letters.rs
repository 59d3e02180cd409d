//! Dead letters: on the first page, and all of them in pages.

use maud::{Markup, html};

use super::action::Action;
use super::frame::Frame;
use super::view::{LetterView, Letters, Tone};
use super::words::{REASON, badge, entity, foreign, time};

/// The newest letters, on the first page.
pub(super) fn newest(frame: &Frame<'_>, letters: &Letters) -> Markup {
    let more = if letters.next.is_some() { "+" } else { "" };
    html! {
        section.card {
            h2 {
                "Dead letters"
                @if !letters.letters.is_empty() {
                    " " (badge(Tone::Look, &format!("{}{more}", letters.letters.len())))
                }
            }
            @if letters.letters.is_empty() {
                p.quiet { "There are none." }
            } @else {
                p.quiet { "Only a person can help these events. Mend the cause, then replay them." }
                (table(frame, &letters.letters))
            }
            @if letters.next.is_some() {
                p { a href="/page/dead-letters" { "All dead letters" } }
            }
        }
    }
}

/// One page of all letters.
pub fn all_letters(frame: &Frame<'_>, letters: &Letters) -> String {
    frame.page("Dead letters", "", &html! {
        section.card {
            h1 { "Dead letters" }
            @if letters.letters.is_empty() {
                p.quiet { "There are none here." }
            } @else {
                (table(frame, &letters.letters))
            }
            @if let Some(next) = letters.next {
                p { a rel="next" href=(format!("/page/dead-letters?before={next}")) { "Older ones" } }
            }
        }
    })
}

fn table(frame: &Frame<'_>, letters: &[LetterView]) -> Markup {
    html! {
        table {
            thead { tr { th { "No." } th { "Entity" } th { "Why" } th { "Given up" } th { "Tried" } th { span.hidden { "Actions" } } } }
            tbody { @for letter in letters { (row(frame, letter)) } }
        }
    }
}

fn row(frame: &Frame<'_>, letter: &LetterView) -> Markup {
    html! {
        tr {
            td data-label="No." { (letter.number) }
            td.long data-label="Entity" {
                @if letter.entity.id.is_empty() {
                    "A body posted to " (foreign(&letter.entity.source, 40))
                } @else {
                    (entity(&letter.entity))
                }
            }
            td.long data-label="Why" { (foreign(&letter.reason, REASON)) }
            td data-label="Given up" { (time(letter.at, frame.now)) }
            td data-label="Tried" { (letter.attempts) }
            td.act { (actions(frame, letter.number)) }
        }
    }
}

/// What can be done with a letter. To discard it takes two clicks: it is for good.
pub(super) fn actions(frame: &Frame<'_>, number: u64) -> Markup {
    let number = number.to_string();
    html! {
        (frame.button(Action::Replay, Some(("number", &number)), "Replay"))
        details.sure {
            summary { "Discard…" }
            (frame.button(Action::Discard, Some(("number", &number)), "Discard for good"))
        }
    }
}
