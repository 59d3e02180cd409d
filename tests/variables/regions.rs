//! Parts of a file that are generated. Each stands between two comments of its own:
//! `generated: <name>` and `end: <name>`.

/// The text of each region, by its name.
pub(crate) type Regions = Vec<(&'static str, String)>;

/// A file's text with these regions.
///
/// # Errors
/// Which comment is missing.
pub(crate) fn replace(text: &str, regions: &Regions) -> Result<String, String> {
    let mut text = text.to_owned();
    for (name, content) in regions {
        let begin = end_of_line(&text, &format!("generated: {name}"))?;
        let rest = &text[begin..];
        let end = begin + start_of_line(rest, &format!("end: {name}"))?;
        text.replace_range(begin..end, content);
    }
    Ok(text)
}

/// Where the only line ends that is this comment.
fn end_of_line(text: &str, comment: &str) -> Result<usize, String> {
    let start = start_of_line(text, comment)?;
    let end = text[start..].find('\n').map(|end| start + end + 1);
    end.ok_or_else(|| format!("nothing after the comment `{comment}`"))
}

/// Where the only line begins that is this comment.
fn start_of_line(text: &str, comment: &str) -> Result<usize, String> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let words = line
            .trim()
            .trim_start_matches("<!--")
            .trim_end_matches("-->");
        if words.trim_start_matches('#').trim() == comment {
            found.push(start);
        }
        start += line.len();
    }
    match found[..] {
        [start] => Ok(start),
        _ => Err(format!(
            "there must be one comment `{comment}`, and there are {}",
            found.len()
        )),
    }
}

/// The first line that is different, if one is.
pub(crate) fn difference(is: &str, should_be: &str) -> Option<String> {
    let (mut is, mut should_be) = (is.lines(), should_be.lines());
    for number in 1.. {
        let (line, expected) = (is.next(), should_be.next());
        if line.is_none() && expected.is_none() {
            break;
        }
        if line != expected {
            let shown = |line: Option<&str>| line.unwrap_or("(nothing)").to_owned();
            let (line, expected) = (shown(line), shown(expected));
            return Some(format!(
                "line {number}:\n  is:        {line}\n  should be: {expected}"
            ));
        }
    }
    None
}

#[test]
fn a_region_is_replaced_and_what_is_around_it_stays() {
    let regions = vec![("one", "new\n".to_owned()), ("two", String::new())];
    let text = "a\n<!-- generated: one -->\nold\n<!-- end: one -->\nb\n  # generated: two\nx\n  # end: two\nc\n";
    let expected = "a\n<!-- generated: one -->\nnew\n<!-- end: one -->\nb\n  # generated: two\n  # end: two\nc\n";
    assert_eq!(replace(text, &regions).as_deref(), Ok(expected));
    assert_eq!(replace(expected, &regions).as_deref(), Ok(expected));
}

#[test]
fn a_comment_that_is_missing_or_there_twice_is_named() {
    let regions = vec![("one", String::new())];
    for (text, named) in [
        ("", "generated: one"),
        ("# generated: one\nx\n", "end: one"),
        ("# end: one\n# generated: one\n", "end: one"),
        ("# generated: one\n# end: one\n# end: one\n", "end: one"),
    ] {
        let why = replace(text, &regions).unwrap_err();
        assert!(why.contains(named), "{text}: {why}");
    }
}

#[test]
fn the_first_different_line_is_shown() {
    assert_eq!(difference("a\nb\n", "a\nb\n"), None);
    let shown = difference("a\nb\n", "a\nc\n").unwrap();
    assert_eq!(shown, "line 2:\n  is:        b\n  should be: c");
    assert!(difference("a\n", "a\nb\n").unwrap().contains("(nothing)"));
}
