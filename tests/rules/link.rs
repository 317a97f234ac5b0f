//! Which link templates are accepted, and the links that they make.

use crate::support::runner;
use password_reset::token::ResetToken;
use password_reset::{LinkError, LinkTemplate};
use proptest::prelude::*;
use std::cell::RefCell;
use std::collections::BTreeMap;
use url::{Host, Url};

const TOKEN: &str = "Zm9yZ290dGVuLXBhc3N3b3JkLWNhbmFyeS1pbi1hLXRlc3QA";

fn url_of(template: &LinkTemplate) -> String {
    template.link(&ResetToken::parse(TOKEN).unwrap()).expose_url().to_owned()
}

#[test]
fn the_token_stands_where_the_template_says() {
    for (template, url) in [
        ("https://app.example.com/{token}", format!("https://app.example.com/{TOKEN}")),
        ("https://a.example/r/{token}/new?x=1", format!("https://a.example/r/{TOKEN}/new?x=1")),
        ("https://a.example?t={token}&l=en", format!("https://a.example?t={TOKEN}&l=en")),
        ("https://a.example/#{token}", format!("https://a.example/#{TOKEN}")),
        ("https://a.example:8443/?t={token}", format!("https://a.example:8443/?t={TOKEN}")),
        ("https://[2001:db8::1]/?t={token}", format!("https://[2001:db8::1]/?t={TOKEN}")),
        ("https://[::1]:8443/?t={token}", format!("https://[::1]:8443/?t={TOKEN}")),
        ("https://192.0.2.1/?t={token}", format!("https://192.0.2.1/?t={TOKEN}")),
        ("https://A1.example./?t={token}", format!("https://A1.example./?t={TOKEN}")),
        ("https://a.example/%7Eu/?t={token}", format!("https://a.example/%7Eu/?t={TOKEN}")),
        ("https://a.example/.a/...?t=../{token}", format!("https://a.example/.a/...?t=../{TOKEN}")),
        ("https://a.example/#/../{token}/..", format!("https://a.example/#/../{TOKEN}/..")),
        ("https://a.example/..{token}.", format!("https://a.example/..{TOKEN}.")),
    ] {
        assert_eq!(url_of(&LinkTemplate::new(template).unwrap()), url);
    }
}

