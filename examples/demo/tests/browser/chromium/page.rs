use super::Chromium;
use axum::http::Method;
use fantoccini::actions::{
    InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction,
};
use fantoccini::key::Key;
use fantoccini::wd::{WebDriverCompatibleCommand, WindowHandle};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::time::Duration;
use url::{ParseError, Url};

pub(crate) struct Tab(WindowHandle);

/// What the browser shows, and what its visitor does.
pub(crate) struct Page {
    client: Client,
    demo: String,
    /// The statuses of pages that say that something is wrong. Chromium's console repeats them.
    refusals: RefCell<Vec<u64>>,
}

/// An item of the checklist, as the page shows it.
#[derive(Debug, PartialEq)]
pub(crate) struct Marked {
    pub(crate) code: String,
    /// `None` where nothing is said.
    pub(crate) met: Option<bool>,
    pub(crate) is_shown: bool,
}

impl Marked {
    /// Reads what [`READ_CHECKLIST`] gives.
    pub(crate) fn read(item: &Value) -> Self {
        let text = |index: usize| item[index].as_str().unwrap();
        let met = match (text(1), text(2)) {
            ("", "") => None,
            ("met", "Met: ") => Some(true),
            ("missing", "Missing: ") => Some(false),
            contradiction => panic!("{contradiction:?}"),
        };
        Self { code: text(0).to_owned(), met, is_shown: item[3].as_bool().unwrap() }
    }
}

/// An expression for the checklist as it stands. The class is what most visitors see; the
/// hidden words are what a screen reader reads.
pub(crate) const READ_CHECKLIST: &str = r#"
    Array.from(document.querySelectorAll("[data-requirement]"), (item) => [
        item.dataset.requirement,
        item.className,
        item.querySelector(".hidden")?.textContent ?? "",
        item.getClientRects().length > 0,
    ])
"#;

impl Page {
    pub(super) async fn connect(driver: &str, capabilities: Value, demo: &str) -> Self {
        let Value::Object(capabilities) = capabilities else { panic!("an object") };
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(capabilities).connect(driver).await.unwrap();
        Self { client, demo: demo.to_owned(), refusals: RefCell::default() }
    }

