//! Texts that an operator shapes: summaries, descriptions and custom fields
//! written as templates in the style of Jinja.
//!
//! A template sees `event` (create, update, delete, merge or firing),
//! `platform_url` and `entity`, which has
//!
//! - `id`, `standard_id`, `type` (also `kind`), `type_name` (as people say it),
//!   `name`, `url`, `description` (Markdown), `content` (HTML), `severity`,
//!   `priority`, `confidence`, `tlp` (such as `AMBER+STRICT`), `author` and
//!   `status` (names);
//! - every fact by its key: `source`, `first_seen`, `cvss_base_score`…, and
//!   every raw field of an alert: `dest`, `entity["risk.object"]`…;
//! - the lists `labels`, `facts` and `data` (each with `key`, `label`, `value`),
//!   `references` (each with `source`, `description`, `url`, `external_id`) and
//!   `observables` (each with `kind`, `value`).
//!
//! What is missing is empty, never an error. Text of an entity is data: it is
//! never read as a template.
//!
//! Filters as in Jinja: `upper`, `lower`, `title`, `trim`, `default(other)` (for
//! what is missing or empty), `join(", ")`, `replace(old, new)`, `length`,
//! `first`, `last`, `tojson`. Of our own:
//!
//! - `truncate(n)`: at most n characters, with "…" as the last;
//! - `date("%d.%m.%Y")`: an ISO date in another order (%Y %m %d %H %M %S);
//! - `defang`: an indicator that nothing turns into a link;
//! - `md`: plain text within one line of Markdown, whatever it holds;
//! - `code`: inline code (in a table take `md`: a `|` would end the cell).
//!
//! What a description template renders is Markdown. `entity.description` is
//! Markdown already; every other text should pass through `md` or `code`:
//!
//! ```text
//! **Source:** {{ entity.source | default("unknown") | md }}
//! {% for o in entity.observables %}
//! - {{ o.kind }} {{ o.value | defang | code }}
//! {%- endfor %}
//!
//! {{ entity.description }}
//! ```
//!
//! No entity makes a template spin or fill the memory: the steps it takes, the
//! depth it nests and the text it makes are limited. (An author who doubles a
//! text forty times with `{% set a = a ~ a %}` still can.)

mod context;
mod engine;
mod filters;

use serde_json::Value;

use crate::event::{Change, Entity};

/// A template that is known to be well-formed.
///
/// ```
/// use jira_intake::event::{Change, Entity};
/// use jira_intake::plan::templates::{Extras, Template};
///
/// let template = Template::parse("summary", "[{{ entity.severity | upper }}] {{ entity.name }}");
/// let entity = Entity {
///     name: "Odd login".to_owned(),
///     severity: Some("high".to_owned()),
///     ..Entity::default()
/// };
/// let extras = Extras { event: Change::Create, platform_url: None, entity_url: None };
/// assert_eq!(template.unwrap().render(&entity, &extras).unwrap(), "[HIGH] Odd login");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    name: String,
    source: String,
}

/// What a template may know besides the entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extras {
    /// What happened: `event`.
    pub event: Change,
    /// The sending platform's address: `platform_url`.
    pub platform_url: Option<String>,
    /// The entity's page: `entity.url`.
    pub entity_url: Option<String>,
}

impl Template {
    /// Checks the source; what is wrong is one sentence that begins with the
    /// name and the line.
    pub fn parse(name: &str, source: &str) -> Result<Self, String> {
        engine::check(name, source)?;
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
        Value::String(text) if is_template(text) => {
            mistakes.extend(engine::check(name, text).err())
        }
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
        Value::Object(members) => members
            .iter()
            .map(|(key, member)| {
                let member = render_in(&format!("{name}.{key}"), member, context)?;
                Ok((key.clone(), member))
            })
            .collect(),
        other => Ok(other.clone()),
    }
}

fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

#[cfg(test)]
mod tests;
