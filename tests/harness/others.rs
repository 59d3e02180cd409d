//! Those who know more about an alert: stand-ins for VirusTotal and a model,
//! and the settings that make the function ask them.

use jira_intake_standins::llm::{LlmOptions, LlmStandIn, Reply};
use jira_intake_standins::virustotal::{Observable, Verdict, VirusTotalOptions, VirusTotalStandIn};
use serde_json::json;

/// The hash of the sample alert.
pub const HASH: &str = "92804faaab2175dc501d73e814663058c78c0a042675a8937266357bcfb96c50";
/// Its public address.
pub const ADDRESS: &str = "42.194.210.177";
pub const MODEL: &str = "llama3.1";
pub const VIRUSTOTAL_KEY: &str = "virustotal-key-5ecret";
pub const AI_KEY: &str = "ai-key-5ecret";

/// Both stand-ins.
pub struct Others {
    pub virustotal: VirusTotalStandIn,
    pub model: LlmStandIn,
}

impl Others {
    /// A VirusTotal that knows the sample alert's hash, and a model.
    pub async fn start() -> Self {
        Self::with(LlmOptions::new(MODEL).with_key(AI_KEY)).await
    }

    /// The same with a model of this kind.
    pub async fn with(model: LlmOptions) -> Self {
        let options = VirusTotalOptions::new(VIRUSTOTAL_KEY);
        let virustotal = VirusTotalStandIn::start(options).await.unwrap();
        let mimikatz = Verdict::malicious(64)
            .labelled("trojan.mimikatz/hacktool")
            .named("mimikatz.exe");
        virustotal.know(Observable::File, HASH, mimikatz);
        let model = LlmStandIn::start(model).await.unwrap();
        Self { virustotal, model }
    }

    /// The settings that name both, and the test's own.
    pub fn settings(&self, own: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut all = vec![
            ("virustotal_url".to_owned(), self.virustotal.url()),
            ("virustotal_api_key".to_owned(), VIRUSTOTAL_KEY.to_owned()),
            ("ai_url".to_owned(), self.model.base_url()),
            ("ai_host".to_owned(), self.model.url()),
            ("ai_model".to_owned(), MODEL.to_owned()),
            ("ai_api_key".to_owned(), AI_KEY.to_owned()),
        ];
        let own = own
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        all.extend(own);
        all
    }
}

/// An analysis as models give it: JSON in a fence.
pub fn sensible() -> Reply {
    Reply::fenced(&json!({
        "explanation": "A credential dumper ran on FIN-WS-042.",
        "severity": "critical",
        "reason": "Most engines know the file.",
        "next_steps": ["Isolate the machine.", "Reset the passwords."],
    }))
}

/// Settings as the harness takes them.
pub fn borrowed(settings: &[(String, String)]) -> Vec<(&str, &str)> {
    settings
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}
