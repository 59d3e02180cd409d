use std::cell::RefCell;

use serde_json::Value;

use super::*;
use crate::model::{Analysis, Enrichment, Named, Tlp, Verdict};
use crate::platform::fake::{Fake, block_on};
use crate::platform::{Http, Limits, LocalFuture, Pieces, SendError, Sent};
use crate::settings::{Ai, AiAuth, Secret, VirusTotal};
use crate::sources::opencti;

const STATS: &str =
    r#"{"data": {"attributes": {"last_analysis_stats": {"malicious": 3, "undetected": 67}}}}"#;
const WORDS: &str =
    r#"{"choices": [{"message": {"content": "It ran."}, "finish_reason": "stop"}]}"#;
const DOMAINS: [&str; 5] = ["a.top", "b.top", "c.top", "d.top", "e.top"];

fn settings(virustotal: bool, ai: bool) -> EnrichmentSettings {
    EnrichmentSettings {
        text: true,
        max_tlp: Tlp::Green,
        deadline: Duration::from_secs(8),
        virustotal: virustotal.then(|| VirusTotal {
            url: "https://vt.example".to_owned(),
            key: Secret::new("k"),
            max_lookups: 4,
        }),
        ai: ai.then(|| Ai {
            address: Secret::new("http://llm.example/v1/chat/completions"),
            model: "llama3.1".to_owned(),
            auth: AiAuth::Bearer,
            key: None,
            max_tokens: 2_000,
            deadline: None,
        }),
    }
}

fn named(values: &[&str]) -> Entity {
    let observable = |value: &&str| Observable {
        kind: "Domain-Name".to_owned(),
        value: (*value).to_owned(),
    };
    Entity {
        observables: values.iter().map(observable).collect(),
        ..Entity::default()
    }
}

fn asking(patient: bool) -> Asking {
    Asking {
        time: Duration::from_secs(8),
        model: ModelTime::Rest,
        patient,
    }
}

fn ask_with(ports: Ports<'_>, settings: &EnrichmentSettings, entity: &mut Entity, asking: Asking) {
    let profile = &opencti::PROFILE;
    let markings = Markings::default();
    block_on(ask_others(
        ports, settings, &markings, entity, profile, asking,
    ));
}

fn ask(fake: &Fake, settings: &EnrichmentSettings, entity: &mut Entity, patient: bool) {
    ask_with(fake.ports(), settings, entity, asking(patient));
}

/// The last segments of the addresses that were asked.
fn asked(fake: &Fake) -> Vec<String> {
    let paths = fake.requests.borrow();
    let last = |it: &http::Request<_>| it.uri().path().rsplit('/').next().unwrap().to_owned();
    paths.iter().map(last).collect()
}

fn told(fake: &Fake) -> Vec<(String, Option<u64>)> {
    let again = |it: &Missing| it.again_after.map(|again| again.as_secs());
    let entry = |it: &Missing| (format!("{}: {}", it.part, it.why), again(it));
    fake.values.borrow_mut().clear();
    let mut entity = named(&["a.top"]);
    ask(fake, &settings(true, true), &mut entity, false);
    entity.enrichment.missing.iter().map(entry).collect()
}

#[test]
fn both_are_asked_and_the_model_hears_virustotals_word() {
    let fake = Fake::default();
    fake.reply(200, &[], STATS);
    fake.reply(200, &[], WORDS);
    let mut entity = named(&["a.top"]);
    ask(&fake, &settings(true, true), &mut entity, false);
    assert_eq!(asked(&fake), ["a.top", "completions"]);
    assert_eq!(
        entity.enrichment.verdicts[0]
            .report
            .as_ref()
            .unwrap()
            .malicious,
        3
    );
    assert_eq!(entity.enrichment.analysis.unwrap().explanation, "It ran.");
    assert_eq!(entity.enrichment.missing, []);
    let requests = fake.requests.borrow();
    let body: Value = serde_json::from_slice(requests[1].body()).unwrap();
    let user: Value =
        serde_json::from_str(body["messages"][1]["content"].as_str().unwrap()).unwrap();
    assert_eq!(user["virustotal"][0]["observable"], "a.top");
    assert_eq!(user["virustotal"][0]["malicious"], 3);
}

#[test]
fn what_either_does_not_tell_is_missing_and_the_other_is_there() {
    let fake = Fake::default();
    fake.reply(503, &[], "");
    fake.reply(200, &[], WORDS);
    assert_eq!(
        told(&fake),
        [("VirusTotal: it answered 503".to_owned(), Some(60))]
    );
    fake.reply(200, &[], STATS);
    fake.reply(401, &[], "");
    assert_eq!(
        told(&fake),
        [("AI analysis: ai_api_key was refused".to_owned(), None)]
    );
}

