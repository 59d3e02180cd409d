//! Clients that post as fast as they are answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jira_intake_standins::client::Client;

/// A request to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub(crate) url: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// What must stand in the answer.
    pub(crate) expected: &'static str,
}

/// Sends all of them with so many clients; how long that took.
pub(crate) async fn send_all(posts: Vec<Post>, clients: usize) -> Duration {
    let posts = Arc::new(posts);
    let next = Arc::new(AtomicUsize::new(0));
    let client = Client::default();
    let started = Instant::now();
    let workers = (0..clients).map(|_| {
        let (posts, next, client) = (posts.clone(), next.clone(), client.clone());
        tokio::spawn(async move {
            while let Some(post) = posts.get(next.fetch_add(1, Ordering::Relaxed)) {
                send(&client, post).await;
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.unwrap();
    }
    started.elapsed()
}

async fn send(client: &Client, post: &Post) {
    let headers = post.headers.iter().map(|(name, value)| (*name, &**value));
    let headers: Vec<_> = headers.collect();
    let answer = client.post(&post.url, &headers, &post.body).await.unwrap();
    let text = String::from_utf8_lossy(&answer.body);
    let is_expected = answer.status < 300 && text.contains(post.expected);
    assert!(is_expected, "{}: {} {text}", post.url, answer.status);
}
