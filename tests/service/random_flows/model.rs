//! The accounts and their links as they must be.

#[cfg(feature = "codes")]
#[path = "exchange.rs"]
mod exchange;
#[path = "set_password.rs"]
mod set_password;
#[path = "verify.rs"]
mod verify;

use super::ops::{ACCOUNTS, Fate, Host, MailFate, Op};
#[cfg(feature = "codes")]
use crate::support::codes::with_codes;
use crate::support::ports::{Down, OnCommit, OnFind, OnSend, Stamps};
use crate::support::run;
use crate::support::world::{World, token_in};
use password_reset::adapters::memory::Mail;
use password_reset::mailer::Reason;
use password_reset::service::{Delivery, Fault, FirstPassword, ResetError};
#[cfg(feature = "codes")]
use password_reset::token::TokenIssuer;
use password_reset::token::{IssueKind, Ledger, Refusal};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use time::{SignedDuration, UtcDateTime};

const UNEXPLAINED: &str = "UnexplainedConflict";
const MISSING: &str = "SecondFactorMissing";

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum LinkState {
    Live,
    Dead(Refusal),
    /// No link: how to sign in.
    Explained,
    /// No link: a signed-in change.
    Changed,
}

pub(crate) struct Link {
    token: Option<String>,
    kind: IssueKind,
    account: usize,
    issued_at: UtcDateTime,
    address: String,
    stamp: String,
    had_password: bool,
    state: LinkState,
    /// Whether a password was set without it while it was live.
    is_closed: bool,
    #[cfg(feature = "codes")]
    code: exchange::Code,
}

impl Link {
    fn is_link(&self) -> bool {
        !matches!(self.state, LinkState::Explained | LinkState::Changed)
    }

    fn lifetime(&self) -> SignedDuration {
        match self.kind {
            IssueKind::Invitation => SignedDuration::days(7),
            _ => SignedDuration::HOUR,
        }
    }
}

/// Why a mail was sent, what it carries, and to whom.
#[derive(Debug, Default, PartialEq)]
struct Mailed {
    what: &'static str,
    token: Option<String>,
    #[cfg(feature = "codes")]
    code: Option<String>,
    recipient: String,
}

/// What a new link is asked for by.
enum Ask {
    ByLogin,
    ForTheHost,
    ToInvite,
    WithALink(usize, String),
}

impl Ask {
    const fn name(&self) -> &'static str {
        match self {
            Self::ByLogin => "request",
            Self::ForTheHost => "request_for",
            Self::ToInvite => "invite",
            Self::WithALink(..) => "renew",
        }
    }

    const fn is_by_the_host(&self) -> bool {
        matches!(self, Self::ForTheHost | Self::ToInvite)
    }
}

#[derive(Default)]
pub(crate) struct Account {
    id: Option<u64>,
    address: String,
    hash: String,
    /// How often its credentials were changed.
    credentials: u64,
    needs_factor: bool,
    sessions: usize,
    /// The links since its ledger began, as positions in [`Model::links`].
    ledger: Vec<usize>,
    /// Those of them that are still in it.
    remembered: Vec<usize>,
    /// How often the ledger was changed.
    changes: i64,
    /// What was stored when last looked at.
    stored: Option<Ledger>,
    #[cfg(feature = "codes")]
    wrong: exchange::Wrong,
}

impl Account {
    fn has_password(&self) -> bool {
        !self.hash.is_empty()
    }

    fn set_hash(&mut self, hash: &str) {
        hash.clone_into(&mut self.hash);
        self.credentials += 1;
    }

    fn forget_ledger(&mut self) {
        self.ledger.clear();
        self.remembered.clear();
        self.changes = 0;
        #[cfg(feature = "codes")]
        self.clear_codes();
    }
}

pub(crate) type Reached = RefCell<BTreeMap<String, u32>>;

pub(crate) struct Model<'a> {
    world: Rc<World>,
    host: Host,
    now: UtcDateTime,
    accounts: Vec<Account>,
    links: Vec<Link>,
    made: usize,
    reached: &'a Reached,
}

