//! The least that a component can do on Spin. What it costs is the platform's own cost,
//! with which `benches/all.rs` compares jira-intake:
//!
//! - `/hello` answers;
//! - `/read` reads one key of the store;
//! - `/write` writes a key that is new each time;
//! - `/forward` posts its body as an issue to the Jira in the variable `target`;
//! - `/write-forward` does both;
//! - `/calls-forward` makes the calls to the store that a new event of jira-intake makes
//!   (docs/benchmarks.md names them), and the request;
//! - `/floor-created`, `/floor-duplicate` and `/floor-ignored`, under jira-intake's own
//!   manifest, make the calls that such an event makes, but those for the time: they read the
//!   same variables and as many keys, log a line, post an issue. What they cost is the floor that no work on the
//!   component gets below.

#[cfg(target_family = "wasm")]
#[allow(unsafe_code, missing_docs, reason = "the macro exports a C symbol")]
mod handler {
    use anyhow::Result;
    use http::{Request, Response, StatusCode};
    use spin_sdk::http::send;
    use spin_sdk::http_component;
    use spin_sdk::key_value::Store;
    use spin_sdk::variables;
    use spin_sdk::wit::wasi::keyvalue::{atomics, store};

    /// A record's usual size, in bytes.
    const RECORD: usize = 1500;

    /// About what jira-intake answers and logs.
    const ANSWER: [u8; 300] = [b' '; 300];

    #[http_component]
    async fn handle(request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>> {
        let path = request.uri().path().to_owned();
        let header = |name: &str| request.headers().get(name)?.to_str().ok();
        let key = header("x-key").unwrap_or("key");
        if let Some(outcome) = path.strip_prefix("/floor-") {
            let login = header("x-login").unwrap_or_default().to_owned();
            return floor(outcome, &key.to_owned(), login, request.into_body()).await;
        }
        if path == "/read" {
            let _ = Store::open_default()?.get(key)?;
        }
        if path.starts_with("/write") {
            Store::open_default()?.set(key, b"written")?;
        }
        if path.starts_with("/calls") {
            calls(key)?;
        }
        let status = match path.ends_with("forward") {
            true => {
                let login = variables::get("authorization")?;
                forward(variables::get("target")?, login, request.into_body()).await?
            }
            false => StatusCode::OK,
        };
        Ok(Response::builder().status(status).body(b"{}".to_vec())?)
    }

    /// All that an event costs but work.
    async fn floor(
        outcome: &str,
        key: &str,
        login: String,
        body: Vec<u8>,
    ) -> Result<Response<Vec<u8>>> {
        variables::get("for_each_event")?;
        if outcome != "ignored" {
            variables::get("for_each_issue")?;
        }
        let mut status = StatusCode::OK;
        match outcome {
            "created" => {
                calls(key)?;
                status = forward(variables::get("jira_url")?, login, body).await?;
            }
            "duplicate" => {
                let store = store::open("default")?;
                store.get(&format!("record-{key}"))?;
                store.get(&format!("again-{key}"))?;
                atomics::increment(&store, "counted", 1)?;
            }
            _ => {
                atomics::increment(&store::open("default")?, "counted", 1)?;
            }
        }
        println!("{}", String::from_utf8_lossy(&ANSWER));
        Ok(Response::builder().status(status).body(ANSWER.to_vec())?)
    }

    /// Reads five keys, writes one twice, and counts twice.
    fn calls(key: &str) -> Result<()> {
        let store = store::open("default")?;
        for name in ["record", "again", "holds", "refused", "pointer"] {
            let _ = store.get(&format!("{name}-{key}"))?;
        }
        atomics::increment(&store, &format!("lease-{key}"), 1)?;
        // Other bytes each time, or SQLite has nothing to write.
        for filler in [b'x', b'y'] {
            store.set(&format!("record-{key}"), &[filler; RECORD])?;
        }
        atomics::increment(&store, "counted", 1)?;
        Ok(())
    }

    /// The answer's status.
    async fn forward(jira: String, login: String, body: Vec<u8>) -> Result<StatusCode> {
        let request = Request::post(format!("{jira}/rest/api/3/issue"))
            .header("content-type", "application/json")
            .header("content-length", body.len())
            .header("authorization", login)
            .body(body)?;
        let answer: Response<Vec<u8>> = send(request).await?;
        Ok(answer.status())
    }
}
