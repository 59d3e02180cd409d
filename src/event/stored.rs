//! How the ledger's records become JSON and are read again. By hand: what
//! serde derives for the same types adds 65 KB to the component.
//!
//! Reading is lenient, so that the records of older versions stay readable:
//! what is missing takes its default, what is unknown is ignored.

use serde_json::{Map, Value};

use super::{
    Change, Entity, EntityType, Event, Fact, Named, Observable, Provenance, Reference, Source, Tlp,
    Version,
};

/// What stands in the store as JSON.
pub(crate) trait Stored {
    /// As [`Stored::restore`] reads it; null is left out of objects.
    fn store(&self) -> Value;

    /// What was stored, if that is what this is.
    fn restore(json: &Value) -> Option<Self>
    where
        Self: Sized;
}

/// A value as it is kept.
pub(crate) fn to_bytes(value: &impl Stored) -> Vec<u8> {
    value.store().to_string().into_bytes()
}

/// A value that was kept, if these bytes are one.
pub(crate) fn from_bytes<T: Stored>(bytes: &[u8]) -> Option<T> {
    T::restore(&serde_json::from_slice::<Value>(bytes).ok()?)
}

/// Stores a struct as an object; a field that is not listed does not compile.
/// Without what it `must` have, nothing is read (an `Option` may be absent, but
/// not broken). Of what it `may` have, the absent and broken is the default.
macro_rules! stored {
    ($type:ty { $(must $($must:ident),+;)? $(may $($may:ident),+;)? }) => {
        impl $crate::event::stored::Stored for $type {
            fn store(&self) -> serde_json::Value {
                $crate::event::stored::members(&[
                    $($((stringify!($must), &self.$must),)+)?
                    $($((stringify!($may), &self.$may),)+)?
                ])
            }

            fn restore(json: &serde_json::Value) -> Option<Self> {
                json.is_object().then_some(())?;
                Some(Self {
                    $($($must: $crate::event::stored::Stored::restore(&json[stringify!($must)])?,)+)?
                    $($($may: $crate::event::stored::may(json, stringify!($may)),)+)?
                })
            }
        }
    };
}

