//! Notes, and what may be done to them.

use serde_json::{Value, json};

use super::entity::{Entity, marking_of};
use super::failure::Failure;
use super::ids::uuid;
use super::platform::{Data, Resolved, check_times, texts};
use super::stream::now;
use crate::clock;

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The internal id, which never changes.
    pub id: String,
    /// The STIX id: the same for the same text of the same time. Another text gives it
    /// another one.
    pub standard_id: String,
    /// Its title.
    pub abstract_: Option<String>,
    /// Its text, Markdown.
    pub content: String,
    /// When it was made, as it was written.
    pub created: String,
    /// The internal ids of what it is about.
    pub objects: Vec<String>,
    /// Its markings, such as `TLP:AMBER`.
    pub markings: Vec<String>,
}

impl Note {
    fn json(&self) -> Value {
        let mut entity = Entity::new(&self.id, &self.standard_id, "Note");
        entity.markings = self.markings.clone();
        let mut shown = entity.json(&[]);
        shown["attribute_abstract"] = json!(self.abstract_);
        shown["content"] = json!(self.content);
        shown["created"] = json!(self.created);
        shown
    }

    /// Whether it is known under this id, internal or STIX.
    fn is(&self, id: &str) -> bool {
        self.id == id || self.standard_id == id
    }
}

impl Data {
    /// `note`: null when it is unknown.
    pub(super) fn show_note(&self, id: &str) -> Value {
        let note = self.notes.iter().find(|note| note.is(id));
        note.map(Note::json).unwrap_or_default()
    }

    /// `noteAdd`: about entities and with markings that exist. A note that is there
    /// already gets what else is said of it.
    pub(super) fn add_note(&mut self, input: &Value) -> Resolved {
        check_times(input)?;
        let content = text_of(&input["content"])?;
        let (mut objects, mut markings) = (Vec::new(), Vec::new());
        for id in texts(&input["objects"]) {
            let entity = self.entity(id).ok_or_else(|| Failure::missing(id))?;
            objects.push(entity.id.clone());
        }
        for id in texts(&input["objectMarking"]) {
            let marking = marking_of(id).ok_or_else(|| Failure::missing(id))?;
            markings.push(marking.to_owned());
        }
        let created = input["created"].as_str().map(str::to_owned);
        let created = created.unwrap_or_else(|| clock::utc_time(now()));
        let standard_id = standard_id(content, &created);
        if let Some(known) = self.notes.iter_mut().find(|note| note.is(&standard_id)) {
            add_new(&mut known.objects, objects);
            add_new(&mut known.markings, markings);
            return Ok(known.json());
        }
        self.notes_made += 1;
        let note = Note {
            id: uuid(&format!("note {}", self.notes_made)),
            standard_id,
            abstract_: input["attribute_abstract"].as_str().map(str::to_owned),
            content: content.to_owned(),
            created,
            objects,
            markings,
        };
        let shown = note.json();
        self.notes.push(note);
        Ok(shown)
    }

    /// `noteEdit.fieldPatch`: the title or the text.
    pub(super) fn patch_note(&mut self, id: &str, input: &Value) -> Resolved {
        let edits = input.as_array().into_iter().flatten();
        let mut changed = self.note(id)?.clone();
        for edit in edits {
            let value = &edit["value"][0];
            match edit["key"].as_str().unwrap_or_default() {
                "attribute_abstract" => changed.abstract_ = value.as_str().map(str::to_owned),
                "content" => text_of(value)?.clone_into(&mut changed.content),
                key => {
                    let text = format!("The stand-in does not edit {key} of a note.");
                    return Err(Failure::functional(text));
                }
            }
        }
        changed.standard_id = standard_id(&changed.content, &changed.created);
        let shown = changed.json();
        *self.note(id)? = changed;
        Ok(shown)
    }

    /// `noteEdit.delete`; its id.
    pub(super) fn delete_note(&mut self, id: &str) -> Resolved {
        let id = self.note(id)?.id.clone();
        self.notes.retain(|note| note.id != id);
        Ok(json!(id))
    }

    /// Of a note that is not there the platform says that one may not edit it.
    fn note(&mut self, id: &str) -> Result<&mut Note, Failure> {
        let mut notes = self.notes.iter_mut();
        notes
            .find(|note| note.is(id))
            .ok_or_else(Failure::forbidden)
    }
}

/// A text that is not blank.
fn text_of(content: &Value) -> Result<&str, Failure> {
    let content = content.as_str().unwrap_or_default();
    match content.trim() {
        "" => Err(Failure::blank("content")),
        _ => Ok(content),
    }
}

fn standard_id(content: &str, created: &str) -> String {
    let of = format!("stix note {created} {}", content.trim());
    format!("note--{}", uuid(&of))
}

fn add_new(list: &mut Vec<String>, more: Vec<String>) {
    for item in more {
        if !list.contains(&item) {
            list.push(item);
        }
    }
}
