//! Beside components that do next to nothing, on the same host.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jira_intake_host::own_manifest;
use jira_intake_standins::jira::JiraStandIn;

use crate::events::{self, Kind};
use crate::harness::redis::Redis;
use crate::harness::storm::number;
use crate::harness::{Function, WEBHOOK_TOKEN, cloud, launch, owned, usual};
use crate::load::{Post, send_all};
use crate::report::{Series, Table};
use crate::{rounds, server};

/// So many clients post at once.
const CLIENTS: [usize; 3] = [1, 12, 64];
const SETTINGS: [(&str, &str); 2] = [
    ("jira_api", "cloud"),
    // Nothing links anywhere: one request files an issue.
    ("opencti_url", "https://unset.invalid"),
];
/// What is done after an answer is over by then.
const AFTERWARDS: Duration = Duration::from_millis(200);

/// Where the data is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    Redis,
    Sqlite,
}

impl Kept {
    pub(crate) fn redis(self) -> Option<Arc<Redis>> {
        (self == Self::Redis).then(Redis::start)
    }
}

/// jira-intake with the settings that are measured, in front of such a Jira.
pub(crate) async fn function(jira: &JiraStandIn, redis: Option<Arc<Redis>>) -> Function {
    let url = jira.url();
    let settings = [&usual(&url)[..], &SETTINGS, &[("log_level", "info")]].concat();
    let mut launch = launch(&settings);
    launch.redis = redis;
    Function::launch(launch).await
}

/// The component that does next to nothing; it forwards to the same Jira.
async fn bare(jira: &JiraStandIn, redis: Option<Arc<Redis>>) -> Function {
    let mut launch = launch(&[]);
    launch.manifest = own_manifest().with_file_name("benches/bare/spin.toml");
    let target = jira.url();
    launch.settings = owned(&[
        ("target", &target),
        ("authorization", &jira.authorization()),
    ]);
    launch.redis = redis;
    Function::launch(launch).await
}

/// The same component under jira-intake's own manifest: as many variables, as many hosts.
async fn floor(jira: &JiraStandIn, redis: Option<Arc<Redis>>) -> Function {
    let url = jira.url();
    let mut launch = launch(&[&usual(&url)[..], &SETTINGS].concat());
    let own = own_manifest();
    let root = own.parent().unwrap().canonicalize().unwrap();
    let root = root.to_str().unwrap();
    let manifest = std::fs::read_to_string(&own).unwrap();
    let component =
        format!("source = \"{root}/target/component/wasm32-wasip2/release/jira_intake_bare.wasm\"");
    let manifest = manifest
        .replace(
            "source = \"target/component/wasm32-wasip2/release/jira_intake.wasm\"",
            &component,
        )
        .replace("--package jira-intake ", "--package jira-intake-bare ")
        .replace(
            "[component.jira-intake.build]\n",
            &format!("[component.jira-intake.build]\nworkdir = \"{root}\"\n"),
        );
    assert!(manifest.contains("jira_intake_bare.wasm") && manifest.contains("jira-intake-bare"));
    launch.manifest = launch.state.path().join("floor.toml");
    std::fs::write(&launch.manifest, manifest).unwrap();
    launch.redis = redis;
    Function::launch(launch).await
}

/// One event for jira-intake.
pub(crate) fn delivery(function: &Function, kind: Kind, id: &str, state: usize) -> Post {
    Post {
        url: format!("{}/webhooks/opencti", function.url()),
        headers: vec![("authorization", format!("Bearer {WEBHOOK_TOKEN}"))],
        body: events::of(kind, id, state).to_string().into_bytes(),
        expected: kind.outcome(),
    }
}

/// The routes of the bare component.
const BARE: [&str; 6] = [
    "/hello",
    "/read",
    "/write",
    "/forward",
    "/write-forward",
    "/calls-forward",
];

/// Its routes that make the calls of an event of jira-intake.
const FLOORS: [&str; 3] = ["/floor-created", "/floor-duplicate", "/floor-ignored"];

/// What one round of one measurement gave.
#[derive(Clone, Copy, Debug)]
struct Cost {
    /// Requests in a second.
    rate: f64,
    /// Milliseconds of processor time for each.
    cpu: f64,
}

/// One series of requests.
async fn cost(function: &Function, posts: Vec<Post>, clients: usize) -> Cost {
    let count = posts.len() as f64;
    let before = server::cpu(function.group());
    let took = send_all(posts, clients).await;
    tokio::time::sleep(AFTERWARDS).await;
    let used = server::cpu(function.group()) - before;
    Cost {
        rate: count / took.as_secs_f64(),
        cpu: used.as_secs_f64() * 1000.0 / count,
    }
}

type Costs = BTreeMap<String, Cost>;

