//! The usual mistakes, each as somebody would write it.

use crate::bounds::Bounds;
use crate::flow::{Flow, ID, LOGIN, Opened, Told, hash_of, verify};
use crate::ports::{Call, Down, Ports};
use password_reset::clock::Clock;
use password_reset::mailer::{Mailer, Message, Recipient};
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::{Binding, IssueKind, Issued, Ledger, RedeemError, Refusal, ResetToken};
use password_reset::{LinkTemplate, PasswordPolicy};
use std::ops::Range;

/// What a store or a flow gets wrong.
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
    /// A redemption, or a change by somebody who is signed in, takes an error of the commit for a
    /// failure.
    ErrorTakenForFailure,
    /// A redemption whose commit reported an error looks for the newest link, in place of the one
    /// that it redeemed.
    LookGoesByTheNewest,
    /// A link ends the good one of the other kind, too.
    NewestOfAnyKind,
    /// A redemption leaves the link of the other kind as it was.
    OneLinkEndsByAPassword,
    /// A change by somebody who is signed in leaves the links as they were.
    ChangeLeavesLinks,
    /// A change by somebody who is signed in is made whatever password there is by then.
    ChangeComparesNoStamp,
    /// Links are bound to nothing that says whether the account has a password.
    InvitationSetsASecondPassword,
    /// An account is invited whether it has a password or not.
    InvitedWithAPassword,
}

