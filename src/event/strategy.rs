//! Any event, for property tests. Boxed, or nesting them fills a test's stack.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

pub(crate) fn text() -> BoxedStrategy<String> {
    ".{0,8}".boxed()
}

fn named() -> impl Strategy<Value = Named> {
    (text(), of(text())).prop_map(|(id, name)| Named { id, name })
}

fn fact() -> impl Strategy<Value = Fact> {
    (text(), text(), text()).prop_map(|(key, label, value)| Fact { key, label, value })
}

fn reference() -> impl Strategy<Value = Reference> {
    (text(), of(text()), of(text()), of(text())).prop_map(
        |(source, description, url, external_id)| Reference {
            source,
            description,
            url,
            external_id,
        },
    )
}

fn observable() -> impl Strategy<Value = Observable> {
    (text(), text()).prop_map(|(kind, value)| Observable { kind, value })
}

pub(crate) fn version() -> impl Strategy<Value = Version> {
    (any::<u64>(), any::<u64>()).prop_map(|(modified, updated)| Version { modified, updated })
}

fn entity() -> BoxedStrategy<Entity> {
    let whom = (text(), of(text()), text(), text(), version());
    let texts = (of(text()), of(text()), of(text()), of(text()));
    let numbers = (of(any::<u8>()), of(select(Tlp::ALL.to_vec())));
    let lists = (
        vec(text(), 0..3),
        vec(fact(), 0..3),
        vec(reference(), 0..3),
        vec(observable(), 0..3),
    );
    let all = (whom, texts, numbers, lists, of(named()), of(named()));
    all.prop_map(
        |(whom, texts, (confidence, tlp), lists, author, status)| Entity {
            id: whom.0,
            standard_id: whom.1,
            kind: EntityType::new(&whom.2),
            name: whom.3,
            version: whom.4,
            description: texts.0,
            content: texts.1,
            severity: texts.2,
            priority: texts.3,
            confidence,
            tlp,
            labels: lists.0,
            facts: lists.1,
            references: lists.2,
            observables: lists.3,
            author,
            status,
        },
    )
    .boxed()
}

pub(crate) fn event() -> BoxedStrategy<Event> {
    use {Change::*, Provenance::*};
    let what = (
        select(vec![Create, Update, Delete, Merge, Absorbed]),
        select(vec![Live, Dependency, Recovery]),
    );
    let addresses = (of(vec(text(), 0..3)), of(text()));
    let others = (vec(text(), 0..3), of(entity().prop_map(Box::new)));
    (what, entity(), others, addresses)
        .prop_map(
            |((change, provenance), entity, (absorbed, survivor), addresses)| Event {
                change,
                provenance,
                entity,
                absorbed,
                survivor,
                only_added_references: addresses.0,
                platform_url: addresses.1,
            },
        )
        .boxed()
}
