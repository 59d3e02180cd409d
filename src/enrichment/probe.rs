//! Whether those who are asked about entities would answer: questions that cost nothing.

use std::time::Duration;

use serde_json::Value;

use super::analysis;
use super::service::{Answer, Lack, Service};
use super::virustotal;
use crate::platform::Ports;
use crate::settings::{Ai, VirusTotal};

/// How long one may take to answer.
const TIME: Duration = Duration::from_secs(8);
/// What stands for a key where an answer repeats it.
const HIDDEN: &str = "<secret>";
/// The path of a model's address, and that of the list of models beside it.
const COMPLETIONS: &str = "/chat/completions";
const MODELS: &str = "/models";

/// Why somebody would not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unwell {
    /// The key is refused.
    Key(String),
    /// Nobody is there, or somebody else.
    Address(String),
    /// It may pass by itself.
    Passing(String),
}

/// What a model's server says of its models.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Models {
    /// Ours is among them.
    Listed,
    /// It is not; these are.
    NotListed(Vec<String>),
    /// The server has no list, as at Azure.
    NoList,
}

/// Asks VirusTotal for the quota of the key, which uses none of it: how many lookups
/// were made today, and how many may be. Source: VirusTotal's reference, "Get a user's
/// quota summary" (`GET /users/{id}/overall_quotas`); the id may be the key.
///
/// # Errors
/// Why it would not answer.
pub async fn virustotal(
    ports: Ports<'_>,
    settings: &VirusTotal,
) -> Result<Option<(u64, u64)>, Unwell> {
    let key = settings.key.expose();
    let id: String = form_urlencoded::byte_serialize(key.as_bytes()).collect();
    let address = format!("{}/api/v3/users/{id}/overall_quotas", settings.url);
    let service = &virustotal::SERVICE;
    let answer = service.ask(ports, &address, Some(key.to_owned()), None, TIME);
    let answer = answer.await.map_err(|lack| unanswered(lack, key))?;
    let quota = &answer.json["data"]["api_requests_daily"]["user"];
    let numbers = quota["used"].as_u64().zip(quota["allowed"].as_u64());
    match answer.status {
        200 if answer.json["data"].is_object() => Ok(numbers),
        // Nobody may be asked more often at the moment, which says that the key is good.
        429 => Ok(None),
        _ => Err(refused(service, &answer)),
    }
}

/// Asks a model's server for its models.
///
/// # Errors
/// Why it would not answer.
pub async fn model(ports: Ports<'_>, ai: &Ai) -> Result<Models, Unwell> {
    let (base, query) = ai
        .address
        .expose()
        .split_once('?')
        .unwrap_or((ai.address.expose(), ""));
    let base = base.strip_suffix(COMPLETIONS).unwrap_or(base);
    let mut address = format!("{base}{MODELS}");
    if !query.is_empty() {
        address = format!("{address}?{query}");
    }
    let service = analysis::service(ai.auth);
    let key = ai.key.as_ref().map_or("", |key| key.expose());
    let answer = service.ask(ports, &address, analysis::secret(ai), None, TIME);
    let answer = answer.await.map_err(|lack| unanswered(lack, key))?;
    match (answer.status, answer.json["data"].as_array()) {
        (200, Some(list)) => Ok(listed(list, &ai.model)),
        (404 | 405, _) if answer.json.is_object() => Ok(Models::NoList),
        _ => Err(refused(&service, &answer)),
    }
}

/// Ollama lists `llama3.1:latest` for what it answers to as `llama3.1`.
fn listed(list: &[Value], model: &str) -> Models {
    let ids = list.iter().filter_map(|it| it["id"].as_str());
    let ids: Vec<String> = ids.map(str::to_owned).collect();
    let latest = format!("{model}:latest");
    match ids.iter().any(|id| id == model || *id == latest) {
        true => Models::Listed,
        false => Models::NotListed(ids),
    }
}

