//! For tests: what one request costs, in numbers that are the same on every
//! machine. With `JIRA_INTAKE_COUNT=1` each instance of the component ends with
//! a line on stderr: `counts: {"fuel": …, "memory": …, …}`.

use std::sync::atomic::{AtomicU64, Ordering};

use wasmtime::{ResourceLimiter, Store};

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

/// Begins to count what an instance costs; `peak` is where its state keeps that.
pub(crate) fn begin<T: 'static>(store: &mut Store<T>, peak: fn(&mut T) -> &mut Peak) {
    // The engine counts fuel only if counts are asked for.
    if store.set_fuel(u64::MAX).is_ok() {
        store.limiter(move |state| peak(state));
    }
}

/// Says what an instance has cost.
pub(crate) fn report<T>(store: &Store<T>, meter: &Meter, peak: &Peak) {
    let Ok(left) = store.get_fuel() else {
        return;
    };
    let number = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let counts = serde_json::json!({
        "fuel": u64::MAX - left,
        "memory": peak.0,
        "store_opens": number(&meter.store_opens),
        "store_reads": number(&meter.store_reads),
        "store_writes": number(&meter.store_writes),
        "variables": number(&meter.variables),
        "requests": number(&meter.requests),
    });
    eprintln!("counts: {counts}");
}
