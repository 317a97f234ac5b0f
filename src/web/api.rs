//! The JSON: the same steps, for pages of the host's own and for native apps.

use super::flow::Stop;
use super::place::Call;
use super::{Answer, BodyError, Inner, Visit, body, empty, guard, later, not_allowed, varies};
use crate::policy::{Requirement, Violations};
use crate::token::{Refusal, ResetToken};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, CONTENT_TYPE, VARY,
};
use http::{HeaderValue, Method, Response, StatusCode};
use http_body::Body;
use http_body_util::Full;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use time::UtcDateTime;

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
}

impl Inner {
    pub(super) async fn call<B>(&self, visit: &Visit<'_>, call: Call, body: B) -> Answer
    where
        B: Body<Data: Send, Error: Into<BodyError>> + Send,
    {
        let methods = if call == Call::Policy { "GET, HEAD, OPTIONS" } else { "OPTIONS, POST" };
        let takes_post = call != Call::Policy;
        let is_read = matches!(*visit.method, Method::GET | Method::HEAD);
        let mut answer = if *visit.method == Method::OPTIONS {
            let mut answer = not_allowed(methods);
            *answer.status_mut() = StatusCode::NO_CONTENT;
            answer
        } else if if takes_post { *visit.method != Method::POST } else { !is_read } {
            not_allowed(methods)
        } else if !guard::is_safe(visit.method)
            && !guard::is_from_here(visit.headers, &self.place.origin, &self.origins)
        {
            problem(StatusCode::FORBIDDEN, "foreign_site", "The request came from another site.")
        } else {
            self.run(visit, call, body).await.unwrap_or_else(|problem| problem)
        };
        let headers = answer.headers_mut();
        if !self.origins.is_empty() {
            headers.append(VARY, HeaderValue::from_static("Origin"));
        }
        if let Some(origin) = guard::listed_origin(visit.headers, &self.origins)
            && let Ok(origin) = HeaderValue::try_from(origin)
        {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            if *visit.method == Method::OPTIONS {
                headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
                let content_type = HeaderValue::from_static("content-type");
                headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, content_type);
                headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
            }
        }
        answer
    }

