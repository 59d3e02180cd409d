//! Where faults wait for their requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::chance::Chance;
use crate::server::Request;

/// A fault that was injected: tells how often it has hit.
#[derive(Debug, Clone)]
pub struct Injected(Arc<AtomicUsize>);

impl Injected {
    /// How many requests it has hit.
    pub fn hits(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// A fault as the queue sees it.
pub trait Aim: Clone {
    /// Whether it waits for this request.
    fn is_for(&self, request: &Request) -> bool;

    /// Whether it only delays, so that another fault may come with it.
    fn is_delay(&self) -> bool;

    /// How often it hits.
    fn often(&mut self) -> Often<'_>;
}

/// How often a fault hits; the queue counts down.
pub struct Often<'a> {
    /// How many requests it lets pass first.
    pub skip: &'a mut usize,
    /// How many requests it hits; none means all.
    pub times: &'a mut Option<usize>,
    /// How likely it hits a request it is for.
    pub probability: f64,
}

/// The faults that wait.
pub(crate) struct Queue<F>(Vec<Waiting<F>>);

struct Waiting<F> {
    fault: F,
    hits: Arc<AtomicUsize>,
}

impl<F: Aim> Queue<F> {
    pub(crate) fn new() -> Queue<F> {
        Queue(Vec::new())
    }

    pub(crate) fn inject(&mut self, fault: F) -> Injected {
        let hits = Arc::new(AtomicUsize::new(0));
        self.0.push(Waiting {
            fault,
            hits: Arc::clone(&hits),
        });
        Injected(hits)
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// What hits this request: every delay that is for it, and the first other
    /// fault. `concerns` tells what a fault cannot tell from the request alone.
    pub(crate) fn draw(
        &mut self,
        request: &Request,
        chance: &mut Chance,
        concerns: impl Fn(&F) -> bool,
    ) -> Vec<F> {
        let (mut drawn, mut decided) = (Vec::new(), false);
        for waiting in &mut self.0 {
            let is_delay = waiting.fault.is_delay();
            let may_hit = (is_delay || !decided) && concerns(&waiting.fault);
            if may_hit && waiting.hits(request, chance) {
                decided = decided || !is_delay;
                drawn.push(waiting.fault.clone());
            }
        }
        self.0
            .retain_mut(|waiting| *waiting.fault.often().times != Some(0));
        drawn
    }
}

impl<F: Aim> Waiting<F> {
    fn hits(&mut self, request: &Request, chance: &mut Chance) -> bool {
        if !self.fault.is_for(request) {
            return false;
        }
        let often = self.fault.often();
        if *often.skip > 0 {
            *often.skip -= 1;
            return false;
        }
        if often.probability < 1.0 && chance.unit() >= often.probability {
            return false;
        }
        if let Some(times) = often.times {
            if *times == 0 {
                return false;
            }
            *times -= 1;
        }
        self.hits.fetch_add(1, Ordering::SeqCst);
        true
    }
}
