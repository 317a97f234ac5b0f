//! What can happen next in a state, and what it leads to.

use crate::bounds::{ADDRESS, Bounds, HostDeed, OTHER_ADDRESS, OTHER_STAMP, Role, first_row};
use crate::ceremony::{Ceremony, Known, Next, Progress, Told};
use crate::database::{self, Done};
use crate::faults::Fault;
use crate::ports::{self, Answer, Call, Down, Reply};
use crate::properties::{self, Property};
use crate::rescue;
use crate::world::{Intent, Mail, Order, Permit, Process, Row, Running, Swap, World};
use password_reset::token::{Ledger, Refusal, Selector, TokenIssuer};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// A process makes its next call; where it has not begun, with the link of a mail.
    Go {
        process: u8,
        mail: Option<usize>,
        fault: Option<Fault>,
    },
    /// A swap that was under way takes effect, if it still fits.
    Land(usize),
    Jump(usize),
    Deed(usize),
}

/// What one explorer remembers and notes.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    known: Known,
    rescues: HashMap<(Row, i64), bool>,
    pub(crate) reached: BTreeMap<&'static str, u64>,
    /// The last step as a sentence, where somebody wants to read it.
    pub(crate) sentence: Option<String>,
}

impl Notes {
    pub(crate) fn that_speak() -> Self {
        Self { sentence: Some(String::new()), ..Self::default() }
    }

    fn reach(&mut self, what: &'static str) {
        *self.reached.entry(what).or_default() += 1;
    }

    fn say(&mut self, sentence: impl FnOnce() -> String) {
        if let Some(last) = &mut self.sentence {
            *last = sentence();
        }
    }

    fn add(&mut self, more: &str) {
        if let Some(last) = &mut self.sentence {
            last.push_str(more);
        }
    }
}

impl Bounds {
    /// Everything that can happen in a state.
    pub(crate) fn actions(&self, world: &World, notes: &mut Notes) -> Vec<Action> {
        let mut actions = vec![];
        for process in (0..).take(world.processes.len()) {
            let mails = match &world.processes[usize::from(process)] {
                Process::Refused | Process::Gone => continue,
                Process::Idle if self.is_preceded(world, process) => continue,
                Process::Idle if self.needs_link(process) => {
                    (0..world.mails.len()).map(Some).collect()
                }
                Process::Running(_) | Process::Idle => vec![None],
            };
            for mail in mails {
                actions.push(Action::Go { process, mail, fault: None });
                if world.left.faults == 0 {
                    continue;
                }
                let running = self.running(world, process, mail);
                if running.is_half_committed {
                    continue;
                }
                let progress = self.progress(notes, process, &running);
                let Next::Asks(call) = &progress.next else { continue };
                let fitting = self.faults.iter().copied().filter(|fault| fault.fits(call));
                actions.extend(fitting.map(|fault| Action::Go {
                    process,
                    mail,
                    fault: Some(fault),
                }));
            }
        }
        actions.extend((0..world.under_way.len()).map(Action::Land));
        let is_left = |left: &[u8]| -> Vec<_> {
            (0..left.len()).filter(|position| left[*position] > 0).collect()
        };
        actions.extend(is_left(&world.left.jumps).into_iter().map(Action::Jump));
        let deeds = is_left(&world.left.deeds).into_iter();
        actions.extend(deeds.filter(|deed| can_do(world, self.deeds[*deed].0)).map(Action::Deed));
        actions
    }

    /// Of processes that are alike, the earlier one begins first: their names say nothing.
    fn is_preceded(&self, world: &World, process: u8) -> bool {
        let Some(earlier) = usize::from(process).checked_sub(1) else { return false };
        self.cast[earlier] == self.cast[earlier + 1] && world.processes[earlier] == Process::Idle
    }

    fn needs_link(&self, process: u8) -> bool {
        let role = self.cast[usize::from(process)];
        matches!(role, Role::Redeemer | Role::WeakRedeemer | Role::Canceller)
    }

