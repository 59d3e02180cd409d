//! All settings, read as far as they are needed.

mod check;

use std::cell::OnceCell;
use std::time::Duration;

use serde_json::{Map, Value};

use super::access::{WebhookAuth, WebhookSecret};
use super::enrichment::EnrichmentSettings;
use super::filing::{Adopt, Filing};
use super::jira::{self, Jira};
use super::lifecycle::Lifecycle;
use super::mapping::{self, Mapping};
use super::markings::Markings;
use super::metrics;
use super::mistakes::SettingsError;
use super::notify::{Notify, Webhook};
use super::opencti::OpenCti;
use super::reader::Reader;
use super::repeats::Repeats;
use super::requests::Requests;
use super::retention::Retention;
use super::secret::Secret;
use super::secrets::Secrets;
use super::splunk::Splunk;
use super::stream::Stream;
use super::sync_back::{BackWords, SoarApi, SplunkApi, SyncBack};
use crate::model::EntityType;
use crate::platform::Variables;

/// Everything that an operator can set. Reading a variable is a call to the
/// host, so each group is read when it is first asked for, and once.
///
/// Each accessor fails with all mistakes of its group; [`Settings::check`] finds
/// those of all groups.
pub struct Settings<'a> {
    variables: &'a dyn Variables,
    webhook_auth: Group<WebhookAuth>,
    webhook_secret: Group<Option<WebhookSecret>>,
    requests: Group<Requests>,
    jira: Group<Jira>,
    index_lag: Group<Duration>,
    text_limit: Group<usize>,
    internal_comments: Group<Option<bool>>,
    required_fields: Group<Vec<String>>,
    file_types: Group<Vec<EntityType>>,
    mapping: Group<Mapping>,
    lifecycle: Group<Lifecycle>,
    done_fields: Group<Map<String, Value>>,
    filing: Group<Filing>,
    adopt: Group<Adopt>,
    opencti: Group<OpenCti>,
    stream: Group<Stream>,
    repeats: Group<Repeats>,
    splunk: Group<Splunk>,
    enrichment: Group<EnrichmentSettings>,
    notify: Group<Notify>,
    retention: Group<Retention>,
    sync_back: Group<SyncBack>,
    back_words: Group<BackWords>,
    splunk_api: Group<Option<SplunkApi>>,
    soar_api: Group<Option<SoarApi>>,
    counts: Group<bool>,
}

/// Settings that are read together.
type Group<T> = OnceCell<Result<T, SettingsError>>;

/// A result of an accessor.
type Read<'a, T> = Result<&'a T, SettingsError>;

impl<'a> Settings<'a> {
    /// Nothing is read yet.
    pub fn new(variables: &'a dyn Variables) -> Self {
        Self {
            variables,
            webhook_auth: OnceCell::new(),
            webhook_secret: OnceCell::new(),
            requests: OnceCell::new(),
            jira: OnceCell::new(),
            index_lag: OnceCell::new(),
            text_limit: OnceCell::new(),
            internal_comments: OnceCell::new(),
            required_fields: OnceCell::new(),
            file_types: OnceCell::new(),
            mapping: OnceCell::new(),
            lifecycle: OnceCell::new(),
            done_fields: OnceCell::new(),
            filing: OnceCell::new(),
            adopt: OnceCell::new(),
            opencti: OnceCell::new(),
            stream: OnceCell::new(),
            repeats: OnceCell::new(),
            splunk: OnceCell::new(),
            enrichment: OnceCell::new(),
            notify: OnceCell::new(),
            retention: OnceCell::new(),
            sync_back: OnceCell::new(),
            back_words: OnceCell::new(),
            splunk_api: OnceCell::new(),
            soar_api: OnceCell::new(),
            counts: OnceCell::new(),
        }
    }

