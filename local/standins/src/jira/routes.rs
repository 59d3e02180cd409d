//! The way of a request: what the server checks for every endpoint, in the
//! order in which Jira checks it, and then the endpoint.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Value, json};

use super::call::{Call, Outcome};
use super::faults::{self, Fault, captcha};
use super::operation::Operation;
use super::refusal::{Refusal, rate_limited};
use super::site::{Api, Site};
use super::{comments, issues, links, meta, properties, render, screens, search, transitions};
use crate::faults::FaultKind;
use crate::server::{Answer, Request};
use crate::service::Service;

/// Jira Cloud docs, rate limiting, `jira-per-issue-on-write`: 20 writes in 2 s
/// or 100 in 30 s on one issue.
const WRITE_LIMITS: [(usize, Duration); 2] =
    [(20, Duration::from_secs(2)), (100, Duration::from_secs(30))];

/// Where Jira says what became of the login.
const LOGIN_REASON: &str = "x-seraph-loginreason";
const FAILED: &str = "AUTHENTICATED_FAILED";

impl Service for Site {
    type Fault = Fault;

    fn answer(&self, request: &Request) -> Answer {
        answer(self, request)
    }

    fn refusal(&self, status: u16) -> Answer {
        Refusal::message(status, format!("Injected fault {status}.")).answer()
    }

    fn max_body(&self) -> usize {
        self.options.max_body
    }

    fn seed(&self) -> u64 {
        self.options.seed
    }

    fn concerns(&self, fault: &Fault, request: &Request) -> bool {
        faults::concerns(self, fault, request)
    }

    fn mishaps(&self) -> Vec<FaultKind> {
        let mut chaos = self.chaos();
        let drawn = chaos.as_mut().map(|(chance, rates)| rates.draw(chance));
        drawn.into_iter().flatten().map(Into::into).collect()
    }
}

fn answer(site: &Site, request: &Request) -> Answer {
    let segments = request.segments();
    let context = site
        .options
        .context_path
        .split('/')
        .filter(|part| !part.is_empty());
    let mut parts = segments.iter().map(String::as_str).peekable();
    for expected in context {
        if parts.next() != Some(expected) {
            return not_found();
        }
    }
    let parts: Vec<&str> = parts.collect();
    let Some((api, parts)) = version(site, &parts) else {
        return not_found();
    };
    let operation = Operation::of(&request.method, &parts);
    let mut call = Call {
        site,
        request,
        api,
        parts,
        operation,
        body: Value::Null,
        anonymous: false,
    };
    if let Err(answer) = call.admit() {
        return answer;
    }
    let answer = call
        .run()
        .unwrap_or_else(|refusal| match site.options.one_field_at_a_time {
            true => refusal.first_field().answer(),
            false => refusal.answer(),
        });
    site.tell();
    with_headers(&call, answer)
}

/// Reads `rest/api/{version}`; Data Center has no version 3.
fn version<'a>(site: &Site, parts: &[&'a str]) -> Option<(Api, Vec<&'a str>)> {
    let ["rest", "api", version, rest @ ..] = parts else {
        return None;
    };
    let api = match *version {
        "2" | "latest" => Api::V2,
        "3" if site.is_cloud() => Api::V3,
        _ => return None,
    };
    Some((api, rest.to_vec()))
}

fn not_found() -> Answer {
    Answer::html(
        404,
        "<!DOCTYPE html><html><body><h1>Oops, not found</h1></body></html>",
    )
}

/// The head-room that Jira tells with each answer. The stand-in has no bucket
/// to empty; a client meets its end as a fault. Data Center tells of the login
/// as well, also with a 400 (recorded in saltstack/salt, issue 51639), Cloud of
/// a bad one (recorded in MrRefactoring/jira.js, issue 418).
fn with_headers(call: &Call<'_>, answer: Answer) -> Answer {
    let answer = match (call.site.is_cloud(), call.anonymous) {
        (true, false) => answer,
        (true, true) => answer.header(LOGIN_REASON, FAILED),
        (false, _) => answer.header(LOGIN_REASON, "OK"),
    };
    answer
        .header("x-ratelimit-limit", "100")
        .header("x-ratelimit-remaining", "99")
        .header("x-ratelimit-reset", "2026-01-01T00:00Z")
}

