//! Where the pages stand, which the link template says.

use super::builder::WebError;
use crate::link::LinkTemplate;
use core::net::Ipv6Addr;

/// What every template of the pages ends with, before the token.
const ENDING: &str = "/reset?token=";

/// The origin and the paths.
#[derive(Debug)]
pub(super) struct Place {
    /// Scheme, host and port, as browsers send them in `Origin`.
    pub(super) origin: String,
    /// The path before every page, as browsers see it.
    base: String,
    /// The same as requests arrive with, behind a proxy that changes it.
    served: String,
    /// Whether cookies travel over TLS only.
    pub(super) is_secure: bool,
}

/// What a path asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Forgot,
    Open,
    Link(String, Step),
    Api(Call),
    Style,
    Script,
    ChangePassword,
}

/// What to do with an opened link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Form,
    Cancel,
    Renew,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Forgot,
    Check,
    Reset,
    Cancel,
    Renew,
    Policy,
}

const CALLS: [(&str, Call); 6] = [
    ("/api/forgot", Call::Forgot),
    ("/api/check", Call::Check),
    ("/api/reset", Call::Reset),
    ("/api/cancel", Call::Cancel),
    ("/api/renew", Call::Renew),
    ("/api/policy", Call::Policy),
];

impl Place {
    /// Reads the template `<origin><base>/reset?token={token}`.
    pub(super) fn of(link: &LinkTemplate) -> Result<Self, WebError> {
        let (before, after) = link.parts();
        let ending = before.strip_suffix(ENDING).filter(|_| after.is_empty());
        let address = ending.ok_or(WebError::Template)?;
        Self::split(address)
            .and_then(|place| {
                place.base.bytes().all(|byte| byte != b'?' && byte != b'#').then_some(place)
            })
            .ok_or(WebError::Template)
    }

    /// Reads the origin alone, for a host whose link leads to a page of its own.
    pub(super) fn origin_of(link: &LinkTemplate, base: &str) -> Result<Self, WebError> {
        let (before, _) = link.parts();
        let start = before.find("://").map_or(0, |at| at + 3);
        let end = before.get(start..).and_then(|rest| rest.find(['/', '?', '#']));
        let origin = before.get(..end.map_or(before.len(), |end| start + end));
        let place = origin.and_then(Self::split).ok_or(WebError::Template)?;
        if !is_base(base) {
            return Err(WebError::Base);
        }
        Ok(Self { base: base.to_owned(), served: base.to_owned(), ..place })
    }

    fn split(address: &str) -> Option<Self> {
        let (scheme, rest) = address.split_once("://")?;
        let (authority, base) = match rest.find('/') {
            Some(slash) => rest.split_at(slash),
            None => (rest, ""),
        };
        let is_secure = scheme == "https";
        let default_port = if is_secure { ":443" } else { ":80" };
        let authority = authority.strip_suffix(default_port).unwrap_or(authority);
        if !is_shortest_literal(authority) || !is_base(base) {
            return None;
        }
        let origin = format!("{scheme}://{}", authority.to_ascii_lowercase());
        Some(Self { origin, base: base.to_owned(), served: base.to_owned(), is_secure })
    }

    pub(super) fn served_at(&mut self, path: &str) -> Result<(), WebError> {
        if !is_base(path) {
            return Err(WebError::Base);
        }
        path.clone_into(&mut self.served);
        Ok(())
    }

    /// A path below the base, as browsers see it.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("{}{rest}", self.base)
    }

    /// The path of an opened link, which its cookie has as well.
    pub(super) fn link(&self, id: &str) -> String {
        self.path(&format!("/reset/{id}"))
    }

    pub(super) fn step(&self, id: &str, step: Step) -> String {
        let end = match step {
            Step::Form => "",
            Step::Cancel => "/cancel",
            Step::Renew => "/renew",
        };
        self.link(id) + end
    }

    /// Whole paths, as routers take them.
    pub(super) fn routes(&self, style: &str, script: &str, with_pages: bool) -> Vec<String> {
        let below = |rest: &str| format!("{}{rest}", self.served);
        let mut routes: Vec<_> = CALLS.iter().map(|(path, _)| below(path)).collect();
        if with_pages {
            let pages = ["/forgot", "/reset", style, script];
            routes.extend(pages.map(below));
            routes
                .extend(["", "/cancel", "/renew"].map(|end| below(&format!("/reset/{{id}}{end}"))));
            routes.push("/.well-known/change-password".to_owned());
        }
        routes
    }

    pub(super) fn route(&self, path: &str, style: &str, script: &str) -> Option<Route> {
        if path == "/.well-known/change-password" {
            return Some(Route::ChangePassword);
        }
        let rest = path.strip_prefix(&self.served)?;
        if let Some((_, call)) = CALLS.iter().find(|(path, _)| *path == rest) {
            return Some(Route::Api(*call));
        }
        match rest {
            "/forgot" => Some(Route::Forgot),
            "/reset" => Some(Route::Open),
            _ if rest == style => Some(Route::Style),
            _ if rest == script => Some(Route::Script),
            _ => {
                let id = rest.strip_prefix("/reset/")?;
                let (id, step) = match id.split_once('/') {
                    None => (id, Step::Form),
                    Some((id, "cancel")) => (id, Step::Cancel),
                    Some((id, "renew")) => (id, Step::Renew),
                    Some(_) => return None,
                };
                Some(Route::Link(id.to_owned(), step))
            }
        }
    }
}

/// Whether routers and cookies take it as it is written: nothing, or segments behind slashes.
fn is_base(base: &str) -> bool {
    let is_segment = |segment: &str| {
        let first = segment.bytes().next();
        first.is_some_and(|byte| byte != b':' && byte != b'*')
            && !matches!(segment, "." | "..")
            && segment
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !b";,{}?#%\"\\".contains(&byte))
    };
    base.is_empty() || base.strip_prefix('/').is_some_and(|rest| rest.split('/').all(is_segment))
}

/// Browsers write the literal of an IPv6 address in its shortest form.
fn is_shortest_literal(authority: &str) -> bool {
    let Some(literal) = authority.strip_prefix('[') else { return true };
    let literal = literal.split(']').next().unwrap_or_default();
    literal.parse::<Ipv6Addr>().is_ok_and(|address| address.to_string() == literal)
}
