//! Whose answer is it? A login page, a proxy and a firewall decide nothing, a
//! refusal holds back only what it is about, and what was refused once is not
//! sent again.

use crate::harness::alerts;
use crate::harness::objects::{
    at_once, each_family, holds, let_go, odd_login, outcome, post, same,
};
use crate::harness::operator::{OPERATED, retry, until_quiet};
use crate::harness::{Function, cloud, with_settings};
use jira_intake_standins::jira::{
    Fault, FaultKind, JiraOptions, JiraStandIn, Operation, Project, RetryAfter,
};
use jira_intake_standins::server::Answer as AnAnswer;
use serde_json::json;

/// What has the label `ir` goes to the project IR.
const ROUTES: &str = r#"
[[route]]
when = { label = ["ir"] }
project = "IR"
"#;

/// A Jira of each family, with a function that has filed one issue.
async fn filed() -> [(JiraStandIn, Function); 2] {
    let families = each_family(same, &[]).await;
    for (_, function) in &families {
        assert_eq!(outcome(function, odd_login("Odd login")).await, "created");
    }
    families
}

#[tokio::test]
async fn what_is_not_jira_gives_up_no_issue() {
    for fault in [
        Fault::login_page(),
        Fault::page(404),
        Fault::page(403),
        Fault::plain(404, "no such backend"),
        Fault::plain(410, ""),
        Fault::redirect(301, "https://jira.example.com/"),
        Fault::redirect(302, "https://sso.example.com/login"),
        Fault::waf(),
        Fault::page(400),
        Fault::plain(402, "pay first"),
        Fault::plain(405, "no such method"),
        Fault::plain(418, "I'm a teapot"),
    ] {
        let what = format!("{:?}", fault.what);
        for (jira, function) in filed().await {
            jira.inject(fault.clone().except(Operation::Create).times(20));
            let answer = post(&function, &odd_login("Very odd login")).await;
            assert_eq!(answer.status, 202, "{what}: {}", answer.text());
            assert_eq!(answer.result()["outcome"], "queued", "{what}");
            assert!(!answer.text().contains("dead letter"), "{what}");
            jira.clear_faults();
            // The issue is still known: the next event is about it.
            let_go(&function).await;
            let again = post(&function, &odd_login("Quite an odd login")).await;
            let outcome = &again.result()["outcome"];
            assert_eq!(outcome, "updated", "{what}: {}", again.text());
            assert_eq!(jira.issues().len(), 1, "{what}");
            assert_eq!(jira.issues()[0].field("summary"), "Quite an odd login");
        }
    }
}

