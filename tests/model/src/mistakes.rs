//! The usual mistakes, each as somebody would write it.

use crate::bounds::Bounds;
use crate::ceremony::{Ceremony, LOGIN, Told, hash_of};
use crate::ports::{Call, Down, Ports};
use password_reset::clock::Clock;
use password_reset::mailer::{Mailer, Message, Recipient};
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::{Binding, Issued, Ledger, RedeemError, ResetToken};
use password_reset::{LinkTemplate, PasswordPolicy};

/// What a store or a ceremony gets wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// The store compares in one step and writes in the next.
    CheckThenWrite,
    /// The store deletes the old ledger in one step and inserts the new one in the next.
    DeleteThenInsert,
    /// The store compares the revision alone.
    SelectorNotCompared,
    /// The store does not compare the stamp.
    StampNotCompared,
    /// The store does not compare the address.
    AddressNotCompared,
    /// The store takes that link for the newest which the clocks say is.
    NewestByClock,
    /// A request whose mail failed takes its link back.
    IssueUndoneWhenMailFails,
    /// A request mails its link and commits it afterwards.
    MailedBeforeTheCommit,
    /// A redemption consumes the link and asks the policy afterwards.
    ConsumedBeforeThePolicy,
    /// A redemption takes an error of the commit for a failure.
    ErrorTakenForFailure,
}

/// The mistaken ceremony; `None` where this one is as it is shipped.
pub(crate) async fn run(
    mistake: Mistake,
    bounds: &Bounds,
    ports: &Ports,
    process: u8,
    ceremony: &Ceremony,
) -> Option<Told> {
    let ran = match (mistake, ceremony) {
        (Mistake::IssueUndoneWhenMailFails, Ceremony::Request) => {
            request_that_undoes(bounds, ports).await
        }
        (Mistake::MailedBeforeTheCommit, Ceremony::Request) => {
            request_that_mails_first(bounds, ports).await
        }
        (Mistake::ConsumedBeforeThePolicy, Ceremony::Redeem { token, is_weak: true }) => {
            redeem_that_consumes_first(bounds, ports, token).await
        }
        (Mistake::ErrorTakenForFailure, Ceremony::Redeem { token, is_weak: false }) => {
            redeem_that_looks_once(bounds, ports, process, token).await
        }
        _ => return None,
    };
    Some(ran.unwrap_or_else(|told| told))
}

impl From<Down> for Told {
    fn from(_: Down) -> Self {
        Self::StoreFailed
    }
}

impl From<RedeemError> for Told {
    fn from(error: RedeemError) -> Self {
        match error {
            RedeemError::Refused(refusal) => Self::Refused(refusal),
            _ => Self::OtherFault,
        }
    }
}

struct Found {
    account: Account<u8>,
    ledger: Option<Ledger>,
}

impl Found {
    fn read(account: Option<Account<u8>>) -> Option<Self> {
        let account = account?;
        let ledger = account.ledger.as_deref().and_then(|bytes| Ledger::decode(bytes).ok());
        Some(Self { account, ledger })
    }
}

async fn commit(ports: &Ports, change: Change<'_, u8>) -> Result<(), Told> {
    match ports.commit(&change).await? {
        Commit::Committed => Ok(()),
        Commit::Conflict => Err(Told::Contended),
    }
}

async fn mail(ports: &Ports, account: &Account<u8>, issued: &Issued) -> Result<Told, Told> {
    let link = LinkTemplate::new("https://app.example.com/reset?token={token}");
    let link = link.map_err(|_| Told::OtherFault)?.link(&issued.token);
    let recipient = Recipient::parse(&account.address).map_err(|_| Told::OtherFault)?;
    let message = Message::reset_link(recipient, &link, ports.now(), issued.expires_at);
    Ok(ports.send(&message).await.map_or(Told::MailFailed, |()| Told::Sent))
}

async fn issue(bounds: &Bounds, ports: &Ports) -> Result<(Found, Issued), Told> {
    let account = ports.find_by_login(LOGIN).await?;
    let found = Found::read(account).ok_or(Told::UnknownLogin)?;
    let binding = found.account.binding();
    let issued = bounds.issuer.issue(found.ledger.as_ref(), binding, ports.now(), ports.draw());
    issued.map(|issued| (found, issued)).map_err(|_| Told::Throttled)
}

