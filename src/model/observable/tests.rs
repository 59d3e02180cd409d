//! Values as people and machines write them.

mod hostile;
mod running;

use super::value::{DOMAIN, URL};
use super::*;

const IPV4: &str = "ipv4-addr";
const IPV6: &str = "ipv6-addr";
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
        ("hxxp[://]evil(dot)com", "url http://evil.com/"),
        ("http://evil.com:80/a/../b", "url http://evil.com/b"),
        ("http://%65vil.com./", "url http://evil.com/"),
        ("http://münchen.de/ü", "url http://xn--mnchen-3ya.de/%C3%BC"),
        (
            "http://me:x@MÜNCHEN.de:81/a@b",
            "url http://xn--mnchen-3ya.de:81/a@b",
        ),
        ("http:///evil.com", "url http://evil.com/"),
        ("http://0x7f.1/", "url http://127.0.0.1/"),
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
        "http:///",
        "http://a b",
        "http://evil.com:99999/",
        "http://%00evil.com/",
        "http://(@evil.com/)",
        "http://evil.com/(/../a)",
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
