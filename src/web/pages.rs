//! The pages: what each does with a request, and how it is rendered.

use super::answer::{Answer, full, later, see, varies};
use super::assets::{SCRIPT, STYLE};
use super::body::{self, Unread};
use super::content::Writer;
use super::flow::{Good, Later, Stop, status_of};
use super::html::{Html, Part};
use super::place::Step;
#[cfg(feature = "codes")]
use super::view::CodeStep;
use super::view::{Form, Page, View, items};
use super::{Inner, Visit, cookie, guard};
use crate::policy::Violations;
use crate::token::{Refusal, ResetToken};
use http::header::{CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, REFERRER_POLICY, SET_COOKIE};
use http::{HeaderValue, StatusCode};

/// A link that was opened in this browser.
struct Opened<'r> {
    visit: &'r Visit<'r>,
    id: &'r str,
    token: &'r ResetToken,
}

impl Inner {
    /// Takes the form of "I forgot my password".
    pub(super) async fn ask(&self, visit: &Visit<'_>, body: Unread<'_>) -> Answer {
        match body::fields(["login"], visit.headers(), body).await {
            #[cfg(feature = "codes")]
            Ok([login]) if self.settings.has_codes && !login.trim().is_empty() => {
                let work = self.flow.request(login.clone(), visit.wish.to_owned());
                match self.work(work).await {
                    Some(()) => self.code(visit, &login, CodeStep::Asked),
                    None => self.busy(visit),
                }
            }
            Ok([login]) => self.send(visit, self.flow.request(login, visit.wish.to_owned())).await,
            Err(status) => self.unread(visit, status),
        }
    }

    /// Starts work that may send a link, and shows every visitor the same page.
    async fn send(&self, visit: &Visit<'_>, work: Later<'static, ()>) -> Answer {
        match self.work(work).await {
            Some(()) => self.page(visit, StatusCode::OK, &Page::Asked),
            None => self.busy(visit),
        }
    }

