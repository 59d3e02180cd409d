//! Is there a Jira, and does it know us? Pure.

use super::report::{Check, Fix};
use crate::settings::{Api, Jira, Login};
use crate::tracker::jira::{Account, Site, Unknown};

/// A Jira that answered.
pub(super) fn site(jira: &Jira, site: &Site) -> Vec<Check> {
    let family = match site.is_cloud {
        true => "Jira Cloud",
        false => "Jira Data Center",
    };
    let found = format!("{} answers: {family} {}", jira.base_url, site.version);
    let mut checks = vec![Check::ok("reachable", found)];
    checks.push(match (jira.api, site.is_cloud) {
        (Api::Cloud, false) => family_wrong(family, "datacenter"),
        (Api::DataCenter, true) => family_wrong(family, "cloud"),
        (Api::Auto, _) => Check::ok("family", format!("jira_api is auto, and this is {family}")),
        _ => Check::ok("family", format!("jira_api says {family} too")),
    });
    checks
}

fn family_wrong(family: &str, word: &str) -> Check {
    let what = format!("set it to {word}, or leave it out");
    let found = format!("this is {family}, and jira_api says another one");
    Check::wrong("family", found, Fix::new(&["jira_api"], what))
}

/// Who we are.
pub(super) fn account(jira: &Jira, account: &Account) -> Check {
    let name = "login";
    let who = match &account.email {
        Some(email) => format!("{} ({email})", account.name),
        None => account.name.clone(),
    };
    if !account.is_active {
        let fix = Fix::new(&["jira_api_token"], "have the account switched on again");
        return Check::wrong(name, format!("{who} is not active"), fix);
    }
    let Login::Basic { email, .. } = &jira.login else {
        return Check::ok(name, format!("Jira knows us as {who}"));
    };
    let shown = account.email.as_ref();
    if shown.is_some_and(|shown| !shown.eq_ignore_ascii_case(email)) && email.contains('@') {
        let found = format!("Jira knows us as {who}, and jira_login_email is {email}");
        let fix = Fix::new(&["jira_login_email"], "use the address of the account");
        return Check::warning(name, found, fix);
    }
    Check::ok(name, format!("Jira knows us as {who}"))
}

/// Why Jira did not say who we are, or that it is there. `is_cloud`, if that is known.
pub(super) fn failed(name: &str, error: &Unknown, jira: &Jira, is_cloud: Option<bool>) -> Check {
    let fix = match error {
        Unknown::HostDenied => Fix::new(
            &["jira_url"],
            "allowed_outbound_hosts in spin.toml must hold {{ jira_url }}, and jira_url must be Jira's origin to the letter",
        ),
        Unknown::Unreachable(why) => unreachable(why),
        Unknown::Silent(_) => Fix::new(
            &["jira_url"],
            "see whether Jira answers at this address from the function's network, and what a firewall or a proxy does",
        ),
        Unknown::Foreign(_) => Fix::new(
            &["jira_url", "jira_context_path", "jira_headers"],
            "something else answers there: set the address that Jira's REST is at, and the headers that let a request past what stands in front of it",
        ),
        Unknown::Login {
            is_captcha: true, ..
        } => Fix::new(
            &["jira_login_email", "jira_api_token"],
            "log in once with this account in a browser and solve the CAPTCHA; then see that the token is right, or it comes again",
        ),
        Unknown::Login { .. } => login(jira, is_cloud),
        Unknown::Unsendable => Fix::new(
            &["jira_api_token"],
            "copy the token again, without blanks and line ends",
        ),
        Unknown::Scope(_) => scope("read:jira-user and read:jira-work, write:jira-work"),
        Unknown::Missing(_) | Unknown::Refused(_) => Fix::new(
            &["jira_url", "jira_api_token"],
            "see whether the account may use Jira at all",
        ),
        Unknown::Busy(_) => Fix::new(&[], "Jira is not well, or has too much to do: ask again"),
    };
    match error {
        Unknown::Busy(why) => Check::warning(name, why, fix),
        other => Check::wrong(name, other.why(), fix),
    }
}

/// A token of Cloud that lacks a scope.
pub(super) fn scope(scopes: &str) -> Fix {
    let what = format!("make a token that has the scopes {scopes}");
    Fix::new(&["jira_api_token"], what)
}

