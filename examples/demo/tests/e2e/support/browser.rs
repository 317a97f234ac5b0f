use std::time::Duration;
use ureq::Agent;
use ureq::http::{HeaderMap, Response};

/// A browser: it keeps cookies, and follows redirects when it is told to.
pub(crate) struct Browser {
    agent: Agent,
    url: String,
}

pub(crate) struct Page {
    /// Where it stands.
    pub(crate) path: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Browser {
    pub(crate) fn new(url: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_global(Some(Duration::from_mins(1)))
            .build();
        Self { agent: config.into(), url: url.to_owned() }
    }

    /// Gets a path, or a whole address.
    pub(crate) fn get(&self, target: &str) -> Page {
        self.get_with(target, &[])
    }

    pub(crate) fn get_with(&self, target: &str, headers: &[(&str, &str)]) -> Page {
        let mut request = self.agent.get(self.address(target));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Page::read(target, request.call().unwrap())
    }

    pub(crate) fn post(&self, path: &str, form: &[(&str, &str)]) -> Page {
        self.post_with(path, form, &[])
    }

    pub(crate) fn post_with(
        &self,
        path: &str,
        form: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Page {
        let mut request = self.agent.post(self.address(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Page::read(path, request.send_form(form.iter().copied()).unwrap())
    }

    /// Opens a link from a mail, and the page that it leads to.
    pub(crate) fn open(&self, link: &str) -> Page {
        let moved = self.get(link);
        assert_eq!(moved.status, 303, "{}", moved.body);
        self.get(moved.header("location"))
    }

    /// Opens a link from a mail and sends this password.
    pub(crate) fn set_password(&self, link: &str, password: &str) -> Page {
        let form = self.open(link);
        form.assert(200, "Set a new password");
        self.post(&form.path, &[("password", password)])
    }

    pub(crate) fn sign_in(&self, login: &str, password: &str) -> Page {
        self.post("/login", &[("login", login), ("password", password)])
    }

    pub(crate) fn is_signed_in(&self) -> bool {
        self.get("/").body.contains("You are signed in")
    }

    pub(crate) fn cookie(&self, path: &str, name: &str) -> Option<String> {
        let jar = self.agent.cookie_jar_lock();
        let cookie = jar.get("127.0.0.1", path, name)?;
        Some(cookie.value().to_owned())
    }

    fn address(&self, target: &str) -> String {
        if target.starts_with("http") { target.to_owned() } else { format!("{}{target}", self.url) }
    }
}

impl Page {
    fn read(target: &str, mut response: Response<ureq::Body>) -> Self {
        let body = response.body_mut().read_to_string().unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { path: target.to_owned(), status, headers, body }
    }

    /// The one value of a header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().map_or("", |value| value.to_str().unwrap());
        assert!(values.next().is_none(), "several values of {name}");
        value
    }

    /// All that a visitor can tell two answers apart by, apart from when they came.
    pub(crate) fn without_date(mut self) -> (u16, HeaderMap, String) {
        self.headers.remove("date");
        (self.status, self.headers, self.body)
    }

    #[track_caller]
    pub(crate) fn assert(&self, status: u16, text: &str) {
        assert_eq!(self.status, status, "{}", self.body);
        assert!(self.body.contains(text), "no `{text}` in:\n{}", self.body);
    }
}