#[test]
fn a_bad_link_is_refused_with_its_reason() {
    for (template, error) in [
        ("", LinkError::NotHttps),
        ("http://app.example.com/?t={token}", LinkError::NotHttps),
        ("javascript:alert('{token}')", LinkError::NotHttps),
        ("data:text/html,{token}", LinkError::NotHttps),
        ("//app.example.com/?t={token}", LinkError::NotHttps),
        ("/reset?t={token}", LinkError::NotHttps),
        ("app.example.com/?t={token}", LinkError::NotHttps),
        ("https:/app.example.com/?t={token}", LinkError::NotHttps),
        (" https://app.example.com/?t={token}", LinkError::NotHttps),
        ("https:///reset?t={token}", LinkError::Host),
        ("https://?t={token}", LinkError::Host),
        ("https://#{token}", LinkError::Host),
        ("https://:443/?t={token}", LinkError::Host),
        ("https://./?t={token}", LinkError::Host),
        ("https://-/?t={token}", LinkError::Host),
        ("https://-app.example.com/?t={token}", LinkError::Host),
        ("https://app-.example.com/?t={token}", LinkError::Host),
        ("https://app_1.example.com/?t={token}", LinkError::Host),
        ("https://0.1/?t={token}", LinkError::Host),
        ("https://127.0.0.0x1/?t={token}", LinkError::Host),
        ("https://1.2.3.4.5/?t={token}", LinkError::Host),
        ("https://256.0.0.1/?t={token}", LinkError::Host),
        ("https://a..example/?t={token}", LinkError::Host),
        ("https://user@app.example.com/?t={token}", LinkError::Host),
        ("https://user:secret@app.example.com/?t={token}", LinkError::Host),
        ("https://app.example.com:443@evil.example/?t={token}", LinkError::Host),
        ("https://[::1]@evil.example/?t={token}", LinkError::Host),
        ("https://app.example.com:/?t={token}", LinkError::Host),
        ("https://app.example.com:0/?t={token}", LinkError::Host),
        ("https://app.example.com:+443/?t={token}", LinkError::Host),
        ("https://app.example.com:65536/?t={token}", LinkError::Host),
        ("https://app.example.com:8443:8443/?t={token}", LinkError::Host),
        ("https://[::1/?t={token}", LinkError::Host),
        ("https://::1/?t={token}", LinkError::Host),
        ("https://[::1]8443/?t={token}", LinkError::Host),
        ("https://[]/?t={token}", LinkError::Host),
        ("https://[localhost]/?t={token}", LinkError::Host),
        ("https://%65vil.example/?t={token}", LinkError::Host),
        ("https://{token}.example.com/", LinkError::Host),
        ("https://app.example.com:{token}/", LinkError::Host),
        ("https://app.example.com{token}", LinkError::Host),
        ("https://app.example.com", LinkError::NoToken),
        ("https://app.example.com/?t={TOKEN}", LinkError::NoToken),
        ("https://app.example.com/?t={ token }", LinkError::NoToken),
        ("https://app.example.com/?t={token}&u={token}", LinkError::SeveralTokens),
        ("https://app.example.com/?t={{token}}", LinkError::Character),
        ("https://app.example.com/{lang}?t={token}", LinkError::Character),
        ("https://app.example.com/a b?t={token}", LinkError::Character),
        ("https://app.example.com/\t?t={token}", LinkError::Character),
        ("https://app.example.com/?t={token}\n", LinkError::Character),
        ("https://app.example.com/?t={token}\r\nBcc: eve@evil.example", LinkError::Character),
        ("https://app.example.com/\0?t={token}", LinkError::Character),
        ("https://evil.example\\@app.example.com/?t={token}", LinkError::Character),
        ("https:\\\\app.example.com/?t={token}", LinkError::NotHttps),
        ("https://app.example.com/?t={token}\"><script>", LinkError::Character),
        ("https://exämple.com/?t={token}", LinkError::Character),
        ("https://аpp.example.com/?t={token}", LinkError::Character),
        ("https://app.example.com/ü?t={token}", LinkError::Character),
        ("https://app.example.com/?t=%{token}", LinkError::Character),
        ("https://app.example.com/?t=%2{token}", LinkError::Character),
        ("https://app.example.com/?t={token}%", LinkError::Character),
        ("https://app.example.com/{token}/../reset", LinkError::DotSegment),
        ("https://app.example.com/{token}/..", LinkError::DotSegment),
        ("https://app.example.com/{token}/%2e%2E?x=1", LinkError::DotSegment),
        ("https://app.example.com/{token}/.%2e#x", LinkError::DotSegment),
        ("https://app.example.com/../{token}", LinkError::DotSegment),
        ("https://app.example.com/./{token}", LinkError::DotSegment),
        ("https://app.example.com/%2e/?t={token}", LinkError::DotSegment),
        ("https://app.example.com/%zz?t={token}", LinkError::Character),
    ] {
        assert_eq!(LinkTemplate::new(template).unwrap_err(), error, "{template}");
    }
}

/// RFC 3986, section 2: unreserved, general and other delimiters.
#[test]
fn only_the_characters_of_a_uri_are_taken() {
    let permitted = ["-._~", ":/?#[]@", "!$&'()*+,;="].concat();
    for character in (0..0x250).filter_map(char::from_u32).filter(|c| *c != '%') {
        let taken = LinkTemplate::new(&format!("https://a.example/?{character}={{token}}"));
        let expected = character.is_ascii_alphanumeric() || permitted.contains(character);
        assert_eq!(taken.is_ok(), expected, "{character:?}");
    }
}

