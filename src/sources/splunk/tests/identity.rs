//! When two rows are one alert.

use super::*;

const MIMIKATZ: &str = "splunk-webhook.mimikatz.json";

fn id(body: &Value) -> String {
    event_of(body).entity.id
}

#[test]
fn the_same_row_in_another_run_is_the_same_alert_and_another_firing() {
    let first = sample(MIMIKATZ);
    let mut second = first.clone();
    second["sid"] = json!("scheduler__soc__x_at_1761569999_8");
    second["results_link"] = json!("https://splunk.example.com:8000/other");
    for (name, value) in [
        ("_time", "1761569999"),
        ("_raw", "the same thing at another time"),
        ("count", "17"),
        ("info_search_time", "1761570000"),
        ("lastTime", "2025-10-27T13:00:00"),
        ("splunk_server_group", "g2"),
        ("max(_time)", "1761569999"),
        ("date_hour", "13"),
        ("Count", "4"),
        ("empty", ""),
    ] {
        second["result"][name] = json!(value);
    }
    assert_eq!(id(&first), id(&second));
    assert_ne!(event_of(&first).firings(), event_of(&second).firings());
}

#[test]
fn another_row_of_the_same_run_is_another_alert() {
    let first = sample(MIMIKATZ);
    let mut second = first.clone();
    second["result"]["dest"] = json!("FIN-WS-043");
    assert_ne!(id(&first), id(&second));
    second = first.clone();
    second["search_name"] = json!("Mimikatz detected, too");
    assert_ne!(id(&first), id(&second));
}

#[test]
fn values_cannot_pretend_to_be_other_fields() {
    let id = |row: Value| id(&json!({"sid": "1", "result": row}));
    assert_ne!(id(json!({"a": "1", "b": "2"})), id(json!({"a": "1,b=2"})));
    assert_ne!(id(json!({"a": ["1", "2"]})), id(json!({"a": "1, 2"})));
    assert_ne!(id(json!({"a": "b"})), id(json!({"b": "a"})));
}

#[test]
fn the_order_of_fields_means_nothing() {
    let id = |row: &str| {
        let body = format!(r#"{{"sid": "1", "result": {row}}}"#);
        event_of(&serde_json::from_str(&body).unwrap()).entity.id
    };
    assert_eq!(id(r#"{"a": "1", "b": "2"}"#), id(r#"{"b": "2", "a": "1"}"#));
}

#[test]
fn the_settings_can_name_the_fields_that_count() {
    let first = sample(MIMIKATZ);
    let mut second = first.clone();
    second["result"]["user"] = json!("EXAMPLE\\other");
    let id = |body: &Value, fields: &[&str]| event_with(body, fields).entity.id;
    assert_eq!(id(&first, &["dest"]), id(&second, &["dest"]));
    assert_eq!(
        id(&first, &["dest", "src"]),
        id(&second, &["src", "dest", "none"])
    );
    assert_ne!(id(&first, &["user"]), id(&second, &["user"]));
    second = first.clone();
    second["result"]["_time"] = json!("1");
    assert_ne!(
        id(&first, &["dest", "_time"]),
        id(&second, &["dest", "_time"])
    );
}

#[test]
fn without_a_sid_the_body_tells_firings_apart() {
    let firing = |body: Value| event_of(&body).firings().unwrap().recent[0].clone();
    let (one, two) = (json!({"result": {"a": 1}}), json!({"result": {"a": 2}}));
    assert_eq!(firing(one.clone()), firing(one.clone()));
    assert_ne!(firing(one), firing(two));
    assert_eq!(firing(json!({"sid": "x".repeat(5000)})).len(), 16);
    assert_ne!(firing(json!({"sid": "a"})), firing(json!({"sid": "b"})));
}
