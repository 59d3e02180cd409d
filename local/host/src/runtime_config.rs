//! Reads `runtime-config.toml`: which store serves a label, private
//! certificate authorities, and values of variables.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::release::Release;

/// Keys Spin knows and this host has no use for.
const IGNORED: [&str; 5] = [
    "sqlite_database",
    "llm_compute",
    "outbound_networking",
    "outbound_http",
    "max_instance_memory",
];

/// The store behind a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StoreConfig {
    /// SQLite, in memory when there is no path.
    Sqlite(Option<PathBuf>),
    /// A Redis server.
    Redis(String),
}

/// How to trust certain hosts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClientTls {
    /// The components this is for.
    pub(crate) component_ids: Vec<String>,
    /// The hosts this is for, without ports.
    pub(crate) hosts: Vec<String>,
    /// A file with certificate authorities, in PEM.
    pub(crate) ca_roots_file: Option<PathBuf>,
    /// Whether to trust what the platform trusts.
    pub(crate) ca_use_platform_roots: Option<bool>,
    /// Whether to trust the built-in list.
    pub(crate) ca_use_webpki_roots: Option<bool>,
    /// The certificate to show to the host, in PEM.
    pub(crate) client_cert_file: Option<PathBuf>,
    /// Its key, in PEM.
    pub(crate) client_private_key_file: Option<PathBuf>,
}

/// The settings of this installation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RuntimeConfig {
    /// The store behind each label.
    pub(crate) stores: BTreeMap<String, StoreConfig>,
    /// Private certificate authorities.
    pub(crate) client_tls: Vec<ClientTls>,
    /// Values of variables.
    pub(crate) variables: BTreeMap<String, String>,
    /// Where state is kept; empty means nowhere.
    pub(crate) state_dir: Option<PathBuf>,
    /// Where logs are kept; empty means nowhere.
    pub(crate) log_dir: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Raw {
    #[serde(default)]
    key_value_store: BTreeMap<String, RawStore>,
    #[serde(default)]
    client_tls: Vec<ClientTls>,
    #[serde(default, alias = "config_provider")]
    variables_provider: Vec<RawProvider>,
    state_dir: Option<PathBuf>,
    log_dir: Option<PathBuf>,
    #[serde(flatten)]
    others: BTreeMap<String, toml::Value>,
}

#[derive(Deserialize)]
struct RawStore {
    r#type: String,
    path: Option<PathBuf>,
    url: Option<String>,
}

#[derive(Deserialize)]
struct RawProvider {
    r#type: String,
    #[serde(default)]
    values: BTreeMap<String, String>,
}

impl RuntimeConfig {
    /// Reads the file at `path` by the rules of a release of Spin.
    pub(crate) fn read(path: &Path, spin: Release) -> Result<Self> {
        let path = std::path::absolute(path)?;
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read the runtime configuration {}", path.display()))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        Self::parse(&text, folder, spin).with_context(|| format!("in {}", path.display()))
    }

    fn parse(text: &str, folder: &Path, spin: Release) -> Result<Self> {
        let raw: Raw = toml::from_str(text)?;
        if let Some(key) = raw
            .others
            .keys()
            .find(|key| !IGNORED.contains(&key.as_str()))
        {
            bail!("unused runtime config key(s): {key}");
        }
        let mut config = Self {
            state_dir: raw.state_dir,
            log_dir: raw.log_dir,
            ..Self::default()
        };
        for (label, store) in raw.key_value_store {
            let store = store
                .into_config(folder)
                .with_context(|| format!("key_value_store.{label}"))?;
            config.stores.insert(label, store);
        }
        for tls in raw.client_tls {
            config
                .client_tls
                .push(tls.checked(folder, spin).context("client_tls")?);
        }
        for provider in raw.variables_provider {
            ensure!(
                provider.r#type == "static",
                "variables_provider: type {:?} is not supported without Spin; \"static\" is",
                provider.r#type
            );
            // As in Spin, the first provider with a value wins.
            for (name, value) in provider.values {
                config.variables.entry(name).or_insert(value);
            }
        }
        Ok(config)
    }
}

impl RawStore {
    fn into_config(self, folder: &Path) -> Result<StoreConfig> {
        match self.r#type.as_str() {
            "spin" => Ok(StoreConfig::Sqlite(self.path.map(|path| folder.join(path)))),
            "redis" => Ok(StoreConfig::Redis(self.url.context("url is missing")?)),
            other => {
                bail!("type {other:?} is not supported without Spin; \"spin\" and \"redis\" are")
            }
        }
    }
}