async fn request_that_undoes(bounds: &Bounds, ports: &Ports) -> Result<Told, Told> {
    let (Found { account, ledger }, issued) = issue(bounds, ports).await?;
    commit(ports, Change::new(&account, ledger.as_ref(), &issued.ledger, None)).await?;
    let told = mail(ports, &account, &issued).await?;
    if told == Told::MailFailed
        && let Ok(Some(undone)) = bounds.issuer.revoke(&issued.ledger, ports.now())
    {
        commit(ports, Change::new(&account, Some(&issued.ledger), &undone, None)).await?;
    }
    Ok(told)
}

async fn request_that_mails_first(bounds: &Bounds, ports: &Ports) -> Result<Told, Told> {
    let (Found { account, ledger }, issued) = issue(bounds, ports).await?;
    let told = mail(ports, &account, &issued).await?;
    commit(ports, Change::new(&account, ledger.as_ref(), &issued.ledger, None)).await?;
    Ok(told)
}

async fn find_link(ports: &Ports, token: &str) -> Result<(ResetToken, Found, Ledger), Told> {
    let token = ResetToken::parse(token).map_err(|_| Told::OtherFault)?;
    let account = ports.find_by_selector(token.selector()).await?;
    let found = Found::read(account).ok_or(Told::OtherFault)?;
    let ledger = found.ledger.clone().ok_or(Told::OtherFault)?;
    Ok((token, found, ledger))
}

async fn redeem_that_consumes_first(
    bounds: &Bounds,
    ports: &Ports,
    token: &str,
) -> Result<Told, Told> {
    let (token, Found { account, .. }, ledger) = find_link(ports, token).await?;
    let binding = account.binding();
    let next = bounds.issuer.redeem(&ledger, &token, &binding, ports.now(), binding)?;
    commit(ports, Change::new(&account, Some(&ledger), &next, None)).await?;
    let judged = PasswordPolicy::default().check("weak").map(drop);
    Ok(judged.map_or(Told::Rejected, |()| Told::OtherFault))
}

async fn redeem_that_looks_once(
    bounds: &Bounds,
    ports: &Ports,
    process: u8,
    token: &str,
) -> Result<Told, Told> {
    let (token, Found { account, .. }, ledger) = find_link(ports, token).await?;
    bounds.issuer.check(&ledger, &token, &account.binding(), ports.now()).map_err(Told::Refused)?;
    ports.ask(Call::Hash).await;
    let hash = hash_of(process);
    let successor = Binding::new(&account.address, hash.as_bytes());
    let binding = account.binding();
    let next = bounds.issuer.redeem(&ledger, &token, &binding, ports.now(), successor)?;
    commit(ports, Change::new(&account, Some(&ledger), &next, Some(&hash))).await?;
    Ok(Told::Redeemed)
}

const HEADER_BYTES: usize = 22;
const STATE_AT: usize = 88;
const ISSUED_AT: std::ops::Range<usize> = 64..76;
const LIVE: u8 = 0;
const SUPERSEDED: u8 = 1;

/// A stored ledger as a table of links would have it that is sorted by when they were issued.
pub(crate) fn newest_by_clock(bytes: &[u8]) -> Vec<u8> {
    let (header, mut rest) = bytes.split_at(HEADER_BYTES);
    let mut issues: Vec<Vec<u8>> = vec![];
    while let Some(state) = rest.get(STATE_AT) {
        let (issue, others) = rest.split_at(STATE_AT + if *state == LIVE { 1 } else { 13 });
        issues.push(issue.to_vec());
        rest = others;
    }
    issues.sort_by(|a, b| a[ISSUED_AT].cmp(&b[ISSUED_AT]));
    if let Some(live) = issues.iter().position(|issue| issue[STATE_AT] == LIVE) {
        let since = issues[live][ISSUED_AT].to_vec();
        issues[live][STATE_AT] = SUPERSEDED;
        issues[live].extend(since);
        if let Some(newest) = issues.last_mut() {
            newest.truncate(STATE_AT);
            newest.push(LIVE);
        }
    }
    [header.to_vec(), issues.concat()].concat()
}
