//! A storm of deliveries: many entities, each told several times in several
//! states, by many clients in random order; and what must be true afterwards.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jira_intake_standins::client::Client;
use jira_intake_standins::jira::{Issue, JiraStandIn};
use serde_json::Value;

use super::WEBHOOK_TOKEN;
use super::states::{Look, id};

/// Asked for by `/tasks/retry`.
pub const ADMIN_TOKEN: &str = "admin-token-5ecret";
/// How many clients deliver at once.
const CLIENTS: usize = 12;

/// A number from the environment.
pub fn number(name: &str, or: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(or)
}

/// Seeded randomness (SplitMix64).
pub struct Dice(u64);

impl Dice {
    /// The same seed gives the same numbers.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from `0` to `below - 1`.
    pub fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % below.max(1)
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for index in (1..items.len()).rev() {
            items.swap(index, self.roll(index as u64 + 1) as usize);
        }
    }
}

/// One event about one entity.
#[derive(Clone, Copy, Debug)]
struct Delivery {
    entity: usize,
    state: usize,
}

/// The events to deliver, and how far they are.
pub struct Storm {
    /// The states of each entity.
    states: Vec<Vec<Look>>,
    waiting: Mutex<VecDeque<Delivery>>,
    /// Where functions listen.
    urls: Mutex<Vec<String>>,
    /// How many deliveries there are in all.
    pub deliveries: usize,
    acknowledged: AtomicUsize,
    attempts: AtomicUsize,
    statuses: Mutex<BTreeMap<String, usize>>,
}

impl Storm {
    /// Each entity has 2 or 3 states, each told 1 to 4 times, in any order.
    pub fn brew(dice: &mut Dice, entities: usize) -> Arc<Self> {
        let mut waiting = Vec::new();
        let mut states = Vec::new();
        for entity in 0..entities {
            let count = 2 + dice.roll(2) as usize;
            for state in 0..count {
                let times = 1 + dice.roll(4) as usize;
                waiting.extend(std::iter::repeat_n(Delivery { entity, state }, times));
            }
            states.push(Look::series(dice, count));
        }
        dice.shuffle(&mut waiting);
        // Half of the entities come in bursts: all of their events at once.
        waiting.sort_by_key(|it| if it.entity % 2 == 0 { it.entity } else { 0 });
        let (quiet, bursts): (Vec<_>, Vec<_>) = waiting.iter().partition(|it| it.entity % 2 == 1);
        Self::of(states, interleave(quiet, bursts))
    }

    /// Each entity goes through so many states, one after the other; now and
    /// then one is told again later.
    pub fn in_order(dice: &mut Dice, entities: usize, count: usize) -> Arc<Self> {
        let states = (0..entities).map(|_| Look::series(dice, count)).collect();
        let mut waiting = VecDeque::new();
        for state in 0..count {
            let mut round: Vec<Delivery> = Vec::new();
            for entity in 0..entities {
                round.push(Delivery { entity, state });
                if state > 0 && dice.roll(8) == 0 {
                    let state = state - 1;
                    round.push(Delivery { entity, state });
                }
            }
            dice.shuffle(&mut round);
            waiting.extend(round);
        }
        Self::of(states, waiting)
    }

    fn of(states: Vec<Vec<Look>>, waiting: VecDeque<Delivery>) -> Arc<Self> {
        Arc::new(Self {
            states,
            deliveries: waiting.len(),
            waiting: Mutex::new(waiting),
            urls: Mutex::default(),
            acknowledged: AtomicUsize::new(0),
            attempts: AtomicUsize::new(0),
            statuses: Mutex::default(),
        })
    }

    /// Says where the functions listen now.
    pub fn aim(&self, urls: Vec<String>) {
        *self.urls.lock().unwrap() = urls;
    }

