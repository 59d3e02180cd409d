//! VirusTotal's word on observables: its API v3. A public key has four lookups
//! a minute, so answers are kept for a day and a spent quota is left alone.

use std::cell::Cell;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderName;
use serde_json::{Value, json};

use super::service::{Answer, Lack, Service};
use crate::model::{Missing, Observable, Report, Timestamp, Verdict};
use crate::platform::Ports;
use crate::platform::concurrent::side_by_side;
use crate::settings::VirusTotal;
use crate::store::memory;
use crate::text;
use crate::text::digest;

/// What people call it.
pub(super) const NAME: &str = "VirusTotal";
/// Under this name the end of a pause is remembered.
const PAUSE: &str = "pause-virustotal";
/// Why it says nothing for a while.
const SPENT: &str = "the key's quota is spent";
/// Whom we ask.
pub(super) static SERVICE: Service = Service {
    name: "VirusTotal",
    shows_path: true,
    address: "virustotal_url",
    key: "virustotal_api_key",
    header: HeaderName::from_static("x-apikey"),
};
/// VirusTotal's pages for people.
const PAGES: &str = "https://www.virustotal.com/gui";
/// Names and labels of strangers are cut.
const NAME_LIMIT: usize = 100;

/// Looks all of them up side by side. Returns what is known, and what it was
/// not told.
pub(super) async fn look_up(
    ports: Ports<'_>,
    settings: &VirusTotal,
    observables: Vec<Observable>,
    time: Duration,
) -> (Vec<Verdict>, Vec<Missing>) {
    let answers: Vec<_> = observables.iter().map(|_| Cell::new(None)).collect();
    let mut lookups = observables.iter().zip(&answers);
    side_by_side(observables.len(), &mut || {
        let (observable, answer) = lookups.next()?;
        Some(Box::pin(async move {
            answer.set(Some(verdict(ports, settings, observable, time).await));
        }))
    })
    .await;
    let mut verdicts = Vec::new();
    let mut missing = Vec::new();
    for (observable, answer) in observables.iter().zip(answers) {
        match answer.take() {
            Some(Ok(verdict)) => verdicts.push(verdict),
            Some(Err(lack)) => note(&mut missing, observable, lack),
            None => {}
        }
    }
    (verdicts, missing)
}

/// Notes what is missing, together with all that is for the same reason.
fn note(missing: &mut Vec<Missing>, observable: &Observable, lack: Lack) {
    let (why, again_after) = lack.into_parts();
    let about = observable.value.clone();
    match missing.iter_mut().find(|it| it.why == why) {
        Some(same) => {
            same.about.push(about);
            same.again_after = same.again_after.max(again_after);
        }
        None => missing.push(Missing {
            part: NAME.to_owned(),
            about: vec![about],
            why,
            again_after,
        }),
    }
}

/// Where VirusTotal has something.
pub(super) struct Place {
    collection: &'static str,
    page: &'static str,
    id: String,
}

impl Place {
    /// Where it would have this observable; `None` if it has no such things.
    pub(super) fn of(observable: &Observable) -> Option<Self> {
        let value = &observable.value;
        let kind = observable.kind.to_ascii_lowercase();
        let (collection, page) = match kind.as_str() {
            "ipv4-addr" | "ipv6-addr" => ("ip_addresses", "ip-address"),
            "domain-name" | "hostname" => ("domains", "domain"),
            "md5" | "sha-1" | "sha1" | "sha-256" | "sha256" => ("files", "file"),
            "url" => ("urls", "url"),
            _ => return None,
        };
        let id = match collection {
            "urls" => URL_SAFE_NO_PAD.encode(value),
            _ => value.clone(),
        };
        // An id stays one segment of a path, whatever it comes from.
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b".:-_".contains(&b);
        (!id.is_empty() && id.bytes().all(is_plain)).then_some(Self {
            collection,
            page,
            id,
        })
    }
}

