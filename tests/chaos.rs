//! Everything goes wrong at once, and nothing is lost or filed twice.
//!
//! `CHAOS_SEED`, `CHAOS_ENTITIES` and `CHAOS_KILLS` set the stage; the seed is
//! printed. A long soak: `cargo test --test chaos -- --ignored --nocapture`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod harness;

use std::time::{Duration, Instant};

use harness::process::AHEAD;
use harness::storm::{ADMIN_TOKEN, Dice, Storm, admin, leftovers, number, settle, tell};
use harness::{Function, cloud};
use jira_intake_standins::jira::{ChaosRates, Fault, JiraStandIn, Operation};

/// Faults that a Jira has on a bad day. What a person must mend (401, 403) is
/// left out: it holds everything back for a minute.
fn bad_day() -> ChaosRates {
    ChaosRates {
        latency: 0.2,
        longest: Duration::from_millis(200),
        rate_limited: 0.02,
        server_error: 0.04,
        unavailable: 0.03,
        bad_gateway: 0.03,
        gateway_timeout: 0.03,
        reset_before: 0.04,
        reset_after: 0.08,
        cut_body: 0.03,
        ..ChaosRates::none()
    }
}

/// How a run is set up.
struct Stage {
    seed: u64,
    entities: u64,
    kills: u64,
    /// Clocks jump, also back, and Jira refuses logins and projects for a while.
    jumps: bool,
}

/// By so many seconds the clock can be ahead after a kill: by less than a lease, by a
/// hold, and by a wrong clock's days. After three days an event becomes a dead letter,
/// so it is less.
const JUMPS: [u64; 6] = [0, 0, 40, 200, 1200, 60 * 3600];

const SETTINGS: [(&str, &str); 3] = [
    ("jira_api", "cloud"),
    ("jira_index_lag", "4"),
    ("admin_token", ADMIN_TOKEN),
];

async fn run(stage: Stage) {
    let Stage {
        seed,
        entities,
        kills,
        jumps,
    } = stage;
    eprintln!("CHAOS_SEED={seed} CHAOS_ENTITIES={entities} CHAOS_KILLS={kills} jumps: {jumps}");
    let started = Instant::now();
    let options = cloud()
        .index_lag(Duration::from_secs(2))
        .write_limits(false);
    let jira = JiraStandIn::start(options).await.unwrap();
    let mut function = Function::start(&jira, &SETTINGS).await;
    let mut dice = Dice::new(seed);
    let storm = Storm::brew(&mut dice, entities as usize);
    storm.aim(vec![function.url().to_owned()]);
    jira.inject_chaos(seed, bad_day());
    let blowing = tokio::spawn({
        let storm = storm.clone();
        async move { storm.blow(seed).await }
    });
    let mut said = Vec::new();
    for kill in 0..kills {
        storm
            .until(storm.deliveries * (kill as usize + 1) / (kills as usize + 2))
            .await;
        tokio::time::sleep(Duration::from_millis(dice.roll(400))).await;
        said.extend(function.output());
        let mut ahead = 0;
        if jumps {
            ahead = JUMPS[dice.roll(JUMPS.len() as u64) as usize];
            // A hold of everything, and of a place.
            let status = [401, 403, 429][dice.roll(3) as usize];
            jira.inject(Fault::status(status).on(Operation::Create).times(2));
        }
        function
            .restart_in(&[(AHEAD, ahead.to_string().as_str())])
            .await;
        storm.aim(vec![function.url().to_owned()]);
        eprintln!(
            "{:.0?}: killed, {ahead} s ahead, {}",
            started.elapsed(),
            storm.figures()
        );
    }
    blowing.await.unwrap();
    let blown = started.elapsed();
    eprintln!("{blown:.0?}: all is acknowledged, {}", storm.figures());
    jira.clear_faults();
    if jumps {
        // Whoever was refused waits for a quarter of an hour.
        function.restart_in(&[(AHEAD, "2400")]).await;
    }
    let base = function.url().to_owned();
    let settled = settle(&[base.clone(), base.clone()], Duration::from_secs(600)).await;
    said.extend(function.output());
    // Later, nothing is needed any more of what was used to wait.
    function.restart_in(&[(AHEAD, "9600")]).await;
    let base = function.url().to_owned();
    for _ in 0..2 {
        admin(&base, "POST", "/tasks/retry?upkeep=true").await;
    }
    eprintln!(
        "{}, {kills} kills, {} requests to Jira; {blown:.0?}, then {settled:.0?} to settle",
        storm.figures(),
        jira.requests().len(),
    );
    let dead = admin(&base, "GET", "/dead-letters").await;
    let mut faults = storm.faults_found(&jira);
    faults.extend(leftovers(function.entries()));
    tell(&faults, &said, seed);
    assert!(faults.is_empty(), "seed {seed}: {faults:#?}");
    assert_eq!(dead["dead_letters"], serde_json::json!([]), "seed {seed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn through_crashes_and_outages_each_entity_has_one_issue_with_its_newest_content() {
    run(Stage {
        seed: number("CHAOS_SEED", 1),
        entities: number("CHAOS_ENTITIES", 300),
        kills: number("CHAOS_KILLS", 8),
        jumps: false,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn through_holds_and_clocks_that_jump_as_well() {
    run(Stage {
        seed: number("CHAOS_SEED", 7),
        entities: number("CHAOS_ENTITIES", 200),
        kills: number("CHAOS_KILLS", 8),
        jumps: true,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes an hour"]
async fn soak() {
    let first = number("CHAOS_SEED", 1000);
    for round in 0..number("CHAOS_ROUNDS", 20) {
        run(Stage {
            seed: first + round,
            entities: number("CHAOS_ENTITIES", 500),
            kills: number("CHAOS_KILLS", 15),
            jumps: round % 2 == 1,
        })
        .await;
    }
}
