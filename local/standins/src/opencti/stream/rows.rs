//! The platform's database, as far as recovery and counting read it.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use super::event::{Effect, EventId, StreamEvent};
use super::stix;

/// An object of the database, and what it pulls in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) data: Value,
    pub(super) dependencies: Vec<Value>,
}

/// Every object, in the order in which they became known.
#[derive(Debug, Default)]
pub(super) struct Rows {
    rows: Vec<Row>,
    /// The STIX ids that the stream's filter does not let through.
    hidden: BTreeSet<String>,
}

impl Rows {
    /// Does to the database what an event tells.
    pub(super) fn apply(&mut self, event: &StreamEvent) {
        match event.effect() {
            Effect::None => {}
            Effect::Removes(data) => self.remove(data),
            Effect::Puts { data, merged } => {
                merged.iter().for_each(|source| self.remove(source));
                self.put(data.clone(), event.dependencies.clone());
            }
        }
    }

    /// The object is there as it is told, and so is what it pulls in.
    pub(super) fn put(&mut self, data: Value, dependencies: Vec<Value>) {
        for dependency in &dependencies {
            self.pull(dependency);
        }
        match self.known(&data) {
            Some(row) => *row = Row { data, dependencies },
            None => self.rows.push(Row { data, dependencies }),
        }
    }

    /// What another object pulls in may be older than what is known of it.
    fn pull(&mut self, data: &Value) {
        let data = data.clone();
        match self.known(&data) {
            Some(row) if stix::updated_at(&row.data) > stix::updated_at(&data) => {}
            Some(row) => row.data = data,
            None => self.rows.push(Row {
                data,
                dependencies: Vec::new(),
            }),
        }
    }

    fn known(&mut self, data: &Value) -> Option<&mut Row> {
        let mut rows = self.rows.iter_mut();
        rows.find(|row| stix::is_same(&row.data, data))
    }

    /// The row of this internal id.
    pub(super) fn object(&self, internal_id: &str) -> Option<Row> {
        let is_it = |row: &&Row| stix::internal_id(&row.data) == Some(internal_id);
        self.rows.iter().find(is_it).cloned()
    }

    fn remove(&mut self, data: &Value) {
        self.rows.retain(|row| !stix::is_same(&row.data, data));
    }

    /// Hides an object from recovery, as a row.
    pub(super) fn hide(&mut self, stix_id: &str) {
        self.hidden.insert(stix_id.to_owned());
    }

    /// What a recovery sends: the objects changed between both, which are
    /// inclusive, in the order of their change, each with `<its ms>-0`.
    pub(super) fn between(&self, from: EventId, to: EventId) -> Vec<(EventId, Row)> {
        let rows = self.rows.iter().filter(|row| !self.is_hidden(row));
        let dated = rows.filter_map(|row| Some((stix::updated_at(&row.data)?, row)));
        let due = dated.filter(|(at, _)| (from.ms..=to.ms).contains(at));
        let mut due: Vec<_> = due
            .map(|(at, row)| (EventId::at(at), row.clone()))
            .collect();
        due.sort_by_key(|(id, _)| *id);
        due
    }

    /// The same, page by page, of which each comes in the order of a digest of its ids.
    pub(super) fn in_pages(mut rows: Vec<(EventId, Row)>, size: usize) -> Vec<(EventId, Row)> {
        let digest = |row: &Row| {
            let mut hasher = DefaultHasher::new();
            stix::id(&row.data).hash(&mut hasher);
            hasher.finish()
        };
        for page in rows.chunks_mut(size) {
            page.sort_by_key(|(_, row)| digest(row));
        }
        rows
    }

    fn is_hidden(&self, row: &Row) -> bool {
        stix::id(&row.data).is_some_and(|id| self.hidden.contains(id))
    }

