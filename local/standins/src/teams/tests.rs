use serde_json::{Value, json};

use super::{MAX_MESSAGE, TeamsOptions, TeamsStandIn};
use crate::caller::{Caller, Reply};
use crate::faults::Fault;

struct Teams {
    standin: TeamsStandIn,
    http: Caller,
}

impl Teams {
    /// Posts to the workflow's address, changed so.
    async fn post_to(&self, change: impl Fn(String) -> String, body: Value) -> Reply {
        let address = self.standin.webhook_url();
        let path = address.replace(&self.standin.url(), "");
        self.http.post(&change(path), body).await
    }

    async fn post(&self, body: Value) -> Reply {
        self.post_to(|path| path, body).await
    }
}

async fn start() -> Teams {
    let standin = TeamsStandIn::start(TeamsOptions::default()).await.unwrap();
    let http = Caller::new(&standin.url(), "");
    Teams { standin, http }
}

fn card(body: Value) -> Value {
    json!({"type": "AdaptiveCard", "version": "1.4", "body": body})
}

fn message(card: Value) -> Value {
    let kind = "application/vnd.microsoft.card.adaptive";
    let attachment = json!({"contentType": kind, "contentUrl": null, "content": card});
    json!({"type": "message", "attachments": [attachment]})
}

fn text(text: &str) -> Value {
    json!([{"type": "TextBlock", "text": text, "wrap": true}])
}

fn code(reply: &Reply) -> &str {
    reply.json["error"]["code"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_card_is_accepted_with_202_and_kept() {
    let teams = start().await;
    let url = "https://jira.example/browse/SOC-1";
    let mut filed = card(json!([
        {"type": "TextBlock", "text": "SOC-1 filed"},
        {"type": "FactSet", "facts": [{"title": "Severity", "value": "high"}]},
        {"type": "ColumnSet", "columns": [{"type": "Column", "items": text("OpenCTI")}]},
        {"type": "RichTextBlock", "inlines": ["x", {"type": "TextRun", "text": "run"}]},
    ]));
    filed["actions"] = json!([{"type": "Action.OpenUrl", "title": "Open", "url": url}]);
    let reply = teams.post(message(filed)).await;
    assert_eq!((reply.status, reply.text.as_str()), (202, ""));
    let card = &teams.standin.messages()[0];
    assert_eq!(
        card.plain(),
        "Open\nSOC-1 filed\nSeverity: high\nOpenCTI\nrun"
    );
    assert_eq!(card.links(), [url]);
}

#[tokio::test]
async fn what_is_no_message_with_a_card_is_refused() {
    let teams = start().await;
    let with = |name: &str, value: Value| {
        let mut card = card(text("x"));
        card[name] = value;
        message(card)
    };
    let mut other_kind = message(card(text("x")));
    other_kind["attachments"][0]["contentType"] = json!("application/json");
    let submit = json!([{"type": "Action.Submit", "title": "x"}]);
    let open = json!({"type": "Action.OpenUrl", "title": "x", "url": "https://x.example"});
    for body in [
        json!({"text": "x"}),
        json!({"type": "message", "attachments": []}),
        json!({"@type": "MessageCard", "text": "x"}),
        json!("x"),
        other_kind,
        with("type", json!("Card")),
        with("version", json!("2.0")),
        with("version", json!(1.4)),
        with("body", json!([])),
        with("body", json!([{"type": "Text", "text": "x"}])),
        with("body", json!([{"type": "TextBlock", "text": 1}])),
        with(
            "body",
            json!([{"type": "FactSet", "facts": [{"title": "x"}]}]),
        ),
        with(
            "body",
            json!([{"type": "Image", "url": "javascript:alert(1)"}]),
        ),
        with("actions", submit),
        with("actions", json!(vec![open; 7])),
    ] {
        let reply = teams.post(body.clone()).await;
        assert_eq!(
            (reply.status, code(&reply)),
            (400, "TriggerInputSchemaMismatch"),
            "{body}"
        );
    }
    assert!(teams.standin.messages().is_empty());
}

#[tokio::test]
async fn a_message_that_is_too_large_is_refused() {
    let teams = start().await;
    let empty = message(card(text(""))).to_string().len();
    let fitting = "x".repeat(MAX_MESSAGE - empty);
    assert_eq!(teams.post(message(card(text(&fitting)))).await.status, 202);
    let reply = teams
        .post(message(card(text(&format!("{fitting}x")))))
        .await;
    assert_eq!((reply.status, code(&reply)), (413, "RequestEntityTooLarge"));
}

#[tokio::test]
async fn the_address_must_be_whole() {
    let teams = start().await;
    let body = || message(card(text("x")));
    let reply = teams
        .post_to(|path| path.replace("sig=", "sig=x"), body())
        .await;
    assert_eq!(reply.status, 401);
    let reply = teams
        .post_to(|path| path.replace("&sig=", "&s="), body())
        .await;
    assert_eq!(
        (reply.status, code(&reply)),
        (401, "DirectApiAuthorizationRequired")
    );
    let reply = teams
        .post_to(|path| path.replace("/workflows/", "/workflows/x"), body())
        .await;
    assert_eq!((reply.status, code(&reply)), (404, "WorkflowNotFound"));
    let reply = teams
        .post_to(|path| path.replace("api-version", "version"), body())
        .await;
    assert_eq!(
        (reply.status, code(&reply)),
        (400, "MissingApiVersionParameter")
    );
    assert!(teams.standin.messages().is_empty());
}

#[tokio::test]
async fn faults_come_in_its_own_words() {
    let teams = start().await;
    for (fault, status, word) in [
        (Fault::status(400), 400, "WorkflowTriggerIsNotEnabled"),
        (Fault::rate_limited(9), 429, "TooManyRequests"),
        (Fault::status(502), 502, "NoResponse"),
        (Fault::html(503), 503, ""),
    ] {
        teams.standin.inject(fault);
        let reply = teams.post(message(card(text("x")))).await;
        assert_eq!((reply.status, code(&reply)), (status, word));
        assert_eq!(reply.header("retry-after") == "9", status == 429);
    }
    assert!(teams.standin.messages().is_empty());
}
