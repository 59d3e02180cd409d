//! `notable_update`: how Enterprise Security 7 and 8.0 let a notable be changed.
//!
//! Splunk's REST reference for Enterprise Security: a POST of a form, which may hold
//! `ruleUIDs` (repeated), `searchID`, `newOwner`, `urgency`, `status`, `disposition` and
//! `comment`, nothing else. It answers 200 also where it did nothing; `success` says
//! which. It does not look whether there is such a notable.

use ::http::Method;

use super::update::Update;
use crate::upstream::port::UpstreamError;
use crate::upstream::rest::{Rest, Sent};

const PATH: &str = "/services/notable_update";
/// So many notables are changed in one request: its form stays within some 10 KB.
pub(super) const AT_ONCE: usize = 100;

/// Changes notables, all in one request, and says why.
///
/// # Errors
/// When they may not have been changed.
pub(super) async fn update(
    rest: &Rest<'_>,
    ids: &[String],
    update: &Update<'_>,
) -> Result<(), UpstreamError> {
    let mut form: Vec<(&str, &str)> = Vec::new();
    form.extend(ids.iter().map(|id| ("ruleUIDs", id.as_str())));
    for (name, value) in [
        ("newOwner", update.owner),
        ("status", update.status),
        ("disposition", update.disposition),
        ("comment", Some(update.comment)),
    ] {
        form.extend(value.map(|value| (name, value)));
    }
    let answer = rest.send(Method::POST, PATH, Sent::Form(&form)).await;
    let answer = answer.map_err(no_interface)?;
    let status = answer.status;
    let answer = rest.object(&answer)?;
    match answer["success"].as_bool() {
        Some(true) => Ok(()),
        Some(false) => Err(rest.refused(answer["message"].as_str())),
        None => Err(rest.somebody_else(status)),
    }
}

/// A notable that is unknown is no error here: it is the interface that is not there.
fn no_interface(error: UpstreamError) -> UpstreamError {
    match error {
        UpstreamError::Gone { why } => UpstreamError::Refused {
            why: format!(
                "{why}. Check that splunk_api_url is the management port (8089), and that \
                 Enterprise Security is there"
            ),
        },
        other => other,
    }
}
