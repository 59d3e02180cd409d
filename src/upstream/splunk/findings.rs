//! Findings: what Enterprise Security 8 calls notables, one request for each.
//!
//! Paths and shapes are those that Red Hat's collection `splunk.es` for Ansible (5.1.0)
//! uses: its modules `splunk_finding` and `splunk_notes`. An update has no place for a
//! reason; a reason is a note.

use ::http::Method;
use serde_json::{Map, Value, json};

use super::update::{Repeat, Update};
use crate::http::Answer;
use crate::upstream::port::UpstreamError;
use crate::upstream::rest::{Rest, Sent, encoded};

const FINDINGS: &str = "/servicesNS/nobody/SplunkEnterpriseSecuritySuite/public/v2/findings";
const UPDATES: &str = "/servicesNS/nobody/missioncontrol/v1/investigations";
const INVESTIGATIONS: &str = "/servicesNS/nobody/missioncontrol/public/v2/investigations";
/// Among so many of the newest notes, one that may have been sent is looked for.
const NOTES_READ: usize = 20;

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    /// `uuid@@notable@@time<epoch>`
    id: String,
    /// Seconds since 1970, from the id.
    time: u64,
}

impl Finding {
    /// The finding with this id; none if the id is not one of a finding.
    pub(super) fn read(id: &str) -> Option<Self> {
        let (uuid, rest) = id.split_once("@@")?;
        let time = rest.strip_prefix("notable@@time")?;
        let is_number = !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit());
        let time = time.parse().ok().filter(|_| is_number && is_plain(uuid))?;
        let id = id.to_owned();
        Some(Self { id, time })
    }

    fn notes(&self, note: Option<&str>) -> String {
        let notes = format!("{INVESTIGATIONS}/{}/notes", encoded(&self.id));
        match note {
            Some(note) => format!("{notes}/{}", encoded(note)),
            None => notes,
        }
    }

    /// What a note is called that can be changed later.
    fn handle(&self, note: &Value) -> Option<String> {
        let id = note["id"].as_str().filter(|id| is_plain(id))?;
        Some(format!("{id} {}", self.id))
    }
}

/// Whether an id can stand in a path: `..` would lead elsewhere.
fn is_plain(id: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !id.is_empty() && id.chars().all(is_plain)
}

/// The note, and the finding that it is on; none if this is no id of [`say`].
pub(super) fn note_of(handle: &str) -> Option<(&str, Finding)> {
    let (note, finding) = handle.split_once(' ').filter(|(note, _)| is_plain(note))?;
    Some((note, Finding::read(finding)?))
}

/// The number of a finding's status; none if it does not say.
///
/// # Errors
/// When the platform does not answer, or has no such finding.
pub(super) async fn status(
    rest: &Rest<'_>,
    finding: &Finding,
) -> Result<Option<String>, UpstreamError> {
    // The bound is exclusive, and the time may have a fraction.
    let earliest = finding.time.saturating_sub(1);
    let path = format!("{FINDINGS}/{}?earliest={earliest}", encoded(&finding.id));
    let answer = rest.send(Method::GET, &path, Sent::Nothing).await;
    let answer = rest.object(&answer.map_err(hinted)?)?;
    Ok(match &answer["status"] {
        Value::String(status) if !status.is_empty() => Some(status.clone()),
        Value::Number(status) => Some(status.to_string()),
        _ => None,
    })
}

/// Changes a finding, and says why.
///
/// # Errors
/// When it may not have been changed, or not have been said.
pub(super) async fn update(
    rest: &Rest<'_>,
    finding: &Finding,
    update: &Update<'_>,
) -> Result<(), UpstreamError> {
    let mut body = Map::new();
    for (name, value) in [
        ("assignee", update.owner),
        ("status", update.status),
        ("disposition", update.disposition),
    ] {
        body.extend(value.map(|value| (name.to_owned(), value.into())));
    }
    if !body.is_empty() {
        let (id, time) = (encoded(&finding.id), finding.time);
        let path = format!("{UPDATES}/{id}?notable_time={time}");
        let body = Value::Object(body);
        let answer = rest.send(Method::POST, &path, Sent::Json(&body)).await;
        taken(rest, &answer.map_err(hinted)?)?;
    }
    say(rest, finding, update.comment, update.repeat)
        .await
        .map(drop)
}

