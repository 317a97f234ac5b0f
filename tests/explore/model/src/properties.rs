//! What must hold in every state.

use crate::bounds::{Bounds, WRONG_CODE};
use crate::invariants;
use crate::ports;
use crate::truth::{Link, Truth};
use crate::world::{Process, Row, World};
use password_reset::token::{IssueKind, Ledger, Refusal, ResetToken};
use std::fmt;
use std::sync::Arc;

/// What is checked, in the field's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Property {
    /// What is stored is a ledger.
    StoredBytesDecode,
    /// At most one link of each kind is live, and only the newest can be.
    OnlyTheNewestIsLive,
    /// Nothing comes back to life.
    NothingComesBackToLife,
    /// Every change raises the revision by exactly one.
    RevisionRisesByOne,
    /// Each link is what its history, in the order of the commits, has made of it: the latest
    /// wins, at once and for ever.
    LinksAreWhatTheCommitsMadeThem,
    /// A stored password came from the link that was good at that moment, for the account as it
    /// was then.
    PasswordCameFromTheGoodLink,
    /// Somebody who is signed in sets a password only over the one that was verified: whoever set
    /// another meanwhile, with a link or by another path, does not lose it.
    ChangeFollowsTheVerifiedPassword,
    /// Nobody is invited who has a password.
    InvitationsAreForFirstPasswords,
    /// No link is redeemed twice.
    RedeemedOnce,
    /// A success is told only to whose password it was that was stored.
    SuccessIsTold,
    /// A failure is told to nobody whose password was stored, unless the store could not say.
    FailureIsTold,
    /// What a visitor is told of a link is so.
    RefusalsAreTrue,
    /// Somebody who is throttled was issued a good link, or one that would be good had it not been
    /// cancelled or revoked, or twice the window's number within the window.
    ThrottledHaveBeenIssuedLinks,
    /// A visitor is issued a link exactly where the throttle's rule lets.
    TheThrottleIsKept,
    /// What is sent in the place of a link is sent for a dead one, of an account that has not
    /// changed, and of which no newer link has been used or cancelled.
    OnlyDeadLinksAreRenewed,
    /// Nobody who only knows the login makes a good invitation a bad one, nor whoever cancels what
    /// such a person asked for.
    NoStrangerEndsAnInvitation,
    /// Once a password is stored, no link is good that was issued before, whatever the stamp does.
    OnePasswordEndsEveryLink,
    /// Mail goes to the address that was stored at the decision, and says only what was committed;
    /// that the host asked, only where it did.
    MailGoesToTheStoredAddress,
    /// A flow sends one mail at most, and whoever set a password is told so with one notice.
    OneMailIsSent,
    /// A flow makes its own change and no other: neither a weak password nor a mailer that
    /// fails costs a link.
    FlowsChangeOnlyTheirOwn,
    /// A swap meets a conflict only where something changed since the look that it comes from, or
    /// where transactions collide.
    ConflictsHaveAReason,
    /// Codes are what their history has made of them: the right one of the live link is exchanged,
    /// once, for ten minutes and until the fifth wrong one; after twenty there is none until a
    /// password is set. So many wrong ones are stored as were counted.
    CodesAreWhatTheCommitsMadeThem,
    /// Whoever is told that a code is wrong had it counted before, by a commit that took effect. So
    /// no more are answered than are counted.
    WrongCodesAreCountedFirst,
    /// At most five wrong codes are counted for a link, and twenty until a password is set.
    FewWrongCodesAreCounted,
    /// A token is given only for the right code, once, and while that code was live.
    TokensAreForTheRightCode,
    /// A ledger is not forgotten until 30 days after the last wrong code.
    NoPurgeForgives,
    /// Whoever keeps trying gets in: once faults stop, whatever an attacker asks for between any two
    /// steps, and whatever codes are typed just before each commit, one request per cooldown is
    /// enough for a good link in the mail within the window and 60 s, and that link sets a password.
    WhoeverKeepsTryingGetsIn,
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StoredBytesDecode => "the stored bytes are a ledger's",
            Self::OnlyTheNewestIsLive => "at most one link of a kind is live, and only the newest",
            Self::NothingComesBackToLife => "nothing comes back to life",
            Self::RevisionRisesByOne => "every change raises the revision by exactly one",
            Self::LinksAreWhatTheCommitsMadeThem => "each link is what the commits have made of it",
            Self::PasswordCameFromTheGoodLink => "a stored password came from the good link",
            Self::ChangeFollowsTheVerifiedPassword => {
                "a change follows the password that was verified"
            }
            Self::InvitationsAreForFirstPasswords => "nobody is invited who has a password",
            Self::RedeemedOnce => "no link is redeemed twice",
            Self::SuccessIsTold => "a success is told only to whose password was stored",
            Self::FailureIsTold => "a failure is told to nobody whose password was stored",
            Self::RefusalsAreTrue => "what a visitor is told of a link is so",
            Self::ThrottledHaveBeenIssuedLinks => {
                "somebody who is throttled has been issued a link that is good, or was cancelled"
            }
            Self::TheThrottleIsKept => "a link is issued exactly where the throttle's rule lets",
            Self::OnlyDeadLinksAreRenewed => "only dead links are renewed",
            Self::NoStrangerEndsAnInvitation => "no stranger ends an invitation",
            Self::OnePasswordEndsEveryLink => "one password ends every link",
            Self::MailGoesToTheStoredAddress => {
                "mail goes only to the address stored at the decision"
            }
            Self::OneMailIsSent => "one mail is sent at most, and one notice of each password",
            Self::FlowsChangeOnlyTheirOwn => "a flow makes its own change and no other",
            Self::ConflictsHaveAReason => "a swap meets a conflict only where something changed",
            Self::CodesAreWhatTheCommitsMadeThem => "codes are what the commits have made of them",
            Self::WrongCodesAreCountedFirst => "a wrong code is counted before anybody is told so",
            Self::FewWrongCodesAreCounted => "few wrong codes are counted",
            Self::TokensAreForTheRightCode => "a token is given for the right code, and once",
            Self::NoPurgeForgives => "no purge forgives a wrong code",
            Self::WhoeverKeepsTryingGetsIn => "whoever keeps trying gets in",
        })
    }
}

