//! For tests: what one request costs, in numbers that are the same on every
//! machine. With `JIRA_INTAKE_COUNT=1` each instance of the component ends with
//! a line on stderr: `counts: {"fuel": …, "memory": …, …}`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use wasmtime::{ResourceLimiter, Store};

use crate::instance::State;
use crate::keyvalue::store::{KeyValueStore, Pair, StoreError};

/// The environment variable that asks for counts.
const ASKED: &str = "JIRA_INTAKE_COUNT";

/// Whether counts are asked for. They make the component slower.
pub(crate) fn is_asked_for() -> bool {
    std::env::var_os(ASKED).is_some()
}

/// What one instance has done so far.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    /// Stores and buckets opened.
    pub(crate) store_opens: AtomicU64,
    /// Calls that read a store.
    pub(crate) store_reads: AtomicU64,
    /// Calls that write to a store.
    pub(crate) store_writes: AtomicU64,
    /// Variables read.
    pub(crate) variables: AtomicU64,
    /// HTTP requests sent.
    pub(crate) requests: AtomicU64,
}

/// The most memory that an instance had, in bytes.
#[derive(Debug, Default)]
pub(crate) struct Peak(usize);

impl ResourceLimiter for Peak {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.0 = self.0.max(desired);
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        _desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(true)
    }
}

impl Meter {
    /// One more.
    pub(crate) fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// Begins to count what an instance costs.
pub(crate) fn begin(store: &mut Store<State>) {
    // The engine counts fuel only if counts are asked for.
    if store.set_fuel(u64::MAX).is_ok() {
        store.limiter(|state| &mut state.peak);
    }
}

/// Says what an instance has cost.
pub(crate) fn report(store: &Store<State>) {
    let Ok(left) = store.get_fuel() else {
        return;
    };
    let state = store.data();
    let meter = &state.meter;
    let number = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let counts = serde_json::json!({
        "fuel": u64::MAX - left,
        "memory": state.peak.0,
        "store_opens": number(&meter.store_opens),
        "store_reads": number(&meter.store_reads),
        "store_writes": number(&meter.store_writes),
        "variables": number(&meter.variables),
        "requests": number(&meter.requests),
    });
    eprintln!("counts: {counts}");
}

/// A store as one instance uses it.
pub(crate) struct Metered {
    pub(crate) store: Arc<dyn KeyValueStore>,
    pub(crate) meter: Arc<Meter>,
}

impl Metered {
    fn reads(&self) -> &dyn KeyValueStore {
        Meter::count(&self.meter.store_reads);
        &*self.store
    }

    fn writes(&self) -> &dyn KeyValueStore {
        Meter::count(&self.meter.store_writes);
        &*self.store
    }
}

#[async_trait]
impl KeyValueStore for Metered {
    async fn get(&self, key: String) -> Result<Option<Vec<u8>>, StoreError> {
        self.reads().get(key).await
    }

    async fn set(&self, key: String, value: Vec<u8>) -> Result<(), StoreError> {
        self.writes().set(key, value).await
    }

    async fn delete(&self, key: String) -> Result<(), StoreError> {
        self.writes().delete(key).await
    }

    async fn keys(&self) -> Result<Vec<String>, StoreError> {
        self.reads().keys().await
    }

    async fn increment(&self, key: String, delta: i64) -> Result<i64, StoreError> {
        self.writes().increment(key, delta).await
    }

    async fn get_many(&self, keys: Vec<String>) -> Result<Vec<Pair>, StoreError> {
        self.reads().get_many(keys).await
    }

    async fn set_many(&self, pairs: Vec<(String, Vec<u8>)>) -> Result<(), StoreError> {
        self.writes().set_many(pairs).await
    }

    async fn delete_many(&self, keys: Vec<String>) -> Result<(), StoreError> {
        self.writes().delete_many(keys).await
    }
}
