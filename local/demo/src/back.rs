//! The fifth story, the way back: what people do in Jira reaches OpenCTI, Splunk and
//! SOAR, and what they do in OpenCTI reaches Jira. Then it is quiet.

mod splunk;
mod strangers;

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::checks::Checks;
use crate::samples::CASE_LABEL;
use crate::stage::{JIRA_SECRET, Stage, entity_id};
use crate::table::outcome;
use jira_intake_standins::jira::Webhook;

/// The statuses of cases in OpenCTI.
const STATUSES: [&str; 3] = ["New", "In progress", "Closed"];
/// How long something may take that is done after an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A case and its issue.
struct Case<'a> {
    stage: &'a Stage,
    /// As OpenCTI calls it.
    id: String,
    /// The issue's key.
    key: String,
}

pub(crate) async fn play(stage: &Stage, checks: &mut Checks) -> Result<()> {
    let address = stage.jira_address();
    stage
        .jira
        .add_webhook(Webhook::signed(&address, JIRA_SECRET).at_once(8));
    for status in STATUSES {
        stage.opencti.add_status("Case-Incident", status);
    }
    stage.opencti.add_user("Ada Analyst", "ada@example.com");
    let case = Case::of_before(stage)?;
    println!(
        "\nThe way back: Jira posts a signed webhook for whatever people do to {}, the issue of a case:\n",
        case.key
    );
    case.is_worked_on(checks).await?;
    case.is_commented(checks).await?;
    case.is_reopened(checks).await?;
    case.is_quiet(checks).await?;
    splunk::play(stage, checks).await?;
    strangers::play(stage, checks).await
}

impl<'a> Case<'a> {
    /// The case of the first story.
    fn of_before(stage: &'a Stage) -> Result<Self> {
        let event: Value = serde_json::from_str(CASE_LABEL)?;
        let id = entity_id(&event["data"]);
        let references = stage.opencti.references(&id);
        let url = references.first().and_then(|it| it.url.clone());
        let key = url.as_deref().and_then(|url| url.rsplit('/').next());
        let key = key.context("the case has no issue")?.to_owned();
        Ok(Self { stage, id, key })
    }

    /// Somebody takes it, begins, and closes it.
    async fn is_worked_on(&self, checks: &mut Checks) -> Result<()> {
        let Self { stage, id, key } = self;
        let ada = json!({ "accountId": "712020:ada", "displayName": "Ada Analyst" });
        stage.jira.edit(key, |fields| {
            fields.insert("assignee".to_owned(), ada);
        });
        let is_hers = || stage.opencti.assignees(id).len() == 1;
        until("the case is Ada's", is_hers, checks).await;
        println!("Ada takes the issue\n    OpenCTI: the case is hers");
        for (status, expected) in [("In Progress", "In progress"), ("Done", "Closed")] {
            stage.jira.move_to(key, status);
            let follows = || stage.opencti.status(id).as_deref() == Some(expected);
            until(status, follows, checks).await;
            println!("Ada moves it to {status}");
            let shown = stage.opencti.status(id).unwrap_or_default();
            println!("    OpenCTI: the case has the status {shown}");
        }
        let said = stage.opencti.commit_messages(id);
        let said = said.last().cloned().unwrap_or_default();
        println!("    {said}");
        checks.equal("the case says why", said.contains(key), true);
        Ok(())
    }

    /// One comment is meant for OpenCTI, another one is not.
    async fn is_commented(&self, checks: &mut Checks) -> Result<()> {
        let Self { stage, key, .. } = self;
        let before = stage.opencti.notes().len();
        stage.jira.settle().await?;
        stage.jira.clear_deliveries();
        stage.jira.comment(key, "Lunch at noon?");
        stage.jira.settle().await?;
        let answers = answers(stage);
        println!("An ordinary comment\n    {}", answers.join(", "));
        let is_ignored = !answers.is_empty() && answers.iter().all(|it| it == "ignored");
        checks.equal("an ordinary comment", is_ignored, true);
        let id = stage.jira.comment(key, "#cti seen in March");
        let id = id.unwrap_or_default();
        let reads = |text: &str| notes(stage, before).iter().any(|it| it.ends_with(text));
        until("a note", || reads("\n\nseen in March"), checks).await;
        println!("A comment `#cti seen in March`");
        show_notes(stage, before);
        let first = stage.opencti.notes().pop().map(|note| note.id);
        stage
            .jira
            .edit_comment(key, &id, "#cti seen in May as well");
        until("its edit", || reads("\n\nseen in May as well"), checks).await;
        println!("Its edit, `#cti seen in May as well`");
        show_notes(stage, before);
        let second = stage.opencti.notes().pop().map(|note| note.id);
        checks.equal("the same note", second, first);
        stage.jira.delete_comment(key, &id);
        until("its end", || notes(stage, before).is_empty(), checks).await;
        println!("Its deletion\n    OpenCTI: the note is gone");
        Ok(())
    }

