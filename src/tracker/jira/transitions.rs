//! Which transition leads where, and what it needs: names are localised and chosen
//! by each project, so a status's category (`new`, `indeterminate`, `done`) is
//! what is looked for unless a name was configured. Pure.

use serde_json::{Map, Value, json};

use crate::model::Goal;

/// Every issue has these, so a transition that needs them has them.
const ALWAYS_THERE: [&str; 4] = ["summary", "issuetype", "project", "reporter"];

/// A transition to take.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Way {
    pub(super) id: String,
    /// What is filled in on its screen.
    pub(super) fields: Map<String, Value>,
    /// The id of the status that it leads to.
    pub(super) to: String,
    /// That status's name.
    pub(super) name: String,
}

/// The transition to the goal, among those that are offered; of several, one for
/// which nothing is lacking. `given` are fields for one that leads to done.
pub(super) fn choose(offered: &Value, goal: &Goal, given: &Map<String, Value>) -> Option<Way> {
    let fits = all(offered).filter(|transition| leads_to(transition, goal));
    let (mut whole, mut lacking) = (None, None);
    for (way, is_whole) in fits.filter_map(|transition| way(transition, given)) {
        let kept = if is_whole { &mut whole } else { &mut lacking };
        kept.get_or_insert(way);
    }
    // Jira says best what is lacking.
    whole.or(lacking)
}

/// A step on the way to done, where no transition leads there: to a status that
/// was not seen yet, rather to work in progress, and with nothing lacking.
pub(super) fn step(offered: &Value, seen: &[String], given: &Map<String, Value>) -> Option<Way> {
    let ways = all(offered).filter_map(|transition| {
        let (way, is_whole) = way(transition, given)?;
        let is_other = !way.to.is_empty() && !seen.contains(&way.to);
        // Another status that is done is not on the way.
        let is_new = is_other && !is_done(&transition["to"]);
        (is_whole && is_new).then_some((category(&transition["to"]) == "new", way))
    });
    // The first of those that are the best.
    ways.min_by_key(|(is_first, _)| *is_first)
        .map(|(_, way)| way)
}

/// Whether a status counts as done.
pub(super) fn is_done(status: &Value) -> bool {
    category(status) == "done"
}

fn category(status: &Value) -> &str {
    status["statusCategory"]["key"].as_str().unwrap_or_default()
}

fn all(offered: &Value) -> impl Iterator<Item = &Value> {
    self::offered(offered).filter(|transition| transition["isAvailable"] != false)
}

fn leads_to(transition: &Value, goal: &Goal) -> bool {
    let name = match goal {
        Goal::Done => return is_done(&transition["to"]),
        Goal::Open => return !is_done(&transition["to"]),
        Goal::DoneBy(name) | Goal::Named(name) => name.to_lowercase(),
    };
    let names = [
        &transition["id"],
        &transition["name"],
        &transition["to"]["name"],
    ];
    let mut names = names.into_iter().filter_map(Value::as_str);
    names.any(|known| known.to_lowercase() == name)
}

/// A transition with what can be filled in; false if something is lacking.
fn way(transition: &Value, given: &Map<String, Value>) -> Option<(Way, bool)> {
    let to = &transition["to"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut fields = Map::new();
    for (id, field) in screen(transition) {
        if let Some(value) = filled(transition, id, field, given) {
            fields.insert(id.clone(), value);
        }
    }
    let way = Way {
        id: transition["id"].as_str()?.to_owned(),
        fields,
        to: text(&to["id"]),
        name: text(&to["name"]),
    };
    Some((way, lacking(transition, given).next().is_none()))
}

/// The fields that a transition requires and that nothing fills in: ids and what Jira
/// says of them.
pub(super) fn lacking<'a>(
    transition: &'a Value,
    given: &'a Map<String, Value>,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    screen(transition).filter(move |(id, field)| {
        needs(id, field) && filled(transition, id, field, given).is_none()
    })
}

/// All transitions that are offered, also those that cannot be taken now.
pub(super) fn offered(answer: &Value) -> impl Iterator<Item = &Value> {
    answer["transitions"].as_array().into_iter().flatten()
}

fn screen(transition: &Value) -> impl Iterator<Item = (&String, &Value)> {
    transition["fields"].as_object().into_iter().flatten()
}

/// What a field of a transition's screen is given.
fn filled(
    transition: &Value,
    id: &str,
    field: &Value,
    given: &Map<String, Value>,
) -> Option<Value> {
    let ours = given.get(id).filter(|_| is_done(&transition["to"]));
    ours.cloned().or_else(|| only_value(field))
}

fn needs(id: &str, field: &Value) -> bool {
    let has_it = field["hasDefaultValue"] == true || ALWAYS_THERE.contains(&id);
    field["required"] == true && !has_it
}

