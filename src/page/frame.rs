//! What stands around every page: the head, the search, signing out.

use maud::{DOCTYPE, Markup, html};

use super::action::Action;
use super::notice::Notice;
use crate::model::Timestamp;

/// What all pages need once somebody has signed in.
pub struct Frame<'a> {
    /// The time now.
    pub now: Timestamp,
    /// What was just done.
    pub notice: Option<Notice>,
    /// The token of this session for the form of an action.
    pub token: &'a dyn Fn(Action) -> String,
}

impl Frame<'_> {
    /// A form with one button, and what it is about.
    pub(super) fn button(
        &self,
        action: Action,
        about: Option<(&str, &str)>,
        words: &str,
    ) -> Markup {
        let class = match action {
            Action::Discard => "danger",
            _ => "plain",
        };
        html! {
            form method="post" action=(action.path()) {
                (self.hidden(action))
                @if let Some((name, value)) = about {
                    input type="hidden" name=(name) value=(value);
                }
                button.(class) type="submit" { (words) }
            }
        }
    }

    /// By this member a form shows that it is from a page of ours.
    pub(super) fn hidden(&self, action: Action) -> Markup {
        html! { input type="hidden" name="csrf" value=((self.token)(action)); }
    }

    /// A whole page.
    pub(super) fn page(&self, title: &str, asked: &str, content: &Markup) -> String {
        bare(
            title,
            &html! {
                header.top {
                    div.wide {
                        a.brand href="/" { "jira-intake" }
                        form.search method="get" action="/page/find" role="search" {
                            label.hidden for="q" { "Entity id or issue key" }
                            input #q type="search" name="q" value=(asked) maxlength="500"
                                placeholder="Entity id or issue key" autocomplete="off" spellcheck="false";
                            button.plain type="submit" { "Find" }
                        }
                        (self.button(Action::SignOut, None, "Sign out"))
                    }
                }
                main.wide {
                    @if let Some(notice) = self.notice {
                        p.notice.(notice.tone().class()) role="status" { (notice.sentence()) }
                    }
                    (content)
                }
                footer.wide {
                    "As of " time datetime=(self.now.to_string()) { (self.now.to_string()) }
                    ". Times are UTC. Load the page again for newer ones."
                }
            },
        )
    }
}

/// A page without anything that needs a session.
pub(super) fn bare(title: &str, content: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) " · jira-intake" }
                link rel="stylesheet" href="/page.css";
                link rel="icon" href="data:,";
            }
            body { (content) }
        }
    };
    page.into_string()
}