/// The mistaken flow; `None` where this one is as it is shipped.
pub(crate) async fn run(
    mistake: Mistake,
    bounds: &Bounds,
    ports: &Ports,
    process: u8,
    flow: &Flow,
) -> Option<Told> {
    let ran = match (mistake, flow) {
        (Mistake::IssueUndoneWhenMailFails, Flow::Request) => {
            request_that_undoes(bounds, ports).await
        }
        (Mistake::MailedBeforeTheCommit, Flow::Request) => {
            request_that_mails_first(bounds, ports).await
        }
        (Mistake::ConsumedBeforeThePolicy, Flow::Redeem { link, is_weak: true }) => {
            redeem_that_consumes_first(bounds, ports, link).await
        }
        (
            Mistake::ErrorTakenForFailure | Mistake::InvitationSetsASecondPassword,
            Flow::Redeem { link, is_weak: false },
        ) => {
            let binds = mistake != Mistake::InvitationSetsASecondPassword;
            redeem_that_looks_once(bounds, ports, process, link, binds).await
        }
        (Mistake::ErrorTakenForFailure | Mistake::ChangeComparesNoStamp, Flow::Change) => {
            let compares = mistake != Mistake::ChangeComparesNoStamp;
            change_that_looks_once(bounds, ports, process, compares).await
        }
        (Mistake::InvitedWithAPassword, Flow::Invite) => invite_anybody(bounds, ports).await,
        (Mistake::LookGoesByTheNewest, Flow::Redeem { link, is_weak: false }) => {
            redeem_that_looks_for_the_newest(bounds, ports, process, link).await
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
        Commit::Committed { .. } => Ok(()),
        Commit::Conflict => Err(Told::Contended),
    }
}

async fn mail(ports: &Ports, account: &Account<u8>, issued: &Issued) -> Result<Told, Told> {
    let link = LinkTemplate::new("https://app.example.com/reset?token={token}");
    let link = link.map_err(|_| Told::OtherFault)?.link(&issued.token);
    let recipient = Recipient::parse(&account.address).map_err(|_| Told::OtherFault)?;
    let message =
        Message::reset_link(&account.id, recipient, &link, ports.now(), issued.expires_at);
    Ok(ports.send(&message).await.map_or(Told::MailFailed, |()| Told::Sent))
}

async fn issue(bounds: &Bounds, ports: &Ports) -> Result<(Found, Issued), Told> {
    let account = ports.find_by_login(LOGIN).await?;
    let found = Found::read(account).ok_or(Told::UnknownAccount)?;
    let binding = found.account.binding();
    let issuer = bounds.issuer_of(IssueKind::Recovery);
    let made = issuer.issue(found.ledger.as_ref(), binding, ports.now(), ports.draw());
    made.map(|issued| (found, issued)).map_err(|_| Told::Throttled)
}

async fn request_that_undoes(bounds: &Bounds, ports: &Ports) -> Result<Told, Told> {
    let (Found { account, ledger }, issued) = issue(bounds, ports).await?;
    commit(ports, Change::new(&account, ledger.as_ref(), &issued.ledger, None)).await?;
    let told = mail(ports, &account, &issued).await?;
    if told == Told::MailFailed
        && let Ok(Some(undone)) =
            bounds.issuer_of(IssueKind::Recovery).revoke(&issued.ledger, ports.now())
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

async fn invite_anybody(bounds: &Bounds, ports: &Ports) -> Result<Told, Told> {
    let account = ports.find_by_id(&ID).await?;
    let Found { account, ledger } = Found::read(account).ok_or(Told::UnknownAccount)?;
    let (invitations, binding) = (bounds.issuer_of(IssueKind::Invitation), account.binding());
    let made = invitations.issue_unthrottled(ledger.as_ref(), binding, ports.now(), ports.draw());
    let issued = made.map_err(|_| Told::OtherFault)?;
    commit(ports, Change::new(&account, ledger.as_ref(), &issued.ledger, None)).await?;
    mail(ports, &account, &issued).await
}

async fn change_that_looks_once(
    bounds: &Bounds,
    ports: &Ports,
    process: u8,
    compares: bool,
) -> Result<Told, Told> {
    let verified = verify(ports).await.ok_or(Told::UnknownAccount)?;
    let account = ports.find_by_id(&ID).await?;
    let Found { account, ledger } = Found::read(account).ok_or(Told::UnknownAccount)?;
    if compares && account.stamp != verified.as_bytes() {
        return Err(Told::Refused(Refusal::Changed));
    }
    ports.ask(Call::Hash).await;
    let hash = hash_of(process);
    let successor = Binding::new(&account.address, hash.as_bytes());
    let issuer = bounds.issuer_of(IssueKind::Recovery);
    let next = issuer.change(ledger.as_ref(), successor, ports.now(), ports.draw());
    let next = next.map_err(|_| Told::OtherFault)?;
    commit(ports, Change::new(&account, ledger.as_ref(), &next, Some(&hash))).await?;
    Ok(Told::PasswordChanged)
}

async fn find_link(ports: &Ports, link: &Opened) -> Result<(ResetToken, Found, Ledger), Told> {
    let token = ResetToken::parse(&link.token).map_err(|_| Told::OtherFault)?;
    let account = ports.find_by_selector(token.selector()).await?;
    let found = Found::read(account).ok_or(Told::OtherFault)?;
    let ledger = found.ledger.clone().ok_or(Told::OtherFault)?;
    Ok((token, found, ledger))
}

async fn redeem_that_consumes_first(
    bounds: &Bounds,
    ports: &Ports,
    link: &Opened,
) -> Result<Told, Told> {
    let (token, Found { account, .. }, ledger) = find_link(ports, link).await?;
    let (issuer, binding) = (bounds.issuer_of(link.kind), account.binding());
    let next = issuer.redeem(&ledger, &token, &binding, ports.now(), binding)?;
    commit(ports, Change::new(&account, Some(&ledger), &next, None)).await?;
    let judged = PasswordPolicy::default().check("weak").map(drop);
    Ok(judged.map_or(Told::Rejected, |()| Told::OtherFault))
}

/// The account with its ledger as they were found, and the ledger in which the link is redeemed.
async fn redeem(
    bounds: &Bounds,
    ports: &Ports,
    hash: &str,
    link: &Opened,
    binds: bool,
) -> Result<(Account<u8>, Ledger, Ledger), Told> {
    let (token, Found { account, .. }, ledger) = find_link(ports, link).await?;
    let loose = Binding::without_password(&account.address, &account.stamp);
    let binding = if binds { account.binding() } else { loose };
    let issuer = bounds.issuer_of(link.kind);
    issuer.check(&ledger, &token, &binding, ports.now()).map_err(Told::Refused)?;
    ports.ask(Call::Hash).await;
    let successor = Binding::new(&account.address, hash.as_bytes());
    let next = issuer.redeem(&ledger, &token, &binding, ports.now(), successor)?;
    Ok((account, ledger, next))
}

async fn redeem_that_looks_once(
    bounds: &Bounds,
    ports: &Ports,
    process: u8,
    link: &Opened,
    binds: bool,
) -> Result<Told, Told> {
    let hash = hash_of(process);
    let (account, ledger, next) = redeem(bounds, ports, &hash, link, binds).await?;
    commit(ports, Change::new(&account, Some(&ledger), &next, Some(&hash))).await?;
    Ok(Told::Redeemed)
}

async fn redeem_that_looks_for_the_newest(
    bounds: &Bounds,
    ports: &Ports,
    process: u8,
    link: &Opened,
) -> Result<Told, Told> {
    let hash = hash_of(process);
    let (account, ledger, next) = redeem(bounds, ports, &hash, link, true).await?;
    let change = Change::new(&account, Some(&ledger), &next, Some(&hash));
    if let Ok(commit) = ports.commit(&change).await {
        return if commit.is_committed() { Ok(Told::Redeemed) } else { Err(Told::Contended) };
    }
    let (_, _, stored) = find_link(ports, link).await?;
    let issue = |ledger: &Ledger| Issues::read(&ledger.encode()).issues.pop();
    let (newest, stored_newest) = (issue(&next), issue(&stored));
    let is_stored = newest.zip(stored_newest).is_some_and(|(newest, stored)| {
        // The binding of a live one may have changed.
        let is_same = newest[DIGEST] == stored[DIGEST] && newest[STATE_AT] == stored[STATE_AT];
        is_same && (newest[STATE_AT] == LIVE || newest == stored)
    });
    let includes = stored.revision() >= next.revision() && is_stored;
    if includes { Ok(Told::Redeemed) } else { Err(Told::StoreFailed) }
}

const HEADER_BYTES: usize = 22;
const DIGEST: Range<usize> = 0..32;
const BINDING: Range<usize> = 32..64;
const KIND_AT: usize = 64;
const ISSUED_AT: Range<usize> = 65..77;
const STATE_AT: usize = 89;
const LIVE: u8 = 0;
const SUPERSEDED: u8 = 1;
const CHANGED: u8 = 5;

/// A stored ledger, cut into the bytes of its issues.
struct Issues {
    header: Vec<u8>,
    issues: Vec<Vec<u8>>,
}

impl Issues {
    fn read(bytes: &[u8]) -> Self {
        let (header, mut rest) = bytes.split_at(HEADER_BYTES);
        let mut issues: Vec<Vec<u8>> = vec![];
        while let Some(state) = rest.get(STATE_AT) {
            let (issue, others) = rest.split_at(STATE_AT + if *state == LIVE { 1 } else { 13 });
            issues.push(issue.to_vec());
            rest = others;
        }
        Self { header: header.to_vec(), issues }
    }

    fn write(self) -> Vec<u8> {
        [self.header, self.issues.concat()].concat()
    }
}

/// Whether a change by somebody who was signed in is the newest of a stored ledger.
pub(crate) fn is_change(bytes: &[u8]) -> bool {
    Issues::read(bytes).issues.last().is_some_and(|newest| newest[STATE_AT] == CHANGED)
}

/// A stored ledger as a table of links would have it that is sorted by when they were issued.
pub(crate) fn newest_by_clock(bytes: &[u8]) -> Vec<u8> {
    let mut ledger = Issues::read(bytes);
    let issues = &mut ledger.issues;
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
    ledger.write()
}

/// A stored ledger in which a new link has ended the live one of the other kind.
pub(crate) fn newest_of_any_kind(bytes: &[u8]) -> Vec<u8> {
    let mut ledger = Issues::read(bytes);
    if let Some((newest, older)) = ledger.issues.split_last_mut()
        && newest[STATE_AT] == LIVE
    {
        let others = older.iter_mut().filter(|issue| issue[KIND_AT] != newest[KIND_AT]);
        others.for_each(|issue| issue[BINDING].fill(0));
    }
    ledger.write()
}

/// A stored ledger whose live links are bound as they were before a password was set.
pub(crate) fn bound_as_before(before: &[u8], bytes: &[u8]) -> Vec<u8> {
    let (before, mut ledger) = (Issues::read(before), Issues::read(bytes));
    for live in ledger.issues.iter_mut().filter(|issue| issue[STATE_AT] == LIVE) {
        let mut old = before.issues.iter().filter(|old| old[DIGEST] == live[DIGEST]);
        if let Some(old) = old.next() {
            live[BINDING].copy_from_slice(&old[BINDING]);
        }
    }
    ledger.write()
}
