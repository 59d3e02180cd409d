//! What was checked, and which setting to change.

use maud::html;

use super::action::Action;
use super::frame::Frame;
use super::view::{DoctorView, Tone};
use super::words::{NAME, REASON, badge, foreign};

/// What was checked.
pub fn doctor(frame: &Frame<'_>, view: &DoctorView) -> String {
    let worst = view.checks.iter().map(|check| check.tone).max();
    let worst = worst.unwrap_or_default();
    let sentence = match worst {
        Tone::Well => "All that was checked is well.",
        Tone::Look => "It works; something should be looked at.",
        Tone::Bad => "Something must be changed before it works.",
    };
    frame.page("Doctor", "", &html! {
        section.health.(worst.class()) { h1 { (badge(worst, worst.word())) " " (sentence) } }
        section.card {
            h2 { "Checks" }
            table {
                thead { tr { th { "Check" } th { "Result" } th { "Found" } th { "What to change" } } }
                tbody { @for check in &view.checks { tr {
                    td data-label="Check" { (foreign(&check.name, NAME)) }
                    td data-label="Result" { (badge(check.tone, check.tone.word())) }
                    td.long data-label="Found" { (foreign(&check.found, REASON)) }
                    td.long data-label="What to change" { (foreign(&check.setting, REASON)) }
                } } }
            }
            div.actions { (frame.button(Action::Doctor, None, "Check again")) }
        }
    })
}
