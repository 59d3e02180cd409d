//! Who else is asked and told.

use super::*;

/// Everything that asks or tells others.
pub(super) const OTHERS: [(&str, &str); 10] = [
    ("virustotal_api_key", "vt-5ecret"),
    ("ai_url", "http://localhost:11434/v1/"),
    ("ai_host", "http://localhost:11434"),
    ("ai_model", "llama3.1"),
    (
        "slack_webhook_url",
        "https://hooks.slack.com/services/T0/B0/5ecret",
    ),
    (
        "teams_webhook_url",
        "https://prod-1.example.com:443/workflows/5ecret?sig=5ecret",
    ),
    ("teams_host", "https://prod-1.example.com"),
    ("splunk_dedup_fields", "src, user"),
    ("splunk_dedup_window", "2"),
    ("on_repeat_after_done", "new"),
];

#[test]
fn others_are_asked_and_told_only_if_they_are_configured() {
    let settings = load(&[]).unwrap();
    let enrichment = settings.enrichment().unwrap();
    assert!(enrichment.virustotal.is_none() && enrichment.ai.is_none());
    assert!(CHATS.iter().all(|chat| settings.webhook(chat) == Ok(None)));
    assert_eq!(enrichment.max_tlp, Tlp::Green);
    assert_eq!(enrichment.deadline, Duration::from_secs(8));
    let settings = load(&OTHERS).unwrap();
    let enrichment = settings.enrichment().unwrap();
    let virustotal = enrichment.virustotal.as_ref().unwrap();
    assert_eq!(virustotal.url, "https://www.virustotal.com");
    assert_eq!(virustotal.max_lookups, 4);
    let ai = enrichment.ai.as_ref().unwrap();
    assert_eq!(
        ai.address.expose(),
        "http://localhost:11434/v1/chat/completions"
    );
    assert_eq!(
        (ai.auth, ai.max_tokens, ai.deadline),
        (AiAuth::Bearer, 2_000, None)
    );
    assert!(
        CHATS
            .iter()
            .all(|chat| settings.webhook(chat).unwrap().is_some())
    );
    let notify = settings.notify().unwrap();
    assert!(notify.created && notify.dead_letter);
    let repeats = settings.repeats().unwrap();
    assert_eq!(repeats.dedup_fields, ["src", "user"]);
    assert_eq!(repeats.dedup_window, Duration::from_secs(7200));
    assert_eq!(repeats.after_done, AfterDone::New);
}

#[test]
fn an_address_is_compared_with_the_origin_that_spin_is_told() {
    for (name, value, named) in [
        ("slack_host", "", "slack_host"),
        (
            "slack_host",
            "https://hooks.slack-gov.com",
            "slack_webhook_url",
        ),
        (
            "slack_host",
            "https://hooks.slack.com/services",
            "slack_host",
        ),
        (
            "slack_webhook_url",
            "hooks.slack.com/5ecret",
            "slack_webhook_url",
        ),
        (
            "slack_webhook_url",
            "https://me:5ecret@hooks.slack.com/x",
            "slack_webhook_url",
        ),
        ("slack_host", super::super::host::UNSET, "slack_host"),
        ("teams_host", "", "teams_host"),
        ("teams_host", super::super::host::UNSET, "teams_host"),
        (
            "teams_host",
            "https://prod-1.example.com:444",
            "teams_webhook_url",
        ),
        ("ai_host", "", "ai_host"),
        ("ai_host", "http://localhost", "ai_url"),
        ("ai_url", "", "ai_url"),
        ("ai_url", "localhost:11434", "ai_url"),
        ("ai_model", "", "ai_model"),
        ("virustotal_url", "", "virustotal_url"),
        (
            "virustotal_url",
            super::super::host::UNSET,
            "virustotal_url",
        ),
        (
            "virustotal_url",
            "https://www.virustotal.com/api/v3",
            "virustotal_url",
        ),
        ("ai_auth", "basic", "ai_auth"),
        ("ai_max_tokens", "99", "ai_max_tokens"),
        ("ai_deadline", "121", "ai_deadline"),
        ("splunk_dedup_fields", "src,", "splunk_dedup_fields"),
        ("virustotal_max_lookups", "many", "virustotal_max_lookups"),
        ("enrich_max_tlp", "PURPLE", "enrich_max_tlp"),
        ("enrichment_deadline", "0", "enrichment_deadline"),
        ("notify_on", "always", "notify_on"),
        ("on_repeat_after_done", "close", "on_repeat_after_done"),
        ("splunk_dedup_window", "-1", "splunk_dedup_window"),
    ] {
        let settings = [&OTHERS[..], &[(name, value)]].concat();
        let found = mistakes(&settings);
        assert_eq!(found.len(), 1, "{name} = {value}: {found:?}");
        assert!(found[0].starts_with(named), "{name} = {value}: {found:?}");
        assert!(!found[0].contains("5ecret"), "{found:?}");
    }
}

#[test]
fn a_key_for_no_model_is_a_mistake() {
    let found = mistakes(&[("ai_api_key", "k-5ecret")]);
    assert!(
        found.len() == 1 && found[0].starts_with("ai_api_key"),
        "{found:?}"
    );
    assert!(!found[0].contains("5ecret"));
}

#[test]
fn a_model_is_asked_as_it_is_set() {
    let own = [
        ("ai_url", "http://localhost:11434/v1?api-version=1"),
        ("ai_auth", "API-Key"),
        ("ai_max_tokens", "700"),
        ("ai_deadline", "120"),
    ];
    let settings = load(&[&OTHERS[..], &own].concat()).unwrap();
    let ai = settings.enrichment().unwrap().ai.as_ref().unwrap();
    assert!(
        ai.address
            .expose()
            .ends_with("/v1/chat/completions?api-version=1")
    );
    assert_eq!((ai.auth, ai.max_tokens), (AiAuth::ApiKey, 700));
    assert_eq!(ai.deadline, Some(Duration::from_secs(120)));
    for (name, value) in [
        ("ai_auth", "basic"),
        ("ai_max_tokens", "0"),
        ("ai_deadline", "0"),
    ] {
        let found = mistakes(&[(name, value)]);
        assert!(
            found.len() == 1 && found[0].starts_with(name),
            "without a model: {found:?}"
        );
    }
}
