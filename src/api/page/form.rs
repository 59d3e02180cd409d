//! A form that a browser posts.

use http::StatusCode;
use http::header::CONTENT_TYPE;
use http::request::Parts;

use super::answer::Stop;
use super::gate;
use crate::page::Action;
use crate::platform::{Body, BodyError};

/// The longest form with a few words in it, in bytes.
const SHORT: usize = 16 * 1024;
/// The longest one with an event in it: what is not a letter takes three times its
/// length.
const LONG: usize = 3 * 1024 * 1024;

/// A form's members.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// The member of this name; empty if there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(found, _)| found == name);
        found.map_or("", |(_, value)| value)
    }
}

/// The longest form of an action, in bytes; of signing in where there is none.
fn longest(action: Option<Action>) -> usize {
    match action {
        Some(Action::Rehearse) => LONG,
        _ => SHORT,
    }
}

/// Reads a form.
///
/// # Errors
/// If it was posted from elsewhere, is none, or is too long.
pub(super) async fn read(
    head: &Parts,
    body: &mut dyn Body,
    action: Option<Action>,
) -> Result<Form, Stop> {
    gate::from_ours(head)?;
    let kind = head.headers.get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let why = "This address takes forms only".to_owned();
        return Err(Stop::Refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, why));
    }
    let limit = longest(action);
    let bytes = body.read(limit).await.map_err(|error| match error {
        BodyError::TooLarge { .. } => Stop::Refused(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("The form is longer than {limit} bytes"),
        ),
        BodyError::Broken(why) => Stop::Refused(
            StatusCode::BAD_REQUEST,
            format!("The form did not arrive whole: {why}"),
        ),
    })?;
    let pairs = form_urlencoded::parse(&bytes);
    let owned = |(name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| {
        (name.into_owned(), value.into_owned())
    };
    Ok(Form(pairs.map(owned).collect()))
}
