mod back;

use serde_json::{Value, json};

use super::{Entity, OpenCtiOptions, OpenCtiStandIn, failing};
use crate::caller::{Caller, Reply};
use crate::faults::{Fault, FaultKind};

const ID: &str = "3f1b6f2e-5d0a-4a3b-9a57-0e5d8f1e9c11";
const STIX: &str = "incident--0c7e5a0f-8f5a-5d6b-a1a2-c3d4e5f60718";
const URL: &str = "https://acme.atlassian.net/browse/SOC-1";

const ADD: &str = "mutation Add($input: ExternalReferenceAddInput!) {
    externalReferenceAdd(input: $input) { id standard_id url external_id } }";
const RELATE: &str = "mutation Relate($id: ID!, $input: StixRefRelationshipAddInput!) {
    stixDomainObjectEdit(id: $id) { relationAdd(input: $input) { id } } }";
const LOOK_UP: &str = "query Names($id: String!) { stixDomainObject(id: $id) {
    id standard_id entity_type createdBy { ... on Identity { id name } }
    objectMarking { definition_type definition } objectLabel { value }
    status { template { name } } } }";

struct OpenCti {
    standin: OpenCtiStandIn,
    http: Caller,
}

impl OpenCti {
    async fn ask(&self, query: &str, variables: Value) -> Reply {
        let body = json!({"query": query, "variables": variables});
        self.http.post("/graphql", body).await
    }

    /// Adds a reference and answers its id.
    async fn reference(&self, url: &str) -> String {
        let input = json!({"source_name": "Jira", "url": url, "external_id": "SOC-1"});
        let reply = self.ask(ADD, json!({"input": input})).await;
        let id = &reply.json["data"]["externalReferenceAdd"]["id"];
        id.as_str().unwrap().to_owned()
    }

    async fn relate(&self, entity: &str, to: &str) -> Reply {
        let input = json!({"toId": to, "relationship_type": "external-reference"});
        self.ask(RELATE, json!({"id": entity, "input": input}))
            .await
    }
}

async fn start_with(options: OpenCtiOptions) -> OpenCti {
    let standin = OpenCtiStandIn::start(options).await.unwrap();
    let entity = Entity::new(ID, STIX, "Incident")
        .named("Phishing")
        .by("ANSSI");
    let entity = entity.in_status("NEW").labelled("apt").marked("TLP:AMBER");
    standin.add_entity(entity);
    let http = Caller::new(&standin.platform_url(), "Bearer right");
    OpenCti { standin, http }
}

async fn start() -> OpenCti {
    start_with(OpenCtiOptions::new("right")).await
}

fn code(reply: &Reply) -> &str {
    let code = &reply.json["errors"][0]["extensions"]["code"];
    code.as_str().unwrap_or_default()
}