/// Of a state by itself.
pub(crate) fn broken_in(bounds: &Bounds, world: &World) -> Vec<Property> {
    let mut broken = broken_in_the_ledger(bounds, world);
    // One that ends is looked at when it does; after that, only a swap that lands late can belie it.
    for (process, state) in (0..).zip(&world.processes) {
        if *state == Process::Refused && world.truth.is_stored(process) {
            broken.push(Property::FailureIsTold);
        }
    }
    broken
}

fn other(kind: IssueKind) -> IssueKind {
    match kind {
        IssueKind::Invitation => IssueKind::Recovery,
        _ => IssueKind::Invitation,
    }
}

fn broken_in_the_ledger(bounds: &Bounds, world: &World) -> Vec<Property> {
    let Some(row) = &world.account else { return vec![] };
    let Some(bytes) = &row.ledger else {
        let is_missed = world.truth.links.is_empty();
        return if is_missed { vec![] } else { vec![Property::LinksAreWhatTheCommitsMadeThem] };
    };
    let Ok(ledger) = Ledger::decode(bytes) else { return vec![Property::StoredBytesDecode] };
    let mut broken = vec![];
    if !invariants::only_the_newest_of_a_kind_is_live(&ledger) {
        broken.push(Property::OnlyTheNewestIsLive);
    }
    let links = world.truth.links.iter();
    let committed = links.flat_map(|link| link.tokens().map(|token| (token, link.kind)));
    let mailed = world.mails.iter().map(|mail| (&mail.token, mail.kind));
    let is_as_it_must_be = |(token, kind): (&Arc<str>, IssueKind)| {
        let as_a = |kind| told(bounds, row, &ledger, token, kind, world.clock);
        let is_unknown_elsewhere = as_a(other(kind)) == Err(Refusal::Unknown);
        let truth = world.truth.told(token, row, world.clock);
        is_unknown_elsewhere && as_a(kind) == truth
    };
    if !committed.chain(mailed).all(is_as_it_must_be) {
        broken.push(Property::LinksAreWhatTheCommitsMadeThem);
    }
    if bounds.has_codes() && !are_codes_as_they_must_be(bounds, world, row, &ledger) {
        broken.push(Property::CodesAreWhatTheCommitsMadeThem);
    }
    broken
}