    fn running(&self, world: &World, process: u8, mail: Option<usize>) -> Running {
        if let Process::Running(running) = &world.processes[usize::from(process)] {
            return running.clone();
        }
        let token = mail.map_or_else(|| "".into(), |mail| world.mails[mail].token.clone());
        let ceremony = match self.cast[usize::from(process)] {
            Role::Requester | Role::Attacker => Ceremony::Request,
            Role::Redeemer => Ceremony::Redeem { token, is_weak: false },
            Role::WeakRedeemer => Ceremony::Redeem { token, is_weak: true },
            Role::Canceller => Ceremony::Cancel { token },
            Role::Revoker => Ceremony::Revoke,
        };
        Running { ceremony, answers: vec![], may_mail: vec![], is_half_committed: false }
    }

    fn progress<'a>(&self, notes: &'a mut Notes, process: u8, at: &Running) -> &'a Progress {
        notes.known.progress(self, process, &at.ceremony, &at.answers)
    }

    /// The state that an action leads to, with every property checked.
    pub(crate) fn step(&self, world: &World, action: Action, notes: &mut Notes) -> World {
        let mut next = world.clone();
        match action {
            Action::Go { process, mail, fault } => self.go(&mut next, process, mail, fault, notes),
            Action::Land(position) => {
                let order = next.under_way.remove(position);
                notes.say(|| {
                    format!(
                        "the commit of {} that was under way comes in",
                        self.name_of(order.process)
                    )
                });
                if self.commit(&mut next, &order, notes) == Done::Committed {
                    notes.reach("a commit landed late");
                }
            }
            Action::Jump(position) => {
                let (seconds, _) = self.jumps[position];
                next.left.jumps[position] -= 1;
                next.clock += seconds;
                notes.say(|| format!("the clock moves by {seconds} s"));
                notes.reach(if seconds < 0 { "the clock was set back" } else { "time passed" });
            }
            Action::Deed(position) => {
                next.left.deeds[position] -= 1;
                do_deed(&mut next, self.deeds[position].0, notes);
            }
        }
        next.broken.extend(properties::broken_in(self, &next));
        self.forget_what_is_over(&mut next);
        if let Some(row) = &next.account {
            let is_rescued = *notes
                .rescues
                .entry((row.clone(), next.clock))
                .or_insert_with(|| rescue::gets_in(self, row, next.clock));
            if !is_rescued {
                next.broken.push(Property::WhoeverKeepsTryingGetsIn);
            }
        }
        next.broken.sort_unstable();
        next.broken.dedup();
        next
    }

    /// Leaves out what no step and no property can ask for again, so that states which differ in
    /// nothing else are one.
    fn forget_what_is_over(&self, world: &mut World) {
        let is_expected = |process: u8| {
            let is_under_way = world.under_way.iter().any(|order| order.process == process);
            match world.processes[usize::from(process)] {
                Process::Gone => false,
                Process::Refused => is_under_way,
                _ => true,
            }
        };
        let expected: Vec<_> = (0..).take(world.processes.len()).map(is_expected).collect();
        for (process, expected) in world.processes.iter_mut().zip(&expected) {
            if !expected {
                *process = Process::Gone;
            }
        }
        world.truth.forget_processes(|process| !expected[usize::from(process)]);
        let opens = |process: u8| {
            self.needs_link(process) && world.processes[usize::from(process)] == Process::Idle
        };
        if !(0..).take(world.processes.len()).any(opens) {
            world.mails.clear();
        }
    }

    fn go(
        &self,
        world: &mut World,
        process: u8,
        mail: Option<usize>,
        fault: Option<Fault>,
        notes: &mut Notes,
    ) {
        let mut running = self.running(world, process, mail);
        let progress = self.progress(notes, process, &running).clone();
        let Next::Asks(call) = progress.next else { return };
        notes.say(|| {
            let opens = mail.map(|mail| self.name_of(world.mails[mail].by));
            let opens = opens.map(|by| format!("opens the link of {by}'s mail and "));
            let does = sentence_of(&call, &running);
            format!("{} {}{does}", self.name_of(process), opens.unwrap_or_default())
        });
        if fault.is_some() {
            world.left.faults -= 1;
        }
        world.processes[usize::from(process)] = Process::Running(running.clone());
        let reply = match (&call, fault) {
            (_, Some(Fault::Crash)) => {
                notes.add(": it crashes before it does");
                notes.reach(match &call {
                    Call::Mail { .. } => "crashed between commit and mail",
                    Call::Commit(_) => "crashed before a commit",
                    _ => "crashed elsewhere",
                });
                world.processes[usize::from(process)] = Process::Gone;
                return;
            }
            (Call::FindByLogin | Call::FindBySelector(_), Some(_)) => {
                notes.add(": an error");
                notes.reach("a look failed");
                Reply::Found(Err(Down))
            }
            (Call::FindByLogin | Call::FindBySelector(_), None) => {
                Reply::Found(Ok(database::find(world.account.as_ref(), &call)))
            }
            (Call::Hash, _) => Reply::Hashed,
            (Call::Mail { recipient, token }, fault) => {
                Reply::Mailed(mail_out(world, process, &running, (recipient, token), fault, notes))
            }
            (Call::Commit(swap), fault) => {
                let order = Order {
                    process,
                    swap: swap.clone(),
                    intent: self.intent(&running.ceremony, process, progress.draws, swap),
                    decided_at: progress.decided_at,
                };
                match self.try_commit(world, order, fault, notes) {
                    Ok(Done::Half) => return,
                    Ok(Done::Conflict) if fault.is_none() && !has_reason(world, &running) => {
                        world.broken.push(Property::ConflictsHaveAReason);
                        Reply::Committed(Ok(false))
                    }
                    Ok(done) => Reply::Committed(Ok(done == Done::Committed)),
                    Err(down) => Reply::Committed(Err(down)),
                }
            }
        };
        // Its own commit may have left a note there.
        if let Process::Running(noted) = &world.processes[usize::from(process)] {
            running = noted.clone();
        }
        running.is_half_committed = false;
        self.answer(world, process, running, reply, notes);
    }

    fn try_commit(
        &self,
        world: &mut World,
        order: Order,
        fault: Option<Fault>,
        notes: &mut Notes,
    ) -> Result<Done, Down> {
        match fault {
            Some(Fault::CommitFails) => {
                notes.add(": an error, and nothing is written");
                notes.reach("a commit failed");
                Err(Down)
            }
            Some(Fault::AnswerIsLost) => {
                let mut done = self.commit(world, &order, notes);
                if done == Done::Half {
                    done = self.commit(world, &order, notes);
                }
                notes.add(": an error, since the answer is lost");
                if done == Done::Committed {
                    notes.reach("the answer of a commit was lost");
                }
                Err(Down)
            }
            Some(Fault::StaysUnderWay) => {
                world.under_way.push(Arc::new(order));
                notes.add(": an error, though it is still under way");
                Err(Down)
            }
            Some(_) => {
                notes.add(": a conflict, though all is as expected");
                notes.reach("a conflict without a reason");
                Ok(Done::Conflict)
            }
            None => Ok(self.commit(world, &order, notes)),
        }
    }

    /// Gives a running ceremony its answer, and looks at what it tells if it ends by it.
    fn answer(
        &self,
        world: &mut World,
        process: u8,
        mut running: Running,
        reply: Reply,
        notes: &mut Notes,
    ) {
        running.answers.push(Answer { reply, clock: world.clock });
        let progress = self.progress(notes, process, &running).clone();
        if !progress.has_read_clock
            && let Some(last) = running.answers.last_mut()
        {
            last.clock = 0;
        }
        let next = match progress.next {
            Next::Asks(_) => Process::Running(running),
            Next::Ends(told) => {
                notes.reach(code_of(told));
                if told == Told::Throttled && world.truth.has_cooled_down(world.clock) {
                    notes.reach("throttled by the window");
                }
                notes.add(" → told: ");
                notes.add(code_of(told));
                world.broken.extend(broken_by_telling(world, process, &running, told));
                ended(world, process, &running, told)
            }
        };
        world.processes[usize::from(process)] = next;
    }

    fn intent(&self, ceremony: &Ceremony, process: u8, draws: u8, swap: &Swap) -> Intent {
        match ceremony {
            Ceremony::Request => {
                let selector = Selector::from_bytes(swap.selector);
                Intent::Issue { token: token_of(&self.issuer, selector, process, draws) }
            }
            Ceremony::Redeem { token, .. } => Intent::Redeem { token: token.clone() },
            Ceremony::Cancel { token } => Intent::Cancel { token: token.clone() },
            Ceremony::Revoke => Intent::Revoke,
        }
    }

    fn commit(&self, world: &mut World, order: &Order, notes: &mut Notes) -> Done {
        let Order { process, swap, intent, .. } = order;
        let before = world.account.clone();
        let is_half_committed = matches!(
            &world.processes[usize::from(*process)],
            Process::Running(running) if running.is_half_committed
        );
        let done = database::commit(self.mistake, &mut world.account, swap, is_half_committed);
        match done {
            Done::Conflict => {
                notes.add(": a conflict");
                notes.reach(conflict_with(before.as_ref(), swap));
            }
            Done::Half => {
                notes.add(": its first step");
                if let Process::Running(running) = &mut world.processes[usize::from(*process)] {
                    running.is_half_committed = true;
                }
            }
            Done::Committed => {
                notes.add(": committed");
                let (Some(before), Some(after)) = (&before, &world.account) else { return done };
                world.broken.extend(properties::broken_by_swap(before, after));
                world.broken.extend(world.truth.record(order, before));
                let token = match intent {
                    Intent::Issue { token } => Some(token.clone()),
                    _ => None,
                };
                let permit = Permit { token, address: before.address.clone() };
                if let Process::Running(running) = &mut world.processes[usize::from(*process)] {
                    running.may_mail.push(permit);
                }
            }
        }
        done
    }
}

