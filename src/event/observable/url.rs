//! Addresses of the web.

use std::net::IpAddr;

use super::{address, is_any, name, surrounds};

/// Longer ones are left out: Internet Explorer took 2,083 characters, and the
/// sitemap protocol less than 2,048, so that no server relies on more.
pub(super) const URL_LIMIT: usize = 2048;

/// The schemes under which something is fetched.
const SCHEMES: &str = "http https ftp ftps ws wss";

/// What ends a sentence or opens something else, not an address.
const TRAILING: &[char] = &['.', ',', ';', ':', '!', '?', '*', '\'', '(', '[', '&'];

/// An address of the web in one spelling.
#[derive(Debug)]
pub(super) struct Url<'a> {
    scheme: String,
    /// Who serves it.
    pub(super) host: Host,
    port: Option<u16>,
    rest: &'a str,
}

/// Who serves an address.
#[derive(Debug)]
pub(super) enum Host {
    Address(IpAddr),
    Name(String),
}

impl Host {
    /// Whether others may be told of it.
    pub(super) fn is_public(&self) -> bool {
        match self {
            Self::Address(address) => address::is_public(*address),
            Self::Name(name) => name::is_public(name),
        }
    }
}

impl Url<'_> {
    /// The address as text.
    pub(super) fn write(&self) -> String {
        let host = match &self.host {
            Host::Address(address) => address::write(*address),
            Host::Name(name) => name.clone(),
        };
        let (open, close) = match &self.host {
            Host::Address(IpAddr::V6(_)) => ("[", "]"),
            _ => ("", ""),
        };
        let port = match self.port {
            Some(port) => format!(":{port}"),
            None => String::new(),
        };
        [&self.scheme, "://", open, &host, close, &port, self.rest].concat()
    }
}

/// Whether a text begins as an address of the web does.
pub(super) fn has_scheme(text: &str) -> bool {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(is_scheme)
}

/// Whether a word is the scheme of such an address.
pub(super) fn is_scheme(word: &str) -> bool {
    is_any(word, SCHEMES)
}

/// The address that a text begins with, if it is sound, and what follows it
/// in the text but for the signs that end a sentence.
pub(super) fn take(text: &str) -> (Option<Url<'_>>, &str) {
    let (found, rest) = text.split_at_checked(extent(text)).unwrap_or((text, ""));
    let url = parse(found.trim_end_matches(TRAILING));
    (url, rest.trim_start_matches(surrounds))
}

/// How far an address reaches: to the first character that none has, or to a
/// bracket that it did not open.
pub(super) fn extent(text: &str) -> usize {
    let mut round = 0usize;
    let mut square = 0usize;
    for (at, c) in text.char_indices() {
        let open = match c {
            '(' => Some(round.saturating_add(1)),
            ')' => round.checked_sub(1),
            '[' => Some(square.saturating_add(1)),
            ']' => square.checked_sub(1),
            ',' | ';' if text.get(at + 1..).is_some_and(begins_http) => None,
            c if ends(c) => None,
            _ => continue,
        };
        match (open, c) {
            (None, _) => return at,
            (Some(open), '(' | ')') => round = open,
            (Some(open), _) => square = open,
        }
    }
    text.len()
}

/// A list without blanks goes on with the next address.
fn begins_http(text: &str) -> bool {
    text.get(..4)
        .is_some_and(|next| next.eq_ignore_ascii_case("http"))
}

/// Characters that are not in addresses (RFC 3986), the quotes of any
/// language, and what cannot be seen.
fn ends(c: char) -> bool {
    match c {
        '"' | '\'' | '<' | '>' | '`' | '{' | '}' | '|' | '\\' | '^' | '«' | '»' => true,
        '\u{200b}'..='\u{206f}' | '\u{3000}'..='\u{303f}' | '\u{feff}' => true,
        '\u{ff00}'..='\u{ffef}' => true,
        c => c.is_whitespace() || c.is_control(),
    }
}

/// An address as a whole, without the name and the password of a user.
pub(super) fn parse(text: &str) -> Option<Url<'_>> {
    let (scheme, rest) = text.split_once("://").filter(|_| text.len() <= URL_LIMIT)?;
    if !is_scheme(scheme) {
        return None;
    }
    // A browser ends the host at a backslash, too (WHATWG URL).
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at_checked(end)?;
    let authority = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let (host, port) = split_port(authority)?;
    Some(Url {
        scheme: scheme.to_ascii_lowercase(),
        host,
        port,
        rest,
    })
}

fn split_port(authority: &str) -> Option<(Host, Option<u16>)> {
    if let Some(text) = authority.strip_prefix('[') {
        let (v6, port) = text.split_once(']')?;
        let v6 = address::v6(v6)?;
        let port = if port.is_empty() {
            ""
        } else {
            port.strip_prefix(':')?
        };
        return Some((Host::Address(IpAddr::V6(v6)), port_of(port)?));
    }
    let (text, port) = authority.split_once(':').unwrap_or((authority, ""));
    let host = match address::v4(text) {
        Some(v4) => Host::Address(IpAddr::V4(v4)),
        None => Host::Name(name::host(text)?),
    };
    Some((host, port_of(port)?))
}

/// No port is fine, a wrong one is not.
fn port_of(text: &str) -> Option<Option<u16>> {
    if text.is_empty() {
        return Some(None);
    }
    text.parse().ok().map(Some)
}
