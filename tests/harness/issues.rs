//! What a story asks of Jira's issues.

use jira_intake_standins::jira::{Issue, JiraStandIn};

/// The only issue that there is.
pub fn only_issue(jira: &JiraStandIn) -> Issue {
    let mut issues = jira.issues();
    assert_eq!(issues.len(), 1);
    issues.remove(0)
}

/// The label by which we find the issue again.
pub fn idempotency_label(issue: &Issue) -> String {
    let labels = issue.labels();
    let label = labels.iter().find(|label| label.starts_with("intake-"));
    (*label.unwrap()).to_owned()
}
