//! The connection dies during a change, which is reported as a success only if it took effect.

mod proxy;

use crate::support::codes::{with_codes, wrong};
use crate::support::host::{Server, Tables, address};
use crate::support::url::url;
use password_reset::adapters::memory::{Mail, ManualClock, Outbox};
use password_reset::adapters::sql::{SqlError, SqlStore};
use password_reset::service::{Fault, ResetError};
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::{Ledger, Refusal, ResetToken, Selector, TokenIssuer};
use password_reset::{LinkTemplate, PasswordReset};
use proxy::{Cut, Proxy, Statement, Wire};
use sqlx::pool::PoolOptions;
use sqlx::{MySql, Pool, Postgres};
use std::sync::Mutex;
use std::time::Duration;
use time::UtcDateTime;
use url::Url;

/// Cuts its own connection at the commit that it was told to.
struct Unlucky<S> {
    store: S,
    proxy: Proxy,
    next: Mutex<Option<Cut>>,
}

impl<S: Store> Store for Unlucky<S> {
    type AccountId = S::AccountId;
    type Error = S::Error;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<S::AccountId>>, S::Error> {
        self.store.find_by_login(login).await
    }

    async fn find_by_id(
        &self,
        id: &S::AccountId,
    ) -> Result<Option<Account<S::AccountId>>, S::Error> {
        self.store.find_by_id(id).await
    }

    async fn find_by_selector(
        &self,
        selector: &Selector,
    ) -> Result<Option<Account<S::AccountId>>, S::Error> {
        self.store.find_by_selector(selector).await
    }

    async fn commit(&self, change: &Change<'_, S::AccountId>) -> Result<Commit, S::Error> {
        let redeems = change.password_hash().is_some();
        let statement = if redeems { Statement::Commit } else { Statement::Prepared };
        match self.next.lock().unwrap().take() {
            Some(cut) => self.proxy.arm(statement, cut),
            None => self.proxy.release(),
        }
        self.store.commit(change).await
    }
}

/// A service with one account and one connection, and a way past the proxy.
struct World<DB: Server> {
    direct: Pool<DB>,
    tables: Tables,
    proxy: Proxy,
    clock: ManualClock,
    resets: PasswordReset<Unlucky<SqlStore<DB::Driver, i64>>, Outbox>,
}

impl<DB: Server> World<DB> {
    async fn new(wire: Wire, url: &str) -> Self {
        let direct = PoolOptions::new().max_connections(2).connect(url).await.unwrap();
        let tables = Tables::new();
        tables.create(&direct, 1).await;
        tables.sign_in(&direct, 1).await.unwrap();

        let mut url = Url::parse(url).unwrap();
        let port = url.port().unwrap_or(if wire == Wire::Postgres { 5432 } else { 3306 });
        let server = format!("{}:{port}", url.host_str().unwrap());
        let proxy = Proxy::start(wire, server).await;
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(proxy.address.port())).unwrap();
        let (name, value) =
            if wire == Wire::Postgres { ("sslmode", "disable") } else { ("ssl-mode", "disabled") };
        url.query_pairs_mut().append_pair(name, value);
        let pool: Pool<DB> =
            PoolOptions::new().max_connections(1).connect(url.as_str()).await.unwrap();

