//! Which of the things that people do to an issue its platform is told. Pure.

use crate::model::{Audience, IssueAction, IssueChange, IssueComment, IssueRecord, NoteTold};
use crate::settings::{BackWords, CommentsBack, SyncBack};

/// What becomes of a comment on its platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is told, or told again where it has another text now.
    Told,
    /// It is not for the platform; what was told of it is withdrawn.
    NotTold,
    /// It is told if Jira says that it is not internal.
    IfPublic,
}

/// Whether a comment is for the platform.
pub fn fate(comment: &IssueComment, words: &BackWords) -> Fate {
    let is_chosen = match words.comments {
        CommentsBack::None => false,
        CommentsBack::Tagged => tag(&comment.text, &words.tags).is_some(),
        CommentsBack::Public | CommentsBack::All => true,
    };
    match comment.audience {
        _ if !is_chosen => Fate::NotTold,
        _ if words.comments == CommentsBack::All => Fate::Told,
        Audience::Public => Fate::Told,
        Audience::Internal => Fate::NotTold,
        Audience::Unknown => Fate::IfPublic,
    }
}

/// The text after the tag with which it begins, if it begins with one.
pub fn tag<'t>(text: &'t str, tags: &[String]) -> Option<&'t str> {
    let text = text.trim_start().trim_start_matches('\\');
    tags.iter().find_map(|tag| {
        let begin = text.get(..tag.len())?;
        let rest = text.get(tag.len()..)?;
        // `#ctix` is another word.
        let ends = !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-');
        (begin.to_lowercase() == *tag && ends)
            .then(|| rest.trim_start_matches(|c: char| c == ':' || c.is_whitespace()))
    })
}

/// Leaves of a change what the settings send back.
pub fn wanted(change: &mut IssueChange, on: SyncBack, words: &BackWords, issue: &IssueRecord) {
    change.actions.retain(|action| match action {
        IssueAction::Status(_) => on.status,
        IssueAction::Assigned(_) => on.assignee,
        IssueAction::Resolution(_) => on.resolution,
        // One that was told is still to be withdrawn.
        IssueAction::Commented(comment) => {
            let is_known = issue.synced.note(&comment.id).is_some();
            on.comments && (is_known || fate(comment, words) != Fate::NotTold)
        }
        IssueAction::CommentDeleted(_) => on.comments,
        IssueAction::Moved | IssueAction::Deleted => true,
    });
}

/// Leaves of a change what is not known yet.
pub fn news(change: &mut IssueChange, words: &BackWords, issue: &IssueRecord) {
    let at = change.at;
    let synced = &issue.synced;
    let key = change.issue.key.clone();
    change.actions.retain(|action| match action {
        IssueAction::Status(_) => synced.heard < at,
        IssueAction::Assigned(_) => {
            let told = synced.assignee.as_ref().map(|told| told.at);
            told.is_none_or(|told| told < at)
        }
        IssueAction::Resolution(_) => synced.resolved < at,
        IssueAction::Commented(comment) => is_news(comment, words, synced.note(&comment.id)),
        IssueAction::CommentDeleted(id) => synced.note(id).is_none_or(|told| !told.deleted),
        IssueAction::Moved => !key.is_empty() && key != issue.key && synced.renamed < at,
        IssueAction::Deleted => !synced.deleted.is_known(),
    });
}

