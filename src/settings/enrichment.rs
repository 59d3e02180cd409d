//! Who else is asked about an entity, and how much they may be told.

use std::time::Duration;

use super::host::Host;
use super::reader::Reader;
use super::secret::Secret;
use crate::model::Tlp;

/// The settings of enrichment.
#[derive(Debug, Clone)]
pub struct EnrichmentSettings {
    /// Whether observables are looked for in descriptions, too.
    pub text: bool,
    /// Nothing of an entity that is marked above this is told to anyone.
    pub max_tlp: Tlp,
    /// An issue waits so long for all of them together.
    pub deadline: Duration,
    /// VirusTotal, if there is a key.
    pub virustotal: Option<VirusTotal>,
    /// A model, if there is one.
    pub ai: Option<Ai>,
}

/// How VirusTotal is asked.
#[derive(Debug, Clone)]
pub struct VirusTotal {
    /// Its origin.
    pub url: String,
    /// The API key.
    pub key: Secret,
    /// At most so many lookups for one event.
    pub max_lookups: usize,
}

/// How a model is asked: an interface as OpenAI's.
#[derive(Debug, Clone)]
pub struct Ai {
    /// The address that is asked, such as
    /// `http://localhost:11434/v1/chat/completions`. A query may hold a secret.
    pub address: Secret,
    /// The model's name.
    pub model: String,
    /// How the key is sent.
    pub auth: AiAuth,
    /// Local servers need none.
    pub key: Option<Secret>,
    /// The most tokens of an answer, with what the model thinks before it.
    pub max_tokens: u64,
    /// So long a late attempt takes; `None`: as long as there is time.
    pub deadline: Option<Duration>,
}

/// How a model's server is shown the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AiAuth {
    /// `Authorization: Bearer`.
    Bearer,
    /// `api-key`, as Azure wants it.
    ApiKey,
    /// Not at all.
    None,
}

impl EnrichmentSettings {
    /// Whether anyone is asked at all.
    pub fn asks_anyone(&self) -> bool {
        self.virustotal.is_some() || self.ai.is_some()
    }

    pub(super) fn read(read: &mut Reader<'_>) -> Self {
        let (virustotal, ai) = (virustotal(read), ai(read));
        let mut settings = Self {
            text: true,
            max_tlp: read.tlp("enrich_max_tlp").unwrap_or(Tlp::Green),
            deadline: DEADLINE,
            virustotal,
            ai,
        };
        if settings.virustotal.is_some() || settings.ai.is_some() {
            settings.text = text(read);
            settings.deadline = deadline(read);
        }
        settings
    }

    /// What stands beside a service that is not used.
    pub(super) fn check_unused(read: &mut Reader<'_>) {
        let virustotal = read.optional("virustotal_api_key").is_some();
        if !virustotal {
            max_lookups(read);
            read.host("virustotal_url", VIRUSTOTAL_PATH);
        }
        let ai = read.optional("ai_url").is_some();
        if !ai {
            read.host("ai_host", "the path stands in ai_url");
            ai_auth(read);
            ai_max_tokens(read);
            ai_deadline(read);
            let key = read.optional("ai_api_key").is_some();
            if !read.text("ai_model").is_empty() {
                read.mistake(
                    "ai_url: is not set, but ai_model is; it is the base of the model's interface, such as http://localhost:11434/v1",
                );
            } else if key {
                read.mistake(
                    "ai_api_key: is set, but ai_url and ai_model are not; a model needs both",
                );
            }
        }
        if !virustotal && !ai {
            text(read);
            deadline(read);
        }
    }
}

/// How long an issue waits if nothing else is set.
const DEADLINE: Duration = Duration::from_secs(8);
/// Where the path of VirusTotal's address goes.
const VIRUSTOTAL_PATH: &str = "leave the path out";
/// What is asked under a model's base.
const COMPLETIONS: &str = "/chat/completions";

