//! The process that serves the component: started with the flags that
//! `spin up` has, and ended with all that it started.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::leaks::Leaks;
use super::redis::Redis;

/// A host may take this long to compile the component and listen.
const START: Duration = Duration::from_secs(90);
/// A host that is told to stop may take this long.
const STOP: Duration = Duration::from_secs(10);
/// The last lines of one that was ended may take this long.
const LAST_LINES: Duration = Duration::from_secs(2);
/// Seconds by which the component's clock is ahead; see [`Launch::program`].
pub const AHEAD: &str = "JIRA_INTAKE_AHEAD";

/// Whether the tests run on a real Spin.
pub fn on_spin() -> bool {
    cfg!(on_spin)
}

/// How a process is started.
#[derive(Clone)]
pub struct Launch {
    pub settings: BTreeMap<String, String>,
    pub flags: Vec<String>,
    pub environment: BTreeMap<String, String>,
    pub manifest: PathBuf,
    /// The folder that outlives the process, and the one it runs in.
    pub state: Arc<TempDir>,
    /// Where data is kept instead of that folder.
    pub redis: Option<Arc<Redis>>,
}

/// A process group of its own: Spin serves in a child of the process that is
/// started, and a child outlives a parent that is killed.
pub struct Process {
    leader: Child,
    group: Option<Pid>,
    output: Arc<Mutex<Vec<String>>>,
    readers: Vec<JoinHandle<()>>,
    /// What must stand in none of its answers and lines.
    pub leaks: Leaks,
    pub url: String,
}

impl Launch {
    /// Starts the process; it serves when this returns.
    pub async fn start(&self) -> Process {
        // Spin must be told a port, and somebody else may take it first.
        for _ in 0..5 {
            let mut process = self.spawn();
            match process.serving().await {
                Ok(url) => {
                    process.url = url;
                    return process;
                }
                Err(lines) if lines.iter().any(|it| it.contains("already in use")) => {}
                Err(lines) => panic!("the host ended or does not serve: {lines:#?}"),
            }
        }
        panic!("no port is free");
    }

    /// Starts a process that is expected to end by itself, and returns what it
    /// printed.
    pub async fn refused(&self) -> Vec<String> {
        let mut process = self.spawn();
        let ended = tokio::time::timeout(START, process.leader.wait()).await;
        let status = ended.expect("it still runs").unwrap();
        assert!(!status.success(), "{:#?}", process.output());
        // The last lines may still be on their way.
        tokio::time::sleep(Duration::from_millis(200)).await;
        process.output()
    }

    fn spawn(&self) -> Process {
        let mut leader = self
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .expect("the host can be started");
        let output = Arc::new(Mutex::new(Vec::new()));
        let stdout = leader.stdout.take().unwrap().into_owned_fd().unwrap();
        let stderr = leader.stderr.take().unwrap().into_owned_fd().unwrap();
        let readers = [stdout, stderr].map(|it| collect(it, output.clone()));
        let id = leader.id().and_then(|id| i32::try_from(id).ok());
        Process {
            leader,
            group: id.and_then(Pid::from_raw),
            output,
            readers: readers.into(),
            leaks: Leaks::of(&self.manifest, &self.settings),
            url: String::new(),
        }
    }

    fn command(&self) -> Command {
        let mut command = self.program();
        command.arg("up").arg("--from").arg(&self.manifest);
        match on_spin() {
            // Spin prints the port that it was given.
            true => command
                .arg("--listen")
                .arg(format!("127.0.0.1:{}", free_port())),
            false => command.args(["--no-build", "--listen", "127.0.0.1:0"]),
        };
        command.arg("--state-dir").arg(self.state.path());
        let flag = "--runtime-config-file";
        if let Some(redis) = &self.redis
            && !self.settings.contains_key("redis_url")
            && !self.flags.iter().any(|it| it == flag)
        {
            command.arg(flag).arg(redis.config());
        }
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

    /// The local host has a clock that can be ahead; on Spin libfaketime
    /// shifts the process's own.
    fn program(&self) -> Command {
        if !on_spin() {
            return Command::new(env!("CARGO_BIN_EXE_jira-intake-host"));
        }
        let mut command = Command::new("spin");
        if let Some(seconds) = self.environment.get(AHEAD) {
            command.env("LD_PRELOAD", libfaketime());
            command.env("FAKETIME", format!("+{seconds}s"));
            command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        command
    }
}

/// The library that the program `faketime` preloads. Not the program itself:
/// it leaves a semaphore behind when it is killed, and fails on the next one.
fn libfaketime() -> &'static str {
    static LIBRARY: OnceLock<String> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let asked = std::process::Command::new("faketime")
            .args(["-f", "+0s", "printenv", "LD_PRELOAD"])
            .output()
            .expect("faketime can be started");
        String::from_utf8(asked.stdout).unwrap().trim().to_owned()
    })
}

