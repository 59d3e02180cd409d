//! What would become of an event that somebody pastes.

use maud::{Markup, html};

use super::action::Action;
use super::frame::Frame;
use super::view::{RehearsalView, RequestView, ResultView, Tone};
use super::words::{BODY, NAME, REASON, badge, count, entity, foreign, shown};

/// The form.
pub(super) fn form(frame: &Frame<'_>, sources: &[String], source: &str, text: &str) -> Markup {
    html! {
        form.stack method="post" action=(Action::Rehearse.path()) {
            (frame.hidden(Action::Rehearse))
            p.quiet { "Shows the requests that it would make. Nothing is sent, nothing is kept." }
            label for="source" { "Its source" }
            select #source name="source" {
                @for name in sources { option value=(name) selected[name == source] { (name) } }
            }
            label for="event" { "The event, as its sender posts it" }
            // A browser takes a first line break away.
            textarea #event name="event" rows="8" spellcheck="false" required placeholder="{ … }" {
                "\n" (shown(text, usize::MAX))
            }
            div { button.plain type="submit" { "Dry run" } }
        }
    }
}

/// What would become of it.
pub fn rehearsal(frame: &Frame<'_>, view: &RehearsalView) -> String {
    frame.page(
        "Dry run",
        "",
        &html! {
            h1 { "Dry run" }
            @if let Some(problem) = &view.problem {
                p.notice.bad role="alert" { (foreign(problem, REASON)) }
            }
            @for result in &view.results { (one(result)) }
            section.card {
                h2 { "Try another one" }
                (form(frame, &view.sources, &view.source, &view.text))
            }
        },
    )
}

fn one(result: &ResultView) -> Markup {
    let requests = u64::try_from(result.requests.len()).unwrap_or_default();
    html! {
        section.card {
            h2 {
                (badge(Tone::Well, &result.outcome)) " "
                @if !result.entity.id.is_empty() { (entity(&result.entity)) }
            }
            @if !result.reason.is_empty() { p { (foreign(&result.reason, REASON)) } }
            dl {
                @if !result.issue.is_empty() { dt { "Issue" } dd { (foreign(&result.issue, NAME)) } }
                @if !result.route.is_empty() { dt { "Route" } dd { (foreign(&result.route, NAME)) } }
                @if !result.standing.is_empty() { dt { "Standing" } dd { (foreign(&result.standing, NAME)) } }
                dt { "Requests" } dd { (count(requests, "request", "requests")) }
            }
            @for request in &result.requests { (body(request)) }
        }
    }
}

fn body(request: &RequestView) -> Markup {
    html! {
        details open {
            summary { code { (foreign(&request.method, 20)) " " (foreign(&request.url, NAME)) } }
            @if !request.body.is_empty() {
                pre tabindex="0" { code { (foreign(&request.body, BODY)) } }
            }
        }
    }
}