#[tokio::test]
async fn what_is_not_jira_gives_up_no_new_issue() {
    for fault in [
        Fault::redirect(301, "https://jira.example.com/"),
        Fault::page(400),
        Fault::plain(402, "pay first"),
        Fault::plain(405, "no such method"),
        Fault::plain(418, "I'm a teapot"),
        Fault::waf(),
    ] {
        let what = format!("{:?}", fault.what);
        for (jira, mut function) in each_family(same, &[]).await {
            jira.inject(fault.clone().on(Operation::Create).times(1));
            let answer = post(&function, &odd_login("Odd login")).await;
            assert_eq!(answer.result()["outcome"], "queued", "{what}");
            assert!(
                answer.text().contains("not Jira"),
                "{what}: {}",
                answer.text()
            );
            // It is about this event alone.
            assert!(holds(&function).await.is_empty(), "{what}");
            let other = json!({ "id": "edr-2", "title": "Another login" });
            assert_eq!(outcome(&function, other).await, "created", "{what}");
            alerts::later(&mut function, 90).await;
            until_quiet(&function).await;
            assert_eq!(jira.issues().len(), 2, "{what}");
        }
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    at_once([408, 409, 423, 425], async |status| {
        at_once(filed().await, async |(jira, function)| {
            for operation in [Operation::Update, Operation::Create] {
                let fault = Fault::message(status, "Not now.");
                jira.inject(fault.on(operation).times(1));
            }
            assert_eq!(
                outcome(&function, odd_login("Odder")).await,
                "queued",
                "{status}"
            );
            let other = json!({ "id": "edr-2", "title": "Another login" });
            assert_eq!(outcome(&function, other).await, "queued", "{status}");
            until_quiet(&function).await;
            let issues = jira.issues();
            assert_eq!(issues.len(), 2, "{status}");
            assert_eq!(issues[0].field("summary"), "Odder", "{status}");
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_a_matter_of_size() {
    let small = |options: JiraOptions| options.max_body(20_000);
    for (jira, function) in each_family(small, &[]).await {
        let long = json!({ "id": "1", "title": "Long", "description": "word ".repeat(5_000) });
        assert_eq!(outcome(&function, long).await, "created");
        assert!(jira.issues()[0].description().contains("word word"));
    }
}

#[tokio::test]
async fn a_created_issue_with_a_name_that_is_none_is_looked_for() {
    for (jira, function) in each_family(same, &[]).await {
        for (key, id) in [("../..", "10100"), ("", "10100"), ("SOC-101", "../x")] {
            let answer = json!({ "key": key, "id": id, "self": "x" });
            let fault = Fault::answer(AnAnswer::json(201, &answer));
            jira.inject(fault.on(Operation::Create).times(1));
            let event = json!({ "id": format!("{key}{id}"), "title": "Odd" });
            assert_eq!(outcome(&function, event).await, "queued", "{key} {id}");
        }
        until_quiet(&function).await;
        assert_eq!(jira.issues().len(), 3);
    }
}

#[tokio::test]
async fn an_issue_that_is_hidden_by_a_bad_token_is_not_gone() {
    // Only Cloud hides issues.
    let [(jira, function), _] = filed().await;
    jira.expire_token();
    assert_eq!(outcome(&function, odd_login("Odd")).await, "queued");
    let held = holds(&function).await;
    assert_eq!(held.len(), 1, "{held:?}");
    assert_eq!(held[0]["is_login"], true);
    // Nothing is sent with a login that was refused: it would lock the account.
    let before = jira.requests().len();
    assert_eq!(
        outcome(&function, json!({ "id": "edr-2", "title": "New" })).await,
        "queued"
    );
    retry(&function).await;
    assert_eq!(jira.requests().len(), before);
    jira.renew_token();
    let_go(&function).await;
    assert_eq!(outcome(&function, odd_login("Very odd")).await, "updated");
    let issue = &jira.issues()[0];
    assert_eq!(issue.field("summary"), "Very odd");
}

#[tokio::test]
async fn other_credentials_are_tried_at_once() {
    let (jira, mut function) = with_settings(cloud(), &OPERATED).await;
    function.set("jira_api_token", "wrong");
    function.kill_and_restart().await;
    assert_eq!(outcome(&function, odd_login("Odd login")).await, "queued");
    assert!(jira.issues().is_empty());
    function.set("jira_api_token", crate::harness::API_TOKEN);
    function.kill_and_restart().await;
    assert_eq!(outcome(&function, odd_login("Odd login!")).await, "created");
}

#[tokio::test]
async fn a_project_where_nothing_can_be_created_holds_back_only_itself() {
    let two = |options: JiraOptions| options.project(Project::new("IR"));
    for (jira, function) in each_family(two, &[("routes", ROUTES)]).await {
        jira.forbid_create("IR");
        let for_ir = json!({ "id": "1", "title": "For IR", "labels": ["ir"] });
        let answer = post(&function, &for_ir).await;
        assert_eq!(answer.result()["outcome"], "queued", "{}", answer.text());
        assert!(
            answer.text().contains("may not create issues in IR"),
            "{}",
            answer.text()
        );
        let held = holds(&function).await;
        assert_eq!(held.len(), 1, "{held:?}");
        assert!(held[0]["scope"].to_string().contains("IR"), "{held:?}");
        let creates = jira.count(Operation::Create);
        let second = json!({ "id": "2", "title": "Also for IR", "labels": ["ir"] });
        assert_eq!(outcome(&function, second).await, "queued");
        assert_eq!(
            jira.count(Operation::Create),
            creates,
            "the place is held back"
        );
        assert_eq!(outcome(&function, odd_login("For SOC")).await, "created");
        jira.allow_create("IR");
        let_go(&function).await;
        let third = json!({ "id": "3", "title": "For IR again", "labels": ["ir"] });
        assert_eq!(outcome(&function, third).await, "created");
    }
}

/// A Jira of each family for each status that asks to wait.
async fn later() -> Vec<(JiraStandIn, Function, u16)> {
    let mut all = Vec::new();
    for status in [429, 503] {
        let families = each_family(same, &[]).await;
        all.extend(families.map(|(jira, function)| (jira, function, status)));
    }
    all
}

#[tokio::test]
async fn a_day_of_retry_after_is_a_quarter_of_an_hour() {
    for (jira, function, status) in later().await {
        jira.inject(Fault::later(status, RetryAfter::A_DAY).on(Operation::Create));
        assert_eq!(outcome(&function, odd_login("Odd login")).await, "queued");
        let held = holds(&function).await;
        let time = |name: &str| {
            let text = held[0][name].as_str().unwrap().to_owned();
            second_of_day(&text)
        };
        let minutes = (time("until") - time("since")).rem_euclid(86_400) / 60;
        assert_eq!(minutes, 15, "{held:?}");
    }
}

/// The second of the day of `2026-11-22T08:22:03.801Z`.
fn second_of_day(text: &str) -> i64 {
    let number = |range: std::ops::Range<usize>| text[range].parse::<i64>().unwrap();
    number(11..13) * 3600 + number(14..16) * 60 + number(17..19)
}

#[tokio::test]
async fn fields_are_dropped_as_often_as_jira_names_another_and_then_left_out() {
    let project = Project::new("SOC").without("priority").without("labels");
    let strict = |options: JiraOptions| options.project(project.clone()).one_field_at_a_time();
    for (jira, function) in each_family(strict, &[]).await {
        let event =
            |id: &str| json!({ "id": id, "title": "Odd", "severity": "high", "labels": ["x"] });
        assert_eq!(outcome(&function, event("1")).await, "created");
        assert_eq!(jira.count(Operation::Create), 3);
        assert_eq!(outcome(&function, event("2")).await, "created");
        let tries = jira.count(Operation::Create);
        assert_eq!(tries, 4, "what was refused is not sent again");
        assert_eq!(jira.issues().len(), 2);
    }
}

#[tokio::test]
async fn a_required_field_is_never_dropped() {
    let project = Project::new("SOC").without("priority");
    let without = |options: JiraOptions| options.project(project.clone());
    for (jira, function) in each_family(without, &[("required_fields", "priority")]).await {
        let event = json!({ "id": "1", "title": "Odd", "severity": "high" });
        let answer = post(&function, &event).await;
        assert_eq!(answer.result()["outcome"], "queued", "{}", answer.text());
        assert!(answer.text().contains("dead letter"), "{}", answer.text());
        assert!(jira.issues().is_empty());
    }
}

#[tokio::test]
async fn an_unsure_create_behind_a_login_page_is_filed_once() {
    for (jira, function) in each_family(same, &[]).await {
        jira.inject(Fault::login_page().on(Operation::Create));
        assert_eq!(outcome(&function, odd_login("Odd login")).await, "queued");
        let_go(&function).await;
        until_quiet(&function).await;
        assert_eq!(jira.issues().len(), 1);
    }
}

#[tokio::test]
async fn an_issue_that_a_person_moved_is_still_found_and_followed() {
    let two = |options: JiraOptions| options.project(Project::new("IR"));
    for (jira, function) in each_family(two, &[]).await {
        jira.inject(Fault::new(FaultKind::ResetAfter).on(Operation::Create));
        assert_eq!(outcome(&function, odd_login("Odd login")).await, "queued");
        let key = jira.issues()[0].key.clone();
        jira.move_issue(&key, "IR").unwrap();
        until_quiet(&function).await;
        assert_eq!(jira.issues().len(), 1);
        assert_eq!(jira.count(Operation::Create), 1);
        assert_eq!(outcome(&function, odd_login("Very odd")).await, "updated");
        assert_eq!(jira.issues()[0].field("summary"), "Very odd");
    }
}

#[tokio::test]
async fn a_label_that_would_be_anothers_is_not_taken_from_a_sender() {
    for (jira, function) in filed().await {
        let issue = jira.issues().remove(0);
        let label = issue.labels()[0];
        assert!(label.starts_with("intake-"), "{label}");
        let thief = json!({ "id": "thief", "title": "Odd", "labels": [label, "x"] });
        assert_eq!(outcome(&function, thief).await, "created");
        let with_it = jira.issues();
        let with_it = with_it
            .iter()
            .filter(|issue| issue.labels().contains(&label));
        assert_eq!(with_it.count(), 1);
    }
}
