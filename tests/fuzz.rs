//! The fuzz targets on any toolchain: each gets its samples, and some thousand changed
//! ones. `fuzz/README.md` says how to drive the same functions by coverage.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../fuzz/src/lib.rs"]
#[allow(dead_code, unreachable_pub, reason = "cargo fuzz uses the rest")]
mod targets;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};

use targets::{TARGETS, Target};

/// Changed samples of each target; `FUZZ_CASES` for more.
const CASES: usize = 2_000;
/// A slow machine does fewer of them.
const TIME: Duration = Duration::from_secs(10);
/// Longer samples are cut: many short ones find more.
const LONGEST: usize = 8 * 1024;
/// What breaks readers.
const PIECES: [&[u8]; 24] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\",
    b"\\u",
    b"\\ud83d",
    b"\n",
    b"\r",
    b"\0",
    b"|",
    b"*",
    b"{code}",
    b"<!--",
    b"</",
    b"&#0;",
    b"```",
    b"> ",
    b"NaN",
    b"1e999",
    b"-9223372036854775809",
    b"\xff\xfe",
    "\u{202e}🦀".as_bytes(),
];

#[test]
fn each_target_takes_its_samples_and_whatever_becomes_of_them() {
    let cases = std::env::var("FUZZ_CASES").map_or(CASES, |it| it.parse().unwrap());
    std::thread::scope(|scope| {
        for target in &TARGETS {
            scope.spawn(move || drive(target, cases));
        }
    });
}

fn drive(target: &Target, cases: usize) {
    let seeds = seeds(target);
    assert!(seeds.len() > 1, "{} has no samples", target.name);
    for seed in &seeds {
        tried(target, seed);
    }
    let mut random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let started = Instant::now();
    for _ in 0..cases {
        let seed = &seeds[below(&mut random, seeds.len())];
        let mut data = seed[..seed.len().min(LONGEST)].to_vec();
        for _ in 0..=below(&mut random, 6) {
            change(&mut data, &seeds, &mut random);
        }
        tried(target, &data);
        if started.elapsed() > TIME {
            break;
        }
    }
}

/// Says which bytes broke it.
fn tried(target: &Target, data: &[u8]) {
    let run = catch_unwind(AssertUnwindSafe(|| (target.run)(data)));
    if run.is_err() {
        panic!("{}: {:?}", target.name, String::from_utf8_lossy(data));
    }
}

/// The samples, an empty text, and one of nothing but pieces.
fn seeds(target: &Target) -> Vec<Vec<u8>> {
    let mut seeds = vec![Vec::new(), PIECES.concat()];
    for folder in ["samples", "markup", "../fuzz/seeds"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests")
            .join(folder);
        for file in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = file.file_name().into_string().unwrap();
            if target.seeds.iter().any(|begin| name.starts_with(begin)) {
                seeds.push(fs::read(file.path()).unwrap());
            }
        }
    }
    assert!(seeds.len() > 2, "{} has no samples", target.name);
    seeds
}

fn change(data: &mut Vec<u8>, seeds: &[Vec<u8>], random: &mut TestRng) {
    let at = below(random, data.len() + 1);
    let end = (at + below(random, 40)).min(data.len());
    match below(random, 6) {
        0 => drop(data.drain(at..end)),
        1 => drop(data.splice(at..at, PIECES[below(random, PIECES.len())].to_vec())),
        2 => drop(data.splice(at..end, PIECES[below(random, PIECES.len())].to_vec())),
        3 => {
            let twice = data[at..end].repeat(1 + below(random, 4));
            drop(data.splice(at..at, twice));
        }
        4 => {
            let other = &seeds[below(random, seeds.len())];
            let from = below(random, other.len() + 1);
            let to = (from + below(random, 200)).min(other.len());
            drop(data.splice(at..at, other[from..to].to_vec()));
        }
        _ => data[at..end]
            .iter_mut()
            .for_each(|byte| *byte ^= 1 << (*byte % 8)),
    }
}

fn below(random: &mut TestRng, limit: usize) -> usize {
    random.next_u32() as usize % limit.max(1)
}