    /// Who may post events.
    ///
    /// # Errors
    /// The mistakes in these settings; so it is with all accessors.
    pub fn webhook_auth(&self) -> Read<'_, WebhookAuth> {
        self.group(&self.webhook_auth, WebhookAuth::read)
    }

    /// What senders sign with, if it is set.
    pub fn webhook_secret(&self) -> Read<'_, Option<WebhookSecret>> {
        self.group(&self.webhook_secret, WebhookSecret::read)
    }

    /// The operators' token, or two of them; nobody is one without it.
    pub fn admin_token(&self) -> Option<Secrets> {
        self.read_admin_token().unwrap_or_default()
    }

    fn read_admin_token(&self) -> Result<Option<Secrets>, SettingsError> {
        let mut read = Reader::new(self.variables);
        let tokens = Secrets::read(&mut read, "admin_token");
        // Else every sender could see and discard what is kept.
        if let Some(tokens) = &tokens
            && let Some(senders) = Secrets::read(&mut read, "webhook_token")
            && tokens.share_one_with(&senders)
        {
            read.mistake(
                "admin_token: is the same as webhook_token; give operators a token of their own",
            );
        }
        read.finish(tokens)
    }

    /// What is taken of a request.
    pub fn requests(&self) -> Read<'_, Requests> {
        self.group(&self.requests, Requests::read)
    }

    /// Where issues go.
    pub fn jira(&self) -> Read<'_, Jira> {
        self.group(&self.jira, Jira::read)
    }

    /// After this long, what Jira stored is found by a search.
    pub fn index_lag(&self) -> Result<Duration, SettingsError> {
        let read = |read: &mut Reader<'_>| {
            Duration::from_secs(read.number("jira_index_lag", 0..=3600, 120))
        };
        self.group(&self.index_lag, read).copied()
    }

    /// The characters that a description or a comment may have.
    pub fn text_limit(&self) -> Result<usize, SettingsError> {
        self.group(&self.text_limit, jira::text_limit).copied()
    }

    /// Whether comments are hidden from a service desk's customers; where nobody
    /// says so, in service desks only.
    pub fn internal_comments(&self) -> Result<Option<bool>, SettingsError> {
        let read = jira::internal_comments;
        self.group(&self.internal_comments, read).copied()
    }

    /// Fields that an issue must have: one that Jira refuses is never dropped.
    pub fn required_fields(&self) -> Read<'_, Vec<String>> {
        let read = |read: &mut Reader<'_>| read.list("required_fields");
        self.group(&self.required_fields, read)
    }

    /// The types of entities that file an issue.
    pub fn file_types(&self) -> Read<'_, Vec<EntityType>> {
        self.group(&self.file_types, mapping::file_types)
    }

    /// Which issue an entity becomes.
    pub fn mapping(&self) -> Read<'_, Mapping> {
        self.group(&self.mapping, Mapping::read)
    }

    /// What becomes of the issue when the entity changes.
    pub fn lifecycle(&self) -> Read<'_, Lifecycle> {
        self.group(&self.lifecycle, Lifecycle::read)
    }

    /// Fields that a transition to a status of category done is given, by id, if
    /// they are on its screen.
    pub fn done_fields(&self) -> Read<'_, Map<String, Value>> {
        self.group(&self.done_fields, Lifecycle::done_fields)
    }

    /// What files issues besides what comes into being.
    pub fn filing(&self) -> Read<'_, Filing> {
        self.group(&self.filing, Filing::read)
    }

    /// Which issues of another program become an entity's.
    pub fn adopt(&self) -> Result<Adopt, SettingsError> {
        self.group(&self.adopt, Adopt::read).copied()
    }

    /// How markings are understood.
    ///
    /// # Errors
    /// The mistakes in the settings of the mapping.
    pub fn markings(&self) -> Read<'_, Markings> {
        self.mapping().map(|mapping| &mapping.markings)
    }

    /// The OpenCTI platform.
    pub fn opencti(&self) -> Read<'_, OpenCti> {
        self.group(&self.opencti, OpenCti::read)
    }

    /// The live stream of that platform.
    pub fn stream(&self) -> Read<'_, Stream> {
        self.group(&self.stream, Stream::read)
    }

    /// When two firings of an alert are one.
    pub fn repeats(&self) -> Read<'_, Repeats> {
        self.group(&self.repeats, Repeats::read)
    }

    /// How Splunk's alerts are read.
    pub fn splunk(&self) -> Read<'_, Splunk> {
        self.group(&self.splunk, Splunk::read)
    }

    /// Who enriches an entity.
    pub fn enrichment(&self) -> Read<'_, EnrichmentSettings> {
        self.group(&self.enrichment, EnrichmentSettings::read)
    }

    /// Of what chats are told.
    pub fn notify(&self) -> Read<'_, Notify> {
        self.group(&self.notify, Notify::read)
    }

    /// The webhook of a chat, if one is set: who knows the address may post.
    /// `chat` is how its settings begin, such as `slack`.
    pub fn webhook(&self, chat: &str) -> Result<Option<Secret>, SettingsError> {
        let mut read = Reader::new(self.variables);
        let webhook = Webhook::read(&mut read, chat);
        read.finish(webhook)
    }

    /// How much is remembered.
    pub fn retention(&self) -> Read<'_, Retention> {
        self.group(&self.retention, Retention::read)
    }

    /// What goes back from issues to entities.
    pub fn sync_back(&self) -> Read<'_, SyncBack> {
        self.group(&self.sync_back, SyncBack::read)
    }

    /// In which words it goes back.
    pub fn back_words(&self) -> Read<'_, BackWords> {
        self.group(&self.back_words, BackWords::read)
    }

    /// Splunk's management port, if it is set.
    pub fn splunk_api(&self) -> Read<'_, Option<SplunkApi>> {
        self.group(&self.splunk_api, SplunkApi::read)
    }

    /// Splunk SOAR's REST, if it is set.
    pub fn soar_api(&self) -> Read<'_, Option<SoarApi>> {
        self.group(&self.soar_api, SoarApi::read)
    }

    /// Whether events are counted; a mistake counts them.
    pub fn counts(&self) -> bool {
        let counts = self.group(&self.counts, metrics::is_on);
        counts.copied().unwrap_or(true)
    }

    /// The token that shows metrics and nothing else, if it is set.
    ///
    /// # Errors
    /// Where the variable cannot be read.
    pub fn metrics_token(&self) -> Result<Option<Secrets>, SettingsError> {
        let mut read = Reader::new(self.variables);
        let token = metrics::token(&mut read);
        read.finish(token)
    }

    /// What Jira signs its webhooks with, if it is set: one secret, or two.
    ///
    /// # Errors
    /// Where the variable cannot be read, or holds more.
    pub fn jira_webhook_secret(&self) -> Result<Option<Secrets>, SettingsError> {
        let mut read = Reader::new(self.variables);
        let secrets = Secrets::read(&mut read, "jira_webhook_secret");
        read.finish(secrets)
    }

    fn group<'s, T>(
        &'s self,
        group: &'s Group<T>,
        read: impl FnOnce(&mut Reader<'_>) -> T,
    ) -> Read<'s, T> {
        let read = || {
            let mut reader = Reader::new(self.variables);
            let value = read(&mut reader);
            reader.finish(value)
        };
        group.get_or_init(read).as_ref().map_err(Clone::clone)
    }
}

impl std::fmt::Debug for Settings<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("jira", &self.jira)
            .field("opencti", &self.opencti)
            .field("webhook_auth", &self.webhook_auth)
            .field("enrichment", &self.enrichment)
            .finish_non_exhaustive()
    }
}
