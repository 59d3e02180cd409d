//! Texts that a Jira finds too long, or has no place for; comments that a service
//! desk's customers must not see.

use crate::harness::objects::{at_once, each_family, odd_login, outcome, same, tell};
use crate::harness::operator::until_quiet;
use jira_intake_standins::jira::{Fault, JiraOptions, Locale, Operation, Project};
use serde_json::{Value, json};

fn long(id: &str) -> Value {
    json!({ "id": id, "title": "Long", "description": "word ".repeat(5_000) })
}

#[tokio::test]
async fn a_description_is_cut_to_the_limit_that_jira_names() {
    for locale in [Locale::English, Locale::German] {
        let lower = |options: JiraOptions| options.text_limit(4_000).locale(locale);
        for (jira, function) in each_family(lower, &[]).await {
            let result = tell(&function, &long("1")).await;
            assert_eq!(result["reason"], Value::Null, "{result}");
            let text = jira.issues()[0].description();
            assert!(
                text.len() > 2_000 && text.contains("word"),
                "{}",
                text.len()
            );
            assert!(jira.issues()[0].comments.is_empty());
            let tries = jira.count(Operation::Create);
            tell(&function, &long("2")).await;
            assert_eq!(jira.count(Operation::Create), tries + 1, "it is remembered");
            // A change finds it out by itself.
            let mut changed = long("1");
            changed["description"] = "other ".repeat(5_000).into();
            let result = tell(&function, &changed).await;
            assert_eq!(result["outcome"], "updated", "{result}");
            assert_eq!(result["reason"], Value::Null, "{result}");
            let mut again = changed.clone();
            again["description"] = "third ".repeat(5_000).into();
            let result = tell(&function, &again).await;
            assert_eq!(
                result["reason"],
                Value::Null,
                "no person edited it: {result}"
            );
        }
    }
}

#[tokio::test]
async fn the_operator_can_say_the_limit() {
    let lower = |options: JiraOptions| options.text_limit(4_000);
    for (jira, function) in each_family(lower, &[("jira_text_limit", "4000")]).await {
        tell(&function, &long("1")).await;
        assert_eq!(jira.count(Operation::Create), 1);
    }
}

#[tokio::test]
async fn a_text_is_halved_three_times_and_then_a_comment() {
    for (jira, function) in each_family(same, &[]).await {
        let fault = Fault::refused_field("description", "no");
        jira.inject(fault.on(Operation::Create).times(4));
        let result = tell(&function, &long("1")).await;
        assert_eq!(result["outcome"], "created", "{result}");
        assert!(result["reason"].to_string().contains("comment"), "{result}");
        assert_eq!(jira.count(Operation::Create), 5);
        let issue = &jira.issues()[0];
        assert_eq!(issue.description(), "");
        assert!(issue.comments[0].text().contains("word word"));
    }
}

#[tokio::test]
async fn a_description_that_is_on_no_screen_is_a_comment() {
    let without =
        |options: JiraOptions| options.project(Project::new("SOC").without("description"));
    at_once(each_family(without, &[]).await, async |(jira, function)| {
        let object = |id: &str| json!({ "id": id, "title": "Odd", "description": "THE CONTENT" });
        let result = tell(&function, &object("1")).await;
        assert_eq!(result["outcome"], "created", "{result}");
        let issue = &jira.issues()[0];
        assert_eq!(issue.comments.len(), 1);
        assert!(issue.comments[0].text().contains("THE CONTENT"));
        let tries = jira.count(Operation::Create);
        // It is remembered, and the comment is not forgotten over an outage.
        jira.inject(Fault::status(503).on(Operation::Comment).times(1));
        assert_eq!(outcome(&function, object("2")).await, "created");
        assert_eq!(jira.count(Operation::Create), tries + 1);
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        until_quiet(&function).await;
        assert!(jira.issues()[1].comments[0].text().contains("THE CONTENT"));
        // A change is told, too.
        let mut changed = object("1");
        changed["description"] = "OTHER CONTENT".into();
        assert_eq!(outcome(&function, changed).await, "updated");
        assert!(
            jira.issues()[0].comments[1]
                .text()
                .contains("OTHER CONTENT")
        );
    })
    .await;
}

#[tokio::test]
async fn a_comment_that_is_too_long_is_cut() {
    let lower = |options: JiraOptions| options.text_limit(4_000);
    for (jira, function) in each_family(lower, &[("on_update", "comment")]).await {
        assert_eq!(outcome(&function, odd_login("Odd login")).await, "created");
        let mut changed = long("edr-1");
        changed["title"] = "Very odd".into();
        let result = tell(&function, &changed).await;
        assert_eq!(result["outcome"], "updated", "{result}");
        assert!(jira.issues()[0].comments[0].text().contains("Very odd"));
    }
}

#[tokio::test]
async fn customers_of_a_service_desk_see_no_comment_of_ours() {
    let desk = |options: JiraOptions| options.project(Project::new("SOC").service_desk());
    for (setting, desk_is_internal, team_is_internal) in [
        ("auto", true, false),
        ("true", true, true),
        ("false", false, false),
    ] {
        let settings = [
            ("on_update", "comment"),
            ("jira_internal_comments", setting),
        ];
        let on_desk = each_family(desk, &settings).await;
        let elsewhere = each_family(same, &settings).await;
        for (families, is_internal) in [(on_desk, desk_is_internal), (elsewhere, team_is_internal)]
        {
            for (jira, function) in families {
                outcome(&function, odd_login("Odd login")).await;
                assert_eq!(outcome(&function, odd_login("Very odd")).await, "updated");
                let comment = &jira.issues()[0].comments[0];
                assert_eq!(comment.is_internal(), is_internal, "{setting}");
            }
        }
    }
}

#[tokio::test]
async fn where_jira_does_not_say_what_a_project_is_a_comment_is_internal() {
    for (jira, function) in each_family(same, &[("on_update", "comment")]).await {
        jira.inject(Fault::forbidden().on(Operation::Read).always());
        outcome(&function, odd_login("Odd login")).await;
        assert_eq!(outcome(&function, odd_login("Very odd")).await, "updated");
        assert!(jira.issues()[0].comments[0].is_internal());
    }
}
