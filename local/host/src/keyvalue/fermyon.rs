//! The stores as `fermyon:spin/key-value` offers them.

use wasmtime::Result;
use wasmtime::component::Resource;

use super::KeyValueHost;
use crate::bindings::fermyon::spin::key_value::{Error, Host, HostStore};
use crate::store::{OpenStore, StoreError};

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Other(error.0)
    }
}

impl Host for KeyValueHost {}

impl HostStore for KeyValueHost {
    async fn open(&mut self, label: String) -> Result<Result<Resource<OpenStore>, Error>> {
        let Some(store) = self.allowed(&label) else {
            return Ok(Err(Error::AccessDenied));
        };
        Ok(self.push(store).map_err(|_| Error::StoreTableFull))
    }

    async fn get(
        &mut self,
        store: Resource<OpenStore>,
        key: String,
    ) -> Result<Result<Option<Vec<u8>>, Error>> {
        Ok(self.store(&store)?.get(key).await.map_err(Error::from))
    }

    async fn set(
        &mut self,
        store: Resource<OpenStore>,
        key: String,
        value: Vec<u8>,
    ) -> Result<Result<(), Error>> {
        Ok(self
            .store(&store)?
            .set(key, value)
            .await
            .map_err(Error::from))
    }

    async fn delete(
        &mut self,
        store: Resource<OpenStore>,
        key: String,
    ) -> Result<Result<(), Error>> {
        Ok(self.store(&store)?.delete(key).await.map_err(Error::from))
    }

    async fn exists(
        &mut self,
        store: Resource<OpenStore>,
        key: String,
    ) -> Result<Result<bool, Error>> {
        let value = self.store(&store)?.get(key).await;
        Ok(value.map(|value| value.is_some()).map_err(Error::from))
    }

    async fn get_keys(&mut self, store: Resource<OpenStore>) -> Result<Result<Vec<String>, Error>> {
        Ok(self.store(&store)?.keys().await.map_err(Error::from))
    }

    async fn drop(&mut self, store: Resource<OpenStore>) -> Result<()> {
        self.close(store)
    }
}
