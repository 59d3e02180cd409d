//! The least that a component can do on Spin. What it costs is the platform's own cost,
//! with which `benches/all.rs` compares jira-intake:
//!
//! - `/hello` answers;
//! - `/read` reads one key of the store;
//! - `/write` writes a key that is new each time;
//! - `/forward` posts its body as an issue to the Jira in the variable `target`;
//! - `/write-forward` does both;
//! - `/calls-forward` makes the calls to the store that a new event of jira-intake makes
//!   (docs/benchmarks.md names them), and the request: what it costs is the floor that
//!   no work on the component gets below.

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

    #[http_component]
    async fn handle(request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>> {
        let path = request.uri().path().to_owned();
        let key = request.headers().get("x-key");
        let key = key.and_then(|key| key.to_str().ok()).unwrap_or("key");
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
            true => forward(request.into_body()).await?,
            false => StatusCode::OK,
        };
        Ok(Response::builder().status(status).body(b"{}".to_vec())?)
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
    async fn forward(body: Vec<u8>) -> Result<StatusCode> {
        let target = format!("{}/rest/api/3/issue", variables::get("target")?);
        let request = Request::post(target)
            .header("content-type", "application/json")
            .header("content-length", body.len())
            .header("authorization", variables::get("authorization")?)
            .body(body)?;
        let answer: Response<Vec<u8>> = send(request).await?;
        Ok(answer.status())
    }
}
