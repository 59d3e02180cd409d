//! What an operator does: retry passes, and a look at what was put off.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::Function;

/// Settings of a function whose operator looks after it, with a Jira whose
/// search is never late.
pub const OPERATED: [(&str, &str); 2] = [("admin_token", "admin-5ecret"), ("jira_index_lag", "0")];

/// After this long, what failed once is due: a pause of two seconds, and a bucket of
/// ten.
pub const FIRST_RETRY: Duration = Duration::from_secs(13);

/// A request that shows the admin token.
pub async fn admin(function: &Function, method: &str, path: &str) -> (u16, Value) {
    let headers = [("x-api-key", "admin-5ecret")];
    let answer = function.send(method, path, &headers).await;
    (answer.status, answer.json())
}

/// One retry pass.
pub async fn retry(function: &Function) -> Value {
    let (status, pass) = admin(function, "POST", "/tasks/retry").await;
    assert_eq!(status, 200, "{pass}");
    pass
}

/// Some pauses of a retry schedule, on a machine that is busy: four of them take up to a
/// minute by themselves.
const QUIET_WITHIN: Duration = Duration::from_secs(180);

/// Retry passes until nothing is left.
pub async fn until_quiet(function: &Function) {
    let started = Instant::now();
    while started.elapsed() < QUIET_WITHIN {
        if retry(function).await["left"] == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    panic!("never quiet: {:?}", retry(function).await);
}
