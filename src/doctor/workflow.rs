//! Can an issue be closed, and take the transitions that are configured? Jira tells only
//! what an issue can do next, so that issues that are there are looked at. Pure.

use super::fields::listed;
use super::report::{Check, Fix};
use crate::settings::{Lifecycle, OnDelete};
use crate::tracker::jira::{Offered, Status};

/// What is known of the workflow of a place.
pub(super) struct Workflow {
    /// Its statuses; none if Jira does not list them.
    pub(super) statuses: Vec<Status>,
    /// Statuses that issues are in, with what is offered there.
    pub(super) seen: Vec<(Status, Vec<Offered>)>,
}

impl Workflow {
    fn offered(&self) -> impl Iterator<Item = (&Status, &Offered)> {
        let seen = self.seen.iter();
        seen.flat_map(|(from, offered)| offered.iter().map(move |it| (from, it)))
    }

    /// Whether what is offered in each status that is not done was seen.
    fn is_whole(&self) -> bool {
        let mut open = self.statuses.iter().filter(|status| !status.is_done);
        let was_seen = |status: &Status| self.seen.iter().any(|(it, _)| it.id == status.id);
        !self.statuses.is_empty() && open.all(was_seen)
    }

    fn names(&self) -> String {
        let mut names: Vec<String> = Vec::new();
        for (_, offered) in self.offered() {
            if !names.contains(&offered.name) {
                names.push(offered.name.clone());
            }
        }
        listed(&names)
    }
}

/// The transitions that the settings want, in this place.
pub(super) fn judge(place: &str, lifecycle: &Lifecycle, workflow: &Workflow) -> Vec<Check> {
    let mut checks = vec![match lifecycle.on_delete {
        OnDelete::Transition => done(place, lifecycle.done_transition.as_deref(), workflow),
        OnDelete::Comment | OnDelete::Ignore => Check::skipped(
            format!("done {place}"),
            "no issue is closed: on_delete is not transition",
        ),
    }];
    let others = lifecycle.status_transitions.iter();
    checks.extend(others.map(|(_, wanted)| named(place, wanted, workflow)));
    checks
}

fn done(place: &str, wanted: Option<&str>, workflow: &Workflow) -> Check {
    let name = format!("done {place}");
    let is_known = !workflow.statuses.is_empty();
    if is_known && !workflow.statuses.iter().any(|status| status.is_done) {
        let fix = Fix::new(
            &["on_delete"],
            "give the workflow a status of the category done, or say on_delete = comment",
        );
        let found = "the workflow has no status that counts as done";
        return Check::wrong(name, found, fix);
    }
    if workflow.seen.is_empty() {
        let why = "there is no open issue of this type whose transitions could be looked at";
        return Check::skipped(name, why);
    }
    let fits = |offered: &Offered| match wanted {
        Some(wanted) => offered.is_called(wanted),
        None => offered.to.is_done,
    };
    let ways: Vec<(&Status, &Offered)> = workflow.offered().filter(|(_, it)| fits(it)).collect();
    if let Some((from, way)) = ways.iter().find(|(_, way)| way.lacking.is_empty()) {
        let found = format!("`{}` leads from {} to {}", way.name, from.name, way.to.name);
        return Check::ok(name, found);
    }
    match (ways.first(), wanted) {
        (Some((_, way)), _) => lacking(name, way),
        (None, Some(wanted)) => unknown(name, "done_transition", wanted, workflow),
        (None, None) => far(name, workflow),
    }
}

fn lacking(name: String, way: &Offered) -> Check {
    let fields = way
        .lacking
        .iter()
        .map(|(id, name)| format!("{name} ({id})"));
    let fields: Vec<String> = fields.collect();
    let found = format!("`{}` requires {}", way.name, listed(&fields));
    let fix = Fix::new(
        &["done_transition_fields"],
        "give the fields a value there, such as {\"resolution\": {\"name\": \"Done\"}}",
    );
    Check::wrong(name, found, fix)
}

