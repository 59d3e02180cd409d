//! What do others know about an event's entity? Never holds an issue back: what
//! cannot be had is missing.

mod analysis;
mod names;
mod probe;
mod service;
mod virustotal;

use std::time::Duration;

pub use names::names;
pub use probe::{Models, Unwell, model, virustotal as virustotal_quota};

use crate::markup::{from_html, plain_text};
use crate::model::{Enrichment, Entity, Missing, Observable, SourceProfile};
use crate::platform::Ports;
use crate::settings::{EnrichmentSettings, Markings};

/// One time of asking.
#[derive(Debug, Clone)]
pub struct Asking {
    /// All answers together may take so long.
    pub time: Duration,
    /// The model's part of it.
    pub model: ModelTime,
    /// It will be asked again: the model waits until VirusTotal has told what
    /// it may yet tell, and what asking again will not bring is left alone. At
    /// filing time and at the last time nobody waits.
    pub patient: bool,
}

/// How long a model may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelTime {
    /// What VirusTotal leaves of the time.
    Rest,
    /// So long; VirusTotal has what is left.
    For(Duration),
    /// It is not asked any more, for this reason.
    GivenUp(String),
}

/// Whether the model would be asked about an entity of which this is known.
pub fn wants_model(settings: &EnrichmentSettings, known: &Enrichment) -> bool {
    let mut lasting = known.missing.iter().filter(|it| it.again_after.is_none());
    settings.ai.is_some() && known.analysis.is_none() && !lasting.any(analysis::is_about)
}

/// Whether VirusTotal may yet tell more.
pub fn waits_for_virustotal(known: &Enrichment) -> bool {
    let mut missing = known.missing.iter();
    missing.any(|it| it.again_after.is_some() && !analysis::is_about(it))
}

/// Nobody asks the model again: what it was to tell will not come.
pub fn give_up_model(known: &mut Enrichment, why: &str) {
    let missing = known.missing.iter_mut();
    for missing in missing.filter(|it| it.again_after.is_some() && analysis::is_about(it)) {
        missing.again_after = None;
        missing.why = format!("{}; {why}", missing.why);
    }
}

/// Asks VirusTotal and a model what they make of the entity, as far as they are
/// configured and as its enrichment lacks them; all within the time. What could
/// not be had is noted as missing. Whether the model was asked.
pub async fn ask_others(
    ports: Ports<'_>,
    settings: &EnrichmentSettings,
    markings: &Markings,
    entity: &mut Entity,
    profile: &SourceProfile,
    asking: Asking,
) -> bool {
    let is_allowed = markings.allow_others(entity, settings.max_tlp);
    if !is_allowed || !settings.asks_anyone() {
        return false;
    }
    let began = ports.clock.now();
    let lasting = |it: &Missing| asking.patient && it.again_after.is_none();
    entity.enrichment.missing.retain(lasting);
    let is_settled = entity.enrichment.missing.iter().any(analysis::is_about);
    let is_known = entity.enrichment.analysis.is_some();
    let model = settings.ai.as_ref().filter(|_| !is_known && !is_settled);
    if let Some(virustotal) = &settings.virustotal {
        let time = match (model, &asking.model) {
            // The model needs longer for its answer than a database, but has
            // one to give where the others take long.
            (Some(_), ModelTime::Rest) => asking.time * 3 / 5,
            (Some(_), ModelTime::For(time)) => {
                asking.time.saturating_sub(*time).max(asking.time / 20)
            }
            (Some(_), ModelTime::GivenUp(_)) | (None, _) => asking.time,
        };
        let (wanted, not_asked) = unknown(entity, settings.text, virustotal.max_lookups);
        entity.enrichment.not_asked = not_asked;
        let (verdicts, missing) = virustotal::look_up(ports, virustotal, wanted, time).await;
        entity.enrichment.verdicts.extend(verdicts);
        entity.enrichment.missing.extend(missing);
    }
    let Some(model) = model else {
        return false;
    };
    let passed = ports.clock.now().since(began);
    let rest = asking.time.saturating_sub(passed);
    let waits = asking.patient && entity.enrichment.is_incomplete();
    let time = match asking.model {
        ModelTime::GivenUp(why) => Err(service::Lack::Lasting(why)),
        _ if waits => Err(service::Lack::passing("it waits for VirusTotal")),
        ModelTime::Rest => Ok(rest),
        ModelTime::For(time) => Ok(rest.min(time)),
    };
    let is_asked = time.is_ok();
    let answer = match time {
        Ok(time) => analysis::ask(ports, model, entity, profile, time).await,
        Err(lack) => Err(lack),
    };
    match answer {
        Ok(analysis) => entity.enrichment.analysis = Some(analysis),
        Err(lack) => entity.enrichment.missing.push(analysis::missing(lack)),
    }
    is_asked
}

/// The observables that VirusTotal may be asked about and has not spoken of, as
/// many as an event may have; and how many more there are.
fn unknown(entity: &Entity, text: bool, most: usize) -> (Vec<Observable>, usize) {
    let mut settled: Vec<&String> = Vec::new();
    for verdict in &entity.enrichment.verdicts {
        settled.push(&verdict.observable.value);
    }
    for missing in &entity.enrichment.missing {
        settled.extend(&missing.about);
    }
    let left = most.saturating_sub(settled.len());
    let mut wanted: Vec<Observable> = Vec::new();
    for observable in candidates(entity, text) {
        let is_new = !wanted.contains(&observable) && !settled.contains(&&observable.value);
        let has_place = virustotal::Place::of(&observable).is_some();
        if is_new && has_place && observable.is_public() {
            wanted.push(observable);
        }
    }
    let not_asked = wanted.len().saturating_sub(left);
    wanted.truncate(left);
    (wanted, not_asked)
}

/// All that an entity was seen on; what its sender names as such comes first.
fn candidates(entity: &Entity, text: bool) -> Vec<Observable> {
    let mut all = Vec::new();
    for observable in &entity.observables {
        all.extend(Observable::of_value(&observable.value));
    }
    if text {
        let content = entity.content.as_deref().unwrap_or_default();
        let content = plain_text(&from_html(content));
        let description = entity.description.as_deref().unwrap_or_default();
        for text in [&entity.name, description, &content] {
            all.append(&mut Observable::all_in(text));
        }
    }
    all
}

#[cfg(test)]
mod tests;
