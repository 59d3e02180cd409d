//! Which transition leads where: names are localised and chosen by each
//! project, so a status's category (`new`, `indeterminate`, `done`) is what is
//! looked for unless a name was configured.

use serde_json::Value;

use crate::model::Goal;

/// The id of the transition to take, among those that can be taken now.
pub(super) fn choose(transitions: &Value, goal: &Goal) -> Option<String> {
    let transitions = transitions["transitions"].as_array()?;
    let fits = |transition: &&Value| match goal {
        Goal::Done => is_done(&transition["to"]),
        Goal::Open => !is_done(&transition["to"]),
        Goal::Named(wanted) => [
            &transition["id"],
            &transition["name"],
            &transition["to"]["name"],
        ]
        .into_iter()
        .filter_map(Value::as_str)
        .any(|name| name.to_lowercase() == wanted.to_lowercase()),
    };
    let id = &transitions.iter().find(fits)?["id"];
    id.as_str().map(str::to_owned)
}

/// Whether a status counts as done.
pub(super) fn is_done(status: &Value) -> bool {
    status["statusCategory"]["key"] == "done"
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn german() -> Value {
        json!({"transitions": [
            {"id": "21", "name": "Beginnen", "to": {"name": "In Arbeit", "statusCategory": {"key": "indeterminate"}}},
            {"id": "31", "name": "Abschließen", "to": {"name": "Fertig", "statusCategory": {"key": "done"}}},
        ]})
    }

    #[test]
    fn done_is_found_in_any_language() {
        assert_eq!(choose(&german(), &Goal::Done).as_deref(), Some("31"));
        assert_eq!(choose(&german(), &Goal::Open).as_deref(), Some("21"));
    }

    #[test]
    fn a_name_may_be_the_transitions_the_statuss_or_the_id() {
        for name in ["beginnen", "IN ARBEIT", "21"] {
            let goal = Goal::Named(name.to_owned());
            assert_eq!(choose(&german(), &goal).as_deref(), Some("21"), "{name}");
        }
        assert_eq!(choose(&german(), &Goal::Named("x".to_owned())), None);
        assert_eq!(choose(&json!([]), &Goal::Done), None);
    }
}