    /// What was done, or the problem.
    async fn run<B>(&self, visit: &Visit<'_>, call: Call, body: B) -> Result<Answer, Answer>
    where
        B: Body<Data: Send, Error: Into<BodyError>> + Send,
    {
        let headers = visit.headers;
        match call {
            Call::Policy => Ok(self.policy(visit)),
            Call::Forgot => {
                let Forgot { login, language } = body::json(headers, body).await.map_err(unread)?;
                let wish = if language.is_empty() { visit.wish } else { &language };
                let work = self.work(self.flow.request(login, wish.to_owned()));
                work.await.map(|()| empty(StatusCode::ACCEPTED)).ok_or_else(busy)
            }
            Call::Renew => {
                let Link { token } = body::json(headers, body).await.map_err(unread)?;
                let work = self.work(self.flow.renew(token));
                work.await.map(|()| empty(StatusCode::ACCEPTED)).ok_or_else(busy)
            }
            Call::Check => {
                let Link { token } = body::json(headers, body).await.map_err(unread)?;
                let good = self.flow.check(&token).await.map_err(|stop| stopped(visit, stop))?;
                Ok(write(StatusCode::OK, &json!({ "expires_at": to_text(good.expires_at) })))
            }
            Call::Cancel => {
                let Link { token } = body::json(headers, body).await.map_err(unread)?;
                self.flow.cancel(&token).await.map_err(|stop| stopped(visit, stop))?;
                Ok(empty(StatusCode::NO_CONTENT))
            }
            Call::Reset => {
                let Reset { token, password } = body::json(headers, body).await.map_err(unread)?;
                // What is no token is told before a place is taken.
                ResetToken::parse(&token)
                    .map_err(|_| stopped(visit, Stop::Refused(Refusal::Unknown)))?;
                let reset = self.tasks.reset(self.flow.reset(token, password));
                let reset = reset.ok_or_else(busy)?.await.unwrap_or(Err(Stop::Fault));
                reset.map_err(|stop| stopped(visit, stop))?;
                Ok(empty(StatusCode::NO_CONTENT))
            }
        }
    }

    fn policy(&self, visit: &Visit<'_>) -> Answer {
        let policy = self.flow.policy();
        let hints = policy.hints();
        let requirements = policy.requirements().map(|requirement| {
            json!({
                "code": requirement.code(),
                "parameters": parameters(&requirement.parameters()),
                "phrase": visit.translation.requirement(&requirement),
                "worth_showing": Requirement::is_worth_showing(&requirement),
            })
        });
        let mut answer = write(
            StatusCode::OK,
            &json!({
                "requirements": requirements.collect::<Vec<_>>(),
                "hints": {
                    "minlength": hints.minlength,
                    "maxlength": hints.maxlength,
                    "passwordrules": hints.passwordrules,
                },
            }),
        );
        varies(answer.headers_mut());
        answer
    }
}

fn stopped(visit: &Visit<'_>, stop: Stop) -> Answer {
    let mut answer = match stop {
        Stop::Fault => return busy(),
        Stop::Rejected(violations) => rejected(visit, &violations),
        Stop::Refused(refusal) => {
            let status = match refusal {
                Refusal::Unknown => StatusCode::NOT_FOUND,
                _ => StatusCode::GONE,
            };
            let sentence = visit.translation.page(&format!("refused-{}", refusal.code()), &[]);
            problem(status, refusal.code(), &sentence)
        }
    };
    varies(answer.headers_mut());
    answer
}

fn rejected(visit: &Visit<'_>, violations: &Violations) -> Answer {
    let violations = violations.iter().map(|violation| {
        json!({
            "code": violation.code(),
            "parameters": parameters(&violation.parameters()),
            "sentence": visit.translation.violation(violation),
        })
    });
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let sentence = visit.translation.page("page-rejected", &[]);
    let more = json!({ "violations": violations.collect::<Vec<_>>() });
    problem_with(status, "rejected", &sentence, more)
}

fn parameters(parameters: &[(&str, usize)]) -> Value {
    let pairs = parameters.iter().map(|(name, number)| ((*name).to_owned(), json!(number)));
    Value::Object(pairs.collect::<Map<_, _>>())
}

fn busy() -> Answer {
    let sentence = "Too much is under way, or something failed. Nothing is lost: try again.";
    later(problem(StatusCode::SERVICE_UNAVAILABLE, "busy", sentence))
}

fn unread(status: StatusCode) -> Answer {
    let (code, sentence) = match status {
        StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "The body is larger than 16 KiB."),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ("not_json", "The body must be application/json."),
        StatusCode::REQUEST_TIMEOUT => ("too_slow", "The body did not arrive within 10 seconds."),
        _ => ("malformed", "The body is not JSON of the documented shape."),
    };
    problem(status, code, sentence)
}

fn problem(status: StatusCode, code: &str, sentence: &str) -> Answer {
    problem_with(status, code, sentence, json!({}))
}

/// A problem by RFC 9457.
fn problem_with(status: StatusCode, code: &str, sentence: &str, more: Value) -> Answer {
    let mut object = json!({
        "type": format!("urn:password-reset:{code}"),
        "title": sentence,
        "status": status.as_u16(),
        "code": code,
    });
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more);
    }
    let mut answer = write(status, &object);
    let media_type = HeaderValue::from_static("application/problem+json");
    answer.headers_mut().insert(CONTENT_TYPE, media_type);
    answer
}

fn write(status: StatusCode, value: &Value) -> Answer {
    let mut answer = Response::new(Full::from(value.to_string()));
    *answer.status_mut() = status;
    let media_type = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(CONTENT_TYPE, media_type);
    answer
}

/// By RFC 3339, to the second.
fn to_text(time: UtcDateTime) -> String {
    let (hour, minute, second) = time.as_hms();
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", time.date())
}