#[test]
fn nothing_is_asked_where_nothing_is_configured() {
    let fake = Fake::default();
    let mut entity = named(&["a.top"]);
    entity
        .enrichment
        .missing
        .push(analysis::missing(service::Lack::passing("x")));
    let before = entity.clone();
    ask(&fake, &settings(false, false), &mut entity, false);
    assert_eq!(entity, before);
    assert_eq!(asked(&fake), [""; 0]);
}

#[test]
fn nothing_is_told_of_what_is_marked_above_the_limit() {
    for (tlp, count) in [
        (None, 2),
        (Some(Tlp::Clear), 2),
        (Some(Tlp::Green), 2),
        (Some(Tlp::Amber), 0),
        (Some(Tlp::Red), 0),
    ] {
        let fake = Fake::default();
        fake.reply(200, &[], STATS);
        fake.reply(200, &[], WORDS);
        let mut entity = named(&["a.top"]);
        entity.tlp = tlp;
        ask(&fake, &settings(true, true), &mut entity, false);
        assert_eq!(asked(&fake).len(), count, "{tlp:?}");
        assert_eq!(entity.enrichment.is_empty(), count == 0);
    }
}

#[test]
fn nothing_is_told_of_what_has_a_marking_that_is_not_understood() {
    let fake = Fake::default();
    let mut entity = named(&["a.top"]);
    entity.tlp = Some(Tlp::Clear);
    entity.mark(Named::by_name("PAP:RED".to_owned()));
    let settings = EnrichmentSettings {
        max_tlp: Tlp::Red,
        ..settings(true, true)
    };
    ask(&fake, &settings, &mut entity, false);
    assert_eq!(asked(&fake), [""; 0]);
}

#[test]
fn what_is_private_or_nothing_at_all_is_never_looked_up() {
    let fake = Fake::default();
    let mut entity = named(&["10.0.0.7", "192.168.1.1", "administrator", "", "a b"]);
    entity.description = Some("seen on 10.1.2.3 and http://10.1.2.3/x".to_owned());
    ask(&fake, &settings(true, false), &mut entity, false);
    assert_eq!(asked(&fake), [""; 0]);
    assert!(entity.enrichment.is_empty());
}

#[test]
fn what_texts_hold_is_looked_up_once_unless_texts_are_not_read() {
    for (text, expected) in [
        (true, &["a.top", "b.top", "c.top", "d.top"][..]),
        (false, &["a.top"]),
    ] {
        let fake = Fake::default();
        let mut entity = named(&["a[.]top", "a.top"]);
        entity.name = "b.top calls a.top".to_owned();
        entity.description = Some("again b.top and c.top".to_owned());
        entity.content = Some("<p>then <b>d.top</b></p>".to_owned());
        expected.iter().for_each(|_| fake.reply(200, &[], STATS));
        let settings = EnrichmentSettings {
            text,
            ..settings(true, false)
        };
        ask(&fake, &settings, &mut entity, false);
        assert_eq!(asked(&fake), expected);
    }
}

#[test]
fn an_event_has_only_so_many_lookups_all_in_all() {
    let fake = Fake::default();
    let mut entity = named(&DOMAINS);
    for status in [200, 503, 200, 503] {
        fake.reply(status, &[], STATS);
    }
    ask(&fake, &settings(true, false), &mut entity, false);
    assert_eq!(asked(&fake), DOMAINS[..4]);
    fake.requests.borrow_mut().clear();
    for _ in 0..2 {
        fake.reply(200, &[], STATS);
        fake.reply(200, &[], STATS);
        ask(&fake, &settings(true, false), &mut entity, true);
        assert_eq!(asked(&fake), ["b.top", "d.top"]);
    }
    assert_eq!(entity.enrichment.verdicts.len(), 4);
    assert_eq!(entity.enrichment.missing, []);
}

#[test]
fn asked_again_the_model_waits_for_virustotal_but_not_the_last_time() {
    let fake = Fake::default();
    let mut entity = named(&["a.top"]);
    fake.reply(429, &[("retry-after", "30")], "");
    fake.reply(503, &[], "");
    ask(&fake, &settings(true, true), &mut entity, false);
    assert_eq!(asked(&fake), ["a.top", "completions"]);
    ask(&fake, &settings(true, true), &mut entity, true);
    assert_eq!(asked(&fake).len(), 2);
    assert!(entity.enrichment.is_incomplete());
    assert_eq!(entity.enrichment.missing[1].why, "it waits for VirusTotal");
    fake.reply(200, &[], WORDS);
    ask(&fake, &settings(true, true), &mut entity.clone(), false);
    assert_eq!(asked(&fake).len(), 3);
    fake.now_ms.set(30_000);
    fake.reply(200, &[], STATS);
    fake.reply(200, &[], WORDS);
    ask(&fake, &settings(true, true), &mut entity, true);
    assert_eq!(entity.enrichment.missing, []);
    assert!(entity.enrichment.analysis.is_some());
}