fn mail_out(
    world: &mut World,
    process: u8,
    running: &Running,
    (recipient, token): (&Arc<str>, &Option<Arc<str>>),
    fault: Option<Fault>,
    notes: &mut Notes,
) -> Result<(), Down> {
    let is_permitted = running
        .may_mail
        .iter()
        .any(|permit| permit.address == *recipient && permit.token == *token);
    if !is_permitted {
        world.broken.push(Property::MailGoesToTheStoredAddress);
    }
    let is_moved = world.account.as_ref().is_none_or(|row| row.address != *recipient);
    if is_moved {
        notes.reach("the address changed between commit and mail");
    }
    if fault != Some(Fault::MailFails)
        && let Some(token) = token
    {
        world.mails.push(Mail { by: process, token: token.clone() });
        world.mails.sort_unstable();
        world.mails.dedup();
    }
    match fault {
        None => Ok(()),
        Some(fault) => {
            let delivered = fault == Fault::DeliversAndFails;
            notes.add(if delivered { ": an error, but delivered" } else { ": an error" });
            notes.reach(if delivered {
                "delivered, and reported as failed"
            } else {
                "a mail failed"
            });
            Err(Down)
        }
    }
}

fn ended(world: &World, process: u8, running: &Running, told: Told) -> Process {
    let is_under_way = world.under_way.iter().any(|order| order.process == process);
    match (&running.ceremony, told) {
        // A store that failed leaves it open.
        (_, Told::Redeemed | Told::StoreFailed) => Process::Gone,
        (Ceremony::Redeem { .. }, _) if is_under_way => Process::Refused,
        _ => Process::Gone,
    }
}

