//! Workflows as real projects have them: screens that ask for something, done
//! several steps away, issues that cannot be edited or opened any more.

use crate::harness::alerts;
use crate::harness::objects::{at_once, each_family, in_the_end, odd_login, outcome, same, tell};
use crate::harness::operator::{admin, until_quiet};
use jira_intake_standins::jira::{
    Fault, FaultKind, JiraOptions, JiraStandIn, Operation, Project, Workflow,
};
use serde_json::{Value, json};

const CLOSES: (&str, &str) = ("on_delete", "transition");
const RESOLUTION: (&str, &str) = (
    "done_transition_fields",
    r#"{"resolution": {"name": "Done"}}"#,
);

fn with(workflow: Workflow) -> impl Fn(JiraOptions) -> JiraOptions {
    move |options| options.project(Project::new("SOC").workflow(workflow.clone()))
}

fn closed() -> Value {
    json!({ "id": "edr-1", "title": "Odd login", "status": "closed" })
}

/// Files the issue, and ends its entity; what became of the end.
async fn end(function: &crate::harness::Function) -> Value {
    assert_eq!(outcome(function, odd_login("Odd login")).await, "created");
    tell(function, &closed()).await
}

fn status(jira: &JiraStandIn) -> String {
    jira.issues()[0].status.clone()
}

#[tokio::test]
async fn a_resolution_that_closing_needs_is_given_or_the_only_one() {
    let needs = Workflow::standard().need("Close", "resolution", &[]);
    for (jira, function) in each_family(with(needs.clone()), &[CLOSES, RESOLUTION]).await {
        let result = end(&function).await;
        assert_eq!(result["outcome"], "updated", "{result}");
        assert_eq!(status(&jira), "Done");
        assert_eq!(jira.issues()[0].field("resolution")["name"], "Done");
    }
    let only = Workflow::standard().need("Close", "resolution", &["Won't Do"]);
    for (jira, function) in each_family(with(only), &[CLOSES]).await {
        assert_eq!(end(&function).await["outcome"], "updated");
        assert_eq!(jira.issues()[0].field("resolution")["name"], "Won't Do");
    }
    // A field that is on no screen is not sent.
    for (jira, function) in each_family(with(Workflow::standard()), &[CLOSES, RESOLUTION]).await {
        assert_eq!(end(&function).await["reason"], Value::Null);
        assert_eq!(status(&jira), "Done");
    }
}

#[tokio::test]
async fn a_transition_that_is_refused_is_a_note_and_nothing_is_said_twice() {
    let needs = Workflow::standard().need("Close", "resolution", &[]);
    let validates = Workflow::standard().validate("Close", "resolution");
    for workflow in [needs, validates] {
        for (jira, function) in each_family(with(workflow.clone()), &[CLOSES]).await {
            let result = end(&function).await;
            assert_eq!(result["outcome"], "updated", "{result}");
            assert!(
                result["reason"].to_string().contains("could not be moved"),
                "{result}"
            );
            let (_, dead) = admin(&function, "GET", "/dead-letters").await;
            assert_eq!(dead["dead_letters"], json!([]));
            assert_eq!(tell(&function, &closed()).await["outcome"], "duplicate");
            assert_eq!(jira.issues()[0].comments.len(), 1);
        }
    }
}

