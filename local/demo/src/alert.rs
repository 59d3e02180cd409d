//! The fourth story: a Splunk alert becomes an issue on a Data Center Jira
//! that brings everything together: the raw event, VirusTotal's verdict and a
//! model's analysis; a chat gets the link. Then it fires again.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::checks::Checks;
use crate::stage::{WEBHOOK_TOKEN, options};
use crate::table::outcome;
use jira_intake_host::{Host, RunningHost};
use jira_intake_standins::client::{Answer, Client};
use jira_intake_standins::jira::{Issue, JiraOptions, JiraStandIn};
use jira_intake_standins::llm::{LlmOptions, LlmStandIn, Reply};
use jira_intake_standins::slack::{SlackOptions, SlackStandIn};
use jira_intake_standins::virustotal::{Observable, Verdict, VirusTotalOptions, VirusTotalStandIn};

/// The personal access token that the demo's Data Center Jira takes.
const TOKEN: &str = "demo-personal-access-token";
const VIRUSTOTAL_KEY: &str = "demo-virustotal-key";
const MODEL: &str = "llama3.1";
/// What is looked up: a file, whose two hashes are one, and an address. The other
/// address is private.
const LOOKUPS: usize = 2;
/// What Splunk's webhook alert action posts.
const ALERT: &str = include_str!("../../../tests/samples/splunk-webhook.mimikatz.json");

/// Everything that runs during the story.
pub(crate) struct AlertStage {
    jira: JiraStandIn,
    virustotal: VirusTotalStandIn,
    model: LlmStandIn,
    slack: SlackStandIn,
    function: RunningHost,
    client: Client,
    _state: TempDir,
}

impl AlertStage {
    async fn set() -> Result<Self> {
        let state = tempfile::tempdir().context("a folder for the state")?;
        let jira = JiraStandIn::start(JiraOptions::data_center().bearer(TOKEN)).await?;
        let virustotal = VirusTotalStandIn::start(VirusTotalOptions::new(VIRUSTOTAL_KEY)).await?;
        let model = LlmStandIn::start(LlmOptions::new(MODEL)).await?;
        let slack = SlackStandIn::start(SlackOptions::default()).await?;
        let settings = [
            ("jira_url", jira.url()),
            ("jira_api_token", TOKEN.to_owned()),
            ("jira_project_key", "SOC".to_owned()),
            ("virustotal_url", virustotal.url()),
            ("virustotal_api_key", VIRUSTOTAL_KEY.to_owned()),
            ("ai_url", model.base_url()),
            ("ai_host", model.url()),
            ("ai_model", MODEL.to_owned()),
            ("slack_webhook_url", slack.webhook_url()),
            ("slack_host", slack.url()),
        ];
        let function = Host::start(options(&settings, &state)).await?;
        println!("\nJira stand-in (Data Center)  {}", jira.url());
        println!("VirusTotal stand-in          {}", virustotal.url());
        println!("language model stand-in      {}", model.base_url());
        println!("Slack stand-in               {}", slack.url());
        println!("jira-intake                  {}", function.url());
        Ok(Self {
            jira,
            virustotal,
            model,
            slack,
            function,
            client: Client::default(),
            _state: state,
        })
    }

    /// What the others know.
    fn prepare(&self) {
        let row = &alert()["result"];
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let hash = Verdict::malicious(64)
            .labelled("trojan.mimikatz/hacktool")
            .named("mimikatz.exe");
        self.virustotal
            .know(Observable::File, &text("file_hash"), hash);
        self.virustotal
            .know(Observable::Ip, &text("src"), Verdict::malicious(7));
        self.model.reply_with(Reply::fenced(&json!({
            "explanation": "A known credential dumper ran on a finance workstation, started by a user who has no reason to.",
            "severity": "critical",
            "reason": "64 engines know the file, and it reads passwords from memory.",
            "next_steps": [
                "Isolate FIN-WS-042 from the network.",
                "Reset the passwords of everybody who was logged on.",
                "Look for the same hash on other machines.",
            ],
        })));
    }

