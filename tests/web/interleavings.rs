//! Two links in one browser, in every order of the possible steps.

use super::visitor::{ALICE, BOB, FORM, token_in};
use super::{Site, Visitor};
use http::{Request, StatusCode};

/// What is done, with the first or the second link.
#[derive(Clone, Copy, Debug)]
enum Step {
    Open(usize),
    /// A foreign page sends the browser to the link.
    Lead(usize),
    Show(usize),
    Post(usize),
    /// A foreign page sends the form.
    Forge(usize),
    Cancel(usize),
}

use Step::{Cancel, Forge, Lead, Open, Post, Show};

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Live,
    Used,
    Superseded,
    Cancelled,
}

/// A link, and what is true of it.
struct Tab {
    login: &'static str,
    link: String,
    page: String,
    is_open: bool,
    state: State,
}

impl Tab {
    async fn new(site: &Site, login: &'static str, state: State) -> Self {
        let link = site.link_for(login).await;
        // Where it leads, which another browser learns without telling this one.
        let page = Visitor::new(site).open(&link).await;
        Self { login, link, page, is_open: false, state }
    }

    fn password(&self) -> String {
        format!("Correct horse 7 by {}", &token_in(&self.link)[16..])
    }

    fn sentence(&self) -> String {
        match self.state {
            State::Live => format!("This is for the account {}.", self.login),
            State::Used => "Your password was set".to_owned(),
            State::Superseded => "A newer link was asked for.".to_owned(),
            State::Cancelled => "This link was cancelled.".to_owned(),
        }
    }
}

struct Scene<'s> {
    site: &'s Site,
    browser: Visitor<'s>,
    tabs: [Tab; 2],
}

impl Scene<'_> {
    async fn take(&mut self, step: Step) {
        match step {
            Open(tab) => self.open("none", tab).await,
            Lead(tab) => self.open("cross-site", tab).await,
            Show(tab) => self.show(tab).await,
            Post(tab) => self.post(tab).await,
            Forge(tab) => self.forge(tab).await,
            Cancel(tab) => self.cancel(tab).await,
        }
        for login in [ALICE, BOB] {
            let of_it = self.tabs.iter().filter(|tab| tab.login == login);
            let used = of_it.into_iter().find(|tab| tab.state == State::Used);
            let expected = used.map_or("hash of the old one".to_owned(), |used| {
                format!("hash of {}", used.password())
            });
            assert_eq!(self.site.password_of(login), expected);
        }
    }

    async fn open(&mut self, from: &str, tab: usize) {
        let tab = &mut self.tabs[tab];
        let opened = self.browser.go(from, &tab.link).await;
        assert_eq!((opened.status, opened.header("location")), (StatusCode::SEE_OTHER, &*tab.page));
        tab.is_open = true;
    }

    /// The page says what is true of its own link, and nothing of another.
    async fn show(&self, tab: usize) {
        let (tab, other) = (&self.tabs[tab], &self.tabs[1 - tab]);
        let shown = self.browser.get(&tab.page).await;
        if !tab.is_open {
            assert_eq!(shown.status, StatusCode::NOT_FOUND);
            return assert!(shown.text().contains("Open the link once more"), "{}", shown.text());
        }
        assert!(shown.text().contains(&tab.sentence()), "{:?}: {}", tab.state, shown.text());
        let is_live = tab.state == State::Live;
        assert_eq!(shown.body.contains(tab.login), is_live, "{}", shown.body);
        assert!(tab.login == other.login || !shown.body.contains(other.login), "{}", shown.body);
        assert_eq!(shown.has_form(), is_live);
    }

    async fn post(&mut self, tab: usize) {
        let tab = &mut self.tabs[tab];
        let posted = self.browser.post(&tab.page, &[("password", &tab.password())]).await;
        let expected = match (tab.is_open, tab.state) {
            (false, _) => StatusCode::NOT_FOUND,
            (true, State::Live | State::Used) => StatusCode::SEE_OTHER,
            (true, State::Superseded | State::Cancelled) => StatusCode::GONE,
        };
        assert_eq!(posted.status, expected, "{}", posted.text());
        if expected == StatusCode::GONE {
            assert!(posted.text().contains(&tab.sentence()), "{}", posted.text());
        }
        if expected == StatusCode::SEE_OTHER {
            assert_eq!(posted.header("location"), tab.page);
            tab.state = State::Used;
        }
    }

    /// As if a browser sent its cookies with it, which `SameSite` forbids.
    async fn forge(&self, tab: usize) {
        for path in ["", "/cancel", "/renew"] {
            let request = Request::post(format!("{}{path}", self.tabs[tab].page))
                .header("Content-Type", FORM)
                .header("Sec-Fetch-Site", "cross-site")
                .header("Origin", "https://evil.example");
            let forged = self.browser.send(request, "password=Correct+horse+666").await;
            assert_eq!(forged.status, StatusCode::FORBIDDEN);
        }
    }

    async fn cancel(&mut self, tab: usize) {
        let tab = &mut self.tabs[tab];
        let cancelled = self.browser.post(&format!("{}/cancel", tab.page), &[]).await;
        if tab.is_open {
            assert_eq!(cancelled.status, StatusCode::SEE_OTHER);
            assert_eq!(cancelled.header("location"), tab.page);
            if tab.state == State::Live {
                tab.state = State::Cancelled;
            }
        } else {
            assert_eq!(cancelled.status, StatusCode::NOT_FOUND);
        }
    }
}