impl<'a> Model<'a> {
    pub(crate) fn new(host: Host, reached: &'a Reached) -> Self {
        let world = World::with_stamps(host.stamps, |builder| {
            let builder = builder.first_password(host.first_password);
            #[cfg(feature = "codes")]
            let builder = builder.issuer(with_codes(TokenIssuer::builder()));
            builder
        });
        let (world, accounts, links) = (Rc::new(world), vec![], vec![]);
        let now = UtcDateTime::UNIX_EPOCH;
        let mut model = Self { world, host, now, accounts, links, made: 0, reached };
        for account in 0..ACCOUNTS {
            model.accounts.push(Account::default());
            model.delete_or_make_again(account);
        }
        model
    }

    fn reach(&self, what: &str) {
        *self.reached.borrow_mut().entry(what.to_owned()).or_default() += 1;
    }

    fn fresh(&mut self, what: &str) -> String {
        self.made += 1;
        format!("{what}{}", self.made)
    }

    fn stamp(&self, account: usize) -> String {
        let account = &self.accounts[account];
        match self.host.stamps {
            Stamps::Hash => account.hash.clone(),
            Stamps::Empty => String::new(),
            Stamps::Counter => account.credentials.to_string(),
        }
    }

    fn told(&self, link: usize) -> Result<(), Refusal> {
        let Link { account, state, .. } = &self.links[link];
        let account = &self.accounts[*account];
        match state {
            _ if !account.remembered.contains(&link) => Err(Refusal::Unknown),
            LinkState::Explained | LinkState::Changed => Err(Refusal::Unknown),
            LinkState::Dead(refusal) => Err(*refusal),
            LinkState::Live if !self.is_timely(&self.links[link]) => Err(Refusal::Expired),
            LinkState::Live if !self.is_bound(&self.links[link]) => Err(Refusal::Changed),
            LinkState::Live => Ok(()),
        }
    }