/// All rounds, on one store with so many clients.
async fn all_rounds(kept: Kept, clients: usize) -> Vec<Costs> {
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let bare = bare(&jira, kept.redis()).await;
    let floor = floor(&jira, kept.redis()).await;
    let function = function(&jira, kept.redis()).await;
    let posts = usize::try_from(number("EVENTS", 300)).unwrap();
    let mut all = Vec::new();
    // The first one warms up.
    for round in 0..=rounds() {
        let mut costs = Costs::new();
        for route in BARE {
            let body = |it| bare_post(&bare, route, round * posts + it);
            let cost = cost(&bare, (0..posts).map(body).collect(), clients).await;
            costs.insert(route.to_owned(), cost);
        }
        for route in FLOORS {
            let body = |it| {
                let mut post = bare_post(&floor, route, round * posts + it);
                post.headers.push(("x-login", jira.authorization()));
                post.expected = "";
                post
            };
            let cost = cost(&floor, (0..posts).map(body).collect(), clients).await;
            costs.insert(route.to_owned(), cost);
        }
        for kind in Kind::ALL {
            let post = |it| {
                let id = format!("{clients}-{round}-{it}");
                delivery(&function, kind, &id, it + 1)
            };
            let cost = cost(&function, (0..posts).map(post).collect(), clients).await;
            costs.insert(kind.outcome().to_owned(), cost);
        }
        all.push(costs);
    }
    all.split_off(1)
}

/// The bare component posts what jira-intake would post: an issue.
fn bare_post(bare: &Function, route: &str, number: usize) -> Post {
    let fields = serde_json::json!({ "fields": {
        "project": { "key": "SOC" },
        "issuetype": { "name": "Task" },
        "summary": format!("Bare {number}"),
        "description": { "type": "doc", "version": 1, "content": [
            { "type": "paragraph", "content": [{ "type": "text", "text": events::prose(1024).replace('\n', " ") }] },
        ] },
    } });
    Post {
        url: format!("{}{route}", bare.url()),
        headers: vec![("x-key", format!("key-{number}"))],
        body: fields.to_string().into_bytes(),
        expected: "{}",
    }
}

/// What each is compared with: the outcome, the route, and what is wanted.
fn compared(kept: Kept) -> [(&'static str, &'static str, &'static str); 9] {
    let (filing, wanted) = match kept {
        Kept::Redis => ("/forward", "0.5"),
        Kept::Sqlite => ("/write-forward", "0.35"),
    };
    [
        ("created", filing, wanted),
        // What the same calls cost a component that does no work of its own.
        ("/floor-created", filing, ""),
        ("created", "/calls-forward", ""),
        ("created", "/floor-created", ""),
        ("updated", filing, ""),
        ("duplicate", "/read", "0.9"),
        ("/floor-duplicate", "/read", ""),
        ("ignored", "/read", "0.9"),
        ("/floor-ignored", "/read", ""),
    ]
}

/// Both tables.
pub(crate) async fn measure() -> String {
    let mut costs = Table::new(&[
        "store",
        "clients",
        "what",
        "requests a second",
        "ms of processor time",
    ]);
    let mut ratios = Table::new(&[
        "store",
        "clients",
        "event",
        "beside",
        "throughput, ratio",
        "processor time, ratio",
        "wanted",
    ]);
    for kept in [Kept::Redis, Kept::Sqlite] {
        for clients in CLIENTS {
            let rounds = all_rounds(kept, clients).await;
            tell_costs(&mut costs, kept, clients, &rounds);
            tell_ratios(&mut ratios, kept, clients, &rounds);
        }
    }
    format!("{}\n{}", ratios.text(), costs.text())
}

fn tell_costs(table: &mut Table, kept: Kept, clients: usize, rounds: &[Costs]) {
    for what in rounds[0].keys() {
        let (mut rate, mut cpu) = (Series::default(), Series::default());
        for costs in rounds {
            rate.add(costs[what].rate);
            cpu.add(costs[what].cpu);
        }
        table.row(&[
            format!("{kept:?}"),
            clients.to_string(),
            what.clone(),
            rate.told(),
            cpu.told(),
        ]);
    }
}

fn tell_ratios(table: &mut Table, kept: Kept, clients: usize, rounds: &[Costs]) {
    for (event, beside, wanted) in compared(kept) {
        let (mut rate, mut cpu) = (Series::default(), Series::default());
        for costs in rounds {
            rate.add(costs[event].rate / costs[beside].rate);
            cpu.add(costs[event].cpu / costs[beside].cpu);
        }
        table.row(&[
            format!("{kept:?}"),
            clients.to_string(),
            event.to_owned(),
            beside.to_owned(),
            rate.told(),
            cpu.told(),
            wanted.to_owned(),
        ]);
    }
    let alone = [("ignored", "0.2 ms"), ("/floor-ignored", "")];
    for (event, wanted) in alone.into_iter().filter(|_| clients == 1) {
        let mut above = Series::default();
        for costs in rounds {
            above.add(1000.0 / costs[event].rate - 1000.0 / costs["/hello"].rate);
        }
        table.row(&[
            format!("{kept:?}"),
            clients.to_string(),
            event.to_owned(),
            "/hello".to_owned(),
            format!("{} ms longer", above.told()),
            String::new(),
            wanted.to_owned(),
        ]);
    }
}
