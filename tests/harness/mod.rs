//! Runs the built component for a test: on the local host by default, on a
//! real Spin from the PATH with `JIRA_INTAKE_HOST=spin`. Either way it is a
//! process of its own, told with the same flags, so that a test can kill it
//! and both can be compared. It keeps its data in SQLite by default, in a Redis
//! of its own with `JIRA_INTAKE_STORE=redis`, and with
//! `JIRA_INTAKE_STORE=outbound-redis` the build that calls its Redis itself is run.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of the harness"
)]

pub mod alerts;
pub mod both_ways;
pub mod browser;
pub mod issues;
pub mod leaks;
pub mod objects;
pub mod operator;
pub mod others;
pub mod process;
pub mod redis;
pub mod samples;
pub mod states;
pub mod storm;
pub mod streamed;
pub mod tls;
pub mod visitor;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jira_intake_host::{Manifest, Show, build_component, compile_ahead, own_manifest};
use jira_intake_standins::client::{Answer, Client};
use jira_intake_standins::jira::{JiraOptions, JiraStandIn};
pub use process::{Launch, Process};

pub const EMAIL: &str = "intake@example.com";
pub const API_TOKEN: &str = "jira-api-token-5ecret";
pub const WEBHOOK_TOKEN: &str = "webhook-token-5ecret";
pub const OPENCTI_URL: &str = "https://opencti.example.com";

/// The component on a host, as a process of its own.
pub struct Function {
    launch: Launch,
    process: Process,
    client: Client,
}

/// A Jira and a function that is set up for it.
pub async fn with_jira(options: JiraOptions) -> (JiraStandIn, Function) {
    with_settings(options, &[]).await
}

/// The same, with settings of the test's own.
pub async fn with_settings(
    options: JiraOptions,
    settings: &[(&str, &str)],
) -> (JiraStandIn, Function) {
    let jira = JiraStandIn::start(options).await.unwrap();
    let function = Function::start(&jira, settings).await;
    (jira, function)
}

/// Jira Cloud with the login that [`Function::start`] uses.
pub fn cloud() -> JiraOptions {
    JiraOptions::cloud().basic(EMAIL, API_TOKEN)
}

/// Jira Data Center with a personal access token; see [`DATA_CENTER`].
pub fn data_center() -> JiraOptions {
    JiraOptions::data_center().bearer(API_TOKEN)
}

/// The settings that make the function log in with a personal access token.
pub const DATA_CENTER: [(&str, &str); 1] = [("jira_login_email", "")];

impl Function {
    /// Starts the function for a Jira, with settings of the test's own.
    pub async fn start(jira: &JiraStandIn, settings: &[(&str, &str)]) -> Self {
        Self::start_with(jira, settings, &[], &[]).await
    }

    /// The same, with flags and an environment for the host.
    pub async fn start_with(
        jira: &JiraStandIn,
        settings: &[(&str, &str)],
        flags: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let url = jira.url();
        let all = [&usual(&url)[..], settings].concat();
        Self::launch(Launch {
            flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
            environment: owned(environment),
            ..launch(&all)
        })
        .await
    }

    /// Starts the function with these settings and nothing else.
    pub async fn bare(settings: &[(&str, &str)]) -> Self {
        Self::launch(launch(settings)).await
    }

    /// Starts the function in this way.
    pub async fn launch(launch: Launch) -> Self {
        prepare_of(&launch.manifest).await;
        Self {
            process: launch.start().await,
            launch,
            client: Client::default(),
        }
    }

    /// Kills the process at once (SIGKILL) and starts it again on the same
    /// state, with the same settings.
    pub async fn kill_and_restart(&mut self) {
        self.kill().await;
        self.process = self.launch.start().await;
    }

    /// Tells the process to stop (SIGTERM) and starts it again.
    pub async fn stop_and_restart(&mut self) {
        self.process.terminate().await;
        self.process = self.launch.start().await;
    }

    /// Kills it and starts it in another environment.
    pub async fn restart_in(&mut self, environment: &[(&str, &str)]) {
        self.launch.environment = owned(environment);
        self.kill_and_restart().await;
    }

    /// Waits until the process has ended by itself.
    pub async fn ended(&mut self, within: Duration) -> bool {
        self.process.ended(within).await
    }

    /// All that is in its store.
    pub fn entries(&self) -> Vec<(String, Vec<u8>)> {
        self.launch.entries()
    }

    /// Kills the process at once (SIGKILL).
    pub async fn kill(&mut self) {
        self.process.kill().await;
    }

