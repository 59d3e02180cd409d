//! What templates make of an entity, and what they cannot do.

use proptest::prelude::*;
use serde_json::json;

use super::bounds::OUTPUT_LIMIT;
use super::*;
use crate::model::{Entity, EntityType, Fact, Named, Observable, Reference, Tlp};

fn entity() -> Entity {
    Entity {
        id: "7c8f".to_owned(),
        kind: EntityType::new("case-incident"),
        name: "Odd *login*".to_owned(),
        description: Some("**bold**".to_owned()),
        labels: vec!["vip".to_owned(), "apt28".to_owned()],
        severity: Some("high".to_owned()),
        confidence: Some(80),
        tlp: Some(Tlp::AmberStrict),
        author: Some(Named {
            id: "a".to_owned(),
            name: Some("ACME".to_owned()),
        }),
        status: Some(Named::default()),
        facts: vec![
            fact("first_seen", "2026-05-01T10:20:30.000Z"),
            fact("name", "fact"),
        ],
        references: vec![Reference {
            source: "CVE".to_owned(),
            external_id: Some("CVE-2026-1".to_owned()),
            ..Reference::default()
        }],
        observables: vec![Observable {
            kind: "ipv4-addr".to_owned(),
            value: "192.0.2.1".to_owned(),
        }],
        ..Entity::default()
    }
}

fn fact(key: &str, value: &str) -> Fact {
    Fact {
        key: key.to_owned(),
        label: key.to_owned(),
        value: value.to_owned(),
    }
}

fn extras() -> Extras {
    Extras {
        event: "update",
        platform_url: Some("https://cti.example.com".to_owned()),
        entity_url: Some("https://cti.example.com/dashboard/id/7c8f".to_owned()),
    }
}

fn try_render(source: &str) -> Result<String, String> {
    Template::parse("t", source)?.render(&entity(), &extras())
}

fn render(source: &str) -> String {
    try_render(source).unwrap()
}

#[test]
fn every_member_has_its_name() {
    for (source, expected) in [
        (
            "{{ entity.id }} {{ entity.type }} {{ entity.kind }}",
            "7c8f case-incident case-incident",
        ),
        (
            "{{ entity.type_name }}: {{ entity.name }}",
            "Incident response: Odd *login*",
        ),
        (
            "{{ entity.labels }}; {{ entity.labels | join('/') }}",
            "vip, apt28; vip/apt28",
        ),
        (
            "{{ entity.confidence }} {{ entity.confidence >= 80 }}",
            "80 True",
        ),
        ("{{ entity.tlp }} {{ entity.author }}", "AMBER+STRICT ACME"),
        (
            "{{ entity.url }} {{ platform_url }} {{ event }}",
            "https://cti.example.com/dashboard/id/7c8f https://cti.example.com update",
        ),
        ("{{ entity.first_seen }}", "2026-05-01T10:20:30.000Z"),
        (
            "{% for r in entity.references %}{{ r.source }} {{ r.external_id }} {{ r.url }}{% endfor %}",
            "CVE CVE-2026-1 ",
        ),
        (
            "{% for o in entity.observables %}{{ o.kind }} {{ o.value }}{% endfor %}",
            "ipv4-addr 192.0.2.1",
        ),
        (
            "{% for f in entity.facts %}{{ f.key }} {% endfor %}",
            "first_seen name ",
        ),
    ] {
        assert_eq!(render(source), expected);
    }
}

#[test]
fn a_missing_member_is_empty() {
    assert_eq!(
        render("[{{ entity.nothing }}{{ nothing.at.all }}{{ entity.status }}{{ none }}]"),
        "[]"
    );
    assert_eq!(
        render("{{ entity.priority | upper }}{{ entity.priority | md }}"),
        ""
    );
    assert_eq!(
        render("{% for x in entity.nothing %}x{% else %}none{% endfor %}"),
        "none"
    );
    assert_eq!(render("{{ entity.priority | default('P3') }}"), "P3");
    assert_eq!(
        render("{% if entity.priority is defined %}yes{% endif %}"),
        ""
    );
}

#[test]
fn text_of_an_entity_is_never_a_template_nor_escaped() {
    let sly = Entity {
        name: "{{ 1 + 1 }} {% if %} <b>&".to_owned(),
        ..Entity::default()
    };
    let template = Template::parse("t", "{{ entity.name }}").unwrap();
    assert_eq!(template.render(&sly, &extras()).unwrap(), sly.name);
}

#[test]
fn a_syntax_error_is_found_when_the_template_is_read_and_names_its_line() {
    let error = Template::parse("summary", "a\nb\n{{ entity.name }").unwrap_err();
    assert!(error.starts_with("template `summary`, line 3: "), "{error}");
}

#[test]
fn an_unknown_filter_is_found_when_the_template_is_read() {
    for source in [
        "{{ entity.name | shout }}",
        "{% for o in entity.observables %}{{ o | shout }}{% endfor %}",
        "{{ range(5) }}",
        "{{ 1 is odd }}",
    ] {
        assert!(Template::parse("t", source).is_err(), "{source}");
    }
}

#[test]
fn an_error_while_rendering_names_its_line() {
    let template = Template::parse("t", "\n{{ entity.name | date('%Q') }}").unwrap();
    assert_eq!(
        template.render(&entity(), &extras()).unwrap(),
        "\nOdd *login*"
    );
    let error = try_render("\n{{ entity.first_seen | date('%Q') }}").unwrap_err();
    assert_eq!(
        error,
        "template `t`, line 2: date knows %Y, %m, %d, %H, %M, %S and %%"
    );
}

