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

mod bounds;
mod context;
mod engine;
mod extras;
mod filters;
mod template;

pub use extras::Extras;
pub use template::{Template, check_value, render_value};

#[cfg(test)]
mod tests;
