//! Runs the built component for a test: on the local host by default, on a
//! real Spin from the PATH with `JIRA_INTAKE_HOST=spin`. Either way it is a
//! process of its own, told with the same flags, so that a test can kill it
//! and both can be compared. It keeps its data in SQLite by default, in a Redis
//! of its own with `JIRA_INTAKE_STORE=redis`.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of the harness"
)]

pub mod alerts;
pub mod both_ways;
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

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
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
        prepare().await;
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
    Launch {
        settings: owned(settings),
        flags: Vec::new(),
        environment: BTreeMap::new(),
        manifest: own_manifest(),
        state: Arc::new(tempfile::tempdir().unwrap()),
        redis: on_redis().then(redis::Redis::start),
    }
}

/// Whether each function keeps its data in a Redis of its own.
fn on_redis() -> bool {
    std::env::var("JIRA_INTAKE_STORE").is_ok_and(|store| store == "redis")
}

/// Builds and compiles the component, once for all tests of this process.
pub async fn prepare() {
    build_once();
    compile_once().await;
}

/// Builds the component once for all tests of this process.
fn build_once() {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let manifest = Manifest::read(&own_manifest()).unwrap();
        build_component(&manifest, Show::Progress).unwrap();
    });
}

/// Compiles the component once for all processes of all tests.
async fn compile_once() {
    static COMPILED: tokio::sync::OnceCell<()> = tokio::sync::OnceCell::const_new();
    let compile = || async {
        let manifest = Manifest::read(&own_manifest()).unwrap();
        compile_ahead(&manifest).await.unwrap();
    };
    COMPILED.get_or_init(compile).await;
}

/// The built component.
pub fn component() -> PathBuf {
    build_once();
    let manifest = Manifest::read(&own_manifest()).unwrap();
    Path::new(&manifest.source).to_owned()
}