fn unreachable(why: &str) -> Fix {
    let why = why.to_lowercase();
    if why.contains("tls") || why.contains("certificate") {
        return Fix::new(
            &["jira_url"],
            "the certificate is not trusted, or this is no TLS: name your certificate authority in the runtime configuration (docs/configuration.md, “A private certificate authority”), or begin the address with http:// if Jira speaks that",
        );
    }
    Fix::new(
        &["jira_url"],
        "there is no such name, or nobody listens there: see the host, the port, and the function's network",
    )
}

/// The login that does not fit the family is told from one that is merely refused.
fn login(jira: &Jira, is_cloud: Option<bool>) -> Fix {
    match (&jira.login, is_cloud) {
        (Login::Bearer(_), Some(true)) => Fix::new(
            &["jira_login_email"],
            "Jira Cloud wants the account's e-mail address beside its API token: set it",
        ),
        (Login::Basic { .. }, Some(false)) => Fix::new(
            &["jira_login_email", "jira_api_token"],
            "with a personal access token, leave jira_login_email empty; with a password, it is the user's name",
        ),
        (Login::Basic { email, .. }, _) if !email.contains('@') => Fix::new(
            &["jira_login_email"],
            "this is no e-mail address: set that of the account whose token it is",
        ),
        (Login::Basic { .. }, _) => Fix::new(
            &["jira_api_token", "jira_login_email"],
            "make a new API token with the account of this address, and see that the address is the account's: Jira does not say which of both is wrong",
        ),
        (Login::Bearer(_), _) => Fix::new(
            &["jira_api_token"],
            "the personal access token is wrong or has run out: make a new one",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;
    use crate::settings::tests::unchecked;

    fn refused(settings: &[(&str, &str)], error: &Unknown, is_cloud: Option<bool>) -> Vec<String> {
        let jira = unchecked(settings).jira().unwrap();
        let check = failed("login", error, jira, is_cloud);
        assert_eq!(check.state, State::Wrong);
        check.fix.unwrap().settings
    }

    fn login_refused() -> Unknown {
        Unknown::Login {
            why: "401".to_owned(),
            is_captcha: false,
        }
    }

    #[test]
    fn a_login_that_does_not_fit_the_family_is_told_apart() {
        let email = [("jira_login_email", "a@example.com")];
        let name = [("jira_login_email", "ada")];
        for (settings, is_cloud, named) in [
            (
                &email[..],
                Some(true),
                &["jira_api_token", "jira_login_email"][..],
            ),
            (&[], Some(true), &["jira_login_email"]),
            (&name, Some(true), &["jira_login_email"]),
            (&[], Some(false), &["jira_api_token"]),
            (&email, Some(false), &["jira_login_email", "jira_api_token"]),
        ] {
            assert_eq!(refused(settings, &login_refused(), is_cloud), named);
        }
    }

    #[test]
    fn what_stands_between_is_told_from_a_bad_login() {
        let foreign = refused(&[], &Unknown::Foreign("a page".to_owned()), None);
        assert!(foreign.contains(&"jira_context_path".to_owned()));
        assert_eq!(refused(&[], &Unknown::HostDenied, None), ["jira_url"]);
        let tls = Unknown::Unreachable("not sent: TlsCertificateError".to_owned());
        let jira = unchecked(&[]).jira().unwrap();
        let check = failed("reachable", &tls, jira, None);
        assert!(check.fix.unwrap().what.contains("certificate"));
        let busy = failed("login", &Unknown::Busy("429".to_owned()), jira, None);
        assert_eq!(busy.state, State::Warning);
    }

    #[test]
    fn another_account_than_the_configured_one_is_told() {
        let jira = unchecked(&[("jira_login_email", "a@example.com")]);
        let jira = jira.jira().unwrap();
        let mut me = Account {
            name: "Bob".to_owned(),
            email: Some("b@example.com".to_owned()),
            is_active: true,
        };
        assert_eq!(account(jira, &me).state, State::Warning);
        me.email = Some("A@example.com".to_owned());
        assert_eq!(account(jira, &me).state, State::Ok);
        me.is_active = false;
        assert_eq!(account(jira, &me).state, State::Wrong);
    }

    #[test]
    fn the_other_family_than_the_configured_one_is_wrong() {
        for (api, is_cloud, state) in [
            ("cloud", true, State::Ok),
            ("cloud", false, State::Wrong),
            ("datacenter", true, State::Wrong),
            ("auto", false, State::Ok),
        ] {
            let settings = unchecked(&[("jira_api", api)]);
            let found = Site {
                is_cloud,
                version: "1".to_owned(),
                date: None,
            };
            let checks = site(settings.jira().unwrap(), &found);
            assert_eq!(checks[1].state, state, "{api} {is_cloud}");
        }
    }
}
