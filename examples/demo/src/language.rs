//! The language that a visitor reads.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use password_reset::words::Translations;

/// Returns the tag of the language, among those of the mails, that comes nearest to what the
/// browser wishes; `None` where it wishes nothing.
pub(crate) fn wished(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
    let mut wishes: Vec<_> = values.flat_map(|value| value.split(',')).filter_map(wish).collect();
    // Of two with one weight the first stays first.
    wishes.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    let translations = Translations::default();
    let nearest = translations.choose(wishes.iter().map(|(tag, _)| *tag));
    (!wishes.is_empty()).then(|| nearest.tag().to_owned())
}

/// Reads a tag and its weight, such as `pl;q=0.8` (RFC 9110, section 12.5.4). `None` where it is
/// no wish: any language, one that is not wished, or something that cannot be read.
fn wish(item: &str) -> Option<(&str, f32)> {
    let (tag, weight) = item.split_once(';').unwrap_or((item, "q=1"));
    let (tag, weight) = (tag.trim(), weight.trim().strip_prefix("q=")?.parse().ok()?);
    let is_wish = !matches!(tag, "" | "*") && weight > 0.0 && weight <= 1.0;
    is_wish.then_some((tag, weight))
}

#[cfg(test)]
mod tests {
    use super::wished;
    use axum::http::HeaderMap;
    use axum::http::header::ACCEPT_LANGUAGE;

    #[test]
    fn the_most_wished_language_of_the_mails_is_taken() {
        for (header, language) in [
            ("pl", Some("pl")),
            ("pl-PL,pl;q=0.9,en-US;q=0.8,en;q=0.7", Some("pl")),
            ("en;q=0.5, ja", Some("ja")),
            ("de;q=0.8, fr;q=0.8", Some("de")),
            // What the mails do not speak gives way to what they do.
            ("cy, sv;q=0.9, de;q=0.8", Some("de")),
            ("cy", Some("en")),
            ("ar;q=0, tr;q=0.1", Some("tr")),
            ("*", None),
            ("", None),
            (",;,;q=1,de;q=x,de;q=NaN,de;q=-1,de;q=2,de;level=1", None),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT_LANGUAGE, header.parse().unwrap())]);
            assert_eq!(wished(&headers).as_deref(), language, "{header}");
        }
        assert_eq!(wished(&HeaderMap::new()), None);
    }
}
