//! The calls that the service makes, one after the other; a conflict, refusal or error panics.

use crate::support::{HASH, Mailbox, link, run};
use crate::{HOUR, LOGIN, PASSWORD};
use password_reset::LinkTemplate;
use password_reset::adapters::memory::{ManualClock, MemoryStore};
use password_reset::clock::Clock;
use password_reset::mailer::{Mailer, Message, Recipient};
use password_reset::policy::PasswordPolicy;
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::{Binding, Entropy, Ledger, ResetToken, TokenIssuer};

pub(crate) struct Host {
    store: MemoryStore,
    mailbox: Mailbox,
    clock: ManualClock,
    link: LinkTemplate,
    issuer: TokenIssuer,
    policy: PasswordPolicy,
}

impl Host {
    pub(crate) fn new(clock: ManualClock) -> Self {
        let store = MemoryStore::new();
        store.add_account(LOGIN, HASH).expect("it is a new account");
        Self {
            store,
            mailbox: Mailbox::default(),
            clock,
            link: link(),
            issuer: TokenIssuer::default(),
            policy: PasswordPolicy::default(),
        }
    }

    pub(crate) fn request(&self) {
        self.clock.advance(HOUR);
        let account = run(self.store.find_by_login(LOGIN)).expect("never fails");
        let account = account.expect("it is an account");
        let present = ledger_of(&account);
        let now = self.clock.now();
        let entropy = Entropy::from_system().expect("the system has a generator");
        let issued = self.issuer.issue(present.as_ref(), account.binding(), now, entropy);
        let issued = issued.expect("an hour later nothing throttles");
        self.swap(&account, present.as_ref(), &issued.ledger, None);
        let link = self.link.link(&issued.token);
        let recipient = Recipient::parse(&account.address).expect("it is an address");
        let message = Message::reset_link(&account.id, recipient, &link, now, issued.expires_at);
        run(self.mailbox.send(&message)).expect("never fails");
    }

    pub(crate) fn reset(&self) {
        self.request();
        let token = ResetToken::parse(&self.mailbox.token()).expect("it is a token");
        let account = run(self.store.find_by_selector(token.selector())).expect("never fails");
        let account = account.expect("it is an account");
        let present = ledger_of(&account).expect("it has a link");
        let (now, binding) = (self.clock.now(), account.binding());
        self.issuer.check(&present, &token, &binding, now).expect("it is good");
        let _ = self.policy.check(PASSWORD).expect("it meets the policy");
        let successor = Binding::new(&account.address, HASH.as_bytes());
        let next = self.issuer.redeem(&present, &token, &binding, now, successor);
        self.swap(&account, Some(&present), &next.expect("it is good"), Some(HASH));
        let recipient = Recipient::parse(&account.address).expect("it is an address");
        let notice = Message::password_changed(&account.id, recipient, now);
        run(self.mailbox.send(&notice)).expect("never fails");
    }

    fn swap(
        &self,
        account: &Account<u64>,
        present: Option<&Ledger>,
        next: &Ledger,
        password_hash: Option<&str>,
    ) {
        let change = Change::new(account, present, next, password_hash);
        assert!(run(self.store.commit(&change)).is_ok_and(Commit::is_committed));
    }
}

fn ledger_of(account: &Account<u64>) -> Option<Ledger> {
    account.ledger.as_deref().map(|bytes| Ledger::decode(bytes).expect("it is a ledger"))
}