    /// Shows the form for a code.
    #[cfg(feature = "codes")]
    pub(super) fn code(&self, visit: &Visit<'_>, login: &str, step: CodeStep) -> Answer {
        let status = match step {
            CodeStep::Asked | CodeStep::New => StatusCode::OK,
            CodeStep::Wrong => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let action = self.place.path("/code");
        self.page(visit, status, &Page::Code { action: &action, login, step })
    }

    /// Takes a typed code. The right one opens its link; every other one gets the same response.
    #[cfg(feature = "codes")]
    pub(super) async fn exchange(&self, visit: &Visit<'_>, body: Unread<'_>) -> Answer {
        // A script gets no cookie, so it must not spend the code.
        if !guard::is_navigation(visit.headers()) {
            return self.page(visit, StatusCode::BAD_REQUEST, &Page::Unread);
        }
        let [login, code] = match body::fields(["login", "code"], visit.headers(), body).await {
            Ok(fields) => fields,
            Err(status) => return self.unread(visit, status),
        };
        let work = self.flow.exchange(login.clone(), code.clone());
        match self.tasks.code((login.clone(), code), work).await {
            Some(Some(token)) => {
                let opened = Opened { visit, id: &cookie::id_of(&token), token: &token };
                self.shown(&opened, Ok(see(&self.place.link(opened.id))))
            }
            Some(None) => self.code(visit, &login, CodeStep::Wrong),
            None => self.busy(visit),
        }
    }

    /// Opens a link: moves its token from the address into a cookie of this link alone.
    pub(super) async fn open(&self, visit: &Visit<'_>) -> Answer {
        let token = body::token_in(visit.parts.uri.query().unwrap_or_default())
            .and_then(|token| ResetToken::parse(&token).ok());
        let Some(token) = token.filter(|_| guard::is_navigation(visit.headers())) else {
            return self.dead(visit, "", Refusal::Unknown);
        };
        let opened = Opened { visit, id: &cookie::id_of(&token), token: &token };
        let done = match self.flow.check(opened.token.expose_text()).await {
            Err(why) if !why.is_of_genuine() => Err(why),
            _ => Ok(see(&self.place.link(opened.id))),
        };
        self.shown(&opened, done)
    }

    /// Shows the page of an opened link, or takes its form.
    pub(super) async fn link(
        &self,
        visit: &Visit<'_>,
        (id, step): (&str, Step),
        form: Option<Unread<'_>>,
    ) -> Answer {
        let Some(token) = cookie::token_of(&self.place, visit.headers(), id) else {
            return self.page(visit, StatusCode::NOT_FOUND, &Page::Reopen);
        };
        let opened = Opened { visit, id, token: &token };
        let token = opened.token.expose_text();
        let done = match (step, form) {
            (_, None) => self.look(&opened, step).await,
            (Step::Form, Some(form)) => {
                match body::fields(["password", "second_factor"], visit.headers(), form).await {
                    Ok([password, code]) => self.set(&opened, password, code).await,
                    Err(status) => return self.unread(visit, status),
                }
            }
            (Step::Cancel, Some(_)) => match self.flow.cancel(token).await {
                Err(why) if !why.is_of_genuine() => Err(why),
                _ => Ok(see(&self.place.link(id))),
            },
            (Step::Renew, Some(_)) => {
                return self.send(visit, self.flow.renew(token.to_owned())).await;
            }
        };
        self.shown(&opened, done)
    }

    /// Shows the state of a link.
    async fn look(&self, opened: &Opened<'_>, step: Step) -> Result<Answer, Stop> {
        let checked = self.flow.check(opened.token.expose_text()).await;
        let (action, back) = (&*self.place.step(opened.id, step), &*self.place.link(opened.id));
        let page = match (checked, step) {
            (Ok(good), Step::Form) => return Ok(self.form(opened, &good, None)),
            (Ok(_), Step::Renew) => return Ok(see(back)),
            (Ok(_), Step::Cancel) => Page::Cancel { action, back },
            (Err(Stop::Refused(refusal)), Step::Renew) if is_renewable(refusal) => {
                Page::Renew { action }
            }
            (Err(why), _) => return Err(why),
        };
        Ok(self.page(opened.visit, StatusCode::OK, &page))
    }

    /// Sets a new password.
    async fn set(
        &self,
        opened: &Opened<'_>,
        password: String,
        code: String,
    ) -> Result<Answer, Stop> {
        let token = opened.token.expose_text();
        let reset = self.tasks.reset(self.flow.reset(token.to_owned(), password, code));
        match reset.ok_or(Stop::Fault)?.await.unwrap_or(Err(Stop::Fault)) {
            // The second click of a double click finds the link used by the first.
            Ok(()) | Err(Stop::Refused(Refusal::Used)) => Ok(see(&self.place.link(opened.id))),
            Err(Stop::Rejected(violations)) => {
                let good = self.flow.check(token).await?;
                Ok(self.form(opened, &good, Some(&violations)))
            }
            Err(why) => Err(why),
        }
    }

    /// Keeps the link open in this browser if it is genuine, good or not.
    fn shown(&self, opened: &Opened<'_>, done: Result<Answer, Stop>) -> Answer {
        let Opened { visit, id, token } = opened;
        let is_genuine = done.as_ref().map_or_else(Stop::is_of_genuine, |_| true);
        let mut answer = done.unwrap_or_else(|why| match why {
            Stop::Refused(refusal) => self.dead(visit, id, refusal),
            Stop::Rejected(_) | Stop::Fault => self.busy(visit),
        });
        if is_genuine
            && guard::is_navigation(visit.headers())
            && let Some(cookie) = cookie::keep(&self.place, token)
        {
            answer.headers_mut().append(SET_COOKIE, cookie);
        }
        answer
    }

    fn form(&self, opened: &Opened<'_>, good: &Good, missed: Option<&Violations>) -> Answer {
        let Opened { visit, id, .. } = opened;
        let (action, cancel) = (self.place.link(id), self.place.step(id, Step::Cancel));
        let policy = self.flow.policy();
        let form = Form {
            action: &action,
            cancel: &cancel,
            address: &good.address,
            kind: good.kind,
            needs_second_factor: good.needs_second_factor,
            hints: policy.hints(),
            items: items(policy, visit.translation, missed),
            is_rejected: missed.is_some(),
        };
        let status = missed.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
        self.page(visit, status, &Page::Reset(Box::new(form)))
    }

    fn dead(&self, visit: &Visit<'_>, id: &str, refusal: Refusal) -> Answer {
        if refusal == Refusal::Used {
            return self.page(visit, StatusCode::OK, &Page::Done);
        }
        let renew = self.place.step(id, Step::Renew);
        let renew = is_renewable(refusal).then_some(&*renew);
        self.page(visit, status_of(refusal), &Page::Dead { refusal, renew })
    }

    fn unread(&self, visit: &Visit<'_>, status: StatusCode) -> Answer {
        let is_too_large = status == StatusCode::PAYLOAD_TOO_LARGE;
        self.page(visit, status, if is_too_large { &Page::TooLarge } else { &Page::Unread })
    }

    fn busy(&self, visit: &Visit<'_>) -> Answer {
        later(self.page(visit, StatusCode::SERVICE_UNAVAILABLE, &Page::Busy))
    }

    pub(super) fn page(&self, visit: &Visit<'_>, status: StatusCode, page: &Page<'_>) -> Answer {
        let forgot = self.place.path("/forgot");
        let writer = Writer {
            translation: visit.translation,
            sign_in: &self.settings.sign_in,
            forgot: &forgot,
        };
        let (title, content) = writer.write(page);
        let error = |title: String| visit.translation.page("page-error", &[("title", &title)]);
        let title = match page {
            Page::Reset(form) if form.is_rejected => error(title),
            #[cfg(feature = "codes")]
            Page::Code { step: CodeStep::Wrong, .. } => error(title),
            _ => title,
        };
        let mut head = Html::default();
        // `no-referrer` would take the origin from a form, and `same-origin` would pass on an
        // address that may have a token in it. The `<meta>` is for proxies that replace the header.
        let referrer = if has_form(page) { "same-origin" } else { "no-referrer" };
        let (style, script) = (self.place.path(&STYLE.path), self.place.path(&SCRIPT.path));
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
            extensions: &visit.parts.extensions,
            head: &head,
            content: &content,
        };
        let layout = self.settings.layout.as_deref();
        let document = layout.map_or_else(|| view.document(), |layout| layout(&view));
        let mut answer = varies(full(status, "text/html; charset=utf-8", document));
        let headers = answer.headers_mut();
        headers.insert(CONTENT_SECURITY_POLICY, self.content_security_policy.clone());
        headers.insert(REFERRER_POLICY, HeaderValue::from_static(referrer));
        if let Ok(tag) = HeaderValue::try_from(visit.translation.tag()) {
            headers.insert(CONTENT_LANGUAGE, tag);
        }
        answer
    }
}

/// Whether a new link can be sent in place of this one.
const fn is_renewable(refusal: Refusal) -> bool {
    matches!(refusal, Refusal::Superseded | Refusal::Expired)
}

const fn has_form(page: &Page<'_>) -> bool {
    match page {
        Page::Forgot { .. } | Page::Reset(_) | Page::Cancel { .. } | Page::Renew { .. } => true,
        #[cfg(feature = "codes")]
        Page::Code { .. } => true,
        _ => false,
    }
}
