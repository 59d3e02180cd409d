//! The first page: is it well, and what is there to do?

use maud::{Markup, html};

use super::action::Action;
use super::chart::chart;
use super::frame::Frame;
use super::letters;
use super::rehearsal;
use super::view::{HoldView, Overview, Tone, TroubleView, WaitView, Waiting};
use super::words::{NAME, REASON, badge, count, entity, foreign, time};

/// So many troubles are shown at once; the others are folded away.
const TROUBLES: usize = 5;

/// The first page.
pub fn overview(frame: &Frame<'_>, view: &Overview) -> String {
    frame.page(
        "Status",
        "",
        &html! {
            (health(view))
            div.actions {
                (frame.button(Action::Retry, None, "Retry now"))
                (frame.button(Action::Doctor, None, "Run the doctor"))
            }
            @if !view.holds.is_empty() { (holds(frame, &view.holds)) }
            (letters::newest(frame, &view.letters))
            (waiting(frame, &view.waiting))
            @if let Some(view) = &view.chart { (chart(view)) }
            (troubles(frame, &view.troubles))
            section.card {
                h2 { "Try an event" }
                (rehearsal::form(frame, &view.sources, "", ""))
            }
        },
    )
}

fn health(view: &Overview) -> Markup {
    let health = &view.health;
    html! {
        section.health.(health.tone.class()) {
            h1 { (badge(health.tone, health.tone.word())) " " (foreign(&health.sentence, REASON)) }
            @if !view.mistakes.is_empty() {
                p { "Mistakes in the settings:" }
                ul { @for mistake in &view.mistakes { li { (foreign(mistake, REASON)) } } }
            }
        }
    }
}

fn holds(frame: &Frame<'_>, holds: &[HoldView]) -> Markup {
    html! {
        section.card {
            h2 { "Held back" " " (badge(Tone::Look, &holds.len().to_string())) }
            p.quiet { "Nothing of this is sent until the hold ends. It ends by itself; let it go once you have mended the cause." }
            table {
                thead { tr { th { "What" } th { "Why" } th { "Since" } th { "Until" } th { span.hidden { "Action" } } } }
                tbody { @for hold in holds { tr {
                    td data-label="What" { (foreign(&hold.what, NAME)) }
                    td.long data-label="Why" { (foreign(&hold.reason, REASON)) }
                    td data-label="Since" { (time(hold.since, frame.now)) }
                    td data-label="Until" { (time(hold.until, frame.now)) }
                    td.act { (frame.button(Action::LetGo, Some(("id", &hold.id)), "Let go")) }
                } } }
            }
        }
    }
}

fn waiting(frame: &Frame<'_>, waiting: &Waiting) -> Markup {
    let shown = waiting.first.len();
    let is_all = u64::try_from(shown).is_ok_and(|shown| shown >= waiting.count);
    html! {
        section.card {
            h2 { "Waiting" @if waiting.count > 0 { " " (badge(Tone::Look, &waiting.count.to_string())) } }
            @if waiting.count == 0 {
                p.quiet { "Nothing waits." }
            } @else {
                p.quiet {
                    (count(waiting.count, "entity waits", "entities wait")) " to be dealt with again"
                    @if let Some(next) = waiting.next { "; the first is due " (time(next, frame.now)) }
                    "."
                    @if !is_all && shown > 0 { " Below are the first " (shown) "." }
                }
            }
            @if shown > 0 {
                table {
                    thead { tr { th { "Entity" } th { "What" } th { "Why" } th { "Since" } th { "Next" } th { "Tried" } } }
                    tbody { @for wait in &waiting.first { (waiting_row(frame, wait)) } }
                }
            }
        }
    }
}

fn waiting_row(frame: &Frame<'_>, wait: &WaitView) -> Markup {
    html! {
        tr {
            td.long data-label="Entity" { (entity(&wait.entity)) }
            td data-label="What" { (foreign(&wait.what, NAME)) }
            td.long data-label="Why" { (foreign(&wait.reason, REASON)) }
            td data-label="Since" { (time(wait.since, frame.now)) }
            td data-label="Next" { (time(wait.not_before, frame.now)) }
            td data-label="Tried" { (wait.attempts) }
        }
    }
}

fn troubles(frame: &Frame<'_>, troubles: &[TroubleView]) -> Markup {
    let (newest, older) = troubles.split_at(troubles.len().min(TROUBLES));
    html! {
        section.card {
            h2 { "Troubles" }
            @if troubles.is_empty() {
                p.quiet { "Nothing went wrong lately." }
            } @else {
                p.quiet { "What went wrong lately and failed no event: the latest " (troubles.len()) "." }
                (trouble_rows(frame, newest))
            }
            @if !older.is_empty() {
                details {
                    summary { "Older: " (older.len()) }
                    (trouble_rows(frame, older))
                }
            }
        }
    }
}

fn trouble_rows(frame: &Frame<'_>, troubles: &[TroubleView]) -> Markup {
    html! {
        table {
            thead { tr { th { "When" } th { "What" } th { "Entity" } th { "Why" } } }
            tbody { @for trouble in troubles { tr {
                td data-label="When" { (time(trouble.at, frame.now)) }
                td data-label="What" { code { (foreign(&trouble.what, NAME)) } }
                td data-label="Entity" {
                    @if trouble.entity.id.is_empty() { span.quiet { "–" } } @else { (entity(&trouble.entity)) }
                }
                td.long data-label="Why" { (foreign(&trouble.reason, REASON)) }
            } } }
        }
    }
}
