//! The doctor: planted mistakes, each found and its setting named, and that a doctor
//! changes nothing.

mod command;
mod jira;
mod others;
mod well;

use crate::harness::Function;
use crate::harness::operator::admin;
use serde_json::Value;

/// The report, as machines read it.
async fn doctor(function: &Function) -> (u16, Value) {
    admin(function, "GET", "/doctor").await
}

/// The checks that came out so.
fn checks<'r>(report: &'r Value, state: &str) -> Vec<&'r Value> {
    let all = report["checks"].as_array().expect("a report").iter();
    all.filter(|check| check["state"] == state).collect()
}

/// A check is wrong whose name begins so, and its setting is named.
async fn finds(function: &Function, area: &str, name: &str, setting: &str) -> Value {
    let (status, report) = doctor(function).await;
    assert_eq!(status, 503, "{report:#}");
    assert_eq!(report["well"], false);
    let wrong = checks(&report, "wrong");
    let found = wrong.iter().find(|check| {
        let its = check["name"].as_str().unwrap();
        check["area"] == area && its.starts_with(name)
    });
    let found = found.unwrap_or_else(|| panic!("{area} {name}: {wrong:#?}"));
    let mut settings = found["fix"]["settings"].as_array().unwrap().iter();
    assert!(
        setting.is_empty() || settings.any(|it| it == setting),
        "{setting}: {found:#}"
    );
    let is_told = found["fix"]["what"].as_str().is_some_and(|it| it.len() > 5);
    assert!(is_told, "{found:#}");
    no_secret(&report);
    (*found).clone()
}

/// No secret of the tests stands in a report.
fn no_secret(report: &Value) {
    let text = report.to_string();
    assert!(!text.contains("5ecret"), "{text}");
}
