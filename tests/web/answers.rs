//! What an answer reveals about an account, and the work that outlives the answer.

use super::visitor::{ALICE, BOB, Course, GOOD, NotNow, Pages, Plain, Post, TEMPLATE, token_in};
use super::{Answer, Site, Visitor};
use crate::support::events::events_of;
use futures_util::poll;
use http::StatusCode;
use password_reset::adapters::memory::MemoryStore;
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::Selector;
use password_reset::web::ResetPages;
use password_reset::{LinkTemplate, PasswordReset};
use serde_json::json;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;

const DEADLINE: Duration = Duration::from_secs(20);
const A_MOMENT: Duration = Duration::from_millis(1);
const NOBODY: &str = "nobody@example.com";

fn in_paused_time<T>(test: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_time().start_paused(true).build().unwrap().block_on(test)
}

async fn turns() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// All ways to ask for a link.
async fn asked(site: &Site, login: &str, token: &str) -> [Answer; 3] {
    let program = Visitor::new(site);
    [
        Visitor::new(site).post("/forgot", &[("login", login)]).await,
        program.json("/api/forgot", &json!({ "login": login })).await,
        program.json("/api/renew", &json!({ "token": token })).await,
    ]
}

fn assert_same(answers: &[Answer; 3], others: &[Answer; 3]) {
    for (one, other) in answers.iter().zip(others) {
        assert_eq!((one.status, &one.body), (other.status, &other.body));
        assert_eq!(one.headers, other.headers);
    }
}

#[tokio::test(start_paused = true)]
async fn a_known_and_an_unknown_login_get_the_same_bytes() {
    for course in Course::ALL {
        let site = Site::new();
        let old = site.link_for(ALICE).await;
        let good = site.link_for(ALICE).await;
        *site.post.course.lock().unwrap() = course;
        let expected = asked(&site, NOBODY, "x").await;
        assert_eq!(expected[0].status, StatusCode::OK);
        assert_eq!(expected[1].status, StatusCode::ACCEPTED);
        assert_eq!(expected[2].status, StatusCode::ACCEPTED);
        for (login, token) in [(ALICE, &old), (BOB, &good)] {
            assert_same(&asked(&site, login, token_in(token)).await, &expected);
        }
        let mails = site.mails().await.len();
        assert_eq!(mails, if matches!(course, Course::Comes) { 6 } else { 0 }, "{course:?}");
        site.store.set_disabled(2, true);
        assert_same(&asked(&site, BOB, "x").await, &expected);
        assert!(site.mails().await.is_empty());
    }
}

#[test]
fn full_places_do_not_reveal_who_has_an_account() {
    for course in Course::ALL {
        for taken_by in [ALICE, NOBODY] {
            let ((), lines) = events_of(|| in_paused_time(full_house(course, taken_by)));
            let turned_away = lines.iter().filter(|line| line.contains("turned away")).count();
            assert_eq!(turned_away, 12, "{lines:?}");
        }
    }
}

