//! What must hold after a kill.

use crate::journal::{Journal, Reader, Record};
use crate::support::host::{Server, Tables, address};
use crate::workload::{ACCOUNTS, Resets, resets};
use password_reset::adapters::memory::ManualClock;
use password_reset::adapters::sql::SqlStore;
use password_reset::store::Store;
use password_reset::token::{Issue, IssueState, Ledger, Refusal};
use sqlx::Pool;
use std::sync::Arc;
use std::time::Duration;
use time::UtcDateTime;

const COOLDOWN: Duration = Duration::from_secs(60);

pub(crate) struct Verifier {
    reader: Reader,
    /// When, for the messages.
    pub(crate) context: String,
    /// The accounts whose newest link was never mailed.
    lost: Vec<i64>,
    lost_in_all: usize,
    exchanged: usize,
    cut_short: usize,
}

/// One account as it was found.
struct Found<'a> {
    id: i64,
    hash: &'a String,
    issues: &'a [Issue],
    wrong_codes: u8,
    record: &'a Record,
}

impl Verifier {
    pub(crate) fn new(reader: Reader) -> Self {
        let (context, lost) = (String::new(), Vec::new());
        Self { reader, context, lost, lost_in_all: 0, exchanged: 0, cut_short: 0 }
    }

    pub(crate) fn summary(&self, kills: u32) -> String {
        let Self { reader, lost_in_all, exchanged, cut_short, .. } = self;
        format!(
            "{kills} kills over {} mails: {lost_in_all} lost, {exchanged} codes exchanged, \
             {cut_short} redemptions without an answer",
            reader.mails
        )
    }

    /// Looks at every account, and gives a time after everything that was done.
    pub(crate) async fn verify<DB: Server>(
        &mut self,
        pool: &Pool<DB>,
        tables: &Tables,
    ) -> UtcDateTime {
        self.reader.catch_up();
        self.lost.clear();
        let store = tables.store(pool).await;
        let mut ledgers = Vec::new();
        for id in 1..=ACCOUNTS {
            ledgers.push(ledger::<DB>(&store, id).await);
        }
        let issues = || ledgers.iter().flatten().flat_map(Ledger::issues);
        let now = issues().map(Issue::issued_at).max().unwrap_or(UtcDateTime::UNIX_EPOCH);

        let nobody = Arc::new(Journal::open("/dev/null".as_ref(), || {}));
        let resets = resets(pool, tables, nobody, ManualClock::new(now), COOLDOWN).await;
        let (passwords, sessions) = (tables.passwords(pool).await, tables.sessions(pool).await);
        for ((id, hash), ledger) in passwords.iter().zip(&ledgers) {
            let record = self.reader.records.entry(address(*id)).or_default();
            let sessions: Vec<_> =
                sessions.iter().filter(|(of, _)| of == id).map(|(_, hash)| hash).collect();
            let issues = ledger.as_ref().map_or(&[][..], Ledger::issues);
            let wrong_codes = ledger.as_ref().map_or(0, Ledger::wrong_codes);
            let found = Found { id: *id, hash, issues, wrong_codes, record };
            found.password_and_ledger_go_together(&self.context);
            found.sessions_ended_where_redeemed(&sessions, &self.context);
            found.links_work_or_say_why_not::<DB>(&resets, &self.context).await;
            found.codes_are_as_they_were_told::<DB>(&resets, &self.context).await;
            if found.lost_a_mail() {
                self.lost.push(*id);
            }
            let was_cut_short = found.was_cut_short();
            self.cut_short += usize::from(was_cut_short);
            self.exchanged += record.exchanged.len();
            // What is older was judged at the kills before.
            record.redeemed = Some(hash.clone());
            record.wrong_codes *= u8::from(!was_cut_short);
            record.exchanged.clear();
            record.mails.drain(..record.mails.len().saturating_sub(40));
            record.sessions.clone_from(&sessions.into_iter().cloned().collect());
        }
        self.lost_in_all += self.lost.len();
        now
    }

    /// Requests a link for each account that lost a mail, at once and again after the cooldown, and
    /// returns the time from which to go on.
    pub(crate) async fn mail_again_after_a_loss<DB: Server>(
        &self,
        pool: &Pool<DB>,
        tables: &Tables,
        mailer: Arc<Journal>,
        now: UtcDateTime,
    ) -> UtcDateTime {
        let clock = ManualClock::new(now + COOLDOWN);
        let resets = resets(pool, tables, mailer, clock, COOLDOWN).await;
        for id in &self.lost {
            let handled = resets.request(&address(*id)).await;
            let outcome = handled.outcome_for_logs();
            assert_eq!(outcome.code(), "sent", "{outcome:?} {}", self.context);
            let mail = resets.mailer().latest_mail(*id).unwrap();
            resets.check(&mail.token).await.unwrap();
        }
        now + COOLDOWN + Duration::from_secs(1)
    }
}

