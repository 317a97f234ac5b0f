//! What each page does, and what it says.

use super::body::Form as Fields;
use super::content::Writer;
use super::flow::Stop;
use super::html::{Html, Part};
use super::place::Step;
use super::view::{Form, Page, View, items};
use super::{Answer, BodyError, Inner, Visit, cookie, later, see, varies};
use crate::policy::Violations;
use crate::token::{Refusal, ResetToken};
use http::header::{
    CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
    SET_COOKIE,
};
use http::{HeaderValue, Response, StatusCode};
use http_body::Body;
use http_body_util::Full;

const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// What mail programs leave behind a link, and before its token.
const LEFT_BEHIND: [char; 9] = ['>', ')', ']', '.', ',', ';', '"', '\'', '!'];
const ENCODED_EQUALS: &str = "3D";

impl Inner {
    /// "I forgot my password."
    pub(super) async fn ask<B>(&self, visit: &Visit<'_>, body: B) -> Answer
    where
        B: Body<Data: Send, Error: Into<BodyError>> + Send,
    {
        let login = match Fields::read(visit.headers, body).await {
            Ok(fields) => fields.take("login"),
            Err(status) => return self.page(visit, status, &Page::Unread),
        };
        let Some(login) = login else {
            return self.page(visit, StatusCode::BAD_REQUEST, &Page::Unread);
        };
        match self.work(self.flow.request(login, visit.wish.to_owned())).await {
            Some(()) => self.page(visit, StatusCode::OK, &Page::Asked),
            None => self.busy(visit),
        }
    }

    /// A link was opened: its token moves from the address into a cookie of this link alone.
    pub(super) async fn open(&self, visit: &Visit<'_>) -> Answer {
        let dead = Page::Dead { refusal: Refusal::Unknown, renew: None };
        let token = token_in(visit.query);
        let mode = visit.headers.get(SEC_FETCH_MODE);
        let is_navigation = mode.is_none_or(|mode| mode == "navigate");
        match token.filter(|_| is_navigation) {
            None => self.page(visit, StatusCode::NOT_FOUND, &dead),
            Some(token) => match self.flow.check(token.expose_text()).await {
                Err(Stop::Refused(Refusal::Unknown) | Stop::Rejected(_)) => {
                    self.page(visit, StatusCode::NOT_FOUND, &dead)
                }
                Err(Stop::Fault) => self.busy(visit),
                Ok(_) | Err(Stop::Refused(_)) => {
                    let mut answer = see(&self.place.link(&cookie::id_of(&token)));
                    let nobody = HeaderValue::from_static("no-referrer");
                    answer.headers_mut().insert(REFERRER_POLICY, nobody);
                    self.remember(&token, answer)
                }
            },
        }
    }

    /// The page of an opened link: what is true of it now.
    pub(super) async fn link(&self, visit: &Visit<'_>, id: &str, step: Step) -> Answer {
        let Some(token) = cookie::token_of(&self.place, visit.headers, id) else {
            return self.page(visit, StatusCode::NOT_FOUND, &Page::Reopen);
        };
        let checked = self.flow.check(token.expose_text()).await;
        let action = self.place.step(id, step);
        let answer = match (checked, step) {
            (Ok(good), Step::Form) => self.form(visit, id, &good.address, None),
            (Ok(_), Step::Cancel) => {
                let page = Page::Cancel { action: &action, back: &self.place.link(id) };
                self.page(visit, StatusCode::OK, &page)
            }
            (Err(Stop::Refused(refusal)), Step::Renew) if is_renewable(refusal) => {
                self.page(visit, StatusCode::OK, &Page::Renew { action: &action })
            }
            (Ok(_), Step::Renew) => see(&self.place.link(id)),
            (Err(Stop::Refused(refusal)), _) => self.dead(visit, id, refusal),
            (Err(_), _) => self.busy(visit),
        };
        self.remember(&token, answer)
    }

    /// A new password was sent.
    pub(super) async fn set<B>(&self, visit: &Visit<'_>, id: &str, body: B) -> Answer
    where
        B: Body<Data: Send, Error: Into<BodyError>> + Send,
    {
        let password = match Fields::read(visit.headers, body).await {
            Ok(fields) => fields.take("password"),
            Err(status) => return self.page(visit, status, &Page::Unread),
        };
        let Some(token) = cookie::token_of(&self.place, visit.headers, id) else {
            return self.page(visit, StatusCode::NOT_FOUND, &Page::Reopen);
        };
        let Some(password) = password else {
            return self.page(visit, StatusCode::BAD_REQUEST, &Page::Unread);
        };
        let reset = self.flow.reset(token.expose_text().to_owned(), password);
        let Some(reset) = self.tasks.reset(reset) else { return self.busy(visit) };
        let answer = match reset.await {
            // A second click on a slow form finds the link used by the first.
            Ok(Ok(()) | Err(Stop::Refused(Refusal::Used))) => see(&self.place.link(id)),
            Ok(Err(Stop::Refused(refusal))) => self.dead(visit, id, refusal),
            Ok(Err(Stop::Rejected(violations))) => {
                match self.flow.check(token.expose_text()).await {
                    Ok(good) => self.form(visit, id, &good.address, Some(&violations)),
                    Err(Stop::Refused(refusal)) => self.dead(visit, id, refusal),
                    Err(_) => self.busy(visit),
                }
            }
            Ok(Err(Stop::Fault)) | Err(_) => self.busy(visit),
        };
        self.remember(&token, answer)
    }

    pub(super) async fn cancel(&self, visit: &Visit<'_>, id: &str) -> Answer {
        let Some(token) = cookie::token_of(&self.place, visit.headers, id) else {
            return self.page(visit, StatusCode::NOT_FOUND, &Page::Reopen);
        };
        let answer = match self.flow.cancel(token.expose_text()).await {
            Ok(()) | Err(Stop::Refused(_)) => see(&self.place.link(id)),
            Err(_) => self.busy(visit),
        };
        self.remember(&token, answer)
    }

    /// Sends the holder of a dead link a new one.
    pub(super) async fn renew(&self, visit: &Visit<'_>, id: &str) -> Answer {
        let Some(token) = cookie::token_of(&self.place, visit.headers, id) else {
            return self.page(visit, StatusCode::NOT_FOUND, &Page::Reopen);
        };
        match self.work(self.flow.renew(token.expose_text().to_owned())).await {
            Some(()) => self.page(visit, StatusCode::OK, &Page::Asked),
            None => self.busy(visit),
        }
    }

    fn form(
        &self,
        visit: &Visit<'_>,
        id: &str,
        address: &str,
        violations: Option<&Violations>,
    ) -> Answer {
        let (action, cancel) = (self.place.link(id), self.place.step(id, Step::Cancel));
        let policy = self.flow.policy();
        let form = Form {
            action: &action,
            cancel: &cancel,
            address,
            hints: policy.hints(),
            items: items(policy, visit.translation, violations),
            is_rejected: violations.is_some(),
        };
        let status = match violations {
            Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
            None => StatusCode::OK,
        };
        self.page(visit, status, &Page::Reset(Box::new(form)))
    }

    fn dead(&self, visit: &Visit<'_>, id: &str, refusal: Refusal) -> Answer {
        if refusal == Refusal::Used {
            return self.page(visit, StatusCode::OK, &Page::Done);
        }
        let status = match refusal {
            Refusal::Unknown => StatusCode::NOT_FOUND,
            _ => StatusCode::GONE,
        };
        let renew = self.place.step(id, Step::Renew);
        let renew = is_renewable(refusal).then_some(&*renew);
        self.page(visit, status, &Page::Dead { refusal, renew })
    }

    fn busy(&self, visit: &Visit<'_>) -> Answer {
        later(self.page(visit, StatusCode::SERVICE_UNAVAILABLE, &Page::Busy))
    }

    fn remember(&self, token: &ResetToken, mut answer: Answer) -> Answer {
        if let Some(cookie) = cookie::keep(&self.place, token) {
            answer.headers_mut().append(SET_COOKIE, cookie);
        }
        answer
    }

    pub(super) fn page(&self, visit: &Visit<'_>, status: StatusCode, page: &Page<'_>) -> Answer {
        let forgot = self.place.path("/forgot");
        let writer =
            Writer { translation: visit.translation, sign_in: &self.sign_in, forgot: &forgot };
        let (title, content) = writer.write(page);
        let title = match page {
            Page::Reset(form) if form.is_rejected => {
                visit.translation.page("page-error", &[("title", &title)])
            }
            _ => title,
        };
        let mut head = Html::default();
        // A form whose page names no referrer is sent without an origin; and the address of a page
        // without one may have a token in it. Some proxies replace the header.
        let referrer = if has_form(page) { "same-origin" } else { "no-referrer" };
        let (style, script) =
            (self.place.path(&self.assets.style), self.place.path(&self.assets.script));
        let parts = [("referrer", referrer), ("style", &style), ("script", &script)];
        let parts = parts.map(|(name, text)| (name, Part::Text(text)));
        head.put(visit.translation, include_str!("markup/head.html"), &parts);
        if matches!(page, Page::Reset(_)) {
            let markup = "<script type=\"module\" src=\"{script}\"></script>\n";
            head.put(visit.translation, markup, &parts);
        }
        let view = View {
            page,
            title: &title,
            translation: visit.translation,
            extensions: visit.extensions,
            head: &head,
            content: &content,
        };
        let document = self.layout.as_ref().map_or_else(|| view.document(), |lay| lay(&view));
        let mut answer = Response::new(Full::from(document));
        *answer.status_mut() = status;
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(CONTENT_SECURITY_POLICY, self.content_security_policy.clone());
        headers.insert(REFERRER_POLICY, HeaderValue::from_static(referrer));
        if let Ok(tag) = HeaderValue::try_from(visit.translation.tag()) {
            headers.insert(CONTENT_LANGUAGE, tag);
        }
        varies(headers);
        answer
    }
}

/// A newer link can be sent in the place of one that is only late.
const fn is_renewable(refusal: Refusal) -> bool {
    matches!(refusal, Refusal::Superseded | Refusal::Expired)
}

/// The token in a link's address, as mail programs leave it.
fn token_in(query: &str) -> Option<ResetToken> {
    let token = Fields::parse(query)?.take("token")?;
    let token = token.trim().trim_end_matches(LEFT_BEHIND);
    let token = token.strip_prefix(ENCODED_EQUALS).filter(|rest| rest.len() == 48).unwrap_or(token);
    ResetToken::parse(token).ok()
}

const fn has_form(page: &Page<'_>) -> bool {
    matches!(page, Page::Forgot { .. } | Page::Reset(_) | Page::Cancel { .. } | Page::Renew { .. })
}
