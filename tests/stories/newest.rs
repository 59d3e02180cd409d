//! Whatever became of the answers to edits, Jira shows the newest state in the
//! end, also where that is one that it showed before.
//!
//! `NEWEST_SEED` takes the place of the seeds, `NEWEST_ENTITIES` says how many
//! entities there are.

use std::time::{Duration, Instant};

use crate::harness::objects::at_once;
use crate::harness::operator::{OPERATED, until_quiet};
use crate::harness::storm::{ADMIN_TOKEN, Dice, Storm, admin, number, settle, tell, unfinished};
use crate::harness::{Function, cloud, samples, with_settings};
use jira_intake_standins::jira::{ChaosRates, Fault, FaultKind, Issue, JiraStandIn, Operation};

/// States of each entity.
const STATES: usize = 5;

const SETTINGS: [(&str, &str); 3] = [
    ("jira_api", "cloud"),
    ("jira_index_lag", "2"),
    ("admin_token", ADMIN_TOKEN),
];

/// Of ten edits, four are made and not answered, and one is not made. All else
/// goes wrong now and then.
fn lose_answers(jira: &JiraStandIn, seed: u64) {
    let lost = [
        FaultKind::ResetAfter,
        FaultKind::CutBody,
        FaultKind::BadGateway { done: true },
        FaultKind::GatewayTimeout { done: true },
        FaultKind::ResetBefore,
    ];
    for what in lost {
        let fault = Fault::new(what).on(Operation::Update);
        jira.inject(fault.always().with_probability(0.11));
    }
    let elsewhere = ChaosRates {
        reset_before: 0.02,
        reset_after: 0.03,
        bad_gateway: 0.02,
        cut_body: 0.02,
        ..ChaosRates::none()
    };
    jira.inject_chaos(seed, elsewhere);
}

/// How many edits were sent, and how many of them were not answered well.
fn edits(jira: &JiraStandIn) -> (usize, usize) {
    let edits = jira.requests_for(Operation::Update);
    let lost = edits.iter().filter(|edit| edit.status != Some(204));
    (edits.len(), lost.count())
}

async fn run(seed: u64, entities: usize) {
    eprintln!("NEWEST_SEED={seed} NEWEST_ENTITIES={entities}");
    let started = Instant::now();
    let options = cloud()
        .index_lag(Duration::from_secs(1))
        .write_limits(false)
        .seed(seed);
    let jira = JiraStandIn::start(options).await.unwrap();
    let function = Function::start(&jira, &SETTINGS).await;
    let storm = Storm::in_order(&mut Dice::new(seed), entities, STATES);
    storm.aim(vec![function.url().to_owned()]);
    lose_answers(&jira, seed);
    storm.blow(seed).await;
    let blown = started.elapsed();
    let (sent, lost) = edits(&jira);
    jira.clear_faults();
    let base = function.url().to_owned();
    let settled = settle(std::slice::from_ref(&base), Duration::from_secs(300)).await;
    eprintln!(
        "{}, {sent} edits, {lost} of them not answered; {blown:.0?}, then {settled:.0?} to settle",
        storm.figures()
    );
    let mut faults = storm.faults_found(&jira);
    faults.extend(unfinished(function.entries()));
    tell(&faults, &function.output(), seed);
    assert!(faults.is_empty(), "seed {seed}: {faults:#?}");
    let dead = admin(&base, "GET", "/dead-letters").await;
    assert_eq!(dead["dead_letters"], serde_json::json!([]), "seed {seed}");
    assert!(
        lost > entities / 2,
        "seed {seed}: hardly an answer was lost"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn after_lost_answers_jira_shows_the_newest_state_of_each_entity() {
    let entities = number("NEWEST_ENTITIES", 160) as usize;
    let seeds = match number("NEWEST_SEED", 0) {
        0 => vec![1, 2],
        seed => vec![seed],
    };
    at_once(seeds, async |seed| run(seed, entities).await).await;
}

/// The incident of the story below, as it is on a day of March.
fn on_day(day: u64, severity: &str, label: &str) -> String {
    let mut event = samples::incident("back-to-the-first", "Edit whose answer is lost");
    event["type"] = if day == 1 { "create" } else { "update" }.into();
    event["data"]["modified"] = format!("2026-03-{day:02}T08:00:00.000Z").into();
    event["data"]["severity"] = severity.into();
    event["data"]["labels"] = [label].into();
    event.to_string()
}

/// A, then B with a lost answer, then A again: as far as anybody was told, Jira
/// shows A all the time.
#[tokio::test]
async fn what_is_as_it_was_before_a_lost_edit_is_written_again() {
    for lost in [
        FaultKind::ResetAfter,
        FaultKind::BadGateway { done: true },
        FaultKind::GatewayTimeout { done: true },
    ] {
        let (jira, function) = with_settings(cloud(), &OPERATED).await;
        let first = function.opencti(on_day(1, "low", "a")).await;
        assert_eq!(first.status, 201, "{}", first.text());
        jira.inject(Fault::new(lost).on(Operation::Update));
        let second = function.opencti(on_day(2, "critical", "b")).await;
        assert_eq!(second.status, 202, "{}", second.text());
        let shown = |issue: &Issue| (issue.priority().to_owned(), issue.labels()[0].to_owned());
        assert_eq!(shown(&jira.issues()[0]), ("Highest".into(), "b".into()));
        function.opencti(on_day(3, "low", "a")).await;
        until_quiet(&function).await;
        let issue = &jira.issues()[0];
        assert_eq!(shown(issue), ("Low".into(), "a".into()));
        assert_eq!(issue.labels().len(), 2, "{:?}", issue.labels());
        assert!(issue.comments.is_empty(), "{}", issue.comments[0].text());
    }
}
