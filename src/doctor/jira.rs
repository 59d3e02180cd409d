//! Jira, asked step by step: what one answer says decides what is asked next.

use std::cell::Cell;

use super::exam::Exam;
use super::notes::{Group, Notes};
use super::report::Check;
use super::target::{self, Target};
use super::workflow::{self, Workflow};
use super::{clock, fields, login, place};
use crate::markup::DESCRIPTION_LIMIT;
use crate::platform::LocalFuture;
use crate::platform::concurrent::side_by_side;
use crate::settings::OnUpdate;
use crate::tracker::jira::{Catalog, Inspection, Project, Sample};

/// More places are not looked at.
const PLACES: usize = 10;
/// So many places are looked at side by side.
const AT_ONCE: usize = 3;
/// In so many statuses, an issue's transitions are looked at.
const STATUSES: usize = 4;

/// What all places have in common.
struct Common<'a> {
    exam: Exam<'a>,
    inspection: &'a Inspection<'a>,
    catalog: Catalog,
    has_searched: Cell<bool>,
}

/// Examines Jira; what its clock says goes into `clock_notes`.
pub(super) async fn examine(exam: Exam<'_>, notes: &Notes, clock_notes: &Notes) {
    let Ok(jira) = exam.settings.jira() else {
        let why = "its settings are wrong (see above), so that it cannot be asked";
        return notes.push(Check::skipped("reachable", why));
    };
    let inspection = Inspection::new(exam.ports, exam.settings);
    let asked = exam.ports.clock.now();
    let site = match inspection.site().await {
        Ok(site) => site,
        Err(error) => return notes.push(login::failed("reachable", &error, jira, None)),
    };
    clock_notes.push(clock::judge(asked, site.date, exam.ports.clock.now()));
    notes.extend(login::site(jira, &site));
    match inspection.account().await {
        Ok(account) => notes.push(login::account(jira, &account)),
        Err(error) => {
            let is_cloud = Some(site.is_cloud);
            return notes.push(login::failed("login", &error, jira, is_cloud));
        }
    }
    notes.push(text_limit(exam, &inspection, site.is_cloud).await);
    match inspection.catalog().await {
        Ok(catalog) => {
            let common = Common {
                exam,
                inspection: &inspection,
                catalog,
                has_searched: Cell::new(false),
            };
            places(&common, notes).await;
        }
        Err(error) => {
            let setting = "jira_custom_fields";
            notes.push(place::unknown("fields".to_owned(), &error, setting));
        }
    }
}

async fn text_limit(exam: Exam<'_>, inspection: &Inspection<'_>, is_cloud: bool) -> Check {
    let set = exam.settings.text_limit().unwrap_or(DESCRIPTION_LIMIT);
    let limit = match is_cloud {
        true => Ok(None),
        false => inspection.text_limit().await,
    };
    place::text_limit(is_cloud, limit.as_ref().map(|it| *it), set)
}

/// Each place once, with all targets that go there.
async fn places(common: &Common<'_>, notes: &Notes) {
    let Exam { ports, settings } = common.exam;
    let Ok(mapping) = settings.mapping() else {
        let why = "the settings of projects, fields or routes are wrong (see above)";
        return notes.push(Check::skipped("places", why));
    };
    let mut places: Vec<Vec<Target>> = Vec::new();
    for target in target::all(mapping, ports.variables) {
        match places
            .iter_mut()
            .find(|it| it[..].iter().any(|it| it.place == target.place))
        {
            Some(same) => same.push(target),
            None => places.push(vec![target]),
        }
    }
    if places.len() > PLACES {
        let why = format!("of {} places, {PLACES} were looked at", places.len());
        notes.group(PLACES + 1).push(Check::skipped("places", why));
    }
    let mut waiting = places.iter().take(PLACES).zip(1..);
    side_by_side(AT_ONCE, &mut || {
        let (targets, number) = waiting.next()?;
        let work: LocalFuture<'_, ()> = Box::pin(one_place(common, targets, notes.group(number)));
        Some(work)
    })
    .await;
}

