//! What VirusTotal tells about something it knows.

use serde_json::{Value, json};

use super::observable::Observable;
use crate::chance::Chance;

/// When something is said to have been analysed, unless a test says otherwise.
const ANALYSED: i64 = 1_763_700_000;

/// When it was seen first: thirty days before.
const SEEN_FIRST: i64 = ANALYSED - 30 * 86_400;

/// Engines with a name; the others are only counted.
const ENGINES: [&str; 5] = ["BitDefender", "ClamAV", "ESET-NOD32", "Kaspersky", "Sophos"];

/// What the engines say of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How many engines call it malicious.
    pub malicious: u32,
    /// How many call it suspicious.
    pub suspicious: u32,
    /// How many call it harmless.
    pub harmless: u32,
    /// How many found nothing.
    pub undetected: u32,
    /// The community's vote; may be negative.
    pub reputation: i64,
    /// A file's `suggested_threat_label`.
    pub label: Option<String>,
    /// A file's `meaningful_name`.
    pub name: Option<String>,
    /// Seconds since 1970; VirusTotal leaves it out at times.
    pub last_analysis_date: Option<i64>,
}

impl Verdict {
    /// Called malicious by so many of 72 engines.
    pub fn malicious(count: u32) -> Verdict {
        Verdict {
            malicious: count,
            undetected: 72_u32.saturating_sub(count),
            reputation: -i64::from(count),
            ..Verdict::clean()
        }
    }

    /// Known, and nobody has anything against it.
    pub fn clean() -> Verdict {
        Verdict {
            malicious: 0,
            suspicious: 0,
            harmless: 0,
            undetected: 72,
            reputation: 0,
            label: None,
            name: None,
            last_analysis_date: Some(ANALYSED),
        }
    }

    /// With this threat label, such as `trojan.mimikatz/hacktool`.
    #[must_use]
    pub fn labelled(mut self, label: &str) -> Verdict {
        self.label = Some(label.to_owned());
        self
    }

    /// With this file name.
    #[must_use]
    pub fn named(mut self, name: &str) -> Verdict {
        self.name = Some(name.to_owned());
        self
    }

    /// Analysed at this time (seconds since 1970), or nobody knows when.
    #[must_use]
    pub fn analysed(mut self, at: Option<i64>) -> Verdict {
        self.last_analysis_date = at;
        self
    }
}

/// The answer's body.
pub(super) fn report(kind: Observable, value: &str, verdict: &Verdict) -> Value {
    let mut attributes = common(kind, verdict);
    let more = match kind {
        Observable::File => file(value, verdict),
        Observable::Ip => ip(value),
        Observable::Domain => domain(),
        Observable::Url => url(value),
    };
    if let (Some(attributes), Value::Object(more)) = (attributes.as_object_mut(), more) {
        attributes.extend(more);
    }
    let id = match kind {
        Observable::File => hash(value, 64),
        Observable::Url => digits(value, 64),
        Observable::Ip | Observable::Domain => value.to_owned(),
    };
    let link = format!(
        "https://www.virustotal.com/api/v3/{}/{id}",
        kind.collection()
    );
    json!({
        "data": {
            "id": id,
            "type": kind.type_name(),
            "links": {"self": link},
            "attributes": attributes,
        },
    })
}

fn common(kind: Observable, verdict: &Verdict) -> Value {
    let mut stats = json!({
        "malicious": verdict.malicious,
        "suspicious": verdict.suspicious,
        "undetected": verdict.undetected,
        "harmless": verdict.harmless,
        "timeout": 0,
    });
    if kind == Observable::File {
        for more in ["confirmed-timeout", "failure", "type-unsupported"] {
            stats[more] = json!(0);
        }
    }
    let mut attributes = json!({
        "last_analysis_stats": stats,
        "last_analysis_results": results(verdict),
        "reputation": verdict.reputation,
        "total_votes": {"harmless": 0, "malicious": verdict.malicious / 10},
        "tags": [],
        "last_modification_date": ANALYSED,
    });
    if let Some(at) = verdict.last_analysis_date {
        attributes["last_analysis_date"] = json!(at);
    }
    attributes
}

/// A few engines by name; the first of them are the ones that object.
fn results(verdict: &Verdict) -> Value {
    let objecting = usize::try_from(verdict.malicious).unwrap_or(usize::MAX);
    let results = ENGINES.iter().enumerate().map(|(index, engine)| {
        let (category, result) = match index < objecting {
            true => (
                "malicious",
                Some(verdict.label.as_deref().unwrap_or("malware")),
            ),
            false => ("undetected", None),
        };
        let result = json!({
            "engine_name": engine, "category": category, "result": result, "method": "blacklist",
        });
        ((*engine).to_owned(), result)
    });
    Value::Object(results.collect())
}

fn file(value: &str, verdict: &Verdict) -> Value {
    let mut attributes = json!({
        "md5": hash(value, 32),
        "sha1": hash(value, 40),
        "sha256": hash(value, 64),
        "size": 1_355_264,
        "type_description": "Win32 EXE",
        "type_tag": "peexe",
        "names": verdict.name.iter().collect::<Vec<_>>(),
        "first_submission_date": SEEN_FIRST,
        "last_submission_date": ANALYSED,
        "times_submitted": 3,
    });
    if let Some(name) = &verdict.name {
        attributes["meaningful_name"] = json!(name);
    }
    if let Some(label) = &verdict.label {
        let (category, family) = label.split_once('.').unwrap_or(("trojan", label));
        attributes["popular_threat_classification"] = json!({
            "suggested_threat_label": label,
            "popular_threat_category": [{"value": category, "count": verdict.malicious}],
            "popular_threat_name": [{"value": family, "count": verdict.malicious}],
        });
    }
    attributes
}

fn ip(value: &str) -> Value {
    json!({
        "asn": 64_496,
        "as_owner": "Example Networks",
        "country": "NL",
        "continent": "EU",
        "network": format!("{value}/24"),
        "regional_internet_registry": "RIPE NCC",
        "whois": "netname: EXAMPLE-NET",
    })
}

fn domain() -> Value {
    json!({
        "registrar": "Example Registrar",
        "creation_date": SEEN_FIRST,
        "categories": {"Sophos": "spyware and malware"},
        "last_dns_records": [],
        "whois": "Registrar: Example Registrar",
    })
}

fn url(value: &str) -> Value {
    json!({
        "url": value,
        "last_final_url": value,
        "title": "Sign in",
        "categories": {},
        "times_submitted": 1,
        "first_submission_date": SEEN_FIRST,
        "last_http_response_code": 200,
        "threat_names": [],
        "html_meta": {},
        "has_content": false,
    })
}

/// The hash of this length: the one asked for, or made up from it.
fn hash(value: &str, length: usize) -> String {
    match value.len() == length {
        true => value.to_owned(),
        false => digits(value, length),
    }
}

/// The same text gives the same hexadecimal digits.
fn digits(text: &str, length: usize) -> String {
    let seed = text.bytes().fold(0_u64, |seed, byte| {
        seed.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    let mut chance = Chance::new(seed);
    let mut digits = String::new();
    while digits.len() < length {
        digits.push_str(&format!("{:016x}", chance.next()));
    }
    digits.truncate(length);
    digits
}
