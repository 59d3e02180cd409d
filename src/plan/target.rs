//! Where an entity goes: the general settings, with what its route says
//! differently, and the addresses that links need.

use super::routing::Route;
use super::templates::Extras;
use crate::config::{AboveMaxTlp, Config, Mapping};
use crate::event::{Entity, Event, Source};

/// Everything that decides an entity's issue, besides the entity.
#[derive(Debug, Clone)]
pub struct Target<'a> {
    pub(super) mapping: &'a Mapping,
    pub(super) route: Option<&'a Route>,
    pub(super) extras: Extras,
    issue_url_prefix: String,
    /// Whether the entity's content must not be shown.
    pub(super) withheld: bool,
}

/// No issue, for this reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoIssue(pub String);

impl<'a> Target<'a> {
    /// Picks the route, or says why the entity gets no issue.
    pub fn pick(event: &Event, config: &'a Config) -> Result<Self, NoIssue> {
        let mapping = &config.mapping;
        let route = mapping.routes.pick(&event.entity);
        if let Some(route) = route.filter(|route| route.ignore) {
            return Err(NoIssue(format!("{route} ignores it")));
        }
        let withheld = is_above(&event.entity, mapping);
        if withheld && mapping.above_max_tlp == AboveMaxTlp::Ignore {
            let marking = event.entity.tlp.map_or("", |tlp| tlp.as_str());
            return Err(NoIssue(format!("TLP:{marking} is above max_tlp")));
        }
        Ok(Self {
            mapping,
            route,
            extras: extras(event, config),
            issue_url_prefix: format!("{}/browse/", config.jira.base_url),
            withheld,
        })
    }

    /// The entity's page.
    pub fn entity_url(&self) -> Option<&str> {
        self.extras.entity_url.as_deref()
    }

    /// Whether the entity's content must not be shown.
    pub fn is_withheld(&self) -> bool {
        self.withheld
    }

    /// The same without the address of a page that is another one each time.
    pub(super) fn lasting(&self, source: Source) -> Self {
        let mut lasting = self.clone();
        if source == Source::Splunk {
            lasting.extras.entity_url = None;
        }
        lasting
    }

    /// The route that was picked, as people call it.
    pub fn route_name(&self) -> String {
        self.route
            .map_or_else(|| "default".to_owned(), |route| route.to_string())
    }

    /// Whether an address is that of an issue in the configured Jira.
    pub fn is_issue_url(&self, url: &str) -> bool {
        url.starts_with(&self.issue_url_prefix)
    }
}

fn is_above(entity: &Entity, mapping: &Mapping) -> bool {
    mapping
        .max_tlp
        .is_some_and(|limit| entity.tlp.is_some_and(|tlp| tlp > limit))
}

/// The configured platform's address, or the one that the sender says.
fn extras(event: &Event, config: &Config) -> Extras {
    if event.entity.source == Source::Splunk {
        return Extras {
            event: event.change,
            platform_url: event.platform_url.clone(),
            entity_url: event.entity.link.clone(),
        };
    }
    let platform_url = config
        .opencti
        .url
        .clone()
        .or_else(|| event.platform_url.as_deref().and_then(plain_address));
    let page = |url: &String| format!("{url}/dashboard/id/{}", event.entity.id);
    Extras {
        event: event.change,
        entity_url: platform_url.as_ref().map(page),
        platform_url,
    }
}

/// An http or https address without a trailing slash.
fn plain_address(url: &str) -> Option<String> {
    let url = url.trim().trim_end_matches('/');
    let uri: http::Uri = url.parse().ok()?;
    let web = matches!(uri.scheme_str(), Some("http" | "https"));
    (web && uri.query().is_none()).then(|| url.to_owned())
}