fn refused(service: &Service, answer: &Answer) -> Unwell {
    match answer.status {
        401 | 403 => Unwell::Key(format!("it answered {}", answer.status)),
        status @ (408 | 429 | 500..) => Unwell::Passing(format!("it answered {status}")),
        status => Unwell::Address(format!(
            "something else answered {status}: check {}",
            service.address
        )),
    }
}

fn unanswered(lack: Lack, key: &str) -> Unwell {
    let (why, _) = lack.into_parts();
    match key.is_empty() {
        true => Unwell::Address(why),
        false => Unwell::Address(why.replace(key, HIDDEN)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::platform::SendError;
    use crate::platform::fake::{Fake, block_on};
    use crate::settings::tests::unchecked;

    const SETTINGS: [(&str, &str); 5] = [
        ("virustotal_api_key", "vt/5ecret"),
        ("ai_url", "http://localhost:11434/v1?x=1"),
        ("ai_host", "http://localhost:11434"),
        ("ai_model", "llama3.1"),
        ("ai_api_key", "ai-5ecret"),
    ];

    fn virustotal_says(status: u16, body: &Value) -> Result<Option<(u64, u64)>, Unwell> {
        let fake = Fake::default();
        fake.reply(status, &[], &body.to_string());
        let enrichment = unchecked(&SETTINGS).enrichment().unwrap();
        let found = virustotal(fake.ports(), enrichment.virustotal.as_ref().unwrap());
        let found = block_on(found);
        let sent = fake.requests.borrow();
        let path = sent[0].uri().path();
        assert_eq!(path, "/api/v3/users/vt%2F5ecret/overall_quotas");
        found
    }

    fn model_says(status: u16, body: &Value) -> Result<Models, Unwell> {
        let fake = Fake::default();
        fake.reply(status, &[], &body.to_string());
        let enrichment = unchecked(&SETTINGS).enrichment().unwrap();
        let found = block_on(model(fake.ports(), enrichment.ai.as_ref().unwrap()));
        let sent = fake.requests.borrow();
        assert_eq!(sent[0].uri(), "http://localhost:11434/v1/models?x=1");
        assert_eq!(sent[0].headers()["authorization"], "Bearer ai-5ecret");
        found
    }

    #[test]
    fn a_key_is_good_where_its_quota_is_told() {
        let quota = json!({"data": {"api_requests_daily": {"user": {"used": 3, "allowed": 500}}}});
        assert_eq!(virustotal_says(200, &quota), Ok(Some((3, 500))));
        assert_eq!(virustotal_says(429, &json!({})), Ok(None));
        assert!(matches!(
            virustotal_says(401, &json!({})),
            Err(Unwell::Key(_))
        ));
        let page = virustotal_says(200, &json!("a page"));
        assert!(matches!(page, Err(Unwell::Address(_))), "{page:?}");
        assert!(matches!(
            virustotal_says(503, &json!({})),
            Err(Unwell::Passing(_))
        ));
    }

    #[test]
    fn a_model_is_looked_for_in_the_list() {
        let list = |id: &str| json!({"data": [{"id": id}]});
        assert_eq!(
            model_says(200, &list("llama3.1:latest")),
            Ok(Models::Listed)
        );
        let other = Models::NotListed(vec!["other".to_owned()]);
        assert_eq!(model_says(200, &list("other")), Ok(other));
        assert_eq!(model_says(404, &json!({"error": {}})), Ok(Models::NoList));
        assert!(matches!(model_says(401, &json!({})), Err(Unwell::Key(_))));
        assert!(matches!(
            model_says(200, &json!([])),
            Err(Unwell::Address(_))
        ));
    }

    #[test]
    fn a_key_is_not_repeated() {
        let fake = Fake::default();
        let error = SendError::NotSent("no route to /users/vt/5ecret".to_owned());
        fake.replies.borrow_mut().push_back(Err(error));
        let enrichment = unchecked(&SETTINGS).enrichment().unwrap();
        let found = virustotal(fake.ports(), enrichment.virustotal.as_ref().unwrap());
        let found = format!("{:?}", block_on(found));
        assert!(!found.contains("5ecret"), "{found}");
    }
}
