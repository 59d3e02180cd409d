//! IP addresses, and which of them are nobody's own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::has_only;

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
    if let Some(v4) = v4(text) {
        return Some(IpAddr::V4(v4));
    }
    let v6 = v6(text)?.to_canonical();
    is_allocated(v6).then_some(v6)
}

// What follows reads and writes addresses as the standard library does, in less
// than half of its 6 KB; the tests compare the two.

/// Four decimal numbers, none with a zero before it.
pub(super) fn v4(text: &str) -> Option<Ipv4Addr> {
    let mut parts = text.split('.');
    let mut octets = [0u8; 4];
    for octet in &mut octets {
        let part = parts.next()?;
        let is_octal = part.len() > 1 && part.starts_with('0');
        if is_octal || !has_only(part, |b| b.is_ascii_digit()) {
            return None;
        }
        *octet = part.parse().ok()?;
    }
    parts.next().is_none().then(|| Ipv4Addr::from(octets))
}

/// Eight groups, of which `::` leaves out those that are zero; an IPv4 address
/// may stand for the last two.
pub(super) fn v6(text: &str) -> Option<Ipv6Addr> {
    let (front, back) = match text.split_once("::") {
        Some((front, back)) => (front, Some(back)),
        None => (text, None),
    };
    let mut all = groups(front, back.is_none())?;
    if let Some(back) = back {
        let mut end = groups(back, true)?;
        let zeros = 8usize.checked_sub(all.len() + end.len());
        let zeros = zeros.filter(|zeros| *zeros > 0)?;
        all.resize(all.len() + zeros, 0);
        all.append(&mut end);
    }
    let all: [u16; 8] = all.try_into().ok()?;
    Some(Ipv6Addr::from(all))
}

/// The groups on one side of `::`.
fn groups(text: &str, at_end: bool) -> Option<Vec<u16>> {
    let mut groups = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if at_end && let Some(v4) = v4(rest) {
            let [a, b, c, d] = v4.octets();
            groups.extend([u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])]);
            return Some(groups);
        }
        let (group, after) = rest.split_once(':').unwrap_or((rest, ""));
        // A colon is followed by another group.
        if group.len() > 4 || !has_only(group, |b| b.is_ascii_hexdigit()) || rest.ends_with(':') {
            return None;
        }
        groups.push(u16::from_str_radix(group, 16).ok()?);
        rest = after;
    }
    Some(groups)
}

/// The canonical form (RFC 5952).
pub(super) fn write(address: IpAddr) -> String {
    let v6 = match address {
        IpAddr::V6(v6) => v6,
        IpAddr::V4(v4) => {
            let [a, b, c, d] = v4.octets();
            return format!("{a}.{b}.{c}.{d}");
        }
    };
    if let Some(v4) = v6.to_ipv4_mapped() {
        return format!("::ffff:{}", write(IpAddr::V4(v4)));
    }
    let segments = v6.segments();
    // The longest run of zeros that is more than one, the first of several.
    let (mut start, mut longest, mut run) = (segments.len(), 1, 0);
    for (at, segment) in segments.iter().enumerate() {
        run = if *segment == 0 { run + 1 } else { 0 };
        if run > longest {
            (start, longest) = (at + 1 - run, run);
        }
    }
    let mut text = String::new();
    for (at, segment) in segments.iter().enumerate() {
        if at == start {
            text.push_str("::");
        } else if at < start || at >= start + longest {
            if !text.is_empty() && !text.ends_with(':') {
                text.push(':');
            }
            text.push_str(&format!("{segment:x}"));
        }
    }
    text
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
    v4(address).map(IpAddr::V4)
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn addresses_are_read_as_the_standard_library_does(
            text in "([0-9]{1,3}\\.){3}[0-9]{1,3}|([0-9a-fA-F]{0,5}:{1,2}){0,8}[0-9a-f]{0,4}|\
                (::|::ffff:|([0-9a-f]{1,4}:){5,6}:?)([0-9]{1,3}\\.){3}[0-9]{1,3}|[0-9:.+a]{0,9}"
        ) {
            prop_assert_eq!(v4(&text), text.parse().ok());
            prop_assert_eq!(v6(&text), text.parse().ok());
        }

        #[test]
        fn addresses_are_written_as_the_standard_library_does(
            v4: Ipv4Addr,
            segments in prop::array::uniform8(prop_oneof![2 => Just(0), 1 => Just(0xffff), 1 => any::<u16>()]),
        ) {
            let v6 = Ipv6Addr::from(segments);
            for address in [IpAddr::V4(v4), IpAddr::V6(v6), IpAddr::V6(v4.to_ipv6_mapped())] {
                prop_assert_eq!(write(address), address.to_string());
            }
            prop_assert_eq!(super::v6(&v6.to_string()), Some(v6));
        }
    }
}
