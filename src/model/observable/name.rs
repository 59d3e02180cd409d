//! Names of hosts, and what only looks like one.

use super::words::{has_only, is_any};

/// Longest name and longest part of it (RFC 1035, section 2.3.4).
const NAME_LIMIT: usize = 253;
const LABEL_LIMIT: usize = 63;

/// Country codes in use (IANA's root zone database).
const COUNTRIES: &str = "\
    ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs \
    bt bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee \
    eg er es et eu fi fj fk fm fo fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm \
    hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb \
    lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz \
    na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs \
    ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl \
    tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vu wf ws ye yt za zm zw";
/// Generic endings that a running text means as such, and three of special use:
/// `.onion` (RFC 7686), `.example` (RFC 6761), `.local` (RFC 6762).
const GENERIC: &str = "com net org info biz edu gov mil int onion example local \
    xyz top site online club shop store tech live life world today space website fun icu vip \
    work click link pro mobi asia cat jobs travel aero coop museum tel dev app cloud page blog \
    news agency digital network solutions systems support center company media win loan \
    download stream racing review bid trade party science cricket faith webcam accountant \
    monster quest cyou sbs rest buzz bond cfd lol beauty hair skin makeup autos boats homes \
    wang ren ink wiki art design studio hosting press rocks ninja guru zone finance money \
    bank capital market exchange global international chat forum games casino bet poker \
    рф рус бел укр срб бг ею ελ 中国 中國 台灣 香港 公司 网络 网址 中文网 한국 みんな";
/// Endings that a running text more often means as something else, such as
/// a field's name: taken where a value is a name as a whole.
const WIDE: &str = "name email date post run host group bar services help data \
    web box media video photo pub cab mail \
    arpa internal lan corp intranet home private test invalid localdomain";
/// Endings of files and fields that names of hosts have, too. In a running text a name of
/// two parts with one of them is a file or a field.
const FILES: &str = "sh py pl rs md ps so pm tf id app";
/// Endings that are files wherever there is no address of the web.
const ARCHIVES: &str = "zip mov";
/// Technology that is called like a domain.
const PRODUCTS: &str = "asp.net ado.net vb.net";
/// What names of packages begin with: a domain's parts, the last one first.
const PACKAGES: &str = "com org net java javax android";

/// Names that others do not know or must not be asked about: RFC 2606,
/// RFC 6761, RFC 6762, RFC 8375, the names that RFC 6762 (appendix G) warns
/// of, ICANN's `internal`, and the reverse zones of RFC 1035 and RFC 3596.
const RESERVED: &str = "local localhost internal intranet lan corp home home.arpa private test \
    example invalid localdomain example.com example.net example.org in-addr.arpa ip6.arpa";

/// How sure it is that a text is meant as a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// Words in a running text.
    Narrow,
    /// A value of its own, or a name that someone masked.
    Wide,
}

/// The name of a host in lower case, without the dot of the root.
pub(super) fn host(text: &str) -> Option<String> {
    // Lower case never has fewer than a third of the bytes.
    if text.len() > NAME_LIMIT * 3 {
        return None;
    }
    let name = text.strip_suffix('.').unwrap_or(text).to_lowercase();
    let sound = name.len() <= NAME_LIMIT && name.split('.').all(is_label);
    sound.then_some(name)
}

/// Letters, digits, hyphens (RFC 1123) and the underscore of service names.
fn is_label(label: &str) -> bool {
    (1..=LABEL_LIMIT).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(is_letter)
}

/// Wide letters are read as narrow ones by some: nothing that others are told
/// may hide in them.
fn is_letter(c: char) -> bool {
    match c {
        '-' | '_' => true,
        '\u{ff00}'..='\u{ffef}' => false,
        c => c.is_alphanumeric(),
    }
}

/// A domain: a name of two parts or more with an ending that exists.
pub(super) fn domain(text: &str, trust: Trust) -> Option<String> {
    let name = host(text)?;
    let text = text.strip_suffix('.').unwrap_or(text);
    let (front, ending) = name.rsplit_once('.')?;
    let known = is_any(ending, COUNTRIES) || is_any(ending, GENERIC) || ending.starts_with("xn--");
    let registered = front.rsplit('.').next().unwrap_or(front);
    if registered.contains('_') || is_any(ending, ARCHIVES) || is_code(text) {
        return None;
    }
    let meant = match trust {
        Trust::Wide => known || is_any(ending, WIDE),
        Trust::Narrow => known && !ends_large(text) && !is_other(&name, front, ending),
    };
    meant.then_some(name)
}

/// What a running text more likely means as something else than a domain.
fn is_other(name: &str, front: &str, ending: &str) -> bool {
    if let Some((first, _)) = front.split_once('.') {
        return is_any(first, PACKAGES);
    }
    let is_short_number = front.len() < 3 && has_only(front, |b| b.is_ascii_digit());
    is_any(ending, FILES)
        || is_any(name, PRODUCTS)
        || (is_short_number && is_any(ending, COUNTRIES))
}

/// Names of malware and of packages, such as `Trojan.Win32.Emotet.be`.
fn is_code(text: &str) -> bool {
    let (front, _) = text.rsplit_once('.').unwrap_or((text, ""));
    let mut capitalised = front.split('.').filter(|label| is_capitalised(label));
    capitalised.nth(1).is_some()
}

fn is_capitalised(label: &str) -> bool {
    begins_large(label) && has_small(label)
}

/// `System.Net`, `System.IO`, or a sentence that ends.In the next.
fn ends_large(text: &str) -> bool {
    let (_, ending) = text.rsplit_once('.').unwrap_or_default();
    begins_large(ending) && has_small(text)
}

/// Of ASCII only: code is written in it.
fn begins_large(text: &str) -> bool {
    text.bytes().next().is_some_and(|b| b.is_ascii_uppercase())
}

fn has_small(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_lowercase())
}

/// Whether others may be asked about a name in lower case: one that the
/// public domain name system can know.
pub(super) fn is_public(name: &str) -> bool {
    let Some((_, ending)) = name.rsplit_once('.') else {
        return false;
    };
    // Whatever ends in a number is an address in disguise (WHATWG URL,
    // "ends in a number checker"). Letters beyond ASCII may be read as others.
    let is_number = ending.starts_with(|c: char| c.is_ascii_digit());
    if is_number || !(ending.is_ascii() || is_any(ending, GENERIC)) {
        return false;
    }
    !RESERVED.split(' ').any(|reserved| is_under(name, reserved))
}

fn is_under(name: &str, zone: &str) -> bool {
    match name.strip_suffix(zone) {
        Some(front) => front.is_empty() || front.ends_with('.'),
        None => false,
    }
}
