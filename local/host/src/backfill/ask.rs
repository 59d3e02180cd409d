//! The question before anything is filed, and Ctrl-C.

use std::io::Write;
use std::time::Duration;

use tokio::sync::{oneshot, watch};

use crate::told::told_to_stop;

/// Knows whether somebody wants it to stop.
pub(super) struct Stop {
    tell: watch::Sender<bool>,
    told: watch::Receiver<bool>,
    /// It was heard of already.
    is_heard: bool,
}

impl Default for Stop {
    fn default() -> Self {
        let (tell, told) = watch::channel(false);
        Self {
            tell,
            told,
            is_heard: false,
        }
    }
}

impl Stop {
    /// From now on Ctrl-C is heard; the second one ends the program at once.
    pub(super) fn listen(&self) {
        let tell = self.tell.clone();
        tokio::spawn(async move {
            told_to_stop().await;
            tell.send_replace(true);
            told_to_stop().await;
            std::process::exit(1);
        });
    }

    pub(super) fn is_told(&self) -> bool {
        *self.told.borrow()
    }

    /// Waits for the first time that it is told, and only for that.
    pub(super) async fn comes(&mut self) {
        if self.is_heard || self.told.wait_for(|is_told| *is_told).await.is_err() {
            std::future::pending::<()>().await;
        }
        self.is_heard = true;
    }

    /// Whether it is told within this time, or was before.
    pub(super) async fn comes_within(&mut self, time: Duration) -> bool {
        let told = self.told.wait_for(|is_told| *is_told);
        tokio::time::timeout(time, told).await.is_ok()
    }
}

/// Asks at the terminal.
pub(super) async fn is_yes(question: &str, stop: &mut Stop) -> bool {
    eprint!("{question}");
    let _ = std::io::stderr().flush();
    let (tell, answer) = oneshot::channel();
    // Not a task: the runtime would wait for a line that never comes.
    std::thread::spawn(move || {
        let mut line = String::new();
        let _ = std::io::stdin().read_line(&mut line);
        let _ = tell.send(line);
    });
    tokio::select! {
        line = answer => says_yes(&line.unwrap_or_default()),
        () = stop.comes() => {
            eprintln!();
            false
        }
    }
}

fn says_yes(line: &str) -> bool {
    matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_one() {
        for line in ["y\n", "Y", " yes \r\n", "YES"] {
            assert!(says_yes(line), "{line:?}");
        }
        for line in ["", "\n", "n", "no", "yet", "ja"] {
            assert!(!says_yes(line), "{line:?}");
        }
    }

    #[tokio::test]
    async fn it_is_heard_of_once_and_known_from_then_on() {
        let mut stop = Stop::default();
        assert!(!stop.comes_within(Duration::from_millis(1)).await);
        stop.tell.send_replace(true);
        stop.comes().await;
        assert!(stop.is_told() && stop.comes_within(Duration::ZERO).await);
        let again = tokio::time::timeout(Duration::from_millis(10), stop.comes());
        assert!(again.await.is_err());
    }
}
