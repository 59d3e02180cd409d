//! Tokens and secrets: one of each, or two, and never the same for all.

use super::*;

#[test]
fn one_token_for_senders_and_operators_is_a_mistake_that_stops_no_event() {
    let settings = unchecked(&[("admin_token", "t0ken")]);
    assert!(settings.webhook_auth().is_ok());
    assert_eq!(settings.admin_token(), None);
    let found = settings.check(&CHATS).unwrap_err().mistakes;
    assert!(
        found.len() == 1 && found[0].contains("admin_token: "),
        "{found:?}"
    );
    assert!(found[0].contains("webhook_token"), "{found:?}");
    assert!(!found[0].contains("t0ken"), "{found:?}");
    for (admin, webhook) in [("", "t0ken"), ("other", "t0ken"), ("other", "")] {
        let given = [
            ("admin_token", admin),
            ("webhook_token", webhook),
            ("webhook_auth", "none"),
        ];
        assert!(load(&given).is_ok(), "{admin} {webhook}");
    }
}

#[test]
fn no_token_of_the_operators_is_one_of_the_senders_in_any_place() {
    for (admin, webhook, is_good) in [
        ("a-t0ken b-t0ken", "t0ken\nc-t0ken", true),
        ("a-t0ken t0ken", "t0ken", false),
        ("t0ken a-t0ken", "c-t0ken t0ken", false),
        ("t0ken", "c-t0ken\tt0ken", false),
    ] {
        let given = [("admin_token", admin), ("webhook_token", webhook)];
        assert_eq!(load(&given).is_ok(), is_good, "{admin} {webhook}");
        assert_eq!(unchecked(&given).admin_token().is_some(), is_good);
    }
}

#[test]
fn three_values_of_a_secret_are_a_mistake_that_repeats_none() {
    for name in [
        "webhook_token",
        "admin_token",
        "webhook_secret",
        "jira_webhook_secret",
    ] {
        let found = mistakes(&[(name, "x-5ecret y-5ecret\nz-5ecret")]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].starts_with(&format!("{name}: holds 3 values")),
            "{found:?}"
        );
        assert!(!found[0].contains("5ecret"), "{found:?}");
    }
}

#[test]
fn a_signature_needs_a_secret_and_a_secret_is_never_ignored() {
    let good = [
        ("webhook_auth", "signature"),
        ("webhook_token", ""),
        (
            "webhook_secret",
            "p1ain whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        ),
    ];
    let settings = load(&good).unwrap();
    let Ok(WebhookAuth::Signature(secret)) = settings.webhook_auth() else {
        panic!("{settings:?}");
    };
    assert_eq!((secret.plain().count(), secret.standard().count()), (2, 1));
    assert_eq!(secret.standard().next().map(<[u8]>::len), Some(24));
    assert!(!format!("{settings:?}").contains("p1ain"));
    for (given, named) in [
        (("webhook_auth", "signature"), "webhook_secret: is not set"),
        (("webhook_secret", "whsec_"), "webhook_secret: what follows"),
        (
            ("webhook_secret", "whsec_5ecret!"),
            "webhook_secret: what follows",
        ),
    ] {
        let found = mistakes(&[given]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(named), "{found:?}");
        assert!(!found[0].contains("5ecret!"), "{found:?}");
    }
    let open = [("webhook_auth", "none"), ("webhook_secret", "p1ain")];
    assert!(mistakes(&open)[0].contains("say `signature`"));
}

#[test]
fn what_different_people_know_is_different() {
    for (one, other) in [
        ("admin_token", "metrics_token"),
        ("admin_token", "webhook_secret"),
        ("admin_token", "jira_webhook_secret"),
        ("jira_webhook_secret", "webhook_secret"),
    ] {
        let given = [(one, "a-5ecret shared-5ecret"), (other, "shared-5ecret")];
        let found = unchecked(&given).check(&CHATS).unwrap_err().mistakes;
        let expected = format!("{one}: is the same as {other}; give each a value of its own");
        assert_eq!(found, [expected]);
        assert!(load(&[(one, "a-5ecret"), (other, "b-5ecret")]).is_ok());
    }
}