    /// Every object, hidden ones as well: the filter is the stream's.
    pub(super) fn objects(&self) -> impl Iterator<Item = &Value> {
        self.rows.iter().map(|row| &row.data)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::stix::object;
    use super::*;

    fn due(rows: &Rows, from: u64, to: u64) -> Vec<String> {
        let due = rows.between(EventId::at(from), EventId::at(to));
        let shown = due
            .iter()
            .map(|(id, row)| format!("{id} {}", stix::name(&row.data)));
        shown.collect()
    }

    fn event(kind: &str, data: &Value) -> StreamEvent {
        StreamEvent::new(json!({"type": kind, "data": data}))
    }

    #[test]
    fn both_bounds_are_inclusive_and_the_order_is_that_of_changes() {
        let mut rows = Rows::default();
        for (number, at) in [(1, 30), (2, 10), (3, 20), (4, 10), (5, 31), (6, 9)] {
            rows.put(object("incident", number, at), Vec::new());
        }
        rows.put(json!({"id": "label--1"}), Vec::new());
        let expected = ["10-0 incident 2", "10-0 incident 4", "20-0 incident 3"];
        assert_eq!(due(&rows, 10, 20), expected);
        assert_eq!(due(&rows, 30, 30), ["30-0 incident 1"]);
    }

    #[test]
    fn a_page_comes_in_an_order_of_its_own_and_pages_in_that_of_changes() {
        let mut rows = Rows::default();
        for number in 0..30 {
            rows.put(
                object("incident", number, 100 + u64::from(number)),
                Vec::new(),
            );
        }
        let ordered = rows.between(EventId::at(0), EventId::at(999));
        let paged = Rows::in_pages(ordered.clone(), 10);
        assert_ne!(paged, ordered);
        for (page, expected) in paged.chunks(10).zip(ordered.chunks(10)) {
            let mut page = page.to_vec();
            page.sort_by_key(|(id, _)| *id);
            assert_eq!(page, expected);
        }
    }

    #[test]
    fn an_object_is_one_row_whatever_its_stix_id() {
        let mut rows = Rows::default();
        rows.apply(&event("create", &object("incident", 1, 10)));
        let mut renamed = object("incident", 1, 20);
        renamed["id"] = json!("incident--renamed");
        rows.apply(&event("update", &renamed));
        assert_eq!(due(&rows, 0, 99), ["20-0 incident 1"]);
        rows.apply(&event("delete", &object("incident", 1, 20)));
        assert!(due(&rows, 0, 99).is_empty());
    }

    #[test]
    fn lost_visibility_and_a_merge_take_rows_away() {
        let mut rows = Rows::default();
        for number in 1..=3 {
            rows.apply(&event("create", &object("report", number, 10)));
        }
        rows.apply(&event("update", &object("report", 1, 20)).named("delete"));
        let mut merge = json!({"type": "merge", "data": object("report", 2, 20)});
        merge["context"] = json!({"sources": [object("report", 3, 10)]});
        rows.apply(&StreamEvent::new(merge));
        assert_eq!(due(&rows, 0, 99), ["20-0 report 2"]);
    }

    #[test]
    fn what_is_pulled_in_is_a_row_and_changes_nothing_that_is_newer() {
        let mut rows = Rows::default();
        rows.put(object("incident", 1, 50), vec![object("identity", 9, 5)]);
        let pulled = vec![object("incident", 1, 40), object("incident", 2, 41)];
        rows.apply(&event("create", &object("report", 3, 60)).pulling(pulled));
        let expected = ["5-0 identity 9", "41-0 incident 2", "50-0 incident 1"];
        assert_eq!(due(&rows, 0, 55), expected);
        let due = rows.between(EventId::at(50), EventId::at(60));
        assert_eq!(due[0].1.dependencies.len(), 1);
        assert_eq!(due[1].1.dependencies.len(), 2);
        rows.hide("incident--1");
        assert_eq!(rows.between(EventId::at(50), EventId::at(60)).len(), 1);
        assert_eq!(rows.objects().count(), 4);
    }
}