/// Writes a note, unless it is there already: the platform writes it as often as it is
/// asked to, and the answer to an earlier request may have been lost. The note's id,
/// if it says one.
///
/// # Errors
/// When it may not be there.
pub(super) async fn say(
    rest: &Rest<'_>,
    finding: &Finding,
    text: &str,
    repeat: Repeat,
) -> Result<Option<String>, UpstreamError> {
    if let Some(known) = look_for(rest, finding, text, repeat).await? {
        return Ok(finding.handle(&known));
    }
    let path = format!("{}?notable_time={}", finding.notes(None), finding.time);
    let body = json!({ "content": text });
    let answer = rest.send(Method::POST, &path, Sent::Json(&body)).await;
    let answer = answer.map_err(hinted)?;
    taken(rest, &answer)?;
    Ok(finding.handle(&answer.json()))
}

/// A note that says this already. Where notes are not shown, there is none.
async fn look_for(
    rest: &Rest<'_>,
    finding: &Finding,
    text: &str,
    repeat: Repeat,
) -> Result<Option<Value>, UpstreamError> {
    let path = format!(
        "{}?notable_time={}&limit={NOTES_READ}&sort=create_time%3A-1",
        finding.notes(None),
        finding.time
    );
    let answer = match rest.send(Method::GET, &path, Sent::Nothing).await {
        Ok(answer) => rest.object(&answer)?,
        Err(later @ UpstreamError::Later { .. }) => return Err(later),
        Err(_) => return Ok(None),
    };
    let notes = answer["items"].as_array().map_or(&[][..], Vec::as_slice);
    let looked_at = match repeat {
        Repeat::Newest => 1,
        Repeat::Any => NOTES_READ,
    };
    let says_it = |note: &&Value| note["content"].as_str() == Some(text);
    Ok(notes.iter().take(looked_at).find(says_it).cloned())
}

/// Gives a note another text.
///
/// # Errors
/// When it may not have it.
pub(super) async fn change_note(
    rest: &Rest<'_>,
    finding: &Finding,
    note: &str,
    text: &str,
) -> Result<(), UpstreamError> {
    let path = format!(
        "{}?notable_time={}",
        finding.notes(Some(note)),
        finding.time
    );
    let body = json!({ "content": text });
    let answer = rest.send(Method::POST, &path, Sent::Json(&body)).await?;
    taken(rest, &answer)
}

/// Deletes a note; it may be gone already.
///
/// # Errors
/// When it may still be there.
pub(super) async fn delete_note(
    rest: &Rest<'_>,
    finding: &Finding,
    note: &str,
) -> Result<(), UpstreamError> {
    let path = finding.notes(Some(note));
    match rest.send(Method::DELETE, &path, Sent::Nothing).await {
        Ok(answer) => taken(rest, &answer),
        Err(UpstreamError::Gone { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Whether it was Splunk that said yes: by JSON, or without a word.
fn taken(rest: &Rest<'_>, answer: &Answer) -> Result<(), UpstreamError> {
    match answer.body.trim_ascii().is_empty() {
        true => Ok(()),
        false => rest.object(answer).map(drop),
    }
}

/// An Enterprise Security that has no findings knows none of them.
fn hinted(error: UpstreamError) -> UpstreamError {
    match error {
        UpstreamError::Gone { why } => UpstreamError::Gone {
            why: format!(
                "{why}. If this Enterprise Security has no findings, set splunk_api to \
                 notable_update"
            ),
        },
        other => other,
    }
}
