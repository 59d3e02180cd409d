//! Finds an entity for a person who has its id or the key of its issue.

use crate::context::Context;
use crate::model::{EntityKey, IssueName, SourceKey};
use crate::pipeline::Failure;
use crate::sources::SOURCES;
use crate::store::issues;
use crate::store::whole::{Whole, whole};

/// The entities that a text may stand for: by the entity's id (of any source, or of this
/// one), by the issue's key, or by the issue's id.
///
/// # Errors
/// When the store fails, or Jira cannot be asked whose an issue is.
pub(super) async fn find(
    context: Context<'_>,
    id: &str,
    source: Option<&str>,
) -> Result<Vec<Whole>, Failure> {
    let mut found = Vec::new();
    for of in SOURCES {
        let key = of.profile.key;
        if source.is_none_or(|source| source == key) {
            let entity = EntityKey {
                source: SourceKey::from(key.to_owned()),
                id: id.to_owned(),
            };
            found.extend(whole(context.ports, &entity)?);
        }
    }
    if found.is_empty()
        && source.is_none()
        && let Some(entity) = of_issue(context, id).await?
    {
        found.extend(whole(context.ports, &entity)?);
    }
    Ok(found)
}

/// Whose an issue is, by its key or its id: as far as the store knows, else as far as
/// the issue itself says. That is one request.
async fn of_issue(context: Context<'_>, name: &str) -> Result<Option<EntityKey>, Failure> {
    let is_id = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    if !is_id && !is_key(name) {
        return Ok(None);
    }
    if is_id && let Some(entity) = issues::entity_of(context.ports.store, name)? {
        return Ok(Some(entity));
    }
    let name = name.to_owned();
    let name = match is_id {
        true => IssueName {
            key: String::new(),
            id: name,
        },
        false => IssueName {
            key: name.to_ascii_uppercase(),
            id: String::new(),
        },
    };
    Ok(context.tracker.owner(&name).await?)
}

/// Whether it looks like the key of an issue, such as `SOC-105`.
fn is_key(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.len() <= 100
        && text.rsplit_once('-').is_some_and(|(project, number)| {
            project.starts_with(|c: char| c.is_ascii_alphabetic())
                && project.bytes().all(is_word)
                && !number.is_empty()
                && number.bytes().all(|byte| byte.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::is_key;

    #[test]
    fn a_key_is_told_from_an_id() {
        for key in ["SOC-1", "soc-105", "A_B2-7"] {
            assert!(is_key(key), "{key}");
        }
        for other in [
            "",
            "-1",
            "SOC-",
            "SOC",
            "84fdd243-adb4-4a9d-89c9-4e6593d9d7e4",
            "a/b-1",
        ] {
            assert!(!is_key(other), "{other}");
        }
    }
}
