//! What else may answer in Jira's place (login pages, proxies, WAFs, gateways),
//! and Jira's own answers that say little. The names in brackets are those of
//! `../shared/cases/README.md`.

use serde_json::json;

use super::super::refusal::Refusal;
use super::fault::{Fault, FaultKind};
use super::retry_after::RetryAfter;
use crate::faults::page;
use crate::server::Answer;

const LOGIN_PAGE: &str = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>\
    <form action=\"/adfs/ls\" method=\"post\"><h1>Sign in with your company account</h1>\
    <input name=\"UserName\"><input type=\"password\" name=\"Password\"></form></body></html>";

const WAF_PAGE: &str = "<html><head><title>Access denied</title></head><body>\
    <h1>The requested URL was rejected</h1><p>Support ID: 1234567890</p></body></html>";

impl Fault {
    /// This answer, nothing done.
    pub fn answer(answer: Answer) -> Fault {
        Fault::new(FaultKind::Answer(answer))
    }

    /// A login page with 200, as single sign-on in front of Jira answers
    /// (`html200`; cases C04 and C04b).
    pub fn login_page() -> Fault {
        Fault::answer(Answer::html(200, LOGIN_PAGE))
    }

    /// A proxy's or gateway's HTML page with any status: 405, 408, 413, 418…
    /// (`404html` with 404; case C05).
    pub fn page(status: u16) -> Fault {
        Fault::answer(page(status, "Not Jira"))
    }

    /// Plain text with any status, also with a 400.
    pub fn plain(status: u16, text: &str) -> Fault {
        Fault::answer(Answer::text(status, text))
    }

    /// Jira's own 404 for an issue that is there, because the token has expired
    /// (`404hidden`; facts/two-way.md, section 6; case C05).
    pub fn hidden() -> Fault {
        let text = "Issue does not exist or you do not have permission to see it.";
        let answer = Refusal::message(404, text).answer();
        Fault::answer(answer.header("x-seraph-loginreason", "AUTHENTICATED_FAILED"))
    }

    /// A redirect with `Location` and a web server's page (`redirect301:URL`;
    /// case C03).
    pub fn redirect(status: u16, location: &str) -> Fault {
        let title = format!("{status} Moved");
        Fault::answer(page(status, &title).header("location", location))
    }

    /// A WAF's 403 (`403waf`; case C01).
    pub fn waf() -> Fault {
        Fault::answer(Answer::html(403, WAF_PAGE))
    }

    /// Too many bad logins: Jira wants a CAPTCHA that only a browser shows
    /// (`403captcha`; case C18).
    pub fn captcha() -> Fault {
        Fault::answer(captcha("https://jira.example.com"))
    }

    /// A scoped token lacks the scope (`401scope`; facts/two-way.md, section 6;
    /// case C06).
    pub fn missing_scope() -> Fault {
        let body = json!({"code": 401, "message": "Unauthorized; scope does not match"});
        Fault::answer(Answer::json(401, &body))
    }

    /// A refusal in Jira's own form whose text stands in `errorMessages` and
    /// names no field (`400msg:TEXT`; case C07c).
    pub fn message(status: u16, text: &str) -> Fault {
        Fault::answer(Refusal::message(status, text).answer())
    }

    /// 400: no permission to create in this project, said only in
    /// `errorMessages` (issue 11). `mypermissions` still says yes: see
    /// [`super::super::JiraStandIn::forbid_create`] for a Jira that agrees with
    /// itself.
    pub fn no_create_permission() -> Fault {
        Fault::message(
            400,
            "You do not have permission to create issues in this project.",
        )
    }

    /// 400: the same, said under `pid`, which no request has (the tests of
    /// Atlassian's jira-rest-java-client know both forms).
    pub fn no_create_permission_for_pid() -> Fault {
        let text = "You do not have permission to create issues in this project.";
        Fault::answer(Refusal::field("pid", text).answer())
    }

    /// 403 in Jira's own form, for a lookup that is forbidden to this account
    /// (issue 11: "a field lookup that is forbidden").
    pub fn forbidden() -> Fault {
        Fault::message(403, "You do not have permission to perform this operation.")
    }

    /// 429, 503 or another status with `Retry-After` (case C21: seconds, an HTTP
    /// date, 86400).
    pub fn later(status: u16, retry_after: RetryAfter) -> Fault {
        Fault::new(FaultKind::Later {
            status,
            retry_after,
        })
    }

    /// 204 and nothing done: a transition that lacks required fields was once
    /// answered so (JRA-33909, told in bobcarroll/jira-client, issue 28).
    pub fn ignored() -> Fault {
        Fault::answer(Answer::html(204, ""))
    }
}

/// Jira's 403 when it wants a CAPTCHA; headers as recorded in
/// it-pal-net/chronos-timetracker, issue 107, and cristibaluta/Jit, issue 12.
pub(crate) fn captcha(base: &str) -> Answer {
    Answer::html(
        403,
        "<html><body><h1>Basic Authentication Failure - Reason : AUTHENTICATION_DENIED</h1>\
         </body></html>",
    )
    .header("x-seraph-loginreason", "AUTHENTICATION_DENIED")
    .header("www-authenticate", format!("OAuth realm=\"{base}\""))
    .header(
        "x-authentication-denied-reason",
        format!("CAPTCHA_CHALLENGE; login-url={base}/login.jsp"),
    )
}
