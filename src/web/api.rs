//! The JSON API: the steps of the flow, for a host's own pages and for native apps.

use super::answer::{Answer, empty, full, later, varies, with};
use super::body::{self, Unread, bare};
use super::flow::{Later, Stop, status_of};
use super::place::Call;
use super::{Inner, Visit, guard};
use crate::policy::Requirement;
use http::{HeaderValue, Method, StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::UtcDateTime;

const JSON: &str = "application/json";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Forgot {
    login: String,
    #[serde(default)]
    language: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Link {
    token: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reset {
    token: String,
    password: String,
    #[serde(default)]
    second_factor: String,
}

#[cfg(feature = "codes")]
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    login: String,
    code: String,
}

impl Inner {
    pub(super) async fn call(&self, visit: &Visit<'_>, call: Call, body: Unread<'_>) -> Answer {
        let is_policy = matches!(call, Call::Policy);
        let methods = if is_policy { "GET, HEAD, OPTIONS" } else { "OPTIONS, POST" };
        let (own, listed) = (&self.place.origin, &self.settings.origins);
        let mut answer = match visit.parts.method {
            Method::OPTIONS => with(empty(StatusCode::NO_CONTENT), header::ALLOW, methods),
            Method::GET | Method::HEAD if is_policy => self.policy(visit),
            Method::POST if !is_policy => {
                if guard::is_from_here(visit.headers(), own, listed, true) {
                    self.run(visit, call, body).await.unwrap_or_else(|problem| problem)
                } else {
                    let sentence = "The request was sent by another site.";
                    problem(StatusCode::FORBIDDEN, "foreign_site", sentence, None)
                }
            }
            _ => {
                let sentence = "This path takes the methods in the header `Allow`.";
                let status = StatusCode::METHOD_NOT_ALLOWED;
                with(problem(status, "method_not_allowed", sentence, None), header::ALLOW, methods)
            }
        };
        if !listed.is_empty() {
            answer = with(answer, header::VARY, "Origin");
        }
        if let Some(origin) = guard::listed_origin(visit.headers(), listed)
            && let Ok(origin) = HeaderValue::try_from(origin)
        {
            answer.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            if visit.parts.method == Method::OPTIONS {
                answer = with(answer, header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST");
                answer = with(answer, header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type");
                answer = with(answer, header::ACCESS_CONTROL_MAX_AGE, "600");
            }
        }
        answer
    }

    /// Returns the response, or the problem as one.
    async fn run(&self, visit: &Visit<'_>, call: Call, body: Unread<'_>) -> Result<Answer, Answer> {
        let stopped = |stop| stopped(visit, stop);
        match call {
            Call::Policy => Ok(self.policy(visit)),
            Call::Forgot => {
                let Forgot { login, language } = read(visit, body).await?;
                let wish = if language.is_empty() { visit.wish } else { &language };
                self.accept(self.flow.request(login, wish.to_owned())).await
            }
            Call::Renew => {
                let Link { token } = read(visit, body).await?;
                self.accept(self.flow.renew(bare(&token).to_owned())).await
            }
            Call::Check => {
                let Link { token } = read(visit, body).await?;
                let good = self.flow.check(bare(&token)).await.map_err(stopped)?;
                let object = json!({
                    "expires_at": to_text(good.expires_at),
                    "kind": good.kind.code(),
                    "needs_second_factor": good.needs_second_factor,
                });
                Ok(full(StatusCode::OK, JSON, object.to_string()))
            }
            #[cfg(feature = "codes")]
            Call::Code => {
                let Code { login, code } = read(visit, body).await?;
                let work = self.flow.exchange(login.clone(), code.clone());
                let token = self.tasks.code((login, code), work).await;
                let Some(token) = token.ok_or_else(busy)? else {
                    let sentence = visit.translation.page("page-code-wrong", &[]);
                    let status = StatusCode::UNPROCESSABLE_ENTITY;
                    return Err(varies(problem(status, "wrong_code", &sentence, None)));
                };
                let object = json!({ "token": token.expose_text() });
                Ok(full(StatusCode::OK, JSON, object.to_string()))
            }
            Call::Cancel => {
                let Link { token } = read(visit, body).await?;
                self.flow.cancel(bare(&token)).await.map_err(stopped)?;
                Ok(empty(StatusCode::NO_CONTENT))
            }
            Call::Reset => {
                let Reset { token, password, second_factor } = read(visit, body).await?;
                let token = bare(&token).to_owned();
                let reset = self.tasks.reset(self.flow.reset(token, password, second_factor));
                let reset = reset.ok_or_else(busy)?.await.unwrap_or(Err(Stop::Fault));
                reset.map(|()| empty(StatusCode::NO_CONTENT)).map_err(stopped)
            }
        }
    }

    async fn accept(&self, work: Later<'static, ()>) -> Result<Answer, Answer> {
        self.work(work).await.map(|()| empty(StatusCode::ACCEPTED)).ok_or_else(busy)
    }

    fn policy(&self, visit: &Visit<'_>) -> Answer {
        let policy = self.flow.policy();
        let hints = policy.hints();
        let requirements = policy.requirements().map(|requirement| {
            json!({
                "code": requirement.code(),
                "parameters": BTreeMap::from_iter(requirement.parameters()),
                "phrase": visit.translation.requirement(&requirement),
                "worth_showing": Requirement::is_worth_showing(&requirement),
            })
        });
        let object = json!({
            "requirements": requirements.collect::<Vec<_>>(),
            "hints": {
                "minlength": hints.minlength,
                "maxlength": hints.maxlength,
                "passwordrules": hints.passwordrules,
            },
        });
        varies(full(StatusCode::OK, JSON, object.to_string()))
    }
}

async fn read<T: DeserializeOwned>(visit: &Visit<'_>, body: Unread<'_>) -> Result<T, Answer> {
    body::json(visit.headers(), body).await.map_err(|status| {
        let (code, sentence) = match status {
            StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "The body is larger than 16 KiB."),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                ("not_json", "The body must be application/json.")
            }
            StatusCode::REQUEST_TIMEOUT => {
                ("too_slow", "The body did not arrive within 10 seconds.")
            }
            _ => ("malformed", "The body is not a JSON object of the documented form."),
        };
        problem(status, code, sentence, None)
    })
}

/// The problem of a path that the API does not have.
pub(super) fn nowhere() -> Answer {
    problem(StatusCode::NOT_FOUND, "not_found", "The API has no such path.", None)
}

fn stopped(visit: &Visit<'_>, stop: Stop) -> Answer {
    let say = |sentence: &str| visit.translation.page(sentence, &[]);
    varies(match stop {
        Stop::Fault => return busy(),
        Stop::Rejected(violations) => {
            let violations = violations.iter().map(|violation| {
                json!({
                    "code": violation.code(),
                    "parameters": BTreeMap::from_iter(violation.parameters()),
                    "sentence": visit.translation.violation(violation),
                })
            });
            let (status, violations) = (StatusCode::UNPROCESSABLE_ENTITY, violations.collect());
            problem(status, "rejected", &say("page-rejected"), Some(violations))
        }
        Stop::Refused(refusal) => {
            let code = refusal.code();
            problem(status_of(refusal), code, &say(&format!("refused-{code}")), None)
        }
    })
}

fn busy() -> Answer {
    let sentence =
        "The service is busy, or something failed. Nothing is lost: try again in a moment.";
    later(problem(StatusCode::SERVICE_UNAVAILABLE, "busy", sentence, None))
}

/// A problem as RFC 9457 defines it.
fn problem(
    status: StatusCode,
    code: &str,
    sentence: &str,
    violations: Option<Vec<Value>>,
) -> Answer {
    let mut object = json!({
        "type": format!("urn:password-reset:{code}"),
        "title": sentence,
        "status": status.as_u16(),
        "code": code,
    });
    if let Some(object) = object.as_object_mut() {
        object.extend(violations.map(|all| ("violations".to_owned(), all.into())));
    }
    full(status, "application/problem+json", object.to_string())
}

/// The time as RFC 3339 writes it, to the second.
fn to_text(time: UtcDateTime) -> String {
    let (hour, minute, second) = time.as_hms();
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", time.date())
}
