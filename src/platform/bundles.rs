//! Several variables with one call to the host. A new event needs some forty, and each
//! call takes some 0.009 ms (docs/benchmarks.md).
//!
//! The manifest passes them on one by one, and those that are read together once more
//! in one value, a bundle. Whoever reads a variable does not see any of this: one that
//! no bundle has (a manifest without them, a provider that fails for another variable of
//! the bundle) is asked for by itself.

use std::cell::OnceCell;

use super::VariableError;

/// The bundles and what is in them, in the order in which an event needs them.
pub const BUNDLES: [(&str, &[&str]); 3] = [
    (
        "for_each_event",
        &[
            "webhook_auth",
            "webhook_token",
            "webhook_secret",
            "max_body_bytes",
            "log_level",
            "metrics",
            "file_types",
        ],
    ),
    (
        "for_each_issue",
        &[
            "jira_url",
            "jira_context_path",
            "jira_api",
            "jira_login_email",
            "jira_api_token",
            "jira_browse_url",
            "jira_headers",
            "jira_text_limit",
            "required_fields",
            "jira_project_key",
            "jira_issue_type_name",
            "jira_request_type",
            "file_recovered",
            "file_updates_of",
            "adopt",
            "priority_map",
            "jira_custom_fields",
            "jira_custom_fields_keys",
            "jira_custom_fields_values",
            "routes",
            "summary_template",
            "description_template",
            "max_tlp",
            "above_max_tlp",
            "marking_levels",
            "unmarked",
            "on_update",
            "overwrite_edits",
            "on_delete",
            "done_transition",
            "status_transitions",
            "opencti_url",
            "opencti_base_path",
            "opencti_token",
            "enrich_max_tlp",
            "virustotal_api_key",
            "ai_url",
            "sync_back",
            "notify_on",
            "slack_webhook_url",
            "teams_webhook_url",
        ],
    ),
    (
        "for_each_alert",
        &[
            "splunk_dedup_fields",
            "splunk_dedup_window",
            "splunk_group",
            "on_repeat_after_done",
            "splunk_notable_searches",
            "splunk_title_fields",
            "splunk_marking_fields",
            "splunk_web_url",
        ],
    ),
];

/// Between a name and its value. No setting holds it, or [`NEXT`].
const IS: char = '\u{1f}';
/// Between one variable and the next.
const NEXT: char = '\u{1e}';

/// A bundle as a template of Spin's manifest: how many variables it has, then each one's
/// name and value.
pub fn template(names: &[&str]) -> String {
    let mut template = names.len().to_string();
    for name in names {
        template.push_str(&format!("{NEXT}{name}{IS}{{{{ {name} }}}}"));
    }
    template
}

/// The bundles of one request, as far as they were read.
#[derive(Debug, Default)]
pub struct Bundles([OnceCell<Option<Bundle>>; BUNDLES.len()]);

impl Bundles {
    /// The value of a variable. `ask` asks the host.
    ///
    /// # Errors
    /// What the host says of the variable.
    pub fn get(
        &self,
        name: &str,
        ask: &dyn Fn(&str) -> Result<String, VariableError>,
    ) -> Result<String, VariableError> {
        let mut bundles = BUNDLES.iter().zip(&self.0);
        let bundle = bundles.find(|((_, names), _)| names.contains(&name));
        let value = bundle.and_then(|((bundle, _), read)| {
            let read = read.get_or_init(|| Bundle::read(&ask(bundle).ok()?));
            read.as_ref()?.get(name)
        });
        match value {
            Some(value) => Ok(value.to_owned()),
            None => ask(name),
        }
    }
}

/// Names and values that the host gave in one text; there are secrets among them.
struct Bundle(Vec<(String, String)>);

impl Bundle {
    /// `None` where the text is not what the manifest makes of the variables: a value
    /// holds one of the separators.
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(NEXT);
        let count: usize = parts.next()?.parse().ok()?;
        let variable = |part: &str| {
            let (name, value) = part.split_once(IS)?;
            (!value.contains(IS)).then(|| (name.to_owned(), value.to_owned()))
        };
        let variables: Vec<_> = parts.map(variable).collect::<Option<_>>()?;
        (variables.len() == count).then_some(Self(variables))
    }

    fn get(&self, name: &str) -> Option<&str> {
        let variable = self.0.iter().find(|(known, _)| known == name);
        variable.map(|(_, value)| value.as_str())
    }
}

impl std::fmt::Debug for Bundle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bundle")
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    use super::*;

    /// A host that has these variables, and what was asked of it.
    fn asked(variables: &[(&str, &str)], names: &[&str]) -> (Vec<String>, Vec<String>) {
        let asked = RefCell::new(Vec::new());
        let bundles = Bundles::default();
        let ask = |name: &str| {
            asked.borrow_mut().push(name.to_owned());
            let found = variables.iter().find(|(known, _)| *known == name);
            let value = found.map(|(_, value)| (*value).to_owned());
            value.ok_or(VariableError::Undefined)
        };
        let get = |name: &&str| match bundles.get(name, &ask) {
            Ok(value) => value,
            Err(error) => format!("{error:?}"),
        };
        let values = names.iter().map(get).collect();
        (values, asked.take())
    }

    fn bundle(values: &[(&str, &str)]) -> String {
        let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
        let mut text = template(&names);
        for (name, value) in values {
            text = text.replace(&format!("{{{{ {name} }}}}"), value);
        }
        text
    }

    #[test]
    fn one_call_gets_what_is_in_a_bundle_and_another_each_other_one() {
        let text = bundle(&[
            ("metrics", "false"),
            ("log_level", ""),
            ("webhook_token", "a=b, c"),
        ]);
        let variables = [
            ("for_each_event", text.as_str()),
            ("max_keys", "7"),
            ("file_types", "report"),
        ];
        let names = [
            "metrics",
            "log_level",
            "webhook_token",
            "max_keys",
            "file_types",
        ];
        let (values, asked) = asked(&variables, &names);
        assert_eq!(values, ["false", "", "a=b, c", "7", "report"]);
        // A bundle that lacks one is of an older manifest.
        assert_eq!(asked, ["for_each_event", "max_keys", "file_types"]);
    }

    #[test]
    fn without_a_bundle_each_one_is_asked_for() {
        let (values, asked) = asked(&[("metrics", "true")], &["metrics", "log_level"]);
        assert_eq!(values, ["true", "Undefined"]);
        assert_eq!(asked, ["for_each_event", "metrics", "log_level"]);
    }

    #[test]
    fn a_value_that_holds_a_separator_spoils_no_other() {
        for value in ["x\u{1e}log_level\u{1f}debug", "x\u{1f}y", "\u{1e}"] {
            let text = bundle(&[("metrics", value), ("log_level", "info")]);
            let variables = [
                ("for_each_event", text.as_str()),
                ("metrics", value),
                ("log_level", "info"),
            ];
            let (values, _) = asked(&variables, &["metrics", "log_level"]);
            assert_eq!(values, [value, "info"]);
        }
    }

    #[test]
    fn no_variable_is_in_two_bundles() {
        let all = BUNDLES.iter().flat_map(|(_, names)| names.iter());
        assert_eq!(all.clone().collect::<BTreeSet<_>>().len(), all.count());
    }
}
