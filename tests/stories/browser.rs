//! The status page in a real browser: what a person on call does at night, what an
//! attacker's words look like there, on a phone and in the dark.
//!
//! With `UPDATE_SCREENSHOTS=1` the pictures in `docs/images/` are taken anew.

use std::path::PathBuf;

use crate::harness::browser::Browser;
use crate::harness::operator::OPERATED;
use crate::harness::{Function, cloud, samples, with_settings};
use jira_intake_standins::jira::{Fault, JiraStandIn, Operation};

/// What an attacker calls an incident: markup, a direction of writing that does not
/// end, and a word that is longer than any screen.
fn hostile() -> String {
    let markup = "</bdi></td><script>alert(1)</script><img src=x onerror=alert(2)>";
    format!("{markup} \u{202e}gnp.exe {}", "W".repeat(400))
}

fn event(number: usize, name: &str) -> String {
    samples::incident(&format!("id-{number}"), name).to_string()
}

/// A function with one filed issue, two dead letters; then Jira takes all.
async fn eventful() -> (JiraStandIn, Function) {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    let filed = function.opencti(event(1, "Beacon to 198.51.100.7")).await;
    assert_eq!(filed.status, 201, "{}", filed.text());
    let refused = Fault::refused_field("summary", "Field 'summary' is not on the screen");
    jira.inject(refused.on(Operation::Create).always());
    for (number, name) in [(2, "Phishing against finance".to_owned()), (3, hostile())] {
        let kept = function.opencti(event(number, &name)).await;
        assert_eq!(kept.status, 202, "{}", kept.text());
    }
    jira.clear_faults();
    (jira, function)
}

/// A browser that is signed in.
async fn signed_in(function: &Function) -> Browser {
    let browser = Browser::start().await;
    browser.open(function.url()).await;
    browser.write("#token", "admin-5ecret").await;
    browser.click("button[type=submit]").await;
    browser.reads("Dead letters").await;
    browser
}

#[tokio::test]
#[cfg_attr(no_browser, ignore = "chromedriver is not installed")]
async fn a_person_signs_in_and_out() {
    let (_jira, function) = with_settings(cloud(), &OPERATED).await;
    let browser = Browser::start().await;
    browser.open(function.url()).await;
    browser.write("#token", "wr0ng").await;
    browser.click("button[type=submit]").await;
    browser.reads("This is not the configured").await;
    browser.write("#token", "admin-5ecret").await;
    browser.click("button[type=submit]").await;
    browser.reads("All is well.").await;
    assert_eq!(browser.script("return document.cookie").await, "");
    browser.click("form[action='/sign-out'] button").await;
    browser.reads("Admin token").await;
    browser.open(function.url()).await;
    browser.reads("Admin token").await;
    browser.quit().await;
}

