use serde_json::{Value, json};

use super::{PATH, SlackOptions, SlackStandIn, action_prohibited, channel_is_archived};
use crate::caller::{Caller, Reply};
use crate::faults::Fault;

struct Slack {
    standin: SlackStandIn,
    http: Caller,
}

impl Slack {
    async fn post(&self, body: Value) -> Reply {
        self.http.post(PATH, body).await
    }

    async fn blocks(&self, blocks: Value) -> Reply {
        self.post(json!({"text": "x", "blocks": blocks})).await
    }
}

async fn start() -> Slack {
    let standin = SlackStandIn::start(SlackOptions::default()).await.unwrap();
    let http = Caller::new(&standin.url(), "");
    Slack { standin, http }
}

fn header(text: &str) -> Value {
    json!({"type": "header", "text": {"type": "plain_text", "text": text}})
}

fn section(text: &str) -> Value {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": text}})
}

#[tokio::test]
async fn a_message_is_answered_with_ok_and_kept() {
    let slack = start().await;
    let url = "https://jira.example/browse/SOC-1";
    let button = json!({"type": "button", "url": "https://x.example",
        "text": {"type": "plain_text", "text": "Open"}});
    let blocks = json!([
        header("New <issue>"),
        section(&format!("<{url}|SOC-1> is &lt;filed&gt; &amp; open")),
        {"type": "divider"},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "*OpenCTI*"}]},
        {"type": "actions", "elements": [button]},
        {"type": "section", "fields": [{"type": "plain_text", "text": "High", "emoji": false}]},
    ]);
    let reply = slack.blocks(blocks).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, "ok"));
    let message = &slack.standin.messages()[0];
    let plain = "x\nNew <issue>\nSOC-1 is <filed> & open\n*OpenCTI*\nOpen\nHigh";
    assert_eq!(message.plain(), plain);
    assert_eq!(message.links(), [url, "https://x.example"]);
    assert!(message.pings().is_empty());
}

#[tokio::test]
async fn a_ping_is_seen_where_slack_would_see_one() {
    let slack = start().await;
    slack
        .post(json!({"text": "<!channel> <@U1> &lt;!here&gt; <#C1> <!date^1^{date}|x>"}))
        .await;
    assert_eq!(slack.standin.messages()[0].pings(), ["!channel", "@U1"]);
    slack.blocks(json!([header("<!channel>")])).await;
    assert!(slack.standin.messages()[1].pings().is_empty());
}

#[tokio::test]
async fn what_is_no_message_is_refused_in_a_word() {
    let slack = start().await;
    for (body, word) in [
        (json!({}), "no_text"),
        (json!({"text": " "}), "no_text"),
        (json!({"text": 1}), "invalid_payload"),
        (json!(["x"]), "invalid_payload"),
        (json!({"text": "x", "blocks": {}}), "invalid_blocks_format"),
    ] {
        let reply = slack.post(body.clone()).await;
        assert_eq!((reply.status, reply.text.as_str()), (400, word), "{body}");
    }
    let json = [("content-type", "application/json")];
    let text = [("content-type", "text/plain")];
    for (headers, body) in [(&json, "{"), (&text, "{\"text\": \"x\"}")] {
        let reply = slack.http.raw("POST", PATH, headers, body.to_owned());
        assert_eq!(reply.await.unwrap().text, "invalid_payload");
    }
    assert!(slack.standin.messages().is_empty());
}

#[tokio::test]
async fn blocks_keep_to_their_limits() {
    let slack = start().await;
    for (good, bad) in [
        (vec![section("x"); 50], vec![section("x"); 51]),
        (
            vec![header(&"ä".repeat(150))],
            vec![header(&"ä".repeat(151))],
        ),
        (
            vec![section(&"ä".repeat(3000))],
            vec![section(&"ä".repeat(3001))],
        ),
        (vec![section("x")], vec![section("")]),
        (
            vec![json!({"type": "divider"})],
            vec![json!({"type": "divider", "text": "x"})],
        ),
        (
            vec![
                json!({"type": "section", "fields": vec![json!({"type": "mrkdwn", "text": "x"}); 10]}),
            ],
            vec![
                json!({"type": "section", "fields": vec![json!({"type": "mrkdwn", "text": "x"}); 11]}),
            ],
        ),
    ] {
        assert_eq!(slack.blocks(json!(good)).await.text, "ok");
        let reply = slack.blocks(json!(bad)).await;
        assert_eq!((reply.status, reply.text.as_str()), (400, "invalid_blocks"));
    }
    for bad in [
        json!({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}),
        json!({"type": "section"}),
        json!({"type": "section", "text": "x"}),
        json!({"type": "section", "text": {"type": "markdown", "text": "x"}}),
        json!({"type": "panel"}),
        json!({"type": "actions", "elements": []}),
        json!("x"),
    ] {
        let reply = slack.blocks(json!([bad])).await;
        assert_eq!(reply.text, "invalid_blocks", "{bad}");
    }
}

#[tokio::test]
async fn another_path_is_no_service() {
    let slack = start().await;
    let reply = slack
        .http
        .post("/services/T0/B0/x", json!({"text": "x"}))
        .await;
    assert_eq!((reply.status, reply.text.as_str()), (404, "no_service"));
    assert_eq!(slack.http.get(PATH).await.status, 405);
    assert_eq!(
        slack.standin.webhook_url(),
        format!("{}{PATH}", slack.standin.url())
    );
}

#[tokio::test]
async fn faults_come_in_its_own_words() {
    let slack = start().await;
    for (fault, status, word) in [
        (Fault::rate_limited(30), 429, "rate_limited"),
        (action_prohibited(), 403, "action_prohibited"),
        (channel_is_archived(), 410, "channel_is_archived"),
        (Fault::status(500), 500, "rollup_error"),
    ] {
        slack.standin.inject(fault);
        let reply = slack.post(json!({"text": "x"})).await;
        assert_eq!((reply.status, reply.text.as_str()), (status, word));
        assert_eq!(reply.header("retry-after") == "30", status == 429);
    }
    slack.standin.inject(Fault::reset());
    assert!(
        slack
            .http
            .send("POST", PATH, &json!({"text": "x"}))
            .await
            .is_err()
    );
    assert!(slack.standin.messages().is_empty());
    assert_eq!(slack.post(json!({"text": "x"})).await.text, "ok");
}
