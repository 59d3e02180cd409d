//! A browser without a window: Chromium, told what to do by its driver. Of the W3C
//! WebDriver protocol only what the tests use is spoken, and two commands of Chromium's
//! own for a phone and the dark.

use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jira_intake_standins::client::{Answer, Client};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};

/// By this member an element is told from other values (WebDriver, 12.1).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// A page that does not come within this time does not come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser; it ends when this is dropped.
pub struct Browser {
    driver: Child,
    client: Client,
    /// `http://127.0.0.1:PORT/session/ID`
    session: String,
}

impl Browser {
    /// Starts one.
    pub async fn start() -> Self {
        let port = {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // The browser is of the same group: it ends with it, whatever becomes of the test.
            .process_group(0)
            .spawn()
            .expect("chromedriver can be started");
        let mut browser = Self {
            driver,
            client: Client::unpooled(),
            session: format!("http://127.0.0.1:{port}/session"),
        };
        browser.await_answer(port).await;
        // Root has no sandbox.
        let flags = [
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--hide-scrollbars",
            "--window-size=1280,900",
        ];
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "unhandledPromptBehavior": "ignore",
            "goog:chromeOptions": { "args": flags },
        }}});
        let begun = browser.call("POST", "", &wanted).await.unwrap();
        let id = begun["sessionId"].as_str().unwrap();
        browser.session = format!("{}/{id}", browser.session);
        browser
    }

    async fn await_answer(&self, port: u16) {
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("chromedriver does not answer");
    }

    async fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value, Value> {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.session))
            .header("content-type", "application/json");
        let body = match method {
            "POST" => body.to_string().into_bytes(),
            _ => Vec::new(),
        };
        let answer: Answer = self.client.send(request.body(body).unwrap()).await.unwrap();
        let value = answer.json()["value"].clone();
        match answer.status {
            200 => Ok(value),
            _ => Err(value),
        }
    }

    /// Opens an address.
    pub async fn open(&self, url: &str) {
        let body = json!({ "url": url });
        self.call("POST", "/url", &body).await.unwrap();
    }

    /// The first element that a CSS selector finds, waited for.
    async fn element(&self, css: &str) -> String {
        let body = json!({ "using": "css selector", "value": css });
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while tokio::time::Instant::now() < deadline {
            if let Ok(found) = self.call("POST", "/element", &body).await {
                return found[ELEMENT].as_str().unwrap().to_owned();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never found {css} in {}", self.text().await)
    }

    /// Clicks on what a CSS selector finds first.
    pub async fn click(&self, css: &str) {
        let id = self.element(css).await;
        let path = format!("/element/{id}/click");
        self.call("POST", &path, &json!({})).await.unwrap();
    }

    /// Types into what a CSS selector finds first.
    pub async fn write(&self, css: &str, text: &str) {
        let id = self.element(css).await;
        let path = format!("/element/{id}/value");
        let body = json!({ "text": text });
        self.call("POST", &path, &body).await.unwrap();
    }

    /// What a script gives. The page's own policy does not hold for it.
    pub async fn script(&self, script: &str) -> Value {
        let body = json!({ "script": script, "args": [] });
        self.call("POST", "/execute/sync", &body).await.unwrap()
    }

    /// What a person reads.
    pub async fn text(&self) -> String {
        let text = self.script("return document.body.innerText").await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until a person reads this.
    pub async fn reads(&self, text: &str) {
        for _ in 0..200 {
            if self.text().await.contains(text) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never reads {text:?}, but {}", self.text().await)
    }

    /// Whether a script has opened an alert.
    pub async fn is_alerted(&self) -> bool {
        self.call("GET", "/alert/text", &Value::Null).await.is_ok()
    }

    /// Shows pages as a phone does, so many pixels wide.
    pub async fn phone(&self, width: u32) {
        let size = json!({ "width": width, "height": 844, "deviceScaleFactor": 1, "mobile": true });
        self.command("Emulation.setDeviceMetricsOverride", &size)
            .await;
    }

    /// Shows pages as one who likes it `dark` or `light`.
    pub async fn scheme(&self, scheme: &str) {
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        let media = json!({ "features": [feature] });
        self.command("Emulation.setEmulatedMedia", &media).await;
    }

    async fn command(&self, name: &str, parameters: &Value) {
        let body = json!({ "cmd": name, "params": parameters });
        self.call("POST", "/goog/cdp/execute", &body).await.unwrap();
    }

    /// Keeps a picture of what is seen.
    pub async fn picture(&self, file: &Path) {
        let picture = self.call("GET", "/screenshot", &Value::Null).await.unwrap();
        let bytes = STANDARD.decode(picture.as_str().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }

    /// Ends the browser.
    pub async fn quit(self) {
        let _ = self.call("DELETE", "", &Value::Null).await;
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let group = i32::try_from(self.driver.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.driver.wait();
    }
}
