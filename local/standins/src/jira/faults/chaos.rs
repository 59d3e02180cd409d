//! A mixture of faults, drawn from a seed.

use std::time::Duration;

use super::fault::FaultKind;
use crate::chance::Chance;

/// How often each fault comes, `0.0` to `1.0`; each request gets at most one
/// of them, and a delay besides.
#[derive(Debug, Clone)]
pub struct ChaosRates {
    /// A delay before the work.
    pub latency: f64,
    /// The longest such delay.
    pub longest: Duration,
    /// 429 with `Retry-After: 1`.
    pub rate_limited: f64,
    /// 500.
    pub server_error: f64,
    /// 503 as HTML.
    pub unavailable: f64,
    /// 502, the work done or not, evenly.
    pub bad_gateway: f64,
    /// 504, the work done or not, evenly.
    pub gateway_timeout: f64,
    /// A reset, nothing done.
    pub reset_before: f64,
    /// A reset, the work done.
    pub reset_after: f64,
    /// 200 with a text that is no JSON, nothing done.
    pub garbage: f64,
    /// The body breaks off, the work done.
    pub cut_body: f64,
}

impl Default for ChaosRates {
    /// A quarter of the requests fail, a tenth of them wait up to 50 ms.
    fn default() -> ChaosRates {
        ChaosRates {
            latency: 0.1,
            longest: Duration::from_millis(50),
            rate_limited: 0.04,
            server_error: 0.03,
            unavailable: 0.03,
            bad_gateway: 0.02,
            gateway_timeout: 0.02,
            reset_before: 0.04,
            reset_after: 0.05,
            garbage: 0.01,
            cut_body: 0.01,
        }
    }
}

impl ChaosRates {
    /// No faults at all: the start for a mixture of one's own.
    pub fn none() -> ChaosRates {
        ChaosRates {
            latency: 0.0,
            longest: Duration::from_millis(50),
            rate_limited: 0.0,
            server_error: 0.0,
            unavailable: 0.0,
            bad_gateway: 0.0,
            gateway_timeout: 0.0,
            reset_before: 0.0,
            reset_after: 0.0,
            garbage: 0.0,
            cut_body: 0.0,
        }
    }

    /// The faults of one request. It always takes four numbers from `chance`,
    /// so that a request's luck does not depend on the rates before it.
    pub(crate) fn draw(&self, chance: &mut Chance) -> Vec<FaultKind> {
        let (delay, part, luck, coin) =
            (chance.unit(), chance.unit(), chance.unit(), chance.unit());
        let mut drawn = Vec::new();
        if delay < self.latency {
            drawn.push(FaultKind::Latency(self.longest.mul_f64(part)));
        }
        let mut reached = 0.0;
        for (rate, fault) in self.table(coin < 0.5) {
            reached += rate;
            if luck < reached {
                drawn.push(fault);
                break;
            }
        }
        drawn
    }

    fn table(&self, done: bool) -> [(f64, FaultKind); 9] {
        let reason = "jira-burst-based".to_owned();
        [
            (
                self.rate_limited,
                FaultKind::RateLimited {
                    retry_after: 1,
                    reason,
                },
            ),
            (self.server_error, FaultKind::ServerError),
            (
                self.unavailable,
                FaultKind::UnavailableHtml {
                    retry_after: Some(1),
                },
            ),
            (self.bad_gateway, FaultKind::BadGateway { done }),
            (self.gateway_timeout, FaultKind::GatewayTimeout { done }),
            (self.reset_before, FaultKind::ResetBefore),
            (self.reset_after, FaultKind::ResetAfter),
            (self.garbage, FaultKind::Garbage),
            (self.cut_body, FaultKind::CutBody),
        ]
    }
}
