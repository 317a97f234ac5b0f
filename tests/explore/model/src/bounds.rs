//! What keeps a model finite: who takes part, and how often what may happen.

use crate::faults::Fault;
use crate::flow::ID;
use crate::mistakes::Mistake;
use crate::steps::{Action, Notes};
use crate::world::{Left, Process, Row, World};
use password_reset::token::{CodeKey, Codes, IssueKind, Throttle, TokenIssuer};
use std::time::Duration;

pub(crate) const ADDRESS: &str = "Alice@Example.com";
pub(crate) const OTHER_ADDRESS: &str = "alice@elsewhere.example";
pub(crate) const STAMP: &str = "the first hash";
pub(crate) const OTHER_STAMP: &str = "a hash that the host set";
pub(crate) const STAMP_WITHOUT_PASSWORD: &str = "no hash";
pub(crate) const STAMP_WITH_PASSKEY: &str = "no hash, and a passkey";

/// A minute, then two, then three between two links, and twice in three minutes; and a link is
/// good for three. The spans are short so that few readings of the clock lead past them.
pub(crate) const COOLDOWN: i64 = 60;
pub(crate) const WINDOW: i64 = 180;
pub(crate) const PER_WINDOW: usize = 2;
pub(crate) const LIFETIME: i64 = 180;
/// That of an invitation.
pub(crate) const LIFETIME_OF_INVITATIONS: i64 = 600;
/// How far clocks may be apart.
pub(crate) const SKEW: i64 = 60;
pub(crate) const DAY: i64 = 24 * 3600;

/// The digits that a stranger types, which are no code's.
pub(crate) const WRONG_CODE: &str = "00000000";

/// One process, and what it may do once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The account's holder asks for a link.
    Requester,
    /// Somebody else does, who cannot read the mail.
    Attacker,
    /// Whoever can read the mail opens any link and sets a password that meets the policy.
    Redeemer,
    /// As a redeemer, but with a password that does not meet it.
    WeakRedeemer,
    /// Opens any link to say "this wasn't me".
    Canceller,
    /// Opens any link to be sent a new one in its place.
    Renewer,
    /// The host asks for a link, for an administrator.
    Administrator,
    /// The host invites the account's holder to choose a first password.
    Inviter,
    /// The host revokes the live links.
    Revoker,
    /// Somebody who is signed in, and has just entered the present password, sets another.
    Changer,
    /// A stranger who knows the login types a wrong code.
    Guesser,
    /// Whoever can read the mail types any code from it, to redeem the link with the token that is
    /// given for it, or not.
    Exchanger,
}

/// What the host does to the account by another path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostDeed {
    /// To another address, and back again.
    SetAddress,
    /// To a hash that no reset stored.
    SetPassword,
    /// A passkey for an account without a password, which stays without one.
    AddPasskey,
    /// Of a ledger that may be forgotten.
    Purge,
    /// Of any ledger, as no host should.
    PurgeAtOnce,
    /// With its ledger.
    Delete,
    /// With the address and the password that it had at first.
    MakeAgain,
    /// With the id, too, as it may happen where a database gives a deleted row's number to the
    /// next one.
    MakeAgainWithItsId,
}

/// A model: what it consists of.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// As it is printed.
    pub name: &'static str,
    /// The processes.
    pub cast: Vec<Role>,
    /// By how many seconds the clock may jump, and how often.
    pub jumps: Vec<(i64, u8)>,
    /// What the host may do, and how often.
    pub deeds: Vec<(HostDeed, u8)>,
    /// How a call may fare other than well.
    pub faults: Vec<Fault>,
    /// How many calls may.
    pub fault_count: u8,
    /// What is not as it is shipped.
    pub mistake: Option<Mistake>,
    /// Whether the host has no stamp, so that a password changes nothing that links are bound to.
    pub(crate) has_no_stamp: bool,
    pub(crate) tells_no_passwords: bool,
    /// Whether the account begins without a password, and so can be invited to choose a first one.
    pub(crate) begins_without_password: bool,
    /// How long a link for recovery is good.
    lifetime: i64,
    /// Who acted before the model begins, in this order, and when.
    earlier: Vec<(Role, i64)>,
    recovery: TokenIssuer,
    invitation: TokenIssuer,
}

impl Bounds {
    /// A model of the shipped code in which nothing happens beside what `cast` does.
    ///
    /// # Panics
    /// Never: the throttle is one.
    #[must_use]
    pub fn new(name: &'static str, cast: &[Role]) -> Self {
        let recovery = recovery(LIFETIME, None);
        let invitation = recovery.invitations(seconds(LIFETIME_OF_INVITATIONS));
        Self {
            name,
            cast: cast.to_vec(),
            jumps: vec![],
            deeds: vec![],
            faults: vec![],
            fault_count: 0,
            mistake: None,
            has_no_stamp: false,
            tells_no_passwords: false,
            begins_without_password: false,
            lifetime: LIFETIME,
            earlier: vec![],
            recovery,
            invitation: invitation.expect("the lifetime is one"),
        }
    }

    /// With jumps of the clock, in seconds, and how often each.
    #[must_use]
    pub fn jumps(mut self, jumps: &[(i64, u8)]) -> Self {
        self.jumps = jumps.to_vec();
        self
    }

    /// With a host that does these, so often each.
    #[must_use]
    pub fn deeds(mut self, deeds: &[(HostDeed, u8)]) -> Self {
        self.deeds = deeds.to_vec();
        self
    }

    /// With any of these faults, so many in all.
    #[must_use]
    pub fn faults(mut self, faults: &[Fault], count: u8) -> Self {
        (self.faults, self.fault_count) = (faults.to_vec(), count);
        self
    }

