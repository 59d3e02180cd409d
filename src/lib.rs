//! jira-intake: a Spin component that turns security events into Jira issues.
//!
//! One event, one way: [`sources`] reads what its sender says, [`store`] knows
//! what is remembered of its entity and who works on it, [`decide`] says what is
//! to be done, [`pipeline`] has the [`tracker`] do it. What touches the world
//! goes through the ports in [`platform`].

pub mod api;
pub mod context;
pub mod decide;
pub mod doctor;
pub mod enrichment;
pub mod http;
pub mod markup;
pub mod model;
pub mod notify;
pub mod outbox;
pub mod page;
pub mod pipeline;
pub mod platform;
pub mod settings;
pub mod sources;
pub mod store;
pub mod stream;
pub mod text;
pub mod tracker;
pub mod upstream;

/// The exported handler: Spin calls it once for each request, in a fresh
/// instance.
#[cfg(target_family = "wasm")]
#[allow(unsafe_code, missing_docs, reason = "the macro exports a C symbol")]
mod handler {
    use crate::api::{self, Session};
    use crate::platform::memory::SmallFirst;
    use crate::platform::spin::{
        Incoming, IncomingRequest, ResponseOutparam, Spin, head, http_component, respond,
    };
    use crate::settings::Settings;
    use crate::tracker::jira::Jira;

    /// An instance lives for one request: what counts is how fast it gets memory, not how
    /// well it fits years later (docs/benchmarks.md).
    #[global_allocator]
    static MEMORY: SmallFirst<talc::wasm::WasmDynamicTalc> =
        SmallFirst::new(talc::wasm::new_wasm_dynamic_allocator());

    #[http_component]
    async fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let spin = Spin::default();
        let ports = spin.ports();
        let settings = Settings::new(ports.variables);
        let jira = Jira::new(ports, &settings);
        let session = Session::new(ports, &settings, &jira);
        let work = async {
            let response = match head(&request) {
                Some(head) => api::handle(&session, &head, &mut Incoming::new(request)).await,
                None => api::unreadable(),
            };
            respond(response, out).await;
            // A sender that reads slowly is waited for.
            spin.time_passes();
            api::after_response(&session).await;
        };
        spin.run(work).await;
    }
}
