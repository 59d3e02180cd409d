//! Any event, for property tests. Boxed, or nesting them fills a test's stack.

use std::time::Duration;

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

pub(crate) fn time() -> impl Strategy<Value = Timestamp> {
    any::<u64>().prop_map(Timestamp::from_millis)
}

pub(crate) fn version() -> impl Strategy<Value = Version> {
    (time(), time()).prop_map(|(modified, updated)| Version { modified, updated })
}

fn firings() -> impl Strategy<Value = Firings> {
    let row = (text(), text(), vec(fact(), 0..3));
    let row = row.prop_map(|(key, digest, facts)| FiringRow {
        time: key.clone(),
        key,
        digest,
        facts,
    });
    let rows = (vec(row, 0..3), vec(text(), 0..3), any::<u64>());
    (any::<u64>(), time(), time(), vec(text(), 0..3), rows).prop_map(
        |(count, first, last, recent, (rows, known, left_out))| Firings {
            count,
            first,
            last,
            recent,
            rows,
            left_out,
            known,
            worst: None,
            full: left_out,
        },
    )
}

fn enrichment() -> BoxedStrategy<Enrichment> {
    let report = (
        any::<[u32; 3]>(),
        of(any::<i64>()),
        of(text()),
        of(text()),
        of(time()),
    )
        .prop_map(
            |([malicious, suspicious, total], reputation, label, name, analysed)| Report {
                malicious,
                suspicious,
                total,
                reputation,
                label,
                name,
                analysed,
            },
        );
    let verdict =
        (observable(), of(report), text()).prop_map(|(observable, report, url)| Verdict {
            observable,
            report,
            url,
        });
    let analysis = (text(), text(), of(text()), of(text()), vec(text(), 0..3)).prop_map(
        |(model, explanation, severity, reason, next_steps)| Analysis {
            model,
            explanation,
            severity,
            reason,
            next_steps,
        },
    );
    let missing = (text(), vec(text(), 0..3), text(), of(any::<u32>())).prop_map(
        |(part, about, why, again_after)| Missing {
            part,
            about,
            why,
            again_after: again_after.map(|it| Duration::from_secs(it.into())),
        },
    );
    (vec(verdict, 0..2), of(analysis), vec(missing, 0..2))
        .prop_map(|(verdicts, analysis, missing)| Enrichment {
            verdicts,
            not_asked: missing.len(),
            analysis,
            missing,
        })
        .boxed()
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
    let splunk = (any::<u32>(), of(text()), vec(fact(), 0..3), enrichment());
    let marks = (vec(named(), 0..3), time(), vec(text(), 0..3));
    let source = select(vec![
        SourceKey::default(),
        SourceKey::of(&crate::sources::splunk::PROFILE),
    ]);
    let all = (
        whom,
        texts,
        numbers,
        lists,
        (of(named()), of(named())),
        (source, splunk, marks),
    );
    all.prop_map(
        |(whom, texts, (confidence, tlp), lists, (author, status), (source, splunk, marks))| {
            Entity {
                source,
                sequence: splunk.0,
                link: splunk.1,
                data: splunk.2,
                enrichment: splunk.3,
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
                markings: marks.0,
                created: marks.1,
                handles: marks.2,
                labels: lists.0,
                facts: lists.1,
                references: lists.2,
                observables: lists.3,
                author,
                status,
                raw_data: match splunk.0 % 3 {
                    0 => RawData::Told,
                    1 => RawData::Remembered,
                    _ => RawData::LeftOut,
                },
                other_firings: Vec::new(),
                left_out: 0,
            }
        },
    )
    .boxed()
}

fn change() -> BoxedStrategy<Change> {
    let references = of(vec(text(), 0..3));
    let updated = references.prop_map(|only_added_references| Change::Updated {
        only_added_references,
    });
    prop_oneof![
        Just(Change::Created),
        Just(Change::Entered),
        updated,
        vec(text(), 0..3).prop_map(|absorbed| Change::Merged { absorbed }),
        Just(Change::Closed),
        Just(Change::Ended(End::Deleted)),
        Just(Change::Ended(End::Closed)),
        text().prop_map(|trigger| Change::Ended(End::NotVisible(trigger))),
        Just(Change::Ended(End::LeftStream)),
        entity().prop_map(|into| Change::Ended(End::MergedInto(Box::new(into)))),
        firings().prop_map(Change::Fired),
    ]
    .boxed()
}

pub(crate) fn event() -> BoxedStrategy<Event> {
    use Provenance::*;
    let provenance = select(vec![Live, Dependency, Recovery]);
    (change(), provenance, entity(), of(text()))
        .prop_map(|(change, provenance, entity, platform_url)| Event {
            change,
            provenance,
            entity,
            platform_url,
        })
        .boxed()
}
