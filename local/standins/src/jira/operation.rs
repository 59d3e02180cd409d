//! What a request asks for, told from its method and path alone.

/// A call as Jira's documentation names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `POST issue`
    Create,
    /// `POST issue/bulk`
    BulkCreate,
    /// `GET issue/{key}`
    Read,
    /// `PUT issue/{key}`
    Update,
    /// `DELETE issue/{key}`
    Delete,
    /// `POST issue/{key}/comment`
    Comment,
    /// `GET issue/{key}/comment`
    ReadComments,
    /// `GET issue/{key}/comment/{id}`
    ReadComment,
    /// `PUT issue/{key}/comment/{id}`
    UpdateComment,
    /// `POST issue/{key}/transitions`
    Transition,
    /// `GET issue/{key}/transitions`
    ReadTransitions,
    /// `POST issue/{key}/remotelink`
    RemoteLink,
    /// `GET issue/{key}/remotelink`
    ReadRemoteLinks,
    /// `PUT issue/{key}/properties/{name}`
    SetProperty,
    /// `GET issue/{key}/properties/{name}`
    ReadProperty,
    /// `DELETE issue/{key}/properties/{name}`
    DeleteProperty,
    /// `GET issue/{key}/properties`
    ReadProperties,
    /// `POST issueLink`
    LinkIssues,
    /// `GET issueLinkType`
    LinkTypes,
    /// `POST search/jql` (Cloud), `GET` or `POST search` (Data Center)
    Search,
    /// `GET myself`
    Myself,
    /// `GET serverInfo`
    ServerInfo,
    /// `GET issue/createmeta/{project}/issuetypes`
    CreateTypes,
    /// `GET issue/createmeta/{project}/issuetypes/{type}`
    CreateFields,
    /// `GET issue/{key}/editmeta`
    EditFields,
    /// `GET field`
    Fields,
    /// `GET mypermissions`
    Permissions,
    /// `GET priority`
    Priorities,
    /// `GET project/{key}`
    Project,
    /// `GET project/search` (Cloud), `GET project` (Data Center)
    Projects,
    /// `GET project/{key}/statuses`
    ProjectStatuses,
    /// `GET application-properties` (Data Center)
    ApplicationProperties,
    /// `GET user/search`
    FindUsers,
    /// Nothing the stand-in knows.
    Unknown,
}

impl Operation {
    /// Whether it changes something on one issue.
    pub(crate) fn writes_issue(self) -> bool {
        use Operation as Op;
        matches!(
            self,
            Op::Update
                | Op::Comment
                | Op::UpdateComment
                | Op::Transition
                | Op::RemoteLink
                | Op::SetProperty
                | Op::DeleteProperty
        )
    }

    /// Whether it is about one issue.
    pub(crate) fn is_on_issue(self) -> bool {
        use Operation as Op;
        let reads = matches!(
            self,
            Op::Read
                | Op::Delete
                | Op::EditFields
                | Op::ReadComments
                | Op::ReadComment
                | Op::ReadTransitions
                | Op::ReadRemoteLinks
                | Op::ReadProperties
                | Op::ReadProperty
        );
        reads || self.writes_issue()
    }

    /// The operation of a method and the path's parts after `rest/api/{version}`.
    pub(crate) fn of(method: &str, parts: &[&str]) -> Operation {
        use Operation as Op;
        match (method, parts) {
            ("GET", ["issue", "createmeta", _, "issuetypes"]) => Op::CreateTypes,
            ("GET", ["issue", "createmeta", _, "issuetypes", _]) => Op::CreateFields,
            ("POST", ["issue"]) => Op::Create,
            ("POST", ["issue", "bulk"]) => Op::BulkCreate,
            ("GET", ["issue", _]) => Op::Read,
            ("PUT", ["issue", _]) => Op::Update,
            ("DELETE", ["issue", _]) => Op::Delete,
            ("POST", ["issue", _, "comment"]) => Op::Comment,
            ("GET", ["issue", _, "editmeta"]) => Op::EditFields,
            ("GET", ["issue", _, "comment"]) => Op::ReadComments,
            ("GET", ["issue", _, "comment", _]) => Op::ReadComment,
            ("PUT", ["issue", _, "comment", _]) => Op::UpdateComment,
            ("POST", ["issue", _, "transitions"]) => Op::Transition,
            ("GET", ["issue", _, "transitions"]) => Op::ReadTransitions,
            ("POST", ["issue", _, "remotelink"]) => Op::RemoteLink,
            ("GET", ["issue", _, "remotelink"]) => Op::ReadRemoteLinks,
            ("GET", ["issue", _, "properties"]) => Op::ReadProperties,
            ("PUT", ["issue", _, "properties", _]) => Op::SetProperty,
            ("GET", ["issue", _, "properties", _]) => Op::ReadProperty,
            ("DELETE", ["issue", _, "properties", _]) => Op::DeleteProperty,
            ("POST", ["issueLink"]) => Op::LinkIssues,
            ("GET", ["issueLinkType"]) => Op::LinkTypes,
            ("POST" | "GET", ["search"] | ["search", "jql"]) => Op::Search,
            ("GET", ["myself"]) => Op::Myself,
            ("GET", ["serverInfo"]) => Op::ServerInfo,
            ("GET", ["field"]) => Op::Fields,
            ("GET", ["mypermissions"]) => Op::Permissions,
            ("GET", ["priority"]) => Op::Priorities,
            ("GET", ["project"] | ["project", "search"]) => Op::Projects,
            ("GET", ["project", _]) => Op::Project,
            ("GET", ["project", _, "statuses"]) => Op::ProjectStatuses,
            ("GET", ["application-properties"]) => Op::ApplicationProperties,
            ("GET", ["user", "search"]) => Op::FindUsers,
            _ => Op::Unknown,
        }
    }

    /// The operation of a whole request path, under any context path.
    pub(crate) fn of_path(method: &str, path: &str) -> Operation {
        let rest = path
            .split_once("/rest/api/")
            .map(|(_, rest)| rest)
            .unwrap_or_default();
        let parts: Vec<&str> = rest
            .split('/')
            .filter(|part| !part.is_empty())
            .skip(1)
            .collect();
        Operation::of(method, &parts)
    }
}
