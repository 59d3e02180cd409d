//! The variables as a manifest of Spin (version 2) has them.

use super::variable::Variable;
use super::{Build, variables_of};
use crate::platform::bundles::{self, BUNDLES};

/// The lines of `[variables]`: each one with its default.
pub fn declared(build: Build) -> String {
    let line = |it: &Variable| {
        let secret = if it.is_secret() {
            ", secret = true"
        } else {
            ""
        };
        let default = quoted(it.default);
        format!("{} = {{ default = {default}{secret} }}\n", it.name)
    };
    variables_of(build).map(line).collect()
}

/// The lines of `[component.<id>.variables]`: each one is passed on under its name.
pub fn passed_on(build: Build) -> String {
    let line = |it: &Variable| format!("{name} = \"{{{{ {name} }}}}\"\n", name = it.name);
    variables_of(build).map(line).collect()
}

/// The lines of the same table that pass several variables on in one value.
pub fn bundled() -> String {
    let line = |(name, names): &(&str, &[&str])| {
        format!("{name} = {}\n", quoted(&bundles::template(names)))
    };
    BUNDLES.iter().map(line).collect()
}

/// The lines of the list `allowed_outbound_hosts`.
pub fn allowed_hosts(build: Build) -> String {
    let hosts = variables_of(build).filter(|it| it.is_host());
    hosts
        .map(|it| format!("    \"{{{{ {} }}}}\",\n", it.name))
        .collect()
}

/// A basic string of TOML. Source: TOML 1.0, "String".
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for sign in text.chars() {
        match sign {
            '\\' | '"' => quoted.extend(['\\', sign]),
            '\n' => quoted.push_str("\\n"),
            sign if sign.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(sign))),
            sign => quoted.push(sign),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tables_are_toml_with_every_default() {
        for build in [Build::PlatformStore, Build::OutboundRedis] {
            both_tables_are_toml(build);
        }
    }

    fn both_tables_are_toml(build: Build) {
        let all: toml::Table = declared(build).parse().unwrap();
        let passed_on: toml::Table = passed_on(build).parse().unwrap();
        for it in variables_of(build) {
            let declared = &all[it.name];
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
    fn a_bundle_holds_variables_that_there_are() {
        let bundled: toml::Table = bundled().parse().unwrap();
        for (name, names) in BUNDLES {
            let template = bundled[name].as_str().unwrap();
            for it in names {
                assert!(template.contains(&format!("{{{{ {it} }}}}")), "{it}");
                assert!(
                    variables_of(Build::PlatformStore).any(|known| known.name == *it),
                    "{it}"
                );
            }
        }
    }

    #[test]
    fn a_default_may_hold_any_sign() {
        for text in [
            "",
            "*notable*",
            r#"{"a": "\n"}"#,
            "a\nb",
            r"\d",
            "→",
            "\u{1e}\t",
        ] {
            let table: toml::Table = format!("it = {}", quoted(text)).parse().unwrap();
            assert_eq!(table["it"].as_str(), Some(text));
        }
    }
}
