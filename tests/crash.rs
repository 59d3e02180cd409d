//! The host dies right before or after each call that changes something
//! outside, starts again on the same state, and the event is delivered again:
//! nothing is lost, nothing is filed twice.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod harness;

use std::sync::Arc;
use std::time::{Duration, Instant};

use harness::operator::FIRST_RETRY;
use harness::states::event;
use harness::storm::{ADMIN_TOKEN, admin, settle, unfinished};
use harness::{Function, WEBHOOK_TOKEN, cloud};
use jira_intake_standins::client::Client;
use jira_intake_standins::jira::{Fault, FaultKind, JiraStandIn, Operation};
use tokio::sync::Semaphore;

const SETTINGS: [(&str, &str); 3] = [
    ("jira_api", "cloud"),
    ("jira_index_lag", "1"),
    ("admin_token", ADMIN_TOKEN),
];
const COUNTED: (&str, &str) = ("JIRA_INTAKE_COUNT", "1");
/// How many processes run at once; most of them wait for a lease to end.
const AT_ONCE: usize = 100;
/// So many are told something at a time: what dies at which call depends on what arrives
/// when.
static BUSY: Semaphore = Semaphore::const_new(12);
const ENTITY: usize = 1;

/// What happens while the host dies.
#[derive(Clone, Copy, Debug)]
enum Story {
    /// The first event of an entity.
    Create,
    /// A change of an entity whose issue exists.
    Update,
    /// An event that was put off is worked off by `/tasks/retry`.
    Retry,
    /// A change arrives while the issue is being filed.
    Meanwhile,
    /// The first event of an entity that has an issue of another program.
    Adopt,
}

/// What the story has told the function so far.
struct Told {
    /// The states of the entity, in order.
    states: Vec<u64>,
    /// Whether the host is asked to retry, and not told of a state.
    retry: bool,
    /// So long nothing happens first.
    wait: Duration,
}

impl Story {
    const ALL: [Self; 5] = [
        Self::Create,
        Self::Update,
        Self::Retry,
        Self::Meanwhile,
        Self::Adopt,
    ];

    /// Brings Jira and the function to where the story begins.
    async fn before(self, jira: &JiraStandIn, function: &Function) -> Told {
        let (states, retry) = match self {
            Self::Create => (vec![0], false),
            Self::Update => {
                assert_eq!(function.opencti(event(ENTITY, 0)).await.status, 201);
                (vec![1], false)
            }
            Self::Retry => {
                let fault = Fault::new(FaultKind::UnavailableHtml { retry_after: None });
                jira.inject(fault.on(Operation::Create));
                assert_eq!(function.opencti(event(ENTITY, 0)).await.status, 202);
                (vec![0], true)
            }
            Self::Adopt => {
                let name = "Incident 0001 in state 0";
                jira.file("SOC", serde_json::json!({ "summary": name }));
                (vec![0], false)
            }
            Self::Meanwhile => {
                let slow = Fault::new(FaultKind::Latency(Duration::from_secs(2)));
                jira.inject(slow.on(Operation::Create));
                (vec![0, 1], false)
            }
        };
        let wait = if retry { FIRST_RETRY } else { Duration::ZERO };
        Told {
            states,
            retry,
            wait,
        }
    }

    fn settings(self) -> Vec<(&'static str, &'static str)> {
        let adopt = matches!(self, Self::Adopt).then_some(("adopt", "summary"));
        SETTINGS.into_iter().chain(adopt).collect()
    }

    /// The calls that the host makes in this story, as its lines tell them.
    async fn rehearse(self) -> (usize, usize) {
        let jira = JiraStandIn::start(cloud()).await.unwrap();
        let mut function = Function::start_with(&jira, &self.settings(), &[], &[COUNTED]).await;
        let told = self.before(&jira, &function).await;
        tokio::time::sleep(told.wait).await;
        function.kill_and_restart().await;
        tell(function.url(), &told).await;
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let lines = function.output();
        let count = |what: &str| lines.iter().filter(|line| line.contains(what)).count();
        (count("watch: Store"), count("watch: Outbound"))
    }
}

/// Tells the states, each a little after the one before; whether each was
/// acknowledged.
async fn tell(base: &str, told: &Told) -> Vec<bool> {
    if told.retry {
        let url = format!("{base}/tasks/retry?token={ADMIN_TOKEN}");
        let _ = Client::default().post(&url, &[], b"").await;
        return Vec::new();
    }
    let posts = told
        .states
        .iter()
        .enumerate()
        .map(|(number, state)| async move {
            tokio::time::sleep(Duration::from_millis(700 * number as u64)).await;
            let url = format!("{base}/webhooks/opencti?token={WEBHOOK_TOKEN}");
            let (client, body) = (Client::default(), event(ENTITY, *state));
            let sent = client.post(&url, &[], body.as_bytes()).await;
            sent.is_ok_and(|answer| answer.status < 300)
        });
    futures::future::join_all(posts).await
}

