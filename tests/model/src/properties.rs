//! What must hold in every state, whoever did what in whichever order.

use crate::bounds::Bounds;
use crate::invariants;
use crate::ports;
use crate::world::{Process, Row, World};
use password_reset::token::{Ledger, ResetToken};
use std::fmt;

/// What is checked, in the field's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Property {
    /// What is stored is a ledger.
    StoredBytesDecode,
    /// At most one link is live, and only the newest can be.
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
    /// No link is redeemed twice.
    RedeemedOnce,
    /// A success is told only to whose password it was that was stored.
    SuccessIsTold,
    /// A failure is told to nobody whose password was stored, unless the store could not say.
    FailureIsTold,
    /// What a visitor is told of a link is so.
    RefusalsAreTrue,
    /// Whoever is throttled has a good link.
    ThrottledHaveAGoodLink,
    /// A good link is superseded only as often as the throttle lets.
    GoodLinksAreSupersededSeldom,
    /// Mail goes to the address that was stored at the decision, and says only what was committed.
    MailGoesToTheStoredAddress,
    /// A ceremony makes its own change and no other: neither a weak password nor a mailer that
    /// fails costs a link.
    CeremoniesChangeOnlyTheirOwn,
    /// A swap meets a conflict only where something changed since the look that it comes from, or
    /// where transactions collide.
    ConflictsHaveAReason,
    /// Whoever keeps trying gets in: once faults stop, and whatever an attacker asks for between
    /// any two steps, one request per cooldown is enough for a good link in the mail within the
    /// window and 60 s, and that link sets a password.
    WhoeverKeepsTryingGetsIn,
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StoredBytesDecode => "the stored bytes are a ledger's",
            Self::OnlyTheNewestIsLive => "at most one link is live, and only the newest",
            Self::NothingComesBackToLife => "nothing comes back to life",
            Self::RevisionRisesByOne => "every change raises the revision by exactly one",
            Self::LinksAreWhatTheCommitsMadeThem => "each link is what the commits have made of it",
            Self::PasswordCameFromTheGoodLink => "a stored password came from the good link",
            Self::RedeemedOnce => "no link is redeemed twice",
            Self::SuccessIsTold => "a success is told only to whose password was stored",
            Self::FailureIsTold => "a failure is told to nobody whose password was stored",
            Self::RefusalsAreTrue => "what a visitor is told of a link is so",
            Self::ThrottledHaveAGoodLink => "whoever is throttled has a good link",
            Self::GoodLinksAreSupersededSeldom => {
                "a good link is superseded only when the throttle lets"
            }
            Self::MailGoesToTheStoredAddress => {
                "mail goes only to the address stored at the decision"
            }
            Self::CeremoniesChangeOnlyTheirOwn => "a ceremony makes its own change and no other",
            Self::ConflictsHaveAReason => "a swap meets a conflict only where something changed",
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

fn broken_in_the_ledger(bounds: &Bounds, world: &World) -> Vec<Property> {
    let Some(row) = &world.account else { return vec![] };
    let Some(bytes) = &row.ledger else {
        let is_missed = world.truth.links.is_empty();
        return if is_missed { vec![] } else { vec![Property::LinksAreWhatTheCommitsMadeThem] };
    };
    let Ok(ledger) = Ledger::decode(bytes) else { return vec![Property::StoredBytesDecode] };
    let mut broken = vec![];
    if !invariants::only_the_newest_is_live(&ledger) {
        broken.push(Property::OnlyTheNewestIsLive);
    }
    let committed = world.truth.links.iter().map(|link| &link.token);
    let mailed = world.mails.iter().map(|mail| &mail.token);
    let (binding, now) = (row.binding(), ports::instant(world.clock));
    let is_as_it_must_be = |token: &str| {
        ResetToken::parse(token).is_ok_and(|parsed| {
            let told = bounds.issuer.check(&ledger, &parsed, &binding, now);
            told == world.truth.told(token, row, world.clock)
        })
    };
    if !committed.chain(mailed).all(|token| is_as_it_must_be(token)) {
        broken.push(Property::LinksAreWhatTheCommitsMadeThem);
    }
    broken
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
