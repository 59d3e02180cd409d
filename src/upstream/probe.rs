//! Whether the platforms would let us write: questions that change nothing.

use ::http::Method;

use super::port::UpstreamError;
use super::rest::{Rest, Sent};
use super::{soar, splunk};
use crate::platform::Ports;
use crate::settings::{SoarApi, SplunkApi};

/// The capabilities of Splunk's user. Source: Splunk's REST reference,
/// `authentication/current-context`.
///
/// # Errors
/// Why they are not known.
pub async fn splunk_capabilities(
    ports: Ports<'_>,
    api: &SplunkApi,
) -> Result<Vec<String>, UpstreamError> {
    let path = "/services/authentication/current-context?output_mode=json";
    let rest = splunk::rest(ports, api);
    let answer = ask(&rest, path).await?;
    let content = &answer["entry"][0]["content"];
    Ok(words(&content["capabilities"], None))
}

/// The numbers of the statuses that a notable can have. Source: the interface of
/// Enterprise Security, `alerts/reviewstatuses`.
///
/// # Errors
/// Why they are not known.
pub async fn splunk_statuses(
    ports: Ports<'_>,
    api: &SplunkApi,
) -> Result<Vec<String>, UpstreamError> {
    let path = "/services/alerts/reviewstatuses?output_mode=json&count=0";
    let answer = ask(&splunk::rest(ports, api), path).await?;
    Ok(words(&answer["entry"], Some("name")))
}

/// The names of the statuses that a container of SOAR can have. Source: Splunk's REST
/// reference for SOAR, `container_status`.
///
/// # Errors
/// Why they are not known.
pub async fn soar_statuses(ports: Ports<'_>, api: &SoarApi) -> Result<Vec<String>, UpstreamError> {
    let path = "/rest/container_status?page_size=0";
    let answer = ask(&soar::rest(ports, api), path).await?;
    Ok(words(&answer["data"], Some("name")))
}

async fn ask(rest: &Rest<'_>, path: &str) -> Result<serde_json::Value, UpstreamError> {
    let answer = rest.send(Method::GET, path, Sent::Nothing).await?;
    rest.object(&answer)
}

/// The texts of a list, or that member of each of its entries.
fn words(list: &serde_json::Value, member: Option<&str>) -> Vec<String> {
    let list = list.as_array().into_iter().flatten();
    let text = |it: &serde_json::Value| match member {
        Some(member) => it[member].as_str().map(str::to_owned),
        None => it.as_str().map(str::to_owned),
    };
    list.filter_map(text).collect()
}
