use serde_json::{Value, json};

use super::{Container, SoarOptions, SoarStandIn};
use crate::caller::{Caller, Reply};
use crate::faults::Fault;

const TOKEN: &str = "a-token";

struct Soar {
    standin: SoarStandIn,
    http: Caller,
    id: u64,
}

impl Soar {
    async fn send(&self, token: &str, method: &str, path: &str, body: Value) -> Reply {
        let headers = [
            ("ph-auth-token", token),
            ("content-type", "application/json"),
        ];
        let reply = self.http.raw(method, path, &headers, body.to_string());
        reply.await.unwrap()
    }

    async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(TOKEN, "POST", path, body).await
    }

    async fn update(&self, body: Value) -> Reply {
        self.post(&format!("/rest/container/{}", self.id), body)
            .await
    }

    fn container(&self) -> Container {
        self.standin.container(self.id).unwrap()
    }
}

async fn start() -> Soar {
    let options = SoarOptions::new(TOKEN).status("Waiting").owner(7);
    let standin = SoarStandIn::start(options).await.unwrap();
    let http = Caller::new(&standin.url(), "");
    let id = standin.file();
    Soar { standin, http, id }
}

#[tokio::test]
async fn a_container_is_updated() {
    let soar = start().await;
    let body = json!({"status": "Closed", "severity": "high", "owner_id": 7});
    let reply = soar.update(body).await;
    assert_eq!(
        (reply.status, reply.json),
        (200, json!({"success": true, "id": soar.id}))
    );
    let container = soar.container();
    assert_eq!(
        (container.status.as_str(), container.severity.as_str()),
        ("Closed", "high")
    );
    assert_eq!((container.owner, container.updates), (Some(7), 1));
    for status in ["New", "Open", "Waiting"] {
        assert_eq!(soar.update(json!({"status": status})).await.status, 200);
        assert_eq!(soar.container().status, status);
    }
}

#[tokio::test]
async fn a_container_is_shown() {
    let soar = start().await;
    soar.update(json!({"status": "Waiting"})).await;
    let shown = |id: u64| {
        let path = format!("/rest/container/{id}");
        let soar = &soar;
        async move { soar.send(TOKEN, "GET", &path, json!(null)).await }
    };
    let reply = shown(soar.id).await;
    let expected = json!({"id": soar.id, "status": "Waiting", "severity": "medium", "owner": null});
    assert_eq!((reply.status, reply.json), (200, expected));
    let reply = shown(9).await;
    assert_eq!((reply.status, &reply.json["failed"]), (404, &json!(true)));
}

#[tokio::test]
async fn what_it_does_not_have_is_refused_and_nothing_done() {
    let soar = start().await;
    for body in [
        json!({"severity": "high", "status": "closed"}),
        json!({"severity": "high", "status": "Done"}),
        json!({"severity": "critical"}),
        json!({"owner_id": 8}),
        json!({"owner_id": "7"}),
        json!({"status": null}),
        json!({"owner": 7}),
        json!({}),
        json!([]),
    ] {
        let reply = soar.update(body.clone()).await;
        assert_eq!(
            (reply.status, &reply.json["failed"]),
            (400, &json!(true)),
            "{body}"
        );
        assert!(reply.json["message"].is_string(), "{body}");
    }
    assert_eq!(soar.container(), Container::new());
    let reply = soar
        .post("/rest/container/9", json!({"status": "Open"}))
        .await;
    assert_eq!((reply.status, &reply.json["failed"]), (404, &json!(true)));
}

#[tokio::test]
async fn comments_and_notes_are_kept_in_order() {
    let soar = start().await;
    for text in ["One", "Two"] {
        let body = json!({"container_id": soar.id, "comment": text});
        assert_eq!(
            soar.post("/rest/container_comment", body).await.json["success"],
            true
        );
    }
    let note = json!({"container_id": soar.id, "title": "T", "content": "**C**",
        "note_type": "general", "note_format": "markdown"});
    assert_eq!(soar.post("/rest/note", note).await.json["id"], 3);
    let container = soar.container();
    assert_eq!(container.comments, ["One", "Two"]);
    let note = &container.notes[0];
    assert_eq!((note.title.as_str(), note.content.as_str()), ("T", "**C**"));
    assert_eq!((note.format.as_str(), container.updates), ("markdown", 0));
}

#[tokio::test]
async fn half_a_comment_or_note_is_refused() {
    let soar = start().await;
    let note = |member: &str, value: Value| {
        let mut note = json!({"container_id": soar.id, "title": "T", "content": "C",
            "note_type": "general", "note_format": "markdown"});
        note[member] = value;
        ("/rest/note", note)
    };
    for (path, body) in [
        ("/rest/container_comment", json!({"container_id": soar.id})),
        (
            "/rest/container_comment",
            json!({"container_id": soar.id, "comment": " "}),
        ),
        (
            "/rest/container_comment",
            json!({"container_id": soar.id, "comment": "x", "id": 1}),
        ),
        note("title", json!("")),
        note("content", json!(null)),
        note("note_type", json!("task")),
        note("note_format", json!("wiki")),
    ] {
        assert_eq!(soar.post(path, body.clone()).await.status, 400, "{body}");
    }
    let body = json!({"container_id": soar.id.to_string(), "comment": "x"});
    assert_eq!(soar.post("/rest/container_comment", body).await.status, 404);
    assert_eq!(soar.container(), Container::new());
}

#[tokio::test]
async fn the_other_way_to_comment_loses_the_comment() {
    let soar = start().await;
    let path = format!("/rest/container/{}/comments", soar.id);
    let reply = soar.post(&path, json!({"comment": "x"})).await;
    assert_eq!((reply.status, &reply.json["success"]), (200, &json!(true)));
    assert!(soar.container().comments.is_empty());
    assert_eq!(soar.standin.lost_comments()[0].0, soar.id);
}

#[tokio::test]
async fn the_statuses_are_listed() {
    let soar = start().await;
    let list = soar
        .send(TOKEN, "GET", "/rest/container_status", json!(null))
        .await
        .json;
    let names = list["data"].as_array().unwrap().iter();
    let names: Vec<&str> = names.map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["New", "Open", "Closed", "Waiting"]);
    assert_eq!(list["count"], 4);
}

#[tokio::test]
async fn only_the_token_in_its_own_header_is_let_in() {
    let soar = start().await;
    let path = format!("/rest/container/{}", soar.id);
    let reply = soar
        .send("other", "POST", &path, json!({"status": "Open"}))
        .await;
    assert_eq!((reply.status, &reply.json["failed"]), (401, &json!(true)));
    let bearer = Caller::new(&soar.standin.url(), &format!("Bearer {TOKEN}"));
    assert_eq!(
        bearer.post(&path, json!({"status": "Open"})).await.status,
        401
    );
    assert_eq!(soar.container(), Container::new());
    soar.standin.inject(Fault::rate_limited(9));
    let reply = soar.update(json!({"status": "Open"})).await;
    assert_eq!((reply.status, reply.header("retry-after")), (429, "9"));
    assert_eq!(reply.json["failed"], true);
    assert_eq!(soar.post("/rest/ph_user", json!({})).await.status, 404);
}
