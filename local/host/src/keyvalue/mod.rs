//! Key-value stores: which one serves a label, and what an instance has open.

mod fermyon;
mod metered;
mod redis;
mod sqlite;
mod wasi;
mod watched;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, bail};
use wasmtime::component::{Resource, ResourceTable, ResourceTableError};

use crate::meter::Meter;
use crate::runtime_config::{RuntimeConfig, StoreConfig};
use crate::store::{KeyValueStore, OpenStore};
use crate::tripwire::Watch;
use metered::Metered;
use redis::RedisStore;
use sqlite::SqliteStore;
use watched::Watched;

/// The label that needs no configuration.
const DEFAULT_LABEL: &str = "default";

/// How many stores and buckets an instance may hold open, as in Spin.
const OPEN_STORES: usize = 256;

/// The stores a component may open, by label.
#[derive(Clone, Default)]
pub(crate) struct Stores {
    by_label: BTreeMap<String, Arc<dyn KeyValueStore>>,
    /// Where the store labelled `default` keeps its data.
    pub(crate) default_place: Option<String>,
}

impl Stores {
    /// Opens the stores that `labels` name. Without a `state_dir` the default
    /// store lives in memory.
    pub(crate) fn open(
        labels: &[String],
        config: &RuntimeConfig,
        state_dir: Option<&Path>,
    ) -> Result<Self> {
        let mut stores = Self::default();
        for label in labels.iter().collect::<BTreeSet<_>>() {
            let file = || state_dir.map(|folder| folder.join("sqlite_key_value.db"));
            let config = match config.stores.get(label) {
                Some(config) => config.clone(),
                None if label == DEFAULT_LABEL => StoreConfig::Sqlite(file()),
                None => bail!("key_value_stores: no store is configured for {label:?}"),
            };
            let (store, place) = open_store(label, config)?;
            stores.by_label.insert(label.clone(), store);
            if label == DEFAULT_LABEL {
                stores.default_place = Some(place);
            }
        }
        Ok(stores)
    }

    /// Lets the writes be counted.
    pub(crate) fn watched_by(&mut self, watch: &Arc<Watch>) {
        for store in self.by_label.values_mut() {
            let (inner, watch) = (store.clone(), watch.clone());
            *store = Arc::new(Watched {
                store: inner,
                watch,
            });
        }
    }
}

fn open_store(label: &str, config: StoreConfig) -> Result<(Arc<dyn KeyValueStore>, String)> {
    Ok(match config {
        StoreConfig::Sqlite(Some(path)) => {
            let place = path.display().to_string();
            (Arc::new(SqliteStore::open(&path, label)?), place)
        }
        StoreConfig::Sqlite(None) => (
            Arc::new(SqliteStore::in_memory(label)?),
            "a temporary in-memory store".to_owned(),
        ),
        StoreConfig::Redis(url) => {
            let store = RedisStore::new(&url)?;
            let place = store.place();
            (Arc::new(store), place)
        }
    })
}

/// Both key-value interfaces, as one instance sees them.
pub(crate) struct KeyValueHost {
    stores: Arc<Stores>,
    open: ResourceTable,
    meter: Arc<Meter>,
}

impl KeyValueHost {
    /// Nothing is open yet.
    pub(crate) fn new(stores: Arc<Stores>, meter: Arc<Meter>) -> Self {
        let mut open = ResourceTable::new();
        open.set_max_capacity(OPEN_STORES);
        Self {
            stores,
            open,
            meter,
        }
    }

    /// The store behind `label`, if the component may open it.
    fn allowed(&self, label: &str) -> Option<Arc<dyn KeyValueStore>> {
        self.stores.by_label.get(label).cloned()
    }

    fn push(
        &mut self,
        store: Arc<dyn KeyValueStore>,
    ) -> Result<Resource<OpenStore>, ResourceTableError> {
        Meter::count(&self.meter.store_opens);
        let meter = self.meter.clone();
        self.open
            .push(OpenStore(Arc::new(Metered { store, meter })))
    }

    fn store(
        &self,
        handle: &Resource<OpenStore>,
    ) -> Result<Arc<dyn KeyValueStore>, ResourceTableError> {
        Ok(self.open.get(handle)?.0.clone())
    }

    fn close(&mut self, handle: Resource<OpenStore>) -> wasmtime::Result<()> {
        self.open.delete(handle)?;
        Ok(())
    }
}
