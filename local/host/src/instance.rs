//! One instance of the component: fresh for each request, with everything it
//! may touch.

use std::sync::Arc;

use anyhow::Result;
use wasmtime::Store;
use wasmtime::component::{Component, HasSelf, Linker, ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::p2::bindings::ProxyPre;
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::bindings::fermyon::spin::{key_value, redis, variables};
use crate::bindings::wasi::keyvalue::{atomics, batch, store};
use crate::clock::Clock;
use crate::keyvalue::{KeyValueHost, Stores};
use crate::meter::{self, Meter, Peak};
use crate::outbound::{Hooks, Outbound};
use crate::redis::RedisHost;
use crate::stdio::Sink;
use crate::tripwire::Watch;
use crate::variables::{NoValue, Variables};

/// What all instances share.
pub(crate) struct Shared {
    /// The key-value stores.
    pub(crate) stores: Arc<Stores>,
    /// The variables.
    pub(crate) variables: Arc<Variables>,
    /// The way out.
    pub(crate) outbound: Arc<Outbound>,
    /// Counts what the component changes, if a test asks for it.
    pub(crate) watch: Option<Arc<Watch>>,
    /// What time it is.
    pub(crate) clock: Clock,
    /// Where stdout goes.
    pub(crate) stdout: Sink,
    /// Where stderr goes.
    pub(crate) stderr: Sink,
}

/// What one instance has.
pub(crate) struct State {
    table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: Hooks,
    key_value: KeyValueHost,
    redis: RedisHost,
    variables: VariablesHost,
    /// What it has done.
    pub(crate) meter: Arc<Meter>,
    /// How much memory it took.
    pub(crate) peak: Peak,
}

/// `fermyon:spin/variables`.
struct VariablesHost {
    variables: Arc<Variables>,
    meter: Arc<Meter>,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            ctx: &mut self.http,
            table: &mut self.table,
            hooks: &mut self.hooks,
        }
    }
}

impl variables::Host for VariablesHost {
    async fn get(&mut self, name: String) -> wasmtime::Result<Result<String, variables::Error>> {
        Meter::count(&self.meter.variables);
        Ok(self.variables.component(&name).map_err(|why| match why {
            NoValue::InvalidName(why) => variables::Error::InvalidName(why),
            NoValue::Undefined(why) => variables::Error::Undefined(why),
            NoValue::Missing(why) => variables::Error::Provider(why),
        }))
    }
}

/// Makes instances of the component.
pub(crate) struct Instances {
    pre: ProxyPre<State>,
    shared: Shared,
}

impl Instances {
    /// Connects the component's imports; fails when it imports something this
    /// host does not have.
    pub(crate) fn new(component: &Component, shared: Shared) -> Result<Self> {
        let pre = link(component).map_err(anyhow::Error::from)?;
        Ok(Self { pre, shared })
    }

    /// What instances are made of.
    pub(crate) fn pre(&self) -> &ProxyPre<State> {
        &self.pre
    }

    /// The state of a new instance.
    pub(crate) fn store(&self) -> Store<State> {
        let shared = &self.shared;
        let meter = Arc::new(Meter::default());
        let state = State {
            table: ResourceTable::new(),
            wasi: WasiCtx::builder()
                .wall_clock(shared.clock)
                .stdout(shared.stdout.stream())
                .stderr(shared.stderr.stream())
                .build(),
            http: WasiHttpCtx::new(),
            hooks: Hooks {
                outbound: shared.outbound.clone(),
                meter: meter.clone(),
            },
            key_value: KeyValueHost::new(shared.stores.clone(), meter.clone()),
            redis: RedisHost::new(shared.outbound.clone(), shared.watch.clone(), meter.clone()),
            variables: VariablesHost {
                variables: shared.variables.clone(),
                meter: meter.clone(),
            },
            meter,
            peak: Peak::default(),
        };
        let mut store = Store::new(self.pre.engine(), state);
        meter::begin(&mut store, |state| &mut state.peak);
        store
    }
}

fn link(component: &Component) -> wasmtime::Result<ProxyPre<State>> {
    let mut linker = Linker::<State>::new(component.engine());
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    variables::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| &mut state.variables)?;
    key_value::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| &mut state.key_value)?;
    redis::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| &mut state.redis)?;
    store::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| &mut state.key_value)?;
    atomics::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| &mut state.key_value)?;
    batch::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| &mut state.key_value)?;
    ProxyPre::new(linker.instantiate_pre(component)?)
}
