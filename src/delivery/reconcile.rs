//! For platforms without atomic counters: there a claim is best effort, and
//! two deliveries at the same instant can each file an issue. Every new issue
//! is looked at once more when Jira's search shows it; of twins, the younger
//! are closed with a link to the elder, which the entity keeps.

use super::{Context, Failure};
use crate::jira::{Client, JiraError, lookup};
use crate::ledger::fresh::{self, Fresh};
use crate::log::Level;
use crate::plan::fields::find_label;
use crate::plan::steps::Target;

/// How many new issues one pass looks at.
const MOST: usize = 50;

/// Looks at new issues; how many twins were closed.
pub(super) async fn reconcile(context: Context<'_>) -> Result<usize, Failure> {
    let now = context.ports.clock.now_ms();
    let lag = context.config.jira.index_lag.as_millis() as u64;
    let mut closed = 0;
    let all = fresh::list(context.ports.store)?;
    for issue in all.iter().filter(|it| it.at + lag <= now).take(MOST) {
        closed += close_twins(context, issue).await?;
        fresh::forget(context.ports.store, &issue.id)?;
    }
    Ok(closed)
}

async fn close_twins(context: Context<'_>, issue: &Fresh) -> Result<usize, JiraError> {
    let client = Client::connect(context.ports, &context.config.jira).await?;
    let label = find_label(&issue.id, issue.round);
    let found = lookup::by_label(&client, &issue.project, &label).await?;
    let Some((elder, younger)) = found.split_first() else {
        return Ok(0);
    };
    for twin in younger {
        client.duplicates(&twin.key, &elder.key).await?;
        client.transition(&twin.key, &Target::Done).await?;
        context.log.line(
            Level::Warn,
            "twin_closed",
            &[
                ("entity", issue.id.as_str().into()),
                ("issue", twin.key.as_str().into()),
                ("elder", elder.key.as_str().into()),
            ],
        );
    }
    if !younger.is_empty() {
        // Best effort, as all is here.
        let kept = fresh::retarget(context.ports, &issue.id, &elder.key, &elder.id);
        if let Err(error) = kept {
            context.warn("twin_kept", &issue.id, error);
        }
    }
    Ok(younger.len())
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::config::tests::load;
    use crate::ledger;
    use crate::log::Log;
    use crate::platform::fake::{Fake, block_on};

    fn play(fake: &Fake) -> usize {
        let config = load(&[("jira_api", "datacenter"), ("jira_index_lag", "0")]).unwrap();
        let released = RefCell::default();
        let context = Context {
            ports: fake.ports(),
            config: &config,
            log: Log::new(fake, fake, Level::Info),
            released: &released,
        };
        block_on(reconcile(context)).unwrap()
    }

    fn note(fake: &Fake) {
        let fresh = Fresh {
            id: "entity".to_owned(),
            round: 0,
            project: "SOC".to_owned(),
            at: 0,
        };
        fresh::note(fake, &fresh).unwrap();
    }

    #[test]
    fn of_twins_the_younger_is_closed_with_a_link_to_the_elder() {
        let fake = Fake::default();
        note(&fake);
        fake.reply(
            200,
            &[],
            r#"{"issues": [{"key": "SOC-1", "id": "1"}, {"key": "SOC-2", "id": "2"}]}"#,
        );
        fake.reply(201, &[], "");
        fake.reply(
            200,
            &[],
            r#"{"transitions": [{"id": "31", "to": {"statusCategory": {"key": "done"}}}]}"#,
        );
        fake.reply(204, &[], "");
        assert_eq!(play(&fake), 1);
        let requests = fake.requests.borrow();
        let link = String::from_utf8_lossy(requests[1].body()).into_owned();
        assert!(link.contains(r#""inwardIssue":{"key":"SOC-2"}"#), "{link}");
        assert!(
            requests[3]
                .uri()
                .path()
                .ends_with("/issue/SOC-2/transitions")
        );
        assert!(fresh::list(&fake).unwrap().is_empty());
    }

    #[test]
    fn an_only_child_is_left_alone() {
        let fake = Fake::default();
        note(&fake);
        fake.reply(200, &[], r#"{"issues": [{"key": "SOC-1", "id": "1"}]}"#);
        assert_eq!(play(&fake), 0);
        assert_eq!(fake.requests.borrow().len(), 1);
    }

    #[test]
    fn the_entity_keeps_the_elder() {
        let fake = Fake::default();
        fake.values.borrow_mut().insert(
            "jira-intake/ticket/entity".to_owned(),
            br#"{"generation": 1, "ticket": {"key": "SOC-2", "id": "2"}}"#.to_vec(),
        );
        fresh::retarget(fake.ports(), "entity", "SOC-1", "1").unwrap();
        assert_eq!(ledger::look(&fake, "entity").unwrap().unwrap().key, "SOC-1");
    }
}