    /// Posts as Splunk does: it can send no header, so the token is in the URL.
    async fn post(&self, body: &Value) -> Result<Answer> {
        let url = format!(
            "{}/webhooks/splunk?token={WEBHOOK_TOKEN}",
            self.function.url()
        );
        self.client
            .post(&url, &[], body.to_string().as_bytes())
            .await
    }

    /// Lines to try.
    pub(crate) fn lines(&self) -> String {
        format!(
            "  curl -i '{}/webhooks/splunk?token={WEBHOOK_TOKEN}' \\\n       --json @tests/samples/splunk-webhook.cim-malware.json\n",
            self.function.url()
        )
    }
}

fn alert() -> Value {
    serde_json::from_str(ALERT).unwrap_or_default()
}

/// The same row, found by another run of the search.
fn again() -> Value {
    let mut alert = alert();
    alert["sid"] = "scheduler__soc__search__RMD5later_at_1761572903_7".into();
    alert["result"]["_time"] = "1761572900".into();
    alert
}

pub(crate) async fn play(checks: &mut Checks) -> Result<AlertStage> {
    println!("\nA Splunk alert, with VirusTotal, a model and Slack:");
    let stage = AlertStage::set().await?;
    stage.prepare();
    let answer = stage.post(&alert()).await?;
    let result = answer.result();
    checks.equal("alert", outcome(&result), "created".to_owned());
    let key = result["issue"]["key"].as_str().unwrap_or_default();
    let Some(issue) = stage.jira.issue(key) else {
        checks.equal("the alert's issue", false, true);
        return Ok(stage);
    };
    show(&issue);
    verify(&stage, &issue, checks);
    repeat(&stage, &issue, checks).await?;
    Ok(stage)
}

fn show(issue: &Issue) {
    println!("\n{}  {}", issue.key, issue.summary());
    println!(
        "priority {}, labels {}",
        issue.priority(),
        issue.labels().join(" ")
    );
    println!();
    for line in issue.description().lines() {
        println!("    {line}");
    }
}

fn verify(stage: &AlertStage, issue: &Issue, checks: &mut Checks) {
    let description = issue.description();
    for (what, words) in [
        ("the file's verdict", "64 of"),
        ("the model's name", MODEL),
        ("the model's words", "known credential dumper"),
        ("the raw fields", "FIN-WS-042"),
    ] {
        checks.equal(what, description.contains(words), true);
    }
    checks.equal("the alert's priority", issue.priority(), "Highest");
    let technique = issue.labels().contains(&"T1003.001");
    checks.equal("the technique as a label", technique, true);
    checks.equal("links of the issue", issue.remote_links.len(), 1);
    checks.equal("lookups", stage.virustotal.count(), LOOKUPS);
    checks.equal("leaked addresses", stage.virustotal.leaks().len(), 0);
    checks.equal(
        "questions to the model",
        stage.model.conversations().len(),
        1,
    );
    let messages = stage.slack.messages();
    checks.equal("messages in Slack", messages.len(), 1);
    for message in messages {
        println!("\nSlack was told:\n");
        for line in message.plain().lines() {
            println!("    {line}");
        }
        let link = format!("{}/browse/{}", stage.jira.url(), issue.key);
        checks.equal("Slack has the link", message.links().contains(&link), true);
    }
}

async fn repeat(stage: &AlertStage, issue: &Issue, checks: &mut Checks) -> Result<()> {
    let result = stage.post(&again()).await?.result();
    println!("\nIt fires again an hour later:\n");
    println!(
        "    {} ({})",
        outcome(&result),
        result["reason"].as_str().unwrap_or_default()
    );
    checks.equal("the second firing", outcome(&result), "updated".to_owned());
    checks.equal("issues of the alert", stage.jira.issues().len(), 1);
    let comments = stage.jira.issue(&issue.key).map(|issue| issue.comments);
    for comment in comments.iter().flatten() {
        println!("    comment: {}", comment.text());
    }
    checks.equal("comments", comments.map_or(0, |it| it.len()), 1);
    checks.equal("lookups in the end", stage.virustotal.count(), LOOKUPS);
    checks.equal("messages in the end", stage.slack.messages().len(), 1);
    Ok(())
}
