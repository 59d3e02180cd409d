//! Notes on the entity. Whoever may see a note's markings sees it, so it gets those
//! that the entity has at that moment.

use serde_json::{Value, json};

use super::error::{Right, Sense, judge};
use super::place::Place;
use crate::http::graphql::GraphqlError;
use crate::model::{Timestamp, note_title};
use crate::text::short;
use crate::upstream::port::{Note, UpstreamError};

const MARKINGS: &str = "query IntakeMarkings($id: String!) { \
    stixDomainObject(id: $id) { id objectMarking { id } } }";
const ADD: &str = "mutation IntakeNote($input: NoteAddInput!) { noteAdd(input: $input) { id } }";
/// The same for users who may take part, but not change knowledge.
const ADD_AS_USER: &str = "mutation IntakeUserNote($input: NoteUserAddInput!) { \
    noteAdd: userNoteAdd(input: $input) { id } }";
const CHANGE: &str = "mutation IntakeNoteChange($id: ID!, $input: [EditInput]!) { \
    noteEdit(id: $id) { fieldPatch(input: $input) { id } } }";
const DELETE: &str = "mutation IntakeNoteDelete($id: ID!) { noteEdit(id: $id) { delete } }";
const LOOK: &str = "query IntakeNoteLook($id: String!) { note(id: $id) { id } }";

/// A name of Jira's that is longer is cut; in UTF-16 units.
const SHOWN: usize = 100;

/// Makes a note about the entity; its internal id. The platform makes a note's STIX id
/// of its text and its time, so the same text of the same time is the same note.
///
/// # Errors
/// [`UpstreamError::Gone`] if the entity is not there. Nothing is said unless all its
/// markings are known.
pub(super) async fn add(place: &Place<'_>, note: &Note) -> Result<Option<String>, UpstreamError> {
    let entity = place.look(MARKINGS).await?;
    let markings = markings(&entity).ok_or_else(|| UpstreamError::Refused {
        why: "OpenCTI does not say which markings the entity has, so nothing is said on it"
            .to_owned(),
    })?;
    let mut input = json!({
        "attribute_abstract": note.title,
        "content": note.text,
        "objects": [entity["id"]],
        "objectMarking": markings,
    });
    // Without it, the platform takes the time of the request.
    if note.created.is_known() && note.created != Timestamp::UNREADABLE {
        input["created"] = note.created.to_string().into();
    }
    let variables = json!({ "input": input });
    let added = match place.platform.ask(ADD, variables.clone()).await {
        Err(error) if Sense::of(&error) == Sense::Forbidden => {
            place.platform.ask(ADD_AS_USER, variables).await
        }
        added => added,
    };
    let added = added.map_err(|error| judge(error, Right::Notes))?;
    Ok(added["noteAdd"]["id"].as_str().map(str::to_owned))
}

/// The ids of an entity's markings; nothing unless all are told.
fn markings(entity: &Value) -> Option<Vec<&str>> {
    let markings = entity["objectMarking"].as_array()?.iter();
    markings.map(|marking| marking["id"].as_str()).collect()
}

/// Gives a note another title and text. One that is gone stays so.
///
/// # Errors
/// What the platform's error calls for.
pub(super) async fn change(place: &Place<'_>, id: &str, note: &Note) -> Result<(), UpstreamError> {
    let edit = |key: &str, value: &str| json!({ "key": key, "value": [value] });
    let input = [
        edit("attribute_abstract", &note.title),
        edit("content", &note.text),
    ];
    let variables = json!({ "id": id, "input": input });
    let answer = place.platform.ask(CHANGE, variables).await;
    or_gone(place, id, answer, Right::Notes).await
}

/// Deletes a note. One that is gone stays so.
///
/// # Errors
/// What the platform's error calls for.
pub(super) async fn delete(place: &Place<'_>, id: &str) -> Result<(), UpstreamError> {
    let answer = place.platform.ask(DELETE, json!({ "id": id })).await;
    or_gone(place, id, answer, Right::DeleteNotes).await
}

/// To an edit of a note that is not there the platform answers that it is forbidden, so
/// it is looked for.
async fn or_gone(
    place: &Place<'_>,
    id: &str,
    answer: Result<Value, GraphqlError>,
    right: Right,
) -> Result<(), UpstreamError> {
    let Err(error) = answer else {
        return Ok(());
    };
    let is_gone = match Sense::of(&error) {
        Sense::Gone | Sense::MissingReference => true,
        Sense::Forbidden => {
            let found = place.ask(LOOK, json!({ "id": id }), Right::Read).await?;
            found["note"].is_null()
        }
        _ => false,
    };
    match is_gone {
        true => Ok(()),
        false => Err(judge(error, right)),
    }
}

/// What a note says of an issue's resolution, for which OpenCTI has no field.
pub(super) fn of_resolution(resolution: Option<&str>, at: Timestamp, said: &str) -> Note {
    let title = match resolution {
        Some(name) => note_title::of_resolution(&short(name, SHOWN)),
        None => note_title::of_resolution("none any more"),
    };
    Note {
        text: format!("{title}\n\n{said}"),
        title,
        created: at,
    }
}