/// Every order of the steps.
fn orders(steps: &[Step]) -> Vec<Vec<Step>> {
    if steps.is_empty() {
        return vec![Vec::new()];
    }
    let first = |at: usize| {
        let mut rest = steps.to_vec();
        let step = rest.remove(at);
        orders(&rest).into_iter().map(move |order| [vec![step], order].concat())
    };
    (0..steps.len()).flat_map(first).collect()
}

async fn in_every_order(logins: [&'static str; 2], is_first_newer: bool, steps: &[Step]) {
    let orders = orders(steps);
    assert_eq!(orders.len(), (1..=steps.len()).product::<usize>());
    for order in orders {
        let site = Site::new();
        let is_one_account = logins[0] == logins[1];
        let state = |is_newer: bool| {
            if is_newer || !is_one_account { State::Live } else { State::Superseded }
        };
        let [first, second] = logins;
        let tabs = if is_first_newer {
            let second = Tab::new(&site, second, state(false)).await;
            [Tab::new(&site, first, state(true)).await, second]
        } else {
            let first = Tab::new(&site, first, state(false)).await;
            [first, Tab::new(&site, second, state(true)).await]
        };
        let mut scene = Scene { site: &site, browser: Visitor::new(&site), tabs };
        for step in &order {
            scene.take(*step).await;
        }
        for tab in 0..2 {
            scene.show(tab).await;
        }
    }
}

#[tokio::test]
async fn links_of_two_accounts_never_meet_in_any_order() {
    let steps = [Open(0), Open(1), Show(0), Post(0), Post(1), Cancel(0)];
    in_every_order([ALICE, BOB], false, &steps).await;
}

#[tokio::test]
async fn an_older_link_never_sets_a_password_in_any_order() {
    let steps = [Open(0), Open(1), Show(0), Post(0), Post(1), Cancel(0)];
    in_every_order([ALICE, ALICE], false, &steps).await;
}

#[tokio::test]
async fn a_newer_link_is_good_whatever_is_done_with_an_older_one_in_any_order() {
    let steps = [Open(0), Open(1), Show(0), Post(0), Post(1), Cancel(0)];
    in_every_order([ALICE, ALICE], true, &steps).await;
}

#[tokio::test]
async fn an_attackers_link_changes_nothing_of_the_form_that_is_open_in_any_order() {
    let steps = [Open(0), Lead(1), Post(0), Forge(0), Forge(1), Cancel(0)];
    in_every_order([ALICE, BOB], false, &steps).await;
}
