//! The settings that `allowed_outbound_hosts` in `spin.toml` is made of.
//!
//! Spin reads every entry of that list anew for each request, and one entry
//! that it cannot read denies *every* outbound call of the application. So
//! each of these settings is checked, also where nothing else needs it.
//! Source: Spin 3.6.3 and 4.0.2, `outbound-networking-settings`.

use http::Uri;

/// Stands for "not set" in these settings. Spin from 3.4 to 4.0 refuses a list
/// with an empty entry, so the manifest's default must be a host; names under
/// `invalid` lead nowhere (RFC 2606).
pub(super) const UNSET: &str = "https://unset.invalid";

/// What one of these settings says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Host {
    /// Nothing: the value is [`UNSET`].
    Unset,
    /// An origin without a trailing slash: `https://jira.example.com:8443`.
    Origin(String),
}

/// Why a value is no host that Spin can allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HostError {
    /// There is no value at all.
    Empty,
    /// Everything but this path is right.
    HasPath(String),
    /// What is wrong, as a sentence without the setting's name.
    Invalid(String),
}

impl Host {
    /// Reads a setting's value.
    pub(super) fn parse(value: &str) -> Result<Self, HostError> {
        match value.trim_end_matches('/') {
            "" => Err(HostError::Empty),
            UNSET => Ok(Self::Unset),
            _ => origin(value).map(Self::Origin),
        }
    }
}

/// `scheme://host[:port]` of a value that has nothing else.
pub(super) fn origin(value: &str) -> Result<String, HostError> {
    // The value may hold a password: it is not repeated.
    if value.contains('@') {
        return invalid(
            "holds a user name or password before `@`; use the settings for the login".to_owned(),
        );
    }
    let Some((scheme, rest)) = value.split_once("://") else {
        return invalid(format!(
            "`{value}` is not an address such as https://jira.example.com"
        ));
    };
    // Spin compares letter by letter with what a request's address has.
    if value != value.to_ascii_lowercase() && authority(rest) == rest {
        return invalid(format!(
            "`{value}` must be in lower case, because Spin compares allowed hosts letter by letter"
        ));
    }
    if scheme != "https" && scheme != "http" {
        return invalid(format!(
            "`{value}` begins with neither https:// nor http://"
        ));
    }
    if rest.contains(['?', '#']) {
        return invalid(format!(
            "`{value}` has a query, which is not part of an address"
        ));
    }
    let path = &rest[authority(rest).len()..];
    if !path.trim_matches('/').is_empty() {
        return Err(HostError::HasPath(path.to_owned()));
    }
    let authority = authority(rest).trim_end_matches(':');
    match authority_mistake(authority) {
        Some(why) => invalid(format!("`{value}` {why}")),
        None => Ok(format!("{scheme}://{authority}")),
    }
}

fn invalid<T>(why: String) -> Result<T, HostError> {
    Err(HostError::Invalid(why))
}

/// Host and port: what stands before the path.
fn authority(rest: &str) -> &str {
    rest.split_once('/')
        .map_or(rest, |(authority, _)| authority)
}

/// What Spin, or a request, would find wrong with `host[:port]`.
fn authority_mistake(authority: &str) -> Option<&'static str> {
    if authority.contains('*') {
        return Some("has a `*`; name one host");
    }
    if authority.starts_with('[') && authority.ends_with(']') {
        return Some(
            "needs its port, such as :443, because Spin takes an IPv6 address only with one",
        );
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Some("has a port that is not a number up to 65535");
    }
    if matches!(host, "self" | "self.alt") {
        return Some("is a name with which Spin means the application itself");
    }
    let valid = match host.starts_with('[') {
        true => format!("http://{authority}").parse::<Uri>().is_ok(),
        false => is_name(host),
    };
    (!valid).then_some("has no valid host")
}

/// A name or an IPv4 address that Spin and a request both read as it stands
/// here.
fn is_name(host: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b".-_".contains(&b);
    let is_same = url::Host::parse(host).is_ok_and(|parsed| parsed.to_string() == host);
    is_same && host.bytes().all(is_plain) && !host.starts_with('.') && !host.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_taken_without_its_slash_and_an_empty_port() {
        for (value, expected) in [
            ("https://jira.example.com", "https://jira.example.com"),
            ("https://jira.example.com/", "https://jira.example.com"),
            ("https://jira.example.com:", "https://jira.example.com"),
            (
                "https://jira.example.com:8443/",
                "https://jira.example.com:8443",
            ),
            ("http://10.0.0.1:8080", "http://10.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("http://jira_1:8080", "http://jira_1:8080"),
            ("http://localhost", "http://localhost"),
        ] {
            assert_eq!(Host::parse(value), Ok(Host::Origin(expected.to_owned())));
        }
    }

    #[test]
    fn the_placeholder_is_not_set() {
        for value in [UNSET, "https://unset.invalid/"] {
            assert_eq!(Host::parse(value), Ok(Host::Unset));
        }
    }

    #[test]
    fn what_spin_cannot_read_says_why() {
        for (value, says) in [
            ("jira.example.com", "not an address"),
            ("//jira.example.com", "not an address"),
            ("ftp://jira.example.com", "neither"),
            ("HTTPS://jira.example.com", "lower case"),
            ("https://Jira.example.com", "lower case"),
            ("https://me:hunter2@jira.example.com", "password"),
            ("https://jira.example.com?x=1", "query"),
            ("https://jira.example.com#x", "query"),
            ("https://*.example.com", "`*`"),
            ("https://jira.example.com:*", "`*`"),
            ("https://[::1]", "port"),
            ("https://jira.example.com:port", "port"),
            ("https://jira.example.com:99999", "port"),
            ("https://jira.example.com:80:81", "valid host"),
            ("https://10.0.0.256", "valid host"),
            ("https://10.0.1", "valid host"),
            ("https://jira.0x1", "valid host"),
            ("https://jira..example.com", "valid host"),
            ("https://.example.com", "valid host"),
            ("https://10.0.0.1.", "valid host"),
            ("https://jira%2e.example.com", "valid host"),
            ("https://jira example.com", "valid host"),
            ("https://[::1:80", "valid host"),
            ("https://", "valid host"),
            ("https://:80", "valid host"),
            ("http://self", "itself"),
        ] {
            match Host::parse(value) {
                Err(HostError::Invalid(why)) => {
                    assert!(why.contains(says), "{value}: {why}");
                    assert!(!why.contains("hunter2"), "{why}");
                }
                other => panic!("{value}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_path_is_told_apart_and_so_is_nothing() {
        let path = HostError::HasPath("/Jira".to_owned());
        assert_eq!(Host::parse("https://jira.example.com/Jira"), Err(path));
        assert_eq!(Host::parse(""), Err(HostError::Empty));
        assert_eq!(Host::parse("/"), Err(HostError::Empty));
    }
}