async fn ledger<DB: Server>(store: &SqlStore<DB::Driver, i64>, id: i64) -> Option<Ledger> {
    let account = store.find_by_login(&address(id)).await.unwrap().unwrap();
    account.ledger.map(|bytes| Ledger::decode(&bytes).unwrap())
}

impl Found<'_> {
    /// The old password and an unredeemed link, or the new one and the link redeemed. The
    /// hash that a redemption sets is its token.
    fn password_and_ledger_go_together(&self, context: &str) {
        let is_redeemed = |issue: &&Issue| matches!(issue.state(), IssueState::Redeemed { .. });
        let last = self.issues.iter().rev().find(is_redeemed).map(Issue::issued_at);
        let set_by = self.record.mails.iter().find(|mail| mail.token == *self.hash);
        let set_by = set_by.map(|mail| mail.asked_at);
        if last.is_some() || set_by.is_some_and(|asked_at| !self.was_pushed_out(asked_at)) {
            assert_eq!(set_by, last, "{} {context}: the password is not the link's", self.id);
        }
        // Who was told of a new password has it, or a newer one.
        if let Some(redeemed) = &self.record.redeemed {
            let sent =
                |token: &String| self.record.mails.iter().position(|mail| mail.token == *token);
            let is_as_new = redeemed == self.hash || sent(redeemed) < sent(self.hash);
            assert!(is_as_new, "{} {context}: a redemption was undone", self.id);
        }
        let live = self.issues.iter().filter(|issue| issue.state() == IssueState::Live);
        assert!(live.count() <= 1, "{} {context}: two live links", self.id);
    }

    fn sessions_ended_where_redeemed(&self, sessions: &[&String], context: &str) {
        let id = self.id;
        let outlived = sessions.iter().filter(|hash| **hash != self.hash).count();
        assert_eq!(outlived, 0, "{id} {context}: sessions outlived their password");
        let begun = self.record.sessions.iter().filter(|hash| *hash == self.hash).count();
        assert!(sessions.len() >= begun, "{id} {context}: sessions ended without a redemption");
    }

    async fn links_work_or_say_why_not<DB: Server>(&self, resets: &Resets<DB>, context: &str) {
        let mut good = 0;
        for mail in &self.record.mails {
            match resets.check(&mail.token).await.map_err(|error| error.refusal()) {
                Ok(_) => good += 1,
                Err(Some(Refusal::Unknown)) => {
                    assert!(self.was_pushed_out(mail.asked_at), "{} {context}: unknown", self.id);
                }
                Err(refusal) => assert!(refusal.is_some(), "{} {context}", self.id),
            }
        }
        assert!(good <= 1, "{} {context}: {good} links work", self.id);
    }

    /// Each wrong code that was answered is counted, and each token for a code is as good as the
    /// link.
    async fn codes_are_as_they_were_told<DB: Server>(&self, resets: &Resets<DB>, context: &str) {
        let (id, told, counted) = (self.id, self.record.wrong_codes, self.wrong_codes);
        assert!(
            told <= counted || self.was_cut_short(),
            "{id} {context}: {told} wrong codes were told, and {counted} are counted"
        );
        let told = async |token| {
            let checked = resets.check(token).await;
            checked.map(drop).map_err(|error| error.refusal().unwrap())
        };
        for (link, token) in &self.record.exchanged {
            assert_eq!(told(link).await, told(token).await, "{id} {context}: link and token");
        }
    }

    fn was_pushed_out(&self, asked_at: UtcDateTime) -> bool {
        self.issues.len() == 16 && self.issues.iter().all(|issue| asked_at < issue.issued_at())
    }

    fn lost_a_mail(&self) -> bool {
        self.issues.last().is_some_and(|newest| {
            newest.state() == IssueState::Live
                && self.record.mails.iter().all(|mail| mail.asked_at != newest.issued_at())
        })
    }

    fn was_cut_short(&self) -> bool {
        self.hash != "first" && self.record.redeemed.as_ref() != Some(self.hash)
    }
}
