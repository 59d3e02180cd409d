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
    /// The base, such as `http://localhost:11434/v1`, without a trailing slash.
    pub url: String,
    /// The model's name.
    pub model: String,
    /// Local servers need none.
    pub key: Option<Secret>,
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

fn ai(read: &mut Reader<'_>) -> Option<Ai> {
    let url = read.optional("ai_url")?;
    let url = read.address("ai_url", url, "ai_host");
    let model = read.text("ai_model");
    let key = read.optional("ai_api_key").map(Secret::new);
    if model.is_empty() {
        read.mistake(
            "ai_model: is not set, but ai_url is; it is the model's name, such as llama3.1",
        );
    }
    if url.as_ref().is_some_and(|url| url.expose().contains('?')) {
        read.mistake("ai_url: has a query, but a path is added to it");
    }
    Some(Ai {
        url: url?.expose().trim_end_matches('/').to_owned(),
        model,
        key,
    })
}
