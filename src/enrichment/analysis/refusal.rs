//! What a server says in an error: the shapes that OpenAI, Azure, vLLM, Ollama and
//! others have.

use serde_json::Value;

use super::question::{Parameter, Refused};

/// No error is nested deeper.
const DEPTH: usize = 4;
/// At most so many errors of a list are read.
const ERRORS: usize = 3;
/// Where the words of an error stand.
const WORDS: [&str; 7] = [
    "message",
    "msg",
    "error",
    "detail",
    "errors",
    "error_description",
    "title",
];

/// An error in a server's answer.
pub(super) struct Refusal {
    /// The parameter that it names.
    param: Option<String>,
    /// Its words; may be empty. A stranger's, of any length.
    pub(super) words: String,
    /// Its code, where that is a number like an HTTP status.
    pub(super) status: Option<u16>,
    /// Its code, where that is a word.
    pub(super) code: String,
}

impl Refusal {
    /// The error in an answer, if there is one.
    pub(super) fn in_answer(answer: &Value) -> Self {
        // Some send a list of one.
        let answer = answer.get(0).unwrap_or(answer);
        let error = match &answer["error"] {
            Value::Object(_) => &answer["error"],
            _ => answer,
        };
        // Some proxies say it in a word that there is none.
        let said = |name: &str| {
            let word = error[name].as_str().unwrap_or_default();
            let is_none = ["none", "null"]
                .iter()
                .any(|none| word.eq_ignore_ascii_case(none));
            (!word.is_empty() && !is_none).then_some(word)
        };
        let param = said("param");
        let status = error["code"].as_u64().or_else(|| error["status"].as_u64());
        Self {
            param: param.map(str::to_owned),
            words: words(answer, DEPTH),
            status: status
                .and_then(|status| u16::try_from(status).ok())
                .filter(|status| (400..600).contains(status)),
            code: said("code").unwrap_or_default().to_owned(),
        }
    }

    /// Which parameter of a question it is about, if it says so.
    pub(super) fn parameter(&self, refused: Refused) -> Option<Parameter> {
        match &self.param {
            Some(param) => refused.named(param),
            None => refused.mentioned(&self.words),
        }
    }

    /// It says neither which parameter it is about nor what kind of error it is.
    pub(super) fn is_vague(&self) -> bool {
        self.param.is_none() && self.code.is_empty()
    }
}

/// The words of an error, whatever it looks like; with the place that it is
/// about, where it names one.
fn words(error: &Value, depth: usize) -> String {
    let Some(depth) = depth.checked_sub(1) else {
        return String::new();
    };
    match error {
        Value::String(text) => text.clone(),
        Value::Array(errors) => {
            let mut all = String::new();
            for error in errors.iter().take(ERRORS) {
                let words = words(error, depth);
                if !all.is_empty() && !words.is_empty() {
                    all.push_str("; ");
                }
                all.push_str(&words);
            }
            all
        }
        Value::Object(members) => {
            let mut all = place(&error["loc"]);
            let mut found = WORDS.iter().filter_map(|name| members.get(*name));
            let found = found.find_map(|it| Some(words(it, depth)).filter(|it| !it.is_empty()));
            all.push_str(&found.unwrap_or_default());
            all
        }
        _ => String::new(),
    }
}

/// `["body", "temperature"]` of an error's `loc`, as `body temperature: `.
fn place(location: &Value) -> String {
    let mut place = String::new();
    for name in location.as_array().into_iter().flatten() {
        if let Some(name) = name.as_str() {
            if !place.is_empty() {
                place.push(' ');
            }
            place.push_str(name);
        }
    }
    if !place.is_empty() {
        place.push_str(": ");
    }
    place
}