#[tokio::test]
async fn a_transition_that_fails_four_times_makes_one_comment() {
    let families = each_family(with(Workflow::standard()), &[CLOSES]).await;
    at_once(families, async |(jira, function)| {
        let fault = Fault::status(500).on(Operation::Transition);
        jira.inject(fault.times(4));
        assert_eq!(end(&function).await["outcome"], "queued");
        until_quiet(&function).await;
        assert_eq!(status(&jira), "Done");
        assert_eq!(jira.issues()[0].comments.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn done_is_gone_to_over_the_statuses_on_the_way() {
    let two = Workflow::line(&["Open", "Triage", "Closed"]);
    let three = Workflow::line(&["Open", "Triage", "Review", "Closed"]);
    for workflow in [two, three] {
        for (jira, function) in each_family(with(workflow.clone()), &[CLOSES]).await {
            let result = end(&function).await;
            assert_eq!(status(&jira), "Closed", "{result}");
            assert!(result["reason"].to_string().contains("Triage"), "{result}");
        }
    }
    let named = [CLOSES, ("done_transition", "Closed")];
    let two = Workflow::line(&["Open", "Triage", "Closed"]);
    for (jira, function) in each_family(with(two), &named).await {
        end(&function).await;
        assert_eq!(status(&jira), "Closed");
    }
}

#[tokio::test]
async fn a_way_that_is_too_long_or_needs_something_is_not_gone_for_ever() {
    let long = Workflow::line(&["Open", "A", "B", "C", "D", "Closed"]);
    let gated = Workflow::line(&["Open", "Triage", "Closed"]).need("Triage", "assignee", &[]);
    for (workflow, most) in [(long, 3), (gated, 0)] {
        for (jira, function) in each_family(with(workflow.clone()), &[CLOSES]).await {
            let result = end(&function).await;
            assert_eq!(result["outcome"], "updated", "{result}");
            assert!(
                result["reason"].to_string().contains("no transition"),
                "{result}"
            );
            assert!(jira.count(Operation::Transition) <= most);
            assert_ne!(status(&jira), "Closed");
        }
    }
}

#[tokio::test]
async fn an_issue_that_a_person_closed_is_not_moved_by_its_end() {
    let line = Workflow::line(&["Open", "Triage", "Closed"]);
    for (jira, function) in each_family(with(line), &[CLOSES]).await {
        assert_eq!(outcome(&function, odd_login("Odd login")).await, "created");
        let key = jira.issues()[0].key.clone();
        assert!(jira.move_to(&key, "Closed"));
        let result = tell(&function, &closed()).await;
        assert_eq!(result["reason"], Value::Null, "{result}");
        assert_eq!(status(&jira), "Closed");
        assert_eq!(jira.count(Operation::Transition), 0);
    }
}

#[tokio::test]
async fn a_firing_counts_though_the_issue_cannot_be_opened() {
    for fault in [
        Fault::message(400, "Field Reason for reopening is required."),
        Fault::message(403, "no"),
    ] {
        let (jira, function) = alerts::set_up(&[]).await;
        alerts::tell(&function, &alerts::firing(0)).await;
        let key = jira.issues()[0].key.clone();
        assert!(jira.move_to(&key, "Done"));
        jira.inject(fault.on(Operation::Transition).always());
        for (run, times) in [(60, "once"), (120, "2 times")] {
            let result = alerts::tell(&function, &alerts::firing(run)).await;
            assert_eq!(result["outcome"], "updated", "{result}");
            let comments = &jira.issues()[0].comments;
            assert_eq!(comments.len(), 1, "{times}");
            assert!(comments[0].text().contains(times), "{}", comments[0].text());
        }
    }
}

#[tokio::test]
async fn a_change_of_an_issue_that_cannot_be_edited_is_told_once() {
    let locked = Workflow::standard().not_editable("Done");
    let no_screen = |options: JiraOptions| {
        let project = Project::new("SOC");
        let project = project
            .without_on_edit("summary")
            .without_on_edit("description");
        options.project(project.without_on_edit("priority"))
    };
    for is_locked in [true, false] {
        let families = match is_locked {
            true => each_family(with(locked.clone()), &[]).await,
            false => each_family(no_screen, &[]).await,
        };
        for (jira, function) in families {
            let object = |title: &str, text: &str, severity: &str| json!({ "id": "edr-1", "title": title, "description": text, "severity": severity });
            let first = object("Beacon", "Text.", "low");
            assert_eq!(outcome(&function, first).await, "created");
            let key = jira.issues()[0].key.clone();
            if is_locked {
                assert!(jira.move_to(&key, "Done"));
            }
            let changed = object("Beacon, CONFIRMED", "Now with exfiltration.", "high");
            let result = tell(&function, &changed).await;
            assert_eq!(result["outcome"], "updated", "{result}");
            assert!(result["reason"].to_string().contains("comment"), "{result}");
            let issue = &jira.issues()[0];
            assert_eq!(issue.summary(), "Beacon");
            assert_eq!(issue.comments.len(), 1);
            let told = issue.comments[0].text();
            for part in ["CONFIRMED", "exfiltration", "High"] {
                assert!(told.contains(part), "{told}");
            }
            assert_eq!(tell(&function, &changed).await["outcome"], "duplicate");
            assert_eq!(jira.issues()[0].comments.len(), 1);
        }
    }
}

#[tokio::test]
async fn a_comment_whose_answer_was_lost_is_made_once() {
    for (jira, function) in each_family(with(Workflow::standard()), &[CLOSES]).await {
        jira.inject(
            Fault::new(FaultKind::ResetAfter)
                .on(Operation::Comment)
                .times(1),
        );
        assert_eq!(end(&function).await["outcome"], "queued");
        until_quiet(&function).await;
        assert_eq!(jira.issues()[0].comments.len(), 1);
        assert_eq!(status(&jira), "Done");
    }
}

#[tokio::test]
async fn an_object_that_is_opened_again_while_its_end_waits_is_open() {
    for (jira, mut function) in each_family(same, &[("on_delete", "transition")]).await {
        assert_eq!(outcome(&function, odd_login("Odd login")).await, "created");
        jira.inject(Fault::status(503).on(Operation::Comment).times(1));
        let closed = json!({ "id": "edr-1", "title": "Odd login", "status": "closed" });
        assert_eq!(outcome(&function, closed).await, "queued");
        assert_eq!(outcome(&function, odd_login("WORSE")).await, "queued");
        in_the_end(&mut function).await;
        let issue = &jira.issues()[0];
        assert_eq!((issue.summary(), &*issue.status), ("WORSE", "To Do"));
    }
}

#[tokio::test]
async fn another_status_that_is_done_is_not_on_the_way() {
    let rejects = Workflow::of(&[
        ("Open", "new"),
        ("Rejected", "done"),
        ("Review", "indeterminate"),
        ("Closed", "done"),
    ])
    .transition("11", "Reject", &["Open"], "Rejected")
    .transition("21", "Review", &["Open"], "Review")
    .transition("31", "Close", &["Review"], "Closed");
    let options = with(rejects);
    let settings = [("on_delete", "transition"), ("done_transition", "Closed")];
    for (jira, function) in each_family(options, &settings).await {
        let result = end(&function).await;
        assert_eq!(status(&jira), "Closed", "{result}");
    }
}

#[tokio::test]
async fn a_transition_whose_answer_was_lost_is_not_made_again() {
    let two = Workflow::of(&[("Open", "new"), ("Resolved", "done"), ("Closed", "done")])
        .transition("11", "Resolve", &["Open"], "Resolved")
        .transition("21", "Close", &["Resolved"], "Closed");
    let options = with(two);
    for (jira, mut function) in each_family(options, &[("on_delete", "transition")]).await {
        jira.inject(
            Fault::new(FaultKind::ResetAfter)
                .on(Operation::Transition)
                .times(1),
        );
        let result = end(&function).await;
        assert_eq!(result["outcome"], "queued", "{result}");
        in_the_end(&mut function).await;
        assert_eq!(jira.issues()[0].status, "Resolved");
        assert_eq!(jira.count(Operation::Transition), 1);
    }
}

#[tokio::test]
async fn a_count_whose_answer_was_lost_is_one_comment() {
    let (jira, mut function) = alerts::set_up(&[]).await;
    alerts::tell(&function, &alerts::firing(0)).await;
    jira.inject(
        Fault::new(FaultKind::ResetAfter)
            .on(Operation::Comment)
            .times(1),
    );
    assert_eq!(
        alerts::tell(&function, &alerts::firing(60)).await["outcome"],
        "queued"
    );
    alerts::tell(&function, &alerts::firing(120)).await;
    in_the_end(&mut function).await;
    let comments = &jira.issues()[0].comments;
    assert_eq!(comments.len(), 1);
    assert!(
        comments[0].text().contains("2 times"),
        "{}",
        comments[0].text()
    );
}
