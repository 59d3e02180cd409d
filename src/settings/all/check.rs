//! Every mistake in the settings at once, also in those that nothing needs.

use super::Settings;
use crate::settings::enrichment::EnrichmentSettings;
use crate::settings::mistakes::SettingsError;
use crate::settings::notify::Webhook;
use crate::settings::opencti::OpenCti;
use crate::settings::reader::Reader;
use crate::settings::stream::Stream;
use crate::settings::{metrics, secrets};

impl Settings<'_> {
    /// Reads all settings, also those that nothing needs at the moment, with
    /// the webhooks of these chats.
    ///
    /// # Errors
    /// Every mistake once, in the order of the settings.
    pub fn check(&self, chats: &[&str]) -> Result<(), SettingsError> {
        let mut mistakes: Vec<String> = Vec::new();
        let mut note = |found: Option<SettingsError>| {
            for mistake in found.into_iter().flat_map(|error| error.mistakes) {
                // Some variables are read again beside what is not used.
                if !mistakes.contains(&mistake) {
                    mistakes.push(mistake);
                }
            }
        };
        note(self.jira().err());
        note(self.index_lag().err());
        note(self.text_limit().err());
        note(self.internal_comments().err());
        note(self.required_fields().err());
        note(self.file_types().err());
        note(self.mapping().err());
        note(self.lifecycle().err());
        note(self.done_fields().err());
        note(self.filing().err());
        note(self.adopt().err());
        note(self.opencti().err());
        note(self.stream().err());
        note(self.platform_of_stream().err());
        note(self.repeats().err());
        note(self.splunk().err());
        note(self.enrichment().err());
        note(self.unused_enrichment().err());
        for chat in chats {
            note(self.webhook(chat).err());
            note(self.unused_host(chat).err());
        }
        note(self.notify().err());
        note(self.sync_back().err());
        note(self.back_words().err());
        note(self.splunk_api().err());
        note(self.soar_api().err());
        note(self.jira_webhook_secret().err());
        note(self.webhook_secret().err());
        note(self.webhook_auth().err());
        note(self.read_admin_token().err());
        note(self.group(&self.counts, metrics::is_on).err());
        note(self.metrics_token().err());
        note(self.secrets_apart().err());
        note(self.retention().err());
        note(self.requests().err());
        match mistakes.is_empty() {
            true => Ok(()),
            false => Err(SettingsError { mistakes }),
        }
    }

    /// A stream needs a platform.
    fn platform_of_stream(&self) -> Result<(), SettingsError> {
        match (self.stream(), self.opencti()) {
            (Ok(Stream { id: Some(_), .. }), Ok(OpenCti { url: None, .. })) => {
                let mistake = "opencti_stream_id: is set, but opencti_url is not; the stream is read from there";
                Err(SettingsError {
                    mistakes: vec![mistake.to_owned()],
                })
            }
            _ => Ok(()),
        }
    }

    fn secrets_apart(&self) -> Result<(), SettingsError> {
        let mut read = Reader::new(self.variables);
        secrets::check_apart(&mut read);
        read.finish(())
    }

    /// What stands beside a service that is not used: Spin denies every outbound
    /// call where one host is wrong.
    fn unused_enrichment(&self) -> Result<(), SettingsError> {
        let mut read = Reader::new(self.variables);
        EnrichmentSettings::check_unused(&mut read);
        read.finish(())
    }

    fn unused_host(&self, chat: &str) -> Result<(), SettingsError> {
        let mut read = Reader::new(self.variables);
        Webhook::check_unused(&mut read, chat);
        read.finish(())
    }
}
