//! IP addresses, and which of them are nobody's own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddrV4};

/// An address that a whole text is, in its canonical form.
pub(super) fn parse(text: &str) -> Option<IpAddr> {
    text.parse().ok().and_then(allocated)
}

/// An address with what a log may write behind it: a port, the name of the
/// interface.
pub(super) fn with_port(text: &str) -> Option<IpAddr> {
    if let Ok(v4) = text.parse::<SocketAddrV4>() {
        return Some(IpAddr::V4(*v4.ip()));
    }
    let Some((address, rest)) = text.strip_prefix('[').and_then(|t| t.split_once(']')) else {
        return parse(without_zone(text));
    };
    let port = rest.strip_prefix(':').map(str::parse::<u16>);
    let sound = rest.is_empty() || matches!(port, Some(Ok(_)));
    // Only an IPv6 address stands in square brackets.
    let v6: Ipv6Addr = without_zone(address).parse().ok()?;
    allocated(IpAddr::V6(v6)).filter(|_| sound)
}

/// Without the interface of a link-local address (RFC 4007).
fn without_zone(text: &str) -> &str {
    match text.split_once('%') {
        Some((address, _)) if address.contains(':') => address,
        _ => text,
    }
}

/// The canonical form of an address, if such a one can exist (IANA's registry of
/// the IPv6 address space). It keeps out what only looks like one, such as
/// `face::add`, `10::30`, or the eight bytes of a hardware address.
fn allocated(address: IpAddr) -> Option<IpAddr> {
    let address = address.to_canonical();
    let IpAddr::V6(v6) = address else {
        return Some(address);
    };
    let exists = match v6.segments() {
        // The loopback, and an IPv4 address behind zeros (RFC 4291).
        [0, 0, 0, 0, 0, 0, high, low] => high != 0 || low == 1,
        // NAT64 (RFC 6052, RFC 8215), the discard prefix (RFC 6666).
        [0x64, 0xff9b, ..] | [0x100, 0, 0, 0, ..] => true,
        [first, ..] => matches!(first, 0x2000..=0x3fff | 0xfc00..=0xfdff | 0xfe80..=0xffff),
    };
    exists.then_some(address)
}

/// Whether it can be met in the public internet.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

/// Whether it is in none of the ranges that IANA's registry of special-purpose
/// IPv4 addresses (RFC 6890) lists as not global.
fn is_public_v4(v4: Ipv4Addr) -> bool {
    let is_special = match v4.octets() {
        // This network (RFC 791), protocols (RFC 6890).
        [0, ..] | [192, 0, 0, _] => true,
        // Shared by carriers (RFC 6598), benchmarks (RFC 2544).
        [100, 64..=127, ..] | [198, 18..=19, ..] => true,
        // Reserved, and the broadcast (RFC 1112).
        [240..=255, ..] => true,
        _ => v4.is_private() || v4.is_loopback() || v4.is_link_local(),
    };
    !(is_special || v4.is_documentation() || v4.is_multicast())
}

/// Of IPv6, only what IANA gave out for the internet, 2000::/3, and what
/// stands for a public IPv4 address.
fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // Compatible with IPv4 (RFC 4291), NAT64 (RFC 6052).
        [0, 0, 0, 0, 0, 0, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            is_public_v4(embedded(high, low))
        }
        // Teredo: the server, and the client with all bits turned (RFC 4380).
        [0x2001, 0, server, server_low, _, _, high, low] => {
            is_public_v4(embedded(server, server_low)) && is_public_v4(embedded(!high, !low))
        }
        // Protocols (RFC 2928), documentation (RFC 3849, RFC 9637).
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // 6to4 (RFC 3056).
        [0x2002, high, low, ..] => is_public_v4(embedded(high, low)),
        [first, ..] => matches!(first, 0x2000..=0x3fff),
    }
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}
