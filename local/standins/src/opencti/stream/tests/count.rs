//! Counting the rows of the database.

use super::*;
use crate::caller::{Caller, Reply};

const COUNT: &str = "query Count($types: [String], $filters: FilterGroup) {
    stixDomainObjects(types: $types, filters: $filters, first: 1) { pageInfo { globalCount } } }";

async fn ask(caller: &Caller, types: Value, filters: Value) -> Reply {
    let variables = json!({"types": types, "filters": filters});
    let body = json!({"query": COUNT, "variables": variables});
    caller.post("/graphql", body).await
}

async fn count(caller: &Caller, types: Value, filters: Value) -> u64 {
    let reply = ask(caller, types, filters).await;
    assert_eq!(reply.json.get("errors"), None, "{}", reply.text);
    let found = &reply.json["data"]["stixDomainObjects"]["pageInfo"]["globalCount"];
    found.as_u64().unwrap()
}

fn filter(key: &str, operator: &str, values: &[&str]) -> Value {
    json!({"key": [key], "operator": operator, "values": values})
}

fn group(mode: &str, filters: &[Value]) -> Value {
    json!({"mode": mode, "filters": filters, "filterGroups": []})
}

#[tokio::test]
async fn rows_are_counted_by_type_and_by_the_time_of_their_change() {
    let standin = start(options()).await;
    let caller = Caller::new(&standin.url(), "Bearer right");
    for number in 1..=5 {
        standin.push(created(number, 10 * u64::from(number)));
    }
    standin.add_row(json!({"id": "report--1", "type": "report"}));
    standin.hide_from_stream("incident--1");
    let case = json!(["Case-Incident"]);
    assert_eq!(count(&caller, case.clone(), Value::Null).await, 5);
    assert_eq!(count(&caller, Value::Null, Value::Null).await, 6);
    assert_eq!(count(&caller, json!(["Task"]), Value::Null).await, 0);
    let at = |ms: u64| crate::clock::utc_time(ms);
    for (operator, found) in [
        ("gt", 2),
        ("gte", 3),
        ("lt", 2),
        ("lte", 3),
        ("eq", 1),
        ("not_eq", 4),
    ] {
        let filters = group("and", &[filter("updated_at", operator, &[&at(30)])]);
        assert_eq!(
            count(&caller, case.clone(), filters).await,
            found,
            "{operator}"
        );
    }
    let bounds = [
        filter("updated_at", "gte", &[&at(20)]),
        filter("updated_at", "lte", &[&at(40)]),
    ];
    let between = group("and", &bounds);
    assert_eq!(count(&caller, case.clone(), between.clone()).await, 3);
    assert_eq!(count(&caller, case.clone(), group("or", &bounds)).await, 5);
    let mut nested = group(
        "and",
        &[filter("entity_type", "eq", &["report", "Case-Incident"])],
    );
    assert_eq!(count(&caller, Value::Null, nested.clone()).await, 6);
    nested["filterGroups"] = json!([between]);
    assert_eq!(count(&caller, Value::Null, nested).await, 3);
}

#[tokio::test]
async fn a_filter_that_is_none_is_an_error() {
    let standin = start(options()).await;
    let caller = Caller::new(&standin.url(), "Bearer right");
    for (filters, says) in [
        (group("and", &[filter("name", "eq", &["x"])]), "not by name"),
        (
            group("and", &[filter("updated_at", "gt", &["now"])]),
            "no date",
        ),
        (group("und", &[]), "FilterMode"),
        (
            group("and", &[filter("updated_at", "above", &["x"])]),
            "FilterOperator",
        ),
        (json!({"mode": "and", "filters": []}), "filterGroups"),
    ] {
        let reply = ask(&caller, Value::Null, filters).await;
        let message = reply.json["errors"][0]["message"].as_str().unwrap();
        assert!(reply.status == 200 && message.contains(says), "{message}");
    }
    let wrong = Caller::new(&standin.url(), "Bearer wrong");
    let reply = ask(&wrong, Value::Null, Value::Null).await;
    assert_eq!(
        reply.json["errors"][0]["extensions"]["code"],
        "AUTH_REQUIRED"
    );
}
