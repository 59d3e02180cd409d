//! What a running text yields, and what it does not.

use super::*;

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
        ("[http://evil.com](http://evil.com)", "http://evil.com/"),
        ("http://evil.com/a_(b), so", "http://evil.com/a_(b)"),
        ("http://evil.com/?a[0]=1", "http://evil.com/?a[0]=1"),
        ("**http://evil.com/a**", "http://evil.com/a"),
        ("„http://evil.com/a“", "http://evil.com/a"),
        ("url=http://evil.com/a;x", "http://evil.com/a;x"),
        ("[url:value = 'http://evil.com']", "http://evil.com/"),
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
fn no_more_is_read_and_returned_than_the_limits_say() {
    let many: String = (0..80).map(|n| format!("evil{n}.com,")).collect();
    assert_eq!(values(&many).len(), scan::COUNT_LIMIT);
    let late = format!("{} evil.com", "x ".repeat(words::TEXT_LIMIT / 2));
    assert_eq!(values(&late), Vec::<String>::new());
    // What the limit cuts through is not half read.
    let cut = format!("{} evil.com.evil.net", "x".repeat(words::TEXT_LIMIT - 9));
    assert_eq!(values(&cut), Vec::<String>::new());
    let long = format!(
        "http://evil.com/{} http://a.com",
        "x".repeat(url::URL_LIMIT)
    );
    assert_eq!(values(&long), ["http://a.com/"]);
}
