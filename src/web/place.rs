//! Where the pages stand, which the link template says.

use super::assets::{Asset, SCRIPT, STYLE};
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
    /// The whole paths that requests arrive with.
    routes: Vec<(String, Route)>,
    /// Whether cookies travel over TLS only.
    pub(super) is_secure: bool,
}

/// What a path asks for.
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

/// What to do with an opened link.
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

/// Below the base. A path of the API never has a page's.
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

/// Where codes are typed, if there are any.
#[cfg(feature = "codes")]
const CODE_ROUTES: [(&str, Route); 2] =
    [("/api/code", Route::Api(Call::Code)), ("/code", Route::Code)];
#[cfg(not(feature = "codes"))]
const CODE_ROUTES: [(&str, Route); 0] = [];

impl Place {
    /// The template is `<origin><base>/reset?token={token}`, or any where the API stands alone at
    /// its own base.
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

    /// A path below the base, as browsers see it.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("{}{rest}", self.base)
    }

    /// The path of an opened link, which its cookie has as well.
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

    /// Whole paths, as routers take them.
    pub(super) fn routes(&self) -> Vec<String> {
        self.routes.iter().map(|(path, _)| path.clone()).collect()
    }

    /// Whether a path without a route is answered as the API's are.
    pub(super) fn is_api(&self, path: &str) -> bool {
        let has_pages = self.routes.iter().any(|(_, route)| matches!(route, Route::Forgot));
        !has_pages || path.contains("/api/")
    }

    /// What a path asks for, with the id in it.
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

/// The origin of an address as browsers write it, and what stands behind it.
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

/// Browsers write an IPv6 address in its shortest form, without the dots of an IPv4 address.
fn is_shortest(literal: &str) -> bool {
    let is_it = |address: Ipv6Addr| address.to_string() == literal && !literal.contains('.');
    literal.parse().is_ok_and(is_it)
}

/// Whether routers and cookies take it as it is written: nothing, or segments behind slashes.
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
