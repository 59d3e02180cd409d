//! Words of strangers, times and small parts that all pages share.

use std::borrow::Cow;
use std::time::Duration;

use maud::{Markup, html};

use super::view::{EntityName, Tone};
use crate::model::Timestamp;

/// More of a name, in characters, nobody reads.
pub(super) const NAME: usize = 300;
/// The same of a reason.
pub(super) const REASON: usize = 1_500;
/// The same of a request's body.
pub(super) const BODY: usize = 50_000;

/// An id that is longer than this is nobody's, in bytes: nothing leads to it.
pub const LONGEST_ID: usize = 2_000;

/// A text of a stranger's, in an element that keeps its direction of writing to itself.
/// At most `most` characters of it are shown.
pub(super) fn foreign(text: &str, most: usize) -> Markup {
    html! { bdi { (shown(text, most)) } }
}

/// A text as it can stand in HTML: a control character, which has no form there, is
/// shown as �, and so is one that turns the direction of writing: `gpj.exe` must not
/// read `exe.jpg`.
pub(super) fn shown(text: &str, most: usize) -> String {
    let is_too_long = text.chars().nth(most).is_some();
    let kept = text.chars().take(most).map(|c| match c {
        '\n' | '\t' => c,
        c if c.is_control() || is_noncharacter(c) || turns_around(c) => '\u{fffd}',
        c => c,
    });
    let mut shown: String = kept.collect();
    if is_too_long {
        shown.push('…');
    }
    shown
}

/// Embeddings, overrides and isolates (Unicode Standard Annex 9, 2).
fn turns_around(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Code points that are no characters, and never will be.
fn is_noncharacter(c: char) -> bool {
    let code = u32::from(c);
    code & 0xfffe == 0xfffe || (0xfdd0..=0xfdef).contains(&code)
}

/// A link to a page elsewhere, if it is one of the web; else its words alone.
pub(super) fn link(url: &str, words: &str) -> Markup {
    let is_web = ["https://", "http://"].iter().any(|it| url.starts_with(it));
    html! {
        @if is_web && !url.contains(char::is_control) {
            a href=(url) rel="noreferrer noopener" { (foreign(words, NAME)) }
        } @else {
            (foreign(words, NAME))
        }
    }
}

/// An entity's name, which leads to all that is known of it.
pub(super) fn entity(entity: &EntityName) -> Markup {
    let name = match entity.name.trim().is_empty() {
        true => &entity.id,
        false => &entity.name,
    };
    html! {
        @if entity.id.len() <= LONGEST_ID {
            a.name href=(find(&entity.id)) { (foreign(name, NAME)) }
        } @else {
            (foreign(name, NAME))
        }
        @if name != &entity.id {
            " " span.id { (foreign(&entity.id, NAME)) }
        }
    }
}

/// Where all that is known of an id is shown.
fn find(id: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    format!("/page/find?{}", query.append_pair("q", id).finish())
}

/// A time as people say it; the exact one is there as well.
pub(super) fn time(at: Timestamp, now: Timestamp) -> Markup {
    html! {
        @if at.is_known() {
            time datetime=(at.to_string()) title=(at.to_string()) { (ago(at, now)) }
        } @else {
            span.quiet { "–" }
        }
    }
}

/// Such as `3 min ago` or `in 2 h`.
pub(super) fn ago(at: Timestamp, now: Timestamp) -> String {
    if at > now {
        return match about(at.since(now)) {
            Some(time) => format!("in {time}"),
            None => "now".to_owned(),
        };
    }
    match about(now.since(at)) {
        Some(time) => format!("{time} ago"),
        None => "just now".to_owned(),
    }
}

fn about(time: Duration) -> Option<Cow<'static, str>> {
    let seconds = time.as_secs();
    match seconds {
        0..5 => None,
        5..120 => Some(format!("{seconds} s").into()),
        120..7_200 => Some(format!("{} min", seconds / 60).into()),
        7_200..172_800 => Some(format!("{} h", seconds / 3_600).into()),
        _ => Some(format!("{} days", seconds / 86_400).into()),
    }
}

/// Such as `1 issue` or `3 issues`.
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {many}"),
    }
}

impl Tone {
    /// The class by which a tone has its color.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::Look => "look",
            Self::Bad => "bad",
        }
    }

    /// The word for it: a color alone tells nothing to many.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Well => "OK",
            Self::Look => "Look",
            Self::Bad => "Failing",
        }
    }
}

/// A word in the color of its tone.
pub(super) fn badge(tone: Tone, word: &str) -> Markup {
    html! { span.badge.(tone.class()) { (word) } }
}