/// What is not so of that which a visitor is told, at the moment when it is.
fn broken_by_telling(
    world: &World,
    process: u8,
    running: &Running,
    told: Told,
) -> Option<Property> {
    let last_found = running.answers.iter().rev().find_map(|answer| match &answer.reply {
        Reply::Found(found) => Some(found),
        _ => None,
    });
    // Where the account or the ledger that it swapped is gone, nothing tells what became of it.
    let could_look = matches!(last_found, Some(Ok(Some(_))));
    let has_just_looked =
        matches!(running.answers.last(), Some(Answer { reply: Reply::Found(Ok(_)), .. }));
    let token = match &running.ceremony {
        Ceremony::Redeem { token, .. } | Ceremony::Cancel { token } => &**token,
        _ => "",
    };
    let state = world
        .account
        .as_ref()
        .map_or(Err(Refusal::Unknown), |row| world.truth.told(token, row, world.clock));
    let is_stored = world.truth.is_stored(process);
    let has_good_link = || {
        let row = world.account.as_ref();
        row.is_some_and(|row| world.truth.has_good_link(row, world.clock))
    };
    match told {
        Told::Throttled if !has_good_link() => Some(Property::ThrottledHaveAGoodLink),
        Told::Refused(refusal) if has_just_looked && state != Err(refusal) => {
            Some(Property::RefusalsAreTrue)
        }
        Told::Cancelled if state.is_ok() => Some(Property::SuccessIsTold),
        Told::Sent | Told::MailFailed if running.may_mail.is_empty() => {
            Some(Property::SuccessIsTold)
        }
        Told::Redeemed if !world.truth.was_stored(process) => Some(Property::SuccessIsTold),
        Told::StoreFailed if is_stored && could_look => Some(Property::FailureIsTold),
        Told::Redeemed | Told::StoreFailed => None,
        _ if is_stored => Some(Property::FailureIsTold),
        _ => None,
    }
}

