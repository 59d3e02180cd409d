//! How strict markings are that are none of the Traffic Light Protocol, and what
//! has no marking at all.

use super::reader::Reader;
use crate::model::{Entity, Level, Named, Tlp};

/// How the ids of markings begin.
const ID: &str = "marking-definition--";

/// How markings are understood. What is not understood is stricter than all.
#[derive(Debug, Clone, Default)]
pub struct Markings {
    /// Names or ids, in lower case, and what they count as.
    levels: Vec<(String, Tlp)>,
    /// Whether an entity without a marking is treated as one whose marking is not
    /// understood.
    withholds_unmarked: bool,
}

impl Markings {
    pub(super) fn read(read: &mut Reader<'_>) -> Self {
        let mut levels = Vec::new();
        for (name, level) in read.pairs("marking_levels") {
            if Tlp::named(&name).is_some() {
                read.mistake(format!(
                    "marking_levels: `{name}` is a level itself, and cannot be given another"
                ));
            }
            match Tlp::parse(&level) {
                Some(tlp) => levels.push((folded(&name), tlp)),
                None => read.mistake(format!(
                    "marking_levels: `{level}` of `{name}` is none of CLEAR, GREEN, AMBER, AMBER+STRICT, RED"
                )),
            }
        }
        let treatments = [("share", false), ("withhold", true)];
        Self {
            levels,
            withholds_unmarked: read.choice("unmarked", &treatments, false),
        }
    }

    /// How strictly an entity is marked: its strictest marking counts.
    pub fn level(&self, entity: &Entity) -> Level {
        match self.understood(entity) {
            _ if entity.markings.iter().any(|it| self.level_of(it).is_none()) => {
                Level::NotUnderstood
            }
            Some(tlp) => Level::Tlp(tlp),
            None => Level::Unmarked,
        }
    }

    /// The strictest of the markings that are understood.
    pub fn understood(&self, entity: &Entity) -> Option<Tlp> {
        let mut strictest = entity.tlp;
        for marking in &entity.markings {
            strictest = strictest.max(self.level_of(marking));
        }
        strictest
    }

    /// Whether others may get an entity, who may get what is marked up to `limit`.
    pub fn allow_others(&self, entity: &Entity, limit: Tlp) -> bool {
        match self.level(entity) {
            Level::Unmarked => !self.withholds_unmarked,
            Level::Tlp(tlp) => tlp <= limit,
            Level::NotUnderstood => false,
        }
    }

    /// Whether an issue may show an entity, if it may show what is marked up to
    /// `limit`.
    pub fn allow_issue(&self, entity: &Entity, limit: Tlp) -> bool {
        let level = match self.level(entity) {
            Level::Unmarked if self.withholds_unmarked => Level::NotUnderstood,
            level => level,
        };
        level.counted() <= Some(limit)
    }

    /// Whether a name that is not known yet can make a difference.
    pub fn await_names(&self, entity: &Entity) -> bool {
        let is_open = |it: &Named| it.name.is_none() && self.level_of(it).is_none();
        entity.markings.iter().any(is_open)
    }

    fn level_of(&self, marking: &Named) -> Option<Tlp> {
        let id = folded(&marking.id);
        let name = marking.name.as_deref();
        let name = name.map(folded).unwrap_or_default();
        let mut levels = self.levels.iter();
        let found = levels.find(|(known, _)| *known == id || *known == name);
        found
            .map(|(_, tlp)| *tlp)
            .or_else(|| Tlp::named(marking.name.as_deref()?))
    }
}

