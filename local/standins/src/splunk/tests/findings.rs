use serde_json::{Value, json};

use super::super::{Notable, SplunkOptions};
use super::{FINDING, Splunk, eight, seven};
use crate::caller::Reply;

const SUITE: &str = "/servicesNS/nobody/SplunkEnterpriseSecuritySuite/public/v2/findings";
const CONTROL: &str = "/servicesNS/nobody/missioncontrol";

fn encoded() -> String {
    FINDING.replace('@', "%40")
}

impl Splunk {
    async fn change(&self, query: &str, body: Value) -> Reply {
        let path = format!("{CONTROL}/v1/investigations/{}{query}", encoded());
        self.http.post(&path, body).await
    }

    async fn note(&self, query: &str, body: Value) -> Reply {
        let path = format!(
            "{CONTROL}/public/v2/investigations/{}/notes{query}",
            encoded()
        );
        self.http.post(&path, body).await
    }

    fn finding(&self) -> Notable {
        self.notable(FINDING)
    }
}

const TIME: &str = "?notable_time=1758000000";

async fn started(options: SplunkOptions) -> Splunk {
    Splunk::start(options).await
}

#[tokio::test]
async fn a_finding_is_changed_and_read() {
    let splunk = started(eight()).await;
    let body =
        json!({"assignee": "ada", "status": "5", "urgency": "low", "disposition": "disposition:2"});
    assert_eq!(splunk.change(TIME, body).await.status, 200);
    let found = splunk
        .http
        .get(&format!("{SUITE}/{}?earliest=-1d", encoded()))
        .await;
    let expected = json!({"finding_id": FINDING, "owner": "ada", "status": "5", "urgency": "low",
        "disposition": "disposition:2"});
    assert_eq!((found.status, found.json), (200, expected));
    assert_eq!(splunk.http.get(&format!("{SUITE}/x")).await.status, 404);
}

#[tokio::test]
async fn a_note_is_kept_each_time() {
    let splunk = started(eight()).await;
    for _ in 0..2 {
        let reply = splunk.note(TIME, json!({"content": "Seen"})).await;
        assert_eq!(reply.status, 200);
    }
    let notes = splunk.finding().notes;
    assert_eq!((notes.len(), notes[0].content.as_str()), (2, "Seen"));
    assert_ne!(notes[0].id, notes[1].id);
}

#[tokio::test]
async fn notes_are_listed_changed_and_deleted() {
    let splunk = started(eight()).await;
    for text in ["One", "Two", "Three"] {
        splunk.note(TIME, json!({ "content": text })).await;
    }
    let notes = format!("{CONTROL}/public/v2/investigations/{}/notes", encoded());
    let list = format!("{notes}{TIME}&limit=2&sort=create_time%3A-1");
    let items = splunk.http.get(&list).await.json["items"].clone();
    let newest = [
        json!({"id": "note-3", "content": "Three"}),
        json!({"id": "note-2", "content": "Two"}),
    ];
    assert_eq!(items, json!(newest));
    let one = format!("{notes}/note-2");
    let timed = format!("{one}{TIME}");
    let changed = splunk.http.post(&timed, json!({"content": "2"}));
    assert_eq!(changed.await.status, 200);
    assert_eq!(splunk.finding().notes[1].content, "2");
    for status in [204, 404] {
        let deleted = splunk.http.raw("DELETE", &one, &[], String::new());
        assert_eq!(deleted.await.unwrap().status, status);
    }
    assert_eq!(splunk.finding().notes.len(), 2);
    assert_eq!(splunk.http.get(&notes).await.status, 400, "without a time");
}

#[tokio::test]
async fn the_time_of_the_notable_is_needed() {
    let splunk = started(eight()).await;
    for (query, status) in [("", 400), ("?notable_time=1", 404)] {
        assert_eq!(
            splunk.change(query, json!({"status": "5"})).await.status,
            status
        );
        assert_eq!(
            splunk.note(query, json!({"content": "x"})).await.status,
            status
        );
    }
    assert_eq!(
        (splunk.finding().updates, splunk.finding().notes.len()),
        (0, 0)
    );
}

#[tokio::test]
async fn what_is_no_change_is_refused() {
    let splunk = started(eight()).await;
    for body in [
        json!({}),
        json!([]),
        json!({"status": 5}),
        json!({"status": "9"}),
        json!({"owner": "ada"}),
        json!({"assignee": "eve"}),
        json!({"disposition": "1"}),
        json!({"comment": "x"}),
    ] {
        let reply = splunk.change(TIME, body.clone()).await;
        assert_eq!(reply.status, 400, "{body}");
    }
    for body in [
        json!({}),
        json!({"content": " "}),
        json!({"content": "x", "title": "y"}),
    ] {
        let reply = splunk.note(TIME, body.clone()).await;
        assert_eq!(reply.status, 400, "{body}");
    }
    assert_eq!(splunk.finding().updates, 0);
}

#[tokio::test]
async fn version_7_does_not_know_it() {
    let splunk = started(seven()).await;
    let replies = [
        splunk.change(TIME, json!({"status": "5"})).await,
        splunk.note(TIME, json!({"content": "x"})).await,
        splunk.http.get(&format!("{SUITE}/{}", encoded())).await,
    ];
    for reply in replies {
        assert_eq!(reply.status, 404);
        assert!(reply.text.contains("<msg type=\"ERROR\">Not Found</msg>"));
    }
    let splunk = started(eight().may_not_edit()).await;
    assert_eq!(
        splunk.change(TIME, json!({"status": "5"})).await.status,
        403
    );
    assert_eq!(splunk.note(TIME, json!({"content": "x"})).await.status, 403);
}
