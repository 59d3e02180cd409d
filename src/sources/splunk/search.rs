//! What a search says of itself: the envelope of an alert, which no row can write.

use serde_json::{Map, Value};

use super::value::{link, origin, text};
use crate::settings::Splunk;
use crate::sources::received::SourceError;

/// How the ids of jobs begin that a schedule started.
const SCHEDULED: [&str; 2] = ["scheduler__", "rt_scheduler__"];
/// How a search is called in a job's id if its name has letters that do not fit.
const HASHED: &str = "RMD5";

/// A search that found something.
pub(super) struct Search {
    /// What people call it.
    pub(super) name: Option<String>,
    /// What tells it from the others of its app: its name, else what its jobs are
    /// called.
    pub(super) id: String,
    pub(super) app: String,
    pub(super) owner: Option<String>,
    /// The id of its job: what it found in one run has the same.
    pub(super) sid: Option<String>,
    /// Where its results are.
    pub(super) link: Option<String>,
}

impl Search {
    pub(super) fn read(json: &Value, settings: &Splunk) -> Self {
        let sid = text(&json["sid"]);
        let of_job = sid.as_deref().and_then(job_name);
        let readable = of_job.filter(|name| !name.starts_with(HASHED));
        let name = text(&json["search_name"]).or_else(|| readable.map(str::to_owned));
        Self {
            id: name
                .clone()
                .or_else(|| of_job.map(str::to_owned))
                .unwrap_or_default(),
            name,
            app: text(&json["app"]).unwrap_or_default(),
            owner: text(&json["owner"]),
            link: link(&json["results_link"]).map(|link| outside(link, settings)),
            sid,
        }
    }

    /// Whether the settings say that it lists notables.
    pub(super) fn lists_notables(&self, settings: &Splunk) -> bool {
        let name = self.name.as_deref().unwrap_or_default();
        let mut patterns = settings.notable_searches.iter();
        patterns.any(|pattern| pattern.fits(name))
    }
}

/// The address as people reach it: Splunk may know its own host by an internal name.
fn outside(link: String, settings: &Splunk) -> String {
    let (Some(web), Some(inside)) = (&settings.web_url, origin(&link)) else {
        return link;
    };
    let path = link.get(inside.len()..).unwrap_or_default();
    format!("{web}{path}")
}

/// The search's name in `scheduler__<user>__<app>__<name>_at_<time>_<number>`.
fn job_name(sid: &str) -> Option<&str> {
    let rest = SCHEDULED.iter().find_map(|begin| sid.strip_prefix(begin))?;
    let mut parts = rest.splitn(3, "__");
    let (_user, _app, name) = (parts.next()?, parts.next()?, parts.next()?);
    let (name, _time) = name.rsplit_once("_at_")?;
    (!name.is_empty()).then_some(name)
}

/// The rows of an alert: one, or a list. Without any, an empty one.
///
/// # Errors
/// Something that is no row: none is passed over in silence.
pub(super) fn rows(json: &Value) -> Result<Vec<Map<String, Value>>, SourceError> {
    let mut rows: Vec<Map<String, Value>> = Vec::new();
    // All rows may stand beside the first one, which is among them.
    let is_again = |row: &Map<String, Value>| match &json["results"] {
        Value::Array(all) => {
            json["result"].is_object() && all.iter().any(|it| it.as_object() == Some(row))
        }
        _ => false,
    };
    for member in ["results", "result"] {
        let given = match &json[member] {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        for (place, row) in given.iter().enumerate() {
            match row {
                Value::Object(row) if member == "result" && is_again(row) => {}
                Value::Object(row) => rows.push(row.clone()),
                Value::Null => {}
                Value::String(text) if text.trim().is_empty() => {}
                _ => {
                    return Err(SourceError::NoEvent(format!(
                        "row {} in `{member}` is not an object of fields",
                        place + 1
                    )));
                }
            }
        }
    }
    if rows.is_empty() {
        rows.push(Map::new());
    }
    Ok(rows)
}
