//! The cookie that holds a session.

use http::Uri;
use http::header::COOKIE;
use http::request::Parts;
use http::uri::Authority;

use super::signed_in::LASTS;
use crate::platform::{SPIN_FULL_URL, X_FORWARDED_PROTO};

/// The cookie over https. By this beginning of its name no other host, and no page that
/// is not encrypted, can set it (RFC 6265bis, 4.1.3.2).
const SECURE: &str = "__Host-jira-intake";
/// The cookie where nothing is encrypted: on a machine of one's own.
const PLAIN: &str = "jira-intake";

/// Whether the browser speaks https, to us or to what stands before us. Who lies about
/// it changes only the cookie of its own.
pub(super) fn is_https(head: &Parts) -> bool {
    let value = |name| {
        let value = head.headers.get(name)?;
        value.to_str().ok()
    };
    // With several proxies in a row, the first value is the browser's.
    let proto = value(X_FORWARDED_PROTO).and_then(|it| it.split(',').next());
    match proto {
        Some(proto) => proto.trim().eq_ignore_ascii_case("https"),
        None => value(SPIN_FULL_URL).is_some_and(|url| url.starts_with("https:")),
    }
}

/// Host and port that the browser asked. A component is not shown the header `Host`, but
/// Spin tells the whole address.
pub(super) fn authority(head: &Parts) -> Option<Authority> {
    let url = head.headers.get(SPIN_FULL_URL)?.to_str().ok()?;
    url.parse::<Uri>().ok()?.into_parts().authority
}

/// Whether the browser runs on this machine: nobody listens in between.
pub(super) fn is_local(head: &Parts) -> bool {
    let authority = authority(head);
    let host = authority.as_ref().map_or("", Authority::host);
    host == "localhost" || host == "[::1]" || host.starts_with("127.")
}

/// The `Set-Cookie` that begins a session.
pub(super) fn begin(head: &Parts, session: &str) -> String {
    set(head, session, LASTS.as_secs())
}

/// The `Set-Cookie` that ends it.
pub(super) fn end(head: &Parts) -> String {
    set(head, "", 0)
}

fn set(head: &Parts, value: &str, seconds: u64) -> String {
    let (name, secure) = match is_https(head) {
        true => (SECURE, "; Secure"),
        false => (PLAIN, ""),
    };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

/// The sessions that a request shows.
pub(super) fn shown(head: &Parts) -> impl Iterator<Item = &str> {
    let name = match is_https(head) {
        true => SECURE,
        false => PLAIN,
    };
    let values = head.headers.get_all(COOKIE).into_iter();
    let pairs = values.filter_map(|value| value.to_str().ok());
    let pairs = pairs.flat_map(|value| value.split(';'));
    pairs.filter_map(move |pair| {
        let (found, value) = pair.trim().split_once('=')?;
        (found == name).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(headers: &[(&str, &str)]) -> Parts {
        let mut request = http::Request::get("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn the_cookie_is_for_https_where_the_browser_speaks_it() {
        for (headers, is) in [
            (vec![], false),
            (vec![("x-forwarded-proto", "https")], true),
            (vec![("x-forwarded-proto", "HTTPS, http")], true),
            (vec![("x-forwarded-proto", "http")], false),
            (vec![("spin-full-url", "https://x.example/")], true),
            (vec![("spin-full-url", "http://x.example/")], false),
            (
                vec![
                    ("x-forwarded-proto", "http"),
                    ("spin-full-url", "https://x.example/"),
                ],
                false,
            ),
        ] {
            let cookie = begin(&head(&headers), "s");
            assert_eq!(cookie.starts_with("__Host-"), is, "{headers:?}");
            assert_eq!(cookie.contains("; Secure"), is, "{headers:?}");
            assert!(cookie.contains("Path=/") && !cookie.contains("Domain"));
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
        }
    }

    #[test]
    fn a_cookie_of_plain_http_counts_for_nothing_over_https() {
        let cookie = (
            "cookie",
            "a=b; jira-intake=one;__Host-jira-intake=two; jira-intake",
        );
        let https = head(&[cookie, ("x-forwarded-proto", "https")]);
        assert_eq!(shown(&https).collect::<Vec<_>>(), ["two"]);
        assert_eq!(shown(&head(&[cookie])).collect::<Vec<_>>(), ["one"]);
    }

    #[test]
    fn this_machine_is_known_by_its_names() {
        for (host, is) in [
            ("localhost:3000", true),
            ("127.0.0.1:3000", true),
            ("127.0.0.1", true),
            ("[::1]:3000", true),
            ("intake.example:3000", false),
            ("localhost.example", false),
            ("", false),
        ] {
            let url = format!("http://{host}/sign-in");
            assert_eq!(is_local(&head(&[("spin-full-url", &url)])), is, "{host}");
        }
        assert!(!is_local(&head(&[])));
    }
}