async fn full_house(course: Course, taken_by: &str) {
    let site = Site::with(|pages| pages.requests(3, DEADLINE));
    *site.post.course.lock().unwrap() = course;
    for answer in asked(&site, taken_by, "x").await {
        assert!(answer.status.is_success());
    }
    for moment in [Instant::now(), Instant::now() + DEADLINE.saturating_sub(A_MOMENT)] {
        tokio::time::sleep_until(moment).await;
        turns().await;
        let unknown = asked(&site, NOBODY, "x").await;
        assert_same(&asked(&site, ALICE, "x").await, &unknown);
        for answer in unknown {
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{course:?}");
            assert_eq!(answer.header("retry-after"), "5");
        }
    }
    tokio::time::sleep(A_MOMENT).await;
    turns().await;
    for answer in asked(&site, ALICE, "x").await {
        assert!(answer.status.is_success(), "each place is free again");
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_says_that_all_places_are_taken_and_no_link_is_lost() {
    let site = Site::with(|pages| pages.requests(2, DEADLINE));
    let (old, link) = (site.link_for(ALICE).await, site.link_for(ALICE).await);
    let browser = Visitor::new(&site);
    let (dead, page) = (browser.open(&old).await, browser.open(&link).await);
    for (path, fields) in [("/forgot", &[("login", ALICE)][..]), (&*format!("{dead}/renew"), &[])] {
        let answer = browser.post(path, fields).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.text().contains("a link that you were sent still works"));
    }
    assert_eq!(browser.post(&page, &[("password", GOOD)]).await.status, StatusCode::SEE_OTHER);
}

#[test]
fn what_does_not_end_by_its_deadline_is_given_up_and_logged() {
    let (waited, lines) = events_of(|| {
        in_paused_time(async {
            let site = Site::new();
            *site.post.course.lock().unwrap() = Course::Hangs;
            let began = Instant::now();
            Visitor::new(&site).post("/forgot", &[("login", ALICE)]).await;
            site.pages.finish().await;
            began.elapsed()
        })
    });
    assert_eq!(waited.as_secs(), DEADLINE.as_secs(), "a shutdown waits for it until then");
    let given_up = lines.iter().filter(|line| line.contains("given up at its deadline"));
    assert_eq!(given_up.count(), 1, "{lines:?}");
    assert!(!lines.join("\n").contains(ALICE), "{lines:?}");
}

fn serverless(pages: Pages) -> Pages {
    pages.requests(16, Duration::from_secs(3)).answer_at_the_deadline()
}

#[tokio::test(start_paused = true)]
async fn where_no_task_may_outlive_it_the_answer_comes_at_the_deadline_and_not_sooner_or_later() {
    for course in Course::ALL {
        let site = Site::with(serverless);
        *site.post.course.lock().unwrap() = course;
        let began = Instant::now();
        let unknown = asked(&site, NOBODY, "x").await;
        assert_eq!(began.elapsed().as_millis().next_multiple_of(10), 9000, "three answers");
        let began = Instant::now();
        let known = asked(&site, ALICE, "x").await;
        assert_eq!(began.elapsed().as_millis().next_multiple_of(10), 9000, "{course:?}");
        assert_same(&known, &unknown);
        // Whatever becomes of it was done before the answer.
        let mails = site.post.take();
        assert_eq!(mails.len(), if matches!(course, Course::Comes) { 2 } else { 0 });
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_goes_away_frees_no_place_before_the_deadline() {
    let site = Site::with(|pages| serverless(pages).requests(1, DEADLINE));
    let visitor = Visitor::new(&site);
    {
        let mut asking = pin!(visitor.post("/forgot", &[("login", ALICE)]));
        assert!(poll!(&mut asking).is_pending());
    }
    let full = visitor.post("/forgot", &[("login", ALICE)]).await;
    assert_eq!(full.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(site.mails().await.len(), 1, "what was accepted is done");
    tokio::time::sleep(DEADLINE).await;
    turns().await;
    assert_eq!(visitor.post("/forgot", &[("login", ALICE)]).await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn finish_waits_for_what_is_under_way_and_not_for_places_that_are_held() {
    let site = Site::new();
    let began = Instant::now();
    for login in [ALICE, BOB] {
        // Answered, and its task has not run yet.
        let answer = Visitor::new(&site).post("/forgot", &[("login", login)]).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    site.pages.finish().await;
    assert_eq!(site.post.take().len(), 2);
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn a_commit_goes_on_where_its_client_went_away_and_finish_waits_for_it() {
    let site = Site::new();
    let gate = Arc::new(Semaphore::new(0));
    *site.hasher.gate.lock().unwrap() = Some(Arc::clone(&gate));
    let link = site.link_for(ALICE).await;
    let browser = Visitor::new(&site);
    let page = browser.open(&link).await;
    {
        let fields = [("password", GOOD)];
        let mut setting = pin!(browser.post(&page, &fields));
        for _ in 0..10 {
            assert!(poll!(&mut setting).is_pending());
            tokio::task::yield_now().await;
        }
    }
    let mut finished = pin!(site.pages.finish());
    turns().await;
    assert!(poll!(&mut finished).is_pending());
    assert_eq!(site.password_of(ALICE), "hash of the old one");
    gate.add_permits(1);
    finished.await;
    assert_eq!(site.password_of(ALICE), format!("hash of {GOOD}"));
    assert_eq!(site.post.take().len(), 1, "the notice");
}

#[tokio::test]
async fn where_the_hasher_refuses_or_falls_over_it_is_503_and_the_link_stays_good() {
    let site = Site::new();
    let link = site.link_for(ALICE).await;
    let browser = Visitor::new(&site);
    let page = browser.open(&link).await;
    let body = json!({ "token": token_in(&link), "password": GOOD });
    for course in [Course::Fails, Course::Panics] {
        *site.hasher.course.lock().unwrap() = course;
        let shown = browser.post(&page, &[("password", GOOD)]).await;
        let told = browser.json("/api/reset", &body).await;
        assert!(shown.text().contains("Try again in a moment"), "{}", shown.text());
        assert_eq!(told.json()["code"], "busy");
        for answer in [shown, told] {
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(answer.header("retry-after"), "5");
        }
        assert!(browser.get(&page).await.has_form());
    }
    *site.hasher.course.lock().unwrap() = Course::Comes;
    assert_eq!(browser.post(&page, &[("password", GOOD)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(site.password_of(ALICE), format!("hash of {GOOD}"));
}

#[tokio::test]
async fn sixty_four_passwords_are_set_at_once_and_the_next_link_stays_good() {
    let site = Site::new();
    let gate = Arc::new(Semaphore::new(0));
    *site.hasher.gate.lock().unwrap() = Some(Arc::clone(&gate));
    let (hers, his) = (site.link_for(ALICE).await, site.link_for(BOB).await);
    let browser = Visitor::new(&site);
    let (her_page, his_page) = (browser.open(&hers).await, browser.open(&his).await);
    let fields = [("password", GOOD)];
    let sixty_four = (0..64).map(|_| browser.post(&his_page, &fields));
    let mut sixty_four = pin!(futures_util::future::join_all(sixty_four));
    assert!(poll!(&mut sixty_four).is_pending());
    let body = json!({ "token": token_in(&hers), "password": GOOD });
    for full in [browser.post(&her_page, &fields).await, browser.json("/api/reset", &body).await] {
        assert_eq!(full.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(full.header("retry-after"), "5");
    }
    gate.add_permits(65);
    for done in sixty_four.await {
        assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, &*his_page));
    }
    assert_eq!(browser.post(&her_page, &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(site.password_of(ALICE), format!("hash of {GOOD}"));
}

/// A store that can be told to answer nothing.
#[derive(Default)]
struct Moody {
    memory: MemoryStore,
    is_down: AtomicBool,
}

impl Moody {
    fn up(&self) -> Result<&MemoryStore, NotNow> {
        if self.is_down.load(Ordering::Relaxed) { Err(NotNow) } else { Ok(&self.memory) }
    }
}

impl Store for Moody {
    type AccountId = u64;
    type Error = NotNow;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<u64>>, NotNow> {
        self.up()?.find_by_login(login).await.map_err(|never| match never {})
    }

    async fn find_by_id(&self, id: &u64) -> Result<Option<Account<u64>>, NotNow> {
        self.up()?.find_by_id(id).await.map_err(|never| match never {})
    }

    async fn find_by_selector(&self, selector: &Selector) -> Result<Option<Account<u64>>, NotNow> {
        self.up()?.find_by_selector(selector).await.map_err(|never| match never {})
    }

    async fn commit(&self, change: &Change<'_, u64>) -> Result<Commit, NotNow> {
        self.up()?.commit(change).await.map_err(|never| match never {})
    }
}

#[test]
fn where_the_store_fails_it_is_503_and_logged_and_asking_tells_nothing() {
    let ((), lines) = events_of(|| in_paused_time(store_fails()));
    let text = lines.join("\n");
    assert!(text.contains("a request for a link went wrong"), "{text}");
    assert!(text.contains("a link could not be followed to the end"), "{text}");
    assert!(!text.contains("alice"), "{text}");
}

async fn store_fails() {
    let (store, post) = (Arc::new(Moody::default()), Post::default());
    store.memory.add_account(ALICE, "hash").unwrap();
    let template = LinkTemplate::new(TEMPLATE).unwrap();
    let resets = PasswordReset::builder(Arc::clone(&store), post.clone(), template);
    let pages = ResetPages::builder(resets.build().unwrap(), Plain::default()).build().unwrap();
    // The site's browsers, before these pages.
    let site = Site { pages, post, ..Site::new() };
    let link = site.link_for(ALICE).await;
    let browser = Visitor::new(&site);
    let page = browser.open(&link).await;
    store.is_down.store(true, Ordering::Relaxed);
    let token = json!({ "token": token_in(&link) });
    let reset = json!({ "token": token_in(&link), "password": GOOD });
    for answer in [
        browser.get(&link).await,
        browser.get(&page).await,
        browser.get(&format!("{page}/cancel")).await,
        browser.get(&format!("{page}/renew")).await,
        browser.post(&page, &[("password", GOOD)]).await,
        browser.post(&format!("{page}/cancel"), &[]).await,
        browser.json("/api/check", &token).await,
        browser.json("/api/cancel", &token).await,
        browser.json("/api/reset", &reset).await,
    ] {
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.header("retry-after"), "5");
        assert!(!answer.body.contains(ALICE));
    }
    for login in [ALICE, NOBODY] {
        let answer = browser.post("/forgot", &[("login", login)]).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    turns().await;
    store.is_down.store(false, Ordering::Relaxed);
    assert!(browser.get(&page).await.has_form(), "the link stays good");
}
