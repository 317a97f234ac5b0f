//! The usual mistakes, each as a programmer would write it.

use crate::bounds::Bounds;
use crate::flow::{Flow, ID, LOGIN, Opened, Told, hash_of, verify};
use crate::ports::{Call, Down, Ports};
use password_reset::clock::Clock;
use password_reset::mailer::{Mailer, Message, Recipient};
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::{
    Binding, Exchange, Issue, IssueKind, Issued, Ledger, RedeemError, Refusal, ResetToken,
};
use password_reset::{LinkTemplate, PasswordPolicy};
use std::ops::Range;
use time::{SignedDuration, UtcDateTime};

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
    /// A typed code is compared, and a wrong one answered, whatever becomes of the swap that counts
    /// it.
    ComparedBeforeCounted,
    /// Wrong codes are counted in the memory of a process.
    CountedInMemory,
    /// Wrong codes are counted for each link, and not in all.
    CountedForTheLinkAlone,
    /// A wrong code whose swap reported an error is taken for counted where the ledger has a count
    /// as high as it was to have.
    CountProvedByLooking,
    /// The token that a code is exchanged for takes the place of the one in the mail.
    ExchangeUsesUpTheLink,
    /// A right code is exchanged for a new link.
    ExchangeIssuesALink,
    /// An exchange counts for the throttle as a mail does.
    ExchangeIsThrottled,
    /// The fifth wrong code ends the link, too.
    FiveWrongCodesEndTheLink,
    /// A ledger is kept for seven days after its last link expires, and no longer for wrong codes.
    KeptForTheLinksAlone,
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
        (Mistake::CountedForTheLinkAlone, Flow::Request) => {
            request_that_forgives(bounds, ports).await
        }
        (
            Mistake::ComparedBeforeCounted
            | Mistake::CountedInMemory
            | Mistake::CountProvedByLooking
            | Mistake::ExchangeUsesUpTheLink
            | Mistake::ExchangeIssuesALink
            | Mistake::ExchangeIsThrottled
            | Mistake::FiveWrongCodesEndTheLink,
            Flow::Exchange { typed },
        ) => exchange(mistake, bounds, ports, typed).await,
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
    let message = match &issued.code {
        Some(code) => message.with_code(code),
        None => message,
    };
    Ok(ports.send(&message).await.map_or(Told::MailFailed, |()| Told::Sent))
}

async fn find_by_login(ports: &Ports) -> Result<Found, Told> {
    Found::read(ports.find_by_login(LOGIN).await?).ok_or(Told::UnknownAccount)
}

async fn issue(bounds: &Bounds, ports: &Ports) -> Result<(Found, Issued), Told> {
    let found = find_by_login(ports).await?;
    let issued = issue_over(found.ledger.as_ref(), &found, bounds, ports)?;
    Ok((found, issued))
}

