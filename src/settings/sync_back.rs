//! What people do in Jira that its platforms are told, and in which words.

use super::host::Host;
use super::reader::Reader;
use super::secret::Secret;
use super::status_map::StatusMap;

/// What goes back to the platforms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SyncBack {
    /// An issue's new status becomes the entity's.
    pub status: bool,
    /// Comments become notes.
    pub comments: bool,
    /// Whoever works on the issue works on the entity.
    pub assignee: bool,
    /// How an issue was resolved is told.
    pub resolution: bool,
}

impl SyncBack {
    /// Whether anything goes back.
    pub fn is_on(self) -> bool {
        self != Self::default()
    }

    /// Alone, because every new issue asks for it.
    pub(super) fn read(read: &mut Reader<'_>) -> Self {
        let mut on = Self::default();
        for what in read.list("sync_back") {
            match what.to_lowercase().as_str() {
                "status" => on.status = true,
                "comments" => on.comments = true,
                "assignee" => on.assignee = true,
                "resolution" => on.resolution = true,
                _ => read.mistake(format!(
                    "sync_back: `{what}` is none of status, comments, assignee, resolution"
                )),
            }
        }
        on
    }
}

/// Which comments go back, and what OpenCTI calls statuses and people.
#[derive(Debug, Clone)]
pub struct BackWords {
    /// Which comments become notes.
    pub comments: CommentsBack,
    /// How comments begin that are meant for the platform, lower case.
    pub tags: Vec<String>,
    /// OpenCTI's status for one of Jira's.
    pub statuses: StatusMap,
    /// OpenCTI's user (id, name or e-mail address) for one of Jira's (account id, user
    /// name, name or e-mail address, lower case).
    pub people: Vec<(String, String)>,
}

/// Which comments become notes on the entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommentsBack {
    /// None.
    None,
    /// Those that begin with a tag and are not internal.
    Tagged,
    /// Those that are not internal.
    Public,
    /// All.
    All,
}

impl BackWords {
    pub(super) fn read(read: &mut Reader<'_>) -> Self {
        let choices = [
            ("none", CommentsBack::None),
            ("tagged", CommentsBack::Tagged),
            ("public", CommentsBack::Public),
            ("all", CommentsBack::All),
        ];
        let comments = read.choice("comments_back", &choices, CommentsBack::Tagged);
        let tags = lower(read.list("comments_back_tags"));
        if comments == CommentsBack::Tagged && tags.is_empty() {
            read.mistake(
                "comments_back_tags: is empty, and comments_back is tagged: no comment would go back",
            );
        }
        Self {
            comments,
            tags,
            statuses: StatusMap::read(read, "status_back"),
            people: people(read, "assignee_back"),
        }
    }
}

/// Splunk's management port.
#[derive(Debug, Clone)]
pub struct SplunkApi {
    /// Its origin.
    pub url: String,
    /// What lets us in.
    pub token: Secret,
    /// By which interface notables are updated.
    pub interface: SplunkInterface,
    /// The number of Splunk's status for one of Jira's.
    pub statuses: StatusMap,
    /// Splunk's user for one of Jira's.
    pub owners: Vec<(String, String)>,
    /// The number of the disposition for a resolution (lower case).
    pub dispositions: Vec<(String, String)>,
}

/// By which interface notables are updated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SplunkInterface {
    /// Findings where the id is one of a finding, else `notable_update`.
    Auto,
    /// `notable_update`: Enterprise Security 7 and 8.0.
    NotableUpdate,
    /// Findings: Enterprise Security 8.
    Findings,
}

impl SplunkApi {
    pub(super) fn read(read: &mut Reader<'_>) -> Option<Self> {
        let api = api(read, "splunk_api_url", "splunk_api_token");
        let interfaces = [
            ("auto", SplunkInterface::Auto),
            ("notable_update", SplunkInterface::NotableUpdate),
            ("findings", SplunkInterface::Findings),
        ];
        let dispositions = read.pairs("splunk_disposition_back");
        for (_, number) in &dispositions {
            if number.len() != 1 || !("0"..="6").contains(&number.as_str()) {
                read.mistake(format!(
                    "splunk_disposition_back: `{number}` is not the number of a disposition, 0 to 6"
                ));
            }
        }
        let interface = read.choice("splunk_api", &interfaces, SplunkInterface::Auto);
        let statuses = StatusMap::read(read, "splunk_status_back");
        let owners = people(read, "splunk_owner_back");
        let (url, token) = api?;
        Some(Self {
            url,
            token,
            interface,
            statuses,
            owners,
            dispositions: dispositions
                .into_iter()
                .map(|(from, to)| (from.to_lowercase(), to))
                .collect(),
        })
    }
}

