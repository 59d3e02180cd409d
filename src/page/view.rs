//! What the pages show, as plain data. Texts are as they came: whoever renders them
//! makes them harmless.

use crate::model::Timestamp;

/// How well something is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// Nothing is to be done.
    #[default]
    Well,
    /// Somebody should look.
    Look,
    /// It does not work.
    Bad,
}

/// Whether it is well, in one sentence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// How well.
    pub tone: Tone,
    /// The sentence.
    pub sentence: String,
}

/// All that the first page shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overview {
    /// Whether it is well.
    pub health: Health,
    /// Mistakes in the settings.
    pub mistakes: Vec<String>,
    /// What is held back.
    pub holds: Vec<HoldView>,
    /// What waits.
    pub waiting: Waiting,
    /// The newest dead letters.
    pub letters: Letters,
    /// What became of the events of the last day, where that is counted.
    pub chart: Option<Chart>,
    /// What went wrong lately, the newest first.
    pub troubles: Vec<TroubleView>,
    /// The sources, as addresses call them.
    pub sources: Vec<String>,
}

/// Something that is held back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HoldView {
    /// What the hold is called.
    pub id: String,
    /// What it holds back, in words.
    pub what: String,
    /// Since when.
    pub since: Timestamp,
    /// When it ends by itself.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
}

/// An entity, named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntityName {
    /// Its id; empty if there is none.
    pub id: String,
    /// Its source.
    pub source: String,
    /// Its name; may be empty.
    pub name: String,
}

/// What waits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many entities; about, if there are very many.
    pub count: u64,
    /// When the first of them is due.
    pub next: Option<Timestamp>,
    /// Some of them, those that are due first.
    pub first: Vec<WaitView>,
}

/// An entity that waits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WaitView {
    /// Who.
    pub entity: EntityName,
    /// What is to be done.
    pub what: String,
    /// Since when; may be unknown.
    pub since: Timestamp,
    /// Not before; may be unknown.
    pub not_before: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it waits; may be empty.
    pub reason: String,
}

/// Some dead letters, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letters {
    /// The letters.
    pub letters: Vec<LetterView>,
    /// Where older ones begin, if there may be any.
    pub next: Option<u64>,
}

/// A dead letter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LetterView {
    /// Its number.
    pub number: u64,
    /// Whom it is about; without an id: a body that could not be read.
    pub entity: EntityName,
    /// Why it was given up.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
}

/// What became of the events of the last day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chart {
    /// The hours, the oldest first.
    pub hours: Vec<HourView>,
}

/// What became of the events of one hour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HourView {
    /// When it began.
    pub at: Timestamp,
    /// Issues that were filed.
    pub created: u64,
    /// Issues that were changed.
    pub updated: u64,
    /// Repeats.
    pub duplicate: u64,
    /// Nothing to do.
    pub ignored: u64,
    /// Put off.
    pub queued: u64,
    /// Given up until a person helps.
    pub dead_letter: u64,
    /// Neither done nor kept.
    pub failed: u64,
}

/// Something that went wrong and failed no event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TroubleView {
    /// When.
    pub at: Timestamp,
    /// The word of the log line.
    pub what: String,
    /// Whom it was about; without an id: nobody.
    pub entity: EntityName,
    /// Why.
    pub reason: String,
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntityView {
    /// What was searched for.
    pub asked: String,
    /// What was found: an id can be one of several sources.
    pub found: Vec<EntityFile>,
    /// Why the search may not be complete.
    pub trouble: Option<String>,
}

/// All that is known of an entity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntityFile {
    /// Who.
    pub entity: EntityName,
    /// How well it is.
    pub tone: Tone,
    /// Where it stands, in one sentence.
    pub state: String,
    /// Its issue, once there is one.
    pub issue: Option<IssueView>,
    /// The number of its dead letter.
    pub letter: Option<u64>,
    /// What is still to be done.
    pub tasks: Vec<TaskView>,
    /// What became of its latest events, the newest first.
    pub turns: Vec<TurnView>,
    /// When its record was last written.
    pub touched: Timestamp,
}

/// An issue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssueView {
    /// Its key.
    pub key: String,
    /// Where people open it.
    pub url: String,
    /// Its summary, as it was written last.
    pub summary: String,
    /// When it was filed; may be unknown.
    pub filed: Timestamp,
}

/// Something that is still to be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskView {
    /// What.
    pub what: String,
    /// Since when; may be unknown.
    pub since: Timestamp,
    /// Not before; may be unknown.
    pub not_before: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it was put off; may be empty.
    pub reason: String,
}

/// One event of an entity, from its arrival to its outcome. What is not known is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TurnView {
    /// When.
    pub at: Timestamp,
    /// How it came to be dealt with.
    pub how: String,
    /// The route.
    pub route: String,
    /// What was decided.
    pub decisions: Vec<String>,
    /// The calls that were made.
    pub calls: Vec<CallView>,
    /// How many more there were.
    pub more_calls: u64,
    /// What became of it.
    pub outcome: String,
    /// Why.
    pub reason: String,
    /// How long it took, in milliseconds.
    pub ms: Option<u64>,
}

/// One call to another service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallView {
    /// Which.
    pub service: String,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The status, or what there was in place of one.
    pub status: String,
    /// How long it took, in milliseconds.
    pub ms: u64,
}

/// A dry run of a pasted event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RehearsalView {
    /// The sources that can be chosen.
    pub sources: Vec<String>,
    /// The one that was.
    pub source: String,
    /// What was pasted.
    pub text: String,
    /// Why it cannot be said what would become of it.
    pub problem: Option<String>,
    /// What would become of it.
    pub results: Vec<ResultView>,
}

/// What would become of one event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResultView {
    /// The outcome.
    pub outcome: String,
    /// Whom it is about.
    pub entity: EntityName,
    /// The key of its issue, if it has one.
    pub issue: String,
    /// Why; may be empty.
    pub reason: String,
    /// The route; may be empty.
    pub route: String,
    /// How it stands to what is known; may be empty.
    pub standing: String,
    /// The requests that would be made.
    pub requests: Vec<RequestView>,
}

/// A request that would be made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestView {
    /// The method.
    pub method: String,
    /// The address.
    pub url: String,
    /// The body, over several lines; may be empty.
    pub body: String,
}

/// What was checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DoctorView {
    /// The checks, in the order in which they are read.
    pub checks: Vec<CheckView>,
}

/// One check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckView {
    /// What was checked.
    pub name: String,
    /// How well it is.
    pub tone: Tone,
    /// What was found.
    pub found: String,
    /// The setting to change, and how; may be empty.
    pub setting: String,
}
