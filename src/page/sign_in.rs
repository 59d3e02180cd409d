//! Signing in, and what stands in place of a page that cannot be shown.

use maud::html;

use super::frame::bare;
use super::words::{REASON, foreign};

/// What the page to sign in says besides asking for the token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SignIn {
    /// The token that was shown is not the right one.
    pub is_wrong: bool,
    /// Others could read the token on its way.
    pub is_open: bool,
}

/// The page to sign in.
pub fn sign_in(view: SignIn) -> String {
    bare(
        "Sign in",
        &html! {
            main.narrow {
                h1 { "jira-intake" }
                @if view.is_wrong {
                    p.notice.bad role="alert" {
                        "This is not the configured " code { "admin_token" } "."
                    }
                }
                @if view.is_open {
                    p.notice.look {
                        "This connection is not encrypted: others could read the token on its way. "
                        "Use https where you can."
                    }
                }
                form.card.stack method="post" action="/sign-in" {
                    label for="token" { "Admin token" }
                    input #token type="password" name="token" required
                        autocomplete="current-password" autofocus;
                    button.main type="submit" { "Sign in" }
                    p.quiet { "It is the value of " code { "admin_token" } ". You stay signed in for 8 hours." }
                }
            }
        },
    )
}

/// Why there is no page.
pub fn refused(title: &str, why: &str) -> String {
    bare(
        title,
        &html! {
            main.narrow {
                h1 { (title) }
                p.notice.bad { (foreign(why, REASON)) }
                p { a href="/" { "Back to the status page" } }
            }
        },
    )
}
