//! An entity's members become an issue's fields, within Jira's limits.

use serde_json::{Map, Value, json};

use super::description;
use super::labels::{SUMMARY_LIMIT, labels};
use super::target::Target;
use crate::markup::{Document, Ending};
use crate::model::{Description, Entity, EntityKey, IssueFields, Place, RemoteLink};
use crate::settings::templates::{Template, render_value};
use crate::text::{cut, digest, one_line};

/// The fields of an entity's issue, and what went wrong on the way (templates
/// that failed; the event is never lost for it).
#[derive(Debug, Clone, PartialEq)]
pub struct Mapped {
    /// The fields.
    pub fields: IssueFields,
    /// A sentence each, for the log.
    pub warnings: Vec<String>,
}

/// Maps an entity.
pub fn map(entity: &Entity, target: &Target<'_>) -> Mapped {
    let mut warnings = Vec::new();
    let (mapping, route) = (target.mapping, target.route);
    let fields = IssueFields {
        place: Place {
            project: pick(route.and_then(|r| r.project.as_ref()), &mapping.project_key),
            issue_type: pick(
                route.and_then(|r| r.issue_type.as_ref()),
                &mapping.issue_type,
            ),
        },
        summary: summary(entity, target, &mut warnings),
        description: Description {
            document: document(entity, target, &mut warnings),
            ending: ending(target),
        },
        labels: all_labels(entity, target),
        priority: priority(entity, target),
        components: route
            .and_then(|route| route.components.clone())
            .unwrap_or_default(),
        assignee: route.and_then(|route| route.assignee.clone()),
        custom: custom(entity, target, &mut warnings),
        property: property(entity),
    };
    Mapped { fields, warnings }
}

/// The short label by which an entity's issue is found. An alert that has had
/// issues before has another one for each.
pub fn idempotency_label(entity: &EntityKey, sequence: u32) -> String {
    let name = format!("{}/{}", entity.source.as_str(), entity.id);
    let digest = match sequence {
        0 => digest(name.as_bytes()),
        sequence => digest(format!("{name}#{sequence}").as_bytes()),
    };
    format!("intake-{}", digest.get(..12).unwrap_or_default())
}

/// The link from an issue to its entity's page, if it has one.
pub fn remote_link(entity: &Entity, target: &Target<'_>) -> Option<RemoteLink> {
    Some(RemoteLink {
        global_id: format!("jira-intake:{}", entity.id),
        url: target.entity_url()?.to_owned(),
        title: title(entity, target),
    })
}

fn pick(special: Option<&String>, general: &str) -> String {
    special.map_or_else(|| general.to_owned(), String::clone)
}

fn ending(target: &Target<'_>) -> Ending {
    Ending {
        text: format!("… full text in {}", target.profile.name),
        url: target.entity_url().map(str::to_owned),
    }
}

/// The summary alone: what the issue is called elsewhere.
pub fn title(entity: &Entity, target: &Target<'_>) -> String {
    summary(entity, target, &mut Vec::new())
}

/// The template's line, else the name; an entity without one is called by its
/// type.
fn summary(entity: &Entity, target: &Target<'_>, warnings: &mut Vec<String>) -> String {
    let kind = entity.kind.title();
    if target.withheld {
        let marking = entity.tlp.map_or("", |tlp| tlp.as_str());
        return cut(
            &one_line(&format!("TLP:{marking} {kind} {}", entity.id)),
            SUMMARY_LIMIT,
            "…",
        );
    }
    let template = target
        .route
        .and_then(|route| route.summary_template.as_ref())
        .or(target.mapping.summary_template.as_ref());
    let rendered = render(template, entity, target, warnings).map(|text| one_line(&text));
    let mut line = rendered
        .filter(|line| !line.is_empty())
        .unwrap_or_else(|| one_line(&entity.name));
    if line.is_empty() {
        line = format!("Unnamed {}", one_line(&kind.to_lowercase()));
    }
    cut(&line, SUMMARY_LIMIT, "…")
}

fn document(entity: &Entity, target: &Target<'_>, warnings: &mut Vec<String>) -> Document {
    if target.withheld {
        return description::stub(entity, target);
    }
    let template = target
        .route
        .and_then(|route| route.description_template.as_ref())
        .or(target.mapping.description_template.as_ref());
    match render(template, entity, target, warnings) {
        Some(markdown) => description::templated(&markdown, entity),
        None => description::full(entity, target),
    }
}

/// What a template makes; nothing when there is none or it fails.
fn render(
    template: Option<&Template>,
    entity: &Entity,
    target: &Target<'_>,
    warnings: &mut Vec<String>,
) -> Option<String> {
    template?
        .render(entity, &target.extras)
        .inspect_err(|why| warnings.push(format!("{why}; the default is used instead")))
        .ok()
}

fn all_labels(entity: &Entity, target: &Target<'_>) -> Vec<String> {
    let own = match target.withheld {
        true => &[],
        false => entity.labels.as_slice(),
    };
    let route = target
        .route
        .map_or(&[][..], |route| route.labels.as_slice());
    let find = idempotency_label(&entity.key(), entity.sequence);
    let all = own.iter().chain(route).map(String::as_str);
    labels(all.chain([find.as_str()]))
}

/// The route's, else the entity's priority or severity through the map.
fn priority(entity: &Entity, target: &Target<'_>) -> Option<String> {
    if let Some(priority) = target.route.and_then(|route| route.priority.clone()) {
        return Some(priority);
    }
    let words = [&entity.priority, &entity.severity];
    let words = words.into_iter().flatten().map(String::as_str);
    target.mapping.priority_for(words).map(str::to_owned)
}

/// The general custom fields, and over them the route's. What a template
/// makes of withheld content is content too.
fn custom(entity: &Entity, target: &Target<'_>, warnings: &mut Vec<String>) -> Map<String, Value> {
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
        "content": digest(json!(entity).to_string().as_bytes()),
        "modified": entity.version.modified,
        "updated": entity.version.updated,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SourceKey;
    use crate::sources::{opencti, splunk};

    #[test]
    fn a_label_finds_the_issue_of_one_entity_of_one_source_and_one_of_its_issues() {
        let key = |source, id: &str| EntityKey {
            source: SourceKey::of(source),
            id: id.to_owned(),
        };
        let one = key(&opencti::PROFILE, "e1");
        let label = idempotency_label(&one, 0);
        assert_eq!(
            label,
            format!("intake-{}", &digest(b"opencti/e1")[..12]),
            "issues are found by it for ever"
        );
        assert_eq!(label.len(), 19);
        let others = [
            idempotency_label(&one, 1),
            idempotency_label(&one, 2),
            idempotency_label(&key(&splunk::PROFILE, "e1"), 0),
            idempotency_label(&key(&opencti::PROFILE, "e2"), 0),
        ];
        for (place, other) in others.iter().enumerate() {
            assert!(*other != label && !others[..place].contains(other));
        }
    }
}