/// Wrong where everything was seen; else it may be offered elsewhere.
fn unknown(name: String, setting: &str, wanted: &str, workflow: &Workflow) -> Check {
    let statuses: Vec<&str> = workflow.seen.iter().map(|(it, _)| &*it.name).collect();
    let found = format!(
        "no transition is called `{wanted}`, and none leads to such a status; looked at in {}, where there are {}",
        statuses.join(", "),
        workflow.names()
    );
    let fix = Fix::new(&[setting], "use the name or the id of a transition");
    match workflow.is_whole() {
        true => Check::wrong(name, found, fix),
        false => Check::warning(name, found, fix),
    }
}

fn far(name: String, workflow: &Workflow) -> Check {
    let found = format!(
        "no transition leads to done from where issues are now; there are {}",
        workflow.names()
    );
    let fix = Fix::new(
        &["done_transition", "on_delete"],
        "at most three transitions are taken, and none that lacks a field: see that the workflow lets this account close an issue",
    );
    match workflow.is_whole() {
        true => Check::wrong(name, found, fix),
        false => Check::warning(name, found, fix),
    }
}

/// A transition that a status of the platform drives.
fn named(place: &str, wanted: &str, workflow: &Workflow) -> Check {
    let name = format!("transition {wanted} ({place})");
    if workflow.seen.is_empty() {
        let why = "there is no open issue of this type whose transitions could be looked at";
        return Check::skipped(name, why);
    }
    match workflow.offered().find(|(_, it)| it.is_called(wanted)) {
        Some((from, way)) => {
            let found = format!("leads from {} to {}", from.name, way.to.name);
            Check::ok(name, found)
        }
        None => unknown(name, "status_transitions", wanted, workflow),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;
    use crate::settings::tests::unchecked;

    fn status(name: &str) -> Status {
        Status {
            id: name.to_owned(),
            name: name.to_owned(),
            is_done: name == "Done",
        }
    }

    fn offered(name: &str, to: &str, lacking: &[&str]) -> Offered {
        let lacking = lacking
            .iter()
            .map(|it| ((*it).to_owned(), (*it).to_owned()));
        Offered {
            id: "31".to_owned(),
            name: name.to_owned(),
            to: status(to),
            lacking: lacking.collect(),
        }
    }

    fn found(settings: &[(&str, &str)], ways: Vec<Offered>, statuses: &[&str]) -> Check {
        let all = [&[("on_delete", "transition")], settings].concat();
        let workflow = Workflow {
            statuses: statuses.iter().map(|it| status(it)).collect(),
            seen: vec![(status("To Do"), ways)],
        };
        let lifecycle = unchecked(&all).lifecycle().unwrap();
        judge("SOC / Task", lifecycle, &workflow).pop().unwrap()
    }

    #[test]
    fn a_way_to_done_is_found_or_what_it_lacks() {
        let statuses = ["To Do", "Done"];
        let close = || offered("Close", "Done", &[]);
        assert_eq!(found(&[], vec![close()], &statuses).state, State::Ok);
        let lacking = found(
            &[],
            vec![offered("Close", "Done", &["resolution"])],
            &statuses,
        );
        assert_eq!(lacking.fix.unwrap().settings, ["done_transition_fields"]);
        let named = [("done_transition", "close")];
        assert_eq!(found(&named, vec![close()], &statuses).state, State::Ok);
        let other = [("done_transition", "Finish")];
        let check = found(&other, vec![close()], &statuses);
        assert_eq!(check.state, State::Wrong);
        assert_eq!(check.fix.unwrap().settings, ["done_transition"]);
    }

    #[test]
    fn what_was_not_seen_whole_is_not_called_wrong() {
        let statuses = ["To Do", "In Progress", "Done"];
        let other = [("done_transition", "Finish")];
        let ways = || vec![offered("Start", "In Progress", &[])];
        assert_eq!(found(&other, ways(), &statuses).state, State::Warning);
        assert_eq!(found(&[], ways(), &statuses).state, State::Warning);
        assert_eq!(
            found(&[], ways(), &["To Do", "In Progress"]).state,
            State::Wrong
        );
        let driven = [("status_transitions", "closed=Nowhere")];
        let check = found(&driven, ways(), &["To Do", "Done"]);
        assert_eq!(check.fix.unwrap().settings, ["status_transitions"]);
        assert_eq!(check.state, State::Wrong);
    }
}
