//! Files that stand inside a text as `data:` addresses: a pasted screenshot is
//! hundreds of kilobytes that nobody reads.

use std::borrow::Cow;

/// Stands where an image was.
pub const IMAGE: &str = "[image]";
/// Stands where a file was that is no image.
pub const FILE: &str = "[file]";

/// The longest type, with its parameters, before a file's content.
const TYPE_LIMIT: usize = 100;
/// A line of so many letters of base64 is no prose.
const BASE64_LINE: usize = 40;

/// A text with a word in place of each file that it holds as a `data:` address,
/// in Markdown, in HTML or bare. Looks at each byte a fixed number of times, and
/// never makes a text longer.
pub fn without_files(text: &str) -> Cow<'_, str> {
    let mut short = String::new();
    let mut copied = 0;
    let mut from = 0;
    while let Some(colon) = colon(text, from) {
        from = colon + 1;
        let Some((begin, end, word)) = address(text, colon).filter(|at| at.0 >= copied) else {
            continue;
        };
        short.push_str(text.get(copied..begin).unwrap_or_default());
        short.push_str(word);
        (copied, from) = (end, end);
    }
    match copied {
        0 => Cow::Borrowed(text),
        _ => Cow::Owned(short + text.get(copied..).unwrap_or_default()),
    }
}

/// The next colon. Most texts have few: this looks at a word of bytes at a time.
fn colon(text: &str, from: usize) -> Option<usize> {
    Some(from + text.get(from..)?.find(':')?)
}

/// Where the address with this colon begins and ends, and what stands for it.
fn address(text: &str, colon: usize) -> Option<(usize, usize, &'static str)> {
    let bytes = text.as_bytes();
    let begin = colon.checked_sub(4)?;
    let before = begin.checked_sub(1).and_then(|at| bytes.get(at)).copied();
    let is_word = before.is_some_and(|it| it.is_ascii_alphanumeric());
    if is_word || !bytes.get(begin..colon)?.eq_ignore_ascii_case(b"data") {
        return None;
    }
    let after = bytes.get(colon + 1..)?;
    let is_type = |it: &u8| it.is_ascii_alphanumeric() || b"/;=+._-".contains(it);
    let length = after.iter().take(TYPE_LIMIT).position(|it| !is_type(it))?;
    let kind = after.get(..length)?;
    if after.get(length) != Some(&b',') || !kind.iter().any(|it| b"/;".contains(it)) {
        return None;
    }
    let is_base64 = kind
        .last_chunk::<6>()
        .is_some_and(|end| end.eq_ignore_ascii_case(b"base64"));
    let content = colon + 1 + length + 1;
    let rest = bytes.get(content..)?;
    let quoted = before.and_then(|quote| in_quotes(rest, quote, is_base64));
    let length = quoted.unwrap_or_else(|| match is_base64 {
        true => base64(rest),
        false => rest
            .iter()
            .position(|it| ends_bare(*it))
            .unwrap_or(rest.len()),
    });
    let is_image = kind
        .first_chunk::<6>()
        .is_some_and(|begin| begin.eq_ignore_ascii_case(b"image/"));
    let word = if is_image { IMAGE } else { FILE };
    (length > 0).then_some((begin, content + length, word))
}

/// The length of a content that stands in quotes of this kind.
fn in_quotes(rest: &[u8], quote: u8, is_base64: bool) -> Option<usize> {
    if !b"\"'".contains(&quote) {
        return None;
    }
    let ends = |it: u8| match is_base64 {
        true => !is_base64_letter(it) && !it.is_ascii_whitespace(),
        false => it == quote,
    };
    let length = rest.iter().position(|it| ends(*it))?;
    (rest.get(length) == Some(&quote)).then_some(length)
}

/// The length of a content in base64, which may go on in whole lines.
fn base64(rest: &[u8]) -> usize {
    let letters = |from: usize| {
        let rest = rest.get(from..).unwrap_or_default();
        let end = rest.iter().position(|it| !is_base64_letter(*it));
        end.unwrap_or(rest.len())
    };
    let mut length = letters(0);
    loop {
        let rest = rest.get(length..).unwrap_or_default();
        let line_end = rest.iter().take_while(|it| b"\r\n".contains(it)).count();
        let line = letters(length + line_end);
        if line_end == 0 || line_end > 2 || line < BASE64_LINE {
            return length;
        }
        length += line_end + line;
    }
}

