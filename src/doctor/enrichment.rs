//! Those who are asked about entities.

use super::exam::Exam;
use super::fields::listed;
use super::notes::Notes;
use super::report::{Check, Fix};
use crate::enrichment::{Models, Unwell, model, virustotal_quota};

pub(super) async fn examine(exam: Exam<'_>, notes: &Notes) {
    let Ok(settings) = exam.settings.enrichment() else {
        let why = "their settings are wrong (see above)";
        return notes.push(Check::skipped("services", why));
    };
    notes.push(match &settings.virustotal {
        Some(virustotal) => of_virustotal(virustotal_quota(exam.ports, virustotal).await),
        None => Check::skipped("virustotal", "is not used (virustotal_api_key)"),
    });
    notes.push(match &settings.ai {
        Some(ai) => of_model(&ai.model, model(exam.ports, ai).await),
        None => Check::skipped("model", "is not used (ai_url)"),
    });
}

fn of_virustotal(found: Result<Option<(u64, u64)>, Unwell>) -> Check {
    let name = "virustotal";
    match found {
        Ok(Some((used, allowed))) if used >= allowed => Check::warning(
            name,
            format!("{used} of {allowed} lookups of today are used"),
            Fix::new(
                &["virustotal_max_lookups"],
                "ask for fewer lookups an event, or get a key with more",
            ),
        ),
        Ok(Some((used, allowed))) => Check::ok(
            name,
            format!("{used} of {allowed} lookups of today are used"),
        ),
        Ok(None) => Check::ok(name, "the key is good; its quota was not told"),
        Err(unwell) => wrong(name, unwell, "virustotal_url", "virustotal_api_key"),
    }
}

fn of_model(model: &str, found: Result<Models, Unwell>) -> Check {
    let name = "model";
    match found {
        Ok(Models::Listed) => Check::ok(name, format!("the server has {model}")),
        Ok(Models::NoList) => Check::skipped(
            name,
            "the server answers, but lists no models: the first event shows whether it has this one",
        ),
        Ok(Models::NotListed(models)) => Check::wrong(
            name,
            format!("the server has no {model}; it has {}", listed(&models)),
            Fix::new(&["ai_model"], "use the name of one of these"),
        ),
        Err(unwell) => wrong(name, unwell, "ai_url", "ai_api_key"),
    }
}

fn wrong(name: &str, unwell: Unwell, address: &str, key: &str) -> Check {
    match unwell {
        Unwell::Key(why) => Check::wrong(
            name,
            format!("{why}: the key is refused"),
            Fix::new(&[key], "set a key that is valid"),
        ),
        Unwell::Address(why) => Check::wrong(
            name,
            why,
            Fix::new(
                &[address],
                "see the address, and whether the function's network lets it reach this host",
            ),
        ),
        Unwell::Passing(why) => Check::warning(
            name,
            why,
            Fix::new(&[address], "it may pass by itself: ask again"),
        ),
    }
}
