//! What operators write (with mistakes that must be told, never a panic), and what an
//! entity does to it.

use jira_intake::model::{Entity, Level};
use jira_intake::settings::routing::Routes;
use jira_intake::settings::templates::{Extras, Template};

/// A template that shows an entity in every way.
const SHOWS: &str = "{{ entity.name | upper | truncate(80) }} {{ entity.name | md }} \
    {{ entity.name | code }} {{ entity.name | defang }} {{ entity.name | date('%d.%m.%Y') }}\
    {% for label in entity.labels %} {{ label | tojson }}{% endfor %} {{ entity.description }}";

/// The text as a template, and as what a template shows.
pub(super) fn template(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let _ = Template::parse("summary_template", &text);
    let entity = entity(&text);
    let extras = Extras {
        event: "create",
        platform_url: None,
        entity_url: Some(text.to_string()),
    };
    let template = Template::parse("shows", SHOWS).expect("it is right");
    let rendered = template.render(&entity, &extras).expect("it is shown");
    assert!(rendered.len() <= 256 * 1024 + 4, "{}", rendered.len());
}

/// The text as routes, of which one is picked for an entity.
pub(super) fn routes(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match Routes::parse(&text) {
        Ok(routes) => {
            let _ = routes.pick(&entity(&text), Level::Unmarked);
        }
        Err(mistakes) => assert!(!mistakes.is_empty(), "refused without a reason"),
    }
}

fn entity(text: &str) -> Entity {
    Entity {
        name: text.to_owned(),
        description: Some(text.to_owned()),
        labels: text.lines().map(str::to_owned).collect(),
        severity: text.split_whitespace().next().map(str::to_owned),
        ..Entity::default()
    }
}
