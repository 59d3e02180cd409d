//! Webhooks: what happens in the stand-in is posted, in the background, in the
//! shapes and with the weaknesses of the real ones (facts/two-way.md, section
//! 1). Without a webhook nothing of this runs.

mod hook;
mod items;
mod payload;
mod post;
mod signature;
mod storm;
mod watch;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::sync::watch as latest;

use super::JiraStandIn;
use super::site::Site;
use crate::client::Client;
pub use hook::{Body, Delivery, Webhook};
use post::{Deliveries, Due, Post, Postman};
use watch::News;
pub(crate) use watch::Watch;

/// No test waits longer for what is due.
const SETTLE: Duration = Duration::from_secs(60);

/// The webhooks of a site.
pub(crate) struct Webhooks {
    /// Where the calls are made; none when the stand-in runs on no runtime.
    runtime: Option<Handle>,
    hooks: Mutex<Vec<Hook>>,
    /// How many hooks there were, and how many events.
    numbers: (AtomicUsize, AtomicUsize),
    /// How many calls are not at their end.
    due: Arc<latest::Sender<usize>>,
    deliveries: Deliveries,
}

struct Hook {
    hook: Webhook,
    posts: UnboundedSender<Post>,
}

impl Default for Webhooks {
    fn default() -> Webhooks {
        Webhooks {
            runtime: Handle::try_current().ok(),
            hooks: Mutex::default(),
            numbers: Default::default(),
            due: Arc::new(latest::Sender::new(0)),
            deliveries: Deliveries::default(),
        }
    }
}

impl Webhooks {
    fn hooks(&self) -> MutexGuard<'_, Vec<Hook>> {
        self.hooks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands something that happened to those who want to know.
    fn post(&self, site: &Site, hooks: &[Hook], news: &News) {
        for message in payload::messages(site, news) {
            let number = self.numbers.1.fetch_add(1, Ordering::SeqCst);
            for Hook { hook, posts } in hooks.iter().filter(|it| it.hook.wants(message.event)) {
                for _ in 0..hook.copies {
                    // Nobody takes it when the runtime has gone: then it is lost.
                    let _ = posts.send(Post {
                        event: message.event,
                        identifier: format!("00000000-0000-4000-8000-{number:012x}"),
                        body: payload::body(site, hook, news, &message),
                        is_secondary: message.is_secondary,
                        due: Due::new(&self.due),
                    });
                }
            }
        }
    }
}

impl Site {
    /// Tells webhooks what has happened; not while the store is locked.
    pub(crate) fn tell(&self) {
        // Held meanwhile, so that what happened first is told first.
        let hooks = self.webhooks.hooks();
        if hooks.is_empty() {
            return;
        }
        let all = self.store().watch.take();
        for news in &all {
            self.webhooks.post(self, &hooks, news);
        }
    }
}

impl JiraStandIn {
    /// Registers a webhook; answers its number. It is told what happens from
    /// now on, whoever does it: a person or a request.
    pub fn add_webhook(&self, mut hook: Webhook) -> usize {
        let webhooks = &self.site().webhooks;
        let on_cloud = self.site().is_cloud();
        if !on_cloud || hook.body != Body::Jira {
            hook.attempts = 1;
        }
        let mut hooks = webhooks.hooks();
        let number = webhooks.numbers.0.fetch_add(1, Ordering::SeqCst);
        let (posts, taken) = mpsc::unbounded_channel();
        let postman = Postman {
            number,
            hook: hook.clone(),
            on_cloud,
            http: Client::default(),
            deliveries: Arc::clone(&webhooks.deliveries),
        };
        if let Some(runtime) = &webhooks.runtime {
            runtime.spawn(postman.work(taken));
        }
        hooks.push(Hook { hook, posts });
        self.site().store().start_watch();
        number
    }

    /// Removes all webhooks; what is due is still posted.
    pub fn remove_webhooks(&self) {
        self.site().webhooks.hooks().clear();
        self.site().store().watch.stop();
    }

    /// Every call so far, in the order in which they ended.
    pub fn deliveries(&self) -> Vec<Delivery> {
        let deliveries = self.site().webhooks.deliveries.lock();
        deliveries.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets the calls so far.
    pub fn clear_deliveries(&self) {
        let deliveries = self.site().webhooks.deliveries.lock();
        deliveries.unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Waits until all that is due was posted, with the calls that are made
    /// again. What the one called does to Jira before it answers is waited for
    /// as well.
    ///
    /// # Errors
    /// When something is still due after a minute.
    pub async fn settle(&self) -> anyhow::Result<()> {
        let mut due = self.site().webhooks.due.subscribe();
        let none = due.wait_for(|due| *due == 0);
        let settled = tokio::time::timeout(SETTLE, none).await;
        settled.context("webhooks are still due after a minute")??;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