    /// What the account's newest link is, before something is done about it.
    fn newest(&self, account: usize) -> &'static str {
        match self.accounts[account].ledger.last() {
            None => "no link",
            Some(link) if self.links[*link].state == LinkState::Explained => "an explanation",
            Some(link) if self.links[*link].state == LinkState::Changed => "a change",
            Some(link) => self.told(*link).map_or_else(Refusal::code, |()| "good"),
        }
    }

    fn is_timely(&self, link: &Link) -> bool {
        let age = self.now - link.issued_at;
        age >= SignedDuration::seconds(-60) && age < link.lifetime()
    }

    fn is_bound(&self, link: &Link) -> bool {
        let is_same_address = link.address == self.accounts[link.account].address;
        let is_same_stamp = link.stamp == self.stamp(link.account);
        let is_other = link.had_password != self.accounts[link.account].has_password();
        if is_other && is_same_address && is_same_stamp && !link.is_closed {
            self.reach("a password that no stamp shows");
        }
        !link.is_closed && is_same_address && is_same_stamp && !is_other
    }

    /// Whether the account is told how it signs in, in the place of a link.
    fn is_explained(&self, account: usize, kind: IssueKind) -> bool {
        let Account { remembered, .. } = &self.accounts[account];
        let is_good_invitation = |link: &usize| {
            self.links[*link].kind == IssueKind::Invitation && self.told(*link).is_ok()
        };
        self.host.first_password == FirstPassword::Explain
            && kind == IssueKind::Recovery
            && !self.accounts[account].has_password()
            && !remembered.iter().any(is_good_invitation)
    }

    fn is_throttled(&self, account: usize) -> bool {
        let ledger = &self.accounts[account].remembered;
        let within = |seconds| {
            let mailed = ledger.iter().map(|link| &self.links[*link]);
            let mailed = mailed.filter(|link| link.state != LinkState::Changed);
            let ages = mailed.map(|link| self.now - link.issued_at);
            ages.filter(|age| (-60..seconds).contains(&age.whole_seconds())).count()
        };
        let Some(newest) = ledger.last() else { return false };
        let is_good = ledger.iter().any(|link| self.told(*link).is_ok());
        let newest = &self.links[*newest];
        let is_undone = match newest.state {
            LinkState::Dead(Refusal::Revoked) => self.is_timely(newest) && self.is_bound(newest),
            LinkState::Explained => self.is_bound(newest),
            _ => false,
        };
        let doublings = u32::try_from(within(24 * 3600).saturating_sub(1)).unwrap();
        let cooldown = if is_good { (60 * 2_i64.pow(doublings)).min(3600) } else { 60 };
        within(3600) >= 10 || (is_good || is_undone) && (within(3600) >= 5 || within(cooldown) > 0)
    }

    /// Whether the holder of a dead link is sent a new one, if the throttle lets.
    fn is_renewable(&self, link: usize) -> bool {
        let Link { account, kind, .. } = self.links[link];
        let mut of_kind = self.accounts[account].ledger.iter().rev();
        let newest =
            of_kind.find(|other| self.links[**other].kind == kind && self.links[**other].is_link());
        let is_ended = |newest: &usize| {
            let Link { state, is_closed, .. } = self.links[*newest];
            is_closed || matches!(state, LinkState::Dead(Refusal::Used | Refusal::Revoked))
        };
        let week = self.links[link].lifetime() + SignedDuration::days(7);
        matches!(self.told(link), Err(Refusal::Expired | Refusal::Superseded))
            && self.is_bound(&self.links[link])
            && self.now - self.links[link].issued_at < week
            && !newest.is_some_and(is_ended)
    }

    fn script(&self, fate: Fate, mail: MailFate) {
        let (store, mailer) = (&self.world.store, &self.world.mailer);
        match fate {
            Fate::Pass => {}
            Fate::FindFails => {
                self.reach("a look fails");
                store.next_finds([OnFind::Fail]);
            }
            Fate::FailOnce => store.next_commits([OnCommit::FailBefore]),
            Fate::FailBefore => store.next_commits([OnCommit::FailBefore, OnCommit::FailBefore]),
            Fate::FailAfter => store.next_commits([OnCommit::FailAfter]),
            Fate::Conflicts(n) => store.next_commits((0..n).map(|_| OnCommit::Conflict)),
        }
        match mail {
            MailFate::Pass => {}
            MailFate::Refuse => mailer.next_sends([OnSend::Refuse]),
            MailFate::DeliverAndFail => mailer.next_sends([OnSend::DeliverAndFail]),
        }
    }

    /// Ends these live links, and gives how many.
    fn end(&mut self, account: usize, refusal: Refusal, is_meant: impl Fn(&Link) -> bool) -> usize {
        let mut ended = 0;
        for link in &self.accounts[account].remembered {
            let link = &mut self.links[*link];
            if link.state == LinkState::Live && is_meant(link) {
                link.state = LinkState::Dead(refusal);
                ended += 1;
            }
        }
        ended
    }

    /// Closes what is live, since a password was set without it, and gives how many.
    fn close(&mut self, account: usize) -> usize {
        let remembered = self.accounts[account].remembered.clone();
        let live = remembered.iter().filter(|link| self.links[**link].state == LinkState::Live);
        let live: Vec<usize> = live.copied().collect();
        for link in &live {
            self.links[*link].is_closed = true;
        }
        live.len()
    }

    /// What is issued to the account as it is, without a token.
    fn issue(&self, account: usize, kind: IssueKind, state: LinkState) -> Link {
        let (address, stamp) = (self.accounts[account].address.clone(), self.stamp(account));
        let had_password = self.accounts[account].has_password();
        Link {
            token: None,
            kind,
            account,
            issued_at: self.now,
            address,
            stamp,
            had_password,
            state,
            is_closed: false,
            #[cfg(feature = "codes")]
            code: self.code_of_next(account, kind, state),
        }
    }

    /// Adds the newest link to its account's ledger.
    fn remember(&mut self, link: Link) {
        let Link { account, kind, state, .. } = link;
        if state == LinkState::Live {
            self.end(account, Refusal::Superseded, |older| older.kind == kind);
        }
        let Account { ledger, remembered, changes, .. } = &mut self.accounts[account];
        if remembered.len() == 16 {
            let is_dead = |link: &usize| self.links[*link].state != LinkState::Live;
            remembered.remove(remembered.iter().position(is_dead).unwrap());
        }
        ledger.push(self.links.len());
        remembered.push(self.links.len());
        *changes += 1;
        self.links.push(link);
    }

    /// The mails since the last look.
    fn mails(&self) -> Vec<Mailed> {
        let what = |mail: &Mail| match mail {
            Mail::ResetLink { reason: Reason::Forgotten, .. } => "link: forgotten",
            Mail::ResetLink { reason: Reason::Administrator, .. } => "link: by the host",
            Mail::ResetLink { reason: Reason::Invitation, .. } => "link: invited",
            Mail::Explanation { reason: Reason::Forgotten, .. } => "explained: forgotten",
            Mail::Explanation { reason: Reason::Administrator, .. } => "explained: by the host",
            Mail::PasswordChanged { .. } => "changed",
            other => panic!("{other:?}"),
        };
        let mailed = |mail: &Mail| Mailed {
            what: what(mail),
            token: token_in(mail),
            #[cfg(feature = "codes")]
            code: mail.code().map(|code| code.expose_digits().to_owned()),
            recipient: mail.recipient().to_owned(),
        };
        self.world.mailer.outbox.take().iter().map(mailed).collect()
    }

    pub(crate) fn apply(&mut self, op: &Op) {
        match op {
            Op::Request { account, fate, mail } => {
                self.request(*account, &Ask::ByLogin, (*fate, *mail));
            }
            Op::RequestFor { account, fate, mail } => {
                self.request(*account, &Ask::ForTheHost, (*fate, *mail));
            }
            Op::Invite { account, fate, mail } => {
                self.request(*account, &Ask::ToInvite, (*fate, *mail));
            }
            Op::Renew { link, fate, mail } => {
                let Some((link, token)) = self.link(*link) else { return };
                let account = self.links[link].account;
                self.request(account, &Ask::WithALink(link, token), (*fate, *mail));
            }
            Op::Reset { link, attempt } => self.reset(*link, attempt),
            Op::Change { account, is_stale, attempt } => {
                self.change(*account, *is_stale, attempt);
            }
            Op::Cancel { link, fate } => self.cancel(*link, *fate),
            Op::Revoke { account, fate, by_id } => self.revoke(*account, *fate, *by_id),
            #[cfg(feature = "codes")]
            Op::Exchange { link, typed, times, fate } => {
                self.exchange(*link, *typed, *times, *fate);
            }
            Op::SetPassword(account) => {
                let hash = self.fresh("hash");
                self.set_by_another_path(*account, &hash);
            }
            Op::RemovePassword(account) => self.set_by_another_path(*account, ""),
            Op::AddOrRemoveFactor(account) => {
                let account = &mut self.accounts[*account];
                let Some(id) = account.id else { return };
                account.needs_factor = !account.needs_factor;
                account.credentials += 1;
                self.world.store.set_second_factor(id, account.needs_factor);
            }
            Op::SetAddress(account) => {
                let address = self.fresh("User") + "@Example.com";
                let account = &mut self.accounts[*account];
                let Some(id) = account.id else { return };
                assert!(self.world.store.memory.set_address(id, &address).unwrap());
                account.address = address;
            }
            Op::DeleteOrMakeAgain(account) => self.delete_or_make_again(*account),
            Op::SignIn(account) => {
                let account = &mut self.accounts[*account];
                let memory = &self.world.store.memory;
                if account.id.is_some_and(|id| memory.sign_in(id, &account.hash)) {
                    account.sessions += 1;
                }
            }
            Op::Purge => self.purge(),
            Op::Jump(by) => {
                self.now = self.now.saturating_add(*by);
                self.world.clock.set(self.now);
            }
        }
        self.world.store.end_script();
        self.world.mailer.end_script();
        assert!(self.mails().is_empty(), "each flow has seen to its mails");
    }

    fn set_by_another_path(&mut self, account: usize, hash: &str) {
        let account = &mut self.accounts[account];
        let Some(id) = account.id else { return };
        self.world.store.set_password(id, hash);
        account.set_hash(hash);
    }

    fn request(&mut self, account: usize, ask: &Ask, (fate, mail): (Fate, MailFate)) {
        let kind = match ask {
            Ask::ToInvite => IssueKind::Invitation,
            Ask::WithALink(link, _) => self.links[*link].kind,
            _ => IssueKind::Recovery,
        };
        let is_explained = self.is_explained(account, kind);
        let Account { id, address, .. } = &self.accounts[account];
        let (id, address) = (*id, address.clone());
        // A link that is no longer remembered may lead to a ledger all the same.
        let leads_nowhere = |link: &usize| !self.accounts[account].ledger.contains(link);
        let expected = match (fate, mail) {
            (Fate::FindFails, _) => "failed",
            _ if id.is_none() => "unknown_account",
            _ if matches!(ask, Ask::WithALink(link, _) if leads_nowhere(link)) => "unknown_account",
            _ if matches!(ask, Ask::WithALink(link, _) if !self.is_renewable(*link)) => {
                "not_renewable"
            }
            _ if matches!(ask, Ask::ToInvite) && self.accounts[account].has_password() => {
                "has_password"
            }
            _ if !ask.is_by_the_host() && self.is_throttled(account) => "throttled",
            (Fate::FailBefore | Fate::Conflicts(9..), _) => "failed",
            (_, MailFate::Pass) if is_explained => "explained",
            (_, MailFate::Pass) => "sent",
            _ => "mail_failed",
        };
        self.script(fate, mail);
        let outcome = self.ask(ask, id.unwrap_or(u64::MAX), &address);
        assert_eq!(outcome, expected);
        self.reach(expected);
        self.reach(&format!("{expected}: {}", ask.name()));

        let mut mails = self.mails();
        if matches!(expected, "sent" | "explained" | "mail_failed") {
            self.reach(&format!("issued over {}", self.newest(account)));
            let last = mails.pop();
            assert_eq!(last.is_none(), mail == MailFate::Refuse);
            let state = if is_explained { LinkState::Explained } else { LinkState::Live };
            let mut link = self.issue(account, kind, state);
            if let Some(mail) = last {
                let reason = match ask {
                    _ if kind == IssueKind::Invitation => "invited",
                    Ask::ForTheHost => "by the host",
                    _ => "forgotten",
                };
                let sort = if is_explained { "explained" } else { "link" };
                assert_eq!(mail.what, format!("{sort}: {reason}"));
                assert_eq!((mail.recipient, mail.token.is_none()), (address, is_explained));
                link.token = mail.token;
                #[cfg(feature = "codes")]
                link.code.was_mailed(mail.code);
            }
            self.remember(link);
        }
        assert!(mails.is_empty(), "at most one mail");
    }

    /// How it ended.
    fn ask(&self, ask: &Ask, id: u64, address: &str) -> &'static str {
        let resets = &self.world.resets;
        let dispatched = match ask {
            Ask::ByLogin => {
                return run(resets.request(&address.to_ascii_uppercase()))
                    .outcome_for_logs()
                    .code();
            }
            Ask::WithALink(_, token) => return run(resets.renew(token)).outcome_for_logs().code(),
            Ask::ForTheHost => run(resets.request_for(&id)),
            Ask::ToInvite => run(resets.invite(&id)),
        };
        let outcome = dispatched.outcome_for_logs().code();
        let shown = match dispatched.delivery() {
            Delivery::MayNotReset => "unknown_account",
            delivery => delivery.code(),
        };
        assert_eq!(shown, outcome, "what an administrator is shown is what happened");
        outcome
    }

    fn link(&self, back: usize) -> Option<(usize, String)> {
        let mailed = self.links.iter().enumerate().rev();
        #[cfg(feature = "codes")]
        let token = |link: &Link| link.code.exchanged(self.made).or(link.token.clone());
        #[cfg(not(feature = "codes"))]
        let token = |link: &Link| link.token.clone();
        mailed.filter_map(|(at, link)| Some((at, token(link)?))).nth(back)
    }

    fn faulted(&self, name: &str, error: &ResetError<Down>) {
        let fault = match error {
            ResetError::Fault(Fault::Store(_)) => "Store",
            ResetError::Fault(Fault::UnexplainedConflict) => UNEXPLAINED,
            ResetError::Fault(Fault::SecondFactorMissing) => MISSING,
            other => panic!("{other:?}"),
        };
        assert_eq!(fault, name);
        self.reach(name);
    }

    fn cancel(&mut self, back: usize, fate: Fate) {
        let Some((link, token)) = self.link(back) else { return };
        self.script(fate, MailFate::Pass);
        match (run(self.world.resets.cancel(&token)), self.told(link), fate) {
            (Err(error), _, Fate::FindFails) | (Err(error), Ok(()), Fate::FailBefore) => {
                self.faulted("Store", &error);
            }
            (Err(error), Err(refusal), _) => assert_eq!(error.refusal(), Some(refusal)),
            (Err(error), Ok(()), Fate::Conflicts(9..)) => self.faulted(UNEXPLAINED, &error),
            (Ok(()), Ok(()), fate) => {
                assert_ne!(fate, Fate::FindFails);
                self.reach("cancelled");
                self.links[link].state = LinkState::Dead(Refusal::Revoked);
                self.accounts[self.links[link].account].changes += 1;
            }
            (result, told, _) => panic!("{result:?} where the link is {told:?}"),
        }
    }

    fn revoke(&mut self, account: usize, fate: Fate, by_id: bool) {
        let Account { id, remembered, address, .. } = &self.accounts[account];
        let is_live = |link: &usize| self.links[*link].state == LinkState::Live;
        let has_live = id.is_some() && remembered.iter().any(is_live);
        let (id, address) = (id.unwrap_or(u64::MAX), address.clone());
        self.script(fate, MailFate::Pass);
        let resets = &self.world.resets;
        match if by_id { run(resets.revoke_for(&id)) } else { run(resets.revoke(&address)) } {
            Ok(revoked) => {
                assert_eq!((revoked, fate == Fate::FindFails), (has_live, false));
                if revoked {
                    self.reach(&format!("revoked where {}", self.newest(account)));
                    self.accounts[account].changes += 1;
                    if self.end(account, Refusal::Revoked, |_| true) == 2 {
                        self.reach("revoked two");
                    }
                }
            }
            Err(error) => {
                let stops_a_commit = matches!(fate, Fate::FailBefore | Fate::Conflicts(9..));
                assert!(fate == Fate::FindFails || (has_live && stops_a_commit));
                assert!(fate != Fate::FindFails || matches!(error, Fault::Store(_)));
                self.reach(&format!("revoke: {error}"));
            }
        }
    }

    fn delete_or_make_again(&mut self, account: usize) {
        let memory = &self.world.store.memory;
        if let Some(id) = self.accounts[account].id.take() {
            assert!(memory.delete_account(id));
            self.accounts[account].forget_ledger();
            return;
        }
        if self.accounts[account].address.is_empty() {
            self.accounts[account].address = format!("Account{account}@Example.com");
            // The last has no password.
            let hash = if account + 1 == ACCOUNTS { "" } else { "first" };
            hash.clone_into(&mut self.accounts[account].hash);
        }
        // Made again with the same address and hash: only the ledger tells them apart.
        let Account { address, hash, .. } = &self.accounts[account];
        self.accounts[account].id = Some(memory.add_account(address, hash).unwrap());
        let account = &mut self.accounts[account];
        (account.sessions, account.credentials, account.needs_factor) = (0, 0, false);
    }

    fn purge(&mut self) {
        let mut forgotten = 0;
        for account in &mut self.accounts {
            let expires_at = |link: &usize| {
                let link = &self.links[*link];
                link.issued_at.saturating_add(link.lifetime())
            };
            let last = account.remembered.iter().map(expires_at).max();
            let kept = last.map(|last| last.saturating_add(SignedDuration::days(7)));
            #[cfg(feature = "codes")]
            let kept = kept.max(account.wrong.kept());
            if kept.is_some_and(|kept| kept <= self.now) {
                account.forget_ledger();
                forgotten += 1;
            }
        }
        assert_eq!(self.world.store.memory.purge(self.now), forgotten);
        if forgotten > 0 {
            self.reach("purged");
        }
    }
}
