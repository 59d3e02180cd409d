//! Lenient looks at a stranger's JSON.

use std::borrow::Cow;

use serde_json::Value;

use super::received::SourceError;
use crate::model::Timestamp;
use crate::text::without_files;

/// Texts that are shorter have room in an issue, whatever they hold.
const LONG: usize = 1_000;

/// A request's body.
pub(super) fn read(body: &[u8]) -> Result<Value, SourceError> {
    if body.trim_ascii().is_empty() {
        return Err(SourceError::NotJson("the body is empty".to_owned()));
    }
    let json = serde_json::from_slice(body);
    let mut json: Value = json.map_err(|error| SourceError::NotJson(error.to_string()))?;
    drop_files(&mut json);
    Ok(json)
}

/// A request's body, which is an object.
pub(super) fn object(body: &[u8]) -> Result<Value, SourceError> {
    let json = read(body)?;
    match json.is_object() {
        true => Ok(json),
        false => Err(SourceError::NoEvent("an event is a JSON object".to_owned())),
    }
}

/// Takes the files out of long texts before anybody cuts these: what stands
/// behind a pasted screenshot would be lost. No deeper than JSON is read.
fn drop_files(json: &mut Value) {
    match json {
        Value::String(text) if text.len() > LONG => {
            if let Cow::Owned(short) = without_files(text) {
                *text = short;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(drop_files),
        Value::Object(members) => members.values_mut().for_each(drop_files),
        _ => {}
    }
}

/// A text of people's, without the files that it holds. Those of a long one have
/// been taken out.
pub(super) fn prose(value: &Value) -> Option<String> {
    let text = text(value)?;
    match text.len() > LONG {
        true => Some(text),
        false => Some(without_files(&text).into_owned()),
    }
}

/// A string with something in it.
pub(super) fn text(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    (!text.trim().is_empty()).then(|| text.to_owned())
}

/// A string, number or boolean as text; a list of them, joined.
pub(super) fn any_text(value: &Value) -> Option<String> {
    match value {
        Value::String(_) => text(value),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(true) => Some("yes".to_owned()),
        Value::Bool(false) => Some("no".to_owned()),
        Value::Array(items) => {
            let texts: Vec<String> = items.iter().filter_map(any_text).collect();
            (!texts.is_empty()).then(|| texts.join(", "))
        }
        Value::Null | Value::Object(_) => None,
    }
}

/// The strings of a list; a lone string is a list of one.
pub(super) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(_) => text(value).into_iter().collect(),
        _ => items(value).iter().filter_map(text).collect(),
    }
}

/// The entries of a list.
pub(super) fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A whole number, or one in a string.
pub(super) fn number(value: &Value) -> Option<u64> {
    value
        .as_u64()
        .or_else(|| value.as_f64().filter(|n| *n >= 0.0).map(|n| n as u64))
        .or_else(|| value.as_str()?.trim().parse().ok())
}

/// A date-time (RFC 3339).
pub(super) fn time(value: &Value) -> Option<Timestamp> {
    Timestamp::parse(value.as_str()?)
}

/// A date-time (RFC 3339), or a number, also in a string: seconds since 1970, with or
/// without a fraction, or milliseconds.
pub(super) fn moment(value: &Value) -> Option<Timestamp> {
    /// As seconds, this is in the year 5138; as milliseconds, in 1973.
    const FIRST_MILLIS: f64 = 1e11;
    let text = value.as_str().map(str::trim);
    let is_number = |text: &&str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    let in_text = text.filter(is_number).and_then(|text| text.parse().ok());
    let Some(number) = value.as_f64().or(in_text) else {
        return Timestamp::parse(text?);
    };
    let millis = match number >= FIRST_MILLIS {
        true => number,
        false => (number * 1000.0).round(),
    };
    (millis >= 0.0).then_some(Timestamp::from_millis(millis as u64))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_file_in_a_text_of_any_member_goes_before_the_text_is_cut() {
        let png = format!("data:image/png;base64,{}", "iVBORw0K".repeat(50_000));
        let text = format!("Before. {png} After.");
        let body = json!({"result": {"a": [text]}, "b": "data:image/png;base64,AAAA"});
        let read = object(body.to_string().as_bytes()).unwrap();
        assert_eq!(read["result"]["a"][0], "Before. [image] After.");
        // There is room for it.
        assert_eq!(read["b"], body["b"]);
    }

    #[test]
    fn a_moment_is_told_in_several_ways() {
        for told in [
            json!("2026-03-01T08:00:00.250Z"),
            json!(" 2026-03-01T09:00:00.250+01:00 "),
            json!(1_772_352_000.25),
            json!(1_772_352_000_250_u64),
            json!("1772352000.25"),
        ] {
            let at = moment(&told).map(Timestamp::as_millis);
            assert_eq!(at, Some(1_772_352_000_250), "{told}");
        }
        for told in [
            json!("soon"),
            json!(""),
            json!(-5),
            json!("NaN"),
            json!("1e5"),
            json!("1.2.3"),
            json!(null),
            json!([1]),
        ] {
            assert_eq!(moment(&told), None, "{told}");
        }
    }
}
