//! Where the store is, in the build that keeps it on a Redis that it calls itself.

use super::variable::{About, Group, Kind, Variable};

pub(super) static GROUP: Group = Group {
    title: "The store on an outbound Redis",
    intro: r#"
These are for [the build](deployment.md#builds) that keeps its whole
store on a Redis or Valkey which it calls itself, with the manifest
`deploy/outbound-redis/spin.toml`. Other builds do not have them.
"#,
    variables: &[
        Variable {
            name: "redis_url",
            default: "redis://unset.invalid:6379",
            kind: Kind::Host,
            meaning: "the origin of the Redis, with its port: `redis://redis.example.com:6379`",
            about: About::Section(
                r#"
`redis_url` is `redis://host:port`, or `rediss://host:port` with TLS. Spin takes it
into its list of allowed hosts, so the port must be there, and nothing else. All keys
begin with `jira-intake/`, and no others are looked at: the database can be shared. Two
jira-intakes cannot share one; give each a `redis_database` of its own.

`redis_login` is the password, or `user:password` where the Redis has users.

Redis must keep what it has taken: `appendonly yes`, and
`maxmemory-policy noeviction`. A Redis that forgets makes jira-intake forget, and an
entity can then get a second issue. Events that come while it cannot be reached are
answered with 503, and their senders have to send them again.
"#,
            ),
        },
        Variable {
            name: "redis_login",
            default: "",
            kind: Kind::Secret,
            meaning: "the Redis' password, or `user:password`",
            about: About::Above,
        },
        Variable {
            name: "redis_database",
            default: "0",
            kind: Kind::Plain,
            meaning: "the number of the database",
            about: About::Above,
        },
    ],
};
