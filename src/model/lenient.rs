//! What was kept stays readable by other versions: what is missing takes its
//! default, what is unknown is ignored, and so is what is broken where that
//! costs less than the loss of the whole.

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::Value;

/// The value, or its default if it is broken.
pub(crate) fn or_default<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    let json = Value::deserialize(from)?;
    Ok(T::deserialize(json).unwrap_or_default())
}

/// A list, without its items that are broken.
pub(crate) fn readable<'de, D, T>(from: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let items: Vec<Value> = or_default(from)?;
    let items = items.into_iter().map(T::deserialize);
    Ok(items.filter_map(Result::ok).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::{Change, Entity, Event, Firings, Named, strategy};

    proptest! {
        #[test]
        fn an_event_is_read_as_it_was_written(event in strategy::event()) {
            let bytes = serde_json::to_vec(&event).unwrap();
            prop_assert_eq!(serde_json::from_slice::<Event>(&bytes).unwrap(), event);
        }

        #[test]
        fn what_is_no_event_is_not_read(bytes: Vec<u8>) {
            prop_assert!(serde_json::from_slice::<Event>(&bytes).is_err());
        }
    }

    #[test]
    fn what_is_missing_takes_its_default_and_what_is_unknown_is_ignored() {
        let old = json!({
            "change": "created",
            "provenance": "live",
            "entity": { "id": "x", "tlp": "Purple", "confidence": 300, "mood": 1 },
        });
        let event: Event = serde_json::from_value(old).unwrap();
        let entity = Entity {
            id: "x".to_owned(),
            ..Entity::default()
        };
        assert_eq!(event.entity, entity);
        assert_eq!((event.change, event.platform_url), (Change::Created, None));
        for (old, change) in [
            (json!({ "updated": {} }), Change::UPDATED),
            (json!({ "merged": {} }), Change::Merged { absorbed: vec![] }),
            (
                json!({ "fired": { "mood": 1 } }),
                Change::Fired(Firings::default()),
            ),
        ] {
            assert_eq!(serde_json::from_value::<Change>(old).unwrap(), change);
        }
    }

    #[test]
    fn an_event_without_a_change_or_an_entity_is_none() {
        for json in [
            json!([]),
            json!({}),
            json!({ "change": "created", "provenance": "live" }),
            json!({ "change": "sing", "provenance": "live", "entity": {} }),
            json!({ "change": "created", "provenance": "live", "entity": null }),
        ] {
            assert!(
                serde_json::from_value::<Event>(json.clone()).is_err(),
                "{json}"
            );
        }
    }

    #[test]
    fn an_absent_value_takes_no_space() {
        assert_eq!(json!(Named::default()), json!({ "id": "" }));
    }
}
