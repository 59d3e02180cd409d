//! The stores as `wasi:keyvalue` offers them: buckets, counters and batches.

use wasmtime::Result;
use wasmtime::component::Resource;

use super::KeyValueHost;
use crate::bindings::wasi::keyvalue::atomics::{self, Cas, CasError};
use crate::bindings::wasi::keyvalue::batch;
use crate::bindings::wasi::keyvalue::store::{self, Error, HostBucket, KeyResponse};
use crate::store::{OpenStore, Pair, StoreError};

/// Compare-and-swap means something else on every store Spin has, so a
/// component must not get used to it here.
const NO_SWAP: &str = "compare-and-swap is not the same on any two stores of Spin; use increment";

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Other(error.0)
    }
}

impl store::Host for KeyValueHost {
    async fn open(&mut self, identifier: String) -> Result<Result<Resource<OpenStore>, Error>> {
        let Some(store) = self.allowed(&identifier) else {
            return Ok(Err(Error::AccessDenied));
        };
        let full = |_| Error::Other("store table full".to_owned());
        Ok(self.push(store).map_err(full))
    }
}

impl HostBucket for KeyValueHost {
    async fn get(
        &mut self,
        bucket: Resource<OpenStore>,
        key: String,
    ) -> Result<Result<Option<Vec<u8>>, Error>> {
        Ok(self.store(&bucket)?.get(key).await.map_err(Error::from))
    }

    async fn set(
        &mut self,
        bucket: Resource<OpenStore>,
        key: String,
        value: Vec<u8>,
    ) -> Result<Result<(), Error>> {
        Ok(self
            .store(&bucket)?
            .set(key, value)
            .await
            .map_err(Error::from))
    }

    async fn delete(
        &mut self,
        bucket: Resource<OpenStore>,
        key: String,
    ) -> Result<Result<(), Error>> {
        Ok(self.store(&bucket)?.delete(key).await.map_err(Error::from))
    }

    async fn exists(
        &mut self,
        bucket: Resource<OpenStore>,
        key: String,
    ) -> Result<Result<bool, Error>> {
        let value = self.store(&bucket)?.get(key).await;
        Ok(value.map(|value| value.is_some()).map_err(Error::from))
    }

    async fn list_keys(
        &mut self,
        bucket: Resource<OpenStore>,
        cursor: Option<String>,
    ) -> Result<Result<KeyResponse, Error>> {
        if cursor.is_some() {
            let error = Error::Other("list-keys: there is never a second page".to_owned());
            return Ok(Err(error));
        }
        let keys = self.store(&bucket)?.keys().await;
        let response = |keys| KeyResponse { keys, cursor: None };
        Ok(keys.map(response).map_err(Error::from))
    }

    async fn drop(&mut self, bucket: Resource<OpenStore>) -> Result<()> {
        self.close(bucket)
    }
}

impl atomics::Host for KeyValueHost {
    async fn increment(
        &mut self,
        bucket: Resource<OpenStore>,
        key: String,
        delta: i64,
    ) -> Result<Result<i64, Error>> {
        let store = self.store(&bucket)?;
        Ok(store.increment(key, delta).await.map_err(Error::from))
    }

    async fn swap(&mut self, _cas: Resource<Cas>, _value: Vec<u8>) -> Result<Result<(), CasError>> {
        Ok(Err(CasError::StoreError(Error::Other(NO_SWAP.to_owned()))))
    }
}

impl atomics::HostCas for KeyValueHost {
    async fn new(
        &mut self,
        _bucket: Resource<OpenStore>,
        _key: String,
    ) -> Result<Result<Resource<Cas>, Error>> {
        Ok(Err(Error::Other(NO_SWAP.to_owned())))
    }

    async fn current(&mut self, _cas: Resource<Cas>) -> Result<Result<Option<Vec<u8>>, Error>> {
        Ok(Err(Error::Other(NO_SWAP.to_owned())))
    }

    async fn drop(&mut self, _cas: Resource<Cas>) -> Result<()> {
        Ok(())
    }
}

impl batch::Host for KeyValueHost {
    async fn get_many(
        &mut self,
        bucket: Resource<OpenStore>,
        keys: Vec<String>,
    ) -> Result<Result<Vec<Pair>, Error>> {
        if keys.is_empty() {
            return Ok(Ok(Vec::new()));
        }
        Ok(self
            .store(&bucket)?
            .get_many(keys)
            .await
            .map_err(Error::from))
    }

    async fn set_many(
        &mut self,
        bucket: Resource<OpenStore>,
        pairs: Vec<(String, Vec<u8>)>,
    ) -> Result<Result<(), Error>> {
        if pairs.is_empty() {
            return Ok(Ok(()));
        }
        Ok(self
            .store(&bucket)?
            .set_many(pairs)
            .await
            .map_err(Error::from))
    }

    async fn delete_many(
        &mut self,
        bucket: Resource<OpenStore>,
        keys: Vec<String>,
    ) -> Result<Result<(), Error>> {
        if keys.is_empty() {
            return Ok(Ok(()));
        }
        Ok(self
            .store(&bucket)?
            .delete_many(keys)
            .await
            .map_err(Error::from))
    }
}
