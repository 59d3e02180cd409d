//! No secret that a story sets is answered or logged: each answer and each line of the
//! host's output is searched for all of them, as they are and as they are sent.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jira_intake_standins::client::Answer;

/// A shorter text could stand anywhere by chance: stories choose longer secrets.
const SHORTEST: usize = 8;

/// The secrets of a story, and which of its function's answers told one.
pub struct Leaks {
    secrets: Vec<Secret>,
    answers: Mutex<Vec<String>>,
}

/// One form of a secret.
struct Secret {
    setting: String,
    form: String,
}

impl Leaks {
    /// What these settings of a manifest hold in secret.
    pub fn of(manifest: &Path, settings: &BTreeMap<String, String>) -> Self {
        let names = secret_names(manifest);
        let mut secrets = Vec::new();
        for (setting, value) in settings.iter().filter(|(name, _)| names.contains(*name)) {
            let login = settings.get("jira_login_email").map(String::as_str);
            let forms = values(setting, value);
            let forms = forms.iter().flat_map(|it| forms_of(it, login));
            secrets.extend(forms.map(|form| Secret {
                setting: setting.clone(),
                form,
            }));
        }
        Self {
            secrets,
            answers: Mutex::default(),
        }
    }

    /// Searches an answer; what is found fails the story at its end.
    pub fn answered(&self, request: &str, answer: &Answer) {
        let text = format!("{request}: {:?}\n{}", answer.headers, answer.text());
        if let Some(found) = self.found(&text) {
            self.answers.lock().unwrap().push(found);
        }
    }

    /// What leaked, in answers and in these lines.
    pub fn all(&self, lines: &[String]) -> Vec<String> {
        let answers = self.answers.lock().unwrap();
        let in_lines = lines.iter().filter_map(|line| self.found(line));
        answers.iter().cloned().chain(in_lines).collect()
    }

    fn found(&self, text: &str) -> Option<String> {
        let mut secrets = self.secrets.iter();
        let secret = secrets.find(|secret| text.contains(&secret.form))?;
        Some(format!("{} leaked: {text}", secret.setting))
    }
}

/// The values of a setting: two while one is replaced, the values of `jira_headers`, and
/// of an address what is secret in it, its path.
fn values(setting: &str, value: &str) -> Vec<String> {
    if let Ok(headers) = serde_json::from_str::<BTreeMap<String, String>>(value) {
        return headers.into_values().collect();
    }
    if setting.ends_with("_url") {
        let path = value.splitn(4, '/').nth(3);
        return path.map(str::to_owned).into_iter().collect();
    }
    value.split_whitespace().map(str::to_owned).collect()
}

/// A secret as it is, in base64 (also behind a login), and percent-encoded.
fn forms_of(secret: &str, login: Option<&str>) -> BTreeSet<String> {
    let mut forms = BTreeSet::new();
    if secret.len() < SHORTEST {
        return forms;
    }
    forms.insert(secret.to_owned());
    forms.insert(STANDARD.encode(secret));
    if let Some(login) = login {
        forms.insert(STANDARD.encode(format!("{login}:{secret}")));
    }
    let percent = |text: &str, is_plain: fn(u8) -> bool| -> String {
        let encode = |byte: u8| match is_plain(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        };
        text.bytes().map(encode).collect()
    };
    forms.insert(percent(secret, |it| {
        it.is_ascii_alphanumeric() || b"-_.~".contains(&it)
    }));
    forms.insert(percent(secret, |it| {
        it.is_ascii_alphanumeric() || b"-_.*".contains(&it)
    }));
    forms
}

/// The variables that a manifest calls secret.
fn secret_names(manifest: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(manifest).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    let variables = manifest["variables"].as_table().unwrap();
    let is_secret = |value: &toml::Value| value.get("secret") == Some(&true.into());
    let secret = variables.iter().filter(|(_, value)| is_secret(value));
    secret.map(|(name, _)| name.clone()).collect()
}