#[tokio::test]
#[cfg_attr(no_browser, ignore = "chromedriver is not installed")]
async fn an_event_is_found_and_its_trace_is_shown() {
    let (jira, function) = eventful().await;
    let browser = signed_in(&function).await;
    browser.write("#q", "id-1").await;
    browser.click(".search button").await;
    browser.reads("Its issue is filed").await;
    let shown = browser.text().await;
    assert!(shown.contains(&jira.issues()[0].key), "{shown}");
    let entries = browser
        .script("return document.querySelectorAll('.trace > li').length")
        .await;
    assert_eq!(entries, 1);
    for part in ["create, by webhook", "POST /rest/api/3/issue", "201"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    browser.quit().await;
}

#[tokio::test]
#[cfg_attr(no_browser, ignore = "chromedriver is not installed")]
async fn a_dead_letter_is_replayed_and_another_one_discarded() {
    let (jira, function) = eventful().await;
    let browser = signed_in(&function).await;
    browser.reads("Phishing against finance").await;
    browser
        .click("tr:last-child form[action='/page/replay'] button")
        .await;
    browser.reads("an issue was created").await;
    assert_eq!(jira.issues().len(), 2);
    let shown = browser.text().await;
    assert!(!shown.contains("Phishing against finance"), "{shown}");
    browser.click("details.sure summary").await;
    browser.click("form[action='/page/discard'] button").await;
    browser.reads("The dead letter was discarded").await;
    browser.reads("All is well.").await;
    browser.quit().await;
}

#[tokio::test]
#[cfg_attr(no_browser, ignore = "chromedriver is not installed")]
async fn a_hold_is_let_go() {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    jira.inject(Fault::rate_limited(600).always());
    let kept = function.opencti(event(1, "Beacon")).await;
    assert_eq!(kept.status, 202, "{}", kept.text());
    jira.clear_faults();
    let browser = signed_in(&function).await;
    browser.reads("Nothing is sent to Jira for now").await;
    browser.reads("1 entity waits").await;
    browser.click("form[action='/page/let-go'] button").await;
    browser.reads("The hold was let go").await;
    browser.click("form[action='/page/retry'] button").await;
    browser.reads("The retry pass has ended").await;
    browser.reads("Nothing waits.").await;
    assert_eq!(jira.issues().len(), 1);
    browser.quit().await;
}

#[tokio::test]
#[cfg_attr(no_browser, ignore = "chromedriver is not installed")]
async fn a_pasted_event_is_tried_and_nothing_is_sent() {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    let browser = signed_in(&function).await;
    browser.write("#event", &event(1, "Only a try")).await;
    browser.click("form[action='/page/dry-run'] button").await;
    browser.reads("/rest/api/2/issue").await;
    browser.reads("Only a try").await;
    assert_eq!(jira.issues().len(), 0);
    browser.quit().await;
}

#[tokio::test]
#[cfg_attr(no_browser, ignore = "chromedriver is not installed")]
async fn a_script_in_a_name_stays_text() {
    let (_jira, function) = eventful().await;
    let browser = signed_in(&function).await;
    browser.reads("<script>alert(1)</script>").await;
    browser
        .open(&format!("{}/page/find?q=id-3", function.url()))
        .await;
    browser.reads("<img src=x onerror=alert(2)>").await;
    assert!(!browser.is_alerted().await);
    let scripts = "return document.querySelectorAll('script, img, [onerror], [style]').length";
    assert_eq!(browser.script(scripts).await, 0);
    browser.quit().await;
}

#[tokio::test]
#[cfg_attr(no_browser, ignore = "chromedriver is not installed")]
async fn it_looks_right_on_a_phone_and_in_the_dark() {
    let (_jira, function) = eventful().await;
    let browser = signed_in(&function).await;
    let ground = "return getComputedStyle(document.body).backgroundColor";
    browser.scheme("light").await;
    let light = browser.script(ground).await;
    browser.scheme("dark").await;
    assert_ne!(browser.script(ground).await, light);
    browser.phone(390).await;
    for path in [
        "/",
        "/page/dead-letters",
        "/page/find?q=id-3",
        "/page/find?q=id-1",
    ] {
        browser.open(&format!("{}{path}", function.url())).await;
        browser.reads("As of").await;
        let width = "return document.documentElement.scrollWidth";
        assert_eq!(browser.script(width).await, 390, "{path}");
    }
    browser.quit().await;
}

#[tokio::test]
#[cfg_attr(no_browser, ignore = "chromedriver is not installed")]
async fn pictures_for_the_documentation() {
    if std::env::var("UPDATE_SCREENSHOTS").is_err() {
        return;
    }
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/images");
    std::fs::create_dir_all(&folder).unwrap();
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    for (number, name) in [
        (1, "Beacon to 198.51.100.7"),
        (2, "Odd login of a service account"),
    ] {
        function.opencti(event(number, name)).await;
    }
    let refused = Fault::refused_field(
        "summary",
        "Field 'summary' cannot be set. It is not on the appropriate screen",
    );
    jira.inject(refused.on(Operation::Create).always());
    function.opencti(event(3, "Phishing against finance")).await;
    jira.clear_faults();
    jira.inject(Fault::rate_limited(600).always());
    function.opencti(event(4, "Credential dump on FS-02")).await;
    let browser = signed_in(&function).await;
    for scheme in ["light", "dark"] {
        browser.scheme(scheme).await;
        browser.open(function.url()).await;
        browser
            .picture(&folder.join(format!("status-{scheme}.png")))
            .await;
    }
    browser.scheme("light").await;
    browser
        .open(&format!("{}/page/find?q=id-1", function.url()))
        .await;
    browser.picture(&folder.join("status-entity.png")).await;
    browser.phone(390).await;
    browser.open(function.url()).await;
    browser.picture(&folder.join("status-phone.png")).await;
    browser.quit().await;
}