#[test]
fn a_template_has_at_most_512_bytes() {
    let of_length = |length: usize| {
        let start = "https://app.example.com/?t={token}&x=";
        format!("{start}{}", "a".repeat(length - start.len()))
    };
    LinkTemplate::new(&of_length(512)).unwrap();
    for length in [513, 1 << 20] {
        assert_eq!(LinkTemplate::new(&of_length(length)).unwrap_err(), LinkError::TooLong);
    }
}

#[test]
fn plain_http_stays_on_this_machine() {
    for host in
        ["localhost", "localhost:3000", "127.0.0.1:3000", "127.9.9.9", "[::1]:3000", "[::1]"]
    {
        let template = format!("http://{host}/?t={{token}}");
        let link = LinkTemplate::insecure_loopback(&template).unwrap();
        assert_eq!(url_of(&link), template.replace("{token}", TOKEN));
    }
    for template in [
        "https://localhost/?t={token}",
        "http://app.example.com/?t={token}",
        "http://localhost.evil.example/?t={token}",
        "http://127.0.0.1.evil.example/?t={token}",
        "http://evil.example/localhost?t={token}",
        "http://0.0.0.0/?t={token}",
        "http://192.168.0.1/?t={token}",
        "http://[::]/?t={token}",
        "http://[::ffff:127.0.0.1]/?t={token}",
        "http://[2001:db8::1]/?t={token}",
    ] {
        let refused = LinkTemplate::insecure_loopback(template).unwrap_err();
        assert_eq!(refused, LinkError::NotLoopback, "{template}");
    }
    for (template, error) in [
        ("http://localhost@evil.example/?t={token}", LinkError::Host),
        ("http://localhost:80@evil.example/?t={token}", LinkError::Host),
        ("http://localhost\\.evil.example/?t={token}", LinkError::Character),
        ("http://localhost/", LinkError::NoToken),
    ] {
        assert_eq!(LinkTemplate::insecure_loopback(template).unwrap_err(), error, "{template}");
    }
}

#[test]
fn plain_http_goes_to_a_private_network_only_where_that_is_said_loudly() {
    for host in [
        "10.1.2.3",
        "172.16.0.1:8080",
        "192.168.0.1",
        "169.254.1.1",
        "[fd00::1]",
        "[fe80::1]:3000",
        "127.0.0.1",
        "localhost",
        "intranet",
        "intranet.:8080",
        "accounts.corp.internal",
        "Printer.LOCAL",
        "nas.home.arpa",
    ] {
        let template = format!("http://{host}/?t={{token}}");
        let link = LinkTemplate::insecure_private_network(&template).unwrap();
        assert_eq!(url_of(&link), template.replace("{token}", TOKEN));
        assert!(LinkTemplate::new(&template).is_err(), "{host}");
    }
    for host in [
        "app.example.com",
        "172.32.0.1",
        "11.0.0.1",
        "100.64.0.1",
        "0.0.0.0",
        "[2001:db8::1]",
        "[::ffff:192.168.0.1]",
        "internal.example.com",
        "local.example",
        "10.0.0.1.example.com",
    ] {
        let template = format!("http://{host}/?t={{token}}");
        let refused = LinkTemplate::insecure_private_network(&template).unwrap_err();
        assert_eq!(refused, LinkError::NotPrivate, "{host}");
    }
    let https = LinkTemplate::insecure_private_network("https://10.0.0.1/?t={token}");
    assert_eq!(https.unwrap_err(), LinkError::NotPrivate);
}

#[test]
fn a_mailer_can_take_the_token_alone() {
    for template in ["https://app.example.com/{token}", "https://app.example.com/{token}/x?y#z"] {
        let link = LinkTemplate::new(template).unwrap().link(&ResetToken::parse(TOKEN).unwrap());
        assert_eq!(link.expose_token(), TOKEN);
    }
}