impl ClientTls {
    fn checked(mut self, folder: &Path, spin: Release) -> Result<Self> {
        ensure!(
            spin.has_platform_roots() || self.ca_use_platform_roots.is_none(),
            "unknown field `ca_use_platform_roots`: Spin 3.6 refuses it, Spin 4.0 has it (`--spin 4.0` follows that)"
        );
        ensure!(!self.component_ids.is_empty(), "component_ids is empty");
        ensure!(!self.hosts.is_empty(), "hosts is empty");
        for host in &self.hosts {
            url::Host::parse(host).with_context(|| format!("hosts: {host:?} is no host name"))?;
        }
        ensure!(
            self.client_cert_file.is_some() == self.client_private_key_file.is_some(),
            "client_cert_file and client_private_key_file go together"
        );
        for file in [
            &mut self.ca_roots_file,
            &mut self.client_cert_file,
            &mut self.client_private_key_file,
        ] {
            *file = file.take().map(|path| folder.join(path));
        }
        Ok(self)
    }

    /// Whether the platform's authorities are trusted: unless said otherwise,
    /// only when no own list is given, and never by a release that does not
    /// know them.
    #[must_use]
    pub(crate) fn platform_roots(&self, spin: Release) -> bool {
        let default = self.ca_use_webpki_roots.is_none() && self.ca_roots_file.is_none();
        spin.has_platform_roots() && self.ca_use_platform_roots.unwrap_or(default)
    }

