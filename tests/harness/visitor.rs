//! A person at the status page, without a browser: a cookie, pages, forms.

use jira_intake_standins::client::Answer;

use super::Function;

/// One who is signed in.
pub struct Visitor<'f> {
    function: &'f Function,
    /// `name=value`
    pub cookie: String,
}

impl<'f> Visitor<'f> {
    /// Signs in with the token of `operator::OPERATED`.
    pub async fn sign_in(function: &'f Function) -> Self {
        let answer = function.form("/sign-in", &[], "token=admin-5ecret").await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self { function, cookie }
    }

    /// A page.
    pub async fn get(&self, path: &str) -> Answer {
        let headers = [("cookie", self.cookie.as_str())];
        self.function.send("GET", path, &headers).await
    }

    /// A page that is there, as text.
    pub async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.text()
    }

    /// The token that the first page has for a form of this action.
    pub async fn token(&self, action: &str) -> String {
        token_of(&self.page("/").await, action)
    }

    /// Posts the form of an action as the first page has it.
    pub async fn act(&self, action: &str, rest: &str) -> Answer {
        let token = self.token(action).await;
        self.post(action, &format!("csrf={token}{rest}"), &[]).await
    }

    /// Posts anything as a form.
    pub async fn post(&self, path: &str, form: &str, headers: &[(&str, &str)]) -> Answer {
        let cookie = [("cookie", self.cookie.as_str())];
        let headers = [&cookie[..], headers].concat();
        self.function.form(path, &headers, form).await
    }
}

/// The token in the first form of a page that is posted there.
pub fn token_of(page: &str, action: &str) -> String {
    let form = page.split(&format!("action=\"{action}\"")).nth(1);
    let form = form.unwrap_or_else(|| panic!("no form for {action}: {page}"));
    let token = form.split("name=\"csrf\" value=\"").nth(1).unwrap();
    token.split('"').next().unwrap().to_owned()
}
