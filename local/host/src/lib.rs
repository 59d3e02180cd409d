//! Runs the built component without Spin, behaving as `spin up` does: the same
//! manifest, the same settings, the same interfaces, on wasmtime.

mod allowed;
pub mod backfill;
mod bindings;
mod build;
mod call;
mod clock;
pub mod doctor;
mod engine;
mod instance;
mod keyvalue;
mod manifest;
mod meter;
mod outbound;
mod redis;
mod release;
mod runtime_config;
mod server;
mod stdio;
mod store;
mod template;
mod tls;
mod told;
mod tripwire;
pub mod up;
mod variables;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use allowed::AllowedHosts;
pub use build::{Show, build_component};
use clock::Clock;
use instance::{Instances, Shared};
use keyvalue::Stores;
pub use manifest::{Manifest, Route};
use outbound::Outbound;
pub use release::Release;
use runtime_config::RuntimeConfig;
use server::Server;
use stdio::Sink;
use tripwire::Watch;
pub use variables::Given;
use variables::{Sources, Variables};

/// After this long the user is told what takes so long.
const PATIENCE: Duration = Duration::from_millis(1250);

/// How to run an application.
#[derive(Clone, Debug)]
pub struct Options {
    /// The manifest, or the folder it lies in.
    pub manifest: PathBuf,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Values of variables.
    pub variables: Vec<Given>,
    /// The release of Spin whose rules are followed.
    pub spin: Release,
    /// Whether `SPIN_VARIABLE_*` and `.env` of the working directory count.
    pub environment: bool,
    /// The runtime configuration.
    pub runtime_config_file: Option<PathBuf>,
    /// Where state is kept, `.spin` beside the manifest by default. An empty
    /// path keeps it in memory.
    pub state_dir: Option<PathBuf>,
    /// Whether what the component prints stays off the console.
    pub quiet: bool,
}

impl Options {
    /// What `spin up` does without any flag.
    pub fn new(manifest: impl Into<PathBuf>) -> Self {
        Self {
            manifest: manifest.into(),
            listen: (Ipv4Addr::LOCALHOST, 3000).into(),
            variables: Vec::new(),
            spin: Release::default(),
            environment: true,
            runtime_config_file: None,
            state_dir: None,
            quiet: false,
        }
    }

    /// Gives a variable its value.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables
            .push(Given::Value(name.to_owned(), value.to_owned()));
        self
    }
}

/// The workspace's own manifest.
#[must_use]
pub fn own_manifest() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join("spin.toml")
}

/// Compiles the component and keeps the result, so that hosts that start next,
/// however many at once, find it.
pub async fn compile_ahead(manifest: &Manifest) -> Result<()> {
    let source = manifest.source.clone();
    tokio::task::spawn_blocking(move || engine::load(&source).map(drop)).await?
}

/// Starts applications.
pub struct Host;

impl Host {
    /// Starts the application: it answers requests when this returns. The
    /// component must have been built.
    pub async fn start(options: Options) -> Result<RunningHost> {
        let manifest = Manifest::read(&options.manifest)?;
        let config = match &options.runtime_config_file {
            Some(path) => {
                eprintln!("Using runtime config {}", path.display());
                RuntimeConfig::read(path, options.spin)?
            }
            None => RuntimeConfig::default(),
        };
        let places = Places::new(&options, &config, &manifest);
        let shared = share(&options, &manifest, config, &places)?;
        let key_value = shared.stores.default_place.clone();
        let listener = TcpListener::bind(options.listen)
            .await
            .with_context(|| format!("cannot listen on {}", options.listen))?;
        let address = listener.local_addr()?;
        let instances = compile(manifest.source.clone(), shared).await?;
        let server = Arc::new(Server {
            instances,
            routes: manifest.routes.clone(),
            running: watch::Sender::new(()),
        });
        Ok(RunningHost {
            address,
            manifest,
            key_value,
            logs: places.logs,
            server: tokio::spawn(server.serve(listener)),
        })
    }
}

/// A running application; it stops when this is dropped.
pub struct RunningHost {
    address: SocketAddr,
    manifest: Manifest,
    key_value: Option<String>,
    logs: Option<PathBuf>,
    server: JoinHandle<()>,
}

impl RunningHost {
    /// Where it answers, without a closing slash.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it runs.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Where the default key-value store keeps its data.
    #[must_use]
    pub fn key_value(&self) -> Option<&str> {
        self.key_value.as_deref()
    }

    /// The folder of the log files.
    #[must_use]
    pub fn logs(&self) -> Option<&Path> {
        self.logs.as_deref()
    }

    /// Stops listening and ends every connection; what is sent is sent.
    pub async fn stop(mut self) {
        self.server.abort();
        let _ = (&mut self.server).await;
    }

    /// Serves for as long as the program runs.
    pub async fn wait(mut self) {
        let _ = (&mut self.server).await;
    }
}

impl Drop for RunningHost {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Where things are kept; `None` is nowhere.
struct Places {
    state: Option<PathBuf>,
    logs: Option<PathBuf>,
}

impl Places {
    /// As in Spin: a flag before the configuration before `.spin`, and an empty
    /// path is none.
    fn new(options: &Options, config: &RuntimeConfig, manifest: &Manifest) -> Self {
        let filled = |path: PathBuf| (!path.as_os_str().is_empty()).then_some(path);
        let state = match options.state_dir.as_ref().or(config.state_dir.as_ref()) {
            Some(path) => filled(path.clone()),
            None => Some(manifest.folder().join(".spin")),
        };
        let logs = match &config.log_dir {
            Some(path) => filled(path.clone()),
            None => state.as_ref().map(|state| state.join("logs")),
        };
        Self { state, logs }
    }
}

fn share(
    options: &Options,
    manifest: &Manifest,
    config: RuntimeConfig,
    places: &Places,
) -> Result<Shared> {
    let mut sources = Sources {
        given: options.variables.clone(),
        provided: config.variables.clone(),
        ..Sources::default()
    };
    if options.environment {
        sources.read_environment(Path::new("."))?;
    }
    let variables = Variables::resolve(manifest, &sources)?;
    let value_of = |name: &str| variables.application(name);
    let allowed = AllowedHosts::resolve(&manifest.allowed_outbound_hosts, value_of);
    if let Some(mistake) = allowed.mistake() {
        eprintln!("Every outbound call will be denied: {mistake}");
    }
    if let Some(folder) = &places.logs {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
    }
    let sink = |stream| {
        Sink::new(
            places.logs.as_deref(),
            &manifest.component,
            stream,
            !options.quiet,
        )
    };
    let watch = Watch::from_environment()?;
    let mut stores = Stores::open(&manifest.key_value_stores, &config, places.state.as_deref())?;
    if let Some(watch) = &watch {
        stores.watched_by(watch);
    }
    Ok(Shared {
        stores: Arc::new(stores),
        variables: Arc::new(variables),
        outbound: Arc::new(Outbound::new(
            allowed,
            &config.client_tls,
            &manifest.component,
            options.spin,
            watch.clone(),
        )?),
        watch,
        clock: Clock::from_environment()?,
        stdout: sink("stdout")?,
        stderr: sink("stderr")?,
    })
}

/// Compiles off the async executor, and says so when it takes long.
async fn compile(source: PathBuf, shared: Shared) -> Result<Instances> {
    let mut work = tokio::task::spawn_blocking(move || {
        let component = engine::load(&source)?;
        Instances::new(&component, shared)
    });
    if let Ok(done) = tokio::time::timeout(PATIENCE, &mut work).await {
        return done?;
    }
    eprintln!("Preparing the component; the next start will be quicker.");
    work.await?
}
