//! A place that issues go to: is it there, and what may we do in it? Pure.

use super::fields::listed;
use super::report::{Check, Fix};
use super::target::Target;
use crate::settings::{Lifecycle, OnDelete, OnUpdate};
use crate::tracker::jira::{Project, Unknown};

/// A permission that something needs.
pub(super) struct Needed {
    /// As Jira's permission schemes call it.
    pub(super) key: &'static str,
    /// What fails without it.
    without: &'static str,
    /// Whether it is only a part that fails.
    is_small: bool,
}

/// Without it, no issue is filed.
pub(super) const CREATE: &str = "CREATE_ISSUES";

/// The permissions that these settings need.
pub(super) fn needed(lifecycle: Option<&Lifecycle>) -> Vec<Needed> {
    let edits = lifecycle.is_none_or(|it| it.on_update == OnUpdate::Fields);
    let moves = lifecycle.is_some_and(|it| {
        it.on_delete == OnDelete::Transition || !it.status_transitions.is_empty()
    });
    let all = [
        (CREATE, "no issue can be filed", false, true),
        ("EDIT_ISSUES", "no issue can be changed", false, edits),
        (
            "ADD_COMMENTS",
            "nothing can be told in a comment",
            false,
            true,
        ),
        (
            "EDIT_OWN_COMMENTS",
            "the count of an alert's firings cannot be changed",
            true,
            true,
        ),
        (
            "TRANSITION_ISSUES",
            "no issue can be closed or moved",
            false,
            moves,
        ),
        (
            "LINK_ISSUES",
            "no issue is linked to its entity",
            true,
            true,
        ),
    ];
    let needed = all.into_iter().filter(|(.., is_needed)| *is_needed);
    needed
        .map(|(key, without, is_small, _)| Needed {
            key,
            without,
            is_small,
        })
        .collect()
}

/// What we lack in a target's project.
pub(super) fn permissions(target: &Target, needed: &[Needed], lacking: &[&str]) -> Vec<Check> {
    let project = &target.place.project;
    let name = format!("permissions {project}");
    let lacking = needed.iter().filter(|it| lacking.contains(&it.key));
    let checks: Vec<Check> = lacking
        .map(|it| {
            let found = format!("the account lacks {}: {}", it.key, it.without);
            let what = format!(
                "give the account of jira_api_token the permission {} in {project}",
                it.key
            );
            let fix = Fix::new(&["jira_api_token", target.project_setting], what);
            match it.is_small {
                true => Check::warning(&name, found, fix),
                false => Check::wrong(&name, found, fix),
            }
        })
        .collect();
    match checks.is_empty() {
        true => vec![Check::ok(name, "all that is needed")],
        false => checks,
    }
}

/// A project that we see.
pub(super) fn project(target: &Target, project: &Project) -> Check {
    Check::ok(format!("project {}", target.place.project), &project.name)
}

/// A project that we do not see; `seen` are the keys of those that we do.
pub(super) fn no_project(target: &Target, error: &Unknown, seen: &[String]) -> Check {
    let name = format!("project {}", target.place.project);
    let found = match error {
        Unknown::Missing(_) => format!(
            "there is no such project, or the account may not see it; it sees {}",
            listed(seen)
        ),
        other => other.why().to_owned(),
    };
    let what = match target.project_setting {
        "routes" => format!(
            "use the key of one of these as project in {}",
            target.said_by
        ),
        _ => "use the key of one of these, or let the account browse the project".to_owned(),
    };
    Check::wrong(name, found, Fix::new(&[target.project_setting], what))
}

/// The issue type.
pub(super) fn issue_type(target: &Target, project: &Project) -> Check {
    let name = format!("issue type {}", target.place_name());
    if project.issue_types.contains(&target.place.issue_type) {
        return Check::ok(name, "is there");
    }
    let found = format!(
        "the project has no such issue type; it has {}",
        listed(&project.issue_types)
    );
    let what = match target.type_setting {
        "routes" => format!("use one of these as issue_type in {}", target.said_by),
        _ => "use one of these, to the letter".to_owned(),
    };
    Check::wrong(name, found, Fix::new(&[target.type_setting], what))
}

/// What was found out only in part; `setting` is what it would have judged.
pub(super) fn unknown(name: String, error: &Unknown, setting: &str) -> Check {
    match error {
        Unknown::Scope(why) => Check::wrong(
            name,
            why,
            super::login::scope("read:jira-work and write:jira-work"),
        ),
        Unknown::Busy(why) | Unknown::Silent(why) => Check::warning(
            name,
            why,
            Fix::new(&[], "Jira is not well, or has too much to do: ask again"),
        ),
        error => Check::wrong(
            name,
            error.why(),
            Fix::new(
                &["jira_api_token", setting],
                "see what the account may do there, and what stands between here and Jira",
            ),
        ),
    }
}

/// The fields that a change writes, on the edit screen of an issue.
pub(super) fn edit_screen(target: &Target, shown: &[String]) -> Check {
    let name = format!("edit screen {}", target.place_name());
    let wanted = ["summary", "description", "labels"];
    let priority = (!target.priorities.is_empty()).then_some("priority");
    let wanted = wanted.into_iter().chain(priority);
    let is_lacking = |id: &&str| !shown.iter().any(|it| it == id);
    let lacking: Vec<String> = wanted.filter(is_lacking).map(str::to_owned).collect();
    if lacking.is_empty() {
        return Check::ok(name, "has all that a change writes");
    }
    let found = format!(
        "{} cannot be edited: their changes are told in a comment",
        listed(&lacking)
    );
    let what = "put them on the screen on which issues of this type are edited, or say on_update = comment";
    Check::warning(name, found, Fix::new(&["on_update"], what))
}

/// Whether a search finds something out.
pub(super) fn search(result: Result<usize, &Unknown>) -> Check {
    let name = "search";
    match result {
        Ok(count) => Check::ok(name, format!("works; {count} open issues were found")),
        Err(Unknown::Refused(why) | Unknown::Missing(why)) => Check::wrong(
            name,
            format!("{why}: a lost create cannot be looked for"),
            Fix::new(
                &["jira_api_token", "jira_url"],
                "let the account browse the project and search (on Cloud: the scope read:jira-work)",
            ),
        ),
        Err(other) => unknown(name.to_owned(), other, "jira_url"),
    }
}

/// How long a text may be.
pub(super) fn text_limit(
    is_cloud: bool,
    limit: Result<Option<usize>, &Unknown>,
    set: usize,
) -> Check {
    let name = "text limit";
    if is_cloud {
        return Check::ok(
            name,
            format!("Cloud takes 32767 characters, and we send {set}"),
        );
    }
    match limit {
        Ok(Some(most)) if most > 0 && most < set => {
            let found = format!("Jira takes {most} characters, and jira_text_limit is {set}");
            let fix = Fix::new(&["jira_text_limit"], format!("set it to {most}"));
            Check::wrong(name, found, fix)
        }
        Ok(Some(most)) => Check::ok(
            name,
            format!(
                "a text of Jira's may have {most} characters (0: any number), and jira_text_limit is {set}"
            ),
        ),
        Ok(None) => Check::skipped(name, "Jira does not say it"),
        Err(_) => Check::skipped(name, "Jira tells it to administrators only"),
    }
}