impl Launch {
    /// All that is in the store.
    pub fn entries(&self) -> Vec<(String, Vec<u8>)> {
        if let Some(redis) = &self.redis {
            return redis.entries();
        }
        let file = self.state.path().join("sqlite_key_value.db");
        let db = rusqlite::Connection::open(file).unwrap();
        let mut rows = db.prepare("SELECT key, value FROM spin_key_value").unwrap();
        let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        rows.unwrap().map(Result::unwrap).collect()
    }
}

impl Launch {
    /// Puts values and counters into the store, each in the form that it has there.
    pub fn fill(&self, values: Vec<(String, Vec<u8>)>, counters: &[(String, i64)]) {
        if let Some(redis) = &self.redis {
            let digits = |(key, count): &(String, i64)| (key.clone(), count.to_string().into());
            redis.fill(values.into_iter().chain(counters.iter().map(digits)));
            return;
        }
        let bytes = |(key, count): &(String, i64)| (key.clone(), count.to_le_bytes().to_vec());
        let file = self.state.path().join("sqlite_key_value.db");
        let mut db = rusqlite::Connection::open(file).unwrap();
        let all = db.transaction().unwrap();
        for (key, value) in values.into_iter().chain(counters.iter().map(bytes)) {
            all.prepare_cached("INSERT OR REPLACE INTO spin_key_value VALUES ('default', ?1, ?2)")
                .and_then(|mut row| row.execute(rusqlite::params![key, value]))
                .unwrap();
        }
        all.commit().unwrap();
    }
}

impl Process {
    /// Ends it at once, with all that it started (SIGKILL).
    pub async fn kill(&mut self) {
        self.kill_group();
        let _ = self.leader.wait().await;
    }

    /// Tells it to stop (SIGTERM), as a service manager does.
    pub async fn terminate(&mut self) {
        if let Some(leader) = self.group {
            kill_process(leader, Signal::TERM).unwrap();
        }
        let ended = tokio::time::timeout(STOP, self.leader.wait()).await;
        ended.expect("it stops when it is told to").unwrap();
        self.kill_group();
    }

    /// Whether it ended by itself.
    pub async fn ended(&mut self, within: Duration) -> bool {
        tokio::time::timeout(within, self.leader.wait())
            .await
            .is_ok()
    }

    /// Its process group, which is called as its first process is.
    pub fn group(&self) -> u32 {
        let leader = self.group.expect("it was not ended");
        leader.as_raw_nonzero().get().unsigned_abs()
    }

    /// What it has printed so far, line by line.
    pub fn output(&self) -> Vec<String> {
        self.output.lock().unwrap().clone()
    }

    fn kill_group(&mut self) {
        // A group whose processes have all ended is no error here.
        if let Some(group) = self.group.take() {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }

    /// Waits for the line with which both hosts say where they listen; what
    /// was printed if none comes.
    async fn serving(&mut self) -> Result<String, Vec<String>> {
        let deadline = tokio::time::Instant::now() + START;
        while tokio::time::Instant::now() < deadline {
            let lines = self.output();
            let found = lines
                .iter()
                .find_map(|line| line.trim().strip_prefix("Serving "));
            if let Some(url) = found {
                return Ok(url.trim_end_matches('/').to_owned());
            }
            if self.leader.try_wait().unwrap().is_some() {
                // The last lines may still be on their way.
                tokio::time::sleep(Duration::from_millis(200)).await;
                return Err(self.output());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Err(self.output())
    }
}

/// What it has printed is searched for secrets at its end, when all of it is there.
impl Drop for Process {
    fn drop(&mut self) {
        self.kill_group();
        let ended = Instant::now();
        while !self.readers.iter().all(JoinHandle::is_finished) && ended.elapsed() < LAST_LINES {
            std::thread::sleep(Duration::from_millis(5));
        }
        let found = self.leaks.all(&self.output());
        if !std::thread::panicking() {
            assert!(found.is_empty(), "{found:#?}");
        }
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Reads on a thread: a test that waits for nothing any more loses no line.
fn collect(stream: OwnedFd, into: Arc<Mutex<Vec<String>>>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let lines = BufReader::new(File::from(stream)).split(b'\n');
        for line in lines.map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            into.lock().unwrap().push(line);
        }
    })
}
