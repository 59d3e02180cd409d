//! The variables as a manifest of Spin (version 2) has them.

use super::variable::Variable;
use super::variables;

/// Both tables of an application whose component has this id.
pub fn tables(component: &str) -> String {
    let (declared, passed_on) = (declared(), passed_on());
    format!("[variables]\n{declared}\n[component.{component}.variables]\n{passed_on}")
}

/// The lines of `[variables]`: each one with its default.
pub fn declared() -> String {
    let line = |it: &Variable| {
        let secret = if it.is_secret() {
            ", secret = true"
        } else {
            ""
        };
        let default = quoted(it.default);
        format!("{} = {{ default = {default}{secret} }}\n", it.name)
    };
    variables().map(line).collect()
}

/// The lines of `[component.<id>.variables]`: each one is passed on under its name.
pub fn passed_on() -> String {
    let line = |it: &Variable| format!("{name} = \"{{{{ {name} }}}}\"\n", name = it.name);
    variables().map(line).collect()
}

/// The lines of the list `allowed_outbound_hosts`.
pub fn allowed_hosts() -> String {
    let hosts = variables().filter(|it| it.is_host());
    hosts
        .map(|it| format!("    \"{{{{ {} }}}}\",\n", it.name))
        .collect()
}

/// A basic string of TOML. Source: TOML 1.0, "String".
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", escaped.replace('\n', "\\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tables_are_toml_with_every_default() {
        let text = tables("other");
        let manifest: toml::Table = text.parse().unwrap();
        let passed_on = &manifest["component"]["other"]["variables"];
        for it in variables() {
            let declared = &manifest["variables"][it.name];
            assert_eq!(
                declared["default"].as_str(),
                Some(it.default),
                "{}",
                it.name
            );
            assert_eq!(declared.get("secret").is_some(), it.is_secret());
            let expected = format!("{{{{ {} }}}}", it.name);
            assert_eq!(passed_on[it.name].as_str(), Some(expected.as_str()));
        }
    }

    #[test]
    fn a_default_may_hold_any_sign() {
        for text in ["", "*notable*", r#"{"a": "\n"}"#, "a\nb", r"\d", "→"] {
            let table: toml::Table = format!("it = {}", quoted(text)).parse().unwrap();
            assert_eq!(table["it"].as_str(), Some(text));
        }
    }
}
