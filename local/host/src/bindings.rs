//! The interfaces of Spin, generated from `wit/`.

#![allow(missing_docs, unreachable_pub, reason = "generated code")]

wasmtime::component::bindgen!({
    path: "wit",
    world: "jira-intake:local/host",
    imports: { default: async | trappable },
    require_store_data_send: true,
    with: {
        "fermyon:spin/key-value.store": crate::store::OpenStore,
        "fermyon:spin/redis.connection": crate::redis::OpenRedis,
        "wasi:keyvalue/store.bucket": crate::store::OpenStore,
    },
});
