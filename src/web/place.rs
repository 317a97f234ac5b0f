//! The addresses of the pages, which follow from the link's template.

use super::WebError;
use super::assets::{Asset, SCRIPT, STYLE};
use crate::link::LinkTemplate;
use core::net::Ipv6Addr;

/// The end of every template of the pages, before the token.
const ENDING: &str = "/reset?token=";

/// The origin and the paths of the pages.
#[derive(Debug)]
pub(super) struct Place {
    /// Scheme, host and port, as browsers send them in `Origin`.
    pub(super) origin: String,
    /// The path before every page, as browsers see it.
    base: String,
    /// The whole paths with which requests arrive.
    routes: Vec<(String, Route)>,
    /// Whether cookies are sent over TLS only.
    pub(super) is_secure: bool,
}

/// What a path leads to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Route {
    Forgot,
    Open,
    Link(Step),
    #[cfg(feature = "codes")]
    Code,
    Api(Call),
    Asset(&'static Asset),
    ChangePassword,
}

/// A page of an opened link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Form,
    Cancel,
    Renew,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Call {
    Forgot,
    Check,
    Reset,
    Cancel,
    Renew,
    Policy,
    #[cfg(feature = "codes")]
    Code,
}

/// The paths below the base. No path of the API is also a page's.
const ROUTES: [(&str, Route); 11] = [
    ("/api/forgot", Route::Api(Call::Forgot)),
    ("/api/check", Route::Api(Call::Check)),
    ("/api/reset", Route::Api(Call::Reset)),
    ("/api/cancel", Route::Api(Call::Cancel)),
    ("/api/renew", Route::Api(Call::Renew)),
    ("/api/policy", Route::Api(Call::Policy)),
    ("/forgot", Route::Forgot),
    ("/reset", Route::Open),
    ("/reset/{id}", Route::Link(Step::Form)),
    ("/reset/{id}/cancel", Route::Link(Step::Cancel)),
    ("/reset/{id}/renew", Route::Link(Step::Renew)),
];

/// The paths at which codes are typed, if the mails have any.
#[cfg(feature = "codes")]
const CODE_ROUTES: [(&str, Route); 2] =
    [("/api/code", Route::Api(Call::Code)), ("/code", Route::Code)];
#[cfg(not(feature = "codes"))]
const CODE_ROUTES: [(&str, Route); 0] = [];

impl Place {
    /// Reads a template of the form `<origin><base>/reset?token={token}`, or of any form if the API
    /// is served alone, at `api_base`.
    pub(super) fn new(
        link: &LinkTemplate,
        api_base: Option<&str>,
        served_at: Option<&str>,
        has_codes: bool,
    ) -> Result<Self, WebError> {
        let (before, after) = link.parts();
        let (origin, path) = origin_of(before).ok_or(WebError::Template)?;
        let own_base =
            || path.strip_suffix(ENDING).filter(|base| after.is_empty() && is_base(base));
        let base = api_base.or_else(own_base).ok_or(WebError::Template)?;
        let served = served_at.unwrap_or(base);
        if !is_base(base) || !is_base(served) {
            return Err(WebError::Base);
        }
        let below = |(path, route): (&str, Route)| (format!("{served}{path}"), route);
        let mut routes: Vec<_> = ROUTES.map(below).into();
        routes.extend(CODE_ROUTES.map(below).into_iter().filter(|_| has_codes));
        if api_base.is_some() {
            routes.retain(|(_, route)| matches!(route, Route::Api(_)));
        } else {
            let assets: [&Asset; 2] = [&STYLE, &SCRIPT];
            routes.extend(assets.map(|asset| below((&asset.path, Route::Asset(asset)))));
            routes.push(("/.well-known/change-password".to_owned(), Route::ChangePassword));
        }
        let is_secure = origin.starts_with("https:");
        Ok(Self { origin, base: base.to_owned(), routes, is_secure })
    }

    /// Returns a path below the base, as browsers see it.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("{}{rest}", self.base)
    }

    /// Returns the path of an opened link, which is also the path of its cookie.
    pub(super) fn link(&self, id: &str) -> String {
        self.step(id, Step::Form)
    }

    pub(super) fn step(&self, id: &str, step: Step) -> String {
        let end = match step {
            Step::Form => "",
            Step::Cancel => "/cancel",
            Step::Renew => "/renew",
        };
        self.path(&format!("/reset/{id}{end}"))
    }

    /// Returns the whole paths, as routers take them.
    pub(super) fn routes(&self) -> Vec<String> {
        self.routes.iter().map(|(path, _)| path.clone()).collect()
    }

    /// Whether a path without a route gets the API's 404 rather than a page.
    pub(super) fn is_api(&self, path: &str) -> bool {
        let has_pages = self.routes.iter().any(|(_, route)| matches!(route, Route::Forgot));
        !has_pages || path.contains("/api/")
    }

    /// Finds the route of a path, with the id in it.
    pub(super) fn route<'p>(&self, path: &'p str) -> Option<(Route, &'p str)> {
        self.routes.iter().find_map(|(pattern, route)| match pattern.split_once("{id}") {
            None => (pattern == path).then_some((*route, "")),
            Some((start, end)) => {
                let id = path.strip_prefix(start)?.strip_suffix(end)?;
                (!id.contains('/')).then_some((*route, id))
            }
        })
    }
}

/// Splits an address into its origin, as browsers write it, and the rest.
pub(super) fn origin_of(address: &str) -> Option<(String, &str)> {
    let (scheme, rest) = address.split_once("://")?;
    let default_port = match scheme {
        "https" => 443,
        "http" => 80,
        _ => return None,
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let authority = authority.to_ascii_lowercase();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse::<u16>().ok()?),
        _ => (&*authority, default_port),
    };
    let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(literal) => is_shortest(literal),
        None => host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte)),
    };
    let port = if port == default_port { String::new() } else { format!(":{port}") };
    (is_host && !host.is_empty()).then(|| (format!("{scheme}://{host}{port}"), path))
}

/// Whether an IPv6 address is written as browsers write it: in its shortest form, without the dots
/// of an IPv4 address.
fn is_shortest(literal: &str) -> bool {
    let is_it = |address: Ipv6Addr| address.to_string() == literal && !literal.contains('.');
    literal.parse().is_ok_and(is_it)
}

/// Whether routers and cookies take the base as it is written: empty, or segments after slashes.
fn is_base(base: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b";,{}?#%\"\\".contains(&byte);
    let is_segment = |segment: &str| {
        let first = segment.bytes().next();
        first.is_some_and(|byte| byte != b':' && byte != b'*')
            && !matches!(segment, "." | "..")
            && segment.bytes().all(is_plain)
    };
    base.is_empty() || base.strip_prefix('/').is_some_and(|rest| rest.split('/').all(is_segment))
}