/// One crash: how many issues there are afterwards, or what is wrong. Only who dies
/// between two writes of a claim leaves an issue to nobody.
async fn crash(story: Story, point: String) -> Result<usize, String> {
    let busy = BUSY.acquire().await.unwrap();
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let mut function = Function::start(&jira, &story.settings()).await;
    let told = story.before(&jira, &function).await;
    drop(busy);
    tokio::time::sleep(told.wait).await;
    let busy = BUSY.acquire().await.unwrap();
    function.restart_in(&[("JIRA_INTAKE_DIE", &point)]).await;
    let acknowledged = tell(function.url(), &told).await;
    let died = function.ended(Duration::from_secs(5)).await;
    jira.clear_faults();
    function.restart_in(&[]).await;
    // What was not acknowledged is delivered again; of the rest nobody speaks.
    for (state, acknowledged) in told.states.iter().zip(acknowledged) {
        if !acknowledged {
            let again = function.opencti(event(ENTITY, *state)).await;
            if again.status >= 300 {
                return Err(format!("again: {} {}", again.status, again.text()));
            }
        }
    }
    drop(busy);
    let base = [function.url().to_owned()];
    // Nobody tells of what only a lease is held on: that runs out first.
    settle(&base, Duration::from_secs(120)).await;
    let newest = told.states.last().unwrap();
    let issues = jira.issues();
    let shown: Vec<&str> = issues.iter().map(|issue| issue.summary()).collect();
    let is_newest = |summary: &&str| summary.ends_with(&format!("state {newest}"));
    let ours = issues.iter().filter(|issue| !issue.labels().is_empty());
    let most = if matches!(story, Story::Adopt) { 2 } else { 1 };
    let right = shown.iter().all(is_newest) && shown.len() <= most && ours.count() == 1;
    let dead = admin(&base[0], "GET", "/dead-letters").await;
    let left = unfinished(function.entries());
    let all_well =
        died && right && left.is_empty() && dead["dead_letters"] == serde_json::json!([]);
    all_well.then_some(issues.len()).ok_or_else(|| {
        format!("died: {died}, shown: {shown:?}, left: {left:?}, dead letters: {dead}")
    })
}

/// A story with a crash at each of its calls; what went wrong.
async fn everywhere(story: Story, room: Arc<Semaphore>) -> Vec<String> {
    let started = Instant::now();
    let (writes, requests) = story.rehearse().await;
    assert!(writes > 0 && requests > 0, "{story:?}: nothing is counted");
    let mut cases = Vec::new();
    for (call, count) in [("store", writes), ("outbound", requests)] {
        for point in (1..=count).flat_map(|n| ["before", "after"].map(|side| (side, n))) {
            let point = format!("{}:{call}:{}", point.0, point.1);
            let room = room.clone();
            let case = tokio::spawn(async move {
                let _place = room.acquire().await.unwrap();
                let result = crash(story, point.clone()).await;
                result.map_err(|why| format!("{story:?}, {point}: {why}"))
            });
            cases.push(case);
        }
    }
    let count = cases.len();
    let results = futures::future::join_all(cases).await;
    let (mut wrong, mut doubled) = (Vec::new(), 0);
    for case in results {
        match case {
            Ok(Ok(issues)) => doubled += issues - 1,
            Ok(Err(why)) => wrong.push(why),
            Err(panic) => wrong.push(panic.to_string()),
        }
    }
    eprintln!(
        "{story:?}: {writes} writes, {requests} requests, {count} crashes, {:.0?}",
        started.elapsed()
    );
    if doubled > 2 {
        wrong.push(format!(
            "{story:?}: {doubled} times an issue was left to nobody"
        ));
    }
    wrong
}

/// All stories at once: each waits a minute for leases that nobody gives up.
#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(
    on_spin,
    ignore = "only the local host can die at a chosen call, or count calls"
)]
async fn a_crash_anywhere_loses_and_doubles_nothing() {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let stories = Story::ALL.map(|story| everywhere(story, room.clone()));
    let wrong = futures::future::join_all(stories).await.concat();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The calls that one delivery makes after the start of the host.
async fn calls(function: &mut Function, body: &str) -> Vec<String> {
    function.kill_and_restart().await;
    let answer = function.opencti(body).await;
    assert!(answer.status < 300, "{}", answer.text());
    tokio::time::sleep(Duration::from_millis(700)).await;
    let mut lines = function.output();
    lines.retain(|line| line.contains("watch: "));
    lines
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(
    on_spin,
    ignore = "only the local host can die at a chosen call, or count calls"
)]
async fn a_new_event_takes_three_writes_and_one_request_and_a_duplicate_takes_none() {
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let settings = [
        ("jira_api", "cloud"),
        ("opencti_url", "https://unset.invalid"),
        ("metrics", "false"),
    ];
    let mut function = Function::start_with(&jira, &settings, &[], &[COUNTED]).await;
    let count = |lines: &[String], what: &str| lines.iter().filter(|it| it.contains(what)).count();
    let new = calls(&mut function, &event(ENTITY, 0)).await;
    assert!(count(&new, "watch: Store") <= 3, "{new:#?}");
    assert_eq!(count(&new, "watch: Outbound"), 1, "{new:#?}");
    let again = calls(&mut function, &event(ENTITY, 0)).await;
    assert_eq!(again, Vec::<String>::new());
}
