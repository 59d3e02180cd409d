//! Whom the component's outbound calls trust: what the platform trusts, or
//! what `[[client_tls]]` says for a host.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use crate::release::Release;
use crate::runtime_config::ClientTls;

/// For hosts nothing is said about: the built-in authorities, and the
/// platform's where the release knows them.
pub(crate) fn default_config(spin: Release) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    if spin.has_platform_roots() {
        add_platform_roots(&mut roots);
    }
    add_webpki_roots(&mut roots);
    with_roots(roots, None)
}

/// For the hosts of one `[[client_tls]]`.
pub(crate) fn config_for(tls: &ClientTls, spin: Release) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    if tls.platform_roots(spin) {
        add_platform_roots(&mut roots);
    }
    if tls.webpki_roots(spin) {
        add_webpki_roots(&mut roots);
    }
    if let Some(path) = &tls.ca_roots_file {
        for certificate in certificates(path)? {
            roots
                .add(certificate)
                .with_context(|| format!("client_tls: no authority in {}", path.display()))?;
        }
    }
    ensure!(
        !roots.is_empty(),
        "client_tls: no certificate authority is trusted"
    );
    with_roots(roots, identity(tls)?)
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn identity(tls: &ClientTls) -> Result<Option<Identity>> {
    let (Some(chain), Some(key)) = (&tls.client_cert_file, &tls.client_private_key_file) else {
        return Ok(None);
    };
    let key_der = PrivateKeyDer::from_pem_file(key)
        .with_context(|| format!("client_tls: no private key in {}", key.display()))?;
    Ok(Some((certificates(chain)?, key_der)))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let read = || -> Result<Vec<_>> {
        let found = CertificateDer::pem_file_iter(path)?.collect::<Result<Vec<_>, _>>()?;
        ensure!(!found.is_empty(), "the file holds none");
        Ok(found)
    };
    read().with_context(|| format!("client_tls: no certificates in {}", path.display()))
}

fn add_platform_roots(roots: &mut RootCertStore) {
    // A platform without any, such as an empty container, is no mistake here.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
}

fn add_webpki_roots(roots: &mut RootCertStore) {
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
}

fn with_roots(roots: RootCertStore, identity: Option<Identity>) -> Result<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots);
    Ok(match identity {
        Some((chain, key)) => builder.with_client_auth_cert(chain, key)?,
        None => builder.with_no_client_auth(),
    })
}