async fn one_place(common: &Common<'_>, targets: &[Target], notes: Group<'_>) {
    let Some(first) = targets.first() else {
        return;
    };
    let Some(project) = project(common, first, notes).await else {
        return;
    };
    let kinds = targets
        .iter()
        .map(|target| place::issue_type(target, &project));
    notes.extend(kinds);
    let may_create = permissions(common, first, notes).await;
    if !project.issue_types.contains(&first.place.issue_type) {
        return;
    }
    if may_create {
        screens(common, targets, notes).await;
    }
    work(common, first, notes).await;
}

/// The project, unless it is not seen.
async fn project(common: &Common<'_>, target: &Target, notes: Group<'_>) -> Option<Project> {
    match common.inspection.project(&target.place.project).await {
        Ok(project) => {
            notes.push(place::project(target, &project));
            Some(project)
        }
        Err(error) => {
            let seen = common.inspection.projects().await.unwrap_or_default();
            notes.push(place::no_project(target, &error, &seen));
            None
        }
    }
}

/// Whether issues may be created, as far as that is known.
async fn permissions(common: &Common<'_>, target: &Target, notes: Group<'_>) -> bool {
    let needed = place::needed(common.exam.settings.lifecycle().ok());
    let keys: Vec<&'static str> = needed.iter().map(|it| it.key).collect();
    match common
        .inspection
        .lacking(&target.place.project, &keys)
        .await
    {
        Ok(lacking) => {
            notes.extend(place::permissions(target, &needed, &lacking));
            !lacking.contains(&place::CREATE)
        }
        Err(error) => {
            let name = format!("permissions {}", target.place.project);
            notes.push(place::unknown(name, &error, target.project_setting));
            true
        }
    }
}

/// The screen of new issues, for each target.
async fn screens(common: &Common<'_>, targets: &[Target], notes: Group<'_>) {
    let Some(first) = targets.first() else {
        return;
    };
    match common.inspection.create_screen(&first.place).await {
        Ok(screen) => {
            for target in targets {
                notes.extend(fields::judge(target, &common.catalog, &screen));
            }
        }
        Err(error) => {
            let name = format!("create screen {}", first.place_name());
            notes.push(place::unknown(name, &error, first.type_setting));
        }
    }
}

/// The issues that are there: search, edit screen, transitions.
async fn work(common: &Common<'_>, target: &Target, notes: Group<'_>) {
    let found = common.inspection.samples(&target.place).await;
    if !common.has_searched.replace(true) || found.is_err() {
        notes.push(place::search(found.as_ref().map(Vec::len)));
    }
    let Ok(samples) = found else {
        return;
    };
    let Ok(lifecycle) = common.exam.settings.lifecycle() else {
        return;
    };
    if lifecycle.on_update == OnUpdate::Fields
        && let Some(sample) = samples.first()
        && let Ok(shown) = common.inspection.edit_screen(&sample.issue).await
    {
        notes.push(place::edit_screen(target, &shown));
    }
    let workflow = workflow_of(common, target, &samples).await;
    notes.extend(workflow::judge(&target.place_name(), lifecycle, &workflow));
}

async fn workflow_of(common: &Common<'_>, target: &Target, samples: &[Sample]) -> Workflow {
    let statuses = common.inspection.statuses(&target.place).await;
    let mut workflow = Workflow {
        statuses: statuses.unwrap_or_default(),
        seen: Vec::new(),
    };
    for sample in samples {
        let is_seen = workflow
            .seen
            .iter()
            .any(|(it, _)| it.id == sample.status.id);
        if is_seen || workflow.seen.len() == STATUSES {
            continue;
        }
        if let Ok(offered) = common.inspection.offered(&sample.issue).await {
            workflow.seen.push((sample.status.clone(), offered));
        }
    }
    workflow
}
