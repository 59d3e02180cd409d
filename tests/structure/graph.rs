//! Who uses whom.

use std::collections::{BTreeMap, BTreeSet};

/// Edges from users to what they use.
#[derive(Debug, Default)]
pub(crate) struct Graph(BTreeMap<String, BTreeSet<String>>);

impl Graph {
    pub(crate) fn add(&mut self, user: &str, used: &str) {
        if user != used {
            self.0
                .entry(user.to_owned())
                .or_default()
                .insert(used.to_owned());
        }
    }

    pub(crate) fn edges(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .flat_map(|(from, all)| all.iter().map(move |to| (from.as_str(), to.as_str())))
    }

    /// The same between groups.
    pub(crate) fn grouped(&self, group: impl Fn(&str) -> &str) -> Self {
        let mut grouped = Self::default();
        for (from, to) in self.edges() {
            grouped.add(group(from), group(to));
        }
        grouped
    }

    /// All that can be reached from a node.
    fn reached(&self, from: &str) -> BTreeSet<&str> {
        let mut reached = BTreeSet::new();
        let mut open = vec![from];
        while let Some(node) = open.pop() {
            for next in self.0.get(node).into_iter().flatten() {
                if reached.insert(next.as_str()) {
                    open.push(next);
                }
            }
        }
        reached
    }

    /// The circles: nodes that reach each other, in a line each.
    pub(crate) fn circles(&self) -> Vec<String> {
        let reached: BTreeMap<&str, BTreeSet<&str>> = self
            .0
            .keys()
            .map(|node| (node.as_str(), self.reached(node)))
            .collect();
        let mut circles = BTreeSet::new();
        for (node, all) in &reached {
            let back = |other: &&&str| reached.get(**other).is_some_and(|it| it.contains(node));
            let circle: Vec<&str> = all.iter().filter(back).copied().collect();
            if !circle.is_empty() {
                circles.insert(circle.join(", "));
            }
        }
        circles.into_iter().collect()
    }
}
