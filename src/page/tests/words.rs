//! Times, counts, the chart, and what the page says of how well it is.

use std::time::Duration;

use super::*;
use crate::page::words::{ago, count};

#[test]
fn a_time_is_said_as_people_say_it() {
    for (seconds, past, future) in [
        (0, "just now", "just now"),
        (4, "just now", "now"),
        (5, "5 s ago", "in 5 s"),
        (119, "119 s ago", "in 119 s"),
        (120, "2 min ago", "in 2 min"),
        (7_199, "119 min ago", "in 119 min"),
        (7_200, "2 h ago", "in 2 h"),
        (200_000, "2 days ago", "in 2 days"),
    ] {
        let time = Duration::from_secs(seconds);
        assert_eq!(ago(NOW.before(time), NOW), past);
        assert_eq!(ago(NOW.after(time), NOW), future);
    }
    assert_eq!(count(1, "event", "events"), "1 event");
    assert_eq!(count(0, "event", "events"), "0 events");
}

#[test]
fn a_page_without_anything_to_do_says_so() {
    let page = framed(|frame| overview(frame, &Overview::default()));
    for words in [
        "Nothing waits.",
        "There are none.",
        "Nothing went wrong lately.",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(
        !page.contains("<table") && !page.contains("Held back"),
        "{page}"
    );
}

#[test]
fn each_form_has_the_token_of_its_action() {
    let page = pages("x").remove(0);
    for action in Action::ALL {
        let path = action.path();
        let form =
            format!("action=\"{path}\"><input type=\"hidden\" name=\"csrf\" value=\"{path}\">");
        assert!(page.contains(&form), "{path}");
        assert_eq!(Action::of(path), Some(action));
    }
    assert_eq!(Action::of("/page/x"), None);
}

#[test]
fn a_notice_is_one_of_a_list() {
    let token = |_| String::new();
    let frame = |notice| Frame {
        now: NOW,
        notice,
        token: &token,
    };
    assert_eq!(Notice::of("<b>"), None);
    let notice = Notice::of("let-go");
    assert_eq!(notice.map(Notice::word), Some("let-go"));
    let page = overview(&frame(notice), &Overview::default());
    assert!(page.contains("The hold was let go"), "{page}");
}

fn hour(created: u64, failed: u64) -> HourView {
    HourView {
        at: NOW,
        created,
        failed,
        ..HourView::default()
    }
}

#[test]
fn the_chart_shows_each_outcome_and_the_same_as_a_table() {
    let chart = Chart {
        hours: vec![hour(0, 0), hour(1_000_000, 1), hour(500_000, 0)],
    };
    let view = Overview {
        chart: Some(chart),
        ..Overview::default()
    };
    let page = framed(|frame| overview(frame, &view));
    assert!(page.contains("1500001 events"), "{page}");
    // One of a million is seen, and no bar leaves the drawing.
    assert!(
        page.contains("<rect class=\"failed\" x=\"11\" y=\"99\" width=\"8\" height=\"1\">"),
        "{page}"
    );
    assert!(
        page.contains("<rect class=\"created\" x=\"11\" y=\"0\" width=\"8\" height=\"99\">"),
        "{page}"
    );
    assert!(
        page.contains("<rect class=\"created\" x=\"21\" y=\"51\" width=\"8\" height=\"49\">"),
        "{page}"
    );
    assert_eq!(page.matches("<rect").count(), 3);
    assert!(
        page.contains("data-label=\"created\">1000000</td>"),
        "{page}"
    );
    assert!(page.contains(">12:48</th>"), "{page}");
}

#[test]
fn a_chart_of_the_greatest_numbers_is_drawn() {
    let view = Overview {
        chart: Some(Chart {
            hours: vec![hour(u64::MAX, u64::MAX); 24],
        }),
        ..Overview::default()
    };
    framed(|frame| overview(frame, &view));
}

#[test]
fn only_addresses_of_the_web_are_links() {
    let page = |url: &str| {
        let issue = IssueView {
            key: "SOC-1".to_owned(),
            url: url.to_owned(),
            ..IssueView::default()
        };
        let file = EntityFile {
            issue: Some(issue),
            ..EntityFile::default()
        };
        let view = EntityView {
            found: vec![file],
            ..EntityView::default()
        };
        framed(|frame| entity(frame, &view))
    };
    assert!(
        page("https://jira.example/browse/SOC-1")
            .contains("href=\"https://jira.example/browse/SOC-1\"")
    );
    for url in ["javascript:alert(1)", "", "ftp://x", "https://x\n", "HTTPS"] {
        assert!(!page(url).contains("rel=\"noreferrer"), "{url}");
    }
}

#[test]
fn the_stylesheet_asks_nobody_else() {
    for word in ["url(", "@import", "http:", "https:", "<"] {
        assert!(!STYLESHEET.contains(word), "{word}");
    }
    assert!(STYLESHEET.contains("prefers-color-scheme: dark"));
}