async fn verdict(
    ports: Ports<'_>,
    settings: &VirusTotal,
    observable: &Observable,
    time: Duration,
) -> Result<Verdict, Lack> {
    let place = Place::of(observable).ok_or_else(|| Lack::lasting("it has no such things"))?;
    let about = format!("{} {}", observable.kind, observable.value);
    let name = format!("{}{}", memory::PASSING, digest(about.as_bytes()));
    if let Some(kept) = memory::recall(ports, &name, memory::PASSING_FOR)
        && let Ok(verdict) = serde_json::from_value(kept)
    {
        return Ok(verdict);
    }
    if let Some(rest) = pause(ports) {
        return Err(Lack::Passing(SPENT.to_owned(), rest));
    }
    let address = format!("{}/api/v3/{}/{}", settings.url, place.collection, place.id);
    let key = Some(settings.key.expose().to_owned());
    let answer = SERVICE.ask(ports, &address, key, None, time).await?;
    if answer.status == 429 {
        let until = ports.clock.now().after(answer.retry_after);
        memory::remember(ports, PAUSE, json!(until));
    }
    let verdict = Verdict {
        observable: observable.clone(),
        report: read(&answer)?,
        url: format!("{PAGES}/{}/{}", place.page, place.id),
    };
    memory::remember(ports, &name, json!(verdict));
    Ok(verdict)
}

/// What is left of a pause.
fn pause(ports: Ports<'_>) -> Option<Duration> {
    let until = memory::recall(ports, PAUSE, memory::PASSING_FOR)?.as_u64()?;
    let left = Timestamp::from_millis(until).since(ports.clock.now());
    (!left.is_zero()).then_some(left)
}

/// What an answer says: a report, or that VirusTotal has never seen it.
fn read(answer: &Answer) -> Result<Option<Report>, Lack> {
    if let Some(failure) = SERVICE.failure(answer) {
        return Err(failure);
    }
    let code = answer.json["error"]["code"].as_str().unwrap_or_default();
    match answer.status {
        200 => match report(&answer.json["data"]["attributes"]) {
            Some(report) => Ok(Some(report)),
            None => Err(Lack::passing("its answer cannot be read")),
        },
        404 if code == "NotFoundError" => Ok(None),
        // Only VirusTotal's own word makes something unknown.
        404 => Err(Lack::passing(
            "something else answered 404: check virustotal_url",
        )),
        429 => Err(Lack::Passing(SPENT.to_owned(), answer.retry_after)),
        status => {
            let code = text::short(code, 40);
            Err(Lack::Lasting(format!("it answered {status} {code}")))
        }
    }
}

/// `data.attributes`. Engines that ran into a timeout, failed or do not know
/// the type of the file have not looked, and do not count.
fn report(attributes: &Value) -> Option<Report> {
    let stats = attributes["last_analysis_stats"].as_object()?;
    let count = |name: &str| {
        let count = stats.get(name).and_then(Value::as_u64).unwrap_or_default();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    let name = |value: &Value| {
        let name = text::short(value.as_str()?, NAME_LIMIT);
        (!name.is_empty()).then_some(name)
    };
    let mut total: Option<u32> = None;
    for name in ["malicious", "suspicious", "harmless", "undetected"] {
        if stats.contains_key(name) {
            total = Some(total.unwrap_or_default().saturating_add(count(name)));
        }
    }
    let classified = &attributes["popular_threat_classification"];
    Some(Report {
        malicious: count("malicious"),
        suspicious: count("suspicious"),
        // Other numbers than VirusTotal's are no report.
        total: total?,
        reputation: attributes["reputation"].as_i64(),
        label: name(&classified["suggested_threat_label"]),
        name: name(&attributes["meaningful_name"]),
        analysed: attributes["last_analysis_date"]
            .as_u64()
            .map(Timestamp::from_secs),
    })
}

#[cfg(test)]
mod tests;
