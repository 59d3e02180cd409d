//! What a webhook is sent, in the shapes of facts/two-way.md, section 1.
//!
//! Not there, because no capture shows them: properties and links, which Jira
//! tells by events of their own; the changelog of a created issue; a comment
//! written on a transition's screen comes as an event beside the transition's.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::super::comments;
use super::super::issue::{Change, Comment, Issue};
use super::super::render::{self, Wanted};
use super::super::site::{Api, Site};
use super::items::items;
use super::watch::{News, What};
use super::{Body, Webhook};

/// What Cloud shows of an issue beside a comment.
const BESIDE_COMMENT: &str = "summary,issuetype,project,assignee,priority,status";

/// One call of a webhook, before it is known to whom.
pub(super) struct Message {
    /// The event's name, by which webhooks pick theirs.
    pub(super) event: &'static str,
    pub(super) body: Value,
    /// Whether Cloud sends it in the flow "Secondary", which is slower.
    pub(super) is_secondary: bool,
}

/// What Jira's own webhooks are told of something that happened.
pub(super) fn messages(site: &Site, news: &News) -> Vec<Message> {
    let teller = Teller { site, news };
    let mut messages = match &news.what {
        What::Created => vec![teller.created()],
        What::Changed {
            changes,
            moved_from,
        } => vec![teller.changed(changes, moved_from.as_deref())],
        What::Deleted => teller.deleted(),
        What::Commented(comment) => teller.comment("comment_created", comment),
        What::CommentEdited(comment) => teller.comment("comment_updated", comment),
        What::CommentDeleted(comment) => teller.comment("comment_deleted", comment),
    };
    for message in &mut messages {
        message.is_secondary |= news.in_bulk;
    }
    messages
}

/// The body for this webhook: Automation's action knows the issue only.
pub(super) fn body(site: &Site, hook: &Webhook, news: &News, message: &Message) -> String {
    let issue = || automation_issue(site, &news.issue);
    match hook.body {
        Body::Jira => message.body.to_string(),
        Body::Automation => issue().to_string(),
        Body::AutomationJira => json!({"issue": issue()}).to_string(),
        Body::Empty => String::new(),
    }
}

fn automation_issue(site: &Site, issue: &Issue) -> Value {
    let mut shown = render::shown(site, Api::V2, issue, &Wanted::list("*all"));
    let id: Option<u64> = issue.id.parse().ok();
    shown["id"] = json!(id);
    shown["changelog"] = json!({"histories": null});
    shown
}

struct Teller<'a> {
    site: &'a Site,
    news: &'a News,
}

impl Teller<'_> {
    fn about_issue(&self, event: &'static str) -> Message {
        let issue = &self.news.issue;
        let wanted = Wanted::list("*all");
        self.message(
            event,
            json!({
                "user": self.site.user_named(&self.news.by),
                "issue": render::shown(self.site, Api::V2, issue, &wanted),
            }),
        )
    }

    fn message(&self, event: &'static str, mut body: Value) -> Message {
        body["timestamp"] = json!(millis(self.news.at));
        body["webhookEvent"] = json!(event);
        Message {
            event,
            body,
            is_secondary: false,
        }
    }

    fn created(&self) -> Message {
        let mut message = self.about_issue("jira:issue_created");
        message.body["issue_event_type_name"] = json!("issue_created");
        message
    }

    fn changed(&self, changes: &[Change], moved_from: Option<&str>) -> Message {
        let (site, issue) = (self.site, &self.news.issue);
        let mut message = self.about_issue("jira:issue_updated");
        let kind = kind(site, issue, changes, moved_from.is_some());
        message.body["issue_event_type_name"] = json!(kind);
        // Numbered by time, so that no two are the same.
        let id = millis(self.news.at).to_string();
        let items = items(site, issue, changes, moved_from);
        message.body["changelog"] = json!({"id": id, "items": items});
        message
    }

    /// Without a changelog; on Cloud the comments follow, more slowly.
    fn deleted(&self) -> Vec<Message> {
        let mut messages = vec![self.about_issue("jira:issue_deleted")];
        if self.site.is_cloud() {
            for comment in &self.news.issue.comments {
                let mut gone = self.on_cloud("comment_deleted", comment);
                gone.is_secondary = true;
                messages.push(gone);
            }
        }
        messages
    }

    fn comment(&self, event: &'static str, comment: &Comment) -> Vec<Message> {
        match self.site.is_cloud() {
            true => vec![self.on_cloud(event, comment)],
            false => self.on_data_center(event, comment),
        }
    }

    fn shown(&self, comment: &Comment) -> Value {
        let mut shown = comments::plain(self.site, Api::V2, &self.news.issue, comment);
        shown["updateAuthor"] = self.site.user_named(&comment.updated_by);
        shown
    }

    /// With the issue, without a user: who deletes a comment is not named.
    fn on_cloud(&self, event: &'static str, comment: &Comment) -> Message {
        let wanted = Wanted::list(BESIDE_COMMENT);
        let issue = render::shown(self.site, Api::V2, &self.news.issue, &wanted);
        let comment = self.shown(comment);
        let body = json!({"comment": comment, "issue": issue, "eventType": "primaryAction"});
        self.message(event, body)
    }

    /// Without the issue, and told a second time as an update of the issue.
    fn on_data_center(&self, event: &'static str, comment: &Comment) -> Vec<Message> {
        let shown = self.shown(comment);
        let mut first = self.message(event, json!({"comment": shown}));
        if event != "comment_created" {
            first.body["user"] = self.site.user_named(&self.news.by);
        }
        let mut second = self.about_issue("jira:issue_updated");
        second.body["comment"] = shown;
        second.body["issue_event_type_name"] = json!(match event {
            "comment_created" => "issue_commented",
            "comment_updated" => "issue_comment_edited",
            _ => "issue_comment_deleted",
        });
        vec![first, second]
    }
}

/// `issue_event_type_name`: Data Center has more names than Cloud.
fn kind(site: &Site, issue: &Issue, changes: &[Change], moved: bool) -> &'static str {
    let changed = |field: &str| changes.iter().find(|change| change.field == field);
    if moved {
        return "issue_moved";
    }
    if let Some(status) = changed("status") {
        return match site.is_cloud() {
            true => "issue_generic",
            false => kind_of_status(site, issue, status),
        };
    }
    match changes {
        [] => "issue_updated",
        _ if changed("resolution").is_some() => "issue_generic",
        _ if changes.iter().all(|change| change.field == "assignee") => "issue_assigned",
        _ => "issue_updated",
    }
}

fn kind_of_status(site: &Site, issue: &Issue, change: &Change) -> &'static str {
    let workflow = site.workflow(issue.project());
    let done = |name: &Value| {
        let status = name.as_str().and_then(|name| workflow.status(name));
        status.is_some_and(|status| status.category == "done")
    };
    match (done(&change.from), done(&change.to)) {
        (false, true) if change.to == json!("Closed") => "issue_closed",
        (false, true) => "issue_resolved",
        (true, false) => "issue_reopened",
        _ => "issue_generic",
    }
}

fn millis(at: SystemTime) -> u64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
