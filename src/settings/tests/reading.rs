//! What is read, and when: each variable is a call to the host.

use std::cell::RefCell;

use super::others::OTHERS;
use super::*;
use crate::platform::VariableError;

/// Variables that note what is read of them.
pub(super) struct Watched {
    variables: Fake,
    names: RefCell<Vec<String>>,
}

impl Watched {
    pub(super) fn new(settings: &[(&str, &str)]) -> Self {
        Self {
            variables: variables(settings),
            names: RefCell::default(),
        }
    }

    /// What was read since the last time, sorted.
    pub(super) fn read(&self) -> Vec<String> {
        let mut names = self.names.take();
        names.sort();
        names
    }
}

impl Variables for Watched {
    fn get(&self, name: &str) -> Result<String, VariableError> {
        self.names.borrow_mut().push(name.to_owned());
        self.variables.get(name)
    }
}

/// An accessor; whether it found no mistake.
type Accessor = fn(&Settings<'_>) -> bool;

/// Each accessor of a group, and what it reads where nothing but the smallest
/// configuration is set.
const GROUPS: [(Accessor, &str); 25] = [
    (
        |it| it.jira().is_ok(),
        "jira_api jira_api_token jira_browse_url jira_context_path jira_headers \
         jira_login_email jira_url",
    ),
    (|it| it.index_lag().is_ok(), "jira_index_lag"),
    (|it| it.text_limit().is_ok(), "jira_text_limit"),
    (
        |it| it.internal_comments().is_ok(),
        "jira_internal_comments",
    ),
    (|it| it.done_fields().is_ok(), "done_transition_fields"),
    (|it| it.file_types().is_ok(), "file_types"),
    (
        |it| it.mapping().is_ok(),
        "above_max_tlp description_template jira_custom_fields jira_custom_fields_keys \
         jira_custom_fields_values jira_issue_type_name jira_project_key jira_request_type \
         marking_levels max_tlp priority_map routes summary_template unmarked",
    ),
    (
        |it| it.lifecycle().is_ok(),
        "done_transition on_delete on_update overwrite_edits status_transitions",
    ),
    (|it| it.required_fields().is_ok(), "required_fields"),
    (|it| it.filing().is_ok(), "file_recovered file_updates_of"),
    (|it| it.adopt().is_ok(), "adopt"),
    (
        |it| it.opencti().is_ok(),
        "opencti_base_path opencti_token opencti_url",
    ),
    (
        |it| it.stream().is_ok(),
        "opencti_stream_from opencti_stream_id opencti_stream_listen_delete \
         opencti_stream_no_dependencies opencti_stream_with_inferences",
    ),
    (
        |it| it.repeats().is_ok(),
        "on_repeat_after_done splunk_dedup_fields splunk_dedup_window splunk_group",
    ),
    (
        |it| it.splunk().is_ok(),
        "splunk_marking_fields splunk_notable_searches splunk_title_fields splunk_web_url",
    ),
    (
        |it| it.enrichment().is_ok(),
        "ai_url enrich_max_tlp virustotal_api_key",
    ),
    (|it| it.notify().is_ok(), "notify_on"),
    (|it| it.webhook_auth().is_ok(), "webhook_auth webhook_token"),
    (|it| it.webhook_secret().is_ok(), "webhook_secret"),
    (
        |it| it.retention().is_ok(),
        "max_keys ticket_retention_days",
    ),
    (|it| it.sync_back().is_ok(), "sync_back"),
    (
        |it| it.back_words().is_ok(),
        "assignee_back comments_back comments_back_tags status_back",
    ),
    (
        |it| it.splunk_api().is_ok(),
        "splunk_api splunk_api_token splunk_api_url splunk_disposition_back splunk_owner_back \
         splunk_status_back",
    ),
    (
        |it| it.soar_api().is_ok(),
        "soar_owner_back soar_status_back soar_token soar_url",
    ),
    (|it| it.requests().is_ok(), "log_level max_body_bytes"),
];

#[test]
fn a_variable_is_read_when_its_group_is_asked_for_and_once() {
    let variables = Watched::new(&[]);
    let settings = Settings::new(&variables);
    assert_eq!(variables.read(), [""; 0]);
    let mut all = Vec::new();
    for (accessor, names) in GROUPS {
        let names: Vec<&str> = names.split(' ').collect();
        assert!(accessor(&settings));
        assert_eq!(variables.read(), names);
        all.extend(names);
    }
    for (accessor, names) in GROUPS {
        assert!(accessor(&settings));
        assert_eq!(variables.read(), [""; 0], "{names}");
    }
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count, "a variable is in two groups");
}

#[test]
fn a_service_that_is_used_is_read_whole_and_once_and_so_is_a_webhook() {
    let variables = Watched::new(&OTHERS);
    let settings = Settings::new(&variables);
    for _ in 0..2 {
        assert!(settings.enrichment().is_ok());
    }
    assert_eq!(
        variables.read(),
        [
            "ai_api_key",
            "ai_auth",
            "ai_deadline",
            "ai_host",
            "ai_max_tokens",
            "ai_model",
            "ai_url",
            "enrich_max_tlp",
            "enrich_text",
            "enrichment_deadline",
            "virustotal_api_key",
            "virustotal_max_lookups",
            "virustotal_url",
        ]
    );
    assert!(settings.webhook("slack").is_ok());
    assert_eq!(variables.read(), ["slack_host", "slack_webhook_url"]);
    let none = Watched::new(&[]);
    assert_eq!(Settings::new(&none).webhook("slack"), Ok(None));
    assert_eq!(none.read(), ["slack_webhook_url"]);
    assert_eq!(Settings::new(&none).admin_token(), None);
    assert_eq!(none.read(), ["admin_token"]);
}

#[test]
fn a_group_with_a_mistake_is_not_read_again() {
    let variables = Watched::new(&[("on_update", "sing"), ("on_delete", "dance")]);
    let settings = Settings::new(&variables);
    let first = settings.lifecycle().unwrap_err();
    assert_eq!(first.mistakes.len(), 2);
    assert_eq!(variables.read().len(), 5);
    assert_eq!(settings.lifecycle().unwrap_err(), first);
    assert_eq!(variables.read(), [""; 0]);
}

#[test]
fn a_check_reads_every_variable_that_the_manifest_passes_on() {
    for given in [&[][..], &OTHERS] {
        let variables = Watched::new(given);
        assert_eq!(Settings::new(&variables).check(&CHATS), Ok(()));
        let mut read = variables.read();
        read.dedup();
        let all: Vec<String> = defaults().into_iter().map(|(name, _)| name).collect();
        assert_eq!(read, all);
    }
}
