//! Addresses of the web.

use std::borrow::Cow;

use url::{Host, Url};

use super::words::{is_any, surrounds};
use super::{address, name};

/// Longer ones are left out: Internet Explorer took 2,083 characters, and the
/// sitemap protocol less than 2,048, so that no server relies on more.
pub(super) const URL_LIMIT: usize = 2048;

/// The schemes under which something is fetched.
const SCHEMES: &str = "http https ftp ftps ws wss";

/// What ends a sentence or opens something else, not an address.
const TRAILING: &[char] = &['.', ',', ';', ':', '!', '?', '*', '\'', '(', '[', '&'];

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
pub(super) fn take(text: &str) -> (Option<String>, &str) {
    let (found, rest) = text.split_at_checked(extent(text)).unwrap_or((text, ""));
    let url = parse(found.trim_end_matches(TRAILING)).map(String::from);
    // The name of a user, or dots in a path, may take half of a pair of
    // brackets along.
    let url = url.filter(|url| extent(url) == url.len());
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

/// An address as a browser reads it, without the name and the password of a
/// user.
fn parse(text: &str) -> Option<Url> {
    if text.len() > URL_LIMIT || !has_scheme(text) {
        return None;
    }
    let mut url = Url::parse(&with_ascii_host(text)?).ok()?;
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    if let Host::Domain(name) = url.host()? {
        let name = name::host(name)?;
        url.set_host(Some(&name)).ok()?;
    }
    (url.as_str().len() <= URL_LIMIT).then_some(url)
}

/// The address with its host in ASCII: lower case and Punycode (RFC 3492) do
/// for names as people write them, and spare the component Unicode's tables.
fn with_ascii_host(text: &str) -> Option<Cow<'_, str>> {
    let (scheme, rest) = text.split_once("://")?;
    // As browsers read it: more slashes are none, and a backslash is one.
    let rest = rest.trim_start_matches(['/', '\\']);
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let (authority, after) = rest.split_at_checked(end)?;
    if hides_letters(authority) {
        return None;
    }
    if authority.is_ascii() {
        return Some(Cow::Borrowed(text));
    }
    // The name of a user is left out anyway.
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) => (host, format!(":{port}")),
        None => (host, String::new()),
    };
    // In lower case, and without letters that some read as others.
    let host = name::host(host)?;
    let labels = host.split('.').map(ascii_label);
    let host = labels.collect::<Option<Vec<_>>>()?.join(".");
    Some(Cow::Owned(format!("{scheme}://{host}{port}{after}")))
}

/// Whether a host has letters beyond ASCII in percent signs, which no name has.
fn hides_letters(authority: &str) -> bool {
    let mut signs = authority.split('%').skip(1);
    signs.any(|hex| hex.starts_with(|c: char| matches!(c, '8' | '9' | 'a'..='f' | 'A'..='F')))
}

fn ascii_label(label: &str) -> Option<String> {
    match label.is_ascii() {
        true => Some(label.to_owned()),
        false => {
            let encoded = idna::punycode::encode_str(label)?;
            Some(format!("xn--{encoded}"))
        }
    }
}

/// Whether others may be told of an address: of who serves it.
pub(super) fn is_public(text: &str) -> bool {
    let url = parse(text);
    match url.as_ref().and_then(Url::host) {
        Some(Host::Domain(name)) => name::is_public(name),
        Some(Host::Ipv4(v4)) => address::is_public(v4.into()),
        Some(Host::Ipv6(v6)) => address::is_public(v6.into()),
        None => false,
    }
}
