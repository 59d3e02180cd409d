//! `cargo up` and `cargo demo`.

fn main() {}