    /// The other direction.
    async fn is_reopened(&self, checks: &mut Checks) -> Result<()> {
        let Self { stage, id, key } = self;
        // What was written above comes by the stream as well, and is known.
        stage.read(1).await?;
        stage.opencti.person_sets_status(id, "In progress");
        stage.read(1).await?;
        until("reopened", || self.shows("In Progress"), checks).await;
        println!("Somebody sets the case to In progress in OpenCTI, and the stream is read");
        println!("    Jira: {key} has the status {}", self.status());
        let comments = stage.jira.issue(key).map(|it| it.comments);
        let last = comments.and_then(|mut comments| comments.pop());
        let last = last.map(|comment| comment.text()).unwrap_or_default();
        println!("    Jira: a comment: {last}");
        let counts = "The change in OpenCTI is the later one";
        checks.equal("people know which counts", last.contains(counts), true);
        Ok(())
    }

    /// Nothing goes back and forth.
    async fn is_quiet(&self, checks: &mut Checks) -> Result<()> {
        let Self { stage, id, .. } = self;
        // It looks at both sides once more.
        stage.retry().await?;
        stage.jira.settle().await?;
        let requests = || (stage.jira.requests().len(), writes(stage));
        let before = requests();
        checks.equal("changes in OpenCTI before", before.1 > 0, true);
        let report = stage.read(1).await?;
        let pass = stage.retry().await?.json();
        stage.jira.settle().await?;
        let after = requests();
        let (jira, opencti) = (after.0 - before.0, after.1 - before.1);
        println!("Then it is quiet: the stream again, and POST /tasks/retry");
        println!("    {report}\n    {pass}");
        println!("    {jira} requests to Jira, {opencti} changes in OpenCTI");
        checks.equal("requests in the end", (jira, opencti), (0, 0));
        checks.equal("left in the end", &pass["left"], &json!(0));
        let shown = stage.opencti.status(id).unwrap_or_default();
        checks.equal("Jira in the end", self.status(), "In Progress".to_owned());
        checks.equal("OpenCTI in the end", shown, "In progress".to_owned());
        Ok(())
    }

    /// The issue's status.
    fn status(&self) -> String {
        let issue = self.stage.jira.issue(&self.key);
        issue.map(|issue| issue.status).unwrap_or_default()
    }

    fn shows(&self, status: &str) -> bool {
        self.status() == status
    }
}

/// Waits until something is so, and notes if it never is.
async fn until(what: &str, is_so: impl Fn() -> bool, checks: &mut Checks) {
    let started = Instant::now();
    while !is_so() && started.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    checks.equal(what, is_so(), true);
}

/// What Jira's webhooks were answered since their records were cleared.
fn answers(stage: &Stage) -> Vec<String> {
    let deliveries = stage.jira.deliveries();
    let answer = |text: &str| {
        let answer: Value = serde_json::from_str(text).unwrap_or_default();
        outcome(&answer["results"][0])
    };
    deliveries.iter().map(|it| answer(&it.answer)).collect()
}

/// The texts of OpenCTI's notes beyond so many.
fn notes(stage: &Stage, before: usize) -> Vec<String> {
    let notes = stage.opencti.notes();
    notes
        .into_iter()
        .skip(before)
        .map(|it| it.content)
        .collect()
}

fn show_notes(stage: &Stage, before: usize) {
    for note in notes(stage, before) {
        println!("    OpenCTI: a note: {}", note.replace("\n\n", " "));
    }
}

/// How many requests would have changed something in OpenCTI.
fn writes(stage: &Stage) -> usize {
    let requests = stage.opencti.requests();
    let is_write = |text: &str| text.contains("mutation");
    requests.iter().filter(|it| is_write(&it.text())).count()
}
