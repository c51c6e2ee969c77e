//! The certificate and key under which other machines reach the server: TLS 1.3, from PEM files.

use super::passwords::{PasswordError, open_private};
use earwitness_model::Digest;
use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

/// The largest file of either, bytes.
const LARGEST: u64 = 1 << 20;

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read, or others can read the key.
    #[error(transparent)]
    File(#[from] PasswordError),
    /// A file holds something else.
    #[error("{} holds no {what} in PEM form: {why}", file.display())]
    NotPem {
        /// The file.
        file: PathBuf,
        /// `certificate` or `private key`.
        what: &'static str,
        /// The parser's words.
        why: String,
    },
    /// They do not belong together, or are of a kind that is not known.
    #[error("certificate and key cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
}

/// What takes connections of other machines.
pub struct Tls {
    /// Takes them.
    pub acceptor: TlsAcceptor,
    /// The SHA-256 of the certificate, by which people can recognise one that nobody vouches for.
    pub fingerprint: Digest,
}

impl Tls {
    /// With a certificate (and those that vouch for it, behind it) and its key.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn new(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let not = |file: &Path, what, why: String| TlsError::NotPem { file: file.to_owned(), what, why };
        let opened =
            File::open(certificate).map_err(|source| PasswordError::Io { file: certificate.to_owned(), source })?;
        let bytes = read(opened, certificate)?;
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
        let chain = chain.map_err(|e| not(certificate, "certificate", e.to_string()))?;
        let Some(own) = chain.first() else {
            return Err(not(certificate, "certificate", "no certificate stands in it".into()));
        };
        let fingerprint = Digest::of(own);
        let bytes = read(open_private(key)?.0, key)?;
        let secret = PrivateKeyDer::from_pem_slice(&bytes).map_err(|e| not(key, "private key", e.to_string()))?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_no_client_auth();
        let mut config = config.with_single_cert(chain, secret)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), fingerprint })
    }
}

fn read(from: File, file: &Path) -> Result<Vec<u8>, PasswordError> {
    let mut bytes = Vec::new();
    let done = from.take(LARGEST).read_to_end(&mut bytes);
    done.map_err(|source| PasswordError::Io { file: file.to_owned(), source })?;
    Ok(bytes)
}
