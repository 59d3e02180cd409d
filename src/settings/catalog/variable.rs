//! What is known of a variable.

/// Variables that belong together: a table and a chapter of
/// `docs/configuration.md`.
#[derive(Debug)]
pub struct Group {
    /// The title of both.
    pub title: &'static str,
    /// What stands before the chapter's sections, in Markdown; may be empty.
    pub intro: &'static str,
    /// In the order in which they are listed.
    pub variables: &'static [Variable],
}

/// A variable that an operator can set.
#[derive(Debug)]
pub struct Variable {
    /// As in the manifest.
    pub name: &'static str,
    /// Its value where nobody gives one.
    pub default: &'static str,
    /// How it is dealt with.
    pub kind: Kind,
    /// What it means, in one line of Markdown, as a phrase without a full stop.
    pub meaning: &'static str,
    /// Where more is said.
    pub about: About,
}

/// How a variable is dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Like any other.
    Plain,
    /// The manifest marks it as a secret, and nothing shows its value.
    Secret,
    /// An origin that the component may call: `allowed_outbound_hosts` names it. Its
    /// default must be a host.
    Host,
}

/// Where more is said about a variable. Texts are Markdown as in
/// `docs/configuration.md`, also their links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// In a section under its name, and the names of those after it that say
    /// [`About::Above`].
    Section(&'static str),
    /// In a section with a title of its own, and its text.
    Titled(&'static str, &'static str),
    /// In the section of the variable before it.
    Above,
    /// At the end of the link in its meaning.
    Elsewhere,
}

impl Variable {
    /// Whether its value is a secret.
    pub fn is_secret(&self) -> bool {
        self.kind == Kind::Secret
    }

    /// Whether it is an origin that the component may call.
    pub fn is_host(&self) -> bool {
        self.kind == Kind::Host
    }
}