#[test]
fn a_template_that_takes_too_many_steps_is_stopped() {
    let many = Entity {
        labels: vec!["x".to_owned(); 1000],
        ..Entity::default()
    };
    let source = "{% for a in entity.labels %}{% for b in entity.labels %}{% if a == b %}{% endif %}{% endfor %}{% endfor %}";
    let template = Template::parse("t", source).unwrap();
    let error = template.render(&many, &extras()).unwrap_err();
    assert!(error.contains("steps"), "{error}");
}

#[test]
fn a_loop_over_thousands_of_observables_is_no_spin() {
    let entity = Entity {
        observables: vec![entity().observables.remove(0); 5000],
        ..Entity::default()
    };
    let source = "{% for o in entity.observables %}\n- {{ o.kind | md }}: {{ o.value | defang | code }}{% endfor %}";
    let template = Template::parse("t", source).unwrap();
    assert!(template.render(&entity, &extras()).is_ok());
}

#[test]
fn what_no_field_can_hold_is_cut_off() {
    let long = Entity {
        description: Some("ä".repeat(10 * OUTPUT_LIMIT)),
        ..Entity::default()
    };
    let template = Template::parse("t", "x{{ entity.description }}").unwrap();
    let text = template.render(&long, &extras()).unwrap();
    assert!(text.len() <= OUTPUT_LIMIT && text.len() > OUTPUT_LIMIT - 4);
}

#[test]
fn a_template_cannot_fill_the_memory() {
    let long = Entity {
        description: Some("x".repeat(OUTPUT_LIMIT)),
        labels: vec!["x".to_owned(); 1000],
        ..Entity::default()
    };
    for source in [
        "{% set x %}{% for l in entity.labels %}{{ entity.description }}{% endfor %}{% endset %}",
        "{{ entity.description | replace('x', entity.description) }}",
        "{{ entity.labels | join(entity.description) }}",
    ] {
        let template = Template::parse("t", source).unwrap();
        let error = template.render(&long, &extras()).unwrap_err();
        assert!(error.contains("grows beyond"), "{error}");
    }
}

#[test]
fn what_makes_much_of_little_is_not_known() {
    for source in [
        "{{ range(100000) }}",
        "{{ debug() }}",
        "{{ 'x' | indent(4000000000) }}",
        "{{ '%4000000000d' | format(1) }}",
        "{{ [1] | batch(4000000000, 0) }}",
        "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
        "{% include 't' %}",
    ] {
        assert!(Template::parse("t", source).is_err(), "{source}");
    }
}

#[test]
fn deep_nesting_is_an_error() {
    let blocks = format!(
        "{}{}",
        "{% if 1 %}".repeat(1000),
        "{% endif %}".repeat(1000)
    );
    let parens = format!("{{{{ {}1{} }}}}", "(".repeat(10_000), ")".repeat(10_000));
    let lists = format!(
        "{{{{ {}{} | tojson }}}}",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    for source in [blocks, parens, lists] {
        assert!(try_render(&source).is_err());
    }
    assert!(
        try_render(&format!(
            "{{{{ {}{} | tojson }}}}",
            "[".repeat(60),
            "]".repeat(60)
        ))
        .is_err()
    );
    assert!(try_render("{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}").is_err());
}

#[test]
fn only_templates_in_a_value_change_and_typed_values_stay() {
    let value = json!({
        "value": "{{ entity.severity | title }}",
        "child": [{"n": 1, "{{ key }}": "{% if entity.tlp %}marked{% endif %}"}, null, true, 1.5, "plain }}"],
    });
    let rendered = render_value("f", &value, &entity(), &extras()).unwrap();
    assert_eq!(
        rendered,
        json!({
            "value": "High",
            "child": [{"n": 1, "{{ key }}": "marked"}, null, true, 1.5, "plain }}"],
        })
    );
}

#[test]
fn a_mistake_within_a_value_names_its_place() {
    let value = json!({"a": ["{{ x }}", {"b": "{{ x"}], "c": "{{ 1 | what }}"});
    let found = check_value("customfield_1", &value);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found[0].starts_with("template `customfield_1.a[1].b`, line 1: "),
        "{found:?}"
    );
    assert!(
        found[1].starts_with("template `customfield_1.c`, line 1: "),
        "{found:?}"
    );
    let error = render_value("customfield_1", &value, &entity(), &extras()).unwrap_err();
    assert_eq!(error, found[0]);
}

proptest! {
    #[test]
    fn any_entity_renders_in_a_template_that_uses_all_of_it(
        texts in prop::collection::vec(any::<String>(), 6), confidence in any::<Option<u8>>()
    ) {
        let [a, b, c, d, e, f] = <[String; 6]>::try_from(texts).unwrap();
        let entity = Entity {
            name: a.clone(),
            description: Some(b.clone()),
            labels: vec![c.clone()],
            severity: Some(d.clone()),
            confidence,
            facts: vec![fact(&e, &f)],
            references: vec![Reference { source: a, url: Some(b), ..Reference::default() }],
            observables: vec![Observable { kind: c, value: d }],
            ..Entity::default()
        };
        let source = "{{ entity }} {{ entity | tojson }} {{ entity.name[1:3] }} {% if 'x' in entity.name %}x{% endif %}";
        let template = Template::parse("t", source).unwrap();
        prop_assert!(template.render(&entity, &extras()).is_ok());
    }

    #[test]
    fn any_text_is_a_template_or_refused(text in any::<String>(), inner in "[a-z .|()'\\[\\]%{}0-9~*+-]{0,30}") {
        for source in [text, format!("{{{{ {inner} }}}}"), format!("{{% {inner} %}}")] {
            if let Ok(template) = Template::parse("t", &source) {
                let _ = template.render(&entity(), &extras());
            }
        }
    }
}
