use serde_json::json;

use super::*;

const ORIGIN: &str = "http://127.0.0.1:3000";

fn answer(status: u16, body: &Value) -> Result<Answer, Unanswered> {
    Ok(Answer {
        status,
        body: body.to_string().into_bytes(),
        ..Answer::default()
    })
}

fn report(done: u64, ended: &str) -> Value {
    json!({ "from": "2025-01-01", "at": "2025-02-01", "done": done, "finished": false, "ended": ended })
}

fn next(status: u16, body: &Value) -> Next {
    judge(&answer(status, body), ORIGIN).1
}

/// Why it waits or gives up.
fn why(next: Next) -> String {
    match next {
        Next::Wait { why, .. } | Next::GiveUp(why) => why,
        Next::Finish | Next::Again => panic!("{next:?}"),
    }
}

#[test]
fn a_report_says_whether_there_is_more() {
    assert_eq!(next(200, &report(5, "time")), Next::Again);
    let mut over = report(5, "done");
    over["finished"] = true.into();
    assert_eq!(next(200, &over), Next::Finish);
    let busy = json!({ "handled": {}, "ended": "busy", "reason": "another call reads" });
    let expected = Next::Wait {
        why: "another call reads".to_owned(),
        pause: PAUSE,
    };
    assert_eq!(next(200, &busy), expected);
    assert_eq!(
        why(next(200, &report(5, "stream"))),
        "the call ended: stream"
    );
}

#[test]
fn what_passes_is_waited_for_as_long_as_the_function_says() {
    let mut said = answer(502, &report(5, "error")).unwrap();
    said.retry_after = Some(Duration::from_secs(60));
    let Next::Wait { pause, .. } = judge(&Ok(said.clone()), ORIGIN).1 else {
        panic!("no pause")
    };
    assert_eq!(pause.as_secs(), 61);
    said.retry_after = Some(Duration::from_secs(1_000_000));
    let Next::Wait { pause, .. } = judge(&Ok(said), ORIGIN).1 else {
        panic!("no pause")
    };
    assert_eq!(pause, LONGEST_PAUSE);
    for status in [408, 429, 500, 502, 503, 504] {
        let next = next(status, &json!("a page"));
        assert!(matches!(next, Next::Wait { .. }), "{status}: {next:?}");
    }
}

#[test]
fn what_only_a_person_can_help_ends_it_and_says_what_to_do() {
    let problem = |detail: &str| json!({ "title": "x", "detail": detail });
    for (status, detail, expected) in [
        (401, "the token is wrong", "JIRA_INTAKE_ADMIN_TOKEN"),
        (403, "no", "admin_token"),
        (400, "`from` is `x`, which is no date", "`from` is `x`"),
        (404, "there is nothing here", "the address of jira-intake"),
        (301, "", "leads to elsewhere"),
        (200, "", "without a report"),
    ] {
        let next = next(status, &problem(detail));
        assert!(matches!(next, Next::GiveUp(_)), "{status}: {next:?}");
        let why = why(next);
        assert!(
            why.contains(expected) && why.contains(detail) | (status < 400),
            "{status}: {why}"
        );
    }
    let mut wrong = problem("the configuration is wrong");
    wrong["mistakes"] = json!(["opencti_url: is not set", "jira_url: is not set"]);
    let why = why(next(500, &wrong));
    assert!(
        why.ends_with("\n  opencti_url: is not set\n  jira_url: is not set"),
        "{why}"
    );
}

/// The same answer again and again: how many calls until it gives up, and why.
fn calls(mut answers: impl FnMut(u64) -> Result<Answer, Unanswered>) -> (u64, String) {
    let mut patience = Patience::default();
    for number in 1..100 {
        let answer = answers(number);
        let (report, next) = judge(&answer, ORIGIN);
        if let Next::GiveUp(why) = patience.after(&answer, report.as_ref(), next) {
            return (number, why);
        }
    }
    (100, String::new())
}

#[test]
fn ten_failures_in_a_row_are_enough_and_progress_forgets_them() {
    let (number, why) = calls(|_| answer(502, &json!("a page")));
    assert_eq!(number, 10);
    assert!(
        why.starts_with("gave up after 10 calls") && why.contains("502"),
        "{why}"
    );
    let (number, why) = calls(|_| answer(200, &report(5, "time")));
    assert_eq!(number, 10);
    assert!(why.contains("--seconds"), "{why}");
    for (name, value) in [
        ("at", Value::from("2025-03-01")),
        ("handled", json!({ "created": 1 })),
        ("handled", json!({ "duplicate": 1 })),
    ] {
        let (number, _) = calls(|number| {
            let mut report = report(5, "error");
            if number == 9 {
                report[name] = value.clone();
            }
            answer(502, &report)
        });
        let expected = match (name, value.get("duplicate")) {
            // It goes back to where it was: that is a move as well.
            ("at", _) => 20,
            (_, None) => 19,
            (_, Some(_)) => 10,
        };
        assert_eq!(number, expected, "{name} {value}");
    }
}

#[test]
fn a_reason_is_told_without_its_times() {
    for (said, expected) in [
        (
            "it is stopped. It is tried again at 2025-01-01T00:00:00Z",
            "it is stopped",
        ),
        (
            "it is. It has been so since 1; it is tried again at 2",
            "it is",
        ),
        (
            "another reads; unless it goes on, until 2025",
            "another reads",
        ),
        ("it is", "it is"),
    ] {
        assert_eq!(without_times(said), expected);
    }
}

#[test]
fn nobody_listening_is_told_at_once_unless_somebody_did_before() {
    let (number, why) = calls(|_| Err(Unanswered::Refused));
    assert_eq!(number, 1);
    assert!(
        why.contains("nobody listens at http://127.0.0.1:3000"),
        "{why}"
    );
    assert!(why.contains("--url"), "{why}");
    let (number, _) = calls(|number| match number {
        1 => answer(200, &report(5, "time")),
        _ => Err(Unanswered::Refused),
    });
    assert_eq!(number, 10);
    let (number, _) = calls(|_| Err(Unanswered::Broken("reset".to_owned())));
    assert_eq!(number, 10);
}