/// Whether a comment is to be told, or to be withdrawn.
fn is_news(comment: &IssueComment, words: &BackWords, told: Option<&NoteTold>) -> bool {
    let stands = told.is_some_and(|told| !told.withdrawn);
    match told {
        Some(told) if told.deleted || told.at >= comment.updated => false,
        _ => stands || fate(comment, words) != Fate::NotTold,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{IssueName, IssueStatus, Synced, Timestamp};
    use crate::settings::StatusMap;

    fn words(comments: CommentsBack) -> BackWords {
        BackWords {
            comments,
            tags: vec!["#cti".to_owned()],
            statuses: StatusMap::default(),
            people: Vec::new(),
        }
    }

    #[test]
    fn a_comment_is_told_as_the_settings_say_and_internal_ones_only_with_all() {
        use Audience::{Internal, Public, Unknown};
        use CommentsBack::{All, None, Tagged};
        for (mode, text, audience, expected) in [
            (None, "#cti x", Public, Fate::NotTold),
            (Tagged, "#cti x", Public, Fate::Told),
            (Tagged, " #CTI: x", Public, Fate::Told),
            (Tagged, "\\#cti x", Public, Fate::Told),
            (Tagged, "see #cti x", Public, Fate::NotTold),
            (Tagged, "#ctix", Public, Fate::NotTold),
            (Tagged, "#cti x", Internal, Fate::NotTold),
            (Tagged, "#cti x", Unknown, Fate::IfPublic),
            (Tagged, "x", Unknown, Fate::NotTold),
            (CommentsBack::Public, "x", Public, Fate::Told),
            (CommentsBack::Public, "x", Internal, Fate::NotTold),
            (All, "x", Internal, Fate::Told),
            (All, "x", Unknown, Fate::Told),
        ] {
            let comment = IssueComment {
                text: text.to_owned(),
                audience,
                ..IssueComment::default()
            };
            assert_eq!(
                fate(&comment, &words(mode)),
                expected,
                "{mode:?} {text} {audience:?}"
            );
        }
    }

    #[test]
    fn moves_and_new_keys_of_before_are_no_news() {
        let issue = IssueRecord {
            key: "SOC-1".to_owned(),
            synced: Synced {
                heard: Timestamp::from_secs(5),
                renamed: Timestamp::from_secs(5),
                ..Synced::default()
            },
            ..IssueRecord::default()
        };
        let left = |action: IssueAction, at| {
            let mut change = IssueChange {
                issue: IssueName {
                    key: "OLD-1".to_owned(),
                    ..IssueName::default()
                },
                at: Timestamp::from_secs(at),
                actions: vec![action],
                ..IssueChange::default()
            };
            news(&mut change, &words(CommentsBack::Tagged), &issue);
            change.actions.len()
        };
        for action in [
            IssueAction::Status(IssueStatus::default()),
            IssueAction::Moved,
        ] {
            assert_eq!([4, 5, 6].map(|at| left(action.clone(), at)), [0, 0, 1]);
        }
    }

    #[test]
    fn the_tag_goes_from_the_text() {
        let tags = ["#cti".to_owned()];
        assert_eq!(tag("#cti: seen before", &tags), Some("seen before"));
        assert_eq!(tag("#CTI\nseen", &tags), Some("seen"));
        assert_eq!(tag("#ct", &tags), Option::None);
        assert_eq!(tag("#çti", &tags), Option::None);
    }

    fn commented(text: &str, updated: u64) -> IssueAction {
        IssueAction::Commented(Box::new(IssueComment {
            id: "7".to_owned(),
            text: text.to_owned(),
            updated: Timestamp::from_secs(updated),
            audience: Audience::Public,
            ..IssueComment::default()
        }))
    }

    #[test]
    fn a_comment_without_the_tag_is_not_wanted_unless_it_was_told() {
        let left = |text: &str, issue: &IssueRecord| {
            let mut change = IssueChange {
                actions: vec![commented(text, 5)],
                ..IssueChange::default()
            };
            let on = SyncBack {
                comments: true,
                ..SyncBack::default()
            };
            wanted(&mut change, on, &words(CommentsBack::Tagged), issue);
            change.actions.len()
        };
        let mut issue = IssueRecord::default();
        assert_eq!(left("lunch?", &issue), 0);
        assert_eq!(left("#cti seen", &issue), 1);
        issue.synced.set_note(NoteTold {
            comment: "7".to_owned(),
            at: Timestamp::from_secs(5),
            ..NoteTold::default()
        });
        assert_eq!(left("lunch?", &issue), 1, "told before, or a repeat");
    }

    #[test]
    fn what_is_known_or_not_wanted_is_no_news() {
        let mut issue = IssueRecord::default();
        issue.synced.set_note(NoteTold {
            comment: "7".to_owned(),
            at: Timestamp::from_secs(5),
            ..NoteTold::default()
        });
        let on = SyncBack {
            comments: true,
            ..SyncBack::default()
        };
        let left = |action: IssueAction, issue: &IssueRecord| {
            let mut change = IssueChange {
                actions: vec![action],
                ..IssueChange::default()
            };
            let words = words(CommentsBack::Tagged);
            wanted(&mut change, on, &words, issue);
            news(&mut change, &words, issue);
            change.actions.len()
        };
        assert_eq!(left(commented("#cti a", 5), &issue), 0, "a repeat");
        assert_eq!(left(commented("#cti a", 6), &issue), 1, "an edit");
        assert_eq!(left(commented("no tag", 6), &issue), 1, "it is withdrawn");
        assert_eq!(left(commented("no tag", 6), &IssueRecord::default()), 0);
        assert_eq!(left(IssueAction::Assigned(None), &issue), 0, "not wanted");
        let moved = || IssueAction::Status(IssueStatus::default());
        assert_eq!(left(moved(), &issue), 0, "not wanted");
        let gone = || IssueAction::CommentDeleted("7".to_owned());
        assert_eq!(left(gone(), &issue), 1);
        issue.synced.notes[0].deleted = true;
        assert_eq!(left(gone(), &issue), 0);
        assert_eq!(
            left(commented("#cti a", 9), &issue),
            0,
            "replayed after its end"
        );
    }
}
