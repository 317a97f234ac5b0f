//! The content security policy of the pages, with the sources that a host adds.

use super::WebError;
use http::HeaderValue;

/// What every page may load and do. Hosts can add sources and cannot remove any.
const POLICY: [(&str, &str); 6] = [
    ("default-src", "'none'"),
    ("script-src", "'self'"),
    ("style-src", "'self'"),
    ("form-action", "'self'"),
    ("base-uri", "'none'"),
    ("frame-ancestors", "'none'"),
];

/// The directives that a host may widen.
const WIDENABLE: [&str; 7] =
    ["script-src", "style-src", "img-src", "font-src", "connect-src", "form-action", "media-src"];

pub(super) fn content_security_policy(
    sources: &[(String, String)],
) -> Result<HeaderValue, WebError> {
    let mut policy = POLICY.map(|(name, source)| (name, source.to_owned())).to_vec();
    for (directive, source) in sources {
        let is_source = !source.is_empty()
            && source.bytes().all(|byte| byte.is_ascii_graphic() && !b";,".contains(&byte))
            && source != "'none'";
        if !WIDENABLE.contains(&&**directive) || !is_source {
            return Err(WebError::Source(format!("{directive} {source}")));
        }
        match policy.iter_mut().find(|(name, _)| name == directive) {
            Some((_, present)) => *present = format!("{present} {source}"),
            None => policy.push((directive, source.clone())),
        }
    }
    let policy: Vec<_> = policy.iter().map(|(name, all)| format!("{name} {all}")).collect();
    let policy = policy.join("; ");
    HeaderValue::try_from(&policy).map_err(|_| WebError::Source(policy))
}
