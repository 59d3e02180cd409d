//! Texts that are made to hurt.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use proptest::prelude::*;

use crate::platform::fake::cpu_time;

use super::*;

/// A quadratic scanner would take minutes for one of these.
#[test]
fn a_hostile_text_costs_no_more_than_a_harmless_one() {
    for piece in [
        "1.",
        "1.1.1.1:",
        ":",
        "::",
        "a:",
        "[.]",
        "[",
        "[[",
        "]",
        "(",
        "http://",
        "http://http:",
        "hxxp://",
        "hxxp",
        "hxxp[://]",
        ",http",
        "http://a.com,",
        "http://a@",
        "a.",
        "a.b ",
        "@",
        "&amp;",
        "&amp;amp;",
        "-",
        "_",
        "-.",
        "ab",
        "<",
        "</",
        "/",
        "//",
        "a/",
        "é",
        "\u{130}",
        "2001:db8::",
        "::1/",
        "imphash=",
        "a.com:",
        "a.com,",
        "[dot]",
        "{at}",
        "\u{0}",
        "http:/",
    ] {
        let text = piece.repeat(words::TEXT_LIMIT / piece.len());
        let start = cpu_time();
        Observable::all_in(&text);
        Observable::of_value(&text);
        assert!(cpu_time() - start < Duration::from_secs(2), "{piece}");
    }
}

/// Text made of what the scanner looks for.
fn tricky() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(vec![
            "http://",
            "hxxps[:]//",
            "://",
            ".",
            "[.]",
            "(dot)",
            ":",
            "::",
            "@",
            "[at]",
            "/",
            "\\",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "<",
            ">",
            "'",
            "\"",
            ",",
            ";",
            "&amp;",
            "-",
            "_",
            "%",
            " ",
            "\n",
            "evil.com",
            "evil",
            "com",
            "sh",
            "local",
            "8.8.8.8",
            "10.0.0.1",
            "2001:db8",
            "fe80::1",
            "::ffff:1.2.3.4",
            "443",
            "0x7f",
            MD5,
            "imphash",
            "IMPHASH=",
            "é",
            "ß",
            "İ",
            "Σ",
            "рф",
            "ｅ",
            "。",
            "\u{200b}",
            "\u{202e}",
            "?",
            "#",
            "a=b",
            "*",
            "xn--a",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,3}",
        "[0-9a-f:.]{1,12}",
    ];
    proptest::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

/// An address in a range that is not public.
fn own_v4() -> impl Strategy<Value = Ipv4Addr> {
    let range = proptest::sample::select(vec![
        ([0, 0, 0, 0], 8),
        ([10, 0, 0, 0], 8),
        ([100, 64, 0, 0], 10),
        ([127, 0, 0, 0], 8),
        ([169, 254, 0, 0], 16),
        ([172, 16, 0, 0], 12),
        ([192, 0, 0, 0], 24),
        ([192, 0, 2, 0], 24),
        ([192, 168, 0, 0], 16),
        ([198, 18, 0, 0], 15),
        ([198, 51, 100, 0], 24),
        ([203, 0, 113, 0], 24),
        ([224, 0, 0, 0], 3),
    ]);
    (range, any::<u32>()).prop_map(|((first, length), any): (([u8; 4], u32), u32)| {
        Ipv4Addr::from(u32::from_be_bytes(first) | (any & (u32::MAX >> length)))
    })
}

/// The same within IPv6, by prefix or by what it stands for.
fn own_v6() -> impl Strategy<Value = Ipv6Addr> {
    let range = proptest::sample::select(vec![
        ("fc00::", 7),
        ("fe80::", 10),
        ("fec0::", 10),
        ("ff00::", 8),
        ("2001:db8::", 32),
        ("64:ff9b:1::", 48),
        ("100::", 64),
    ]);
    let ranged = (range, any::<u128>()).prop_map(|((first, length), any): ((&str, u32), u128)| {
        let first: Ipv6Addr = first.parse().unwrap();
        Ipv6Addr::from(u128::from(first) | (any & (u128::MAX >> length)))
    });
    let holding = (own_v4(), 0..6u8, any::<u16>()).prop_map(|(v4, way, any)| {
        let v4 = u128::from(u32::from(v4));
        let public = u128::from(u32::from(Ipv4Addr::new(8, 8, 8, 8)));
        Ipv6Addr::from(match way {
            0 => v4,
            1 => (0xffff << 32) | v4,
            2 => (0x64_ff9b << 96) | v4,
            3 => (0x2002 << 112) | (v4 << 80) | u128::from(any),
            4 => (0x2001 << 112) | (v4 << 64) | (public ^ 0xffff_ffff),
            _ => (0x2001 << 112) | (public << 64) | (v4 ^ 0xffff_ffff),
        })
    });
    prop_oneof![ranged, holding]
}

proptest! {
    #[test]
    fn what_a_text_yields_is_itself_as_a_value(text in prop_oneof![tricky(), any::<String>()]) {
        let found = Observable::all_in(&text);
        for (at, observable) in found.iter().enumerate() {
            let again = Observable::of_value(&observable.value);
            prop_assert_eq!(again.as_ref(), Some(observable));
            prop_assert!(!found[..at].contains(observable));
        }
    }

    #[test]
    fn a_value_is_itself_as_a_value(text in prop_oneof![tricky(), any::<String>()]) {
        if let Some(observable) = Observable::of_value(&text) {
            prop_assert_eq!(Observable::of_value(&observable.value), Some(observable));
        }
    }

    #[test]
    fn any_observable_is_public_or_not(kind in tricky(), value in tricky()) {
        for kind in [kind.as_str(), IPV4, IPV6, DOMAIN, URL, "md5"] {
            is_public(kind, &value);
        }
    }

    #[test]
    fn unmasking_twice_is_unmasking_once(text in tricky()) {
        let once = refang::refang(&text).text;
        prop_assert_eq!(&refang::refang(&once).text, &once);
    }

    #[test]
    fn no_address_of_ones_own_is_public(v4 in own_v4(), v6 in own_v6()) {
        prop_assert!(!is_public(IPV4, &v4.to_string()));
        prop_assert!(!is_public(IPV6, &v6.to_string()));
        for url in [format!("http://{v4}/"), format!("http://[{v6}]/"), format!("http://{}/", u32::from(v4))] {
            prop_assert!(!is_public(URL, &url));
        }
        for text in [v4.to_string(), v6.to_string(), format!("x [{v6}]:80 http://u@{v4}:80/?a")] {
            for found in Observable::all_in(&text) {
                prop_assert!(!found.is_public());
            }
        }
    }
}

#[test]
fn a_host_behind_more_slashes_or_in_percent_signs_is_read_as_a_browser_does() {
    for (text, value) in [
        ("http:///A🌀", None),
        (
            "http:///BÜCHER.example/x",
            Some("http://xn--bcher-kva.example/x"),
        ),
        ("http:///A.example/x", Some("http://a.example/x")),
        ("http://%F0%9F%8C%80A.example/", None),
        ("http://ex%61mple.top/%F0", Some("http://example.top/%F0")),
    ] {
        let found = Observable::of_value(text).map(|found| found.value);
        assert_eq!(found.as_deref(), value, "{text}");
    }
}
