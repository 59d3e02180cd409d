//! Where the store is, in the build that keeps it on a Redis of its own
//! (`outbound-redis`).
//!
//! Three settings make one address, because `allowed_outbound_hosts` takes an origin
//! alone, and because the password is a secret.

use super::{VariableError, Variables};

/// What all keys of this program begin with: a Redis can be shared.
pub const PREFIX: &str = "jira-intake/";

/// "Not set": a host for the manifest, which leads nowhere (RFC 2606).
const UNSET: &str = "redis://unset.invalid:6379";

/// The address for Redis' clients, `redis://user:password@host:port/database`, made of
/// `redis_url`, `redis_login` and `redis_database`. It holds a secret.
///
/// # Errors
/// What is wrong with which setting, without the secret.
pub fn address(variables: &dyn Variables) -> Result<String, String> {
    let url = read(variables, "redis_url")?;
    let (scheme, host) = origin(&url)?;
    let login = read(variables, "redis_login")?;
    let database = match read(variables, "redis_database")? {
        number if number.is_empty() => 0,
        number => number
            .parse::<u32>()
            .map_err(|_| format!("redis_database: `{number}` is not a whole number"))?,
    };
    Ok(format!("{scheme}://{}{host}/{database}", user_info(&login)))
}

fn read(variables: &dyn Variables, name: &str) -> Result<String, String> {
    match variables.get(name) {
        Ok(value) => Ok(value.trim().to_owned()),
        Err(VariableError::Undefined) => Err(format!(
            "{name}: the manifest does not pass this variable on to the component; use the manifest of this build, deploy/outbound-redis/spin.toml"
        )),
        Err(VariableError::Provider(why)) => {
            Err(format!("{name}: the variable provider failed: {why}"))
        }
    }
}

/// Scheme, and host with port.
fn origin(url: &str) -> Result<(&'static str, &str), String> {
    let url = url.trim_end_matches('/');
    if url.is_empty() || url == UNSET {
        return Err("redis_url: is not set; it is where this build keeps its store, such as redis://redis.example.com:6379".to_owned());
    }
    // It may hold a password: nothing of it is repeated.
    if url.contains('@') {
        return Err(
            "redis_url: holds a user name or password before `@`; it belongs into redis_login"
                .to_owned(),
        );
    }
    let (scheme, host) = match url.split_once("://") {
        Some(("redis", host)) => ("redis", host),
        Some(("rediss", host)) => ("rediss", host),
        _ => {
            return Err("redis_url: begins with neither redis:// nor rediss://".to_owned());
        }
    };
    if host.contains(['/', '?', '#']) {
        return Err("redis_url: has more than a host and a port; a database's number belongs into redis_database".to_owned());
    }
    let port = host.rsplit_once(':').map(|(_, port)| port.parse::<u16>());
    match port {
        Some(Ok(_)) => Ok((scheme, host)),
        _ => Err("redis_url: has no port; Spin allows a host only with its port: redis://redis.example.com:6379".to_owned()),
    }
}

/// `user:password@`, each percent-encoded (RFC 3986, 3.2.1). A login without a colon
/// is a password.
fn user_info(login: &str) -> String {
    let (user, password) = login.split_once(':').unwrap_or(("", login));
    match login.is_empty() {
        true => String::new(),
        false => format!("{}:{}@", encoded(user), encoded(password)),
    }
}

fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte.is_ascii_alphanumeric() {
            true => encoded.push(char::from(byte)),
            false => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    struct Given(BTreeMap<&'static str, String>);

    impl Variables for Given {
        fn get(&self, name: &str) -> Result<String, VariableError> {
            self.0.get(name).cloned().ok_or(VariableError::Undefined)
        }
    }

    fn made(url: &str, login: &str, database: &str) -> Result<String, String> {
        address(&Given(BTreeMap::from([
            ("redis_url", url.to_owned()),
            ("redis_login", login.to_owned()),
            ("redis_database", database.to_owned()),
        ])))
    }

    #[test]
    fn three_settings_make_an_address() {
        for (url, login, database, expected) in [
            ("redis://r.example:6379", "", "", "redis://r.example:6379/0"),
            (
                "rediss://r.example:6380/",
                "",
                "3",
                "rediss://r.example:6380/3",
            ),
            ("redis://[::1]:6379", "", "0", "redis://[::1]:6379/0"),
            (
                "redis://r.example:6379",
                "pass",
                "",
                "redis://:pass@r.example:6379/0",
            ),
            (
                "redis://r.example:6379",
                "intake:p@ss/w:rd",
                "",
                "redis://intake:p%40ss%2Fw%3Ard@r.example:6379/0",
            ),
        ] {
            assert_eq!(made(url, login, database).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn what_is_wrong_names_its_setting() {
        for (url, database, says) in [
            ("", "", "redis_url: is not set"),
            (UNSET, "", "redis_url: is not set"),
            ("https://r.example:6379", "", "redis_url"),
            ("redis://r.example", "", "no port"),
            ("redis://[::1]", "", "no port"),
            ("redis://r.example:6379/2", "", "redis_database"),
            ("redis://:5ecret@r.example:6379", "", "redis_login"),
            (
                "redis://r.example:6379?password=5ecret",
                "",
                "redis_database",
            ),
            ("5ecret", "", "neither"),
            ("redis://r.example:6379", "two", "redis_database"),
        ] {
            let error = made(url, "", database).unwrap_err();
            assert!(error.contains(says), "{url}: {error}");
            assert!(!error.contains("5ecret"), "{error}");
        }
        let undefined = address(&Given(BTreeMap::new())).unwrap_err();
        assert!(undefined.contains("deploy/outbound-redis/spin.toml"));
    }

    proptest! {
        #[test]
        fn any_login_leaves_the_host_alone(login in "\\PC{1,40}") {
            let address = made("redis://r.example:6379", &login, "1").unwrap();
            let parsed: url::Url = address.parse().unwrap();
            prop_assert_eq!(parsed.host_str(), Some("r.example"));
            prop_assert_eq!(parsed.port(), Some(6379));
            prop_assert_eq!(parsed.path(), "/1");
        }
    }
}
