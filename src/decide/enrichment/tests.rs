use std::sync::LazyLock;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::markup::{DESCRIPTION_LIMIT, Ending, Flavor, Rendered, plain_text};
use crate::model::{Observable, strategy};

fn wiki(document: &Document) -> String {
    match document.render(Flavor::Wiki, DESCRIPTION_LIMIT, &Ending::default()) {
        Rendered::Wiki(text) => text,
        Rendered::Adf(_) => unreachable!(),
    }
}

fn adf(document: &Document) -> Value {
    document
        .render(Flavor::Adf, DESCRIPTION_LIMIT, &Ending::default())
        .into_json()
}

fn verdict(kind: &str, value: &str, page: &str, report: Option<Report>) -> Verdict {
    Verdict {
        observable: Observable {
            kind: kind.to_owned(),
            value: value.to_owned(),
        },
        report,
        url: format!("https://www.virustotal.com/gui/{page}"),
    }
}

fn missing(part: &str, about: &[&str], why: &str, again_secs: Option<u64>) -> Missing {
    Missing {
        part: part.to_owned(),
        about: about.iter().map(|it| (*it).to_owned()).collect(),
        why: why.to_owned(),
        again_after: again_secs.map(Duration::from_secs),
    }
}

fn full() -> Enrichment {
    let known = Report {
        malicious: 12,
        suspicious: 2,
        total: 70,
        reputation: Some(-12),
        label: Some("trojan.mimikatz/hacktool".to_owned()),
        name: Some("mimikatz.exe".to_owned()),
        analysed: Some(Timestamp::from_secs(1_761_569_303)),
    };
    let clean = Report {
        total: 72,
        reputation: Some(0),
        ..Report::default()
    };
    Enrichment {
        not_asked: 0,
        verdicts: vec![
            verdict(
                "MD5",
                "0cc175b9c0f1b6a831c399e269772661",
                "file/0cc1",
                Some(known),
            ),
            verdict("url", "http://evil.top/a|b", "url/aHR0", None),
            verdict(
                "ipv4-addr",
                "42.194.210.177",
                "ip-address/42.194.210.177",
                Some(clean),
            ),
            verdict(
                "domain-name",
                "new.top",
                "domain/new.top",
                Some(Report::default()),
            ),
        ],
        analysis: Some(Analysis {
            model: "llama3.1".to_owned(),
            explanation: "A tool that reads passwords ran.\nIt then called evil[.]top.".to_owned(),
            severity: Some("high".to_owned()),
            reason: Some("Passwords are probably known".to_owned()),
            next_steps: vec![
                "Isolate the host.".to_owned(),
                "Change passwords.".to_owned(),
            ],
        }),
        missing: vec![
            missing("VirusTotal", &["a.top", "b.top"], "timed out", Some(60)),
            missing("VirusTotal", &["c.top"], "it answered 400", None),
            missing("AI analysis", &[], "ai_api_key was refused", None),
        ],
    }
}

#[test]
fn all_of_it_in_wiki_markup() {
    let expected = r"h3. VirusTotal

|| Observable || Verdict || Reputation || Known as || Analysed ||
| {{0cc175b9c0f1b6a831c399e269772661}} | [12 of 70 malicious, 2 suspicious|https://www.virustotal.com/gui/file/0cc1] | \-12 | {{trojan.mimikatz/hacktool}}, {{mimikatz.exe}} | 2025-10-27 |
| {{http&#58;//evil.top/a&#124;b}} | [unknown to VirusTotal|https://www.virustotal.com/gui/url/aHR0] |  |  |  |
| {{42.194.210.177}} | [0 of 72 malicious|https://www.virustotal.com/gui/ip-address/42.194.210.177] | 0 |  |  |
| {{new.top}} | [not analysed yet|https://www.virustotal.com/gui/domain/new.top] |  |  |  |

{panel:bgColor=#eae6ff}
*Written by a model (llama3.1), not checked by anyone*

A tool that reads passwords ran.
It then called evil\[.\]top.

Likely severity: high – Passwords are probably known

Next steps:

* Isolate the host.
* Change passwords.
{panel}

_VirusTotal: no answer for 2 observables (timed out); it will be added in a comment._

_VirusTotal: could not be had for 1 observable (it answered 400)._

_AI analysis: could not be had (ai_api_key was refused)._";
    assert_eq!(wiki(&append(Document::new(), &full())), expected);
}

#[test]
fn a_late_comment_says_what_it_brings() {
    let enrichment = Enrichment {
        missing: vec![missing("AI analysis", &[], "timed out", Some(60))],
        ..Enrichment::default()
    };
    assert_eq!(
        wiki(&late(&enrichment)),
        "This was missing when the issue was filed:\n\n_AI analysis: no answer (timed out); it will be added in a comment._"
    );
}

#[test]
fn without_enrichment_there_is_nothing_to_show() {
    let document = Document::new().heading(1, "x");
    assert_eq!(append(document.clone(), &Enrichment::default()), document);
    assert!(late(&Enrichment::default()).is_empty());
}

#[test]
fn an_analysis_shows_only_what_it_has() {
    let enrichment = Enrichment {
        analysis: Some(Analysis {
            model: "m".to_owned(),
            explanation: "Words.".to_owned(),
            ..Analysis::default()
        }),
        ..Enrichment::default()
    };
    let text = wiki(&append(Document::new(), &enrichment));
    assert!(text.ends_with("*Written by a model (m), not checked by anyone*\n\nWords.\n{panel}"));
}

#[test]
fn a_page_that_is_no_address_is_no_link() {
    let mut it = verdict("url", "x", "", None);
    it.url = "javascript:alert(1)".to_owned();
    let enrichment = Enrichment {
        verdicts: vec![it],
        ..Enrichment::default()
    };
    let text = wiki(&append(Document::new(), &enrichment));
    assert!(text.contains("| unknown to VirusTotal |"), "{text}");
}

#[test]
fn a_table_ends_somewhere() {
    let enrichment = Enrichment {
        verdicts: vec![verdict("url", &"x".repeat(9_000), "url/x", None); 80],
        ..Enrichment::default()
    };
    let text = wiki(&append(Document::new(), &enrichment));
    assert_eq!(
        text.lines().filter(|it| it.starts_with("| ")).count(),
        LIST_LIMIT
    );
    assert!(text.chars().count() < DESCRIPTION_LIMIT);
}

static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let schema = include_str!("../../../tests/markup/adf.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
});

proptest! {
    #[test]
    fn whatever_is_known_makes_a_document_that_jira_takes(event in strategy::event()) {
        let document = late(&event.entity.enrichment);
        let broken: Vec<_> = SCHEMA.iter_errors(&adf(&document)).map(|it| it.to_string()).collect();
        prop_assert!(broken.is_empty() || document.is_empty(), "{:?}", broken);
    }
}

#[test]
fn what_may_not_be_asked_about_is_said_in_the_description_and_not_again() {
    let enrichment = Enrichment {
        not_asked: 3,
        ..Enrichment::default()
    };
    let text = plain_text(&append(Document::new(), &enrichment));
    assert_eq!(
        text.trim(),
        "VirusTotal: 3 not asked (virustotal_max_lookups)."
    );
    assert_eq!(
        plain_text(&late(&enrichment)).matches("not asked").count(),
        0
    );
}
