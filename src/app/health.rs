//! For whatever watches over the process: is it up, and can it work?
//! Both routes are open to everyone, as probes can show no token.

use http::request::Parts;
use http::{Method, Response, StatusCode};
use serde_json::json;

use super::{Told, configuration, only};
use crate::answer::{Problem, ok};
use crate::config::WebhookAuth;
use crate::intake::auth;
use crate::ledger;
use crate::log::{Level, Log};
use crate::platform::Ports;

/// `GET /healthz`: the component answers. No setting is looked at.
pub(super) fn healthz(head: &Parts) -> Result<Response<Vec<u8>>, Problem> {
    look_only(head)?;
    Ok(ok(&json!({ "status": "ok" })))
}

/// `GET /readyz`: 200 when the settings are valid and the store can be written.
/// Else 500, with every mistake for one who shows the token that senders show,
/// or 503 with what the store said.
pub(super) fn readyz(ports: Ports<'_>, head: &Parts) -> Result<Response<Vec<u8>>, Problem> {
    look_only(head)?;
    let is_known =
        WebhookAuth::load(ports.variables).is_ok_and(|it| auth::check(head, &it).is_ok());
    let told = match is_known {
        true => Told::All,
        false => Told::Nothing,
    };
    let config = configuration(ports, told)?;
    ledger::probe(ports.store, ports.clock).map_err(|error| {
        let log = Log::new(ports.log, ports.clock, config.log_level);
        let reason = error.to_string();
        log.line(Level::Error, "not_ready", &[("reason", json!(reason))]);
        let detail = format!("the store cannot be written: {reason}");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    })?;
    Ok(ok(&json!({ "status": "ready" })))
}

fn look_only(head: &Parts) -> Result<(), Problem> {
    only(head, &[Method::GET, Method::HEAD], "GET, HEAD")
}
