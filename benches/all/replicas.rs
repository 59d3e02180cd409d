//! Several processes on one Redis.

use std::time::Duration;

use jira_intake_standins::jira::{Fault, FaultKind, JiraStandIn};

use crate::events::Kind;
use crate::harness::cloud;
use crate::harness::redis::Redis;
use crate::harness::storm::number;
use crate::load::send_all;
use crate::platform::{delivery, function};
use crate::report::{Series, Table};
use crate::rounds;

const CLIENTS: usize = 64;
const REPLICAS: [usize; 3] = [1, 2, 4];

/// The table.
pub(crate) async fn measure() -> String {
    let mut table = Table::new(&["Jira takes", "replicas", "events a second", "ratio to one"]);
    for latency in [0, 200] {
        let latency = Duration::from_millis(latency);
        let mut rates = REPLICAS.map(|_| Series::default());
        let mut ratios = REPLICAS.map(|_| Series::default());
        for _ in 0..rounds().min(3) {
            let mut one = 0.0;
            for (index, replicas) in REPLICAS.into_iter().enumerate() {
                let rate = rate(replicas, latency).await;
                if index == 0 {
                    one = rate;
                }
                rates[index].add(rate);
                ratios[index].add(rate / one);
            }
        }
        for (index, replicas) in REPLICAS.into_iter().enumerate() {
            table.row(&[
                format!("{} ms", latency.as_millis()),
                replicas.to_string(),
                rates[index].told(),
                ratios[index].told(),
            ]);
        }
    }
    table.text().to_owned()
}

/// New events a second, with so many replicas.
async fn rate(replicas: usize, latency: Duration) -> f64 {
    let count = usize::try_from(number("EVENTS", 500)).unwrap();
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let redis = Redis::start();
    let mut functions = Vec::new();
    for _ in 0..replicas {
        functions.push(function(&jira, Some(redis.clone())).await);
    }
    let warm = functions.iter().enumerate();
    let warm = warm.map(|(it, function)| delivery(function, Kind::New, &format!("warm-{it}"), 0));
    send_all(warm.collect(), 1).await;
    jira.inject(Fault::new(FaultKind::Latency(latency)).always());
    let posts = (0..count).map(|it| {
        let function = &functions[it % replicas];
        delivery(function, Kind::New, &format!("r-{it}"), 0)
    });
    let took = send_all(posts.collect(), CLIENTS).await;
    count as f64 / took.as_secs_f64()
}
