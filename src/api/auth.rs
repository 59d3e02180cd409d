//! Who is asking: the shared token, in the header that OpenCTI can send or in
//! the query, which is all that some senders can set.

use http::header::AUTHORIZATION;
use http::request::Parts;

use crate::platform::X_API_KEY;
use crate::settings::Secrets;

/// Why a sender is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denied {
    /// It showed no token.
    NoToken,
    /// It showed a wrong one.
    WrongToken,
}

/// Lets in one who shows a right token, or says why not.
pub(super) fn check(head: &Parts, right: &Secrets) -> Result<(), Denied> {
    let mut shown = tokens(head).peekable();
    if shown.peek().is_none() {
        return Err(Denied::NoToken);
    }
    // Every token is compared, so that the time tells nothing.
    match shown.fold(false, |found, token| right.include(&token) | found) {
        true => Ok(()),
        false => Err(Denied::WrongToken),
    }
}

/// All the tokens the request shows.
fn tokens(head: &Parts) -> impl Iterator<Item = Vec<u8>> {
    let bearer = head
        .headers
        .get_all(AUTHORIZATION)
        .into_iter()
        .filter_map(|value| bearer(value.as_bytes()));
    let api_key = head
        .headers
        .get_all(X_API_KEY)
        .into_iter()
        .map(|value| value.as_bytes().to_vec());
    let query = form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes())
        .filter(|(name, _)| name == "token")
        .map(|(_, value)| value.into_owned().into_bytes());
    bearer.chain(api_key).chain(query)
}

/// The token of a `Bearer` credential; the scheme's case does not matter
/// (RFC 9110, 11.1). OpenCTI's connector sends its token without any scheme.
fn bearer(value: &[u8]) -> Option<Vec<u8>> {
    let value = value.trim_ascii();
    match value.iter().position(|byte| *byte == b' ') {
        None => Some(value.to_vec()),
        Some(end) => {
            let (scheme, token) = value.split_at_checked(end)?;
            scheme
                .eq_ignore_ascii_case(b"bearer")
                .then(|| token.trim_ascii().to_vec())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&str, &str)], uri: &str) -> Parts {
        let mut builder = http::Request::builder().uri(uri);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        builder.body(()).unwrap().into_parts().0
    }

    fn auth() -> Secrets {
        Secrets::from("t0k+en/=")
    }

    #[test]
    fn a_token_is_taken_from_each_of_its_three_places() {
        for (headers, uri) in [
            (vec![("authorization", "Bearer t0k+en/=")], "/"),
            (vec![("Authorization", "bearer t0k+en/=")], "/"),
            (vec![("Authorization", "t0k+en/=")], "/"),
            (vec![("X-API-Key", "t0k+en/=")], "/"),
            (vec![], "/?x=1&token=t0k%2Ben%2F%3D"),
            (
                vec![("authorization", "Basic eDp5"), ("x-api-key", "t0k+en/=")],
                "/",
            ),
        ] {
            assert_eq!(
                check(&request(&headers, uri), &auth()),
                Ok(()),
                "{headers:?} {uri}"
            );
        }
    }

    #[test]
    fn a_wrong_token_is_turned_away() {
        for (headers, uri) in [
            (vec![("authorization", "Bearer t0k+en/")], "/"),
            (vec![("authorization", "Bearer ")], "/"),
            (vec![("x-api-key", "T0k+en/=")], "/"),
            (vec![], "/?token="),
            (vec![], "/?token=t0k%2Ben%2F%3Dx"),
        ] {
            let denied = check(&request(&headers, uri), &auth());
            assert_eq!(denied, Err(Denied::WrongToken), "{headers:?} {uri}");
        }
    }

    #[test]
    fn no_token_is_told_apart_from_a_wrong_one() {
        for headers in [vec![], vec![("authorization", "Basic eDp5")]] {
            assert_eq!(
                check(&request(&headers, "/?t=1"), &auth()),
                Err(Denied::NoToken)
            );
        }
    }

    #[test]
    fn while_a_token_is_replaced_both_are_right() {
        let both = Secrets::from("new-t0ken old-t0ken");
        for (shown, is_right) in [
            ("new-t0ken", true),
            ("old-t0ken", true),
            ("new-t0ken old-t0ken", false),
            ("new-t0ken%20old-t0ken", false),
        ] {
            let bearer = request(&[("authorization", &format!("Bearer {shown}"))], "/");
            let key = request(&[("x-api-key", shown)], "/");
            for head in [bearer, key] {
                assert_eq!(check(&head, &both).is_ok(), is_right, "{shown}");
            }
        }
        let query = request(&[], "/?token=new-t0ken+old-t0ken");
        assert_eq!(check(&query, &both), Err(Denied::WrongToken));
    }
}
