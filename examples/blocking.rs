//! A synchronous host that uses the rules without futures. It loads and swaps the ledgers itself,
//! in a map that stands for a table.

use password_reset::LinkTemplate;
use password_reset::policy::{PasswordPolicy, Violations};
use password_reset::token::{
    Binding, Entropy, IssueError, Ledger, Refusal, ResetToken, Selector, TokenIssuer,
};
use std::collections::HashMap;
use std::error::Error;
use std::sync::{Mutex, PoisonError};
use time::{SignedDuration, UtcDateTime};

#[derive(Default)]
struct Host {
    policy: PasswordPolicy,
    issuer: TokenIssuer,
    accounts: Mutex<HashMap<String, Account>>,
}

#[derive(Clone, Default)]
struct Account {
    password_hash: String,
    selector: Option<Selector>,
    ledger: Option<Vec<u8>>,
}

impl Account {
    fn binding(&self, address: &str) -> Binding {
        Binding::new(address, self.password_hash.as_bytes())
    }

    fn ledger(&self) -> Result<Option<Ledger>, Box<dyn Error>> {
        Ok(self.ledger.as_deref().map(Ledger::decode).transpose()?)
    }
}

impl Host {
    /// "I forgot my password": stores a ledger with a new link, and returns the link's token for
    /// the mail to the account holder.
    fn forgotten(&self, address: &str, now: UtcDateTime) -> Result<ResetToken, Box<dyn Error>> {
        let account = self.find(|known, _| known == address).ok_or("no such account")?.1;
        let present = account.ledger()?;
        let binding = account.binding(address);
        let issued = self.issuer.issue(present.as_ref(), binding, now, Entropy::from_system()?)?;
        self.swap(address, &account, present.as_ref(), &issued.ledger, None)?;
        Ok(issued.token)
    }

    /// The new password: checks the link and then the password, and stores the hash and the
    /// redeemed link in one step.
    fn reset(&self, token: &str, password: &str, now: UtcDateTime) -> Result<(), Box<dyn Error>> {
        let token = ResetToken::parse(token)?;
        let by_selector = |_: &str, account: &Account| account.selector == Some(*token.selector());
        let (address, account) = self.find(by_selector).ok_or(Refusal::Unknown)?;
        let ledger = account.ledger()?.ok_or(Refusal::Unknown)?;
        let binding = account.binding(&address);
        self.issuer.check(&ledger, &token, &binding, now)?;
        let accepted = self.policy.check(password)?.accept()?;

        let hash = format!("hash of {} characters", accepted.expose_password().chars().count());
        let successor = Binding::new(&address, hash.as_bytes());
        let next = self.issuer.redeem(&ledger, &token, &binding, now, successor)?;
        self.swap(&address, &account, Some(&ledger), &next, Some(hash))
    }

    fn find(&self, is_match: impl Fn(&str, &Account) -> bool) -> Option<(String, Account)> {
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let (address, account) = accounts.iter().find(|(address, row)| is_match(address, row))?;
        Some((address.clone(), account.clone()))
    }

    /// Swaps the ledger, and the hash if there is a new one, unless the account has changed since
    /// it was found.
    fn swap(
        &self,
        address: &str,
        found: &Account,
        present: Option<&Ledger>,
        next: &Ledger,
        new_hash: Option<String>,
    ) -> Result<(), Box<dyn Error>> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let stored = accounts.get_mut(address).ok_or("the account does not exist any more")?;
        let version = |ledger: &Ledger| (*ledger.selector(), ledger.revision());
        if stored.ledger()?.as_ref().map(version) != present.map(version)
            || stored.password_hash != found.password_hash
        {
            return Err("the account has changed: load it and check again".into());
        }
        stored.selector = Some(*next.selector());
        stored.ledger = Some(next.encode());
        if let Some(new_hash) = new_hash {
            stored.password_hash = new_hash;
        }
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let host = Host::default();
    let alice = Account { password_hash: "hash of the old one".into(), ..Account::default() };
    host.accounts.lock().unwrap().insert("alice@example.com".into(), alice);
    let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;

    let noon = UtcDateTime::from_unix_timestamp(1_795_435_200)?;
    let first = host.forgotten("alice@example.com", noon)?;
    println!("12:00  mailed     {}", link.link(&first).expose_url());
    let throttled = host.forgotten("alice@example.com", noon).unwrap_err();
    assert_eq!(throttled.downcast_ref(), Some(&IssueError::Throttled));
    println!("12:00  throttled  {throttled}");

    let later = noon + SignedDuration::minutes(2);
    let second = host.forgotten("alice@example.com", later)?;
    println!("12:02  mailed     {}", link.link(&second).expose_url());

    let superseded = host.reset(first.expose_text(), "Correct horse 7", later).unwrap_err();
    assert_eq!(superseded.downcast_ref(), Some(&Refusal::Superseded));
    println!("12:02  refused    {superseded}");
    let rejected = host.reset(second.expose_text(), "password", later).unwrap_err();
    assert!(rejected.is::<Violations>());
    println!("12:02  rejected   {rejected}");

    host.reset(second.expose_text(), "Correct horse 7", later)?;
    println!("12:02  changed    the password is set");
    let used = host.reset(second.expose_text(), "Correct horse 8", later).unwrap_err();
    assert_eq!(used.downcast_ref(), Some(&Refusal::Used));
    println!("12:02  refused    {used}");
    Ok(())
}
