//! Who else is asked about an entity, and how much they may be told.

use std::time::Duration;

use super::Secret;
use super::host::Host;
use super::reader::Reader;
use crate::event::Tlp;

/// The settings of enrichment.
#[derive(Debug, Clone)]
pub struct Enrichment {
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

impl Enrichment {
    pub(super) fn read(read: &mut Reader<'_>) -> Self {
        Self {
            text: read.flag("enrich_text", true),
            max_tlp: read.tlp("enrich_max_tlp").unwrap_or(Tlp::Green),
            deadline: Duration::from_secs(read.number("enrichment_deadline", 1..=20, 8)),
            virustotal: virustotal(read),
            ai: ai(read),
        }
    }
}

fn virustotal(read: &mut Reader<'_>) -> Option<VirusTotal> {
    let key = read.optional("virustotal_api_key");
    let host = read.host("virustotal_url", "leave the path out");
    let max_lookups = read.number("virustotal_max_lookups", 0..=50, 4) as usize;
    let key = Secret::new(key?);
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
    let is_set = !read.text("ai_url").is_empty();
    let url = read.address("ai_url", "ai_host");
    let model = read.text("ai_model");
    let key = read.optional("ai_api_key").map(Secret::new);
    match (is_set, model.is_empty()) {
        (true, true) => read.mistake(
            "ai_model: is not set, but ai_url is; it is the model's name, such as llama3.1",
        ),
        (false, false) => read.mistake(
            "ai_url: is not set, but ai_model is; it is the base of the model's interface, such as http://localhost:11434/v1",
        ),
        (false, true) if key.is_some() => read.mistake(
            "ai_api_key: is set, but ai_url and ai_model are not; a model needs both",
        ),
        _ => {}
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
