//! `fermyon:spin/redis`: a Redis that the component calls itself.

use std::sync::Arc;

use redis::aio::MultiplexedConnection;
use redis::{AsyncCommands, Client, Cmd, ErrorKind, RedisError, Value};
use wasmtime::Result;
use wasmtime::component::{Resource, ResourceTable};

use crate::bindings::fermyon::spin::redis::{
    Error, Host, HostConnection, RedisParameter, RedisResult,
};
use crate::meter::Meter;
use crate::outbound::Outbound;
use crate::tripwire::{Call, Watch};

/// How many connections an instance may hold open, as in Spin.
const CONNECTIONS: usize = 1024;

/// A connection as the guest holds it.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct OpenRedis(MultiplexedConnection);

/// What one instance has open.
pub(crate) struct RedisHost {
    outbound: Arc<Outbound>,
    watch: Option<Arc<Watch>>,
    meter: Arc<Meter>,
    open: ResourceTable,
}

type Answer<T> = Result<std::result::Result<T, Error>>;

impl RedisHost {
    /// Nothing is open yet.
    pub(crate) fn new(
        outbound: Arc<Outbound>,
        watch: Option<Arc<Watch>>,
        meter: Arc<Meter>,
    ) -> Self {
        let mut open = ResourceTable::new();
        open.set_max_capacity(CONNECTIONS);
        Self {
            outbound,
            watch,
            meter,
            open,
        }
    }

    async fn connect(&mut self, address: &str) -> std::result::Result<Resource<OpenRedis>, Error> {
        if !self.outbound.allows(address) {
            return Err(Error::InvalidAddress);
        }
        Meter::count(&self.meter.store_opens);
        let client = Client::open(address).map_err(|_| Error::InvalidAddress)?;
        let connection = client.get_multiplexed_async_connection().await?;
        let opened = self.open.push(OpenRedis(connection));
        opened.map_err(|_| Error::TooManyConnections)
    }

    /// A connection to ask something.
    fn reads(&self, handle: &Resource<OpenRedis>) -> Result<MultiplexedConnection> {
        Meter::count(&self.meter.store_reads);
        Ok(self.open.get(handle)?.0.clone())
    }

    /// A connection to change something, and who is told of it.
    fn writes(
        &self,
        handle: &Resource<OpenRedis>,
    ) -> Result<(MultiplexedConnection, Option<Arc<Watch>>)> {
        Meter::count(&self.meter.store_writes);
        let connection = self.open.get(handle)?.0.clone();
        Ok((connection, self.watch.clone()))
    }
}

/// Does what changes something, and tells the tripwire.
async fn watched<T>(
    watch: Option<Arc<Watch>>,
    what: String,
    call: impl Future<Output = std::result::Result<T, RedisError>>,
) -> Answer<T> {
    let begun = watch.as_deref().map(|watch| watch.begin(Call::Store, what));
    let done = call.await;
    if let Some(begun) = begun {
        begun.end();
    }
    Ok(done.map_err(Error::from))
}

impl From<RedisError> for Error {
    fn from(error: RedisError) -> Self {
        match error.kind() {
            ErrorKind::UnexpectedReturnType => Self::TypeError,
            _ => Self::Other(error.to_string()),
        }
    }
}

impl Host for RedisHost {}

impl HostConnection for RedisHost {
    async fn open(&mut self, address: String) -> Answer<Resource<OpenRedis>> {
        Ok(self.connect(&address).await)
    }

    async fn publish(
        &mut self,
        handle: Resource<OpenRedis>,
        channel: String,
        payload: Vec<u8>,
    ) -> Answer<()> {
        let what = format!("publish {channel}");
        let (mut redis, watch) = self.writes(&handle)?;
        watched(watch, what, redis.publish(channel, payload)).await
    }

