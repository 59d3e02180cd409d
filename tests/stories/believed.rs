//! What looks like Jira's and is not; what was filed with less than it was meant
//! to be; what a refusal says of the next issue.

use crate::harness::Function;
use crate::harness::objects::{
    each_family, holds, in_the_end, let_go, odd_login, outcome, same, tell,
};
use crate::harness::operator::admin;
use jira_intake_standins::jira::{
    CustomField, Fault, FaultKind, FieldKind, JiraOptions, Operation, Project,
};
use jira_intake_standins::server::Answer;
use serde_json::{Value, json};

fn answers(status: u16, body: &Value) -> Fault {
    Fault::answer(Answer::json(status, body))
}

fn project(project: Project) -> impl Fn(JiraOptions) -> JiraOptions {
    move |options| options.project(project.clone())
}

fn long(id: &str, text: &str) -> Value {
    json!({ "id": id, "title": "Long", "description": text.repeat(5_000) })
}

async fn dead_letters(function: &Function) -> usize {
    let (_, body) = admin(function, "GET", "/dead-letters").await;
    body["dead_letters"].as_array().unwrap().len()
}

#[tokio::test]
async fn json_that_is_not_jiras_is_not_believed() {
    for (operation, status, body) in [
        (
            Operation::Update,
            404,
            json!({"message": "no Route matched"}),
        ),
        (Operation::Update, 200, json!({"error": "session expired"})),
        (Operation::Update, 200, json!({})),
        (Operation::Update, 400, json!({"message": "Bad Request"})),
        (Operation::Read, 200, json!({"error": "session expired"})),
    ] {
        for (jira, mut function) in each_family(same, &[]).await {
            let what = format!("{operation:?} {status} {body}");
            assert_eq!(outcome(&function, odd_login("Odd login")).await, "created");
            jira.inject(answers(status, &body).on(operation).times(1));
            let result = tell(&function, &odd_login("Very odd")).await;
            assert_eq!(result["outcome"], "queued", "{what}: {result}");
            in_the_end(&mut function).await;
            assert_eq!(jira.issues()[0].summary(), "Very odd", "{what}");
            assert!(jira.issues()[0].comments.is_empty(), "{what}");
        }
    }
}