/// Stores the variants of an enum as words.
macro_rules! words {
    ($type:ty { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl Stored for $type {
            fn store(&self) -> Value {
                Value::from(match self { $(Self::$variant => $word,)+ })
            }

            fn restore(json: &Value) -> Option<Self> {
                match json.as_str()? {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

/// Stores a kind of whole number.
macro_rules! number {
    ($($type:ty),+) => {$(
        impl Stored for $type {
            fn store(&self) -> Value {
                Value::from(*self)
            }

            fn restore(json: &Value) -> Option<Self> {
                Self::try_from(json.as_u64()?).ok()
            }
        }
    )+};
}

pub(crate) use stored;

/// For [`stored!`]: an object of these members. They are stored in a loop,
/// because a call for each of them takes four times the code.
pub(crate) fn members(members: &[(&str, &dyn Stored)]) -> Value {
    let mut stored = Vec::new();
    for (name, member) in members {
        stored.push((*name, member.store()));
    }
    object(stored)
}

/// For [`stored!`]: a member, or its default.
pub(crate) fn may<T: Stored + Default>(json: &Value, name: &str) -> T {
    T::restore(&json[name]).unwrap_or_default()
}

/// An object, without the members that are null.
pub(crate) fn object(members: Vec<(&str, Value)>) -> Value {
    let mut object = Map::new();
    for (name, value) in members {
        if !value.is_null() {
            object.insert(name.to_owned(), value);
        }
    }
    Value::Object(object)
}

number!(u8, u32, u64);

impl Stored for i64 {
    fn store(&self) -> Value {
        Value::from(*self)
    }

    fn restore(json: &Value) -> Option<Self> {
        json.as_i64()
    }
}

impl Stored for bool {
    fn store(&self) -> Value {
        Value::Bool(*self)
    }

    fn restore(json: &Value) -> Option<Self> {
        json.as_bool()
    }
}

impl Stored for String {
    fn store(&self) -> Value {
        Value::from(self.as_str())
    }

    fn restore(json: &Value) -> Option<Self> {
        json.as_str().map(str::to_owned)
    }
}

impl Stored for Map<String, Value> {
    fn store(&self) -> Value {
        Value::Object(self.clone())
    }

    fn restore(json: &Value) -> Option<Self> {
        json.as_object().cloned()
    }
}

impl<T: Stored> Stored for Box<T> {
    fn store(&self) -> Value {
        T::store(self)
    }

    fn restore(json: &Value) -> Option<Self> {
        T::restore(json).map(Self::new)
    }
}

impl<T: Stored> Stored for Option<T> {
    fn store(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::store)
    }

    fn restore(json: &Value) -> Option<Self> {
        match json {
            Value::Null => Some(None),
            json => T::restore(json).map(Some),
        }
    }
}

impl<T: Stored> Stored for Vec<T> {
    fn store(&self) -> Value {
        Value::Array(self.iter().map(T::store).collect())
    }

    fn restore(json: &Value) -> Option<Self> {
        Some(json.as_array()?.iter().filter_map(T::restore).collect())
    }
}

impl Stored for EntityType {
    fn store(&self) -> Value {
        self.0.store()
    }

    fn restore(json: &Value) -> Option<Self> {
        String::restore(json).map(Self)
    }
}

words!(Change {
    Create = "create",
    Update = "update",
    Delete = "delete",
    Merge = "merge",
    Absorbed = "absorbed",
    Firing = "firing",
});

words!(Source {
    OpenCti = "opencti",
    Splunk = "splunk",
});

words!(Provenance {
    Live = "live",
    Dependency = "dependency",
    Recovery = "recovery",
});

words!(Tlp {
    Clear = "Clear",
    Green = "Green",
    Amber = "Amber",
    AmberStrict = "AmberStrict",
    Red = "Red",
});

stored!(Version {
    may modified, updated;
});

stored!(Named {
    may id, name;
});

stored!(Fact {
    may key, label, value;
});

stored!(Reference {
    may source, description, url, external_id;
});

stored!(Observable {
    may kind, value;
});

stored!(Entity {
    may id, source, round, link, standard_id, kind, name, description, content, labels, severity,
        priority, confidence, tlp, author, status, facts, references, observables, data, findings,
        version;
});

stored!(Event {
    must change, provenance, entity;
    may absorbed, survivor, only_added_references, platform_url, firings;
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::strategy;
    use super::*;

    proptest! {
        #[test]
        fn an_event_is_read_as_it_was_written(event in strategy::event()) {
            prop_assert_eq!(from_bytes(&to_bytes(&event)), Some(event));
        }

        #[test]
        fn what_is_no_event_is_not_read(bytes: Vec<u8>) {
            prop_assert_eq!(from_bytes::<Event>(&bytes), None);
        }
    }

    #[test]
    fn what_is_missing_takes_its_default_and_what_is_unknown_is_ignored() {
        let old = json!({
            "change": "create",
            "provenance": "live",
            "entity": { "id": "x", "tlp": "Purple", "confidence": 300, "mood": 1 },
        });
        let event = Event::restore(&old).unwrap();
        let entity = Entity {
            id: "x".to_owned(),
            ..Entity::default()
        };
        assert_eq!(event.entity, entity);
        assert_eq!((event.absorbed, event.survivor), (Vec::new(), None));
    }

    #[test]
    fn an_event_without_a_change_or_an_entity_is_none() {
        for json in [
            json!([]),
            json!({}),
            json!({ "change": "create", "provenance": "live" }),
            json!({ "change": "sing", "provenance": "live", "entity": {} }),
            json!({ "change": "create", "provenance": "live", "entity": null }),
        ] {
            assert_eq!(Event::restore(&json), None, "{json}");
        }
    }

    #[test]
    fn an_absent_value_takes_no_room() {
        assert_eq!(Named::default().store(), json!({ "id": "" }));
    }
}
