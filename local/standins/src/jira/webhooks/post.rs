//! Making the calls: in the background, again after some failures.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{Semaphore, watch};

use super::signature::signature;
use super::{Delivery, Webhook};
use crate::client::{Answer, Client};

/// What happens within this time is mixed up when order is not kept.
const GATHER: Duration = Duration::from_millis(200);

/// After these, and after 5xx, Cloud calls again (facts/two-way.md, section 1).
const TRY_AGAIN: [u16; 4] = [408, 409, 425, 429];

/// Counts down when a call has come to its end, however that was.
pub(super) struct Due(Arc<watch::Sender<usize>>);

impl Due {
    pub(super) fn new(count: &Arc<watch::Sender<usize>>) -> Due {
        count.send_modify(|due| *due += 1);
        Due(Arc::clone(count))
    }
}

impl Drop for Due {
    fn drop(&mut self) {
        self.0.send_modify(|due| *due = due.saturating_sub(1));
    }
}

/// A call to be made.
pub(super) struct Post {
    pub(super) event: &'static str,
    pub(super) identifier: String,
    pub(super) body: String,
    pub(super) is_secondary: bool,
    /// Held until the call was made for the last time.
    pub(super) due: Due,
}

/// What every call has been and has come to.
pub(super) type Deliveries = Arc<Mutex<Vec<Delivery>>>;

/// Calls one webhook.
pub(super) struct Postman {
    pub(super) number: usize,
    pub(super) hook: Webhook,
    pub(super) on_cloud: bool,
    pub(super) http: Client,
    pub(super) deliveries: Deliveries,
}

impl Postman {
    /// Works until the webhook is removed or the stand-in has stopped.
    pub(super) async fn work(self, mut posts: UnboundedReceiver<Post>) {
        let this = Arc::new(self);
        let lanes = Arc::new(Semaphore::new(this.hook.at_once));
        while let Some(post) = posts.recv().await {
            let mut batch = vec![post];
            if this.hook.out_of_order {
                tokio::time::sleep(GATHER).await;
                while let Ok(post) = posts.try_recv() {
                    batch.push(post);
                }
                batch.reverse();
            }
            for post in batch {
                let Ok(lane) = Arc::clone(&lanes).acquire_owned().await else {
                    return;
                };
                let this = Arc::clone(&this);
                tokio::spawn(async move {
                    let again = this.call(&post, 0).await;
                    // What waits for a second call does not hold up the others.
                    drop(lane);
                    if again {
                        this.call_again(&post).await;
                    }
                    // Here at the latest it is no longer due.
                    drop(post.due);
                });
            }
        }
    }

    async fn call_again(&self, post: &Post) {
        for retry in 1..self.hook.attempts {
            tokio::time::sleep(self.hook.pause).await;
            if !self.call(post, retry).await {
                return;
            }
        }
    }

    /// Makes a call; true when Jira would make it again.
    async fn call(&self, post: &Post, retry: usize) -> bool {
        let answer = self.send(post, retry).await;
        let status = answer.as_ref().map(|answer| answer.status);
        let delivery = Delivery {
            webhook: self.number,
            event: post.event.to_owned(),
            identifier: post.identifier.clone(),
            retry,
            body: post.body.clone(),
            status,
            answer: answer.map(|answer| answer.text()).unwrap_or_default(),
        };
        let mut deliveries = self
            .deliveries
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        deliveries.push(delivery);
        status.is_none_or(|status| TRY_AGAIN.contains(&status) || status >= 500)
    }

    async fn send(&self, post: &Post, retry: usize) -> Option<Answer> {
        let mut request = http::Request::post(&self.hook.url)
            .header("content-type", "application/json; charset=UTF-8");
        for (name, value) in &self.hook.headers {
            request = request.header(name, value);
        }
        if let Some(secret) = &self.hook.secret {
            let signature = signature(secret, post.body.as_bytes());
            request = request.header("x-hub-signature", signature);
        }
        // Known of Cloud only.
        if self.on_cloud && self.hook.body == super::Body::Jira {
            let flow = match post.is_secondary {
                true => "Secondary",
                false => "Primary",
            };
            request = request
                .header("x-atlassian-webhook-identifier", &post.identifier)
                .header("x-atlassian-webhook-flow", flow);
            if retry > 0 {
                request = request.header("x-atlassian-webhook-retry", retry);
            }
        }
        let request = request.body(post.body.clone().into_bytes()).ok()?;
        let answer = tokio::time::timeout(self.hook.patience, self.http.send(request));
        answer.await.ok()?.ok()
    }
}
