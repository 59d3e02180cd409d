//! The build that keeps its whole store on a Redis that it calls itself: one issue
//! for each entity, also where the platform's store has no atomic counters.
//!
//! `JIRA_INTAKE_STORE=outbound-redis` runs all other stories on it as well.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod harness;

use std::sync::Arc;

use futures::future::join_all;
use harness::operator::{FIRST_RETRY, OPERATED, until_quiet};
use harness::process::AHEAD;
use harness::redis::Redis;
use harness::states::event;
use harness::{Function, cloud, launch_on, owned, usual};
use jira_intake_standins::jira::{Fault, FaultKind, JiraStandIn, Operation};
use wasmtime::component::Component;
use wasmtime::{Config, Engine};

/// A process with this Redis and no other store.
async fn function(redis: &Arc<Redis>, jira: &JiraStandIn, own: &[(&str, &str)]) -> Function {
    let url = jira.url();
    let settings = [&usual(&url)[..], &OPERATED, own].concat();
    Function::launch(launch_on(redis, &settings)).await
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(no_redis, ignore = "redis-server is not installed")]
async fn twenty_deliveries_at_once_to_two_processes_make_one_issue() {
    let redis = Redis::start();
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let functions = [
        function(&redis, &jira, &[]).await,
        function(&redis, &jira, &[]).await,
    ];
    for entity in 0..10 {
        let posts = (0..20).map(|n| functions[n % 2].opencti(event(entity, 0)));
        let answers = join_all(posts).await;
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert!(statuses.iter().all(|status| *status < 300), "{statuses:?}");
        let created = statuses.iter().filter(|status| **status == 201).count();
        assert_eq!(created, 1, "{statuses:?}");
        assert_eq!(jira.count(Operation::Create), entity + 1);
    }
}

/// The keys of other programs in the same database are left alone.
#[tokio::test]
#[cfg_attr(no_redis, ignore = "redis-server is not installed")]
async fn what_is_put_off_is_filed_and_the_upkeep_sees_its_own_keys_only() {
    let redis = Redis::start();
    let strange = |number: u32| (format!("other/{number}"), b"theirs".to_vec());
    redis.fill((0..3000).map(strange));
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let function = function(&redis, &jira, &[]).await;
    let fault = Fault::new(FaultKind::UnavailableHtml { retry_after: None });
    jira.inject(fault.on(Operation::Create));
    assert_eq!(function.opencti(event(1, 0)).await.status, 202);
    tokio::time::sleep(FIRST_RETRY).await;
    until_quiet(&function).await;
    let pass = function
        .send(
            "POST",
            "/tasks/retry?upkeep=true",
            &[("x-api-key", OPERATED[0].1)],
        )
        .await;
    assert_eq!(pass.status, 200, "{}", pass.text());
    assert_eq!(jira.issues().len(), 1);
    let entries = redis.entries();
    let others = entries.iter().filter(|(key, _)| key.starts_with("other/"));
    assert_eq!(others.count(), 3000);
    let own = entries.iter().filter(|(key, _)| key.starts_with("jira-"));
    assert!(own.count() >= 1);
}

#[tokio::test]
#[cfg_attr(no_redis, ignore = "redis-server is not installed")]
#[cfg_attr(on_spin, ignore = "Spin cannot be told where to die")]
async fn another_process_goes_on_where_one_died_after_a_create() {
    let redis = Redis::start();
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let own = [("jira_api", "cloud")];
    let mut first = function(&redis, &jira, &own).await;
    first
        .restart_in(&[("JIRA_INTAKE_DIE", "after:outbound:1")])
        .await;
    let url = format!(
        "{}/webhooks/opencti?token={}",
        first.url(),
        harness::WEBHOOK_TOKEN
    );
    let client = jira_intake_standins::client::Client::default();
    let lost = client.post(&url, &[], event(1, 0).as_bytes()).await;
    assert!(lost.is_err(), "it died over it");
    assert_eq!(jira.issues().len(), 1);
    let mut launch = launch_on(&redis, &[]);
    let address = jira.url();
    let settings = [&usual(&address)[..], &OPERATED, &own].concat();
    launch.settings.extend(owned(&settings));
    // The lease of the one that died is over.
    launch.environment = owned(&[(AHEAD, "120")]);
    let second = Function::launch(launch).await;
    let again = second.opencti(event(1, 0)).await;
    assert!(again.status < 300, "{}", again.text());
    until_quiet(&second).await;
    assert_eq!(jira.issues().len(), 1);
}

#[tokio::test]
#[cfg_attr(no_redis, ignore = "redis-server is not installed")]
async fn a_login_is_used_and_never_shown() {
    let redis = Redis::with_password("redis-p@ss/5ecret");
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let login = ("redis_login", "redis-p@ss/5ecret");
    let good = function(&redis, &jira, &[login]).await;
    assert_eq!(good.opencti(event(1, 0)).await.status, 201);
    let bad = function(&redis, &jira, &[("redis_login", "wr0ng-5ecret")]).await;
    let ready = bad.send("GET", "/readyz", &[]).await;
    assert_eq!(ready.status, 503, "{}", ready.text());
    let said = format!("{}{:?}{:?}", ready.text(), bad.output(), good.output());
    assert!(!said.contains("5ecret"), "{said}");
}

#[tokio::test]
#[cfg_attr(no_redis, ignore = "redis-server is not installed")]
async fn what_is_wrong_with_the_redis_names_its_setting() {
    let redis = Redis::start();
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    for (url, says) in [
        ("redis://unset.invalid:6379", "redis_url: is not set"),
        ("redis://127.0.0.1:1", "Redis"),
    ] {
        let function = function(&redis, &jira, &[]).await;
        let mut function = function;
        function.set("redis_url", url);
        function.kill_and_restart().await;
        let open = function.send("GET", "/readyz", &[]).await;
        assert_eq!(open.status, 503, "{}", open.text());
        assert!(!open.text().contains(says), "{}", open.text());
        let operator = [("x-api-key", OPERATED[0].1)];
        let ready = function.send("GET", "/readyz", &operator).await;
        assert!(ready.text().contains(says), "{}", ready.text());
        let answer = function.opencti(event(1, 0)).await;
        assert_eq!(answer.status, 503, "{}", answer.text());
    }
}

#[test]
fn it_imports_no_store_of_the_platform() {
    let manifest =
        jira_intake_host::own_manifest().with_file_name("deploy/outbound-redis/spin.toml");
    let mut config = Config::new();
    config.wasm_component_model(true);
    let engine = Engine::new(&config).unwrap();
    let file = harness::component_of(&manifest);
    let component = Component::from_file(&engine, file).unwrap();
    let kind = component.component_type();
    let imports: Vec<&str> = kind.imports(&engine).map(|(name, _)| name).collect();
    assert!(imports.contains(&"fermyon:spin/redis@2.0.0"), "{imports:?}");
    let stores = imports
        .iter()
        .filter(|name| name.contains("key-value") || name.contains("keyvalue"));
    assert_eq!(stores.count(), 0, "{imports:?}");
}
