//! Who may see the page, and which forms are believed.

use http::header::ORIGIN;
use http::request::Parts;
use http::{Method, StatusCode};

use super::answer::Stop;
use super::session_cookie::{self, authority};
use super::signed_in::SignedIn;
use crate::api::access::not_set_up;
use crate::api::answer::Problem;
use crate::api::session::Session;
use crate::page::{Action, Notice};
use crate::platform::{SEC_FETCH_SITE, X_FORWARDED_HOST};
use crate::settings::Secrets;

/// A request of one who is signed in.
pub(super) struct Visit {
    signed_in: SignedIn,
}

impl Visit {
    /// The token for the form of an action.
    pub(super) fn token(&self, action: Action) -> String {
        self.signed_in.token(action)
    }

    /// Whether a form is from a page of ours.
    ///
    /// # Errors
    /// If not: nothing is done.
    pub(super) fn check(&self, action: Action, shown: &str) -> Result<(), Stop> {
        match self.signed_in.is_token(action, shown) {
            true => Ok(()),
            false => Err(Stop::Refused(
                StatusCode::FORBIDDEN,
                "The form is from another session. Go back to the page, load it again, and try once more".to_owned(),
            )),
        }
    }
}

/// The tokens by which people sign in.
///
/// # Errors
/// Without one there is no page.
pub(super) fn tokens(session: &Session<'_>, head: &Parts) -> Result<Secrets, Problem> {
    let tokens = session.settings.admin_token();
    tokens.ok_or_else(|| not_set_up(session, head))
}

/// Lets in one who is signed in.
///
/// # Errors
/// All others go and sign in first.
pub(super) fn visit(session: &Session<'_>, head: &Parts, tokens: &Secrets) -> Result<Visit, Stop> {
    let now = session.ports.clock.now();
    let mut shown = session_cookie::shown(head);
    let signed_in = shown.find_map(|cookie| SignedIn::read(tokens, cookie, now));
    let signed_in = signed_in.ok_or(Stop::SignInFirst)?;
    Ok(Visit { signed_in })
}

/// Only these methods.
///
/// # Errors
/// Every other one is refused.
pub(super) fn only(head: &Parts, methods: &[Method]) -> Result<(), Stop> {
    match methods.contains(&head.method) {
        true => Ok(()),
        false if methods.contains(&Method::POST) => Err(Stop::Method("POST")),
        false => Err(Stop::Method("GET, HEAD")),
    }
}

/// Whether a form may have been posted from a page of ours, as far as the browser
/// says. Older browsers say nothing, and neither do newer ones over plain http: the
/// form's token holds there as well. `Origin: null` is what `no-referrer` makes of our
/// own.
///
/// # Errors
/// If it was posted from elsewhere.
pub(super) fn from_ours(head: &Parts) -> Result<(), Stop> {
    let text = |value: &http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let is_ours = match head.headers.get(SEC_FETCH_SITE).map(text) {
        Some(site) => site == "same-origin" || site == "none",
        None => match head.headers.get(ORIGIN).map(text) {
            None => true,
            Some(origin) if origin == "null" => true,
            Some(origin) => {
                let host = origin.split_once("://").map(|(_, host)| host);
                let asked = authority(head).map(|authority| authority.to_string());
                let forwarded = head.headers.get(X_FORWARDED_HOST).map(text);
                [asked, forwarded]
                    .iter()
                    .flatten()
                    .any(|ours| host == Some(ours))
            }
        },
    };
    match is_ours {
        true => Ok(()),
        false => Err(Stop::Refused(
            StatusCode::FORBIDDEN,
            "The form was posted from another site".to_owned(),
        )),
    }
}

/// What was just done, as the address says.
pub(super) fn notice(head: &Parts) -> Option<Notice> {
    Notice::of(&query(head, "done")?)
}

/// The first value of a name in the query.
pub(super) fn query(head: &Parts, name: &str) -> Option<String> {
    let query = head.uri.query().unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let found = pairs.find(|(found, _)| found == name);
    found.map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_from_elsewhere_is_refused() {
        for (headers, is) in [
            (vec![], true),
            (vec![("sec-fetch-site", "same-origin")], true),
            (vec![("sec-fetch-site", "none")], true),
            (vec![("sec-fetch-site", "same-site")], false),
            (vec![("sec-fetch-site", "cross-site")], false),
            (vec![("origin", "null")], true),
            (vec![("origin", "http://intake.example:3000")], true),
            (vec![("origin", "http://intake.example")], false),
            (vec![("origin", "https://evil.example")], false),
            (
                vec![
                    ("origin", "https://out.example"),
                    ("x-forwarded-host", "out.example"),
                ],
                true,
            ),
            (
                vec![
                    ("origin", "http://intake.example:3000"),
                    ("sec-fetch-site", "cross-site"),
                ],
                false,
            ),
        ] {
            let mut request =
                http::Request::post("/").header("spin-full-url", "http://intake.example:3000/page");
            for (name, value) in &headers {
                request = request.header(*name, *value);
            }
            let head = request.body(()).unwrap().into_parts().0;
            assert_eq!(from_ours(&head).is_ok(), is, "{headers:?}");
        }
    }
}
