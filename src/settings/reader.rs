//! Reads variables one by one and collects every mistake, so that a user sees
//! all of them at once and not one per attempt.

use http::Uri;
use serde_json::{Map, Value};

use super::host::{Host, HostError, UNSET, origin};
use super::mistakes::SettingsError;
use super::secret::Secret;
use crate::model::Tlp;
use crate::platform::{VariableError, Variables};
use crate::text::without_logins;

/// Reads settings; what is wrong is kept until [`Reader::finish`].
pub(super) struct Reader<'a> {
    variables: &'a dyn Variables,
    mistakes: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(variables: &'a dyn Variables) -> Self {
        Self {
            variables,
            mistakes: Vec::new(),
        }
    }

    /// What was read, unless there were mistakes.
    pub(super) fn finish<T>(self, value: T) -> Result<T, SettingsError> {
        match self.mistakes.is_empty() {
            true => Ok(value),
            false => Err(SettingsError {
                mistakes: self.mistakes,
            }),
        }
    }

    /// Notes a mistake. A value in it may be an address that holds a password.
    pub(super) fn mistake(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.mistakes.push(without_logins(&text).into_owned());
    }

    /// The trimmed value; empty when it is not set.
    pub(super) fn text(&mut self, name: &str) -> String {
        match self.variables.get(name) {
            Ok(value) => value.trim().to_owned(),
            Err(VariableError::Undefined) => {
                self.mistake(format!(
                    "{name}: the manifest does not pass this variable on to the component; add it to [component.jira-intake.variables] in spin.toml"
                ));
                String::new()
            }
            Err(VariableError::Provider(why)) => {
                self.mistake(format!("{name}: the variable provider failed: {why}"));
                String::new()
            }
        }
    }

    /// The value, or `None` when it is empty.
    pub(super) fn optional(&mut self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|value| !value.is_empty())
    }

    /// The value; a mistake that says what it is for when it is empty.
    pub(super) fn required(&mut self, name: &str, purpose: &str) -> String {
        let before = self.mistakes.len();
        let value = self.text(name);
        if value.is_empty() && self.mistakes.len() == before {
            self.mistake(format!("{name}: is not set; it is {purpose}"));
        }
        value
    }

    /// What one of a few words, in any case, stands for.
    pub(super) fn choice<T: Copy>(&mut self, name: &str, choices: &[(&str, T)], default: T) -> T {
        let mut words = choices.iter().map(|(word, _)| *word);
        let found = self.word(name, &mut words);
        let choice = found.and_then(|index| choices.get(index));
        choice.map_or(default, |(_, choice)| *choice)
    }

    /// Which of a few words it is; `None` when it is empty. Apart from
    /// [`Self::choice`], so that it is compiled once and not for each type.
    fn word(&mut self, name: &str, words: &mut dyn Iterator<Item = &str>) -> Option<usize> {
        let value = self.optional(name)?;
        let words: Vec<&str> = words.collect();
        let found = words
            .iter()
            .position(|word| word.eq_ignore_ascii_case(&value));
        if found.is_none() {
            self.mistake(format!("{name}: `{value}` is none of {}", words.join(", ")));
        }
        found
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, name: &str, default: bool) -> bool {
        self.choice(name, &[("true", true), ("false", false)], default)
    }

    /// The entries between commas, trimmed; none when it is empty.
    pub(super) fn list(&mut self, name: &str) -> Vec<String> {
        let text = self.text(name);
        match text.is_empty() {
            true => Vec::new(),
            false => text.split(',').map(|item| item.trim().to_owned()).collect(),
        }
    }

    /// `name=value` pairs between commas; `none` stands for no pair at all.
    pub(super) fn pairs(&mut self, name: &str) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for entry in self.list(name) {
            match entry.split_once('=') {
                Some((key, value)) if !key.trim().is_empty() && !value.trim().is_empty() => {
                    pairs.push((key.trim().to_owned(), value.trim().to_owned()));
                }
                _ if entry.eq_ignore_ascii_case("none") => {}
                _ => self.mistake(format!("{name}: `{entry}` is not of the form name=value")),
            }
        }
        pairs
    }

    /// A JSON object; an empty one when it is not set. The value may be a secret
    /// and is not repeated.
    pub(super) fn object(&mut self, name: &str, example: &str) -> Map<String, Value> {
        let Some(text) = self.optional(name) else {
            return Map::new();
        };
        match serde_json::from_slice::<Value>(text.as_bytes()) {
            Ok(Value::Object(object)) => return object,
            Ok(_) => self.mistake(format!("{name}: is not a JSON object such as {example}")),
            Err(error) => self.mistake(format!("{name}: is not JSON: {error}")),
        }
        Map::new()
    }

    /// A whole number in a range.
    pub(super) fn number(
        &mut self,
        name: &str,
        range: std::ops::RangeInclusive<u64>,
        default: u64,
    ) -> u64 {
        let Some(value) = self.optional(name) else {
            return default;
        };
        match value.parse() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                self.mistake(format!(
                    "{name}: `{value}` is not a whole number from {} to {}",
                    range.start(),
                    range.end()
                ));
                default
            }
        }
    }

    /// A marking, if one is set.
    pub(super) fn tlp(&mut self, name: &str) -> Option<Tlp> {
        let text = self.optional(name)?;
        let tlp = Tlp::parse(&text);
        if tlp.is_none() {
            self.mistake(format!(
                "{name}: `{text}` is none of CLEAR, GREEN, AMBER, AMBER+STRICT, RED"
            ));
        }
        tlp
    }

    /// Checks a full address, whose origin stands in a variable of its own,
    /// because Spin allows outbound hosts only by origin. The address may be a secret
    /// and is not repeated in mistakes; its origin is.
    pub(super) fn address(
        &mut self,
        name: &str,
        address: String,
        host_name: &str,
    ) -> Option<Secret> {
        let host = self.host(host_name, &format!("the path stands in {name}"));
        let Some(origin) = origin_of(&address) else {
            self.mistake(format!(
                "{name}: is not an address that begins with https:// or http:// and a host in lower case"
            ));
            return None;
        };
        match host {
            Some(Host::Unset) => self.mistake(format!(
                "{host_name}: is not set; it is the origin of {name}, `{origin}`, which Spin must be told to allow"
            )),
            Some(Host::Origin(allowed)) if without_port(&allowed) != without_port(&origin) => {
                self.mistake(format!(
                    "{name}: its origin is `{origin}`, but {host_name} allows `{allowed}`; set {host_name} to the former"
                ));
            }
            Some(Host::Origin(_)) | None => {}
        }
        Some(Secret::new(address))
    }

    /// A variable that `allowed_outbound_hosts` is made of; `None` after a
    /// mistake. `path_goes` says where a path belongs.
    pub(super) fn host(&mut self, name: &str, path_goes: &str) -> Option<Host> {
        let before = self.mistakes.len();
        let value = self.text(name);
        if self.mistakes.len() > before {
            return None;
        }
        let why = match Host::parse(&value) {
            Ok(host) => return Some(host),
            Err(HostError::Empty) => format!(
                "is empty, and with an empty host Spin denies every outbound call of this application; leave it out, or set it to {UNSET}"
            ),
            Err(HostError::HasPath(path)) => format!(
                "`{value}` has the path `{path}`, but Spin allows outbound hosts only by origin; {path_goes}"
            ),
            Err(HostError::Invalid(why)) => why,
        };
        self.mistake(format!("{name}: {why}"));
        None
    }
}

/// The origin of an address that may have a path and a query.
fn origin_of(address: &str) -> Option<String> {
    let uri = address.parse::<Uri>().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    origin(&format!("{scheme}://{authority}")).ok()
}

/// An origin without the port that its scheme has anyway.
fn without_port(origin: &str) -> &str {
    let port = match origin.starts_with("https:") {
        true => ":443",
        false => ":80",
    };
    origin.strip_suffix(port).unwrap_or(origin)
}
