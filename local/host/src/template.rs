//! `{{ name }}` templates, as `spin.toml` uses them for component variables
//! and for allowed hosts.

use anyhow::{Result, bail};

/// A text with `{{ name }}` in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Name(String),
}

impl Template {
    /// Reads a template; the only mistake is a `{{` that is never closed.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            let (before, from) = rest.split_at(start);
            let Some(end) = from.find("}}") else {
                bail!("`{{{{` without `}}}}` in {text:?}");
            };
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Name(from[2..end].trim().to_owned()));
            rest = &from[end + 2..];
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self { parts })
    }

    /// The variables it names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Name(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// Whether it names no variable.
    #[must_use]
    pub(crate) fn is_plain(&self) -> bool {
        self.names().next().is_none()
    }

    /// Puts the variables' values in; fails with the first error of `value_of`.
    pub(crate) fn resolve<E>(
        &self,
        value_of: impl Fn(&str) -> Result<String, E>,
    ) -> Result<String, E> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Name(name) => text.push_str(&value_of(name)?),
            }
        }
        Ok(text)
    }
}

impl std::fmt::Display for Template {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for part in &self.parts {
            match part {
                Part::Text(text) => f.write_str(text)?,
                Part::Name(name) => write!(f, "{{{{ {name} }}}}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(text: &str) -> Result<String> {
        Template::parse(text)?.resolve(|name| match name {
            "host" => Ok("jira.example".to_owned()),
            "port" => Ok("8443".to_owned()),
            "empty" => Ok(String::new()),
            other => bail!("no {other}"),
        })
    }

    #[test]
    fn names_are_replaced_wherever_they_stand() {
        for (text, expected) in [
            ("", ""),
            ("plain", "plain"),
            ("{{ host }}", "jira.example"),
            ("{{host}}", "jira.example"),
            ("https://{{ host }}:{{port}}", "https://jira.example:8443"),
            ("{{ host }}{{ port }}", "jira.example8443"),
            ("a{{ empty }}b", "ab"),
            ("}} {", "}} {"),
        ] {
            assert_eq!(resolve(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn an_open_brace_pair_is_a_mistake() {
        let error = resolve("{{ host }} {{ port").unwrap_err().to_string();
        assert!(error.contains("{{ host }} {{ port"), "{error}");
    }

    #[test]
    fn an_unknown_name_fails() {
        assert!(resolve("{{ nobody }}").is_err());
    }

    #[test]
    fn a_template_knows_whether_it_is_plain() {
        assert!(Template::parse("https://*:*").unwrap().is_plain());
        assert!(!Template::parse("{{ host }}").unwrap().is_plain());
    }
}
