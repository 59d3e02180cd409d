//! What others know about an entity: a verdict for each of its observables,
//! and what a model makes of all of it. And what could not be had.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::observable::Observable;
use super::timestamp::Timestamp;

/// All that others said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Enrichment {
    /// VirusTotal's word on observables, in the order in which they were asked.
    pub verdicts: Vec<Verdict>,
    /// A model's analysis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub analysis: Option<Analysis>,
    /// What was asked for and is not there.
    pub missing: Vec<Missing>,
    /// So many observables were more than VirusTotal may be asked about.
    #[serde(skip_serializing_if = "is_none")]
    pub not_asked: usize,
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

/// What VirusTotal says of one observable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What it is about.
    pub observable: Observable,
    /// `None`: it has never seen it, which does not mean that it is clean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
    /// Its page for people.
    pub url: String,
}

/// VirusTotal's report: `data.attributes` of its API v3.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// Engines that call it malicious.
    pub malicious: u32,
    /// Engines that call it suspicious.
    pub suspicious: u32,
    /// Engines that looked at all.
    pub total: u32,
    /// The community's vote; may be negative.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reputation: Option<i64>,
    /// For files: what its malware family is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// For files: the name that tells most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it was analysed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub analysed: Option<Timestamp>,
}

/// What a model wrote: plain text of a stranger, within limits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Analysis {
    /// The model's name, as it was configured.
    pub model: String,
    /// What happened, in a few sentences.
    pub explanation: String,
    /// How bad the model takes it to be. Sets nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// Why it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What it would do next.
    pub next_steps: Vec<String>,
}

/// A part that was asked for and is not there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Missing {
    /// Who did not tell: `VirusTotal`, `AI analysis`.
    pub part: String,
    /// What it would have been about, if that says more.
    pub about: Vec<String>,
    /// Why, in a few words.
    pub why: String,
    /// Asking again may help, after so long; `None`: it will not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub again_after: Option<Duration>,
}

impl Enrichment {
    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.verdicts.is_empty() && self.analysis.is_none() && self.missing.is_empty()
    }

    /// Whether there is something that asking again may bring.
    pub fn is_incomplete(&self) -> bool {
        self.missing.iter().any(|it| it.again_after.is_some())
    }
}
