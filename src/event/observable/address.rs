//! IP addresses, and which of them are nobody's own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Ranges that are not public: the first address and the length of the prefix
/// (IANA's registry of special-purpose IPv4 addresses, RFC 6890).
const SPECIAL_V4: [([u8; 4], u32); 14] = [
    ([0, 0, 0, 0], 8),       // this network, RFC 791
    ([10, 0, 0, 0], 8),      // private, RFC 1918
    ([100, 64, 0, 0], 10),   // shared by carriers, RFC 6598
    ([127, 0, 0, 0], 8),     // loopback, RFC 1122
    ([169, 254, 0, 0], 16),  // link-local, RFC 3927
    ([172, 16, 0, 0], 12),   // private, RFC 1918
    ([192, 0, 0, 0], 24),    // protocols, RFC 6890
    ([192, 0, 2, 0], 24),    // documentation, RFC 5737
    ([192, 168, 0, 0], 16),  // private, RFC 1918
    ([198, 18, 0, 0], 15),   // benchmarks, RFC 2544
    ([198, 51, 100, 0], 24), // documentation, RFC 5737
    ([203, 0, 113, 0], 24),  // documentation, RFC 5737
    ([224, 0, 0, 0], 4),     // multicast, RFC 1112
    ([240, 0, 0, 0], 4),     // reserved, and the broadcast, RFC 1112
];

/// An address that a whole text is, in its canonical form.
pub(super) fn parse(text: &str) -> Option<IpAddr> {
    if let Ok(v4) = text.parse::<Ipv4Addr>() {
        return Some(IpAddr::V4(v4));
    }
    let v6 = text.parse::<Ipv6Addr>().ok()?.to_canonical();
    is_allocated(v6).then_some(v6)
}

/// An address with what a log may write behind it: a port, the name of the
/// interface.
pub(super) fn with_port(text: &str) -> Option<IpAddr> {
    if let Some((address, rest)) = text.strip_prefix('[').and_then(|t| t.split_once(']')) {
        let port = rest.strip_prefix(':').map(str::parse::<u16>);
        let sound = rest.is_empty() || matches!(port, Some(Ok(_)));
        return parse(without_zone(address)).filter(|ip| sound && ip_was_v6(*ip, address));
    }
    if let Some(address) = parse(without_zone(text)) {
        return Some(address);
    }
    let (address, port) = text.split_once(':')?;
    port.parse::<u16>().ok()?;
    address.parse().ok().map(IpAddr::V4)
}

/// Only an IPv6 address stands in square brackets; one that holds an IPv4
/// address has become that.
fn ip_was_v6(address: IpAddr, text: &str) -> bool {
    address.is_ipv6() || text.contains(':')
}

/// Without the interface of a link-local address (RFC 4007).
fn without_zone(text: &str) -> &str {
    match text.split_once('%') {
        Some((address, _)) if address.contains(':') => address,
        _ => text,
    }
}

/// Whether such an address can exist (IANA's registry of the IPv6 address
/// space). It keeps out what only looks like one, such as `face::add`,
/// `10::30`, or the eight bytes of a hardware address.
fn is_allocated(address: IpAddr) -> bool {
    let IpAddr::V6(v6) = address else {
        return true;
    };
    match v6.segments() {
        // The loopback, and an IPv4 address behind zeros (RFC 4291).
        [0, 0, 0, 0, 0, 0, high, low] => high != 0 || low == 1,
        // NAT64 (RFC 6052, RFC 8215), the discard prefix (RFC 6666).
        [0x64, 0xff9b, ..] | [0x100, 0, 0, 0, ..] => true,
        [first, ..] => matches!(first, 0x2000..=0x3fff | 0xfc00..=0xfdff | 0xfe80..=0xffff),
    }
}

/// Whether it can be met in the public internet.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let bits = u32::from(address);
    SPECIAL_V4.iter().all(|(first, length)| {
        let shift = 32u32.saturating_sub(*length);
        bits >> shift != u32::from(Ipv4Addr::from(*first)) >> shift
    })
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