fn text(read: &mut Reader<'_>) -> bool {
    read.flag("enrich_text", true)
}

fn deadline(read: &mut Reader<'_>) -> Duration {
    Duration::from_secs(read.number("enrichment_deadline", 1..=20, DEADLINE.as_secs()))
}

fn max_lookups(read: &mut Reader<'_>) -> usize {
    read.number("virustotal_max_lookups", 0..=50, 4) as usize
}

fn virustotal(read: &mut Reader<'_>) -> Option<VirusTotal> {
    let key = Secret::new(read.optional("virustotal_api_key")?);
    let host = read.host("virustotal_url", VIRUSTOTAL_PATH);
    let max_lookups = max_lookups(read);
    let url = match host {
        Some(Host::Origin(url)) => url,
        Some(Host::Unset) => {
            read.mistake("virustotal_url: is not set, but virustotal_api_key is; it is VirusTotal's origin, https://www.virustotal.com");
            return None;
        }
        None => return None,
    };
    Some(VirusTotal {
        url,
        key,
        max_lookups,
    })
}

fn ai_auth(read: &mut Reader<'_>) -> AiAuth {
    let choices = [
        ("bearer", AiAuth::Bearer),
        ("api-key", AiAuth::ApiKey),
        ("none", AiAuth::None),
    ];
    read.choice("ai_auth", &choices, AiAuth::Bearer)
}

fn ai_max_tokens(read: &mut Reader<'_>) -> u64 {
    read.number("ai_max_tokens", 100..=100_000, 2_000)
}

fn ai_deadline(read: &mut Reader<'_>) -> Option<Duration> {
    match read.number("ai_deadline", 1..=120, 0) {
        0 => None,
        seconds => Some(Duration::from_secs(seconds)),
    }
}

fn ai(read: &mut Reader<'_>) -> Option<Ai> {
    let url = read.optional("ai_url")?;
    let url = read.address("ai_url", url, "ai_host");
    let model = read.text("ai_model");
    let (auth, key) = (ai_auth(read), read.optional("ai_api_key").map(Secret::new));
    let (max_tokens, deadline) = (ai_max_tokens(read), ai_deadline(read));
    if model.is_empty() {
        read.mistake(
            "ai_model: is not set, but ai_url is; it is the model's name, such as llama3.1",
        );
    }
    Some(Ai {
        address: Secret::new(completions(url?.expose())),
        model,
        auth,
        key,
        max_tokens,
        deadline,
    })
}

/// Where a model is asked: the path of chat completions is added to the base,
/// before its query, unless it is there.
fn completions(url: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let base = base.trim_end_matches('/');
    let mut address = base.to_owned();
    if !base.ends_with(COMPLETIONS) {
        address.push_str(COMPLETIONS);
    }
    if !query.is_empty() {
        address.push('?');
        address.push_str(query);
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_goes_before_the_query_and_is_added_once() {
        for (url, address) in [
            ("http://h/v1", "http://h/v1/chat/completions"),
            ("http://h/v1/", "http://h/v1/chat/completions"),
            ("http://h/v1?", "http://h/v1/chat/completions"),
            ("http://h/v1#x", "http://h/v1/chat/completions"),
            ("http://h", "http://h/chat/completions"),
            (
                "http://h/v1/?api-version=2024-10-21&x=/y",
                "http://h/v1/chat/completions?api-version=2024-10-21&x=/y",
            ),
            (
                "https://x.openai.azure.com/openai/deployments/soc?api-version=2024-10-21",
                "https://x.openai.azure.com/openai/deployments/soc/chat/completions?api-version=2024-10-21",
            ),
            (
                "http://h/v1/chat/completions",
                "http://h/v1/chat/completions",
            ),
            (
                "http://h/v1/chat/completions/?x=1",
                "http://h/v1/chat/completions?x=1",
            ),
        ] {
            assert_eq!(completions(url), address, "{url}");
        }
    }
}