fn is_base64_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=_-%".contains(&byte)
}

/// What an address that stands bare, or in Markdown, does not hold.
fn ends_bare(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"()<>\"'`]".contains(&byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn png(letters: usize) -> String {
        format!(
            "data:image/png;base64,{}",
            "iVBORw0K+/".repeat(letters / 10)
        )
    }

    #[test]
    fn a_file_goes_wherever_it_stands_and_the_text_around_it_stays() {
        let png = png(400_000);
        for (text, expected) in [
            ("a ![shot](DATA) z", "a ![shot]([image]) z"),
            ("a ![s](DATA \"t\") z", "a ![s]([image] \"t\") z"),
            ("a ![s](<DATA>) z", "a ![s](<[image]>) z"),
            ("a [x](DATA) z", "a [x]([image]) z"),
            (
                "<img src=\"DATA\" alt=\"y\"> z",
                "<img src=\"[image]\" alt=\"y\"> z",
            ),
            ("<img src='DATA'/> z", "<img src='[image]'/> z"),
            ("<img src=DATA> z", "<img src=[image]> z"),
            ("DATA", "[image]"),
            ("a: DATA, z DATA.", "a: [image], z [image]."),
            ("[1]: DATA\n\nz", "[1]: [image]\n\nz"),
            (
                "\"DATA and no second quote",
                "\"[image] and no second quote",
            ),
        ] {
            let text = text.replace("DATA", &png);
            assert_eq!(without_files(&text), expected);
        }
    }

    #[test]
    fn files_of_other_kinds_go_too() {
        for (text, expected) in [
            ("(data:text/html,%3Cb%3E) z", "([file]) z"),
            (
                "<a href=\"DATA:application/pdf;base64,JVBE\nRi0x\">z",
                "<a href=\"[file]\">z",
            ),
            (
                "src=\"data:image/svg+xml;utf8,<svg a='b c'>é</svg>\" z",
                "src=\"[image]\" z",
            ),
            ("(data:;base64,AAAA)", "([file])"),
            ("data:image/png;charset=x;BASE64,AA== z", "[image] z"),
        ] {
            assert_eq!(without_files(text), expected);
        }
        let line = "A".repeat(76);
        let wrapped = format!("data:image/png;base64,\n{line}\r\n{line}\nAnd then?");
        assert_eq!(without_files(&wrapped), "[image]\nAnd then?");
    }

    #[test]
    fn words_that_only_look_like_a_file_stay() {
        for text in [
            "data: see below, please",
            "data:none",
            "metadata:image/png;base64,AA",
            "the data:image/png, as said",
            "data:a,b",
            "ata:image/png,b",
            "data:",
            "https://example.com/data:8080/",
        ] {
            assert_eq!(without_files(text), text);
        }
    }

    #[test]
    fn the_work_grows_with_the_text_alone() {
        use crate::platform::fake::cpu_time;
        for part in [
            "data:image/png;base64,",
            "\"data:a/b,",
            "'data:a/b;base64,A ",
            "<data:a/b,<",
        ] {
            let text = part.repeat(300_000 / part.len());
            let started = cpu_time();
            without_files(&text);
            assert!((cpu_time() - started).as_secs() < 2, "{part}");
        }
    }

    proptest! {
        #[test]
        fn what_stands_around_a_file_is_kept(
            before in "[a-z é.(\n]{0,20}",
            content in "[A-Za-z0-9+/]{1,300}={0,2}",
            after in "[a-z é.:\n]{0,20}",
        ) {
            let text = format!("{before} (data:image/jpeg;base64,{content}) {after}");
            prop_assert_eq!(without_files(&text), format!("{before} ([image]) {after}"));
        }

        #[test]
        fn any_text_is_taken_and_never_grows(text in "(data:|image/|;base64|,|A|\"|'|<|\\)|é|\n| |\\PC){0,40}") {
            prop_assert!(without_files(&text).len() <= text.len());
            if !text.contains("data:") {
                prop_assert_eq!(without_files(&text), text.as_str());
            }
        }
    }
}
