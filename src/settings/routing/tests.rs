//! Which route is picked, and what people read when they get one wrong.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::model::{Entity, EntityType, Level, Tlp};
use crate::settings::templates::Template;

fn routes(text: &str) -> Routes {
    Routes::parse(text).unwrap()
}

fn mistakes(text: &str) -> Vec<String> {
    Routes::parse(text).unwrap_err()
}

/// An incident with a label, severity high, priority P1, TLP:AMBER.
fn entity() -> Entity {
    Entity {
        kind: EntityType::new("incident"),
        labels: vec!["Ransomware-LockBit".to_owned(), "vip".to_owned()],
        severity: Some("High".to_owned()),
        priority: Some("P1".to_owned()),
        tlp: Some(Tlp::Amber),
        ..Entity::default()
    }
}

fn fits(when: &str) -> bool {
    let routes = routes(&format!("[[route]]\nwhen = {when}"));
    pick(&routes, &entity()).is_some()
}

#[test]
fn no_text_no_routes() {
    for text in ["", "\n", "# later"] {
        assert_eq!(routes(text), Routes::default());
    }
    assert_eq!(pick(&Routes::default(), &entity()), None);
}

#[test]
fn a_route_holds_all_that_it_says() {
    let routes = routes(
        r#"
        [[route]]
        name = "critical incidents"
        when = { type = ["incident", "case-incident"], label = ["ransomware*"], severity = "high" }
        project = "IR"
        issue_type = "Incident"
        priority = "Highest"
        components = ["SOC"]
        assignee = "5b10a2844c20165700ede21g"
        labels = ["from-opencti"]
        custom_fields = { customfield_10039 = { value = "SOC" } }
        summary_template = "{{ entity.name }}"
        "#,
    );
    let expected = Route {
        number: 1,
        name: Some("critical incidents".to_owned()),
        project: Some("IR".to_owned()),
        issue_type: Some("Incident".to_owned()),
        priority: Some("Highest".to_owned()),
        components: Some(vec!["SOC".to_owned()]),
        assignee: Some("5b10a2844c20165700ede21g".to_owned()),
        labels: vec!["from-opencti".to_owned()],
        custom_fields: [("customfield_10039".to_owned(), json!({"value": "SOC"}))]
            .into_iter()
            .collect(),
        summary_template: Template::parse("summary_template", "{{ entity.name }}").ok(),
        ..Route::default()
    };
    let picked = pick(&routes, &entity()).unwrap();
    let without_conditions = Route {
        when: Conditions::default(),
        ..picked.clone()
    };
    assert_eq!(without_conditions, expected);
    assert_eq!(picked.to_string(), "route 1 `critical incidents`");
}

fn pick<'a>(routes: &'a Routes, entity: &Entity) -> Option<&'a Route> {
    let level = entity.tlp.map_or(Level::Unmarked, Level::Tlp);
    routes.pick(entity, level)
}

#[test]
fn the_first_route_that_matches_wins() {
    let routes = routes(
        r#"
        [[route]]
        when = { severity = "low" }
        project = "A"
        [[route]]
        when = { severity = "high" }
        project = "B"
        [[route]]
        project = "C"
        "#,
    );
    assert_eq!(pick(&routes, &entity()).unwrap().number, 2);
    assert_eq!(pick(&routes, &Entity::default()).unwrap().number, 3);
}