    /// Changes a setting for the next start.
    pub fn set(&mut self, name: &str, value: &str) {
        self.launch
            .settings
            .insert(name.to_owned(), value.to_owned());
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> &str {
        &self.process.url
    }

    /// The group of the processes that serve.
    pub fn group(&self) -> u32 {
        self.process.group()
    }

    /// What the process has printed so far, line by line.
    pub fn output(&self) -> Vec<String> {
        self.process.output()
    }

    /// Waits until the process has printed a line that holds `text`.
    pub async fn printed(&self, text: &str) -> String {
        for _ in 0..200 {
            if let Some(line) = self.output().into_iter().find(|line| line.contains(text)) {
                return line;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("never printed {text:?}; printed: {:#?}", self.output())
    }

    /// Posts an OpenCTI event as its connector does.
    pub async fn opencti(&self, body: impl AsRef<[u8]>) -> Answer {
        self.opencti_with("", body).await
    }

    /// The same with a query such as `?dry_run=true`.
    pub async fn opencti_with(&self, query: &str, body: impl AsRef<[u8]>) -> Answer {
        let bearer = format!("Bearer {WEBHOOK_TOKEN}");
        let path = format!("/webhooks/opencti{query}");
        self.post(&path, &[("authorization", &bearer)], body).await
    }

    /// Posts anything.
    pub async fn post(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl AsRef<[u8]>,
    ) -> Answer {
        let url = format!("{}{path}", self.url());
        let answer = self.client.post(&url, headers, body.as_ref()).await;
        self.searched(path, answer.unwrap())
    }

    /// Posts a form as a browser does.
    pub async fn form(&self, path: &str, headers: &[(&str, &str)], form: &str) -> Answer {
        let mut request = http::Request::post(format!("{}{path}", self.url()))
            .header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = form.as_bytes().to_vec();
        let answer = self.client.send(request.body(body).unwrap()).await;
        self.searched(path, answer.unwrap())
    }

    /// Puts values and counters into its store, as if they had been written long ago.
    pub fn fill(&self, values: Vec<(String, Vec<u8>)>, counters: &[(String, i64)]) {
        self.launch.fill(values, counters);
    }

    /// Sends a request with a path instead of an address.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Vec::new()).unwrap();
        let answer = self.client.send(request).await;
        self.searched(path, answer.unwrap())
    }

    /// The answer, in which no secret may stand: see [`leaks`].
    fn searched(&self, path: &str, answer: Answer) -> Answer {
        let route = path.split('?').next().unwrap_or_default();
        self.process.leaks.answered(route, &answer);
        answer
    }
}

pub fn owned(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

/// The settings of a function that files into a Jira at `url`.
pub fn usual(url: &str) -> [(&str, &str); 7] {
    [
        ("jira_url", url),
        ("jira_login_email", EMAIL),
        ("jira_api_token", API_TOKEN),
        ("jira_project_key", "SOC"),
        ("opencti_url", OPENCTI_URL),
        ("webhook_token", WEBHOOK_TOKEN),
        ("log_level", "debug"),
    ]
}

/// The project's own manifest with these settings, in a folder of its own.
pub fn launch(settings: &[(&str, &str)]) -> Launch {
    let store = std::env::var("JIRA_INTAKE_STORE").unwrap_or_default();
    match &*store {
        "outbound-redis" => launch_on(&redis::Redis::start(), settings),
        _ => Launch {
            settings: owned(settings),
            flags: Vec::new(),
            environment: BTreeMap::new(),
            manifest: own_manifest(),
            state: Arc::new(tempfile::tempdir().unwrap()),
            redis: (store == "redis").then(redis::Redis::start),
        },
    }
}

/// The build that calls its Redis itself, with these settings.
pub fn launch_on(redis: &Arc<redis::Redis>, settings: &[(&str, &str)]) -> Launch {
    let manifest = own_manifest().with_file_name("deploy/outbound-redis/spin.toml");
    let mut launch = Launch {
        settings: owned(settings),
        flags: Vec::new(),
        environment: BTreeMap::new(),
        manifest,
        state: Arc::new(tempfile::tempdir().unwrap()),
        redis: Some(redis.clone()),
    };
    launch.settings.insert("redis_url".to_owned(), redis.url());
    launch
}

/// Builds and compiles the component, once for all tests of this process.
pub async fn prepare() {
    prepare_of(&own_manifest()).await;
}

/// The same for the component of a manifest.
async fn prepare_of(manifest: &Path) {
    static PREPARED: tokio::sync::Mutex<BTreeSet<PathBuf>> =
        tokio::sync::Mutex::const_new(BTreeSet::new());
    let mut prepared = PREPARED.lock().await;
    if prepared.contains(manifest) {
        return;
    }
    build(manifest);
    // Once for all processes of all tests.
    let read = Manifest::read(manifest).unwrap();
    compile_ahead(&read).await.unwrap();
    prepared.insert(manifest.to_owned());
}

/// Builds the component of a manifest, once for all tests of this process.
fn build(manifest: &Path) {
    static BUILT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if !built.contains(manifest) {
        build_component(&Manifest::read(manifest).unwrap(), Show::Progress).unwrap();
        built.insert(manifest.to_owned());
    }
}

/// The built component.
pub fn component() -> PathBuf {
    component_of(&own_manifest())
}

/// The built component of a manifest.
pub fn component_of(manifest: &Path) -> PathBuf {
    build(manifest);
    Manifest::read(manifest).unwrap().source
}