fn message(reply: &Reply) -> &str {
    let message = &reply.json["errors"][0]["message"];
    message.as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_reference_is_added_and_attached_once_however_often_it_is_sent() {
    let opencti = start().await;
    let first = opencti.reference(URL).await;
    assert_eq!(opencti.reference(URL).await, first);
    assert_ne!(opencti.reference("https://other.example").await, first);
    for entity in [ID, STIX] {
        let reply = opencti.relate(entity, &first).await;
        assert!(reply.json["data"]["stixDomainObjectEdit"]["relationAdd"]["id"].is_string());
        assert_eq!(reply.json.get("errors"), None);
    }
    let references = opencti.standin.references(ID);
    assert_eq!(references.len(), 1);
    assert_eq!(references[0].url.as_deref(), Some(URL));
    assert_eq!(references[0].source_name, "Jira");
    assert_eq!(references[0].external_id.as_deref(), Some("SOC-1"));
    assert_eq!(opencti.standin.all_references().len(), 2);
    assert_eq!(opencti.standin.count(), 5);
}

#[tokio::test]
async fn the_answer_has_the_shape_of_the_platforms_own() {
    let sample = include_str!(
        "../../../../tests/samples/opencti-graphql.external-reference-add.response.json"
    );
    let sample: Value = serde_json::from_str(sample).unwrap();
    let opencti = start().await;
    let input = json!({"source_name": "Jira", "url": URL, "external_id": "SOC-1"});
    let reply = opencti.ask(ADD, json!({"input": input})).await;
    let keys = |value: &Value| -> Vec<String> {
        let added = value["data"]["externalReferenceAdd"].as_object().unwrap();
        added.keys().cloned().collect()
    };
    assert_eq!(keys(&reply.json), keys(&sample));
}

#[tokio::test]
async fn a_wrong_token_is_told_with_http_200() {
    let sample = include_str!("../../../../tests/samples/opencti-graphql.error-auth.http200.json");
    let mut sample: Value = serde_json::from_str(sample).unwrap();
    sample["errors"][0]["locations"] = json!([{"line": 2, "column": 5}]);
    let opencti = start().await;
    for wrong in ["Bearer wrong", "Basic right", "right", ""] {
        let stranger = Caller::new(&opencti.standin.url(), wrong);
        let input = json!({"source_name": "Jira", "url": URL});
        let body = json!({"query": ADD, "variables": {"input": input}});
        let reply = stranger.post("/graphql", body).await;
        assert_eq!((reply.status, reply.json), (200, sample.clone()), "{wrong}");
    }
    assert!(opencti.standin.all_references().is_empty());
    let asked = format!("{:?}", opencti.standin.requests());
    assert!(!asked.contains("wrong"), "{asked}");
}

#[tokio::test]
async fn a_look_up_answers_what_is_known_and_null_otherwise() {
    let opencti = start().await;
    let bare = Entity::new("bare", "report--bare", "Report");
    opencti.standin.add_entity(bare);
    let reply = opencti.ask(LOOK_UP, json!({"id": STIX})).await;
    let found = &reply.json["data"]["stixDomainObject"];
    assert_eq!(found["id"], ID);
    assert_eq!(found["createdBy"]["name"], "ANSSI");
    assert_eq!(found["status"], json!({"template": {"name": "NEW"}}));
    assert_eq!(found["objectLabel"], json!([{"value": "apt"}]));
    let marking = json!([{"definition_type": "TLP", "definition": "TLP:AMBER"}]);
    assert_eq!(found["objectMarking"], marking);
    let reply = opencti.ask(LOOK_UP, json!({"id": "bare"})).await;
    let found = &reply.json["data"]["stixDomainObject"];
    assert_eq!(
        (&found["createdBy"], &found["status"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(found["objectLabel"], json!([]));
    let reply = opencti.ask(LOOK_UP, json!({"id": "unknown"})).await;
    assert_eq!(reply.json, json!({"data": {"stixDomainObject": null}}));
}

#[tokio::test]
async fn layout_aliases_and_fragments_make_no_difference() {
    let opencti = start().await;
    let id = opencti.reference(URL).await;
    opencti.relate(ID, &id).await;
    let query = "{ who: me { id name } mine: stixDomainObject(id: \"ID\") { ...Names
          ... on Incident { title: name } ... on Report { name } __typename
          externalReferences { edges { node { url } } } } }
        fragment Names on StixDomainObject { id createdBy { name } }"
        .replace("ID", ID);
    let reply = opencti.ask(&query, Value::Null).await;
    let who = json!({"id": opencti.standin.user_id(), "name": "[C] Jira Intake"});
    let mine = json!({
        "id": ID, "createdBy": {"name": "ANSSI"}, "title": "Phishing", "__typename": "Incident",
        "externalReferences": {"edges": [{"node": {"url": URL}}]},
    });
    assert_eq!(reply.json, json!({"data": {"who": who, "mine": mine}}));
}

#[tokio::test]
async fn an_unknown_entity_or_reference_is_an_error_with_http_200() {
    let opencti = start().await;
    let id = opencti.reference(URL).await;
    let reply = opencti.relate("unknown", &id).await;
    assert_eq!((reply.status, code(&reply)), (200, "FUNCTIONAL_ERROR"));
    let error = &reply.json["errors"][0];
    assert_eq!(
        error["path"],
        json!(["stixDomainObjectEdit", "relationAdd"])
    );
    assert_eq!(error["extensions"]["data"]["http_status"], 400);
    let data = json!({"stixDomainObjectEdit": {"relationAdd": null}});
    assert_eq!(reply.json["data"], data);
    let reply = opencti.relate(ID, "unknown").await;
    assert_eq!(code(&reply), "MISSING_REFERENCE_ERROR");
    assert!(opencti.standin.references(ID).is_empty());
}

#[tokio::test]
async fn what_the_schema_does_not_have_is_refused_before_anything_is_done() {
    let opencti = start().await;
    for (query, text) in [
        (
            "{ incidents { id } }",
            "Cannot query field \"incidents\" on type \"Query\".",
        ),
        (
            "{ me { nick } }",
            "Cannot query field \"nick\" on type \"MeUser\".",
        ),
        ("{ me }", "must have a selection of subfields."),
        (
            "{ me(id: 1) { id } }",
            "Unknown argument \"id\" on field \"Query.me\".",
        ),
        (
            "{ stixDomainObject(id: \"x\") { name } }",
            "Cannot query field \"name\" on type \"StixDomainObject\".",
        ),
        (
            "query ($id: ID!) { stixDomainObject(id: $id) { id } }",
            "Variable \"$id\" of type \"ID!\" used in position expecting type \"String\".",
        ),
        ("query ($id: Id!) { me { id } }", "Unknown type \"Id\"."),
        (
            "query ($id: ID!) { me { id } }",
            "Variable \"$id\" is never used.",
        ),
        ("{ me { ...Other } }", "Unknown fragment \"Other\"."),
        (
            "mutation { externalReferenceAdd(input: {url: \"x\"}) { id } }",
            "Field \"ExternalReferenceAddInput.source_name\" of required type \"String!\" was not provided.",
        ),
        (
            "mutation { a: noteAdd(input: {content: \"x\"}) { id } b: noteAdd(input: {content: \"x\"}) { id } }",
            "Allowed number of calls to \"Mutation->noteAdd\" has been exceeded (max: 1)",
        ),
    ] {
        let reply = opencti.ask(query, Value::Null).await;
        assert!(message(&reply).contains(text), "{}", message(&reply));
        assert_eq!(
            (reply.status, code(&reply)),
            (400, "GRAPHQL_VALIDATION_FAILED")
        );
    }
    assert!(opencti.standin.notes().is_empty());
    let lenient = start_with(OpenCtiOptions::new("right").always_ok()).await;
    let reply = lenient.ask("{ incidents { id } }", Value::Null).await;
    assert_eq!(
        (reply.status, code(&reply)),
        (200, "GRAPHQL_VALIDATION_FAILED")
    );
}

#[tokio::test]
async fn variables_must_be_of_their_type() {
    let opencti = start().await;
    for (input, text) in [
        (
            json!({"url": URL}),
            "non-null input object field ExternalReferenceAddInput.source_name",
        ),
        (
            json!({"source_name": "Jira", "link": URL}),
            "key link not in type",
        ),
        (
            json!({"source_name": "Jira", "url": 1}),
            "url: 1 to type String",
        ),
        (json!({"source_name": null}), "non-null type String!"),
        (json!("Jira"), "could not coerce variable input"),
    ] {
        let reply = opencti.ask(ADD, json!({"input": input})).await;
        assert_eq!(
            (reply.status, code(&reply)),
            (200, "BAD_USER_INPUT"),
            "{input}"
        );
        assert!(message(&reply).contains(text), "{}", message(&reply));
    }
    let reply = opencti.ask(ADD, json!({})).await;
    assert!(
        message(&reply).contains("missing value"),
        "{}",
        message(&reply)
    );
    for (input, wrong) in [
        (json!({"source_name": " "}), "VALIDATION_ERROR"),
        (
            json!({"source_name": "Jira", "created": 1}),
            "BAD_USER_INPUT",
        ),
    ] {
        let reply = opencti.ask(ADD, json!({"input": input})).await;
        assert_eq!((reply.status, code(&reply)), (200, wrong));
    }
    assert!(opencti.standin.all_references().is_empty());
}

#[tokio::test]
async fn a_note_is_about_entities_that_exist() {
    let opencti = start().await;
    let query = "mutation N($input: NoteAddInput!) { noteAdd(input: $input) { id content } }";
    let marking = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";
    let note = |about: &str| {
        let (title, content) = ("Jira", "Filed as SOC-1");
        json!({"input": {"attribute_abstract": title, "content": content,
            "objects": [about], "objectMarking": [marking]}})
    };
    let reply = opencti.ask(query, note("unknown")).await;
    assert_eq!(code(&reply), "MISSING_REFERENCE_ERROR");
    let reply = opencti.ask(query, note(STIX)).await;
    assert_eq!(reply.json["data"]["noteAdd"]["content"], "Filed as SOC-1");
    let notes = opencti.standin.notes();
    assert_eq!((notes.len(), &notes[0].objects[0][..]), (1, ID));
    assert_eq!(notes[0].markings, ["TLP:AMBER"]);
}

#[tokio::test]
async fn a_status_is_changed_to_one_that_the_workflow_has() {
    let opencti = start().await;
    let query = "mutation S($id: ID!, $input: [EditInput!]!) {
        stixDomainObjectEdit(id: $id) { fieldPatch(input: $input) { id status { template { name } } } } }";
    let patch = |status: &str| {
        let edit = json!({"key": "x_opencti_workflow_id", "value": [status]});
        json!({"id": ID, "input": [edit]})
    };
    let reply = opencti.ask(query, patch("unknown")).await;
    assert_eq!(code(&reply), "MISSING_REFERENCE_ERROR");
    let closed = opencti.standin.add_status("Incident", "CLOSED");
    let reply = opencti.ask(query, patch(&closed)).await;
    let patched = &reply.json["data"]["stixDomainObjectEdit"]["fieldPatch"];
    assert_eq!(patched["status"]["template"]["name"], "CLOSED");
    let entity = opencti.standin.entity(ID).unwrap();
    assert_eq!(entity.status.as_deref(), Some("CLOSED"));
}

#[tokio::test]
async fn only_a_json_post_with_a_length_is_read() {
    let opencti = start_with(OpenCtiOptions::new("right").under("/cti/")).await;
    let query = json!({"query": "{ me { id } }"}).to_string();
    let top = Caller::new(&opencti.standin.url(), "Bearer right");
    let json = [("content-type", "application/json")];
    let chunked = [
        ("content-type", "application/json"),
        ("transfer-encoding", "chunked"),
    ];
    for (method, path, headers, body, status) in [
        ("POST", "/cti/graphql", &json[..], query.clone(), 200),
        ("POST", "/graphql", &json, query.clone(), 404),
        ("GET", "/cti/graphql", &json, String::new(), 405),
        (
            "POST",
            "/cti/graphql",
            &[("content-type", "text/plain")],
            query.clone(),
            400,
        ),
        ("POST", "/cti/graphql", &json, "{".to_owned(), 400),
        ("POST", "/cti/graphql", &json, "[]".to_owned(), 400),
        ("POST", "/cti/graphql", &json, "{}".to_owned(), 400),
        ("POST", "/cti/graphql", &chunked, query.clone(), 411),
    ] {
        let reply = top.raw(method, path, headers, body.clone()).await.unwrap();
        assert_eq!(reply.status, status, "{method} {path} {body}");
    }
}

#[tokio::test]
async fn faults_come_in_the_platforms_words_or_as_a_gateway() {
    let opencti = start().await;
    let me = "{ me { id } }";
    opencti.standin.inject(failing("LOCK_ERROR", 500));
    let reply = opencti.ask(me, Value::Null).await;
    assert_eq!((reply.status, code(&reply)), (200, "LOCK_ERROR"));
    for status in [502, 503] {
        opencti.standin.inject(Fault::html(status));
        let reply = opencti.ask(me, Value::Null).await;
        assert_eq!(reply.status, status);
        assert!(reply.header("content-type").starts_with("text/html"));
    }
    opencti.standin.inject(Fault::status(500));
    let reply = opencti.ask(me, Value::Null).await;
    assert_eq!((reply.status, code(&reply)), (500, "INTERNAL_SERVER_ERROR"));
    opencti.standin.inject(Fault::garbage());
    let reply = opencti.ask(me, Value::Null).await;
    assert_eq!((reply.status, &reply.json), (200, &Value::Null));
    let done = opencti
        .standin
        .inject(Fault::new(FaultKind::Reset { done: true }));
    let input = json!({"input": {"source_name": "Jira", "url": URL}});
    let body = json!({"query": ADD, "variables": input});
    assert!(opencti.http.send("POST", "/graphql", &body).await.is_err());
    assert_eq!(
        (done.hits(), opencti.standin.all_references().len()),
        (1, 1)
    );
}

#[tokio::test]
async fn an_outage_ends_with_the_same_data() {
    let opencti = start().await;
    opencti.reference(URL).await;
    opencti.standin.pause().await;
    let body = json!({"query": "{ me { id } }"});
    assert!(opencti.http.send("POST", "/graphql", &body).await.is_err());
    opencti.standin.resume().await.unwrap();
    opencti.reference(URL).await;
    assert_eq!(opencti.standin.all_references().len(), 1);
}