/// Splunk SOAR's REST.
#[derive(Debug, Clone)]
pub struct SoarApi {
    /// Its origin.
    pub url: String,
    /// What lets us in, as `ph-auth-token`.
    pub token: Secret,
    /// SOAR's status for one of Jira's.
    pub statuses: StatusMap,
    /// The number of SOAR's user for one of Jira's.
    pub owners: Vec<(String, String)>,
}

impl SoarApi {
    pub(super) fn read(read: &mut Reader<'_>) -> Option<Self> {
        let api = api(read, "soar_url", "soar_token");
        let owners = people(read, "soar_owner_back");
        for (_, id) in &owners {
            if id.parse::<u64>().is_err() {
                read.mistake(format!(
                    "soar_owner_back: `{id}` is not the number of a SOAR user"
                ));
            }
        }
        let statuses = StatusMap::read(read, "soar_status_back");
        let (url, token) = api?;
        Some(Self {
            url,
            token,
            statuses,
            owners,
        })
    }
}

/// Origin and token of an interface, if both are set.
fn api(read: &mut Reader<'_>, url_name: &str, token_name: &str) -> Option<(String, Secret)> {
    let host = read.host(url_name, "its interface has no path before it");
    let token = read.optional(token_name);
    let origin = match host? {
        Host::Unset => None,
        Host::Origin(origin) => Some(origin),
    };
    match (origin, token) {
        (Some(url), Some(token)) => return Some((url, Secret::new(token))),
        (Some(_), None) => read.mistake(format!("{token_name}: is not set; {url_name} needs it")),
        (None, Some(_)) => read.mistake(format!("{token_name}: is set, but {url_name} is not")),
        (None, None) => {}
    }
    None
}

fn people(read: &mut Reader<'_>, name: &str) -> Vec<(String, String)> {
    let pairs = read.pairs(name).into_iter();
    pairs.map(|(from, to)| (from.to_lowercase(), to)).collect()
}

fn lower(words: Vec<String>) -> Vec<String> {
    words.into_iter().map(|word| word.to_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use crate::settings::tests::load;

    #[test]
    fn nothing_goes_back_unless_it_is_named() {
        let settings = load(&[]).unwrap();
        assert!(!settings.sync_back().unwrap().is_on());
        assert_eq!(settings.back_words().unwrap().tags, ["#cti"]);
        assert!(settings.splunk_api().unwrap().is_none());
        assert!(settings.soar_api().unwrap().is_none());
        let settings = load(&[("sync_back", "Status, comments")]).unwrap();
        let on = settings.sync_back().unwrap();
        assert!(on.status && on.comments && !on.assignee && !on.resolution);
    }

    #[test]
    fn each_mistake_names_its_setting() {
        let api = ("splunk_api_url", "https://splunk.example.com:8089");
        for (settings, named) in [
            (&[("sync_back", "status,labels")][..], "sync_back"),
            (&[("comments_back", "some")], "comments_back"),
            (&[("comments_back_tags", "")], "comments_back_tags"),
            (&[("status_back", "done")], "status_back"),
            (&[api], "splunk_api_token"),
            (&[("splunk_api_token", "t0ken")], "splunk_api_token"),
            (&[("splunk_api_url", "https://s/x")], "splunk_api_url"),
            (&[("splunk_api", "rest")], "splunk_api"),
            (
                &[("splunk_disposition_back", "Done=9")],
                "splunk_disposition_back",
            ),
            (&[("soar_token", "t0ken")], "soar_token"),
            (&[("soar_owner_back", "alice=alice")], "soar_owner_back"),
        ] {
            let found = load(settings).err().unwrap().mistakes;
            assert_eq!(found.len(), 1, "{settings:?}: {found:?}");
            assert!(found[0].starts_with(named), "{settings:?}: {found:?}");
            assert!(!found[0].contains("t0ken"), "{found:?}");
        }
    }
}
