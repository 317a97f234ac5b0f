//! Layouts for the pages: your own page around the library's content, with three template engines.
//!
//! Pass one of these functions to `ResetPages::builder(…).layout(…)`. The last one replaces a page.

use askama::Template;
use maud::{DOCTYPE, PreEscaped, html};
use minijinja::{Environment, context};
use password_reset::web::{Page, View};

#[derive(Template)]
#[template(path = "page.html")]
struct Document<'a> {
    language: &'a str,
    head: &'a str,
    title: &'a str,
    content: &'a str,
}

/// A layout with askama. If the template fails, it returns the library's own page.
#[must_use]
pub fn with_askama(view: &View<'_>) -> String {
    let (language, head, content) = (view.translation.tag(), view.head(), view.content());
    let document = Document { language, head, title: view.title, content };
    document.render().unwrap_or_else(|_| view.document())
}

/// A layout with maud.
#[must_use]
pub fn with_maud(view: &View<'_>) -> String {
    let document = html! {
        (DOCTYPE)
        html lang=(view.translation.tag()) {
            head { (PreEscaped(view.head())) title { (view.title) " – Acme" } }
            body { header { "Acme" } main { (PreEscaped(view.content())) } }
        }
    };
    document.into_string()
}

/// A layout with minijinja, from the same file.
#[must_use]
pub fn with_minijinja(view: &View<'_>) -> String {
    let values = context! {
        language => view.translation.tag(),
        head => view.head(),
        title => view.title,
        content => view.content(),
    };
    let page = include_str!("../templates/page.html");
    // The ending `.html` makes minijinja escape what is not marked as safe.
    let document = Environment::new().render_named_str("page.html", page, values);
    document.unwrap_or_else(|_| view.document())
}

/// A layout that replaces one page and puts `with_maud` around the others.
#[must_use]
pub fn with_your_own_page(view: &View<'_>) -> String {
    let Page::Forgot { action, .. } = view.page else { return with_maud(view) };
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            head { (PreEscaped(view.head())) title { "Acme" } }
            body {
                form method="post" action=(action) {
                    label { "Who are you?" input name="login" autocomplete="username" required; }
                    button { "Go" }
                }
            }
        }
    };
    document.into_string()
}

#[cfg(test)]
mod tests {
    use super::{with_askama, with_maud, with_minijinja, with_your_own_page};
    use bytes::Bytes;
    use password_reset::adapters::memory::{MemoryStore, Outbox};
    use password_reset::hasher::PasswordHasher;
    use password_reset::web::{ResetPages, View};
    use password_reset::{LinkTemplate, PasswordReset};
    use std::convert::Infallible;

    struct InstantHasher;

    impl PasswordHasher for InstantHasher {
        type Error = Infallible;

        async fn hash(&self, _: &str) -> Result<String, Infallible> {
            Ok("hash".into())
        }
    }

    async fn page(layout: fn(&View<'_>) -> String, path: &str) -> String {
        let link = LinkTemplate::new("https://app.acme.example/reset?token={token}").unwrap();
        let resets =
            PasswordReset::builder(MemoryStore::new(), Outbox::new(), link).build().unwrap();
        let pages = ResetPages::builder(resets, InstantHasher).layout(layout).build().unwrap();
        let request = http::Request::get(path).body(Bytes::new()).unwrap();
        String::from_utf8(pages.answer(request).await.into_body().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn each_engine_puts_the_hosts_page_around_the_same_content() {
        for layout in [with_askama, with_maud, with_minijinja] {
            let page = page(layout, "/forgot").await;
            assert!(page.starts_with("<!DOCTYPE html>"), "{page}");
            assert!(page.contains("<html lang=\"en\">") && page.contains("<header>Acme</header>"));
            assert!(page.contains("<title>Forgotten password? – Acme</title>"), "{page}");
            assert!(page.contains("<form method=\"post\" action=\"/forgot\">"), "{page}");
            assert!(page.contains("<link rel=\"stylesheet\""), "{page}");
            assert!(!page.contains("&lt;"), "{page}");
        }
    }

    #[tokio::test]
    async fn a_page_is_replaced_and_the_others_stay() {
        let forgot = page(with_your_own_page, "/forgot").await;
        assert!(forgot.contains("Who are you?") && !forgot.contains("Email address"), "{forgot}");
        let other = page(with_your_own_page, "/reset?token=x").await;
        assert!(other.contains("This link does not work"), "{other}");
    }
}