    pub(crate) async fn emulate(&self, chromium: &Chromium) {
        let size = json!({
            "width": chromium.width,
            "height": chromium.height,
            "deviceScaleFactor": chromium.scale,
            "mobile": chromium.is_phone,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
        let scheme = if chromium.is_dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// Opens an empty tab and goes there; gives the one that was left.
    pub(crate) async fn open_tab(&self) -> Tab {
        let left = self.client.window().await.unwrap();
        let opened = self.client.new_window(true).await.unwrap();
        self.client.switch_to_window(opened.handle).await.unwrap();
        Tab(left)
    }

    pub(crate) async fn switch_to(&self, tab: Tab) -> Tab {
        let left = self.client.window().await.unwrap();
        self.client.switch_to_window(tab.0).await.unwrap();
        Tab(left)
    }

    pub(crate) async fn reload(&self) {
        self.client.refresh().await.unwrap();
    }

    pub(crate) async fn go_back(&self) {
        self.client.back().await.unwrap();
    }

    /// Opens a path, or a whole address.
    pub(crate) async fn open(&self, target: &str) {
        let own = format!("{}{target}", self.demo);
        self.client.goto(if target.starts_with('/') { &own } else { target }).await.unwrap();
    }

    /// Waits for a page that was not seen before: the one with this heading, that came with
    /// this status. It loads nothing from elsewhere.
    pub(crate) async fn shows(&self, heading: &str, status: u64) {
        self.arrives(status).await;
        assert_eq!(self.text("h1").await, heading);
    }

    /// The same in whatever language.
    pub(crate) async fn arrives(&self, status: u64) {
        let is_new = "return !window.isSeen && document.readyState === 'complete'";
        // Between two pages there is nothing to ask.
        while !self.client.execute(is_new, vec![]).await.is_ok_and(|is_new| is_new == true) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.run("window.isSeen = true", vec![]).await;
        let answered = "return performance.getEntriesByType('navigation')[0].responseStatus";
        assert_eq!(self.run(answered, vec![]).await, status);
        if status >= 400 {
            self.refusals.borrow_mut().push(status);
        }
        let loaded = "return performance.getEntriesByType('resource').map(({ name }) => name)";
        let loaded = self.run(loaded, vec![]).await;
        for address in loaded.as_array().unwrap() {
            let path = address.as_str().unwrap().strip_prefix(&self.demo).unwrap_or_default();
            let kind = path.strip_prefix("/reset.").and_then(|name| name.split('.').nth(1));
            assert!(path == "/site.css" || ["css", "js"].map(Some).contains(&kind), "{address}");
        }
    }

    pub(crate) async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap()
    }

    /// The value of an expression.
    pub(crate) async fn value(&self, expression: &str) -> Value {
        self.run(&format!("return ({expression})"), vec![]).await
    }

    pub(crate) async fn text(&self, css: &str) -> String {
        self.client.find(Locator::Css(css)).await.unwrap().text().await.unwrap()
    }

    pub(crate) async fn address(&self) -> String {
        self.client.current_url().await.unwrap().into()
    }

    pub(crate) async fn is_displayed(&self, css: &str) -> bool {
        self.client.find(Locator::Css(css)).await.unwrap().is_displayed().await.unwrap()
    }

    pub(crate) async fn click(&self, css: &str) {
        self.client.find(Locator::Css(css)).await.unwrap().click().await.unwrap();
    }

    /// Types into a field after what is there.
    pub(crate) async fn type_into(&self, css: &str, text: &str) {
        self.client.find(Locator::Css(css)).await.unwrap().send_keys(text).await.unwrap();
    }

    /// Presses a key, wherever the focus is.
    pub(crate) async fn press(&self, key: Key) {
        self.press_each(&[key.into()]).await;
    }

    /// Types, wherever the focus is.
    pub(crate) async fn type_text(&self, text: &str) {
        self.press_each(&text.chars().collect::<Vec<_>>()).await;
    }

    async fn press_each(&self, keys: &[char]) {
        let actions = keys.iter().fold(KeyActions::new("keyboard".into()), |actions, &value| {
            actions.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        self.client.perform_actions(actions).await.unwrap();
    }

    /// What each item of the checklist says, in order.
    pub(crate) async fn checklist(&self) -> Vec<Marked> {
        let items = self.value(READ_CHECKLIST).await;
        items.as_array().unwrap().iter().map(Marked::read).collect()
    }

    /// Presses a button twice, faster than an answer comes.
    pub(crate) async fn double_click(&self, css: &str) {
        let button = self.client.find(Locator::Css(css)).await.unwrap();
        let to_it =
            PointerAction::MoveToElement { element: button, duration: None, x: 0.0, y: 0.0 };
        let press = || PointerAction::Down { button: MOUSE_BUTTON_LEFT };
        let release = || PointerAction::Up { button: MOUSE_BUTTON_LEFT };
        let twice = MouseActions::new("mouse".into()).then(to_it);
        let rest = PointerAction::Pause { duration: Duration::from_millis(100) };
        let twice = twice.then(press()).then(release()).then(rest).then(press()).then(release());
        self.client.perform_actions(twice).await.unwrap();
    }

    /// The value of a script that calls its last argument when it is done.
    pub(crate) async fn run_async(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute_async(script, arguments).await.unwrap()
    }

    pub(crate) async fn devtools(&self, method: &'static str, parameters: Value) -> Value {
        let body = json!({ "cmd": method, "params": parameters });
        self.client.issue_cmd(Post { path: "goog/cdp/execute", body }).await.unwrap()
    }

    pub(crate) async fn screenshot(&self) -> Vec<u8> {
        self.client.screenshot().await.unwrap()
    }

    pub(super) async fn assert_silent_console(&self) {
        let body = json!({ "type": "browser" });
        let entries = self.client.issue_cmd(Post { path: "se/log", body }).await.unwrap();
        let mut refusals = self.refusals.take();
        for entry in entries.as_array().unwrap() {
            let message = entry["message"].as_str().unwrap();
            let expected = refusals.iter().position(|status| {
                entry["source"] == "network"
                    && message.contains(&format!("responded with a status of {status} "))
            });
            refusals.remove(expected.unwrap_or_else(|| panic!("{entry:#}")));
        }
    }

    pub(super) async fn close(self) {
        self.client.close().await.unwrap();
    }
}

/// A command of Chromium's driver alone.
#[derive(Debug)]
struct Post {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Post {
    fn endpoint(&self, base_url: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base_url.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
