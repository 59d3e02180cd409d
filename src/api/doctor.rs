//! `GET /doctor`: is the configuration right, judged by the live services? It asks for
//! `admin_token`; without one configured there is nothing here.

use http::header::ACCEPT;
use http::request::Parts;
use http::{Method, Response, StatusCode};

use super::access::{admit_operator, only};
use super::answer::{Problem, examined};
use super::session::Session;
use crate::settings::Settings;
use crate::{doctor, notify};

/// How the report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// For machines.
    Json,
    /// A table for people.
    Text,
}

/// Examines everything: 200 if nothing is wrong, else 503.
pub(super) async fn examine(
    session: &Session<'_>,
    head: &Parts,
) -> Result<Response<Vec<u8>>, Problem> {
    only(head, &[Method::GET], "GET")?;
    admit_operator(session, head)?;
    let form = form(head)?;
    // Anew: a provider of variables may be there again.
    let settings = Settings::new(session.ports.variables);
    let report = doctor::examine(session.ports, &settings, &notify::keys()).await;
    Ok(match form {
        Form::Json => {
            let body = report.to_json().to_string();
            examined(report.is_well(), "application/json", body.into_bytes())
        }
        Form::Text => {
            let body = report.to_text();
            let kind = "text/plain; charset=utf-8";
            examined(report.is_well(), kind, body.into_bytes())
        }
    })
}

/// `?format=json` or `?format=text`, else what `Accept` names first of both; JSON if it
/// names neither.
fn form(head: &Parts) -> Result<Form, Problem> {
    let query = head.uri.query().unwrap_or_default();
    let mut query = form_urlencoded::parse(query.as_bytes());
    if let Some((_, value)) = query.find(|(name, _)| name == "format") {
        return match &*value {
            "json" => Ok(Form::Json),
            "text" => Ok(Form::Text),
            _ => Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "`format` is neither json nor text",
            )),
        };
    }
    let accept = head.headers.get(ACCEPT);
    let accept = accept.and_then(|it| it.to_str().ok()).unwrap_or_default();
    let text = accept.find("text/plain").unwrap_or(usize::MAX);
    let json = accept.find("application/json").unwrap_or(usize::MAX);
    Ok(match text < json {
        true => Form::Text,
        false => Form::Json,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(uri: &str, accept: &str) -> Result<Form, StatusCode> {
        let head = http::Request::get(uri).header(ACCEPT, accept).body(());
        form(&head.unwrap().into_parts().0).map_err(|problem| problem.status())
    }

    #[test]
    fn machines_get_json_and_people_a_table() {
        for (uri, accept, expected) in [
            ("/doctor", "*/*", Form::Json),
            ("/doctor", "text/plain", Form::Text),
            ("/doctor", "text/plain, application/json", Form::Text),
            ("/doctor", "application/json, text/plain", Form::Json),
            (
                "/doctor?token=x&format=text",
                "application/json",
                Form::Text,
            ),
            ("/doctor?format=json", "text/plain", Form::Json),
        ] {
            assert_eq!(read(uri, accept), Ok(expected), "{uri} {accept}");
        }
        assert_eq!(read("/doctor?format=xml", ""), Err(StatusCode::BAD_REQUEST));
    }
}