/// Whether the shipped code exchanges each code, and counts a wrong one, exactly where it must.
fn are_codes_as_they_must_be(bounds: &Bounds, world: &World, row: &Row, ledger: &Ledger) -> bool {
    let World { truth, mails, clock, .. } = world;
    let (issuer, now) = (bounds.issuer_of(IssueKind::Recovery), ports::instant(*clock));
    let is_right = |typed: &str| {
        let made = issuer.exchange(ledger, typed, &row.binding(), now, ports::entropy(99, 0));
        made.map(|made| made.map(|exchange| exchange.token.is_some()))
    };
    let mailed = mails.iter().filter_map(|mail| mail.code.as_deref());
    let mut codes = truth.codes().map(|code| &**code).chain(mailed).chain([WRONG_CODE]);
    let is_told = |typed| is_right(typed) == Ok(truth.is_right_code(typed, row, *clock));
    codes.all(is_told) && ledger.wrong_codes() == truth.wrong_codes()
}

/// What the shipped code tells of a link.
fn told(
    bounds: &Bounds,
    row: &Row,
    ledger: &Ledger,
    token: &str,
    kind: IssueKind,
    clock: i64,
) -> Result<(), Refusal> {
    let token = ResetToken::parse(token).map_err(|_| Refusal::Unknown)?;
    let issuer = bounds.issuer_of(kind);
    issuer.check(ledger, &token, &row.binding(), ports::instant(clock)).map(drop)
}

/// Of a swap that took effect.
pub(crate) fn broken_by_swap(before: &Row, after: &Row) -> Vec<Property> {
    let Some(next) = after.ledger() else { return vec![Property::StoredBytesDecode] };
    let fresh = Ledger::new(*next.selector());
    let last = before.ledger().unwrap_or(fresh);
    let mut broken = vec![];
    if last.selector() != next.selector() || last.revision() + 1 != next.revision() {
        broken.push(Property::RevisionRisesByOne);
    }
    if !invariants::nothing_came_back_to_life(&last, &next, 1) {
        broken.push(Property::NothingComesBackToLife);
    }
    broken
}

/// Of a step from one state to the next, which a stranger's request took or did not.
pub(crate) fn broken_by_step(
    bounds: &Bounds,
    before: &World,
    after: &World,
    is_of_stranger: bool,
) -> Option<Property> {
    let (was, is) = (before.account.as_ref()?, after.account.as_ref()?);
    let was_good = |link: &&Link| is_good(bounds, was, link, before.clock);
    let mut ended = before.truth.links.iter().filter(was_good);
    let ends_one = ended
        .any(|link| link.kind == IssueKind::Invitation && !is_good(bounds, is, link, after.clock));
    (is_of_stranger && ends_one).then_some(Property::NoStrangerEndsAnInvitation)
}

/// Whether a link is good that was issued before a password was set.
pub(crate) fn is_any_good(bounds: &Bounds, row: &Row, truth: &Truth, clock: i64) -> bool {
    truth.links.iter().any(|link| is_good(bounds, row, link, clock))
}

fn is_good(bounds: &Bounds, row: &Row, link: &Link, clock: i64) -> bool {
    row.ledger().is_some_and(|ledger| {
        let is_good = |token| told(bounds, row, &ledger, token, link.kind, clock).is_ok();
        link.tokens().any(|token| is_good(token))
    })
}

/// Whether the link is a live one of the ledger in `row`: of the states, it alone depends on the
/// time.
pub(crate) fn is_live(bounds: &Bounds, row: &Row, link: &Link) -> bool {
    let much_later = i64::from(u32::MAX);
    row.ledger().is_some_and(|ledger| {
        let told = told(bounds, row, &ledger, &link.token, link.kind, much_later);
        told == Err(Refusal::Expired)
    })
}
