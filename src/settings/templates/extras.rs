//! What a template sees besides the entity.

/// What a template may know besides the entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extras {
    /// What happened: `event`.
    pub event: &'static str,
    /// The sending platform's address: `platform_url`.
    pub platform_url: Option<String>,
    /// The entity's page: `entity.url`.
    pub entity_url: Option<String>,
}