/// As names and ids are compared.
fn folded(text: &str) -> String {
    let text = text.trim().to_lowercase();
    text.strip_prefix(ID).map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::tests::{load, mistakes};

    const PAP_RED: &str = "marking-definition--4e4e3b84-de45-53df-9d9b-b21207699fd8";

    fn marked(tlp: Option<Tlp>, id: &str, name: Option<&str>) -> Entity {
        Entity {
            tlp,
            markings: vec![Named {
                id: id.to_owned(),
                name: name.map(str::to_owned),
            }],
            ..Entity::default()
        }
    }

    #[test]
    fn a_marking_without_a_level_is_stricter_than_all() {
        let markings = Markings::default();
        for name in [None, Some("PAP:RED"), Some("PAP:CLEAR"), Some("Green")] {
            let entity = marked(Some(Tlp::Green), PAP_RED, name);
            assert_eq!(markings.level(&entity), Level::NotUnderstood);
            assert!(!markings.allow_others(&entity, Tlp::Red), "{name:?}");
            assert!(markings.allow_issue(&entity, Tlp::Red));
            assert!(!markings.allow_issue(&entity, Tlp::AmberStrict));
        }
    }

    #[test]
    fn a_level_is_given_by_a_name_in_any_case_or_by_an_id() {
        for key in [
            "pap:red",
            "PAP:RED",
            PAP_RED,
            "4E4E3B84-DE45-53DF-9D9B-B21207699FD8",
        ] {
            let levels = format!("Restricted = RED, {key} = amber");
            let markings = load(&[("marking_levels", &levels)]).unwrap().markings();
            let markings = markings.unwrap();
            let entity = marked(Some(Tlp::Green), PAP_RED, Some(" Pap:Red"));
            assert_eq!(markings.level(&entity), Level::Tlp(Tlp::Amber), "{key}");
            assert!(!markings.allow_others(&entity, Tlp::Green));
            assert!(markings.allow_others(&entity, Tlp::Amber));
            // The strictest counts, also where it is not understood.
            let stricter = marked(Some(Tlp::Red), PAP_RED, Some("PAP:RED"));
            assert_eq!(markings.level(&stricter), Level::Tlp(Tlp::Red));
            let mut both = entity.clone();
            both.mark(Named::by_name("Other".to_owned()));
            assert_eq!(markings.level(&both), Level::NotUnderstood);
        }
    }

    #[test]
    fn a_name_is_waited_for_where_the_id_has_no_level() {
        let by_id = format!("{PAP_RED}=GREEN");
        for (levels, name, expected) in [
            ("", None, true),
            ("PAP:RED=GREEN", None, true),
            ("PAP:RED=GREEN", Some("PAP:RED"), false),
            (by_id.as_str(), None, false),
        ] {
            let settings = load(&[("marking_levels", levels)]).unwrap();
            let markings = settings.markings().unwrap();
            let awaits = markings.await_names(&marked(None, PAP_RED, name));
            assert_eq!(awaits, expected, "{levels} {name:?}");
        }
    }

    #[test]
    fn what_is_not_marked_is_shared_unless_it_is_to_be_withheld() {
        let entity = Entity::default();
        let share = Markings::default();
        assert!(share.allow_others(&entity, Tlp::Clear));
        assert!(share.allow_issue(&entity, Tlp::Clear));
        let settings = load(&[("unmarked", "withhold")]).unwrap();
        let withhold = settings.markings().unwrap();
        assert_eq!(withhold.level(&entity), Level::Unmarked);
        assert!(!withhold.allow_others(&entity, Tlp::Red));
        assert!(!withhold.allow_issue(&entity, Tlp::AmberStrict));
        assert!(withhold.allow_issue(&entity, Tlp::Red));
    }

    #[test]
    fn mistakes_are_told() {
        let wrong = "PAP:RED=PURPLE, TLP:RED=GREEN, Restricted";
        let told = mistakes(&[("marking_levels", wrong), ("unmarked", "hide")]);
        assert_eq!(
            told,
            [
                "marking_levels: `Restricted` is not of the form name=value",
                "marking_levels: `PURPLE` of `PAP:RED` is none of CLEAR, GREEN, AMBER, AMBER+STRICT, RED",
                "marking_levels: `TLP:RED` is a level itself, and cannot be given another",
                "unmarked: `hide` is none of share, withhold",
            ]
        );
    }
}
