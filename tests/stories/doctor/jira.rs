//! Mistakes about Jira.

use jira_intake_standins::jira::{Fault, JiraOptions, JiraStandIn, Operation, Project, Workflow};

use super::{checks, doctor, finds};
use crate::harness::operator::OPERATED;
use crate::harness::{DATA_CENTER, Function, cloud, data_center, samples, with_settings};

/// A function with a mistake in its settings, or at a Jira with one.
async fn with(options: JiraOptions, settings: &[(&str, &str)]) -> (JiraStandIn, Function) {
    with_settings(options, &[&OPERATED[..], settings].concat()).await
}

#[tokio::test]
async fn mistakes_in_the_login_are_told_apart() {
    for (settings, setting) in [
        (&[("jira_api_token", "wrong-5ecret")][..], "jira_api_token"),
        (
            &[("jira_login_email", "other@example.com")],
            "jira_login_email",
        ),
        (&[("jira_login_email", "")], "jira_login_email"),
    ] {
        let (_jira, function) = with(cloud(), settings).await;
        finds(&function, "jira", "login", setting).await;
    }
    let (_jira, function) = with(data_center(), &[]).await;
    let found = finds(&function, "jira", "login", "jira_login_email").await;
    assert!(
        found["fix"]["what"]
            .as_str()
            .unwrap()
            .contains("personal access token")
    );
}