fn issue_over(
    ledger: Option<&Ledger>,
    found: &Found,
    bounds: &Bounds,
    ports: &Ports,
) -> Result<Issued, Told> {
    let issuer = bounds.issuer_of(IssueKind::Recovery);
    let made = issuer.issue(ledger, found.account.binding(), ports.now(), ports.draw());
    made.map_err(|_| Told::Throttled)
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

async fn request_that_forgives(bounds: &Bounds, ports: &Ports) -> Result<Told, Told> {
    let found = find_by_login(ports).await?;
    let forgiven = found.ledger.as_ref().and_then(without_wrong_codes);
    let issued = issue_over(forgiven.as_ref(), &found, bounds, ports)?;
    let Found { account, ledger } = found;
    commit(ports, Change::new(&account, ledger.as_ref(), &issued.ledger, None)).await?;
    mail(ports, &account, &issued).await
}

async fn exchange(
    mistake: Mistake,
    bounds: &Bounds,
    ports: &Ports,
    typed: &str,
) -> Result<Told, Told> {
    let Found { account, ledger } = find_by_login(ports).await?;
    let (ledger, issuer) = (ledger.ok_or(Told::NoCode)?, bounds.issuer_of(IssueKind::Recovery));
    let (binding, now) = (account.binding(), ports.now());
    let made = issuer.exchange(&ledger, typed, &binding, now, ports.draw());
    let Exchange { ledger: mut next, token: mut handed, .. } =
        made.map_err(|_| Told::OtherFault)?.ok_or(Told::NoCode)?;
    let told = if handed.is_some() { Told::Exchanged } else { Told::WrongCode };
    match mistake {
        Mistake::CountedInMemory if handed.is_none() => return Ok(told),
        Mistake::ExchangeUsesUpTheLink => next = in_place_of_the_link(&next),
        Mistake::ExchangeIssuesALink if handed.is_some() => {
            let link = issuer.issue_unthrottled(Some(&ledger), binding, now, ports.draw());
            let link = link.map_err(|_| Told::OtherFault)?;
            (next, handed) = (link.ledger, Some(link.token));
        }
        Mistake::ExchangeIsThrottled if handed.is_some() => {
            let counted = issuer.explain_unthrottled(Some(&next), binding, now, ports.draw());
            next = counted.map_err(|_| Told::OtherFault)?;
        }
        Mistake::FiveWrongCodesEndTheLink if next.wrong_codes() % 5 == 0 => {
            next = issuer.revoke(&next, now).ok().flatten().ok_or(Told::OtherFault)?;
        }
        _ => {}
    }
    match ports.commit(&Change::new(&account, Some(&ledger), &next, None)).await {
        Ok(Commit::Conflict) if mistake != Mistake::ComparedBeforeCounted => {
            return Err(Told::Contended);
        }
        Err(_) if mistake == Mistake::CountProvedByLooking => {
            let stored = find_by_login(ports).await?.ledger.ok_or(Told::NoCode)?;
            let is_there =
                stored.revision() >= next.revision() && stored.wrong_codes() >= next.wrong_codes();
            if !is_there {
                return Err(Told::StoreFailed);
            }
        }
        Err(_) => return Err(Told::StoreFailed),
        Ok(_) => {}
    }
    if let Some(token) = &handed {
        ports.hand(token);
    }
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
    let issue = |ledger: &Ledger| Parts::read(&ledger.encode()).issues.pop();
    let (newest, stored_newest) = (issue(&next), issue(&stored));
    let is_stored = newest.zip(stored_newest).is_some_and(|(newest, stored)| {
        // The binding of a live one may have changed.
        let is_same = newest[DIGEST] == stored[DIGEST] && newest[STATE_AT] == stored[STATE_AT];
        is_same && (newest[STATE_AT] == LIVE || newest == stored)
    });
    let includes = stored.revision() >= next.revision() && is_stored;
    if includes { Ok(Told::Redeemed) } else { Err(Told::StoreFailed) }
}

/// Where things are in an issue's bytes, behind the digest of the token that its code was exchanged
/// for, which is zero where it was not.
const EXCHANGED: Range<usize> = 0..32;
const DIGEST: Range<usize> = 32..64;
const BINDING: Range<usize> = 64..96;
const KIND_AT: usize = 96;
const ISSUED_AT: Range<usize> = 97..109;
const STATE_AT: usize = 121;
const RECOVERY: u8 = 0;
const EXCHANGED_RECOVERY: u8 = 2;
const LIVE: u8 = 0;
const SUPERSEDED: u8 = 1;
const CHANGED: u8 = 5;
/// Of a ledger without a wrong code and without a code.
const NO_CODES: [u8; 2] = [0, 0];

/// A stored ledger, cut into the bytes of its parts.
struct Parts {
    selector_and_revision: Vec<u8>,
    codes: Vec<u8>,
    issues: Vec<Vec<u8>>,
}

impl Parts {
    fn read(mut bytes: &[u8]) -> Self {
        let mut take = |count| {
            let (taken, rest) = bytes.split_at(count);
            bytes = rest;
            taken.to_vec()
        };
        let version = take(1);
        let selector_and_revision = take(20);
        let mut codes = NO_CODES.to_vec();
        if version == [3] {
            codes = take(1);
            codes.extend(take(if codes == [0] { 0 } else { 12 }));
            let code = take(1);
            codes.extend([&*code, &take(if code == [0] { 0 } else { 36 })].concat());
        }
        let count = take(1)[0];
        let mut issue = || {
            let digest_to_kind = take(65);
            let is_exchanged = digest_to_kind.last() == Some(&EXCHANGED_RECOVERY);
            let exchanged = if is_exchanged { take(32) } else { vec![0; 32] };
            let times_and_state = take(25);
            let is_live = times_and_state.last() == Some(&LIVE);
            [exchanged, digest_to_kind, times_and_state, take(if is_live { 0 } else { 12 })]
                .concat()
        };
        let issues = (0..count).map(|_| issue()).collect();
        Self { selector_and_revision, codes, issues }
    }

    fn write(self) -> Vec<u8> {
        let is_exchanged = |issue: &Vec<u8>| issue[KIND_AT] == EXCHANGED_RECOVERY;
        let has_codes = self.codes != NO_CODES || self.issues.iter().any(is_exchanged);
        let mut bytes = vec![if has_codes { 3 } else { 2 }];
        bytes.extend(self.selector_and_revision);
        bytes.extend(self.codes.into_iter().filter(|_| has_codes));
        bytes.push(self.issues.len().try_into().expect("a ledger has few issues"));
        for issue in &self.issues {
            bytes.extend(&issue[DIGEST.start..=KIND_AT]);
            bytes.extend(issue[EXCHANGED].iter().filter(|_| is_exchanged(issue)));
            bytes.extend(&issue[ISSUED_AT.start..]);
        }
        bytes
    }
}

/// Whether a change by somebody who was signed in is the newest of a stored ledger.
pub(crate) fn is_change(bytes: &[u8]) -> bool {
    Parts::read(bytes).issues.last().is_some_and(|newest| newest[STATE_AT] == CHANGED)
}

/// A stored ledger as a table of links would have it that is sorted by when they were issued.
pub(crate) fn newest_by_clock(bytes: &[u8]) -> Vec<u8> {
    let mut ledger = Parts::read(bytes);
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
    let mut ledger = Parts::read(bytes);
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
    let (before, mut ledger) = (Parts::read(before), Parts::read(bytes));
    for live in ledger.issues.iter_mut().filter(|issue| issue[STATE_AT] == LIVE) {
        let mut old = before.issues.iter().filter(|old| old[DIGEST] == live[DIGEST]);
        if let Some(old) = old.next() {
            live[BINDING].copy_from_slice(&old[BINDING]);
        }
    }
    ledger.write()
}

/// A ledger without its code and its wrong ones.
pub(crate) fn without_wrong_codes(ledger: &Ledger) -> Option<Ledger> {
    let mut ledger = Parts::read(&ledger.encode());
    ledger.codes = NO_CODES.to_vec();
    Ledger::decode(&ledger.write()).ok()
}

/// A ledger in which a token that a code was exchanged for is its link's only one.
fn in_place_of_the_link(ledger: &Ledger) -> Ledger {
    let mut changed = Parts::read(&ledger.encode());
    for issue in changed.issues.iter_mut().filter(|i| i[KIND_AT] == EXCHANGED_RECOVERY) {
        issue.copy_within(EXCHANGED, DIGEST.start);
        issue[KIND_AT] = RECOVERY;
    }
    Ledger::decode(&changed.write()).unwrap_or_else(|_| ledger.clone())
}

/// Seven days after the last link expires.
pub(crate) fn kept_for_the_links(ledger: &Ledger) -> UtcDateTime {
    let last = ledger.issues().iter().map(Issue::expires_at).max();
    last.map_or(UtcDateTime::MIN, |last| last + SignedDuration::days(7))
}
