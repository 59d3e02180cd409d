//! An entity's members become an issue's fields, within Jira's limits.

use serde_json::{Map, Value, json};

use super::render::Warnings;
use super::table::{Row, TABLE, summary};
use super::target::Target;
use crate::markup::{Document, Inline};
use crate::model::{Entity, Field, FieldValue, IssueFields, OnChange, RemoteLink};
use crate::settings::templates::render_value;

/// The fields of an entity's issue, and what went wrong on the way (templates
/// that failed; the event is never lost for it).
#[derive(Debug, Clone, PartialEq)]
pub struct Mapped {
    /// The fields.
    pub fields: IssueFields,
    /// A sentence each, for the log.
    pub warnings: Vec<String>,
}

/// What an entity's issue holds, without where it goes and what is noted on it.
pub(super) struct Contents {
    pub(super) values: Vec<(Field, FieldValue)>,
    pub(super) custom: Map<String, Value>,
}

/// Maps an entity.
pub fn map(entity: &Entity, target: &Target<'_>) -> Mapped {
    let mut warnings = Warnings::new();
    let contents = contents(entity, target, &mut warnings);
    let fields = IssueFields {
        place: target.place(),
        values: contents.values,
        custom: contents.custom,
        property: property(entity),
    };
    Mapped { fields, warnings }
}

/// What the issue of an entity is to hold.
pub(super) fn contents(entity: &Entity, target: &Target<'_>, warnings: &mut Warnings) -> Contents {
    let mut values = Vec::new();
    let custom = custom(entity, target, warnings);
    for row in &TABLE {
        let has_it = !target.withheld || row.if_withheld;
        if !has_it || is_overridden(row, &custom) {
            continue;
        }
        let value = (row.read)(entity, target, warnings);
        values.extend(value.map(|value| (row.field, value)));
    }
    Contents { values, custom }
}

/// What an operator says of a field comes before what the entity says; the
/// fields that make an issue findable, or that people write in, are ours.
fn is_overridden(row: &Row, custom: &Map<String, Value>) -> bool {
    let may_be = matches!(row.field.on_change, OnChange::Write | OnChange::Leave);
    may_be && custom.contains_key(row.field.id)
}

/// The summary alone: what the issue is called elsewhere.
pub fn title(entity: &Entity, target: &Target<'_>) -> String {
    summary(entity, target, &mut Warnings::new())
}

/// The description as a comment, for an issue that does not take it where it
/// belongs.
pub fn told_description(entity: &Entity, target: &Target<'_>) -> Option<Document> {
    let fields = map(entity, target).fields;
    let text = fields.text("description")?.document.as_ref().clone();
    let intro = "Jira did not take this as the description:";
    let intro = Document::new().paragraph(vec![Inline::text(intro)]);
    (!text.is_empty()).then(|| intro.append(text))
}

/// The link from an issue to its entity's page, if it has one.
pub fn remote_link(entity: &Entity, target: &Target<'_>) -> Option<RemoteLink> {
    Some(RemoteLink {
        global_id: format!("jira-intake:{}", entity.id),
        url: target.entity_url()?.to_owned(),
        title: title(entity, target),
    })
}

/// The general custom fields, and over them the route's. What a template
/// makes of withheld content is content too.
fn custom(entity: &Entity, target: &Target<'_>, warnings: &mut Warnings) -> Map<String, Value> {
    let route = target.route.map(|route| &route.custom_fields);
    let mut fields = target.mapping.custom_fields.clone();
    fields.extend(
        route
            .into_iter()
            .flatten()
            .map(|(k, v)| (k.clone(), v.clone())),
    );
    let mut rendered = Map::new();
    for (name, value) in fields {
        match render_value(&name, &value, entity, &target.extras) {
            Ok(new) if target.withheld && new != value => {}
            Ok(new) => drop(rendered.insert(name, new)),
            Err(why) => warnings.push(format!("{why}; the field is left out")),
        }
    }
    rendered
}

fn property(entity: &Entity) -> Value {
    json!({
        "source": entity.source,
        "entity": entity.id,
        "standard_id": entity.standard_id,
        "type": entity.kind.as_str(),
        "modified": entity.version.modified,
        "updated": entity.version.updated,
    })
}
