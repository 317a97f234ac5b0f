mod driver;
mod page;

pub(crate) use page::{Marked, Page, READ_CHECKLIST};

use crate::environment;
use crate::support::Demo;
use driver::Driver;
use serde_json::{Value, json};
use std::time::Duration;

/// Longer than any test takes, so that one that waits in vain ends.
const WATCHDOG: Duration = Duration::from_mins(5);

/// Another name than `localhost` for this machine. Over plain http it is to browsers what any other
/// machine is, and they say nothing of a request but its origin.
pub(crate) const INTRANET: &str = "intranet";

/// The window, and what a visitor may have chosen.
#[derive(Clone, Copy)]
pub(crate) struct Chromium {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) scale: u32,
    pub(crate) is_phone: bool,
    pub(crate) is_dark: bool,
    pub(crate) runs_scripts: bool,
    pub(crate) language: &'static str,
}

impl Chromium {
    pub(crate) const DESKTOP: Self = Self {
        width: 1024,
        height: 768,
        scale: 1,
        is_phone: false,
        is_dark: false,
        runs_scripts: true,
        language: "en",
    };

    pub(crate) const PHONE: Self =
        Self { width: 360, height: 640, scale: 1, is_phone: true, ..Self::DESKTOP };

    /// Runs a test in a browser of its own, with a demo of its own; at its end the browser's
    /// console must be empty. Where there is no browser the test is skipped.
    pub(crate) fn visit(self, test: impl AsyncFnOnce(&Page, &mut Demo)) {
        self.visit_with(Demo::start, test);
    }

    /// The same with a demo that is started otherwise.
    pub(crate) fn visit_with(
        self,
        start: impl FnOnce() -> Demo,
        test: impl AsyncFnOnce(&Page, &mut Demo),
    ) {
        let Some(program) = environment::url("TEST_CHROMEDRIVER") else { return };
        let driver = Driver::start(&program);
        let mut demo = start();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let visit = async {
            let page = Page::connect(&driver.url, self.capabilities(&driver), &demo.origin).await;
            page.emulate(&self).await;
            test(&page, &mut demo).await;
            page.assert_silent_console().await;
            page.close().await;
        };
        let ended = runtime.block_on(async { tokio::time::timeout(WATCHDOG, visit).await });
        assert!(ended.is_ok(), "something that the test waits for never comes");
    }

    fn capabilities(&self, driver: &Driver) -> Value {
        let profile = format!("--user-data-dir={}", driver.folder.path().join("profile").display());
        let names = format!("--host-resolver-rules=MAP {INTRANET} 127.0.0.1");
        let arguments = [
            "--headless",
            // Root, as in most containers, has no sandbox.
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-quic",
            "--disable-dev-shm-usage",
            &names,
            &profile,
        ];
        let mut preferences = json!({ "intl.accept_languages": self.language });
        if !self.runs_scripts {
            preferences["profile.managed_default_content_settings.javascript"] = json!(2);
        }
        json!({
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": { "args": arguments, "prefs": preferences },
        })
    }
}