    async fn get(&mut self, handle: Resource<OpenRedis>, key: String) -> Answer<Option<Vec<u8>>> {
        let mut redis = self.reads(&handle)?;
        Ok(redis.get(key).await.map_err(Error::from))
    }

    async fn set(
        &mut self,
        handle: Resource<OpenRedis>,
        key: String,
        value: Vec<u8>,
    ) -> Answer<()> {
        let what = format!("set {key}");
        let (mut redis, watch) = self.writes(&handle)?;
        watched(watch, what, redis.set(key, value)).await
    }

    async fn incr(&mut self, handle: Resource<OpenRedis>, key: String) -> Answer<i64> {
        let what = format!("increment {key}");
        let (mut redis, watch) = self.writes(&handle)?;
        watched(watch, what, redis.incr(key, 1)).await
    }

    async fn del(&mut self, handle: Resource<OpenRedis>, keys: Vec<String>) -> Answer<u32> {
        let what = format!("delete {}", keys.join(" "));
        let (mut redis, watch) = self.writes(&handle)?;
        watched(watch, what, redis.del(keys)).await
    }

    async fn sadd(
        &mut self,
        handle: Resource<OpenRedis>,
        key: String,
        values: Vec<String>,
    ) -> Answer<u32> {
        let what = format!("add to {key}");
        let (mut redis, watch) = self.writes(&handle)?;
        watched(watch, what, redis.sadd(key, values)).await
    }

    async fn smembers(&mut self, handle: Resource<OpenRedis>, key: String) -> Answer<Vec<String>> {
        let mut redis = self.reads(&handle)?;
        Ok(redis.smembers(key).await.map_err(Error::from))
    }

    async fn srem(
        &mut self,
        handle: Resource<OpenRedis>,
        key: String,
        values: Vec<String>,
    ) -> Answer<u32> {
        let what = format!("remove from {key}");
        let (mut redis, watch) = self.writes(&handle)?;
        watched(watch, what, redis.srem(key, values)).await
    }

    async fn execute(
        &mut self,
        handle: Resource<OpenRedis>,
        command: String,
        arguments: Vec<RedisParameter>,
    ) -> Answer<Vec<RedisResult>> {
        let mut cmd = redis::cmd(&command);
        for argument in arguments {
            with(&mut cmd, argument);
        }
        let answer: std::result::Result<Value, Error> = match &*command {
            "SCAN" => {
                let mut redis = self.reads(&handle)?;
                cmd.query_async(&mut redis).await.map_err(Error::from)
            }
            _ => {
                let (mut redis, watch) = self.writes(&handle)?;
                watched(watch, command, cmd.query_async(&mut redis)).await?
            }
        };
        Ok(answer.and_then(|value| {
            let mut results = Vec::new();
            flatten(&mut results, value)?;
            Ok(results)
        }))
    }

    async fn drop(&mut self, handle: Resource<OpenRedis>) -> Result<()> {
        self.open.delete(handle)?;
        Ok(())
    }
}

fn with(cmd: &mut Cmd, argument: RedisParameter) {
    match argument {
        RedisParameter::Int64(number) => cmd.arg(number),
        RedisParameter::Binary(bytes) => cmd.arg(bytes),
    };
}

/// As in Spin, lists within lists become one list. Types that this program never asks
/// for are an error here.
fn flatten(results: &mut Vec<RedisResult>, value: Value) -> std::result::Result<(), Error> {
    match value {
        Value::Nil => results.push(RedisResult::Nil),
        Value::Int(number) => results.push(RedisResult::Int64(number)),
        Value::BulkString(bytes) => results.push(RedisResult::Binary(bytes)),
        Value::SimpleString(text) => results.push(RedisResult::Status(text)),
        Value::Okay => results.push(RedisResult::Status("OK".to_owned())),
        Value::Array(values) | Value::Set(values) => {
            for value in values {
                flatten(results, value)?;
            }
        }
        _ => return Err(Error::TypeError),
    }
    Ok(())
}