        let store = tables.store(&pool).await;
        let store = Unlucky { store, proxy: proxy.clone(), next: Mutex::default() };
        let clock = ManualClock::new(UtcDateTime::UNIX_EPOCH);
        let link = LinkTemplate::new("https://app.example.com/#{token}").unwrap();
        let builder = PasswordReset::builder(store, Outbox::new(), link);
        let builder = builder.issuer(with_codes(TokenIssuer::builder()));
        let resets = builder.clock(clock.clone()).build().unwrap();
        Self { direct, tables, proxy, clock, resets }
    }

    fn cut_at_the_next_commit(&self, cut: Cut) {
        *self.resets.store().next.lock().unwrap() = Some(cut);
    }

    async fn request(&self) -> &'static str {
        self.resets.request(&address(1)).await.outcome_for_logs().code()
    }

    /// The one mail that was sent.
    fn mail(&self) -> Mail {
        let mut mails = self.resets.mailer().take();
        assert_eq!(mails.len(), 1);
        mails.remove(0)
    }

    /// The token in the one mail that was sent.
    fn mailed(&self) -> String {
        self.mail().link().unwrap().expose_token().to_owned()
    }

    /// A link's token, and the code beside it.
    async fn link_with_code(&self) -> (String, String) {
        assert_eq!(self.request().await, "sent");
        let mail = self.mail();
        let code = mail.code().unwrap().expose_digits().to_owned();
        (mail.link().unwrap().expose_token().to_owned(), code)
    }

    async fn exchange(&self, code: &str) -> (Option<ResetToken>, &'static str) {
        let (token, handled) = self.resets.exchange(&address(1), code).await;
        (token, handled.outcome_for_logs().code())
    }

    /// How many wrong codes are counted.
    async fn counted(&self) -> u8 {
        let account = self.resets.store().find_by_login(&address(1)).await.unwrap().unwrap();
        Ledger::decode(&account.ledger.unwrap()).unwrap().wrong_codes()
    }

    async fn link(&self) -> String {
        assert_eq!(self.request().await, "sent");
        self.mailed()
    }

    async fn redeem(&self, token: &str) -> Result<(), ResetError<SqlError>> {
        self.resets.accept(token, "Abcdefg1").await?.commit("new").await.map(drop)
    }

    async fn refusal(&self, token: &str) -> Option<Refusal> {
        self.resets.check(token).await.err().map(|error| error.refusal().unwrap())
    }

    /// That the password is `hash`, that sessions ended with the first, and that so many
    /// notices were sent since the last look.
    async fn assert_password(&self, hash: &str, notices: usize) {
        assert_eq!(self.tables.passwords(&self.direct).await, [(1, hash.to_owned())]);
        let sessions = self.tables.sessions(&self.direct).await.len();
        assert_eq!(sessions, usize::from(hash == "first"));
        let mails = self.resets.mailer().take();
        assert!(mails.iter().all(|mail| matches!(mail, Mail::PasswordChanged { .. })));
        assert_eq!(mails.len(), notices);
    }

    async fn end(self) {
        assert_eq!(self.proxy.cuts(), 1, "the connection was cut");
        self.tables.drop(&self.direct).await;
    }
}

const CUTS: [Cut; 3] = [Cut::Never, Cut::BeforeTheClientIsCutOff, Cut::AfterTheClientIsCutOff];

async fn a_redemption_whose_answer_is_lost_is_reported_as_a_success<DB: Server>(
    wire: Wire,
    url: &str,
) {
    for cut in CUTS {
        let world = World::<DB>::new(wire, url).await;
        let token = world.link().await;
        world.cut_at_the_next_commit(cut);
        world.redeem(&token).await.unwrap_or_else(|error| panic!("{cut:?}: {error:?}"));
        world.assert_password("new", 1).await;
        assert_eq!(world.refusal(&token).await, Some(Refusal::Used));
        world.end().await;
    }
}

async fn a_request_mails_the_link_that_was_stored<DB: Server>(wire: Wire, url: &str) {
    for cut in CUTS {
        for is_first in [true, false] {
            let world = World::<DB>::new(wire, url).await;
            if !is_first {
                world.link().await;
                world.clock.advance(Duration::from_secs(60));
            }
            world.cut_at_the_next_commit(cut);
            assert_eq!(world.request().await, "sent", "{cut:?}");
            let token = world.mailed();
            assert_eq!(world.refusal(&token).await, None);
            assert_eq!(world.request().await, "throttled", "one link was issued");
            world.end().await;
        }
    }
}

async fn a_cancellation_whose_answer_is_lost_is_reported_as_a_success<DB: Server>(
    wire: Wire,
    url: &str,
) {
    for cut in CUTS {
        let world = World::<DB>::new(wire, url).await;
        let token = world.link().await;
        world.cut_at_the_next_commit(cut);
        world.resets.cancel(&token).await.unwrap();
        assert_eq!(world.refusal(&token).await, Some(Refusal::Revoked));
        world.assert_password("first", 0).await;
        world.end().await;
    }
}

async fn an_exchange_whose_answer_is_lost_is_reported_as_a_success<DB: Server>(
    wire: Wire,
    url: &str,
) {
    for cut in CUTS {
        let world = World::<DB>::new(wire, url).await;
        let (link, code) = world.link_with_code().await;
        world.cut_at_the_next_commit(cut);
        let (token, told) = world.exchange(&code).await;
        assert_eq!(told, "exchanged", "{cut:?}");
        let token = token.unwrap();
        assert_eq!(world.exchange(&code).await.1, "no_code", "{cut:?}");
        assert_eq!(
            (world.refusal(token.expose_text()).await, world.refusal(&link).await),
            (None, None)
        );
        world.redeem(token.expose_text()).await.unwrap();
        assert_eq!(world.refusal(&link).await, Some(Refusal::Used));
        world.end().await;
    }
}

