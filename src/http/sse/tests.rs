//! The format, to the letter, and cut anywhere.

use proptest::prelude::*;

use super::*;

fn read(limit: usize, pieces: &[&[u8]]) -> Vec<Frame> {
    let mut frames = Frames::new(limit);
    let mut read = Vec::new();
    for piece in pieces {
        frames.take(piece);
        read.extend(std::iter::from_fn(|| frames.ready()));
    }
    read
}

fn frame(name: &str, id: &str, data: &str) -> Frame {
    Frame {
        name: name.to_owned(),
        id: id.to_owned(),
        data: data.as_bytes().to_vec(),
        length: data.len(),
    }
}

#[test]
fn frames_of_every_shape_are_read() {
    for (text, expected) in [
        (
            "id: 1-0\nevent: create\ndata: {}\n\n",
            vec![frame("create", "1-0", "{}")],
        ),
        (
            "id:1-0\r\nevent:create\r\ndata:{}\r\n\r\n",
            vec![frame("create", "1-0", "{}")],
        ),
        ("event: a\rdata: b\r\r", vec![frame("a", "", "b")]),
        ("\u{feff}data: a\n\n", vec![frame("", "", "a")]),
        ("\u{feff}\ndata: a\n\n", vec![frame("", "", "a")]),
        // Only at the beginning, and only once, the mark is none.
        ("data: a\n\u{feff}data: b\n\n", vec![frame("", "", "a")]),
        (": a comment\ndata: a\n:\n\n", vec![frame("", "", "a")]),
        (
            "data: a\ndata:\ndata\ndata:  b\n\n",
            vec![frame("", "", "a\n\n\n b")],
        ),
        ("data: a:b: c\n\n", vec![frame("", "", "a:b: c")]),
        (
            "retry: 10\nunknown: x\ndatax: y\ndata: a\n\n",
            vec![frame("", "", "a")],
        ),
        ("data\n\n", vec![frame("", "", "")]),
        (
            "event: a\nevent: b\nid: 1\nid: 2\ndata: x\n\n",
            vec![frame("b", "2", "x")],
        ),
        ("id: 1\0\ndata: x\n\n", vec![frame("", "", "x")]),
        // Without data it is no frame, and leaves nothing behind.
        ("id: 1\nevent: a\n\ndata: x\n\n", vec![frame("", "", "x")]),
        ("\n\n\r\n", vec![]),
        ("data: a\n\ndata: b\n", vec![frame("", "", "a")]),
    ] {
        assert_eq!(read(1000, &[text.as_bytes()]), expected, "{text:?}");
    }
}

#[test]
fn of_a_frame_that_is_too_long_the_beginning_is_kept_and_the_next_one_is_read() {
    let text = b"id: 1-0\ndata: 0123456789abc\ndata: def\n\nid: 2-0\ndata: 0123456789\n\n";
    let read = read(10, &[text]);
    assert_eq!(
        (read[0].data.as_slice(), read[0].length),
        (&b"0123456789"[..], 17)
    );
    assert!(!read[0].is_whole() && read[1].is_whole());
    assert_eq!(read[1].id, "2-0");
}

#[test]
fn no_line_grows_without_bound() {
    let mut frames = Frames::new(100);
    for _ in 0..1_000 {
        frames.take(&[b'x'; 1_000]);
    }
    assert!(matches!(&frames.line, Line::Name(name) if name.len() <= NAME_LIMIT + 1));
    frames.take(b"\nid: ");
    for _ in 0..1_000 {
        frames.take(&[b'1'; 1_000]);
    }
    assert_eq!(frames.frame.id.len(), WORD_LIMIT);
    frames.take(b"\ndata: ");
    for _ in 0..1_000 {
        frames.take(&[b'1'; 1_000]);
    }
    assert_eq!(
        (frames.frame.data.len(), frames.frame.length),
        (100, 1_000_000)
    );
}

#[test]
fn the_platforms_own_stream_is_read() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/samples/opencti-stream-mixed.sse"
    );
    let bytes = std::fs::read(path).unwrap();
    let frames = read(1 << 20, &[&bytes]);
    let names: Vec<&str> = frames.iter().map(|frame| frame.name.as_str()).collect();
    assert_eq!(names.first(), Some(&"connected"));
    assert_eq!(names.last(), Some(&"heartbeat"));
    for frame in &frames {
        serde_json::from_slice::<serde_json::Value>(&frame.data).unwrap();
    }
}

/// Names and ids are plain words here; of others only that they are others.
fn words(value: &str) -> String {
    value.bytes().map(char::from).collect()
}

/// The standard's rules, told again of a text that is all there.
fn by_the_book(text: &str) -> Vec<Frame> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut frames = Vec::new();
    let (mut name, mut id, mut data) = (String::new(), String::new(), Vec::<String>::new());
    // What comes after the last line end is no line.
    let (lines, _) = text.rsplit_once('\n').unwrap_or(("", ""));
    let lines: Vec<&str> = match text.contains('\n') {
        true => lines.split('\n').collect(),
        false => Vec::new(),
    };
    for line in lines {
        if line.is_empty() {
            if !data.is_empty() {
                frames.push(frame(&name, &id, &data.join("\n")));
            }
            (name, id, data) = Default::default();
            continue;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value).to_owned();
        match field {
            "event" => name = words(&value),
            "id" if value.contains('\0') => id.clear(),
            "id" => id = words(&value),
            "data" => data.push(value),
            _ => {}
        }
    }
    frames
}

proptest! {
    #[test]
    fn wherever_it_is_cut_it_says_what_the_standard_says(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "data", "event", "id", "retry", ":", ": ", " ", "\n", "\r", "\r\n", "\n\n",
                "\u{feff}", "x", "{\"a\":1}", "1-0", "datadata", "\0",
            ]),
            0..40,
        ),
        cuts in prop::collection::vec(1_usize..7, 0..200),
        umlauts in any::<bool>(),
    ) {
        let text = parts.concat();
        let whole = read(1 << 20, &[text.as_bytes()]);
        prop_assert_eq!(&whole, &by_the_book(&text));
        let text = match umlauts {
            true => text.replace('x', "ü€😀"),
            false => text,
        };
        let whole = read(1 << 20, &[text.as_bytes()]);
        let mut pieces = Vec::new();
        let mut rest = text.as_bytes();
        for cut in cuts {
            let (piece, after) = rest.split_at(cut.min(rest.len()));
            pieces.push(piece);
            rest = after;
        }
        pieces.push(rest);
        prop_assert_eq!(read(1 << 20, &pieces), whole);
    }
}

/// Found by fuzzing: bytes were counted for a part that had arrived, characters for a
/// new one.
#[test]
fn a_long_id_is_cut_at_the_same_character_wherever_the_stream_was() {
    let text = [b"id: ".as_slice(), &[0xe9; 250], b"\ndata: x\n\n"].concat();
    let whole = read(10, &[&text]);
    assert_eq!(whole[0].id.chars().count(), 200);
    let pieces: Vec<&[u8]> = text.chunks(7).collect();
    assert_eq!(read(10, &pieces), whole);
}