    /// With a mistake in place of what is shipped.
    #[must_use]
    pub fn mistake(mut self, mistake: Mistake) -> Self {
        self.mistake = Some(mistake);
        self
    }

    /// With a host whose stamp is empty.
    #[must_use]
    pub fn without_stamp(mut self) -> Self {
        self.has_no_stamp = true;
        self
    }

    /// With an account that has no password until one is set.
    #[must_use]
    pub fn without_password(mut self) -> Self {
        self.begins_without_password = true;
        self
    }

    /// With a host that goes on saying that there is no password when one was set.
    #[must_use]
    pub fn telling_no_passwords(mut self) -> Self {
        self.tells_no_passwords = true;
        self
    }

    /// With codes, and links that are good for so many seconds.
    ///
    /// # Panics
    /// Where that is no lifetime.
    #[must_use]
    pub fn codes(mut self, lifetime: i64) -> Self {
        self.recovery = recovery(lifetime, Some(Codes::new(code_key())));
        self.lifetime = lifetime;
        self
    }

    /// With codes, and a mail with one at the beginning. So many wrong ones were typed for it, and
    /// so many for each of older mails, two days before.
    #[must_use]
    pub fn wrong_codes(mut self, for_the_last: usize, for_older_ones: &[usize]) -> Self {
        let older = for_older_ones.iter().map(|wrong| (*wrong, -2 * DAY));
        for (wrong, at) in older.chain([(for_the_last, 0)]) {
            self.earlier.push((Role::Administrator, at));
            self.earlier.extend((0..wrong).map(|_| (Role::Guesser, at)));
        }
        self.codes(LIFETIME)
    }

    pub(crate) fn has_codes(&self) -> bool {
        self.recovery.has_codes()
    }

    pub(crate) fn role(&self, process: u8) -> Role {
        let process = usize::from(process);
        let earlier = || self.earlier[process - self.cast.len()].0;
        self.cast.get(process).copied().unwrap_or_else(earlier)
    }

    pub(crate) fn lifetime_of(&self, kind: IssueKind) -> i64 {
        match kind {
            IssueKind::Invitation => LIFETIME_OF_INVITATIONS,
            _ => self.lifetime,
        }
    }

    pub(crate) fn issuer_of(&self, kind: IssueKind) -> &TokenIssuer {
        match kind {
            IssueKind::Invitation => &self.invitation,
            _ => &self.recovery,
        }
    }

    pub(crate) fn first_row(&self) -> Row {
        let stamp = match (self.has_no_stamp, self.begins_without_password) {
            (true, _) => "",
            (false, true) => STAMP_WITHOUT_PASSWORD,
            (false, false) => STAMP,
        };
        Row {
            id: ID,
            address: ADDRESS.into(),
            stamp: stamp.into(),
            has_password: !self.begins_without_password,
            tells_passwords: !self.tells_no_passwords,
            ledger: None,
        }
    }

    pub(crate) fn first_world(&self) -> World {
        let (all, mut notes) = (self.cast.len() + self.earlier.len(), Notes::default());
        let mut world = self.empty_world(all);
        let earlier = self.earlier.iter().zip(self.cast.len()..);
        for (&(_, at), process) in earlier {
            world.clock = at;
            let go = u8::try_from(process).expect("a cast is small");
            let go = Action::Go { process: go, mail: None, fault: None };
            while world.processes[process] != Process::Gone {
                world = self.step(&world, go, &mut notes);
            }
        }
        world.clock = 0;
        world.processes.truncate(self.cast.len());
        world
    }

    fn empty_world(&self, processes: usize) -> World {
        World {
            clock: 0,
            account: Some(self.first_row()),
            mails: vec![],
            processes: vec![Process::Idle; processes],
            under_way: vec![],
            truth: crate::truth::Truth::default(),
            left: Left {
                jumps: self.jumps.iter().map(|(_, times)| *times).collect(),
                deeds: self.deeds.iter().map(|(_, times)| *times).collect(),
                faults: self.fault_count,
            },
            broken: vec![],
        }
    }

    /// Who a process is, in a sentence.
    pub(crate) fn name_of(&self, process: u8) -> String {
        let role = self.role(process);
        let Some(alike) = self.cast.get(..=usize::from(process)) else {
            return "an earlier request".to_owned();
        };
        let name = match role {
            Role::Requester => "requester",
            Role::Attacker => "the attacker's request",
            Role::Redeemer => "redeemer",
            Role::WeakRedeemer => "redeemer with a weak password",
            Role::Canceller => "canceller",
            Role::Renewer => "renewer",
            Role::Administrator => "the administrator's request",
            Role::Inviter => "the invitation",
            Role::Revoker => "the host's revocation",
            Role::Changer => "the owner's change",
            Role::Guesser => "guesser",
            Role::Exchanger => "exchanger",
        };
        let like = |cast: &[Role]| cast.iter().filter(|other| **other == role).count();
        let number = like(alike);
        if like(&self.cast) == 1 { name.to_owned() } else { format!("{name} {number}") }
    }
}

fn seconds(seconds: i64) -> Duration {
    Duration::from_secs(seconds.unsigned_abs())
}

pub(crate) fn code_key() -> CodeKey {
    CodeKey::new(b"a key that the database does not have").expect("the key is one")
}

fn recovery(lifetime: i64, codes: Option<Codes>) -> TokenIssuer {
    let throttle = Throttle::per_window(2, seconds(WINDOW))
        .and_then(|throttle| throttle.with_cooldown(seconds(COOLDOWN)))
        .expect("the throttle is one");
    let mut issuer = TokenIssuer::builder().throttle(throttle).lifetime(seconds(lifetime));
    if let Some(codes) = codes {
        issuer = issuer.codes(codes);
    }
    issuer.build().expect("the lifetime is one")
}
