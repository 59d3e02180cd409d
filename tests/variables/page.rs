//! What is generated into `docs/configuration.md`.

use jira_intake::settings::catalog::{
    About, Build, GROUPS, Group, OUTBOUND_REDIS, Variable, variables_of,
};

use crate::regions::Regions;

/// Spin's lists of hosts take no empty value; these stand for it.
const UNSET: [&str; 2] = ["https://unset.invalid", "redis://unset.invalid:6379"];
/// Lines of prose are not longer (characters).
const WIDTH: usize = 80;

/// All regions but the contents, which depend on these.
pub(crate) fn regions() -> Regions {
    vec![
        ("tables", apart(groups().map(table))),
        (
            "hosts",
            apart([names(Build::PlatformStore, Variable::is_host)]),
        ),
        (
            "secrets",
            apart([names(Build::OutboundRedis, Variable::is_secret)]),
        ),
        ("chapters", apart(groups().filter_map(chapter))),
    ]
}

/// The groups of all builds.
fn groups() -> impl Iterator<Item = &'static Group> {
    GROUPS.into_iter().chain([OUTBOUND_REDIS])
}

/// Links to the page's chapters.
pub(crate) fn contents(page: &str) -> String {
    let titles = page.lines().filter_map(|line| line.strip_prefix("## "));
    let link = |title: &str| format!("- [{title}](#{})\n", anchor(title));
    apart([titles.map(link).collect::<String>()])
}

/// Blocks with an empty line before and after each.
fn apart(blocks: impl IntoIterator<Item = String>) -> String {
    let blocks = blocks
        .into_iter()
        .map(|block| format!("\n{}\n", block.trim()));
    blocks.collect::<String>() + "\n"
}

/// One row for each variable of a group.
fn table(group: &Group) -> String {
    let title = group.title;
    let mut text = format!("**{title}**\n\n| name | default | meaning |\n|---|---|---|\n");
    for it in group.variables {
        let default = match it.default {
            "" => String::new(),
            unset if UNSET.contains(&unset) => " not set".to_owned(),
            default => format!(" `{default}`"),
        };
        let secret = if it.is_secret() { "; secret" } else { "" };
        text += &format!("| `{}` |{default} | {}{secret} |\n", it.name, it.meaning);
    }
    text
}

/// The sections of a group's variables, if there are any.
fn chapter(group: &Group) -> Option<String> {
    let mut blocks = vec![format!("## {}", group.title)];
    if !group.intro.is_empty() {
        blocks.push(group.intro.to_owned());
    }
    for (place, it) in group.variables.iter().enumerate() {
        let section = match it.about {
            About::Section(text) => Some((heading(group, place), text)),
            About::Titled(title, text) => Some((title.to_owned(), text)),
            About::Above | About::Elsewhere => None,
        };
        if let Some((heading, text)) = section {
            blocks.push(format!("### {heading}"));
            blocks.push(text.to_owned());
        }
    }
    (blocks.len() > 1).then(|| apart(blocks))
}

/// The names of the variables that one section is about.
fn heading(group: &Group, place: usize) -> String {
    let rest = group.variables.iter().skip(place + 1);
    let others = rest.take_while(|it| it.about == About::Above);
    let all = group.variables.iter().skip(place).take(1).chain(others);
    all.map(code).collect::<Vec<_>>().join(", ")
}

/// The names of some variables, as a list between commas.
fn names(build: Build, is_one: impl Fn(&Variable) -> bool) -> String {
    let mut lines = vec![String::new()];
    let names: Vec<String> = variables_of(build)
        .filter(|it| is_one(it))
        .map(code)
        .collect();
    for word in names.join(", ").split(' ') {
        let line = lines.last_mut().unwrap();
        if line.is_empty() {
            line.push_str(word);
        } else if line.len() + 1 + word.len() <= WIDTH {
            line.push_str(&format!(" {word}"));
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.join("\n")
}

fn code(variable: &Variable) -> String {
    format!("`{}`", variable.name)
}

/// As GitHub makes an anchor of a heading.
fn anchor(title: &str) -> String {
    let kept = title.to_lowercase().replace(' ', "-");
    kept.replace(|c: char| !c.is_alphanumeric() && c != '-' && c != '_', "")
}
