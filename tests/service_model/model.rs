//! The accounts and their links as they must be.

#[path = "verify.rs"]
mod verify;

use crate::ops::{ACCOUNTS, Fate, MailFate, Op};
use crate::support::ports::{Down, OnCommit, OnFind, OnSend};
use crate::support::run;
use crate::support::world::{Resets, World, token_in};
use password_reset::service::{Fault, ResetError};
use password_reset::token::{IssueKind, Ledger, Refusal, TokenIssuer};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use time::{SignedDuration, UtcDateTime};

const UNEXPLAINED: &str = "UnexplainedConflict";

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum LinkState {
    Live,
    Dead(Refusal),
}

pub(crate) struct Link {
    token: Option<String>,
    kind: IssueKind,
    account: usize,
    issued_at: UtcDateTime,
    address: String,
    hash: String,
    state: LinkState,
    /// Whether a password was set with a link of the other kind while it was live.
    is_closed: bool,
}

/// What a new link is asked for by.
enum Ask {
    ByLogin,
    ForTheHost,
    ToInvite,
    WithALink(usize, String),
}

#[derive(Default)]
pub(crate) struct Account {
    id: Option<u64>,
    address: String,
    hash: String,
    sessions: usize,
    /// The links since its ledger began, as positions in [`Model::links`].
    ledger: Vec<usize>,
    /// Those of them that are still in it.
    remembered: Vec<usize>,
    /// How often the ledger was changed.
    changes: i64,
    /// What was stored when last looked at.
    stored: Option<Ledger>,
}

impl Account {
    fn forget_ledger(&mut self) {
        self.ledger.clear();
        self.remembered.clear();
        self.changes = 0;
    }
}

pub(crate) type Reached = RefCell<BTreeMap<String, u32>>;

pub(crate) struct Model<'a> {
    world: Rc<World>,
    /// For invitations, over the same ports.
    invites: Resets,
    now: UtcDateTime,
    accounts: Vec<Account>,
    links: Vec<Link>,
    made: usize,
    reached: &'a Reached,
}

impl<'a> Model<'a> {
    pub(crate) fn new(reached: &'a Reached) -> Self {
        let (world, accounts, links) = (Rc::new(World::new()), vec![], vec![]);
        let issuer = TokenIssuer::builder().purpose("invite").kind(IssueKind::Invitation).build();
        let invites = world.another(|builder| builder.issuer(issuer.unwrap()));
        let now = UtcDateTime::UNIX_EPOCH;
        let mut model = Self { world, invites, now, accounts, links, made: 0, reached };
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

    fn resets(&self, kind: IssueKind) -> &Resets {
        if kind == IssueKind::Invitation { &self.invites } else { &self.world.resets }
    }

    fn told(&self, link: usize) -> Result<(), Refusal> {
        let Link { account, state, .. } = &self.links[link];
        let account = &self.accounts[*account];
        match state {
            _ if !account.remembered.contains(&link) => Err(Refusal::Unknown),
            LinkState::Dead(refusal) => Err(*refusal),
            _ if !self.is_timely(&self.links[link]) => Err(Refusal::Expired),
            _ if !self.is_bound(&self.links[link]) => Err(Refusal::Changed),
            LinkState::Live => Ok(()),
        }
    }

    /// What the account's newest link is, before something is done about it.
    fn newest(&self, account: usize) -> &'static str {
        match self.accounts[account].ledger.last() {
            None => "no link",
            Some(link) => self.told(*link).map_or_else(Refusal::code, |()| "good"),
        }
    }

    fn is_timely(&self, link: &Link) -> bool {
        let age = self.now - link.issued_at;
        age >= SignedDuration::seconds(-60) && age < SignedDuration::HOUR
    }

    fn is_bound(&self, link: &Link) -> bool {
        let account = &self.accounts[link.account];
        !link.is_closed && (&link.address, &link.hash) == (&account.address, &account.hash)
    }

    fn is_throttled(&self, account: usize) -> bool {
        let ledger = &self.accounts[account].remembered;
        let within = |seconds| {
            let ages = ledger.iter().map(|link| self.now - self.links[*link].issued_at);
            ages.filter(|age| (-60..seconds).contains(&age.whole_seconds())).count()
        };
        let Some(newest) = ledger.last() else { return false };
        let is_good = ledger.iter().any(|link| self.told(*link).is_ok());
        let newest = &self.links[*newest];
        let is_undone = newest.state == LinkState::Dead(Refusal::Revoked)
            && self.is_timely(newest)
            && self.is_bound(newest);
        let doublings = u32::try_from(within(24 * 3600).saturating_sub(1)).unwrap();
        let cooldown = if is_good { (60 * 2_i64.pow(doublings)).min(3600) } else { 60 };
        within(3600) >= 10 || (is_good || is_undone) && (within(3600) >= 5 || within(cooldown) > 0)
    }

