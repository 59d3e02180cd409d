//! The statuses of a workflow. Each type of entity has its own, with free names, and
//! none says that it is an end: the settings do.

use std::time::Duration;

use serde_json::{Value, json};

use super::error::{Right, Sense, judge};
use super::place::Place;
use crate::model::{EntityType, Named, Timestamp};
use crate::store::memory;
use crate::text::{digest, short};
use crate::upstream::port::UpstreamError;

/// How long the statuses of a type are remembered.
const MAX_AGE: Duration = Duration::from_secs(3600);
/// A workflow has some ten.
const LISTED: usize = 100;
/// More of their names is not shown; in UTF-16 units.
const SHOWN: usize = 300;

/// What type the entity has.
const KIND: &str = "query IntakeType($id: String!) { \
    stixDomainObject(id: $id) { entity_type } }";
/// Requests for information have a second workflow, for requests of access
/// (`REQUEST_ACCESS`): the entity's own is the global one.
const STATUSES: &str = "query IntakeStatuses($first: Int, $filters: FilterGroup) { \
    statuses(first: $first, orderBy: order, orderMode: asc, filters: $filters) { \
        edges { node { id template { name } } } } }";

const STATUS: &str = "query IntakeStatus($id: String!) { \
    stixDomainObject(id: $id) { status { id } } }";

/// The status of this type that is called so, in any case, or has this id.
///
/// # Errors
/// [`UpstreamError::Refused`] if the type has none such.
pub(super) async fn find(
    place: &Place<'_>,
    kind: &EntityType,
    wanted: &str,
) -> Result<Named, UpstreamError> {
    if let Some(status) = pick(&known(place, kind), wanted) {
        return Ok(status);
    }
    let all = ask(place, kind).await?;
    if let Some(status) = pick(&all, wanted) {
        return Ok(status);
    }
    let kind = kind.capitalized();
    Err(UpstreamError::Refused {
        why: match names(&all).as_str() {
            "" => format!(
                "OpenCTI has no workflow for {kind}, so there is no status `{wanted}` for it (status_back); statuses are made under Settings → Customization"
            ),
            names => {
                format!("OpenCTI has no status `{wanted}` for {kind} (status_back); it has {names}")
            }
        },
    })
}

/// The id of the entity's status, if it has one.
///
/// # Errors
/// [`UpstreamError::Gone`] if the entity is not there.
pub(super) async fn current(place: &Place<'_>) -> Result<Option<String>, UpstreamError> {
    let entity = place.look(STATUS).await?;
    Ok(entity["status"]["id"].as_str().map(str::to_owned))
}

/// The entity's type, where it is not remembered.
///
/// # Errors
/// [`UpstreamError::Gone`] if the entity is not there.
pub(super) async fn kind(place: &Place<'_>) -> Result<EntityType, UpstreamError> {
    let entity = place.look(KIND).await?;
    Ok(EntityType::new(
        entity["entity_type"].as_str().unwrap_or_default(),
    ))
}

/// Gives the entity a status; when the platform took it. The patch takes the id of the status, not that of the
/// template behind its name.
///
/// # Errors
/// [`UpstreamError::Later`] if the status is not there any more: the next attempt looks
/// for it again.
pub(super) async fn set(
    place: &Place<'_>,
    kind: &EntityType,
    to: &Named,
    said: &str,
) -> Result<Option<Timestamp>, UpstreamError> {
    let edit = json!({ "key": "x_opencti_workflow_id", "value": [to.id] });
    let patched = place.patch(edit, said).await;
    let patched = patched.map_err(|error| {
        if Sense::of(&error) != Sense::MissingReference {
            return judge(error, Right::Update);
        }
        memory::remember(place.ports, &memory_name(place, kind), json!([]));
        UpstreamError::Later {
            after: None,
            why: format!("{error}: the status is not in the workflow any more"),
        }
    })?;
    let at = patched["updated_at"].as_str();
    Ok(at.and_then(Timestamp::parse))
}

/// Those that are remembered.
fn known(place: &Place<'_>, kind: &EntityType) -> Vec<Named> {
    let known = memory::recall(place.ports, &memory_name(place, kind), MAX_AGE);
    known
        .and_then(|known| serde_json::from_value(known).ok())
        .unwrap_or_default()
}

/// All of a type, in the order of the workflow. Any user may ask.
async fn ask(place: &Place<'_>, kind: &EntityType) -> Result<Vec<Named>, UpstreamError> {
    let is = |key: &str, value: &str| json!({ "key": [key], "values": [value] });
    let variables = json!({
        "first": LISTED,
        "filters": {
            "mode": "and",
            "filters": [is("type", &kind.capitalized()), is("scope", "GLOBAL")],
            "filterGroups": [],
        },
    });
    let data = place.ask(STATUSES, variables, Right::Read).await?;
    let edges = data["statuses"]["edges"].as_array();
    let all: Vec<Named> = edges.into_iter().flatten().filter_map(status).collect();
    memory::remember(place.ports, &memory_name(place, kind), json!(all));
    Ok(all)
}

fn status(edge: &Value) -> Option<Named> {
    let node = &edge["node"];
    Some(Named {
        id: node["id"].as_str()?.to_owned(),
        name: node["template"]["name"].as_str().map(str::to_owned),
    })
}

fn pick(all: &[Named], wanted: &str) -> Option<Named> {
    let wanted_name = wanted.trim().to_lowercase();
    let is_called = |status: &&Named| {
        let name = status.name.as_deref().unwrap_or_default();
        name.trim().to_lowercase() == wanted_name
    };
    let by_id = || all.iter().find(|status| status.id == wanted.trim());
    all.iter().find(is_called).or_else(by_id).cloned()
}

fn names(all: &[Named]) -> String {
    let names = all.iter().filter_map(|status| status.name.as_deref());
    short(&names.collect::<Vec<_>>().join(", "), SHOWN)
}

fn memory_name(place: &Place<'_>, kind: &EntityType) -> String {
    let about = format!("{} {kind}", place.platform.url());
    format!("opencti-statuses-{}", digest(about.as_bytes()))
}