impl Call<'_> {
    /// What is checked before an endpoint sees the request.
    fn admit(&mut self) -> Result<(), Answer> {
        let options = &self.site.options;
        if options.refuse_chunked && self.request.is_chunked() {
            return Err(Answer::html(
                411,
                "<html><body>411 Length Required</body></html>",
            ));
        }
        if self.request.too_large {
            return Err(Answer::html(
                413,
                "<html><body>413 Payload Too Large</body></html>",
            ));
        }
        self.log_in()?;
        if self.operation == Operation::Unknown {
            return Err(self.no_endpoint());
        }
        self.same_origin()?;
        self.read_body()?;
        self.keep_write_limits()
    }

    fn log_in(&mut self) -> Result<(), Answer> {
        if self.operation == Operation::ServerInfo {
            return Ok(());
        }
        let bad_logins = &self.site.bad_logins;
        let most = self.site.options.lock_after.unwrap_or(usize::MAX);
        if bad_logins.load(Ordering::SeqCst) >= most {
            return Err(self.locked());
        }
        let expired = self.site.expired.load(Ordering::SeqCst);
        if self.has_credentials() && !expired {
            bad_logins.store(0, Ordering::SeqCst);
            return Ok(());
        }
        // An expired token is no wrong password.
        bad_logins.fetch_add(usize::from(!expired), Ordering::SeqCst);
        let silent = self.site.options.silent_bad_token || (expired && self.site.is_cloud());
        if silent {
            return self.go_on_as_nobody(expired);
        }
        Err(self.unauthorized())
    }

    /// Cloud takes a bad or expired token for no token: what is open to everybody
    /// goes on, issues and projects are not there (facts/jira.md,
    /// "Authentication"), and a header tells why (facts/two-way.md, section 6).
    fn go_on_as_nobody(&mut self, expired: bool) -> Result<(), Answer> {
        use Operation as Op;
        let answer = match self.operation {
            Op::Search => Answer::json(200, &json!({"issues": [], "isLast": true})),
            Op::Create if expired => self.nobody_creates().answer(),
            Op::Project => self.no_project(self.part(1)).answer(),
            Op::Fields | Op::Permissions | Op::FindUsers => {
                self.anonymous = true;
                return Ok(());
            }
            operation if operation.is_on_issue() => self.no_issue().answer(),
            _ => return Err(self.unauthorized()),
        };
        Err(answer.header(LOGIN_REASON, FAILED))
    }

    /// A 400 that reads like a missing permission: text and field as in the tests
    /// of Atlassian's jira-rest-java-client; people met it with a bad Cloud token.
    fn nobody_creates(&self) -> Refusal {
        let text = self.say(
            "Anonymous users do not have permission to create issues in this project. Please try \
             logging in first.",
            "Anonyme Benutzer dürfen in diesem Projekt keine Vorgänge erstellen. Melden Sie sich \
             zuerst an.",
        );
        Refusal::field("pid", text)
    }

    /// Too many bad logins: Jira asks for a CAPTCHA that only a browser shows.
    fn locked(&self) -> Answer {
        captcha(self.site.base.get().map_or("", String::as_str))
    }

    fn has_credentials(&self) -> bool {
        let expected = self.site.options.credentials.header();
        let given = self.request.header("authorization").unwrap_or_default();
        let scheme_and_rest = given.split_once(' ').zip(expected.split_once(' '));
        scheme_and_rest.is_some_and(|((scheme, rest), (right_scheme, right_rest))| {
            scheme.eq_ignore_ascii_case(right_scheme) && rest == right_rest
        })
    }

    fn unauthorized(&self) -> Answer {
        let text = self.site.locale().say(
            "Client must be authenticated to access this resource.",
            "Der Client muss authentifiziert sein, um auf diese Ressource zuzugreifen.",
        );
        let page = format!("<html><head><title>401</title></head><body>{text}</body></html>");
        Answer::html(401, page)
            .header("www-authenticate", "OAuth realm=\"http%3A%2F%2Flocalhost\"")
            .header(LOGIN_REASON, FAILED)
    }

    fn no_endpoint(&self) -> Answer {
        let known = ["GET", "POST", "PUT", "DELETE"];
        let allowed = known.map(|method| (method, Operation::of(method, &self.parts)));
        let allowed = allowed
            .iter()
            .filter(|(_, found)| *found != Operation::Unknown);
        let allowed: Vec<&str> = allowed.map(|(method, _)| *method).collect();
        if allowed.is_empty() {
            return not_found();
        }
        Answer::html(405, "<html><body>405 Method Not Allowed</body></html>")
            .header("allow", allowed.join(","))
    }

    /// Jira takes a browser's user agent for a forged request.
    fn same_origin(&self) -> Result<(), Answer> {
        let agent = self.request.header("user-agent").unwrap_or_default();
        let checked = self.request.header("x-atlassian-token").is_some();
        if self.request.method == "GET" || checked || !agent.contains("Mozilla/") {
            return Ok(());
        }
        Err(Answer::text(403, "XSRF check failed"))
    }

    fn read_body(&mut self) -> Result<(), Answer> {
        if !matches!(self.request.method.as_str(), "POST" | "PUT") {
            return Ok(());
        }
        if !self.request.says_json() {
            return Err(Answer::html(
                415,
                "<html><body>415 Unsupported Media Type</body></html>",
            ));
        }
        match &self.request.json {
            Some(body) => self.body = body.clone(),
            None => return Err(self.bad_request().answer()),
        }
        Ok(())
    }

    fn keep_write_limits(&self) -> Result<(), Answer> {
        let counted = self.site.options.write_limits && self.operation.writes_issue();
        let mut store = self.site.store();
        if counted && store.too_many_writes(self.part(1), &WRITE_LIMITS) {
            return Err(rate_limited(2, "jira-per-issue-on-write"));
        }
        Ok(())
    }

    fn run(&self) -> Outcome {
        use Operation as Op;
        match self.operation {
            Op::Create => issues::create(self),
            Op::BulkCreate => issues::create_many(self),
            Op::Read => render::read(self),
            Op::Update => issues::update(self),
            Op::Delete => issues::delete(self),
            Op::Comment => comments::add(self),
            Op::ReadComments => comments::list(self),
            Op::ReadComment => comments::one(self),
            Op::UpdateComment => comments::update(self),
            Op::Transition => transitions::follow(self),
            Op::ReadTransitions => transitions::list(self),
            Op::RemoteLink => links::add_remote(self),
            Op::ReadRemoteLinks => links::remotes(self),
            Op::SetProperty => properties::set(self),
            Op::ReadProperty => properties::one(self),
            Op::DeleteProperty => properties::delete(self),
            Op::ReadProperties => properties::keys(self),
            Op::LinkIssues => links::add(self),
            Op::LinkTypes => links::types(self),
            Op::Search => search::search(self),
            Op::Myself => meta::myself(self),
            Op::ServerInfo => meta::server_info(self),
            Op::CreateTypes => screens::create_types(self),
            Op::CreateFields => screens::create_fields(self),
            Op::EditFields => screens::edit_fields(self),
            Op::Fields => meta::fields(self),
            Op::Permissions => meta::permissions(self),
            Op::Priorities => meta::priorities(self),
            Op::Project => meta::project(self),
            Op::Projects => meta::projects(self),
            Op::ProjectStatuses => meta::project_statuses(self),
            Op::ApplicationProperties => meta::application_property(self),
            Op::FindUsers => meta::find_users(self),
            Op::Unknown => Ok(not_found()),
        }
    }
}