/// The text of the link that an issue makes.
fn token_of(issuer: &TokenIssuer, selector: Selector, process: u8, draws: u8) -> Arc<str> {
    let (ledger, entropy) = (Ledger::new(selector), ports::entropy(process, draws));
    let nobody = first_row().binding();
    let made = issuer.issue(Some(&ledger), nobody, ports::instant(0), entropy);
    made.map_or_else(|_| "".into(), |issued| issued.token.expose_text().into())
}

fn can_do(world: &World, deed: HostDeed) -> bool {
    let Some(row) = &world.account else {
        return matches!(deed, HostDeed::MakeAgain | HostDeed::MakeAgainWithItsId);
    };
    match deed {
        HostDeed::MakeAgain | HostDeed::MakeAgainWithItsId => false,
        HostDeed::SetAddress | HostDeed::Delete => true,
        HostDeed::SetPassword => &*row.stamp != OTHER_STAMP,
        HostDeed::PurgeAtOnce => row.ledger.is_some(),
        HostDeed::Purge => row
            .ledger()
            .is_some_and(|ledger| ledger.forgettable_at() <= ports::instant(world.clock)),
    }
}

fn do_deed(world: &mut World, deed: HostDeed, notes: &mut Notes) {
    let is_busy = world.processes.iter().any(|process| matches!(process, Process::Running(_)));
    notes.say(|| {
        let does = match deed {
            HostDeed::SetAddress => "sets another address",
            HostDeed::SetPassword => "sets another password",
            HostDeed::Purge => "purges the ledger, which may be forgotten",
            HostDeed::PurgeAtOnce => "purges the ledger before its time",
            HostDeed::Delete => "deletes the account",
            HostDeed::MakeAgain => "makes the account again",
            HostDeed::MakeAgainWithItsId => "makes the account again, with the same id",
        };
        format!("the host {does}")
    });
    if is_busy {
        notes.reach(match deed {
            HostDeed::SetAddress => "the address changed meanwhile",
            HostDeed::SetPassword => "the password changed meanwhile",
            HostDeed::Purge => "purged meanwhile",
            HostDeed::PurgeAtOnce => "purged meanwhile and before its time",
            HostDeed::Delete => "deleted meanwhile",
            HostDeed::MakeAgain => "made again meanwhile",
            HostDeed::MakeAgainWithItsId => "made again meanwhile with the same id",
        });
    }
    match (deed, &mut world.account) {
        (HostDeed::SetAddress, Some(row)) => {
            let other = if &*row.address == ADDRESS { OTHER_ADDRESS } else { ADDRESS };
            row.address = other.into();
        }
        (HostDeed::SetPassword, Some(row)) => row.stamp = OTHER_STAMP.into(),
        (HostDeed::Purge | HostDeed::PurgeAtOnce, Some(row)) => {
            row.ledger = None;
            world.truth.forget_links();
        }
        (HostDeed::Delete, account) => {
            *account = None;
            world.truth.forget_account();
        }
        (HostDeed::MakeAgain, account) => *account = Some(Row { id: 2, ..first_row() }),
        (HostDeed::MakeAgainWithItsId, account) => *account = Some(first_row()),
        (_, None) => {}
    }
}