#[test]
fn all_conditions_of_a_route_must_hold_each_with_any_value() {
    assert!(fits(
        r#"{ type = ["report", "incident"], severity = ["critical", "high"] }"#
    ));
    assert!(!fits(
        r#"{ type = ["report", "incident"], severity = "critical" }"#
    ));
    assert!(!fits(r#"{ type = "report", severity = "high" }"#));
    assert!(fits("{}"));
}

#[test]
fn every_condition_is_compared_without_regard_to_case() {
    assert!(fits(
        r#"{ type = "Incident", label = "VIP", severity = "HIGH", priority = "p1", tlp = "tlp:amber" }"#
    ));
}

#[test]
fn types_are_known_in_both_spellings() {
    let routes = routes("[[route]]\nwhen = { type = 'X-OpenCTI-Case-Incident' }");
    let case = Entity {
        kind: EntityType::new("case-incident"),
        ..Entity::default()
    };
    assert!(pick(&routes, &case).is_some());
}

#[test]
fn a_label_may_be_open_at_its_start_and_end() {
    for (pattern, expected) in [
        ("ransomware*", true),
        ("*LOCKBIT", true),
        ("*ware-lock*", true),
        ("*", true),
        ("lockbit*", false),
        ("ransomware", false),
        ("*ransomware", false),
    ] {
        assert_eq!(
            fits(&format!("{{ label = '{pattern}' }}")),
            expected,
            "{pattern}"
        );
    }
    let routes = routes("[[route]]\nwhen = { label = '*' }");
    assert_eq!(pick(&routes, &Entity::default()), None);
}

#[test]
fn a_missing_severity_fits_no_severity() {
    let routes = routes("[[route]]\nwhen = { severity = ['high', 'low'] }");
    assert_eq!(pick(&routes, &Entity::default()), None);
}

#[test]
fn an_unmarked_entity_is_tlp_none() {
    let routes = routes("[[route]]\nwhen = { tlp = ['none', 'WHITE'] }");
    assert!(pick(&routes, &Entity::default()).is_some());
    let marked = |tlp| Entity {
        tlp: Some(tlp),
        ..Entity::default()
    };
    assert!(pick(&routes, &marked(Tlp::Clear)).is_some());
    assert!(pick(&routes, &marked(Tlp::AmberStrict)).is_none());
}

#[test]
fn a_marking_that_is_not_understood_is_red_but_ignored_by_no_route() {
    let routes = routes(
        r#"
        [[route]]
        when = { tlp = ["none", "GREEN", "RED"] }
        ignore = true
        [[route]]
        when = { tlp = ["none", "GREEN", "AMBER"] }
        project = "OPEN"
        [[route]]
        when = { tlp = "RED" }
        project = "CLOSED"
        "#,
    );
    let green = Entity {
        tlp: Some(Tlp::Green),
        ..Entity::default()
    };
    let picked = routes.pick(&green, Level::NotUnderstood).unwrap();
    assert_eq!(picked.project.as_deref(), Some("CLOSED"));
}

#[test]
fn amber_is_not_amber_strict() {
    assert!(!fits("{ tlp = 'AMBER+STRICT' }"));
}

#[test]
fn a_route_can_ignore() {
    let routes = routes("[[route]]\nwhen = { label = 'vip' }\nignore = true");
    assert!(pick(&routes, &entity()).unwrap().ignore);
}

#[test]
fn a_route_that_ignores_cannot_say_how_to_file() {
    let found = mistakes("[[route]]\nname = 'no'\nignore = true\nproject = 'SOC'\nlabels = 'x'");
    assert_eq!(
        found,
        [
            "route 1 `no`: `ignore = true` files nothing, so that `project`, `labels` cannot take effect; remove one or the other"
        ]
    );
}

#[test]
fn every_mistake_is_reported_at_once() {
    let found = mistakes(
        r#"
        colour = "red"
        [[route]]
        name = "first"
        projekt = "SOC"
        priority = 1
        when = { label = "a*b", tlp = "purple", severity = [], kind = "x" }
        [[route]]
        project = ""
        components = [1]
        when = "always"
        custom_fields = { a = inf, b = "{{ oops" }
        summary_template = "{% if x %}\n{{ entity.name }"
        description_template = "{{ entity.name | shout }}"
        "#,
    );
    let starts = [
        "`colour` is outside of any route",
        "route 1 `first`: `projekt` is not known; known are `name`, `when`, ",
        "route 1 `first`, `when`: `kind` is not known; known are `type`, ",
        "route 1 `first`, `when`: `label`: `a*b` has a `*` in the middle",
        "route 1 `first`, `when`: `severity` is an empty list",
        "route 1 `first`, `when`: `tlp`: `purple` is none of CLEAR",
        "route 1 `first`: `priority` is a number; expected a Jira priority",
        "route 2: `when` is text; expected a table",
        "route 2: `project` is empty; expected a project's key",
        "route 2: `components` is a number; expected",
        "route 2: `custom_fields.a` holds the number inf",
        "route 2: `custom_fields`: template `b`, line 1: ",
        "route 2: template `summary_template`, line 2: ",
        "route 2: template `description_template`, line 1: filter shout is unknown",
    ];
    assert_eq!(found.len(), starts.len(), "{found:#?}");
    for (mistake, start) in found.iter().zip(starts) {
        assert!(mistake.starts_with(start), "{mistake}\n{start}");
    }
}

#[test]
fn what_is_not_toml_is_named_by_its_line() {
    let found = mistakes("[[route]]\nproject = SOC\n\n[[route]\n");
    assert!(found.len() >= 2, "{found:#?}");
    assert!(found[0].starts_with("line 2: "), "{found:#?}");
    assert!(
        found.iter().any(|text| text.starts_with("line 4: ")),
        "{found:#?}"
    );
}

#[test]
fn all_that_is_not_toml_is_told_in_the_order_of_its_lines() {
    let found = mistakes("a = b\n\n[c]\nd = 'x\n[e]\nf = 1\nf = 2\ng = 2026-02-30");
    let lines: Vec<&str> = found.iter().map(|text| &text[..7]).collect();
    assert_eq!(
        lines,
        ["line 1:", "line 4:", "line 7:", "line 8:"],
        "{found:#?}"
    );
}

#[test]
fn a_key_that_is_there_twice_is_named_by_its_line() {
    let found = mistakes("[[route]]\nproject = 'A'\npriority = 'B'\nproject = 'C'");
    assert_eq!(found, ["line 4: this is not TOML: duplicate key"]);
}

#[test]
fn a_single_table_is_told_about_the_second_bracket() {
    for text in ["[route]\nproject = 'SOC'", "route = ['SOC']"] {
        let found = mistakes(text);
        assert!(found[0].contains("[[route]]"), "{found:?}");
    }
}

#[test]
fn toml_values_become_the_json_that_means_the_same() {
    let routes = routes(
        r#"
        [[route]]
        [route.custom_fields]
        text = "x"
        whole = -0x10
        hex = 0xff
        large = 18_446_744_073_709_551_615
        part = 1.5
        flag = true
        day = 2026-05-01
        time = 2026-05-01T10:00:00Z
        list = [{ value = "a" }, { value = "b" }]
        "Affected user" = "{{ entity.source }}"
        cascade = { value = "a", child.value = "b" }
        "#
        .replace("-0x10", "-16")
        .as_str(),
    );
    let fields = &routes.iter().next().unwrap().custom_fields;
    assert_eq!(
        Value::Object(fields.clone()),
        json!({
            "text": "x", "whole": -16, "hex": 255, "large": u64::MAX, "part": 1.5, "flag": true,
            "day": "2026-05-01", "time": "2026-05-01T10:00:00Z",
            "list": [{"value": "a"}, {"value": "b"}],
            "Affected user": "{{ entity.source }}",
            "cascade": {"value": "a", "child": {"value": "b"}},
        })
    );
}

#[test]
fn a_value_that_json_cannot_hold_is_a_mistake() {
    for value in ["nan", "99999999999999999999", &deep(40), "1e999"] {
        let found = mistakes(&format!("[[route]]\ncustom_fields = {{ x = {value} }}"));
        assert!(
            found[0].starts_with("route 1: `custom_fields.x` "),
            "{found:?}"
        );
    }
}

#[test]
fn the_deepest_nesting_does_not_break_the_reader() {
    let levels = 100_000;
    let key = vec!["a"; levels].join(".");
    for text in [
        format!("[[route]]\ncustom_fields = {{ x = {} }}", deep(levels)),
        format!("[[route]]\ncustom_fields = {{ {key} = 1 }}"),
        format!("{key} = 1"),
        format!("[{key}]"),
        format!("a = {}", "[{ a = ".repeat(levels)),
        "[".repeat(levels),
        "{".repeat(levels),
    ] {
        mistakes(&text);
    }
}

fn deep(levels: usize) -> String {
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = Routes::parse(&text);
        let _ = Routes::parse(&format!("[[route]]\n{text}"));
    }

    #[test]
    fn any_label_fits_itself(label in "[^*'\\p{C}]{0,20}[^*'\\p{C}\\p{Z}]") {
        let routes = routes(&format!("[[route]]\nwhen = {{ label = '{label}' }}"));
        let entity = Entity { labels: vec![label.to_uppercase(), label], ..Entity::default() };
        prop_assert!(pick(&routes, &entity).is_some());
    }
}
