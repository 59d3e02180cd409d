//! Runs the built component for a test: on the local host by default, on a
//! real Spin from the PATH with `JIRA_INTAKE_HOST=spin`. Either way it is a
//! process of its own, told with the same flags, so that a test can kill it
//! and both can be compared.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of the harness"
)]

pub mod alerts;
pub mod operator;
pub mod others;
pub mod samples;
pub mod storm;

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use jira_intake_local::client::{Answer, Client};
use jira_intake_local::host::{Manifest, Show, build_component, compile_ahead, own_manifest};
use jira_intake_local::standin::jira::{JiraOptions, JiraStandIn};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};

pub const EMAIL: &str = "intake@example.com";
pub const API_TOKEN: &str = "jira-api-token-5ecret";
pub const WEBHOOK_TOKEN: &str = "webhook-token-5ecret";
pub const OPENCTI_URL: &str = "https://opencti.example.com";

/// A host may take this long to compile the component and listen.
const START: Duration = Duration::from_secs(90);

/// The component on a host, as a process of its own.
pub struct Function {
    settings: BTreeMap<String, String>,
    flags: Vec<String>,
    environment: BTreeMap<String, String>,
    manifest: PathBuf,
    state: Arc<TempDir>,
    process: Child,
    output: Arc<Mutex<Vec<String>>>,
    url: String,
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
        let mut all = vec![
            ("jira_url", url.as_str()),
            ("jira_login_email", EMAIL),
            ("jira_api_token", API_TOKEN),
            ("jira_project_key", "SOC"),
            ("opencti_url", OPENCTI_URL),
            ("webhook_token", WEBHOOK_TOKEN),
            ("log_level", "debug"),
        ];
        all.extend(settings);
        Self::launch(Launch {
            settings: owned(&all),
            flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
            environment: owned(environment),
            manifest: own_manifest(),
            state: Arc::new(tempfile::tempdir().unwrap()),
        })
        .await
    }

    /// Starts the function with these settings and nothing else.
    pub async fn bare(settings: &[(&str, &str)]) -> Self {
        Self::launch(Launch {
            settings: owned(settings),
            flags: Vec::new(),
            environment: BTreeMap::new(),
            manifest: own_manifest(),
            state: Arc::new(tempfile::tempdir().unwrap()),
        })
        .await
    }

    async fn launch(launch: Launch) -> Self {
        build_once();
        compile_once().await;
        let (process, output, url) = launch.spawn().await;
        Self {
            settings: launch.settings,
            flags: launch.flags,
            environment: launch.environment,
            manifest: launch.manifest,
            state: launch.state,
            process,
            output,
            url,
            client: Client::default(),
        }
    }

    /// Kills the process at once (SIGKILL) and starts it again on the same
    /// state, with the same settings.
    pub async fn kill_and_restart(&mut self) {
        self.kill().await;
        let launch = Launch {
            settings: self.settings.clone(),
            flags: self.flags.clone(),
            environment: self.environment.clone(),
            manifest: self.manifest.clone(),
            state: self.state.clone(),
        };
        let (process, output, url) = launch.spawn().await;
        (self.process, self.output, self.url) = (process, output, url);
    }

    /// The same, in another environment.
    pub async fn restart_in(&mut self, environment: &[(&str, &str)]) {
        self.environment = owned(environment);
        self.kill_and_restart().await;
    }

    /// Waits until the process has ended by itself.
    pub async fn ended(&mut self, within: Duration) -> bool {
        tokio::time::timeout(within, self.process.wait())
            .await
            .is_ok()
    }

    /// The folder that outlives the process.
    pub fn state(&self) -> &Path {
        self.state.path()
    }

    /// Kills the process at once (SIGKILL).
    pub async fn kill(&mut self) {
        if self.process.id().is_some() {
            self.process.kill().await.unwrap();
        }
    }

    /// Changes a setting for the next start.
    pub fn set(&mut self, name: &str, value: &str) {
        self.settings.insert(name.to_owned(), value.to_owned());
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What the process has printed so far, line by line.
    pub fn output(&self) -> Vec<String> {
        self.output.lock().unwrap().clone()
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
        let url = format!("{}{path}", self.url);
        self.client
            .post(&url, headers, body.as_ref())
            .await
            .unwrap()
    }

    /// Sends a request with a path instead of an address.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.client
            .send(request.body(Vec::new()).unwrap())
            .await
            .unwrap()
    }
}

fn owned(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

/// Whether the tests run on a real Spin.
pub fn on_spin() -> bool {
    std::env::var("JIRA_INTAKE_HOST").is_ok_and(|host| host == "spin")
}

/// Says so and is true where a test needs what only the local host can do:
/// die at a given call, or count calls.
pub fn skipped_on_spin() -> bool {
    if on_spin() {
        eprintln!("skipped: only the local host can die at a given call, or count them");
    }
    on_spin()
}

/// How a process is started.
struct Launch {
    settings: BTreeMap<String, String>,
    flags: Vec<String>,
    environment: BTreeMap<String, String>,
    manifest: PathBuf,
    state: Arc<TempDir>,
}

impl Launch {
    async fn spawn(&self) -> (Child, Arc<Mutex<Vec<String>>>, String) {
        let mut process = self
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the host can be started");
        let output = Arc::new(Mutex::new(Vec::new()));
        collect(process.stdout.take().unwrap(), output.clone());
        collect(process.stderr.take().unwrap(), output.clone());
        let url = serving(&mut process, &output).await;
        (process, output, url)
    }

    fn command(&self) -> Command {
        let spin = on_spin();
        let mut command = match spin {
            true => Command::new("spin"),
            false => Command::new(env!("CARGO_BIN_EXE_jira-intake-local")),
        };
        command.arg("up").arg("--from").arg(&self.manifest);
        match spin {
            // Spin prints the port that it was given.
            true => command
                .arg("--listen")
                .arg(format!("127.0.0.1:{}", free_port())),
            false => command.args(["--no-build", "--listen", "127.0.0.1:0"]),
        };
        command.arg("--state-dir").arg(self.state.path());
        for (name, value) in &self.settings {
            command.arg("--variable").arg(format!("{name}={value}"));
        }
        command.args(&self.flags);
        command.envs(&self.environment);
        // A developer's own settings do not reach the tests.
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SPIN_VARIABLE_")) {
            command.env_remove(name);
        }
        command.current_dir(self.state.path());
        command
    }
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

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn collect(stream: impl AsyncRead + Unpin + Send + 'static, into: Arc<Mutex<Vec<String>>>) {
    tokio::spawn(async move {
        let mut lines = BufReader::new(stream).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            into.lock().unwrap().push(line);
        }
    });
}

/// Waits for the line with which both hosts say where they listen.
async fn serving(process: &mut Child, output: &Mutex<Vec<String>>) -> String {
    let deadline = tokio::time::Instant::now() + START;
    while tokio::time::Instant::now() < deadline {
        let lines = output.lock().unwrap().clone();
        let found = lines
            .iter()
            .find_map(|line| line.trim().strip_prefix("Serving "));
        if let Some(url) = found {
            return url.trim_end_matches('/').to_owned();
        }
        if let Some(status) = process.try_wait().unwrap() {
            panic!("the host ended with {status}: {lines:#?}");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the host does not serve: {:#?}", output.lock().unwrap());
}