/// The value of a required field that has only one to choose.
fn only_value(field: &Value) -> Option<Value> {
    let [only] = field["allowedValues"].as_array()?.as_slice() else {
        return None;
    };
    let name = ["id", "name", "value"]
        .into_iter()
        .find(|name| only[name].is_string())?;
    let value = json!({ name: only[name] });
    (field["required"] == true).then(|| match field["schema"]["type"] == "array" {
        true => json!([value]),
        false => value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(name: &str, category: &str) -> Value {
        json!({"id": format!("id-{name}"), "name": name, "statusCategory": {"key": category}})
    }

    fn german() -> Value {
        json!({"transitions": [
            {"id": "21", "name": "Beginnen", "to": to("In Arbeit", "indeterminate")},
            {"id": "31", "name": "Abschließen", "to": to("Fertig", "done")},
        ]})
    }

    fn chosen(offered: &Value, goal: &Goal) -> Option<String> {
        choose(offered, goal, &Map::new()).map(|way| way.id)
    }

    #[test]
    fn done_is_found_in_any_language() {
        assert_eq!(chosen(&german(), &Goal::Done).as_deref(), Some("31"));
        assert_eq!(chosen(&german(), &Goal::Open).as_deref(), Some("21"));
    }

    #[test]
    fn a_name_may_be_the_transitions_the_statuss_or_the_id() {
        for name in ["beginnen", "IN ARBEIT", "21"] {
            let goal = Goal::Named(name.to_owned());
            assert_eq!(chosen(&german(), &goal).as_deref(), Some("21"), "{name}");
        }
        assert_eq!(chosen(&german(), &Goal::Named("x".to_owned())), None);
        assert_eq!(chosen(&json!([]), &Goal::Done), None);
    }

    fn closing(fields: Value) -> Value {
        json!({"transitions": [{"id": "31", "name": "Close", "to": to("Done", "done"), "fields": fields}]})
    }

    #[test]
    fn a_screen_is_filled_with_what_is_given_or_has_no_other_value() {
        let two = json!([{"id": "1", "name": "Done"}, {"id": "2", "name": "Won't do"}]);
        let given = json!({"resolution": {"name": "Done"}, "other": {"name": "x"}});
        let given = given.as_object().unwrap();
        for (fields, given, expected) in [
            (
                json!({"resolution": {"required": true, "allowedValues": two}}),
                given.clone(),
                json!({"resolution": {"name": "Done"}}),
            ),
            (
                json!({"resolution": {"required": true, "allowedValues": two}}),
                Map::new(),
                json!({}),
            ),
            (
                json!({"resolution": {"required": true, "allowedValues": [{"id": "1"}]}}),
                Map::new(),
                json!({"resolution": {"id": "1"}}),
            ),
            (
                json!({"resolution": {"required": false, "allowedValues": [{"id": "1"}]}}),
                Map::new(),
                json!({}),
            ),
            (
                json!({"x": {"required": true, "schema": {"type": "array"}, "allowedValues": [{"value": "a"}]}}),
                Map::new(),
                json!({"x": [{"value": "a"}]}),
            ),
            (json!({}), given.clone(), json!({})),
        ] {
            let way = choose(&closing(fields.clone()), &Goal::Done, &given).unwrap();
            assert_eq!(Value::from(way.fields), expected, "{fields}");
        }
    }

    #[test]
    fn of_two_ways_the_one_without_a_gap_is_taken() {
        let mut offered = closing(json!({"x": {"required": true}}));
        let other = json!({"id": "41", "name": "Reject", "to": to("Rejected", "done")});
        offered["transitions"].as_array_mut().unwrap().push(other);
        assert_eq!(chosen(&offered, &Goal::Done).as_deref(), Some("41"));
    }

    #[test]
    fn a_step_goes_on_never_back_and_never_where_something_is_lacking() {
        let offered = json!({"transitions": [
            {"id": "1", "to": to("Backlog", "new")},
            {"id": "2", "to": to("Blocked", "indeterminate"), "fields": {"x": {"required": true}}},
            {"id": "3", "to": to("In Review", "indeterminate")},
            {"id": "4", "to": to("Other", "indeterminate")},
        ]});
        let next = |seen: &[&str]| {
            let seen: Vec<String> = seen.iter().map(|name| format!("id-{name}")).collect();
            step(&offered, &seen, &Map::new()).map(|way| way.id)
        };
        assert_eq!(next(&[]).as_deref(), Some("3"));
        assert_eq!(next(&["In Review"]).as_deref(), Some("4"));
        assert_eq!(next(&["In Review", "Other"]).as_deref(), Some("1"));
        assert_eq!(next(&["In Review", "Other", "Backlog"]), None);
    }
}
