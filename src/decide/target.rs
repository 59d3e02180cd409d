//! Where an entity goes: the general settings, with what its route says
//! differently, and the addresses that links need.

use super::accept::NotFiled;
use crate::model::{Event, Fact, Page, Place, SourceProfile};
use crate::settings::routing::Route;
use crate::settings::templates::Extras;
use crate::settings::{AboveMaxTlp, Grouping, Mapping, Repeats, Settings, SettingsError};

/// Everything that decides an entity's issue, besides the entity.
#[derive(Debug, Clone)]
pub struct Target<'a> {
    pub(super) mapping: &'a Mapping,
    pub(super) route: Option<&'a Route>,
    pub(super) extras: Extras,
    /// What is different about the entity's source.
    pub profile: &'static SourceProfile,
    /// How the address of an issue begins.
    issues: &'a str,
    /// Whether the entity's content must not be shown.
    pub(super) withheld: bool,
}

impl<'a> Target<'a> {
    /// Picks the route. `issues` is how the address of an issue begins.
    ///
    /// # Errors
    /// Why the entity gets no issue.
    pub fn pick(
        event: &Event,
        profile: &'static SourceProfile,
        settings: &'a Settings<'_>,
        issues: &'a str,
    ) -> Result<Self, NotFiled> {
        // Whatever is wrong there is told before anything is sent.
        settings.jira()?;
        let mapping = settings.mapping()?;
        let markings = &mapping.markings;
        let (entity, level) = (&event.entity, markings.level(&event.entity));
        let route = mapping.routes.pick(entity, level);
        if let Some(route) = route.filter(|route| route.ignore) {
            return Err(NotFiled::Ignored(format!("{route} ignores it")));
        }
        let is_above = |limit| !markings.allow_issue(entity, limit);
        let withheld = mapping.max_tlp.is_some_and(is_above);
        // A marking that is not understood must not lose an incident.
        let is_above = markings.understood(entity) > mapping.max_tlp;
        if withheld && is_above && mapping.above_max_tlp == AboveMaxTlp::Ignore {
            let why = format!("{} is above max_tlp", entity.marking_words());
            return Err(NotFiled::Ignored(why));
        }
        Ok(Self {
            mapping,
            route,
            extras: extras(event, profile, settings)?,
            profile,
            issues,
            withheld,
        })
    }

    /// Where a new issue goes.
    pub fn place(&self) -> Place {
        let route = self.route;
        let or = |special: Option<&String>, general: &String| special.unwrap_or(general).clone();
        Place {
            project: or(
                route.and_then(|route| route.project.as_ref()),
                &self.mapping.project_key,
            ),
            issue_type: or(
                route.and_then(|route| route.issue_type.as_ref()),
                &self.mapping.issue_type,
            ),
        }
    }

    /// When firings of the entity are one.
    pub(super) fn repeats(&self, settings: &Settings<'_>) -> Result<Repeats, SettingsError> {
        Ok(settings.repeats()?.on(self.route))
    }

    /// What the issue of an event stands for. The settings of repeats are those of
    /// alerts.
    ///
    /// # Errors
    /// The mistakes in the settings of repeats.
    pub fn grouping(
        &self,
        event: &Event,
        settings: &Settings<'_>,
    ) -> Result<Grouping, SettingsError> {
        match event.firings() {
            Some(_) => Ok(self.repeats(settings)?.group),
            None => Ok(Grouping::Row),
        }
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
    pub(super) fn lasting(&self) -> Self {
        let mut lasting = self.clone();
        if self.profile.page == Page::InEachEvent {
            lasting.extras.entity_url = None;
        }
        lasting
    }

    /// Whether a raw field holds the whole event as it was logged.
    pub(super) fn is_raw(&self, fact: &Fact) -> bool {
        self.profile.raw_event == Some(fact.key.as_str())
    }

    /// The route that was picked, as people call it.
    pub fn route_name(&self) -> String {
        self.route
            .map_or_else(|| "default".to_owned(), |route| route.to_string())
    }

    /// Whether an address is that of an issue in the configured Jira.
    pub fn is_issue_url(&self, url: &str) -> bool {
        url.starts_with(self.issues)
    }
}

/// The entity's page, and its platform: the configured one, or the one that the
/// sender says.
fn extras(
    event: &Event,
    profile: &SourceProfile,
    settings: &Settings<'_>,
) -> Result<Extras, SettingsError> {
    let Page::OnPlatform(path) = profile.page else {
        return Ok(Extras {
            event: event.change.word(),
            platform_url: event.platform_url.clone(),
            entity_url: event.entity.link.clone(),
        });
    };
    let configured = settings.opencti()?.url.clone();
    let platform_url = configured.or_else(|| event.platform_url.as_deref().and_then(plain_address));
    let page = |url: &String| format!("{url}{path}{}", event.entity.id);
    Ok(Extras {
        event: event.change.word(),
        entity_url: platform_url.as_ref().map(page),
        platform_url,
    })
}

/// An http or https address without a trailing slash.
fn plain_address(url: &str) -> Option<String> {
    let url = url.trim().trim_end_matches('/');
    let uri: http::Uri = url.parse().ok()?;
    let web = matches!(uri.scheme_str(), Some("http" | "https"));
    (web && uri.query().is_none()).then(|| url.to_owned())
}
