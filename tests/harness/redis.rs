//! A Redis of a test's own.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use redis::Commands;
use tempfile::TempDir;

/// A `redis-server` on a free port; it ends when this is dropped.
pub struct Redis {
    process: Child,
    folder: TempDir,
    port: u16,
}

impl Redis {
    /// Starts one; it answers when this returns.
    pub fn start() -> Arc<Self> {
        Self::start_with(&[])
    }

    /// One that asks for a password.
    pub fn with_password(password: &str) -> Arc<Self> {
        Self::start_with(&["--requirepass", password])
    }

    fn start_with(arguments: &[&str]) -> Arc<Self> {
        let folder = tempfile::tempdir().unwrap();
        let port = {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let process = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no"])
            .args(arguments)
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server can be started");
        let redis = Self {
            process,
            folder,
            port,
        };
        let text = format!(
            "[key_value_store.default]\ntype = \"redis\"\nurl = \"{}\"\n",
            redis.url()
        );
        std::fs::write(redis.config(), text).unwrap();
        redis.await_answer();
        Arc::new(redis)
    }

    fn await_answer(&self) {
        for _ in 0..100 {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("redis-server does not answer");
    }

    /// `redis://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// The runtime configuration that names it.
    pub fn config(&self) -> PathBuf {
        self.folder.path().join("runtime-config.toml")
    }

    /// Puts values into it.
    pub fn fill(&self, values: impl Iterator<Item = (String, Vec<u8>)>) {
        let client = redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_connection().unwrap();
        for (key, value) in values {
            let () = connection.set(key, value).unwrap();
        }
    }

    /// All that is in it.
    pub fn entries(&self) -> Vec<(String, Vec<u8>)> {
        let client = redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_connection().unwrap();
        let keys: Vec<String> = connection.keys("*").unwrap();
        keys.into_iter()
            .filter_map(|key| {
                let value: Option<Vec<u8>> = connection.get(&key).unwrap();
                Some((key, value?))
            })
            .collect()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