#[test]
fn a_model_that_answered_is_not_asked_again() {
    for patient in [false, true] {
        let fake = Fake::default();
        let mut entity = named(&[]);
        entity.enrichment.analysis = Some(Analysis::default());
        ask(&fake, &settings(true, true), &mut entity, patient);
        assert_eq!(asked(&fake), [""; 0]);
    }
}

#[test]
fn what_asking_again_will_not_bring_is_left_alone_then() {
    let fake = Fake::default();
    let mut entity = named(&["a.top", "b.top"]);
    for status in [400, 503, 403] {
        fake.reply(status, &[], "");
    }
    ask(&fake, &settings(true, true), &mut entity, false);
    assert_eq!(entity.enrichment.missing.len(), 3);
    fake.requests.borrow_mut().clear();
    fake.reply(200, &[], STATS);
    ask(&fake, &settings(true, true), &mut entity, true);
    assert_eq!(asked(&fake), ["b.top"]);
    assert_eq!(entity.enrichment.missing.len(), 2);
    assert!(!entity.enrichment.is_incomplete());
}

#[test]
fn what_is_missing_now_replaces_what_was() {
    let fake = Fake::default();
    let mut entity = named(&["a.top"]);
    for status in [401, 503, 200, 200] {
        let body = if fake.replies.borrow().len() == 2 {
            STATS
        } else {
            WORDS
        };
        fake.reply(status, &[], body);
    }
    ask(&fake, &settings(true, true), &mut entity, false);
    assert_eq!(entity.enrichment.missing.len(), 2);
    ask(&fake, &settings(true, true), &mut entity, false);
    assert_eq!(entity.enrichment.missing, []);
}

/// Answers nothing, and each question takes all of its time.
struct Slow<'a> {
    fake: &'a Fake,
    timeouts: RefCell<Vec<u64>>,
}

impl Http for Slow<'_> {
    fn send<'a>(
        &'a self,
        _request: http::Request<Vec<u8>>,
        limits: Limits,
    ) -> LocalFuture<'a, Result<http::Response<Vec<u8>>, SendError>> {
        let timeout = limits.time.as_millis() as u64;
        self.timeouts.borrow_mut().push(timeout);
        let until = self.fake.now_ms.get() + timeout;
        let mut waited = false;
        Box::pin(std::future::poll_fn(move |context| {
            if !std::mem::replace(&mut waited, true) {
                context.waker().wake_by_ref();
                return std::task::Poll::Pending;
            }
            self.fake.now_ms.set(until);
            std::task::Poll::Ready(Err(SendError::Unclear("timed out after 1 ms".to_owned())))
        }))
    }

    fn open<'a>(
        &'a self,
        request: http::Request<Vec<u8>>,
        time: Duration,
    ) -> Sent<'a, Box<dyn Pieces + 'a>> {
        self.fake.open(request, time)
    }
}

#[test]
fn all_together_take_no_longer_than_they_may() {
    for (virustotal, ai, values, expected) in [
        (
            true,
            true,
            &["a.top", "b.top"][..],
            &[4_800, 4_800, 3_200][..],
        ),
        (true, false, &["a.top"], &[8_000]),
        (false, true, &["a.top"], &[8_000]),
        (true, true, &[], &[8_000]),
    ] {
        let fake = Fake::default();
        let slow = Slow {
            fake: &fake,
            timeouts: RefCell::default(),
        };
        let ports = Ports {
            http: &slow,
            ..fake.ports()
        };
        let mut entity = named(values);
        let settings = settings(virustotal, ai);
        ask_with(ports, &settings, &mut entity, asking(false));
        assert_eq!(*slow.timeouts.borrow(), expected);
        assert_eq!(fake.now_ms.get(), 8_000);
        assert!(
            entity
                .enrichment
                .missing
                .iter()
                .all(|it| it.why == "timed out")
        );
    }
}

#[test]
fn without_time_nothing_is_sent() {
    let fake = Fake::default();
    let mut entity = named(&["a.top"]);
    let asking = Asking {
        time: Duration::ZERO,
        ..asking(false)
    };
    ask_with(fake.ports(), &settings(true, true), &mut entity, asking);
    assert_eq!(asked(&fake), [""; 0]);
    assert!(
        entity
            .enrichment
            .missing
            .iter()
            .all(|it| it.why == "no time was left")
    );
    assert_eq!(entity.enrichment.missing.len(), 2);
}

#[test]
fn a_verdict_that_is_there_is_not_asked_for_again() {
    let fake = Fake::default();
    let mut entity = named(&["a.top"]);
    entity.enrichment = Enrichment {
        verdicts: vec![Verdict {
            observable: Observable::of_value("a.top").unwrap(),
            report: None,
            url: String::new(),
        }],
        ..Enrichment::default()
    };
    ask(&fake, &settings(true, false), &mut entity, false);
    assert_eq!(asked(&fake), [""; 0]);
}
