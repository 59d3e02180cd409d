//! The status page, as HTML: what there is to show goes in, a page comes out.
//!
//! Most of the words on it were written by strangers. The template engine escapes all
//! of them, `words.rs` takes out what is no character, and each stands in an element of
//! its own, so that its direction of writing ends there. There is no script at all.

mod action;
mod chart;
mod doctor;
mod entity;
mod frame;
mod letters;
mod notice;
mod overview;
mod rehearsal;
mod sign_in;
mod view;
mod words;

pub use action::Action;
pub use doctor::doctor;
pub use entity::entity;
pub use frame::Frame;
pub use letters::all_letters;
pub use notice::Notice;
pub use overview::overview;
pub use rehearsal::rehearsal;
pub use sign_in::{SignIn, refused, sign_in};
pub use view::{
    CallView, Chart, CheckView, DoctorView, EntityFile, EntityName, EntityView, Health, HoldView,
    HourView, IssueView, LetterView, Letters, Overview, RehearsalView, RequestView, ResultView,
    TaskView, Tone, TroubleView, TurnView, WaitView, Waiting,
};
pub use words::LONGEST_ID;

/// The only stylesheet; it is served at `/page.css`, so that no page needs a style of
/// its own.
pub const STYLESHEET: &str = include_str!("page.css");

#[cfg(test)]
mod tests;