#[test]
fn a_link_is_not_printed() {
    let template = LinkTemplate::new("https://app.example.com/?t={token}").unwrap();
    let link = template.link(&ResetToken::parse(TOKEN).unwrap());
    assert!(!format!("{link:?}").contains(TOKEN));
}

/// Templates near the line between good and bad: a plausible one, with up to two
/// pieces put in anywhere.
fn near_template() -> impl Strategy<Value = String> {
    let host = prop_oneof![
        "[a-zA-Z0-9.-]{1,12}",
        Just("[::1]".to_owned()),
        "[0-9]{1,3}(\\.[0-9]{1,3}){0,4}",
        Just("localhost".to_owned()),
    ];
    let port = prop_oneof![Just(String::new()), ":[0-9]{0,6}"];
    let path = "(/[a-zA-Z0-9._~-]{0,5}){0,3}(\\?[a-z=&%0-9]{0,8})?(#[a-z]{0,3})?";
    let piece = prop_oneof![
        r"[@:/?#\[\]%\\ .\t{}]",
        Just("{token}".to_owned()),
        Just("//".to_owned()),
        Just("@evil.example".to_owned()),
        prop::sample::select(vec!["/../", "/./", "/%2e%2E/", "/.%2e"]).prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    let inserts = prop::collection::vec((any::<prop::sample::Index>(), piece), 0..3);
    (host, port, path, inserts).prop_map(|(host, port, path, inserts)| {
        let mut template: Vec<String> =
            format!("https://{host}{port}/{path}").chars().map(String::from).collect();
        template.push("{token}".into());
        for (at, piece) in inserts {
            template.insert(at.index(template.len() + 1), piece);
        }
        template.concat()
    })
}

#[test]
fn whatever_is_taken_leads_to_its_own_host_with_the_token_once() {
    let reached = RefCell::new(BTreeMap::new());
    let property = |template: String| {
        let taken = LinkTemplate::new(&template);
        let kind = taken.as_ref().map_or_else(|error| format!("{error:?}"), |_| "taken".into());
        *reached.borrow_mut().entry(kind).or_insert(0) += 1;
        let Ok(link) = taken else { return Ok(()) };

        let url = url_of(&link);
        prop_assert_eq!(&url, &template.replace("{token}", TOKEN));
        prop_assert_eq!(url.matches(TOKEN).count(), 1);
        prop_assert!(url.bytes().all(|byte| byte.is_ascii_graphic()));

        let read =
            Url::parse(&url).map_err(|error| TestCaseError::fail(format!("{url}: {error}")))?;
        prop_assert_eq!(read.scheme(), "https");
        prop_assert_eq!((read.username(), read.password()), ("", None));
        prop_assert_eq!(read.as_str().matches(TOKEN).count(), 1, "{} is read as {}", url, read);
        let written = &url["https://".len()..];
        let leads_there = match read.host().unwrap() {
            Host::Ipv6(address) => {
                let literal = written[1..].split(']').next().unwrap();
                literal.parse() == Ok(address)
            }
            host => written.to_ascii_lowercase().starts_with(&host.to_string()),
        };
        prop_assert!(leads_there, "{} leads to {:?}", url, read.host());
        Ok(())
    };
    runner(8192).run(&near_template(), property).unwrap();
    let reached = reached.into_inner();
    for (kind, least) in [
        ("taken", 1000),
        ("Host", 500),
        ("Character", 500),
        ("SeveralTokens", 100),
        ("DotSegment", 50),
    ] {
        assert!(reached[kind] >= least, "{kind} in {reached:?}");
    }
}

#[test]
fn no_text_is_too_odd_to_be_checked() {
    let property = |text: String| {
        let _ = LinkTemplate::new(&text);
        let _ = LinkTemplate::insecure_loopback(&text);
        Ok(())
    };
    runner(2048).run(&"(https?://)?\\PC*(\\{token\\})?\\PC*", property).unwrap();
}