    /// How many deliveries were answered with a 2xx.
    pub fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::SeqCst)
    }

    /// Waits until so many deliveries are acknowledged.
    pub async fn until(&self, acknowledged: usize) {
        let deadline = Instant::now() + Duration::from_secs(300);
        while self.acknowledged() < acknowledged && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Lets the clients deliver until everything is acknowledged.
    pub async fn blow(self: &Arc<Self>, seed: u64) {
        let clients = (0..CLIENTS).map(|number| {
            let storm = self.clone();
            tokio::spawn(async move { storm.deliver(Dice::new(seed ^ number as u64)).await })
        });
        for client in clients.collect::<Vec<_>>() {
            client.await.unwrap();
        }
    }

    async fn deliver(&self, mut dice: Dice) {
        let client = Client::default();
        let bearer = format!("Bearer {WEBHOOK_TOKEN}");
        while self.acknowledged() < self.deliveries {
            let next = self.waiting.lock().unwrap().pop_front();
            let Some(delivery) = next else {
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let base = {
                let urls = self.urls.lock().unwrap();
                urls[dice.roll(urls.len() as u64) as usize].clone()
            };
            let url = format!("{base}/webhooks/opencti");
            let look = self.states[delivery.entity][delivery.state];
            let body = look.event(delivery.entity, delivery.state);
            let sent = client
                .post(&url, &[("authorization", &bearer)], body.as_bytes())
                .await;
            self.attempts.fetch_add(1, Ordering::SeqCst);
            let status = sent.map(|answer| answer.status).unwrap_or_default();
            let told = match status {
                0 => "no answer".to_owned(),
                status => status.to_string(),
            };
            *self.statuses.lock().unwrap().entry(told).or_default() += 1;
            if (200..300).contains(&status) {
                self.acknowledged.fetch_add(1, Ordering::SeqCst);
            } else {
                self.waiting.lock().unwrap().push_back(delivery);
                tokio::time::sleep(Duration::from_millis(50 + dice.roll(200))).await;
            }
        }
    }

    /// What must be true in the end: one issue for each entity, with the
    /// newest content, and no word of people's edits.
    pub fn faults_found(&self, jira: &JiraStandIn) -> Vec<String> {
        let mut by_entity: BTreeMap<String, Vec<Issue>> = BTreeMap::new();
        for issue in jira.issues() {
            let entity = issue.properties["jira-intake"]["entity"].as_str();
            let entity = entity.unwrap_or_default().to_owned();
            by_entity.entry(entity).or_default().push(issue);
        }
        let mut faults = Vec::new();
        for (entity, states) in self.states.iter().enumerate() {
            let issues = by_entity.remove(&id(entity)).unwrap_or_default();
            if issues.len() != 1 {
                let keys: Vec<&str> = issues.iter().map(|it| it.key.as_str()).collect();
                faults.push(format!("{} has the issues {keys:?}", id(entity)));
            }
            let newest = states[states.len() - 1];
            faults.extend(issues.iter().flat_map(|it| newest.faults(entity, it)));
        }
        faults.extend(by_entity.into_keys().map(|id| format!("whose is {id:?}?")));
        faults
    }

    /// A line of figures.
    pub fn figures(&self) -> String {
        format!(
            "{} entities, {} deliveries, {} attempts: {:?}",
            self.states.len(),
            self.deliveries,
            self.attempts.load(Ordering::SeqCst),
            self.statuses.lock().unwrap(),
        )
    }
}

/// Bursts strewn among the others, evenly.
fn interleave(quiet: Vec<&Delivery>, bursts: Vec<&Delivery>) -> VecDeque<Delivery> {
    let (mut quiet, mut bursts) = (quiet.into_iter(), bursts.into_iter());
    let mut all = VecDeque::new();
    loop {
        let before = all.len();
        all.extend(quiet.by_ref().take(12).copied());
        all.extend(bursts.by_ref().take(12).copied());
        if all.len() == before {
            return all;
        }
    }
}

/// Asks with the admin token.
pub async fn admin(base: &str, method: &str, path: &str) -> Value {
    let request = http::Request::builder()
        .method(method)
        .uri(format!("{base}{path}"))
        .header("authorization", format!("Bearer {ADMIN_TOKEN}"));
    let request = request.body(Vec::new()).unwrap();
    let answer = Client::default().send(request).await.unwrap();
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

/// Calls the retry task until nothing is left, twice in a row; how long it
/// took.
pub async fn settle(bases: &[String], within: Duration) -> Duration {
    let started = Instant::now();
    let mut quiet = 0;
    let mut last = Value::Null;
    while started.elapsed() < within {
        let path = "/tasks/retry?upkeep=true";
        let passes = bases.iter().map(|base| admin(base, "POST", path));
        let passes = futures::future::join_all(passes).await;
        let left: u64 = passes
            .iter()
            .map(|pass| pass["left"].as_u64().unwrap())
            .sum();
        quiet = if left == 0 { quiet + 1 } else { 0 };
        if quiet == 2 {
            return started.elapsed();
        }
        last = passes.into();
        // What lasts is a lease that runs out: no need to ask for it each second.
        let pause = (started.elapsed() / 5).clamp(Duration::from_secs(1), Duration::from_secs(4));
        tokio::time::sleep(pause).await;
    }
    panic!("still not quiet after {within:?}: {last}")
}

/// Keys of a store that tell of something to be done.
pub fn unfinished(entries: Vec<(String, Vec<u8>)>) -> Vec<String> {
    keys_unless(entries, |key| {
        let below = ["slot/", "inbox/", "lease/", "seen/"];
        !below.iter().any(|prefix| key.starts_with(prefix))
    })
}

/// The same, and those that nobody needs once it is quiet for a while.
pub fn leftovers(entries: Vec<(String, Vec<u8>)>) -> Vec<String> {
    keys_unless(entries, |key| {
        let below = [
            "record/",
            "memory/",
            "arrivals/",
            "count/",
            "trouble/",
            "upkeep",
            // What was counted, of the hour that has begun as well.
            "tally/",
            "tallies",
            "figures",
            // What a hold's line is counted by goes with the hold.
            "slots/hold/",
            "first/hold/",
        ];
        below.iter().any(|prefix| key.starts_with(prefix))
    })
}

fn keys_unless(entries: Vec<(String, Vec<u8>)>, is_needed: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for (key, value) in entries {
        let json: Value = serde_json::from_slice(&value).unwrap_or_default();
        let name = key.strip_prefix("jira-intake/").unwrap_or_default();
        if !is_needed(name) || json["state"]["pending"].is_object() {
            found.push(format!("{key}: {json}"));
        }
    }
    found
}

/// What functions said about the entities that are not as they should be.
pub fn tell(faults: &[String], said: &[String], seed: u64) {
    for fault in faults.iter().take(5) {
        let Some(at) = fault.find("chaos-") else {
            continue;
        };
        let entity = &fault[at..at + id(0).len()];
        eprintln!("seed {seed}: {fault}");
        for line in said.iter().filter(|line| line.contains(entity)) {
            eprintln!("    {line}");
        }
    }
}
