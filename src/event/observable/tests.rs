//! Texts as people and machines write them, and texts that are made to hurt.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

const MD5: &str = "44d88612fea8a8f36de82e1278abb02f";
const SHA1: &str = "3395856ce81f2b7382dee72602f798b642f14140";
const SHA256: &str = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f";

fn value(text: &str) -> Option<String> {
    Observable::of_value(text).map(|o| format!("{} {}", o.kind, o.value))
}

fn values(text: &str) -> Vec<String> {
    let found = Observable::all_in(text).into_iter();
    found.map(|o| o.value).collect()
}

fn is_public(kind: &str, value: &str) -> bool {
    Observable::new(kind, value.to_owned()).is_public()
}

#[test]
fn a_value_is_typed_and_written_in_one_way() {
    for (text, expected) in [
        ("8.8.8.8", "ipv4-addr 8.8.8.8"),
        (" \"8.8.8.8\" ", "ipv4-addr 8.8.8.8"),
        ("8[.]8[.]8[.]8:443", "ipv4-addr 8.8.8.8"),
        ("::ffff:8.8.8.8", "ipv4-addr 8.8.8.8"),
        ("2001:DB8:0:0::1", "ipv6-addr 2001:db8::1"),
        ("[2001:db8::1]:443", "ipv6-addr 2001:db8::1"),
        ("[2001:db8::1]", "ipv6-addr 2001:db8::1"),
        ("2001[:]db8[:][:]1", "ipv6-addr 2001:db8::1"),
        ("fe80::1%eth0", "ipv6-addr fe80::1"),
        ("::1", "ipv6-addr ::1"),
        ("Evil[.]COM.", "domain-name evil.com"),
        ("evil.com:8443", "domain-name evil.com"),
        ("<evil.com>", "domain-name evil.com"),
        ("xn--mnchen-3ya.de", "domain-name xn--mnchen-3ya.de"),
        ("MÜNCHEN.DE", "domain-name münchen.de"),
        ("президент.рф", "domain-name президент.рф"),
        ("evil.xn--p1ai", "domain-name evil.xn--p1ai"),
        ("_dmarc.evil.com", "domain-name _dmarc.evil.com"),
        ("dc01.corp.local", "domain-name dc01.corp.local"),
        ("evil.sh", "domain-name evil.sh"),
        ("hXXps://Evil[.]COM/A?b=C", "url https://evil.com/A?b=C"),
        ("hxxp[://]evil(dot)com", "url http://evil.com"),
        ("(http://evil.com/a_(b))", "url http://evil.com/a_(b)"),
        ("http://me:secret@evil.com:81/x", "url http://evil.com:81/x"),
        ("http://[2001:DB8::1]:81/x", "url http://[2001:db8::1]:81/x"),
        ("http://intranet/x", "url http://intranet/x"),
        ("ftp://evil.zip/a", "url ftp://evil.zip/a"),
        (&MD5.to_uppercase(), &format!("md5 {MD5}")),
        (SHA1, &format!("sha1 {SHA1}")),
        (SHA256, &format!("sha256 {SHA256}")),
    ] {
        assert_eq!(value(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn what_is_no_observable_as_a_whole_is_none() {
    for text in [
        "",
        " ",
        "\"\"",
        "word",
        "42",
        "3.14",
        "1.2.3",
        "10.0.19041.1",
        "1.2.3.4.5",
        "01.2.3.4",
        "FIN-WS-042",
        r"EXAMPLE\j.doe",
        r"C:\Windows\System32\svchost.exe",
        "svchost.exe",
        "/usr/bin/x.sh",
        "j.doe",
        "me@evil.com",
        "me[at]evil[.]com",
        "12:48:23",
        "::",
        ":",
        "[::]",
        "00:1A:2B:3C:4D:5E",
        "00:1A:2B:FF:FE:3C:4D:5E",
        "face::add",
        "std::fmt",
        "CVE-2024-3094",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        "Trojan.Win32.Agent",
        "Trojan.Win32.Emotet.be",
        "archive.zip",
        "clip.mov",
        "1.2.3.0/24",
        "evil.com and more",
        "evil.com/path",
        "http://",
        "http:///x",
        "http://a b",
        "http://evil.com:99999/",
        "http://%65vil.com/",
        "http://evil..com/",
        "javascript://evil.com",
        "00000000000000000000000000000000",
        "-evil.com",
        "evil-.com",
        "evil..com",
        ".com",
        "foo_bar.com",
        "[8.8.8.8]",
        "ｅｖｉｌ.com",
        "2026-11-22",
        "2026-11-22T10:00:00Z",
        "10.11.2026",
        "a.b.c.d",
        "TRUE",
        "0x7f000001",
    ] {
        assert_eq!(value(text), None, "{text}");
    }
}

#[test]
fn a_running_text_yields_each_once_in_their_order() {
    let text = format!(
        "Seen: hxxps://evil[.]com/a, then **evil.com** (EVIL.COM). \
         Beacon to 8.8.8[.]8:443; `2001:4860::8888`.\n| SHA256 | {SHA256} |\n\
         <a href=\"http://bad.net/x?a=1&amp;b=2\">http://bad.net/x?a=1&amp;b=2</a>\
         <p>worse.org</p>&nbsp;8.8.8.8"
    );
    let expected = [
        "https://evil.com/a",
        "evil.com",
        "8.8.8.8",
        "2001:4860::8888",
        SHA256,
        "http://bad.net/x?a=1&b=2",
        "worse.org",
    ];
    assert_eq!(values(&text), expected);
}

#[test]
fn what_is_found_in_a_running_text_has_no_junk_around_it() {
    for (text, expected) in [
        ("See http://evil.com/a.", "http://evil.com/a"),
        ("(http://evil.com/a).", "http://evil.com/a"),
        ("[here](http://evil.com/a)", "http://evil.com/a"),
        ("[http://evil.com](http://evil.com)", "http://evil.com"),
        ("http://evil.com/a_(b), so", "http://evil.com/a_(b)"),
        ("http://evil.com/?a[0]=1", "http://evil.com/?a[0]=1"),
        ("**http://evil.com/a**", "http://evil.com/a"),
        ("„http://evil.com/a“", "http://evil.com/a"),
        ("url=http://evil.com/a;x", "http://evil.com/a;x"),
        ("[url:value = 'http://evil.com']", "http://evil.com"),
        ("http://user:pw@evil.com/@x", "http://evil.com/@x"),
        ("_evil.com_", "evil.com"),
        ("*.evil.com", "evil.com"),
        ("C2=evil.com:443.", "evil.com"),
        ("domain:evil.com", "evil.com"),
        ("evil.com/gate.php", "evil.com"),
        ("ldap://evil.com/a", "evil.com"),
        ("evil.example.sh", "evil.example.sh"),
        ("evil.web.app", "evil.web.app"),
        ("evil[.]sh", "evil.sh"),
        ("evil.example", "evil.example"),
        ("8.8.8.8:53", "8.8.8.8"),
        ("src=8.8.8.8,", "8.8.8.8"),
        ("/8.8.8.8:53", "8.8.8.8"),
        ("8.8.8.8/32", "8.8.8.8"),
        ("ip:2001:db8::1.", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        (
            "[file:hashes.MD5 = '44D88612FEA8A8F36DE82E1278ABB02F']",
            MD5,
        ),
    ] {
        assert_eq!(values(text), [expected], "{text}");
    }
}

#[test]
fn what_only_looks_like_an_observable_is_none() {
    for text in [
        "invoice.exe 69.exe readme.md script.ps1 svchost.dll report.pdf setup.py install.sh",
        "a.pl lib.rs libc.so Safari.app main.tf x.zip x.mov invoice.pdf.zip",
        "versions 1.2.3, 10.0.19041.1, v1.2.3.4, version 1.2.3.4 and 1.2.3.4.5",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36",
        "e.g. this, i.e. that, z.B. jenes, U.S. and Ph.D.",
        "Node.js, ASP.NET, System.IO, System.Net.Http, Microsoft.Exchange.Data.In",
        "java.lang.String com.example.foo.Bar org.apache.commons.io os.path.join self.id event.id",
        "Trojan.Win32.Agent Trojan.Win32.Emotet.be CVE-2024-3094 T1059.001",
        "at 12:48:23 or 2026-11-22T12:48:23.123Z, 1:2, ::, std::fmt, face::add, a::b",
        "00:1A:2B:3C:4D:5E 00-1A-2B-3C-4D-5E 00:1A:2B:FF:FE:3C:4D:5E 001A.2B3C.4D5E",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf6 {F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6}",
        "j.doe@evil.com mailto:j.doe@evil.com j.doe[at]evil[.]com <a+b@evil.com> @evil.com",
        r"C:\Users\evil.com\x /opt/evil.com/x EXAMPLE\john.li ~/evil.com ./evil.com",
        "The end.In the beginning.It was 5.de and 3.in",
        "10.0.0.0/8 2001:db8::/32",
        "http:// https:/// http://: http://) https://%00/",
        "1.1.1.1.1.1 999.1.1.1",
    ] {
        assert_eq!(values(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_hash_inside_a_longer_hex_string_is_none() {
    for text in [
        format!("{SHA256}{SHA256}"),
        format!("{MD5}a"),
        format!("x{MD5}"),
    ] {
        assert_eq!(values(&text), Vec::<String>::new());
        assert_eq!(value(&text), None);
    }
}

#[test]
fn an_imphash_is_no_hash_of_a_file() {
    let other = "f34d5f2d4577ed6d9ceec516c1f5a744";
    for text in [
        format!("SHA1={SHA1},MD5={MD5},SHA256={SHA256},IMPHASH={other}"),
        format!("IMPHASH={other},SHA1={SHA1},MD5={MD5},SHA256={SHA256}"),
        format!("imphash: {other}\n{SHA1} {MD5} {SHA256}"),
        format!("| Imphash | `{other}` | {SHA1} | {MD5} | {SHA256}"),
        format!("<td>imphash</td><td class=\"x\">{other}</td>{SHA1} {MD5} {SHA256}"),
        format!("{{\"pe.imphash\":\"{other}\",\"md5\":\"{SHA1}\"}} {MD5} {SHA256}"),
        format!("JA3 hash: {other}, file: {SHA1} {MD5} {SHA256}"),
    ] {
        assert_eq!(values(&text), [SHA1, MD5, SHA256], "{text}");
    }
}

#[test]
fn masks_around_masks_fall() {
    for (text, expected) in [
        ("[[.]]", "."),
        ("hXXps[:]//a{.}b(DOT)c", "https://a.b.c"),
        ("&amp;lt;", "<"),
        ("hxxp hxxpx://", "hxxp hxxpx://"),
        ("[..] [dott] [.)", "[..] [dott] [.)"),
    ] {
        assert_eq!(refang::refang(text).text, expected);
    }
}

#[test]
fn what_is_nobodys_own_is_public() {
    for (kind, value) in [
        (IPV4, "8.8.8.8"),
        (IPV4, "172.32.0.1"),
        (IPV4, "100.128.0.1"),
        (IPV6, "2001:4860:4860::8888"),
        (IPV6, "64:ff9b::8.8.8.8"),
        (IPV6, "2002:808:808::1"),
        (IPV6, "::ffff:8.8.8.8"),
        (DOMAIN, "evil.com"),
        (DOMAIN, "notexample.com"),
        (DOMAIN, "mylocal.net"),
        (DOMAIN, "президент.рф"),
        (URL, "http://evil.com/?token=abc"),
        (URL, "http://8.8.8.8:81/"),
        (URL, "http://10.0.0.1@evil.com/"),
        ("md5", MD5),
        ("sha1", SHA1),
        ("sha256", SHA256),
    ] {
        assert!(is_public(kind, value), "{value}");
    }
}

#[test]
fn what_may_be_ones_own_is_not_public() {
    for (kind, value) in [
        (DOMAIN, "localhost"),
        (DOMAIN, "intranet"),
        (DOMAIN, "Dc01.Corp.LOCAL."),
        (DOMAIN, "a.home.arpa"),
        (DOMAIN, "1.0.0.10.in-addr.arpa"),
        (DOMAIN, "www.example.com"),
        (DOMAIN, "10.0.0.1"),
        (DOMAIN, "evil.com/?secret"),
        (DOMAIN, "a.ｌｏｃａｌ"),
        (DOMAIN, "a.𝓵𝓸𝓬𝓪𝓵"),
        (URL, "http://intranet/"),
        (URL, "http://localhost:8080/"),
        (URL, "https://wiki.corp/evil.com"),
        (URL, "http://evil.com@10.0.0.1/"),
        (URL, "http://10.0.0.1\\@evil.com/"),
        (URL, "http://2130706433/"),
        (URL, "http://0x7f.1/"),
        (URL, "http://0x7f000001/"),
        (URL, "http://0177.0.0.1/"),
        (URL, "http://127.1/"),
        (URL, "http://127.0.0.1./"),
        (URL, "http://１２７.0.0.１/"),
        (URL, "http://127。0。0。1/"),
        (URL, "http://[::1]/"),
        (URL, "http://[::ffff:10.0.0.1]/"),
        (URL, "evil.com"),
        ("md5", SHA1),
        ("md5", "j.doe"),
        ("user-account", "j.doe"),
        ("", ""),
    ] {
        assert!(!is_public(kind, value), "{value}");
    }
}

#[test]
fn no_more_is_read_and_returned_than_the_limits_say() {
    let many: String = (0..80).map(|n| format!("evil{n}.com,")).collect();
    assert_eq!(values(&many).len(), scan::COUNT_LIMIT);
    let late = format!("{} evil.com", "x ".repeat(scan::TEXT_LIMIT / 2));
    assert_eq!(values(&late), Vec::<String>::new());
    // What the limit cuts through is not half read.
    let cut = format!("{} evil.com.evil.net", "x".repeat(scan::TEXT_LIMIT - 9));
    assert_eq!(values(&cut), Vec::<String>::new());
    let long = format!(
        "http://evil.com/{} http://a.com",
        "x".repeat(url::URL_LIMIT)
    );
    assert_eq!(values(&long), ["http://a.com"]);
}

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
        let text = piece.repeat(scan::TEXT_LIMIT / piece.len());
        let start = Instant::now();
        Observable::all_in(&text);
        Observable::of_value(&text);
        assert!(start.elapsed() < Duration::from_secs(2), "{piece}");
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
