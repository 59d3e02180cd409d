//! What is known of an entity, and what became of its latest events.

use maud::{Markup, html};

use super::frame::Frame;
use super::letters;
use super::view::{CallView, EntityFile, EntityView, IssueView, TaskView, TurnView};
use super::words::{NAME, REASON, badge, foreign, link, time};

/// What a search found.
pub fn entity(frame: &Frame<'_>, view: &EntityView) -> String {
    frame.page("Find", &super::words::shown(&view.asked, NAME), &html! {
        @if let Some(trouble) = &view.trouble {
            p.notice.look { (foreign(trouble, REASON)) }
        }
        @if view.found.is_empty() {
            section.card {
                h1 { "Nothing is known of " (foreign(&view.asked, NAME)) }
                p.quiet {
                    "Search for the whole id of an entity, as its platform calls it, or for the key of an issue such as SOC-105. "
                    "An event that was ignored leaves nothing here; the log has a line for each."
                }
            }
        }
        @for file in &view.found { (one(frame, file)) }
    })
}

fn one(frame: &Frame<'_>, file: &EntityFile) -> Markup {
    let name = match file.entity.name.trim().is_empty() {
        true => &file.entity.id,
        false => &file.entity.name,
    };
    html! {
        section.health.(file.tone.class()) {
            h1 { (foreign(name, NAME)) }
            p { (badge(file.tone, file.tone.word())) " " (foreign(&file.state, REASON)) }
            @if let Some(number) = file.letter {
                div.actions { (letters::actions(frame, number)) }
            }
        }
        section.card {
            h2 { "What is known" }
            dl {
                dt { "Issue" } dd { (issue(frame, file.issue.as_ref())) }
                dt { "Entity" } dd { code { (foreign(&file.entity.id, NAME)) } }
                dt { "Source" } dd { (foreign(&file.entity.source, NAME)) }
                dt { "Last written" } dd { (time(file.touched, frame.now)) }
            }
        }
        @if !file.tasks.is_empty() { (tasks(frame, &file.tasks)) }
        section.card {
            h2 { "Trace" }
            @if file.turns.is_empty() {
                p.quiet { "Nothing is remembered of its events." }
            } @else {
                ol.trace { @for turn in &file.turns { (entry(frame, turn)) } }
            }
        }
    }
}

fn issue(frame: &Frame<'_>, issue: Option<&IssueView>) -> Markup {
    html! {
        @if let Some(issue) = issue {
            b { (link(&issue.url, &issue.key)) }
            @if !issue.summary.is_empty() { " " (foreign(&issue.summary, NAME)) }
            @if issue.filed.is_known() { " " span.quiet { "filed " (time(issue.filed, frame.now)) } }
        } @else {
            span.quiet { "none yet" }
        }
    }
}

fn tasks(frame: &Frame<'_>, tasks: &[TaskView]) -> Markup {
    html! {
        section.card {
            h2 { "Still to be done" }
            table {
                thead { tr { th { "What" } th { "Why it waits" } th { "Since" } th { "Next" } th { "Tried" } } }
                tbody { @for task in tasks { tr {
                    td data-label="What" { (foreign(&task.what, NAME)) }
                    td.long data-label="Why it waits" { (foreign(&task.reason, REASON)) }
                    td data-label="Since" { (time(task.since, frame.now)) }
                    td data-label="Next" { (time(task.not_before, frame.now)) }
                    td data-label="Tried" { (task.attempts) }
                } } }
            }
        }
    }
}

fn entry(frame: &Frame<'_>, turn: &TurnView) -> Markup {
    html! {
        li {
            p.head {
                @if !turn.outcome.is_empty() { b { (foreign(&turn.outcome, REASON)) } " " }
                span.quiet {
                    (time(turn.at, frame.now)) " · " (turn.at.to_string())
                    @if let Some(ms) = turn.ms { " · " (ms) " ms" }
                }
            }
            @if !turn.reason.is_empty() { p { (foreign(&turn.reason, REASON)) } }
            @if !turn.how.is_empty() || !turn.route.is_empty() {
                p.quiet {
                    (foreign(&turn.how, NAME))
                    @if !turn.route.is_empty() { " · route " (foreign(&turn.route, NAME)) }
                }
            }
            @if !turn.decisions.is_empty() {
                ul { @for decision in &turn.decisions { li { (foreign(decision, REASON)) } } }
            }
            @if !turn.calls.is_empty() { (calls(&turn.calls)) }
            @if turn.more_calls > 0 { p.quiet { "and " (turn.more_calls) " more" } }
        }
    }
}

fn calls(calls: &[CallView]) -> Markup {
    html! {
        table {
            thead { tr { th { "Call" } th { "To" } th { "Status" } th { "Time" } } }
            tbody { @for call in calls { tr {
                td data-label="Call" { (foreign(&call.service, NAME)) }
                td.long data-label="To" { code { (foreign(&call.method, 20)) " " (foreign(&call.path, NAME)) } }
                td data-label="Status" { (foreign(&call.status, NAME)) }
                td data-label="Time" { (call.ms) " ms" }
            } } }
        }
    }
}
