//! Builds the component with the manifest's own command, installing the
//! compiler's WASI target first when it is missing.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};

use crate::manifest::{self, Manifest};

/// What components are compiled for.
const TARGET: &str = "wasm32-wasip2";

/// Settings of an outer cargo that would bend the component's build: flags for
/// this machine's compiler, and wrappers such as clippy's.
const FOREIGN: [&str; 9] = [
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_MAKEFLAGS",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_TARGET_DIR",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTFLAGS",
];

/// What is seen of a build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// All that the compiler prints, on stderr.
    #[default]
    Everything,
    /// One line that moves while it builds; the compiler's words if it fails.
    Progress,
}

/// Builds the component and returns the built file's path.
pub fn build_component(manifest: &Manifest, show: Show) -> Result<PathBuf> {
    let Some(build) = &manifest.build else {
        bail!(
            "{}: component.{}.build.command is missing",
            manifest.path.display(),
            manifest.component
        );
    };
    let folder = match &build.workdir {
        Some(workdir) => manifest.folder().join(workdir),
        None => manifest.folder().to_owned(),
    };
    let commands = match &build.command {
        manifest::Command::One(command) => std::slice::from_ref(command),
        manifest::Command::Many(commands) => commands,
    };
    if commands.iter().any(|command| command.contains(TARGET)) {
        install_target(&folder, show)?;
    }
    for command in commands {
        let title = format!("Building {}", manifest.component);
        run(shell(command), &folder, show, &title).with_context(|| format!("failed: {command}"))?;
    }
    Ok(manifest.source.clone())
}

fn install_target(folder: &Path, show: Show) -> Result<()> {
    let rustc = clean(Command::new("rustc"))
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(folder)
        .output()
        .context("cannot run rustc; is Rust installed? See https://rustup.rs")?;
    if rustc.status.success() && Path::new(String::from_utf8_lossy(&rustc.stdout).trim()).is_dir() {
        return Ok(());
    }
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", TARGET]);
    let title = format!("Installing the compiler's target {TARGET}");
    run(rustup, folder, show, &title).with_context(|| {
        format!(
            "cannot install the compiler's target {TARGET} with `rustup target add {TARGET}`; \
             without rustup, install it the way Rust was installed"
        )
    })
}

fn shell(command: &str) -> Command {
    let (program, flag) = if cfg!(windows) {
        ("cmd", "/C")
    } else {
        ("sh", "-c")
    };
    let mut shell = Command::new(program);
    shell.args([flag, command]);
    shell
}

fn clean(mut command: Command) -> Command {
    for name in FOREIGN {
        command.env_remove(name);
    }
    command
}

fn run(command: Command, folder: &Path, show: Show, title: &str) -> Result<()> {
    let mut command = clean(command);
    command.current_dir(folder).stdin(Stdio::null());
    // Standard output belongs to the line that says where the server is.
    command.stdout(std::io::stderr());
    if show == Show::Progress {
        command.stdout(Stdio::null()).stderr(Stdio::piped());
    }
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot run {}", command.get_program().display()))?;
    let said = follow(&mut child, title);
    let status = child.wait()?;
    if !status.success() {
        bail!("{}", format!("{title}: {status}\n{said}").trim_end());
    }
    Ok(())
}

/// Shows the child's last line beside a spinner; returns all it said.
fn follow(child: &mut Child, title: &str) -> String {
    let Some(stderr) = child.stderr.take() else {
        return String::new();
    };
    let spinner = ProgressBar::new_spinner().with_message(title.to_owned());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed}) {prefix:.dim}") {
        spinner.set_style(style);
    }
    spinner.enable_steady_tick(Duration::from_millis(100));
    let mut said = String::new();
    for line in lines(stderr) {
        spinner.set_prefix(line.trim().chars().take(60).collect::<String>());
        said.push_str(&line);
        said.push('\n');
    }
    spinner.finish_and_clear();
    said
}

fn lines(from: impl Read) -> impl Iterator<Item = String> {
    BufReader::new(from).split(b'\n').map_while(|line| {
        let line = line.ok()?;
        Some(String::from_utf8_lossy(&line).into_owned())
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn build(command: &str, show: Show) -> Result<PathBuf> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("spin.toml");
        let text = format!(
            "spin_manifest_version = 2\n[[trigger.http]]\nroute = '/...'\ncomponent = 'c'\n\
             [component.c]\nsource = 'out/c.wasm'\n[component.c.build]\ncommand = '{command}'\n"
        );
        std::fs::write(&path, text)?;
        let built = build_component(&Manifest::read(&path)?, show)?;
        anyhow::ensure!(built.is_file(), "not built beside the manifest");
        Ok(built)
    }

    #[test]
    fn the_manifests_command_runs_in_the_manifests_folder() {
        let built = build("mkdir out && touch out/c.wasm", Show::Everything).unwrap();
        assert!(built.ends_with("out/c.wasm"));
    }

    #[test]
    fn a_failed_build_shows_what_the_compiler_said() {
        let error = build("echo no such thing >&2; exit 3", Show::Progress).unwrap_err();
        let error = format!("{error:#}");
        assert!(
            error.contains("no such thing") && error.contains('3'),
            "{error}"
        );
    }
}
