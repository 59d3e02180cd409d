//! Tells the stories in `../../tests` what they can run on, so that a test that
//! cannot run is reported as ignored, with the reason, and not as passed.
//!
//! - `on_spin`: `JIRA_INTAKE_HOST=spin` asks for a real Spin.
//! - `no_clock`: on a real Spin without `faketime`, nothing can shift the time.
//! - `no_redis`: there is no `redis-server`.
//! - `no_systemd`, `no_kubectl`, `no_compose`, `no_shellcheck`, `no_actionlint`,
//!   `no_curl`: there is none of the programs that know a kind of file under `deploy/`, or
//!   that such a file runs.
//! - `no_browser`: there is no `chromedriver`.

use std::env;
use std::path::PathBuf;
use std::process::Command;

fn main() {
    println!("cargo::rustc-check-cfg=cfg(on_spin, no_clock, no_redis, no_compose)");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=JIRA_INTAKE_HOST");
    println!("cargo::rerun-if-env-changed=PATH");
    let on_spin = env::var("JIRA_INTAKE_HOST").is_ok_and(|host| host == "spin");
    if on_spin {
        println!("cargo::rustc-cfg=on_spin");
    }
    if on_spin && !is_installed("faketime") {
        println!("cargo::rustc-cfg=no_clock");
    }
    if !is_installed("redis-server") {
        println!("cargo::rustc-cfg=no_redis");
    }
    for (program, missing) in PROGRAMS {
        println!("cargo::rustc-check-cfg=cfg({missing})");
        if !is_installed(program) {
            println!("cargo::rustc-cfg={missing}");
        }
    }
    if !is_installed("docker") || !has_compose() {
        println!("cargo::rustc-cfg=no_compose");
    }
}

/// Programs that tests run, and what is said where they are missing.
const PROGRAMS: [(&str, &str); 6] = [
    ("systemd-analyze", "no_systemd"),
    ("kubectl", "no_kubectl"),
    ("shellcheck", "no_shellcheck"),
    ("actionlint", "no_actionlint"),
    ("curl", "no_curl"),
    ("chromedriver", "no_browser"),
];

/// Docker has compose only with a plugin.
fn has_compose() -> bool {
    let output = Command::new("docker").args(["compose", "version"]).output();
    output.is_ok_and(|output| output.status.success())
}

/// Whether a program is on the PATH. Looks again when that may have changed.
fn is_installed(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = env::split_paths(&path).filter(|it| it.is_dir()).collect();
    let found = folders.iter().map(|it| it.join(program));
    match found.into_iter().find(|file| file.is_file()) {
        Some(file) => {
            println!("cargo::rerun-if-changed={}", file.display());
            true
        }
        None => {
            for folder in folders {
                println!("cargo::rerun-if-changed={}", folder.display());
            }
            false
        }
    }
}
