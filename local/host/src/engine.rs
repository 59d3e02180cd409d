//! Compiles the component, and keeps the result beside it, because compiling
//! takes seconds and a component seldom changes.

use std::path::Path;

use anyhow::{Context, Result, bail};
use wasmtime::component::Component;
use wasmtime::{Cache, CacheConfig, Config, Engine, ProfilingStrategy};

use crate::meter;

/// Set to anything: `perf` can name the component's functions, if it has names (it is
/// stripped as a rule). Written to `/tmp/perf-<pid>.map`.
const PERF_MAP: &str = "JIRA_INTAKE_PERF_MAP";

/// Compiles the component at `path`, or takes it from the cache.
pub(crate) fn load(path: &Path) -> Result<Component> {
    if !path.is_file() {
        bail!(
            "there is no component at {}: build it with `cargo up`, or `spin build`",
            path.display()
        );
    }
    let mut cache = CacheConfig::new();
    // The cache knows a component by its content and by wasmtime's version.
    cache.with_directory(path.with_file_name("compiled"));
    let mut config = Config::new();
    config.consume_fuel(meter::is_asked_for());
    if std::env::var_os(PERF_MAP).is_some() {
        config.profiler(ProfilingStrategy::PerfMap);
    }
    config.cache(Some(Cache::new(cache).map_err(anyhow::Error::from)?));
    let engine = Engine::new(&config).map_err(anyhow::Error::from)?;
    Component::from_file(&engine, path)
        .map_err(anyhow::Error::from)
        .with_context(|| format!("cannot load the component {}", path.display()))
}
