//! Whatever comes, nothing breaks, and everything keeps within its limits.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// Names that mean something here, and others.
fn name() -> BoxedStrategy<String> {
    let known = vec![
        "sid",
        "search_name",
        "results_link",
        "result",
        "app",
        "owner",
        "name",
        "artifacts",
        "cef",
        "tags",
        "tag",
        "tlp",
        "sensitivity",
        "source_data_identifier",
        "container_type",
        "event_id",
        "rule_name",
        "rule_title",
        "security_domain",
        "urgency",
        "severity",
        "dest",
        "user",
        "_time",
        "_raw",
        "mitre",
        "annotations",
        "process",
        "file_hash",
        "count",
        "description",
        "start_time",
        "container_update_time",
        "url",
    ];
    prop_oneof![4 => select(known).prop_map(str::to_owned), 1 => ".{0,12}"].boxed()
}

fn any_json() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        6 => Just(Value::Null),
        6 => any::<bool>().prop_map(Value::from),
        6 => any::<i64>().prop_map(Value::from),
        6 => any::<f64>().prop_map(Value::from),
        6 => ".{0,30}".prop_map(Value::from),
        6 => "T[0-9]{4}\\.[0-9]{3}|tlp.(red|amber)|[0-9.]{1,22}|https?://.{0,9}".prop_map(Value::from),
        1 => select(vec![200usize, 600, 9000]).prop_map(|length| Value::from("é".repeat(length))),
    ];
    leaf.prop_recursive(4, 60, 8, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((name(), inner), 0..10)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
    .boxed()
}

fn object() -> BoxedStrategy<Value> {
    vec((name(), any_json()), 0..10)
        .prop_map(|members| Value::Object(members.into_iter().collect()))
        .boxed()
}

fn check(body: &Value, dedup_fields: &[&str]) {
    let Ok(received) = read(body.to_string().as_bytes(), dedup_fields) else {
        return;
    };
    for one in received {
        let Received::Event(event) = one else {
            panic!("{one:?}")
        };
        let entity = event.entity;
        assert!((1..=500).contains(&entity.name.chars().count()));
        assert!((37..=60).contains(&entity.id.len()) && entity.id.is_ascii());
        assert!(entity.labels.len() <= 20 && entity.data.len() <= 200);
        assert!(entity.observables.len() <= 50 && entity.references.len() <= 20);
        for fact in entity.data.iter().chain(&entity.facts) {
            assert!((1..=8000).contains(&fact.value.chars().count()), "{fact:?}");
            assert!(fact.key.chars().count() <= 200);
        }
    }
}

/// A row of fields that count.
fn own_row() -> BoxedStrategy<Vec<(String, String)>> {
    vec(("[a-f]{1,3}", "[a-z0-9,:\"]{1,6}"), 1..6).boxed()
}

fn id(fields: &[(String, String)]) -> String {
    let members = fields.iter().map(|(name, value)| {
        format!(
            "{}:{}",
            Value::from(name.as_str()),
            Value::from(value.as_str())
        )
    });
    let members: Vec<String> = members.collect();
    let body = format!(
        r#"{{"sid":"1","search_name":"x","result":{{{}}}}}"#,
        members.join(",")
    );
    event_of(&serde_json::from_str(&body).unwrap()).entity.id
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_body_is_read_or_refused(body in prop_oneof![any_json(), object()]) {
        check(&body, &[]);
        check(&body, &["dest", "_time"]);
    }

    #[test]
    fn any_row_becomes_an_alert_within_limits(row in object(), search in any_json()) {
        check(&json!({"sid": "1", "search_name": search, "result": row}), &[]);
    }

    #[test]
    fn any_artifacts_become_a_container_within_limits(cef in object(), other in any_json()) {
        check(&json!({"name": other, "artifacts": [{"name": other, "cef": cef}, other], "tags": other}), &[]);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..60)) {
        let _ = read(&bytes, &[]);
    }

    #[test]
    fn order_and_volatile_fields_do_not_matter_and_every_own_field_does(
        mut fields in own_row(),
        volatile in select(vec!["_time", "_raw", "count", "info_sid", "date_hour", "lastTime", "min(_time)"]),
        value in "[a-z0-9]{0,5}",
        place in any::<prop::sample::Index>(),
    ) {
        fields.sort();
        fields.dedup_by(|a, b| a.0 == b.0);
        let before = id(&fields);
        let mut other = fields.clone();
        other.reverse();
        other.push((volatile.to_owned(), value));
        prop_assert_eq!(&id(&other), &before);
        let place = place.index(fields.len());
        fields[place].1.push('!');
        prop_assert_ne!(id(&fields), before);
    }

    /// Nothing is only a number, and nothing is lost: within one run, a row that
    /// differs in anything but bookkeeping is another alert or another firing.
    #[test]
    fn two_rows_of_a_run_that_differ_are_never_duplicates(
        fields in own_row(),
        name in select(vec![
            "_raw", "_time", "count", "index", "source", "splunk_server", "host", "tag", "eventtype",
            "lastTime", "max(_time)", "count(x)", "event_id", "risk_score", "abc", "severity",
            "time", "rule_name", "Description", "sid", "rid", "date_created", "event_hash",
        ]),
        one in "[a-z0-9]{1,5}",
        other in "[A-Z]{1,5}",
        dedup in select(vec!["", "a", "index", "_raw", "host,count"]),
    ) {
        let event = |value: &str| {
            let mut row = serde_json::Map::new();
            for (name, value) in &fields {
                row.insert(name.clone(), value.as_str().into());
            }
            row.insert(name.to_owned(), value.into());
            let body = json!({"sid": "1", "search_name": "x", "result": row});
            events_with(&body, &[("splunk_dedup_fields", dedup)]).remove(0)
        };
        let (one, other) = (event(&one), event(&other));
        if one.entity.id == other.entity.id {
            let mut issue = one.firings().unwrap().clone();
            issue.shown();
            prop_assert!(!issue.hold(other.firings().unwrap()));
            issue.take_in(other.firings().unwrap());
            prop_assert_eq!(issue.rows.len(), 1, "it is told");
        }
    }

    #[test]
    fn a_notable_that_differs_in_what_is_shown_is_told_again(
        name in select(vec!["_time", "_raw", "count", "source", "lastTime", "risk_score", "abc"]),
        one in "[a-z0-9]{1,5}",
        other in "[A-Z]{1,5}",
    ) {
        let entity = |value: &str| {
            let mut row = json!({"event_id": "1", "rule_name": "x"});
            row[name] = value.into();
            notable_row(row)
        };
        let (one, other) = (entity(&one), entity(&other));
        prop_assert_eq!(&one.id, &other.id);
        prop_assert!(one.data != other.data || one.facts != other.facts);
    }
}
