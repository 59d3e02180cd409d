//! `allowed_outbound_hosts`: which hosts the component may call.

use anyhow::{Context, Error, Result, bail, ensure};
use url::{Host, Url};

use crate::template::Template;

/// One entry: scheme, host and port, each of which may be a wildcard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AllowedHost {
    scheme: Option<String>,
    host: HostPattern,
    port: PortPattern,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum HostPattern {
    Any,
    /// Everything that ends with this, dot included.
    Below(String),
    Exactly(Host),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum PortPattern {
    Any,
    /// From the first up to, and without, the second.
    Range(u16, u32),
}

impl AllowedHost {
    /// Reads `scheme://host[:port]`.
    pub(crate) fn parse(entry: &str) -> Result<Self> {
        Self::read(entry.trim()).with_context(|| format!("allowed_outbound_hosts: {entry:?}"))
    }

    fn read(entry: &str) -> Result<Self> {
        let Some((scheme, rest)) = entry.split_once("://") else {
            match entry {
                "" | "*" | ":" | "?" => bail!(
                    "is not an allowed outbound host format; write scheme://host[:port], each may be `*`"
                ),
                _ => bail!("does not contain a scheme, such as https://"),
            }
        };
        // As in Spin, the last colon is where the port begins: an IPv6 address
        // without a port is cut in two.
        let (host, port) = rest.rsplit_once(':').unwrap_or((rest, ""));
        let (port, path) = port.split_once('/').unwrap_or((port, ""));
        ensure!(path.is_empty(), "has a path but is not allowed to");
        ensure!(
            scheme == "*" || scheme.bytes().all(|b| b.is_ascii_alphabetic()),
            "the scheme may only have letters"
        );
        Ok(Self {
            scheme: (scheme != "*").then(|| scheme.to_owned()),
            host: HostPattern::parse(host)?,
            port: PortPattern::parse(port, scheme)?,
        })
    }

    /// Whether a request to `url` may go out.
    #[must_use]
    pub(crate) fn allows(&self, url: &Url) -> bool {
        let scheme = self.scheme.as_deref().is_none_or(|s| s == url.scheme());
        // Read anew: in an address that is not of the web, an IP address is a name.
        let host = url.host_str().and_then(|host| Host::parse(host).ok());
        let host = host.is_some_and(|host| self.host.allows(&host));
        scheme && host && self.port.allows(url.port_or_known_default())
    }
}

impl HostPattern {
    fn parse(host: &str) -> Result<Self> {
        if host == "*" {
            return Ok(Self::Any);
        }
        let host = host.trim_end_matches('/');
        ensure!(!host.contains('/'), "must not include a path");
        ensure!(
            host != "self" && host != "self.alt",
            "requests of the application to itself are not supported without Spin"
        );
        let (name, below) = match host.strip_prefix("*.") {
            Some(name) => (name, true),
            None => (host, false),
        };
        ensure!(
            !name.contains('*'),
            "`*` may only stand for the whole host or its first part"
        );
        match (Host::parse(name).context("has no valid host")?, below) {
            (Host::Domain(name), true) => Ok(Self::Below(format!(".{name}"))),
            (_, true) => bail!("an address has no parts below it"),
            (host, false) => Ok(Self::Exactly(host)),
        }
    }

    fn allows(&self, host: &Host) -> bool {
        match (self, host) {
            (Self::Any, _) => true,
            (Self::Below(suffix), Host::Domain(name)) => name.ends_with(suffix),
            (Self::Below(_), _) => false,
            (Self::Exactly(allowed), host) => allowed == host,
        }
    }
}

impl PortPattern {
    fn parse(port: &str, scheme: &str) -> Result<Self> {
        let one = |port: u16| Self::Range(port, u32::from(port) + 1);
        match (port, scheme) {
            ("*", _) => Ok(Self::Any),
            ("", "http") => Ok(one(80)),
            ("", "https") => Ok(one(443)),
            ("", _) => bail!("needs a port, since {scheme:?} has no usual one"),
            (range, _) if range.contains("..") => {
                let (from, to) = range.split_once("..").unwrap_or_default();
                let number = || format!("the port range {range:?} has no two numbers");
                let from = from.parse().with_context(number)?;
                Ok(Self::Range(
                    from,
                    to.parse::<u16>().with_context(number)?.into(),
                ))
            }
            (port, _) => Ok(one(port
                .parse()
                .with_context(|| format!("the port {port:?} is no number"))?)),
        }
    }

    fn allows(&self, port: Option<u16>) -> bool {
        match (self, port) {
            (Self::Any, _) => true,
            (Self::Range(from, to), Some(port)) => (u32::from(*from)..*to).contains(&port.into()),
            (Self::Range(..), None) => false,
        }
    }
}

/// Everything the component may call.
#[derive(Debug, Default)]
pub(crate) struct AllowedHosts {
    entries: Vec<AllowedHost>,
    /// Why nothing may be called at all: one entry could not be read.
    mistake: Option<String>,
}

impl AllowedHosts {
    /// What Spin checks when it loads an application: every entry must be
    /// valid with the manifest's own defaults, whatever is given later. An
    /// entry with a variable that has no default is left alone.
    pub(crate) fn check(
        templates: &[Template],
        default_of: impl Fn(&str) -> Option<String>,
    ) -> Result<()> {
        for template in templates {
            let entry = template.resolve(|name| default_of(name).ok_or(()));
            if let Ok(entry) = entry {
                AllowedHost::parse(&entry).with_context(|| match template.is_plain() {
                    true => "`allowed_outbound_hosts` is malformed".to_owned(),
                    false => format!(
                        "`allowed_outbound_hosts` is malformed: with the default values, the template \"{template}\" results in {entry:?}"
                    ),
                })?;
            }
        }
        Ok(())
    }

    /// Reads the entries with the values that were given. As in Spin, one that
    /// cannot be read denies every call.
    pub(crate) fn resolve<E: Into<Error>>(
        templates: &[Template],
        value_of: impl Fn(&str) -> Result<String, E>,
    ) -> Self {
        let mut hosts = Self::default();
        for template in templates {
            let entry = template.resolve(&value_of).map_err(Into::into);
            match entry.and_then(|entry| AllowedHost::parse(&entry)) {
                Ok(host) => hosts.entries.push(host),
                Err(error) => hosts.mistake = Some(format!("{error:#}")),
            }
        }
        hosts
    }

    /// Whether a request to `url` may go out.
    #[must_use]
    pub(crate) fn allows(&self, url: &Url) -> bool {
        self.mistake.is_none() && self.entries.iter().any(|entry| entry.allows(url))
    }

    /// Why every call is denied, if so.
    #[must_use]
    pub(crate) fn mistake(&self) -> Option<&str> {
        self.mistake.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(entry: &str, url: &str) -> bool {
        AllowedHost::parse(entry)
            .unwrap()
            .allows(&url.parse().unwrap())
    }

    #[test]
    fn an_entry_allows_what_it_names_and_nothing_else() {
        for (entry, url, expected) in [
            (
                "https://jira.example",
                "https://jira.example/rest?x=1",
                true,
            ),
            ("https://jira.example/", "https://jira.example/", true),
            ("https://jira.example", "https://jira.example:443/", true),
            ("https://Jira.Example", "https://jira.example/", true),
            ("https://jira.example", "https://jira.example:8443/", false),
            ("https://jira.example", "http://jira.example/", false),
            ("https://jira.example", "https://evil-jira.example/", false),
            ("https://jira.example", "https://jira.example.evil/", false),
            ("https://jira.example", "https://jira.example@evil/", false),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/", true),
            ("redis://127.0.0.1:7", "redis://a:b@127.0.0.1:7/0", true),
            ("redis://127.0.0.1:7", "redis://127.0.0.1:8/0", false),
            ("redis://r.example:7", "rediss://r.example:7/0", false),
            ("http://127.0.0.1:8080", "http://127.0.0.1/", false),
            ("http://127.0.0.1:8080", "http://localhost:8080/", false),
            ("http://[::1]:8080", "http://[::1]:8080/", true),
            ("https://*.atlassian.net", "https://me.atlassian.net/", true),
            (
                "https://*.atlassian.net",
                "https://a.b.atlassian.net/",
                true,
            ),
            ("https://*.atlassian.net", "https://atlassian.net/", false),
            (
                "https://*.atlassian.net",
                "https://evilatlassian.net/",
                false,
            ),
            ("https://*", "https://any.example/", true),
            ("https://*", "https://any.example:8443/", false),
            ("https://*:*", "https://any.example:8443/", true),
            ("*://jira.example:80", "http://jira.example/", true),
            ("*://*:*", "http://10.0.0.1:1/", true),
            ("http://h:8000..8010", "http://h:8009/", true),
            ("http://h:8000..8010", "http://h:8010/", false),
        ] {
            assert_eq!(allows(entry, url), expected, "{entry} for {url}");
        }
    }

    #[test]
    fn what_cannot_be_an_entry_says_why() {
        for (entry, says) in [
            ("https://jira.example/jira", "path"),
            ("https://jira.example:443/jira", "path"),
            ("jira.example", "scheme"),
            ("*", "format"),
            ("", "format"),
            (" ", "format"),
            ("*://jira.example", "port"),
            ("https://jira.example:port", "port"),
            ("https://a.*.example", "`*`"),
            ("https://*.127.0.0.1", "address"),
            ("http://self", "itself"),
            ("https://", "host"),
            ("https://jira.example/jira/x", "path"),
            ("https://jira.example:99999", "port"),
            // Spin takes the address apart at its last colon.
            ("http://[::1]", "host"),
        ] {
            let error = format!("{:#}", AllowedHost::parse(entry).unwrap_err());
            assert!(error.contains(says), "{error} should say {says}");
        }
    }

    /// What the entry allows when the variable `url` has this value.
    fn with_value(entry: &str, value: &str) -> AllowedHosts {
        let templates = [entry, "https://other.example"].map(|it| Template::parse(it).unwrap());
        AllowedHosts::resolve(&templates, |_| anyhow::Ok(value.to_owned()))
    }

    #[test]
    fn an_entry_follows_its_variable() {
        let jira: Url = "https://jira.example:8443/rest".parse().unwrap();
        let other: Url = "https://other.example/".parse().unwrap();
        for (entry, value, allowed) in [
            ("{{ url }}", "https://jira.example:8443", true),
            ("https://{{ url }}:8443", "jira.example", true),
            ("{{ url }}", "https://jira.example", false),
        ] {
            let hosts = with_value(entry, value);
            assert_eq!(hosts.allows(&jira), allowed, "{entry} with {value}");
            assert!(hosts.allows(&other), "{entry} with {value}");
        }
    }

    #[test]
    fn a_value_that_is_no_entry_denies_every_call() {
        for (entry, value, says) in [
            ("{{ url }}", "https://jira.example/jira", "path"),
            ("{{ url }}", "", "format"),
            ("https://{{ url }}", "", "host"),
        ] {
            let hosts = with_value(entry, value);
            let mistake = hosts.mistake().unwrap();
            assert!(mistake.contains(says), "{mistake}");
            assert!(!hosts.allows(&"https://other.example/".parse().unwrap()));
        }
    }

    #[test]
    fn a_default_that_is_no_entry_stops_the_start() {
        let check = |entry: &str, default: Option<&str>| {
            let template = Template::parse(entry).unwrap();
            let result = AllowedHosts::check(&[template], |_| default.map(str::to_owned));
            result.map_err(|error| format!("{error:#}"))
        };
        for (entry, default) in [
            ("https://jira.example/jira", None),
            ("", None),
            ("{{ url }}", Some("")),
            ("{{ url }}", Some("jira.example")),
            ("https://{{ url }}", Some("")),
        ] {
            let error = check(entry, default).unwrap_err();
            assert!(error.contains("is malformed"), "{error}");
        }
        assert_eq!(check("{{ url }}", Some("https://unset.invalid")), Ok(()));
        assert_eq!(check("{{ url }}", None), Ok(()));
    }
}