/// Whether something changed since the ceremony looked, or a swap of its own may have.
fn has_reason(world: &World, running: &Running) -> bool {
    let mut replies = running.answers.iter().rev().map(|answer| &answer.reply);
    let last_look = replies.clone().find_map(|reply| match reply {
        Reply::Found(Ok(found)) => found.as_ref(),
        _ => None,
    });
    let asks_again = replies.any(|reply| matches!(reply, Reply::Committed(Err(Down))));
    asks_again || last_look != world.account.as_ref()
}

fn conflict_with(before: Option<&Row>, swap: &Swap) -> &'static str {
    let Some(row) = before else { return "conflict: the account is gone" };
    if row.id != swap.account_id {
        return "conflict: another account";
    }
    if row.address != swap.address {
        return "conflict: another address";
    }
    if row.stamp.as_bytes() != &*swap.stamp {
        return "conflict: another password";
    }
    match row.ledger() {
        None => "conflict: purged between load and commit",
        Some(_) if swap.expected_revision == 0 => "conflict: a first ledger by somebody else",
        Some(ledger) if *ledger.selector().as_bytes() != swap.selector => {
            "conflict: another ledger"
        }
        Some(_) => "conflict: another revision",
    }
}

fn sentence_of(call: &Call, running: &Running) -> &'static str {
    let is_first = running.answers.is_empty();
    match call {
        Call::FindByLogin | Call::FindBySelector(_) if is_first => "finds the account",
        Call::FindByLogin | Call::FindBySelector(_) => "looks again",
        Call::Hash => "has its password hashed",
        Call::Mail { token: Some(_), .. } => "mails its link",
        Call::Mail { token: None, .. } => "mails the notice",
        Call::Commit(_) if running.is_half_committed => "makes the second step of its commit",
        Call::Commit(_) => "commits",
    }
}

pub(crate) fn code_of(told: Told) -> &'static str {
    match told {
        Told::Sent => "sent",
        Told::MailFailed => "mail_failed",
        Told::Throttled => "throttled",
        Told::UnknownLogin => "unknown_login",
        Told::Redeemed => "redeemed",
        Told::Cancelled => "cancelled",
        Told::Revoked => "revoked by the host",
        Told::NothingToRevoke => "nothing to revoke",
        Told::Refused(refusal) => refusal.code(),
        Told::Rejected => "rejected",
        Told::StoreFailed => "the store failed",
        Told::Contended => "contended",
        Told::UnexplainedConflict => "unexplained conflict",
        Told::OtherFault => "another fault",
    }
}
