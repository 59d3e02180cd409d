//! Two processes share one Redis: still one issue for each entity.
//!
//! The tests start a `redis-server` of their own; where it is not installed
//! they are reported as ignored.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod harness;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::join_all;
use harness::redis::Redis;
use harness::states::event;
use harness::storm::{ADMIN_TOKEN, Dice, Storm, admin, number, settle};
use harness::{Function, Launch, cloud, launch, usual};
use jira_intake_standins::jira::{ChaosRates, JiraStandIn, Operation};

/// A process that keeps its state in this Redis.
async fn function(redis: &Arc<Redis>, jira: &JiraStandIn) -> Function {
    let url = jira.url();
    let own = [
        ("jira_api", "cloud"),
        ("jira_index_lag", "4"),
        ("admin_token", ADMIN_TOKEN),
    ];
    let settings = [&usual(&url)[..], &own].concat();
    Function::launch(Launch {
        redis: Some(redis.clone()),
        ..launch(&settings)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(no_redis, ignore = "redis-server is not installed")]
async fn twenty_deliveries_at_once_to_two_processes_make_one_issue() {
    let redis = Redis::start();
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let functions = [function(&redis, &jira).await, function(&redis, &jira).await];
    for entity in 0..10 {
        let posts = (0..20).map(|n| functions[n % 2].opencti(event(entity, 0)));
        let answers = join_all(posts).await;
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert!(statuses.iter().all(|status| *status < 300), "{statuses:?}");
        let created = statuses.iter().filter(|status| **status == 201).count();
        assert_eq!(created, 1, "{statuses:?}");
        let keys = answers
            .iter()
            .map(|answer| answer.result()["issue"]["key"].to_string());
        assert_eq!(keys.collect::<BTreeSet<_>>().len(), 1);
        assert_eq!(jira.count(Operation::Create), entity + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(no_redis, ignore = "redis-server is not installed")]
async fn two_processes_of_which_one_is_killed_file_each_entity_once() {
    let redis = Redis::start();
    let seed = number("CHAOS_SEED", 2);
    let (entities, kills) = (number("CHAOS_ENTITIES", 100), number("CHAOS_KILLS", 4));
    eprintln!("CHAOS_SEED={seed} CHAOS_ENTITIES={entities} CHAOS_KILLS={kills}");
    let started = Instant::now();
    let options = cloud()
        .index_lag(Duration::from_secs(2))
        .write_limits(false);
    let jira = JiraStandIn::start(options).await.unwrap();
    let steady = function(&redis, &jira).await;
    let mut shaken = function(&redis, &jira).await;
    let mut dice = Dice::new(seed);
    let storm = Storm::brew(&mut dice, entities as usize);
    let both = |shaken: &Function| vec![steady.url().to_owned(), shaken.url().to_owned()];
    storm.aim(both(&shaken));
    jira.inject_chaos(
        seed,
        ChaosRates {
            garbage: 0.0,
            ..ChaosRates::default()
        },
    );
    let blowing = tokio::spawn({
        let storm = storm.clone();
        async move { storm.blow(seed).await }
    });
    for kill in 0..kills {
        storm
            .until(storm.deliveries * (kill as usize + 1) / (kills as usize + 2))
            .await;
        tokio::time::sleep(Duration::from_millis(dice.roll(400))).await;
        shaken.kill_and_restart().await;
        storm.aim(both(&shaken));
    }
    blowing.await.unwrap();
    let blown = started.elapsed();
    jira.clear_faults();
    let settled = settle(&both(&shaken), Duration::from_secs(600)).await;
    eprintln!(
        "{}, {kills} kills; {blown:.0?}, then {settled:.0?} to settle",
        storm.figures()
    );
    let faults = storm.faults_found(&jira);
    assert!(faults.is_empty(), "seed {seed}: {faults:#?}");
    let dead = admin(steady.url(), "GET", "/dead-letters").await;
    assert_eq!(dead["dead_letters"], serde_json::json!([]));
}
