//! See `TARGETS` in `../src/lib.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| jira_intake_fuzz::run("adf", data));