async fn a_wrong_code_whose_answer_is_lost_is_counted<DB: Server>(wire: Wire, url: &str) {
    for cut in CUTS {
        let world = World::<DB>::new(wire, url).await;
        let (link, code) = world.link_with_code().await;
        world.cut_at_the_next_commit(cut);
        assert_eq!(world.exchange(&wrong(&code, 1)).await.1, "wrong_code", "{cut:?}");
        let counted = world.counted().await;
        match cut {
            Cut::Never => assert_eq!(counted, 1),
            // The service cannot tell that it was the same code.
            Cut::BeforeTheClientIsCutOff => assert_eq!(counted, 2),
            Cut::AfterTheClientIsCutOff => assert!([1, 2].contains(&counted), "{counted}"),
        }
        assert_eq!(world.refusal(&link).await, None);
        assert_eq!(world.exchange(&code).await.1, "exchanged", "{cut:?}");
        world.end().await;
    }
}

async fn a_code_that_cannot_be_looked_up_is_a_fault<DB: Server>(wire: Wire, url: &str) {
    for cut in [Cut::Never, Cut::BeforeTheClientIsCutOff] {
        for is_right in [true, false] {
            let world = World::<DB>::new(wire, url).await;
            let (link, code) = world.link_with_code().await;
            world.cut_at_the_next_commit(cut);
            world.proxy.go_down_after_the_cut();
            let typed = if is_right { code.clone() } else { wrong(&code, 1) };
            let (token, told) = world.exchange(&typed).await;
            assert_eq!((token.is_none(), told), (true, "failed"), "{cut:?}");
            world.proxy.come_up();
            let took_effect = cut != Cut::Never;
            assert_eq!(world.counted().await, u8::from(took_effect && !is_right));
            let is_spent = took_effect && is_right;
            let later = world.exchange(&code).await.1;
            assert_eq!(later, if is_spent { "no_code" } else { "exchanged" }, "{cut:?}");
            world.redeem(&link).await.expect("whoever lost the token has the link");
            world.end().await;
        }
    }
}

async fn a_redemption_that_cannot_be_looked_up_is_a_fault<DB: Server>(wire: Wire, url: &str) {
    for cut in [Cut::Never, Cut::BeforeTheClientIsCutOff] {
        let world = World::<DB>::new(wire, url).await;
        let token = world.link().await;
        world.cut_at_the_next_commit(cut);
        world.proxy.go_down_after_the_cut();
        let told = world.redeem(&token).await.unwrap_err();
        assert!(matches!(told, ResetError::Fault(Fault::Store(_))), "{told:?}");
        world.proxy.come_up();
        if cut == Cut::Never {
            world.assert_password("first", 0).await;
            world.redeem(&token).await.expect("the link still works");
            world.assert_password("new", 1).await;
        } else {
            world.assert_password("new", 0).await;
        }
        assert_eq!(world.refusal(&token).await, Some(Refusal::Used));
        world.end().await;
    }
}

async fn a_request_that_cannot_be_looked_up_mails_nothing<DB: Server>(wire: Wire, url: &str) {
    for cut in [Cut::Never, Cut::BeforeTheClientIsCutOff] {
        let world = World::<DB>::new(wire, url).await;
        world.cut_at_the_next_commit(cut);
        world.proxy.go_down_after_the_cut();
        assert_eq!(world.request().await, "failed");
        world.proxy.come_up();
        world.assert_password("first", 0).await;
        if cut != Cut::Never {
            assert_eq!(world.request().await, "throttled", "a link was issued");
            world.clock.advance(Duration::from_secs(60));
        }
        let token = world.link().await;
        assert_eq!(world.refusal(&token).await, None, "whoever lost a mail gets one");
        world.end().await;
    }
}

macro_rules! on_each_server {
    ($($property:ident)*) => {
        mod postgres {
            $(#[tokio::test]
            async fn $property() {
                let Some(url) = super::url("TEST_POSTGRES_URL") else { return };
                super::$property::<super::Postgres>(super::Wire::Postgres, &url).await;
            })*
        }
        mod mysql {
            $(#[tokio::test]
            async fn $property() {
                let Some(url) = super::url("TEST_MYSQL_URL") else { return };
                super::$property::<super::MySql>(super::Wire::MySql, &url).await;
            })*
        }
    };
}

on_each_server! {
    a_redemption_whose_answer_is_lost_is_reported_as_a_success
    a_request_mails_the_link_that_was_stored
    a_cancellation_whose_answer_is_lost_is_reported_as_a_success
    an_exchange_whose_answer_is_lost_is_reported_as_a_success
    a_wrong_code_whose_answer_is_lost_is_counted
    a_code_that_cannot_be_looked_up_is_a_fault
    a_redemption_that_cannot_be_looked_up_is_a_fault
    a_request_that_cannot_be_looked_up_mails_nothing
}