    /// Whether the holder of a dead link is sent a new one, if the throttle lets.
    fn is_renewable(&self, link: usize) -> bool {
        let Link { account, kind, .. } = self.links[link];
        let mut of_kind = self.accounts[account].ledger.iter().rev();
        let newest = of_kind.find(|other| self.links[**other].kind == kind);
        let is_ended = |newest: &usize| {
            let state = self.links[*newest].state;
            matches!(state, LinkState::Dead(Refusal::Used | Refusal::Revoked))
        };
        let week = SignedDuration::HOUR + SignedDuration::days(7);
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

    /// Adds the newest link to its account's ledger.
    fn remember(&mut self, link: Link) {
        let Link { account, kind, .. } = link;
        self.end(account, Refusal::Superseded, |older| older.kind == kind);
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

    /// The mails since the last look: what each carries, and to whom.
    fn mails(&self) -> Vec<(Option<String>, String)> {
        let mails = self.world.mailer.outbox.take();
        mails.iter().map(|mail| (token_in(mail), mail.recipient().to_owned())).collect()
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
            Op::Reset { link, is_weak, meanwhile, fate, mail } => {
                self.reset(*link, *is_weak, meanwhile, (*fate, *mail));
            }
            Op::Cancel { link, fate } => self.cancel(*link, *fate),
            Op::Revoke { account, fate, by_id } => self.revoke(*account, *fate, *by_id),
            Op::SetPassword(account) => {
                let hash = self.fresh("hash");
                let account = &mut self.accounts[*account];
                if account.id.is_some_and(|id| self.world.store.memory.set_password_hash(id, &hash))
                {
                    account.hash = hash;
                }
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

    fn request(&mut self, account: usize, ask: &Ask, (fate, mail): (Fate, MailFate)) {
        let Account { id, address, hash, .. } = &self.accounts[account];
        let (id, address, hash) = (*id, address.clone(), hash.clone());
        // A link that is no longer remembered may lead to a ledger all the same.
        let leads_nowhere = |link: &usize| !self.accounts[account].ledger.contains(link);
        let expected = match (fate, mail) {
            (Fate::FindFails, _) => "failed",
            _ if id.is_none() => "unknown_account",
            _ if matches!(ask, Ask::WithALink(link, _) if leads_nowhere(link)) => "unknown_account",
            _ if matches!(ask, Ask::WithALink(link, _) if !self.is_renewable(*link)) => {
                "not_renewable"
            }
            _ if !matches!(ask, Ask::ForTheHost | Ask::ToInvite) && self.is_throttled(account) => {
                "throttled"
            }
            (Fate::FailBefore | Fate::Conflicts(4..), _) => "failed",
            (_, MailFate::Pass) => "sent",
            _ => "mail_failed",
        };
        self.script(fate, mail);
        let kind = match ask {
            Ask::ToInvite => IssueKind::Invitation,
            Ask::WithALink(link, _) => self.links[*link].kind,
            _ => IssueKind::Recovery,
        };
        let resets = self.resets(kind);
        let (handled, name) = match ask {
            Ask::ToInvite => (run(resets.request_for(&id.unwrap_or(u64::MAX))), "invite"),
            Ask::ByLogin => (run(resets.request(&address.to_ascii_uppercase())), "request"),
            Ask::ForTheHost => (run(resets.request_for(&id.unwrap_or(u64::MAX))), "request_for"),
            Ask::WithALink(_, token) => (run(resets.renew(token)), "renew"),
        };
        assert_eq!(handled.outcome_for_logs().code(), expected);
        self.reach(expected);
        self.reach(&format!("{expected}: {name}"));

        let mut mails = self.mails();
        if matches!(expected, "sent" | "mail_failed") {
            self.reach(&format!("issued over {}", self.newest(account)));
            let token = mails.pop().map(|(token, recipient)| {
                assert_eq!(recipient, address);
                token.expect("the mail carries a link")
            });
            assert_eq!(token.is_none(), mail == MailFate::Refuse);
            let (issued_at, state, is_closed) = (self.now, LinkState::Live, false);
            self.remember(Link {
                token,
                kind,
                account,
                issued_at,
                address,
                hash,
                state,
                is_closed,
            });
        }
        assert!(mails.is_empty(), "at most one mail");
    }

    fn link(&self, back: usize) -> Option<(usize, String)> {
        let mailed = self.links.iter().enumerate().rev();
        mailed.filter_map(|(at, link)| Some((at, link.token.clone()?))).nth(back)
    }

    fn reset(&mut self, back: usize, is_weak: bool, meanwhile: &[Op], fates: (Fate, MailFate)) {
        let Some((link, token)) = self.link(back) else { return };
        if fates.0 == Fate::FindFails {
            self.script(fates.0, fates.1);
        }
        let resets = self.resets(self.links[link].kind).clone();
        let accepted = match run(resets.accept(&token, if is_weak { "weak" } else { "Abcdefg1" })) {
            Ok(accepted) => accepted,
            Err(error) if fates.0 == Fate::FindFails => return self.faulted("Store", &error),
            Err(error) => {
                assert_eq!(error.refusal(), self.told(link).err());
                assert_eq!(error.violations().is_some(), is_weak && self.told(link).is_ok());
                self.reach(error.refusal().map_or("rejected", Refusal::code));
                return;
            }
        };
        assert!(self.told(link).is_ok() && !is_weak);
        let account = self.links[link].account;
        for op in meanwhile {
            self.apply(&op.about(account, back));
        }
        let hash = self.fresh("hash");
        self.script(fates.0, fates.1);
        let is_late = !self.is_timely(&self.links[link]);
        let told = if is_late { Err(Refusal::Expired) } else { self.told(link) };
        match (run(accepted.commit(&hash)), told, fates.0) {
            (Err(ResetError::Refused(refusal)), Err(expected), _) => {
                assert_eq!(refusal, expected);
                self.reach(&format!("{} meanwhile", refusal.code()));
            }
            (Err(error), _, Fate::FailBefore) if !is_late => self.faulted("Store", &error),
            // An account that is gone cannot be looked at.
            (Err(error), Err(Refusal::Unknown), Fate::FailOnce) => self.faulted("Store", &error),
            (Err(error), Ok(()), Fate::Conflicts(4)) => self.faulted(UNEXPLAINED, &error),
            (Ok(completed), Ok(()), fate) => {
                assert!(!matches!(fate, Fate::FindFails | Fate::FailBefore | Fate::Conflicts(4..)));
                self.reach(&format!("redeemed {fate:?}"));
                assert_eq!(Some(completed.account_id), self.accounts[account].id);
                assert_eq!(completed.notice.is_ok(), fates.1 == MailFate::Pass);
                let notice = (fates.1 != MailFate::Refuse)
                    .then(|| (None, self.accounts[account].address.clone()));
                assert_eq!(self.mails(), Vec::from_iter(notice), "exactly one notice");
                self.redeem(link);
                self.accounts[account].hash = hash;
                self.accounts[account].sessions = 0;
            }
            (result, told, fate) => panic!("{result:?} where the link is {told:?}, {fate:?}"),
        }
    }

    /// One password ends the live link of the other kind, too.
    fn redeem(&mut self, link: usize) {
        self.links[link].state = LinkState::Dead(Refusal::Used);
        let account = self.links[link].account;
        self.accounts[account].changes += 1;
        for other in self.accounts[account].remembered.clone() {
            if self.links[other].state == LinkState::Live {
                self.reach("one password ends two");
                self.links[other].is_closed = true;
            }
        }
    }

    fn faulted(&self, name: &str, error: &ResetError<Down>) {
        let fault = match error {
            ResetError::Fault(Fault::Store(_)) => "Store",
            ResetError::Fault(Fault::UnexplainedConflict) => UNEXPLAINED,
            other => panic!("{other:?}"),
        };
        assert_eq!(fault, name);
        self.reach(name);
    }

    fn cancel(&mut self, back: usize, fate: Fate) {
        let Some((link, token)) = self.link(back) else { return };
        self.script(fate, MailFate::Pass);
        let resets = self.resets(self.links[link].kind);
        match (run(resets.cancel(&token)), self.told(link), fate) {
            (Err(error), _, Fate::FindFails) | (Err(error), Ok(()), Fate::FailBefore) => {
                self.faulted("Store", &error);
            }
            (Err(error), Err(refusal), _) => assert_eq!(error.refusal(), Some(refusal)),
            (Err(error), Ok(()), Fate::Conflicts(4)) => self.faulted(UNEXPLAINED, &error),
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
                let stops_a_commit = matches!(fate, Fate::FailBefore | Fate::Conflicts(4));
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
            "first".clone_into(&mut self.accounts[account].hash);
        }
        // Made again with the same address and hash: only the ledger tells them apart.
        let Account { address, hash, .. } = &self.accounts[account];
        self.accounts[account].id = Some(memory.add_account(address, hash).unwrap());
        self.accounts[account].sessions = 0;
    }

    fn purge(&mut self) {
        let kept = SignedDuration::HOUR + SignedDuration::days(7);
        let mut forgotten = 0;
        for account in &mut self.accounts {
            let last = account.remembered.iter().map(|link| self.links[*link].issued_at).max();
            if last.is_some_and(|last| last.saturating_add(kept) <= self.now) {
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
