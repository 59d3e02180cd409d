//! Jira's own webhooks: what happened stands in `webhookEvent`.

use serde_json::Value;

use super::changes::changes;
use super::comment::{comment, comment_id, issue_of};
use super::issue::{issue_name, labels, time};
use super::person::person;
use crate::model::{IssueAction, IssueChange};

/// What a webhook tells. Events that are not known, or are about something else
/// (worklogs, sprints, users, projects), tell nothing.
pub(super) fn change(event: &str, json: &Value) -> IssueChange {
    match event {
        "jira:issue_updated" => updated(json),
        "jira:issue_deleted" => IssueChange {
            actions: vec![IssueAction::Deleted],
            ..about_issue(json)
        },
        "comment_created" | "comment_updated" => IssueChange {
            actions: commented(&json["comment"]),
            ..about_comment(json, true)
        },
        "comment_deleted" => IssueChange {
            actions: uncommented(&json["comment"]),
            ..about_comment(json, false)
        },
        _ => about_issue(json),
    }
}

/// Who, when, and which issue.
fn about_issue(json: &Value) -> IssueChange {
    let issue = &json["issue"];
    IssueChange {
        issue: issue_name(issue),
        at: time(&json["timestamp"]),
        actor: person(&json["user"]),
        labels: labels(issue),
        actions: Vec::new(),
    }
}

/// An update tells what changed. On Data Center it also tells of comments, which
/// stand beside the changelog (`issue_event_type_name` says what became of them).
fn updated(json: &Value) -> IssueChange {
    let mut change = about_issue(json);
    let told = changes(&json["changelog"], &json["issue"]["fields"]);
    change.actions = told.actions;
    // The message may still show the key that the issue had before.
    if let Some((from, to)) = told.moved {
        let is_old = change.issue.key.is_empty() || change.issue.key == from;
        if is_old && !to.is_empty() {
            change.issue.key = to;
        }
    }
    let comment = &json["comment"];
    change
        .actions
        .extend(match json["issue_event_type_name"].as_str() {
            Some("issue_comment_deleted") => uncommented(comment),
            _ => commented(comment),
        });
    change
}

/// On Cloud a comment comes with its issue and without a user: who wrote it last has
/// done it, and who deleted it is not told. On Data Center it comes without its
/// issue, and with a user unless it is new.
fn about_comment(json: &Value, by_author: bool) -> IssueChange {
    let comment = &json["comment"];
    let mut change = about_issue(json);
    if change.issue.address().is_empty() {
        change.issue = issue_of(comment);
    }
    if change.actor.is_none() && by_author {
        change.actor = person(&comment["updateAuthor"]).or_else(|| person(&comment["author"]));
    }
    if !change.at.is_known() && by_author {
        let (created, updated) = (time(&comment["created"]), time(&comment["updated"]));
        change.at = updated.max(created);
    }
    change
}

fn commented(json: &Value) -> Vec<IssueAction> {
    let comment = comment(json).map(|it| IssueAction::Commented(Box::new(it)));
    comment.into_iter().collect()
}

fn uncommented(json: &Value) -> Vec<IssueAction> {
    let id = comment_id(json).map(IssueAction::CommentDeleted);
    id.into_iter().collect()
}
