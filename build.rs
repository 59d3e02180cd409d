//! Tells the linker to keep the component small.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let wasm = env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm");
    let debug = env::var("DEBUG").is_ok_and(|debug| debug != "false");
    if wasm && !debug {
        // Without this every call and address takes five bytes, a tenth of the
        // component. The linker can do it only where no debug information (the
        // standard library brings some) would have to follow.
        println!("cargo::rustc-link-arg-cdylib=--strip-debug");
        println!("cargo::rustc-link-arg-cdylib=--compress-relocations");
    }
}