#[tokio::test]
async fn a_comment_or_a_transition_that_something_else_answered_is_made_once() {
    for operation in [
        Operation::Comment,
        Operation::Transition,
        Operation::ReadTransitions,
    ] {
        for (jira, mut function) in each_family(same, &[("on_delete", "transition")]).await {
            assert_eq!(outcome(&function, odd_login("Odd login")).await, "created");
            let page = json!({"error": "session expired"});
            jira.inject(answers(200, &page).on(operation).times(1));
            let closed = json!({ "id": "edr-1", "title": "Odd login", "status": "closed" });
            assert_eq!(outcome(&function, closed).await, "queued", "{operation:?}");
            in_the_end(&mut function).await;
            let issue = &jira.issues()[0];
            assert_eq!(
                (issue.comments.len(), &*issue.status),
                (1, "Done"),
                "{operation:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_create_that_a_gateway_refuses_is_no_refusal_of_jiras() {
    for (status, body) in [
        (400, json!({"message": "Bad Request"})),
        (400, json!([])),
        (404, json!({"message": "no Route matched"})),
    ] {
        for (jira, function) in each_family(same, &[]).await {
            jira.inject(answers(status, &body).on(Operation::Create).times(1));
            assert_eq!(outcome(&function, odd_login("Odd login")).await, "queued");
            assert_eq!(dead_letters(&function).await, 0);
            assert!(holds(&function).await.is_empty());
        }
    }
}

#[tokio::test]
async fn a_list_of_fields_of_strangers_is_not_kept() {
    let setting = [("jira_custom_fields", r#"{"Team": "SOC"}"#)];
    for body in [json!([]), json!({"error": "x"})] {
        for (jira, function) in each_family(same, &setting).await {
            jira.inject(answers(200, &body).on(Operation::Fields).times(1));
            tell(&function, &odd_login("Odd login")).await;
            let second = json!({ "id": "edr-2", "title": "Another login" });
            assert_eq!(outcome(&function, second).await, "created");
            let issues = jira.issues();
            let second = issues.iter().find(|it| it.summary() == "Another login");
            let team = second.unwrap().field("customfield_10039");
            assert_eq!(team["value"], "SOC", "{body}");
        }
    }
    // Cloud lists fewer fields to a token that has expired.
    let [(jira, function), _] = each_family(same, &setting).await;
    jira.expire_token();
    assert_eq!(outcome(&function, odd_login("Odd login")).await, "queued");
    jira.renew_token();
    let_go(&function).await;
    assert_eq!(outcome(&function, odd_login("Very odd")).await, "created");
    assert_eq!(jira.issues()[0].field("customfield_10039")["value"], "SOC");
}

#[tokio::test]
async fn a_security_level_is_never_dropped_however_it_is_called() {
    let levels = project(Project::new("SOC").security_levels(&["Internal"]));
    let setting = [("jira_custom_fields", r#"{"Security Level": "Internal"}"#)];
    for (jira, function) in each_family(&levels, &setting).await {
        jira.inject(Fault::forbidden().on(Operation::Fields).always());
        assert_eq!(outcome(&function, odd_login("Odd login")).await, "queued");
        assert!(jira.issues().is_empty());
    }
    for (jira, function) in each_family(&levels, &setting).await {
        assert_eq!(outcome(&function, odd_login("Odd login")).await, "created");
        assert_eq!(jira.issues()[0].field("security")["name"], "Internal");
    }
    let settings = [
        ("jira_custom_fields", r#"{"Team": "Nobody"}"#),
        ("required_fields", "team"),
    ];
    for (jira, function) in each_family(same, &settings).await {
        assert_eq!(outcome(&function, odd_login("Odd login")).await, "queued");
        assert!(jira.issues().is_empty(), "a name is as good as an id");
    }
}

#[tokio::test]
async fn a_description_that_becomes_a_comment_survives_what_stands_between() {
    let without = project(Project::new("SOC").without("description"));
    for fault in [
        Fault::login_page(),
        Fault::waf(),
        Fault::forbidden(),
        Fault::page(401),
    ] {
        for (jira, mut function) in each_family(&without, &[]).await {
            jira.inject(fault.clone().on(Operation::Comment).times(1));
            let object = json!({ "id": "1", "title": "Odd", "description": "THE CONTENT" });
            assert_eq!(outcome(&function, object).await, "created");
            in_the_end(&mut function).await;
            let comments = &jira.issues()[0].comments;
            assert_eq!(comments.len(), 1, "{:?}", fault.what);
            assert!(comments[0].text().contains("THE CONTENT"));
        }
    }
}

#[tokio::test]
async fn a_lost_create_with_less_than_it_was_meant_to_have_is_known_for_what_it_is() {
    let without = project(Project::new("SOC").without("description"));
    for (jira, mut function) in each_family(without, &[]).await {
        jira.inject(
            Fault::new(FaultKind::ResetAfter)
                .on(Operation::Create)
                .skip(1),
        );
        let object = json!({ "id": "1", "title": "Odd", "description": "THE CONTENT" });
        assert_eq!(outcome(&function, object).await, "queued");
        in_the_end(&mut function).await;
        assert_eq!(jira.issues().len(), 1);
        assert!(jira.issues()[0].comments[0].text().contains("THE CONTENT"));
    }
    let lower = |options: JiraOptions| options.text_limit(4_000);
    for (jira, mut function) in each_family(lower, &[]).await {
        jira.inject(
            Fault::new(FaultKind::ResetAfter)
                .on(Operation::Create)
                .skip(1),
        );
        assert_eq!(outcome(&function, long("1", "word ")).await, "queued");
        in_the_end(&mut function).await;
        let result = tell(&function, &long("1", "other ")).await;
        assert_eq!(result["reason"], Value::Null, "nobody edited it: {result}");
        jira.inject(
            Fault::new(FaultKind::ResetAfter)
                .on(Operation::Update)
                .skip(1),
        );
        assert_eq!(outcome(&function, long("1", "third ")).await, "queued");
        in_the_end(&mut function).await;
        assert!(jira.issues()[0].description().contains("third"));
        assert!(jira.issues()[0].comments.is_empty(), "nobody edited it");
    }
}

#[tokio::test]
async fn a_value_that_is_refused_says_nothing_of_the_next_one() {
    let setting = [("jira_custom_fields", r#"{"Team": "{{ entity.name }}"}"#)];
    for (jira, function) in each_family(same, &setting).await {
        for team in ["Nobody", "SOC", "CERT"] {
            let object = json!({ "id": team, "title": team });
            assert_eq!(outcome(&function, object).await, "created");
        }
        let teams: Vec<Value> = jira
            .issues()
            .iter()
            .map(|issue| issue.field("customfield_10039")["value"].clone())
            .collect();
        assert!(
            teams.contains(&"SOC".into()) && teams.contains(&"CERT".into()),
            "{teams:?}"
        );
    }
    for (jira, mut function) in each_family(same, &[]).await {
        jira.inject(
            Fault::refused_field("labels", "no")
                .on(Operation::Create)
                .times(1),
        );
        assert_eq!(outcome(&function, odd_login("Odd login")).await, "created");
        jira.inject(
            Fault::new(FaultKind::ResetAfter)
                .on(Operation::Create)
                .times(1),
        );
        let second = json!({ "id": "edr-2", "title": "Another login" });
        assert_eq!(outcome(&function, second).await, "queued");
        in_the_end(&mut function).await;
        assert_eq!(jira.issues().len(), 2, "by its label it was found");
    }
}

#[tokio::test]
async fn as_many_fields_are_dropped_as_jira_names() {
    let mut soc = Project::new("SOC");
    let mut fields = serde_json::Map::new();
    for number in 20_000..20_015 {
        let id = format!("customfield_{number}");
        soc = soc.custom(CustomField::new(&id, &id, FieldKind::Select));
        fields.insert(id, "none of the choices".into());
    }
    let fields = Value::from(fields).to_string();
    let strict = |options: JiraOptions| options.project(soc.clone()).one_field_at_a_time();
    for (jira, function) in each_family(strict, &[("jira_custom_fields", &*fields)]).await {
        assert_eq!(outcome(&function, odd_login("Odd login")).await, "created");
        assert_eq!(jira.issues().len(), 1);
    }
}

#[tokio::test]
async fn an_issue_that_was_moved_to_a_service_desk_tells_its_customers_nothing() {
    let desk = project(Project::new("HELP").service_desk());
    for (jira, function) in each_family(desk, &[("on_update", "comment")]).await {
        assert_eq!(outcome(&function, odd_login("Odd login")).await, "created");
        jira.move_issue("SOC-101", "HELP").unwrap();
        assert_eq!(outcome(&function, odd_login("Very odd")).await, "updated");
        assert!(jira.issues()[0].mailed().is_empty());
    }
}

#[tokio::test]
async fn an_issue_that_is_refused_without_a_reason_is_told_the_change() {
    for (jira, function) in each_family(same, &[]).await {
        assert_eq!(outcome(&function, odd_login("Odd login")).await, "created");
        let refusal = Fault::message(400, "The issue is not editable.");
        jira.inject(refusal.on(Operation::Update).always());
        jira.inject(Fault::forbidden().on(Operation::EditFields).always());
        assert_eq!(outcome(&function, odd_login("Very odd")).await, "updated");
        assert!(jira.issues()[0].comments[0].text().contains("Very odd"));
    }
}

#[tokio::test]
async fn a_jira_that_does_not_say_what_it_is_holds_everything() {
    let (jira, function) =
        crate::harness::with_settings(crate::harness::cloud(), &crate::harness::operator::OPERATED)
            .await;
    jira.inject(Fault::forbidden().on(Operation::ServerInfo).always());
    let result = tell(&function, &odd_login("Odd login")).await;
    assert_eq!(result["outcome"], "queued");
    assert!(
        result["reason"].to_string().contains("serverInfo"),
        "{result}"
    );
    assert_eq!(holds(&function).await.len(), 1);
}

#[tokio::test]
async fn a_login_that_is_refused_is_one_whatever_a_firewall_says() {
    for (jira, function) in each_family(same, &[]).await {
        jira.inject(Fault::waf().on(Operation::Create).always());
        jira.inject(Fault::page(401).on(Operation::Myself).always());
        for number in 0..6 {
            let object = json!({ "id": number, "title": "Odd" });
            assert_eq!(outcome(&function, object).await, "queued");
        }
        // Bad logins are not repeated: they lock an account.
        let tries = (jira.count(Operation::Create), jira.count(Operation::Myself));
        assert_eq!(tries, (1, 1));
        assert_eq!(holds(&function).await[0]["is_login"], true);
    }
}

#[tokio::test]
async fn no_answer_repeats_a_secret_of_ours() {
    let headers = [("jira_headers", r#"{"X-Gate": "gate-5ecret"}"#)];
    for (jira, function) in each_family(same, &headers).await {
        let echo = format!("you sent {} and gate-5ecret", crate::harness::API_TOKEN);
        jira.inject(
            Fault::refused_field("priority", &echo)
                .on(Operation::Create)
                .times(1),
        );
        let object = json!({ "id": "1", "title": "Odd", "severity": "high" });
        let result = tell(&function, &object).await;
        jira.inject(Fault::plain(403, &echo).on(Operation::Create).times(1));
        let second = tell(&function, &json!({ "id": "2", "title": "Odd" })).await;
        let said = format!("{result} {second} {}", function.output().join("\n"));
        let issues = format!("{:?}", jira.issues());
        for secret in [crate::harness::API_TOKEN, "gate-5ecret"] {
            assert!(!said.contains(secret), "{said}");
            assert!(!issues.contains(secret), "{issues}");
        }
        assert!(second["reason"].to_string().contains("***"), "{second}");
    }
}
