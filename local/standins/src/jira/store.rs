//! What the stand-in remembers: issues, and what search has seen of them.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Map, Value};

use super::issue::{Change, Issue};
use super::webhooks::Watch;
use super::workflow::Status;

/// The first issue of a project gets this number, so that a key is never
/// mistaken for a count.
const FIRST_NUMBER: u64 = 101;
const FIRST_ISSUE_ID: u64 = 10_001;

/// All issues, in the order of creation.
pub(crate) struct Store {
    issues: BTreeMap<u64, Kept>,
    by_key: HashMap<String, u64>,
    numbers: HashMap<String, u64>,
    next_id: u64,
    index_lag: Duration,
    /// What happens, for the webhooks.
    pub(crate) watch: Watch,
}

/// An issue, what search has seen of it, and the versions it will see.
struct Kept {
    issue: Issue,
    seen: Option<Issue>,
    coming: VecDeque<(Instant, Issue)>,
    writes: VecDeque<Instant>,
}

impl Store {
    pub(crate) fn new(index_lag: Duration) -> Store {
        Store {
            issues: BTreeMap::new(),
            by_key: HashMap::new(),
            numbers: HashMap::new(),
            next_id: FIRST_ISSUE_ID,
            index_lag,
            watch: Watch::default(),
        }
    }

    /// Stores a new issue and names it.
    pub(crate) fn create(
        &mut self,
        project: &str,
        status: &Status,
        fields: Map<String, Value>,
    ) -> &mut Issue {
        let key = self.new_key(project);
        let id = self.next();
        let now = SystemTime::now();
        let issue = Issue {
            id: id.to_string(),
            key: key.clone(),
            fields,
            properties: BTreeMap::new(),
            comments: Vec::new(),
            remote_links: Vec::new(),
            links: Vec::new(),
            status: status.name.clone(),
            status_category: status.category.clone(),
            changes: Vec::new(),
            created: now,
            updated: now,
        };
        self.by_key.insert(key, id);
        let kept = Kept {
            issue,
            seen: None,
            coming: VecDeque::new(),
            writes: VecDeque::new(),
        };
        &mut self.issues.entry(id).or_insert(kept).issue
    }

    /// The next id for anything that needs one.
    pub(crate) fn next(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id - 1
    }

    /// An issue by key or id.
    pub(crate) fn get(&self, key_or_id: &str) -> Option<&Issue> {
        Some(&self.issues.get(&self.id(key_or_id)?)?.issue)
    }

    /// An issue by key or id, to be changed; follow with [`Store::index`].
    pub(crate) fn get_mut(&mut self, key_or_id: &str) -> Option<&mut Issue> {
        let id = self.id(key_or_id)?;
        Some(&mut self.issues.get_mut(&id)?.issue)
    }

    fn id(&self, key_or_id: &str) -> Option<u64> {
        let upper = key_or_id.to_ascii_uppercase();
        self.by_key
            .get(&upper)
            .copied()
            .or_else(|| key_or_id.parse().ok())
    }

    /// Lets webhooks learn of an issue's present state and who brought it
    /// about (a display name), and search, after the lag.
    pub(crate) fn index(&mut self, key_or_id: &str, by: &str) {
        let (lag, id) = (self.index_lag, self.id(key_or_id));
        if let Some(kept) = id.and_then(|id| self.issues.get(&id)) {
            self.watch.see(&kept.issue, by);
        }
        if lag > Duration::ZERO
            && let Some(kept) = id.and_then(|id| self.issues.get_mut(&id))
        {
            kept.coming
                .push_back((Instant::now() + lag, kept.issue.clone()));
        }
    }

    /// Moves an issue to another project: it gets a new key, the old one still
    /// leads to it.
    pub(crate) fn rename(&mut self, key_or_id: &str, project: &str) -> Option<String> {
        let id = self.id(key_or_id)?;
        let key = self.new_key(project);
        self.issues.get_mut(&id)?.issue.key = key.clone();
        self.by_key.insert(key.clone(), id);
        Some(key)
    }

    fn new_key(&mut self, project: &str) -> String {
        let number = self
            .numbers
            .entry(project.to_owned())
            .or_insert(FIRST_NUMBER);
        *number += 1;
        format!("{project}-{}", *number - 1)
    }

    /// Lets webhooks learn of all issues as they are, as nothing new.
    pub(crate) fn start_watch(&mut self) {
        let issues = self.issues.values().map(|kept| &kept.issue);
        self.watch.start(issues);
    }

    /// Removes an issue.
    pub(crate) fn delete(&mut self, key_or_id: &str, by: &str) -> Option<Issue> {
        let id = self.id(key_or_id)?;
        self.by_key.retain(|_, known| *known != id);
        let gone = self.issues.remove(&id).map(|kept| kept.issue)?;
        self.watch.gone(&gone, by);
        Some(gone)
    }

    /// All issues as they are.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Issue> {
        self.issues.values().map(|kept| &kept.issue)
    }

    /// All issues as search knows them by now.
    pub(crate) fn searchable(&mut self) -> impl Iterator<Item = &Issue> {
        let (lag, now) = (self.index_lag, Instant::now());
        self.issues.values_mut().filter_map(move |kept| {
            if lag == Duration::ZERO {
                return Some(&kept.issue);
            }
            while kept.coming.front().is_some_and(|(due, _)| *due <= now) {
                kept.seen = kept.coming.pop_front().map(|(_, issue)| issue);
            }
            kept.seen.as_ref()
        })
    }

    /// Counts a write on an issue; true when it breaks one of `limits`
    /// (so many writes in so long a time) and must be refused.
    pub(crate) fn too_many_writes(&mut self, key: &str, limits: &[(usize, Duration)]) -> bool {
        let id = self.id(key);
        let Some(kept) = id.and_then(|id| self.issues.get_mut(&id)) else {
            return false;
        };
        let now = Instant::now();
        let over = limits.iter().any(|(most, window)| {
            let recent = kept
                .writes
                .iter()
                .rev()
                .take_while(|at| now - **at < *window);
            recent.count() >= *most
        });
        let longest = limits
            .iter()
            .map(|(_, window)| *window)
            .max()
            .unwrap_or_default();
        while kept.writes.front().is_some_and(|at| now - *at >= longest) {
            kept.writes.pop_front();
        }
        if !over {
            kept.writes.push_back(now);
        }
        over
    }
}

impl Issue {
    /// Sets a field (null clears it) and remembers the change, if it is one.
    pub(crate) fn set(&mut self, author: &str, field: &str, value: Value) {
        let from = self.field(field).clone();
        if from == value {
            return;
        }
        match value {
            Value::Null => self.fields.remove(field),
            _ => self.fields.insert(field.to_owned(), value.clone()),
        };
        self.note(author, field, from, value);
    }

    /// Remembers a change.
    pub(crate) fn note(&mut self, author: &str, field: &str, from: Value, to: Value) {
        self.updated = SystemTime::now();
        self.changes.push(Change {
            at: self.updated,
            author: author.to_owned(),
            field: field.to_owned(),
            from,
            to,
        });
    }
}
