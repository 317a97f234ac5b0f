use crate::text;
use password_reset::token::ResetToken;
use password_reset::{LinkError, LinkTemplate};
use url::{Host, ParseError, Url};

const TOKEN: &str = "Zm9yZ290dGVuLXBhc3N3b3JkLWNhbmFyeS1pbi1hLXRlc3QR";
const PLACEHOLDER: &str = "{token}";

/// Text as a link's template: what is taken leads a browser to the host that it names, with
/// the token where it says.
pub fn link_template(data: &[u8]) {
    let template = &*text(data);
    if template.contains(TOKEN) {
        return;
    }
    let secure = LinkTemplate::new(template);
    let loopback = LinkTemplate::insecure_loopback(template);
    let private = LinkTemplate::insecure_private_network(template);
    if let Err(error) = secure {
        assert_is_the_reason(template, error, "https://", LinkError::NotHttps);
    }
    for (insecure, elsewhere) in
        [(&loopback, LinkError::NotLoopback), (&private, LinkError::NotPrivate)]
    {
        if let Err(error) = *insecure {
            let is_elsewhere = error == elsewhere && template.starts_with("http://");
            if !is_elsewhere {
                assert_is_the_reason(template, error, "http://", elsewhere);
            }
        }
    }
    assert!(secure.is_err() || private.is_err(), "{template} is both");
    assert!(loopback.is_err() || private.is_ok(), "loopback is private: {template}");
    if let Ok(link) = secure {
        let _ = assert_leads_there(&link, template, "https");
    }
    if let Ok(link) = private {
        let url = assert_leads_there(&link, template, "http");
        let host = url.as_ref().and_then(Url::host);
        assert!(host.as_ref().is_none_or(is_private), "{template} leads elsewhere");
        let is_near = host.is_some_and(|host| is_loopback(&host));
        assert!(loopback.is_err() || is_near, "{template} leads elsewhere");
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// By the first octets, not by the standard library's own functions.
fn is_private(host: &Host<&str>) -> bool {
    is_loopback(host)
        || match host {
            Host::Domain(name) => {
                let name = name.trim_end_matches('.');
                let is_of = |domain: &&str| name.ends_with(*domain);
                !name.contains('.') || [".internal", ".local", ".home.arpa"].iter().any(is_of)
            }
            Host::Ipv4(address) => matches!(
                address.octets(),
                [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [169, 254, ..]
            ),
            Host::Ipv6(address) => {
                let first = address.segments()[0];
                first & 0xFE00 == 0xFC00 || first & 0xFFC0 == 0xFE80
            }
        }
}

/// The first of the rules that it misses, in their order.
fn assert_is_the_reason(template: &str, error: LinkError, scheme: &str, other: LinkError) {
    let tokens = template.matches(PLACEHOLDER).count();
    let rest = template.replace(PLACEHOLDER, "");
    let is_odd = |c: char| !c.is_ascii_graphic() || "\"<>\\^`{|}%".contains(c);
    match error {
        _ if !template.starts_with(scheme) => assert_eq!(error, other),
        LinkError::TooLong => assert!(template.len() > 512),
        _ if template.len() > 512 => panic!("{error:?} of {} bytes", template.len()),
        LinkError::NoToken => assert_eq!(tokens, 0),
        _ if tokens == 0 => panic!("{error:?} where there is no token"),
        LinkError::SeveralTokens => assert!(tokens > 1),
        LinkError::Character => assert!(rest.contains(is_odd), "{template}"),
        LinkError::Host => {}
        LinkError::DotSegment => {
            assert!(template.contains('.') || template.contains("%2"), "{template}");
        }
        error => panic!("{error:?} of {template}"),
    }
}

/// Gives the link as a browser reads it. There is one kind that no browser does: that whose
/// host has an encoded label (`xn--`) of which no name comes, since telling these from others
/// would take the tables of IDNA.
fn assert_leads_there(link: &LinkTemplate, template: &str, scheme: &str) -> Option<Url> {
    let link = link.link(&ResetToken::parse(TOKEN).unwrap());
    let text = link.expose_url();
    assert!(!format!("{link:?}").contains(TOKEN));
    assert_eq!(text, template.replace(PLACEHOLDER, TOKEN));
    assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "{text:?}");
    assert!(template.starts_with(scheme) && template.len() <= 512);
    assert_eq!(template.matches(PLACEHOLDER).count(), 1);
    assert_eq!(text.matches(TOKEN).count(), 1);
    let before = &text[..text.find(TOKEN).unwrap()];
    let half = before.rfind('%').is_some_and(|at| before.len() - at < 3);
    assert!(!half, "the token's start is taken for an encoded character in {text}");

    let (_, rest) = template.split_once("://").unwrap();
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(ParseError::IdnaError) if authority.to_ascii_lowercase().contains("xn--") => {
            return None;
        }
        Err(error) => panic!("{text}: {error}"),
    };
    assert_eq!((url.scheme(), url.username(), url.password()), (scheme, "", None));
    let written = match url.host().unwrap() {
        Host::Ipv6(address) => {
            let literal = authority[1..].split(']').next().unwrap();
            assert_eq!(literal.parse(), Ok(address));
            format!("[{literal}]")
        }
        Host::Ipv4(address) => address.to_string(),
        Host::Domain(name) => name.to_owned(),
    };
    let port =
        authority.to_ascii_lowercase().strip_prefix(&written.to_ascii_lowercase()).map(|port| {
            match port.strip_prefix(':') {
                Some(port) => port.parse().ok(),
                None => url.port_or_known_default().filter(|_| port.is_empty()),
            }
        });
    assert_eq!(port, Some(url.port_or_known_default()), "{text} leads to {url}");

    let (before, fragment) = rest.split_once('#').map_or((rest, ""), |(b, f)| (b, f));
    let (path, query) = before.split_once('?').map_or((before, ""), |(p, q)| (p, q));
    let read = [url.path(), url.query().unwrap_or(""), url.fragment().unwrap_or("")];
    for (read, written) in read.into_iter().zip([path, query, fragment]) {
        let (read, written) = (read.matches(TOKEN).count(), written.matches(PLACEHOLDER).count());
        assert_eq!(read, written, "{text} is read as {url}");
    }
    Some(url)
}
