//! A store of 100,000 records beside an empty one, and storms about one entity.

use std::time::{Duration, Instant};

use jira_intake_standins::jira::{JiraStandIn, Operation};

use crate::events::Kind;
use crate::harness::operator::OPERATED;
use crate::harness::storm::number;
use crate::harness::{Function, WEBHOOK_TOKEN, alerts, cloud, launch, usual};
use crate::load::{Post, send_all};
use crate::platform::{Kept, delivery};
use crate::report::{Series, Table, number as digits};
use crate::rounds;

/// The settings of an operator, whose page and passes are measured.
const SETTINGS: [(&str, &str); 3] = [
    ("jira_api", "cloud"),
    ("opencti_url", "https://unset.invalid"),
    ("log_level", "info"),
];
/// So many are measured in a row.
const IN_A_ROW: usize = 50;
/// So many clients take part in a storm.
const STORM: usize = 64;

/// Both tables.
pub(crate) async fn measure() -> String {
    let records = usize::try_from(number("RECORDS", 100_000)).unwrap();
    let mut grown = Table::new(&["store", "what", "ratio", "wanted"]);
    for kept in [Kept::Redis, Kept::Sqlite] {
        compare(kept, records, &mut grown).await;
    }
    let mut storms = Table::new(&["storm", "took, s", "requests to Jira", "issues"]);
    for kept in [Kept::Redis, Kept::Sqlite] {
        storm(kept, &mut storms).await;
    }
    format!(
        "With {records} records, and with none:\n\n{}\n{}",
        grown.text(),
        storms.text()
    )
}

async fn function(jira: &JiraStandIn, kept: Kept) -> Function {
    let url = jira.url();
    let mut launch = launch(&[&usual(&url)[..], &SETTINGS, &OPERATED].concat());
    launch.redis = kept.redis();
    Function::launch(launch).await
}

/// One record of an entity that was filed long ago, as often as asked for.
async fn fill(function: &Function, records: usize) {
    send_all(vec![delivery(function, Kind::New, "first", 0)], 1).await;
    let entries = function.entries();
    let found = entries.iter().find(|(key, _)| key.ends_with("/first"));
    let (key, record) = found.expect("the record of what was filed");
    let record = String::from_utf8_lossy(record);
    let all = (0..records).map(|number| {
        let id = format!("id-{number}");
        (
            key.replace("first", &id),
            record.replace("first", &id).into_bytes(),
        )
    });
    function.fill(all.collect(), &[]);
}

async fn compare(kept: Kept, records: usize, table: &mut Table) {
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let (empty, full) = (function(&jira, kept).await, function(&jira, kept).await);
    fill(&empty, 0).await;
    fill(&full, records).await;
    for what in ["new", "duplicate", "retry pass", "page", "metrics"] {
        let mut ratio = Series::default();
        // The first one warms up.
        for round in 0..=rounds() {
            let took = in_turn([&empty, &full], what, round).await;
            if round > 0 {
                ratio.add(took[1].as_secs_f64() / took[0].as_secs_f64());
            }
        }
        let cells = [
            format!("{kept:?}"),
            what.to_owned(),
            ratio.told(),
            "at most 1.1".to_owned(),
        ];
        table.row(&cells);
    }
    let started = Instant::now();
    ask(&full, "POST", "/tasks/retry?upkeep=true").await;
    let took = format!("{} s", digits(started.elapsed().as_secs_f64()));
    let what = format!("an upkeep of {records} records");
    table.row(&[format!("{kept:?}"), what, took, String::new()]);
}

/// What one request of a kind takes each of them: the median of so many, asked in turn, so
/// that a disk that is slow for a while is so for both.
async fn in_turn(functions: [&Function; 2], what: &str, round: usize) -> [Duration; 2] {
    let mut took = [Vec::new(), Vec::new()];
    for number in 0..IN_A_ROW {
        for (side, function) in functions.into_iter().enumerate() {
            let id = match what {
                "duplicate" => format!("{side}-1-{number}"),
                _ => format!("{side}-{round}-{number}"),
            };
            took[side].push(time(function, what, &id).await);
        }
    }
    took.map(|mut took| {
        took.sort();
        took[took.len() / 2]
    })
}

async fn time(function: &Function, what: &str, id: &str) -> Duration {
    let route = match what {
        "new" => return send_all(vec![delivery(function, Kind::New, id, 0)], 1).await,
        "duplicate" => return send_all(vec![delivery(function, Kind::Duplicate, id, 0)], 1).await,
        "page" => ("GET", "/"),
        "metrics" => ("GET", "/metrics"),
        _ => ("POST", "/tasks/retry"),
    };
    let started = Instant::now();
    ask(function, route.0, route.1).await;
    started.elapsed()
}

async fn ask(function: &Function, method: &str, path: &str) {
    let answer = function
        .send(method, path, &[("x-api-key", OPERATED[0].1)])
        .await;
    assert!(
        answer.status < 400,
        "{path}: {} {}",
        answer.status,
        answer.text()
    );
}

/// Many deliveries about one entity, and many firings of one alert.
async fn storm(kept: Kept, table: &mut Table) {
    let count = usize::try_from(number("STORM", 10_000)).unwrap();
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let function = function(&jira, kept).await;
    let url = function.url();
    let states = (0..count).map(|state| Post {
        expected: "\"outcome\"",
        ..delivery(
            &function,
            if state == 0 { Kind::New } else { Kind::Changed },
            "one",
            state,
        )
    });
    let firings = (0..count).map(|run| Post {
        url: format!("{url}/webhooks/splunk?token={WEBHOOK_TOKEN}"),
        headers: Vec::new(),
        body: alerts::firing(u32::try_from(run).unwrap())
            .to_string()
            .into_bytes(),
        expected: "\"outcome\"",
    });
    let storms = [
        (
            format!("{count} states of one entity, {kept:?}"),
            states.collect::<Vec<_>>(),
        ),
        (
            format!("{count} firings of one alert, {kept:?}"),
            firings.collect(),
        ),
    ];
    for (what, posts) in storms {
        let (issues, requests) = (jira.issues().len(), jira.operations().len());
        let took = send_all(posts, STORM).await;
        ask(&function, "POST", "/tasks/retry").await;
        let cells = [
            what,
            digits(took.as_secs_f64()),
            (jira.operations().len() - requests).to_string(),
            (jira.issues().len() - issues).to_string(),
        ];
        table.row(&cells);
    }
    assert_eq!(jira.count(Operation::Create), 2, "one issue each");
}
