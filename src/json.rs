//! JSON, written down. This `json!` looks like serde's, which adds 18 KB to the
//! component: there, each member brings its own way through serialisation along.

use serde_json::{Map, Value};

/// What can stand in [`json!`].
pub(crate) trait ToJson {
    fn to_json(&self) -> Value;
}

/// Writes JSON as it looks, with expressions in it.
macro_rules! json {
    // The members of an object, one after the other.
    (@members [$($done:tt)*]) => { $crate::json::object(vec![$($done)*]) };
    (@members [$($done:tt)*] $name:literal: {$($value:tt)*} $(, $($more:tt)*)?) => {
        json!(@members [$($done)* ($name, json!({$($value)*})),] $($($more)*)?)
    };
    (@members [$($done:tt)*] $name:literal: [$($value:tt)*] $(, $($more:tt)*)?) => {
        json!(@members [$($done)* ($name, json!([$($value)*])),] $($($more)*)?)
    };
    (@members [$($done:tt)*] $name:literal: null $(, $($more:tt)*)?) => {
        json!(@members [$($done)* ($name, json!(null)),] $($($more)*)?)
    };
    (@members [$($done:tt)*] $name:literal: $value:expr $(, $($more:tt)*)?) => {
        json!(@members [$($done)* ($name, json!($value)),] $($($more)*)?)
    };
    ({$($members:tt)*}) => { json!(@members [] $($members)*) };
    ([$($item:tt),* $(,)?]) => { serde_json::Value::Array(vec![$(json!($item)),*]) };
    ([$($item:expr),* $(,)?]) => { serde_json::Value::Array(vec![$(json!($item)),*]) };
    (null) => { serde_json::Value::Null };
    ($value:expr) => { $crate::json::ToJson::to_json(&$value) };
}

pub(crate) use json;

/// For [`json!`]: an object.
pub(crate) fn object(members: Vec<(&str, Value)>) -> Value {
    let mut object = Map::new();
    for (name, value) in members {
        object.insert(name.to_owned(), value);
    }
    Value::Object(object)
}

macro_rules! plain {
    ($($type:ty),+) => {$(
        impl ToJson for $type {
            fn to_json(&self) -> Value {
                Value::from(*self)
            }
        }
    )+};
}

plain!(bool, u8, u16, u32, i32, u64, i64, usize, f64);

impl ToJson for str {
    fn to_json(&self) -> Value {
        Value::from(self)
    }
}

impl<T: ToJson + ?Sized> ToJson for &T {
    fn to_json(&self) -> Value {
        T::to_json(self)
    }
}

impl<T: ToJson, const N: usize> ToJson for [T; N] {
    fn to_json(&self) -> Value {
        self.as_slice().to_json()
    }
}

impl ToJson for String {
    fn to_json(&self) -> Value {
        Value::from(self.as_str())
    }
}

impl ToJson for Value {
    fn to_json(&self) -> Value {
        self.clone()
    }
}

impl ToJson for Map<String, Value> {
    fn to_json(&self) -> Value {
        Value::Object(self.clone())
    }
}

impl<T: ToJson> ToJson for Option<T> {
    fn to_json(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_json)
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn to_json(&self) -> Value {
        self.as_slice().to_json()
    }
}

impl<T: ToJson> ToJson for [T] {
    fn to_json(&self) -> Value {
        self.iter().map(T::to_json).collect()
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn json_is_what_serde_makes_of_it() {
        let (text, none) = ("a".to_owned(), None::<u64>);
        let map = serde_json::Map::new();
        macro_rules! both {
            ($($json:tt)*) => { assert_eq!(json!($($json)*), serde_json::json!($($json)*)) };
        }
        both!({});
        both!([]);
        both!(null);
        both!({ "b": text, "a": none, "c": Some(1.5), "null": null, });
        both!({ "list": [1, { "deep": [[], [true]] }, null], "same": [text, text], "map": map });
        both!([text.len() as u64, 1 + 2]);
        both!(vec![-1_i64, 2]);
    }
}