#[tokio::test]
async fn what_the_login_meets_is_told_apart() {
    for (fault, name, setting, says) in [
        (Fault::captcha(), "login", "jira_login_email", "CAPTCHA"),
        (Fault::missing_scope(), "login", "jira_api_token", "scope"),
        (Fault::login_page(), "login", "jira_headers", "Sign in"),
        (Fault::waf(), "login", "jira_url", "rejected"),
    ] {
        let (jira, function) = with(cloud(), &[]).await;
        jira.inject(fault.on(Operation::Myself).always());
        let found = finds(&function, "jira", name, setting).await;
        assert!(found.to_string().contains(says), "{says}: {found:#}");
    }
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_found() {
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let secure = jira.url().replace("http://", "https://");
    let context = [("jira_context_path", "/nowhere")];
    let nobody = [("jira_url", "http://127.0.0.1:9")];
    let tls = [("jira_url", secure.as_str())];
    let family = [("jira_api", "datacenter")];
    for (settings, name, setting, says) in [
        (&context[..], "reachable", "jira_context_path", "404"),
        (&nobody, "reachable", "jira_url", "port"),
        (&tls, "reachable", "jira_url", "TLS"),
        (&family, "family", "jira_api", "Cloud"),
    ] {
        let settings = [&OPERATED[..], settings].concat();
        let function = Function::start(&jira, &settings).await;
        let found = finds(&function, "jira", name, setting).await;
        assert!(found.to_string().contains(says), "{says}: {found:#}");
    }
}

#[tokio::test]
async fn a_place_that_is_not_there_is_found_with_those_that_are() {
    for options in [cloud(), data_center()] {
        let login = match options.deployment {
            jira_intake_standins::jira::Deployment::Cloud => &[][..],
            jira_intake_standins::jira::Deployment::DataCenter => &DATA_CENTER,
        };
        let project = [login, &[("jira_project_key", "SOK")]].concat();
        let (_jira, function) = with(options.clone(), &project).await;
        let found = finds(&function, "jira", "project SOK", "jira_project_key").await;
        assert!(found["found"].as_str().unwrap().contains("it sees SOC"));
        let kind = [login, &[("jira_issue_type_name", "Ticket")]].concat();
        let (_jira, function) = with(options, &kind).await;
        let found = finds(&function, "jira", "issue type", "jira_issue_type_name").await;
        assert!(
            found["found"]
                .as_str()
                .unwrap()
                .contains("Task, Bug, Incident")
        );
    }
    let routes = "[[route]]\nname = 'high'\nwhen = { severity = 'high' }\nproject = 'IR'";
    let (_jira, function) = with(cloud(), &[("routes", routes)]).await;
    let found = finds(&function, "jira", "project IR", "routes").await;
    assert!(
        found["fix"]["what"]
            .as_str()
            .unwrap()
            .contains("route 1 `high`")
    );
}

#[tokio::test]
async fn what_the_project_does_not_let_us_do_is_found() {
    let project = |project: Project| cloud().project(project);
    let soc = || Project::new("SOC");
    for (options, name, setting, says) in [
        (
            project(soc().no_create()),
            "permissions",
            "jira_api_token",
            "CREATE_ISSUES",
        ),
        (
            project(soc().require("customfield_10032")),
            "required fields",
            "jira_custom_fields",
            "Risk score",
        ),
        (
            project(soc().without("labels")),
            "create screen",
            "jira_project_key",
            "labels",
        ),
        (
            project(soc().without_on_create("description")),
            "create screen",
            "jira_project_key",
            "description",
        ),
    ] {
        let (_jira, function) = with(options, &[]).await;
        let found = finds(&function, "jira", name, setting).await;
        assert!(found.to_string().contains(says), "{says}: {found:#}");
    }
}

#[tokio::test]
async fn each_permission_that_the_account_lacks_is_told() {
    let moves = [("on_delete", "transition")];
    for (permission, settings, is_needed) in [
        ("CREATE_ISSUES", &[][..], true),
        ("EDIT_ISSUES", &[], true),
        ("ADD_COMMENTS", &[], true),
        ("TRANSITION_ISSUES", &moves[..], true),
        ("EDIT_OWN_COMMENTS", &[], false),
        ("LINK_ISSUES", &[], false),
    ] {
        let options = cloud().project(Project::new("SOC").lacks(permission));
        let (_jira, function) = with(options, settings).await;
        let (status, report) = doctor(&function).await;
        let state = if is_needed { "wrong" } else { "warning" };
        let told = checks(&report, state);
        let told = told.iter().find(|check| check["name"] == "permissions SOC");
        let told = told.unwrap_or_else(|| panic!("{permission}: {report:#}"));
        assert!(told["found"].to_string().contains(permission), "{told:#}");
        assert_eq!(status, if is_needed { 503 } else { 200 });
    }
}

#[tokio::test]
async fn a_permission_that_nothing_needs_may_be_missing() {
    let options = cloud().project(Project::new("SOC").lacks("TRANSITION_ISSUES"));
    let (_jira, function) = with(options, &[]).await;
    let (status, report) = doctor(&function).await;
    assert_eq!(status, 200, "{report:#}");
}

#[tokio::test]
async fn fields_that_do_not_fit_are_found() {
    for (name, value, setting, says) in [
        (
            "jira_custom_fields",
            r#"{"Nowhere": "x"}"#,
            "jira_custom_fields",
            "no such field",
        ),
        (
            "jira_custom_fields",
            r#"{"customfield_1": "x"}"#,
            "jira_custom_fields",
            "no such field",
        ),
        (
            "jira_custom_fields",
            r#"{"Risk score": "high"}"#,
            "jira_custom_fields",
            "number",
        ),
        (
            "jira_custom_fields",
            r#"{"Team": "SOX"}"#,
            "jira_custom_fields",
            "SOC, CERT, IT",
        ),
        (
            "routes",
            "[[route]]\ncustom_fields = { Team = 'SOX' }",
            "routes",
            "SOC, CERT, IT",
        ),
        (
            "routes",
            "[[route]]\ncomponents = 'Other'",
            "routes",
            "Detection",
        ),
    ] {
        let (_jira, function) = with(cloud(), &[(name, value)]).await;
        let found = finds(&function, "jira", "field", setting).await;
        assert!(found.to_string().contains(says), "{says}: {found:#}");
    }
    let (_jira, function) = with(cloud(), &[("priority_map", "high=Urgent")]).await;
    let found = finds(&function, "jira", "priorities", "priority_map").await;
    assert!(found["found"].as_str().unwrap().contains("Urgent"));
    // All of it in one route that is right.
    let right = [
        ("jira_custom_fields", r#"{"Team": "SOC", "Risk score": 3}"#),
        (
            "routes",
            "[[route]]\ncomponents = 'Detection'\npriority = 'High'",
        ),
    ];
    let (_jira, function) = with(cloud(), &right).await;
    let (status, report) = doctor(&function).await;
    assert_eq!(
        (status, checks(&report, "wrong").len()),
        (200, 0),
        "{report:#}"
    );
}

#[tokio::test]
async fn a_transition_that_cannot_be_taken_is_found() {
    let closing = ("on_delete", "transition");
    let plain = Workflow::line(&["Open", "Closed"]);
    let needy = || Workflow::line(&["Open", "Closed"]).need("Closed", "resolution", &["A", "B"]);
    let endless = Workflow::of(&[("Open", "new")]);
    for (workflow, settings, name, setting) in [
        (
            plain.clone(),
            &[closing, ("done_transition", "Finish")][..],
            "done",
            "done_transition",
        ),
        (needy(), &[closing], "done", "done_transition_fields"),
        (endless, &[closing], "done", "on_delete"),
        (
            plain,
            &[("status_transitions", "closed=Nowhere")],
            "transition Nowhere",
            "status_transitions",
        ),
    ] {
        let options = cloud().project(Project::new("SOC").workflow(workflow));
        let (_jira, function) = with(options, settings).await;
        file_one(&function).await;
        finds(&function, "jira", name, setting).await;
    }
    let given = [
        closing,
        ("done_transition_fields", r#"{"resolution": {"name": "A"}}"#),
    ];
    let options = cloud().project(Project::new("SOC").workflow(needy()));
    let (_jira, function) = with(options, &given).await;
    file_one(&function).await;
    assert_eq!(doctor(&function).await.0, 200);
}

async fn file_one(function: &Function) {
    let event = samples::incident("id-doctor", "An incident").to_string();
    assert_eq!(function.opencti(event).await.status, 201);
}

#[tokio::test]
async fn a_search_that_is_refused_and_texts_that_are_too_long_are_found() {
    let (jira, function) = with(cloud(), &[]).await;
    jira.inject(Fault::forbidden().on(Operation::Search).always());
    finds(&function, "jira", "search", "jira_api_token").await;
    let (jira, function) = with(data_center().text_limit(5000), &DATA_CENTER).await;
    let found = finds(&function, "jira", "text limit", "jira_text_limit").await;
    assert!(found["fix"]["what"].as_str().unwrap().contains("5000"));
    // Who is no administrator is not told, and that is no mistake.
    jira.inject(
        Fault::forbidden()
            .on(Operation::ApplicationProperties)
            .always(),
    );
    assert_eq!(doctor(&function).await.0, 200);
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_found() {
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let ahead = [("JIRA_INTAKE_AHEAD", "3600")];
    let function = Function::start_with(&jira, &OPERATED, &[], &ahead).await;
    let found = finds(&function, "clock", "clock", "").await;
    assert!(
        found["found"].as_str().unwrap().contains("ahead"),
        "{found:#}"
    );
}