    /// Whether the built-in list of authorities is trusted. It is the default
    /// of a release that does not know the platform's.
    #[must_use]
    pub(crate) fn webpki_roots(&self, spin: Release) -> bool {
        let default = !spin.has_platform_roots() && self.ca_roots_file.is_none();
        self.ca_use_webpki_roots.unwrap_or(default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<RuntimeConfig> {
        RuntimeConfig::parse(text, Path::new("/etc/app"), Release::V4_0)
    }

    #[test]
    fn stores_are_read() {
        let config = parse(
            r#"
            [key_value_store.default]
            type = "spin"
            path = "data/kv.db"
            [key_value_store.shared]
            type = "redis"
            url = "redis://127.0.0.1"
            [key_value_store.scratch]
            type = "spin"
            "#,
        )
        .unwrap();
        let sqlite = |path: &str| StoreConfig::Sqlite(Some(path.into()));
        assert_eq!(config.stores["default"], sqlite("/etc/app/data/kv.db"));
        assert_eq!(
            config.stores["shared"],
            StoreConfig::Redis("redis://127.0.0.1".into())
        );
        assert_eq!(config.stores["scratch"], StoreConfig::Sqlite(None));
    }

    #[test]
    fn the_first_static_provider_wins() {
        let config = parse(
            r#"
            [[variables_provider]]
            type = "static"
            values = { a = "1" }
            [[variables_provider]]
            type = "static"
            values = { a = "2", b = "3" }
            "#,
        )
        .unwrap();
        assert_eq!(config.variables["a"], "1");
        assert_eq!(config.variables["b"], "3");
    }

    #[test]
    fn whom_a_host_is_trusted_by_depends_on_the_release() {
        use Release::{V3_6, V4_0};
        for (more, spin, platform, webpki) in [
            ("", V3_6, false, true),
            ("", V4_0, true, false),
            ("ca_roots_file = 'a'", V3_6, false, false),
            ("ca_roots_file = 'a'", V4_0, false, false),
            ("ca_use_webpki_roots = true", V3_6, false, true),
            ("ca_use_webpki_roots = true", V4_0, false, true),
            (
                "ca_roots_file = 'a'\nca_use_platform_roots = true",
                V4_0,
                true,
                false,
            ),
        ] {
            let text = format!("[[client_tls]]\ncomponent_ids = ['c']\nhosts = ['h']\n{more}");
            let config = RuntimeConfig::parse(&text, Path::new("/etc/app"), spin).unwrap();
            let tls = &config.client_tls[0];
            let trusted = (tls.platform_roots(spin), tls.webpki_roots(spin));
            assert_eq!(trusted, (platform, webpki), "{more} on {spin:?}");
        }
    }

    #[test]
    fn files_are_relative_to_the_configurations_own_folder() {
        let text = "[[client_tls]]\ncomponent_ids = ['c']\nhosts = ['h']\nca_roots_file = 'ca.pem'";
        let config = parse(text).unwrap();
        let file = config.client_tls[0].ca_roots_file.as_deref();
        assert_eq!(file, Some(Path::new("/etc/app/ca.pem")));
    }

    #[test]
    fn the_platforms_authorities_are_unknown_to_spin_3_6() {
        let text =
            "[[client_tls]]\ncomponent_ids = ['c']\nhosts = ['h']\nca_use_platform_roots = true";
        let read = |spin| RuntimeConfig::parse(text, Path::new("/"), spin);
        let error = format!("{:#}", read(Release::V3_6).unwrap_err());
        assert!(error.contains("ca_use_platform_roots"), "{error}");
        assert!(read(Release::V4_0).is_ok());
    }

    /// The repository's own file: as it is, and with its examples switched on.
    #[test]
    fn the_repositorys_own_file_keeps_data_and_its_examples_are_read() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../runtime-config.toml");
        let text = std::fs::read_to_string(path).unwrap();
        for spin in Release::ALL {
            let config = RuntimeConfig::parse(&text, Path::new("/app"), spin).unwrap();
            let StoreConfig::Sqlite(Some(store)) = &config.stores["default"] else {
                panic!("nothing is kept: {:?}", config.stores);
            };
            assert_eq!(store, Path::new("/app/.spin/sqlite_key_value.db"));
            assert!(config.client_tls.is_empty());
        }
        let examples = examples(&text);
        assert_eq!(examples.len(), 3, "{examples:#?}");
        for example in examples {
            let newer = example.contains("ca_use_platform_roots");
            for spin in Release::ALL {
                let read = RuntimeConfig::parse(&example, Path::new("/app"), spin);
                assert_eq!(read.is_err(), newer && spin == Release::V3_6, "{example}");
            }
        }
    }

    /// What the documentation shows is read, too, and keeps data.
    #[test]
    fn the_examples_of_the_documentation_are_read() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
        let text = std::fs::read_to_string(path).unwrap();
        let blocks = text.split("```toml\n").skip(1);
        let blocks = blocks.filter_map(|rest| rest.split("```").next());
        let blocks = blocks.filter(|it| it.contains("[key_value_store") || it.contains("[[client"));
        let mut read = 0;
        for example in blocks {
            for spin in Release::ALL {
                let config = RuntimeConfig::parse(example, Path::new("/app"), spin);
                let newer = example.contains("ca_use_platform_roots");
                assert_eq!(config.is_err(), newer && spin == Release::V3_6, "{example}");
                let stores = config.unwrap_or_default().stores;
                assert_ne!(stores.get("default"), Some(&StoreConfig::Sqlite(None)));
            }
            read += 1;
        }
        assert_eq!(read, 5);
    }

    /// Every block of commented lines that begins with a table.
    fn examples(text: &str) -> Vec<String> {
        let mut examples: Vec<String> = Vec::new();
        let mut inside = false;
        for line in text.lines() {
            let code = line.strip_prefix("# ").unwrap_or_default();
            inside = code.starts_with('[') || (inside && code.contains(" = "));
            match inside {
                true if code.starts_with('[') => examples.push(format!("{code}\n")),
                true => examples.last_mut().unwrap().push_str(&format!("{code}\n")),
                false => {}
            }
        }
        examples
    }

    #[test]
    fn mistakes_name_the_key() {
        for (text, says) in [
            ("[key_value_stor]", "key_value_stor"),
            ("[key_value_store.x]\ntype = 'redis'", "key_value_store.x"),
            ("[key_value_store.x]\ntype = 'azure_cosmos'", "azure_cosmos"),
            (
                "[[client_tls]]\ncomponent_ids = []\nhosts = ['h']",
                "component_ids",
            ),
            (
                "[[client_tls]]\ncomponent_ids = ['c']\nhosts = ['a b']",
                "hosts",
            ),
            ("[[variables_provider]]\ntype = 'vault'", "vault"),
        ] {
            let error = format!("{:#}", parse(text).unwrap_err());
            assert!(error.contains(says), "{error} should name {says}");
        }
    }

    #[test]
    fn settings_only_spin_needs_are_left_alone() {
        assert_eq!(
            parse("[sqlite_database.default]\ntype = 'spin'").unwrap(),
            RuntimeConfig::default()
        );
    }
}
