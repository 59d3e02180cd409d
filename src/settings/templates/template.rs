//! Templates, and JSON values with templates in them.

use serde_json::{Map, Value};

use super::extras::Extras;
use super::{context, engine};
use crate::model::{Entity, Fact, Observable, Reference};

/// A template that is known to be well-formed.
///
/// ```
/// use jira_intake::model::Entity;
/// use jira_intake::settings::templates::{Extras, Template};
///
/// let template = Template::parse("summary", "[{{ entity.severity | upper }}] {{ entity.name }}");
/// let entity = Entity {
///     name: "Odd login".to_owned(),
///     severity: Some("high".to_owned()),
///     ..Entity::default()
/// };
/// let extras = Extras { event: "create", platform_url: None, entity_url: None };
/// assert_eq!(template.unwrap().render(&entity, &extras).unwrap(), "[HIGH] Odd login");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    name: String,
    source: String,
}

impl Template {
    /// Checks the source; what is wrong is one sentence that begins with the
    /// name and the line.
    pub fn parse(name: &str, source: &str) -> Result<Self, String> {
        check(name, source)?;
        Ok(Self {
            name: name.to_owned(),
            source: source.to_owned(),
        })
    }

    /// Renders the template. Text beyond 256 KiB is cut off, because no field
    /// of an issue takes that much.
    pub fn render(&self, entity: &Entity, extras: &Extras) -> Result<String, String> {
        let context = context::build(entity, extras);
        engine::render(&self.name, &self.source, &context)
    }
}

/// What is wrong with the templates in a JSON value, as [`render_value`] would
/// find them: a sentence each.
pub fn check_value(name: &str, value: &Value) -> Vec<String> {
    let mut mistakes = Vec::new();
    match value {
        Value::String(text) if is_template(text) => mistakes.extend(check(name, text).err()),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                mistakes.extend(check_value(&format!("{name}[{index}]"), item));
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                mistakes.extend(check_value(&format!("{name}.{key}"), member));
            }
        }
        _ => {}
    }
    mistakes
}

/// The JSON value with every text in it that holds `{{` or `{%` rendered; all
/// else, and every member's name, stays as it is. The name is for error
/// messages.
pub fn render_value(
    name: &str,
    value: &Value,
    entity: &Entity,
    extras: &Extras,
) -> Result<Value, String> {
    render_in(name, value, &context::build(entity, extras))
}

fn render_in(name: &str, value: &Value, context: &minijinja::Value) -> Result<Value, String> {
    match value {
        Value::String(text) if is_template(text) => {
            engine::render(name, text, context).map(Value::String)
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| render_in(&format!("{name}[{index}]"), item, context))
            .collect(),
        Value::Object(members) => {
            let mut rendered = Map::new();
            for (key, member) in members {
                let member = render_in(&format!("{name}.{key}"), member, context)?;
                rendered.insert(key.clone(), member);
            }
            Ok(Value::Object(rendered))
        }
        other => Ok(other.clone()),
    }
}

fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// Finds what is wrong with a template before an event needs it.
fn check(name: &str, source: &str) -> Result<(), String> {
    let extras = Extras {
        event: "create",
        platform_url: None,
        entity_url: None,
    };
    engine::check(name, source, &context::build(&sample(), &extras))
}

/// An entity that has one of everything to loop over.
fn sample() -> Entity {
    let text = || "x".to_owned();
    Entity {
        labels: vec![text()],
        facts: vec![Fact {
            key: text(),
            label: text(),
            value: text(),
        }],
        references: vec![Reference::default()],
        observables: vec![Observable {
            kind: text(),
            value: text(),
        }],
        data: vec![Fact {
            key: text(),
            label: text(),
            value: text(),
        }],
        ..Entity::default()
    }
}
