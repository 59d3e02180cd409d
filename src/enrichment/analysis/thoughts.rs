//! What a model says, without what it thinks aloud before it does. Its thoughts
//! are taken away at the ends of its text only: an explanation may mention the
//! marks that they stand between.

use std::ops::Range;

use serde_json::Value;

use super::objects::{Found, find, objects};

/// What thoughts stand between. In lower case.
const MARKS: [(&str, &str); 6] = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("[think]", "[/think]"),
    ("◁think▷", "◁/think▷"),
];
/// Where another part of what gpt-oss says begins: its name, and
/// [`MESSAGE`] before its words.
const CHANNEL: &str = "<|channel|>";
/// The part that is the answer.
const FINAL: &str = "<|channel|>final";
const MESSAGE: &str = "<|message|>";
const START: &str = "<|start|>";
/// The same where a server took the marks away.
const BARE: (&str, &str) = ("analysis", "assistantfinal");
/// What can stand after an answer.
const ENDS: [&str; 5] = ["<|return|>", "<|end|>", "<|im_end|>", "<|eot_id|>", "</s>"];

/// What is left of a text.
pub(super) struct Said<'a> {
    /// The words.
    pub(super) text: &'a str,
    /// The first of the objects that are wanted.
    pub(super) object: Option<Found>,
}

/// Takes the thoughts away; `None`: there is nothing else.
pub(super) fn take_away(content: &str, is_wanted: fn(&Value) -> bool) -> Option<Said<'_>> {
    let text = without_last(content.trim());
    let text = without_first(text)?;
    // As long as the text, so that places are the same.
    let lower = text.to_ascii_lowercase();
    let objects = objects(text, is_wanted);
    let mut cut = 0;
    for end in ends_of_thoughts(&lower) {
        let is_last = text
            .get(end.end..)
            .is_none_or(|rest| rest.trim().is_empty());
        let is_inside = |it: &Found| it.span.contains(&end.start);
        // One after an answer, or in it, ends no thought.
        let is_none = objects.iter().any(|it| is_inside(it) || is_last);
        if !is_none {
            cut = cut.max(end.end);
        }
    }
    let is_in_parts = lower.starts_with(CHANNEL) || lower.starts_with(START);
    if cut == 0 && is_in_parts && find(&lower, 0, CHANNEL).is_some() {
        return None;
    }
    let mut objects = objects.into_iter();
    let said = Said {
        text: text.get(cut..).unwrap_or_default().trim(),
        object: objects.find(|it| it.span.start >= cut),
    };
    (!said.text.is_empty()).then_some(said)
}

/// Without thoughts at the beginning that begin with their mark; `None` if they
/// do not end.
fn without_first(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    let mut at = 0;
    loop {
        let rest = lower.get(at..)?;
        at += rest.len() - rest.trim_start().len();
        let rest = rest.trim_start();
        let Some((begin, end)) = MARKS.iter().find(|(begin, _)| rest.starts_with(begin)) else {
            return text.get(at..);
        };
        at += find(rest, begin.len(), end)? + end.len();
    }
}

/// Without thoughts at the end, and the marks of the end itself.
fn without_last(text: &str) -> &str {
    let mut text = text;
    loop {
        let before = text.len();
        for end in ENDS {
            text = text.strip_suffix(end).unwrap_or(text).trim_end();
        }
        for (begin, end) in MARKS {
            // Thoughts that are all there is are at the beginning.
            if text.ends_with(end)
                && let Some(at) = text.rfind(begin).filter(|at| *at > 0)
            {
                text = text.get(..at).unwrap_or_default().trim_end();
            }
        }
        if text.len() == before {
            return text;
        }
    }
}

/// Where thoughts may end that did not begin with a mark, with the marks.
fn ends_of_thoughts(lower: &str) -> Vec<Range<usize>> {
    let mut ends = Vec::new();
    for (_, mark) in MARKS {
        let mut from = 0;
        while let Some(at) = find(lower, from, mark) {
            from = at + mark.len();
            ends.push(at..from);
        }
    }
    let mut from = 0;
    while let Some(at) = find(lower, from, FINAL)
        && let Some(message) = find(lower, at, MESSAGE)
    {
        from = message + MESSAGE.len();
        ends.push(at..from);
    }
    let (begin, end) = BARE;
    if lower.starts_with(begin)
        && let Some(at) = find(lower, 0, end)
    {
        ends.push(at..at + end.len());
    }
    ends
}
