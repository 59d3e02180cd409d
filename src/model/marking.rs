//! What an entity is marked with: the strictest of the Traffic Light Protocol, and
//! other markings, of which only the settings say how strict they are.

use super::entity::{Entity, Named};
use super::tlp::Tlp;

/// Of more markings it is only kept that there are more.
const MARKINGS_LIMIT: usize = 20;
const MORE: &str = "more markings";

/// How strictly an entity is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// It has no marking.
    Unmarked,
    /// As the Traffic Light Protocol says.
    Tlp(Tlp),
    /// One of its markings is not understood: that is stricter than all.
    NotUnderstood,
}

impl Level {
    /// What it counts as where only the Traffic Light Protocol is known.
    pub fn counted(self) -> Option<Tlp> {
        match self {
            Self::Unmarked => None,
            Self::Tlp(tlp) => Some(tlp),
            Self::NotUnderstood => Some(Tlp::Red),
        }
    }
}

impl Named {
    /// What is called by its name alone.
    pub fn by_name(name: String) -> Self {
        Self {
            id: name.clone(),
            name: Some(name),
        }
    }
}

impl Entity {
    /// Takes a marking in. Of those of the Traffic Light Protocol the strictest
    /// counts.
    pub fn mark(&mut self, marking: Named) {
        let tlp = marking.name.as_deref().and_then(Tlp::named);
        if tlp.is_some() {
            self.tlp = self.tlp.max(tlp);
            return;
        }
        if self.markings.contains(&marking) || self.markings.len() > MARKINGS_LIMIT {
            return;
        }
        let is_kept = self.markings.len() < MARKINGS_LIMIT;
        self.markings.push(match is_kept {
            true => marking,
            false => Named::by_name(MORE.to_owned()),
        });
    }

    /// Takes the markings of another entity in.
    pub fn mark_like(&mut self, other: &Self) {
        self.tlp = self.tlp.max(other.tlp);
        for marking in &other.markings {
            self.mark(marking.clone());
        }
    }

    /// Gives its markings the names that are known of them.
    pub fn name_markings(&mut self, known: &[Named]) {
        for marking in self.markings.iter_mut().filter(|it| it.name.is_none()) {
            let same = known.iter().find(|it| it.id == marking.id);
            marking.name = same.and_then(|it| it.name.clone());
        }
    }

    /// Its markings as people read them; empty if it has none.
    pub fn marking_words(&self) -> String {
        let mut words = match self.tlp {
            Some(tlp) => format!("TLP:{}", tlp.as_str()),
            None => String::new(),
        };
        for marking in &self.markings {
            if !words.is_empty() {
                words.push_str(", ");
            }
            words.push_str(marking.name.as_ref().unwrap_or(&marking.id));
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(names: &[&str]) -> Entity {
        let mut entity = Entity::default();
        for name in names {
            entity.mark(Named::by_name((*name).to_owned()));
        }
        entity
    }

    #[test]
    fn the_strictest_tlp_counts_and_others_are_kept_once() {
        let entity = marked(&["tlp:green", "PAP:RED", "TLP:AMBER", "TLP:CLEAR", "PAP:RED"]);
        assert_eq!(entity.tlp, Some(Tlp::Amber));
        assert_eq!(entity.marking_words(), "TLP:AMBER, PAP:RED");
        // A colour alone is a word like others.
        assert_eq!(marked(&["Green"]).tlp, None);
        assert_eq!(marked(&[]).marking_words(), "");
    }

    #[test]
    fn of_too_many_markings_it_is_kept_that_there_are_more() {
        let names: Vec<String> = (0..1_000).map(|number| format!("m{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let entity = marked(&names);
        assert_eq!(entity.markings.len(), MARKINGS_LIMIT + 1);
        assert_eq!(entity.markings[MARKINGS_LIMIT].id, MORE);
    }

    #[test]
    fn a_marking_is_named_by_its_id_and_a_name_that_is_there_stays() {
        let named = |id: &str, name: Option<&str>| Named {
            id: id.to_owned(),
            name: name.map(str::to_owned),
        };
        let mut entity = Entity {
            markings: vec![named("a", None), named("b", Some("B")), named("c", None)],
            ..Entity::default()
        };
        entity.name_markings(&[named("a", Some("A")), named("b", Some("x"))]);
        assert_eq!(entity.marking_words(), "A, B, c");
    }
}
