//! What can happen next in a state, and what it leads to.

use crate::bounds::{
    ADDRESS, Bounds, HostDeed, OTHER_ADDRESS, OTHER_STAMP, Role, STAMP_WITH_PASSKEY,
    STAMP_WITHOUT_PASSWORD, WRONG_CODE,
};
use crate::database::{self, Done};
use crate::faults::Fault;
use crate::flow::{Flow, ID, Known, Next, Opened, Progress, Told};
use crate::mistakes::{self, Mistake};
use crate::ports::{self, Answer, Call, Down, MailedLink, Reply};
use crate::properties::{self, Property};
use crate::rescue;
use crate::world::{Asked, Intent, Mail, Order, Permit, Process, Row, Running, Swap, World};
use password_reset::mailer::Reason;
use password_reset::token::IssueKind;
use password_reset::token::{Binding, Issue, Ledger, Refusal, Selector, TokenIssuer};
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
                    let is_fit = |mail: &usize| self.needs_mail(process, &world.mails[*mail]);
                    (0..world.mails.len()).filter(is_fit).map(Some).collect()
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
        let can_do = |deed: &usize| self.can_do(world, self.deeds[*deed].0);
        actions.extend(deeds.filter(can_do).map(Action::Deed));
        actions
    }

    /// Of processes that are alike, the earlier one begins first: their names say nothing.
    fn is_preceded(&self, world: &World, process: u8) -> bool {
        let Some(earlier) = usize::from(process).checked_sub(1) else { return false };
        self.cast[earlier] == self.cast[earlier + 1] && world.processes[earlier] == Process::Idle
    }

    fn needs_link(&self, process: u8) -> bool {
        match self.role(process) {
            Role::Redeemer | Role::WeakRedeemer | Role::Canceller | Role::Renewer => true,
            role => role == Role::Exchanger,
        }
    }

    /// Whether a process that begins with a mail can begin with this one.
    fn needs_mail(&self, process: u8, mail: &Mail) -> bool {
        self.role(process) != Role::Exchanger || mail.code.is_some()
    }

    fn running(&self, world: &World, process: u8, mail: Option<usize>) -> Running {
        if let Process::Running(running) = &world.processes[usize::from(process)] {
            return running.clone();
        }
        let mail = || {
            let mail = mail.map(|mail| &world.mails[mail]);
            mail.expect("a role that reads the mail begins with one")
        };
        let opened = || Opened { token: mail().token.clone(), kind: mail().kind };
        let flow = match self.role(process) {
            Role::Requester | Role::Attacker => Flow::Request,
            Role::Administrator => Flow::RequestFor,
            Role::Inviter => Flow::Invite,
            Role::Renewer => Flow::Renew(opened()),
            Role::Redeemer => Flow::Redeem { link: opened(), is_weak: false },
            Role::WeakRedeemer => Flow::Redeem { link: opened(), is_weak: true },
            Role::Canceller => Flow::Cancel(opened()),
            Role::Revoker => Flow::Revoke,
            Role::Changer => Flow::Change,
            Role::Guesser => Flow::Exchange { typed: WRONG_CODE.into() },
            Role::Exchanger => {
                Flow::Exchange { typed: mail().code.clone().expect("the mail has a code") }
            }
        };
        Running { flow, answers: vec![], may_mail: vec![], is_half_committed: false }
    }

    fn progress<'a>(&self, notes: &'a mut Notes, process: u8, at: &Running) -> &'a Progress {
        notes.known.progress(self, process, &at.flow, &at.answers)
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
                self.do_deed(&mut next, self.deeds[position].0, notes);
            }
        }
        let is_of_stranger = self.is_of_stranger(world, action);
        next.broken.extend(properties::broken_by_step(self, world, &next, is_of_stranger));
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

    /// Whether a request takes the step, or a wrong code, or whoever cancels a link that somebody
    /// asked for.
    fn is_of_stranger(&self, world: &World, action: Action) -> bool {
        let Action::Go { process, mail, .. } = action else { return false };
        match self.role(process) {
            Role::Requester | Role::Attacker | Role::Guesser => true,
            Role::Canceller => {
                self.running(world, process, mail).flow.kind() == IssueKind::Recovery
            }
            _ => false,
        }
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
            let begins = mail.map(|mail| self.beginning(process, &world.mails[mail]));
            let does = sentence_of(&call, &running);
            format!("{} {}{does}", self.name_of(process), begins.unwrap_or_default())
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
            (call, Some(_)) if call.is_find() => {
                notes.add(": an error");
                notes.reach("a look failed");
                Reply::Found(Err(Down))
            }
            (call, None) if call.is_find() => {
                Reply::Found(Ok(database::find(world.account.as_ref(), call)))
            }
            (Call::Mail { recipient, link }, fault) => {
                Reply::Mailed(mail_out(world, process, &running, (recipient, link), fault, notes))
            }
            (Call::Commit(swap), fault) => {
                let order = Order {
                    process,
                    swap: swap.clone(),
                    intent: self.intent(&running, process, progress.draws, swap),
                    decided_at: progress.decided_at,
                    found_password: found_password(&running.answers[..progress.decided_after]),
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
            (Call::Verify, _) => {
                let account = world.account.as_ref().filter(|row| row.id == ID);
                Reply::Verified(account.map(|row| row.stamp.clone()))
            }
            _ => Reply::Hashed,
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

    /// Gives a running flow its answer, and looks at what it tells if it ends by it.
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
        if let Some(token) = &progress.handed {
            let (token, kind) = (token.clone(), IssueKind::Recovery);
            world.deliver(Mail { by: process, token, code: None, kind });
        }
        let next = match progress.next {
            Next::Asks(_) => Process::Running(running),
            Next::Ends(told) => {
                notes.reach(code_of(told));
                if told == Told::Throttled
                    && let Some(row) = &world.account
                    && let Some(why) = world.truth.throttled_by(row, world.clock)
                {
                    notes.reach(why);
                }
                notes.add(" → told: ");
                notes.add(code_of(told));
                world.broken.extend(broken_by_telling(self, world, process, &running, told));
                if told == Told::WrongCode && !world.truth.tell_wrong_code(process) {
                    world.broken.push(Property::WrongCodesAreCountedFirst);
                }
                let exchanged = world.truth.exchanged_for(process);
                if progress.handed.is_some() && exchanged != progress.handed.as_ref() {
                    world.broken.push(Property::TokensAreForTheRightCode);
                }
                ended(world, process, &running, told)
            }
        };
        world.processes[usize::from(process)] = next;
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
                if swap.password_hash.is_some()
                    && properties::is_any_good(self, after, &world.truth, world.clock)
                {
                    world.broken.push(Property::OnePasswordEndsEveryLink);
                }
                world.broken.extend(world.truth.record(order, before));
                let (token, code) = match intent {
                    // It mails nothing.
                    Intent::Exchange { .. } => return done,
                    Intent::Issue { token, .. } => {
                        (Some(token.clone()), world.truth.code_of(token))
                    }
                    _ => (None, None),
                };
                let permit = Permit { token, code, address: before.address.clone() };
                if let Process::Running(running) = &mut world.processes[usize::from(*process)] {
                    running.may_mail.push(permit);
                }
            }
        }
        done
    }

    fn do_deed(&self, world: &mut World, deed: HostDeed, notes: &mut Notes) {
        let is_busy = world.processes.iter().any(|process| matches!(process, Process::Running(_)));
        notes.say(|| {
            let does = match deed {
                HostDeed::SetAddress => "sets another address",
                HostDeed::SetPassword => "sets another password",
                HostDeed::AddPasskey => "adds a passkey",
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
                HostDeed::AddPasskey => "a passkey came meanwhile",
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
            (HostDeed::SetPassword, Some(row)) => {
                row.has_password |= row.tells_passwords;
                if !row.stamp.is_empty() {
                    row.stamp = OTHER_STAMP.into();
                }
            }
            (HostDeed::AddPasskey, Some(row)) => row.stamp = STAMP_WITH_PASSKEY.into(),
            (HostDeed::Purge | HostDeed::PurgeAtOnce, Some(row)) => {
                row.ledger = None;
                if deed == HostDeed::Purge && world.truth.remembers_wrong_codes(world.clock) {
                    world.broken.push(Property::NoPurgeForgives);
                }
                world.truth.forget_links();
            }
            (HostDeed::Delete, account) => {
                *account = None;
                world.truth.forget_account();
            }
            (HostDeed::MakeAgain, account) => *account = Some(Row { id: 2, ..self.first_row() }),
            (HostDeed::MakeAgainWithItsId, account) => *account = Some(self.first_row()),
            (_, None) => {}
        }
    }

    fn can_do(&self, world: &World, deed: HostDeed) -> bool {
        let Some(row) = &world.account else {
            return matches!(deed, HostDeed::MakeAgain | HostDeed::MakeAgainWithItsId);
        };
        match deed {
            HostDeed::MakeAgain | HostDeed::MakeAgainWithItsId => false,
            HostDeed::SetAddress | HostDeed::Delete => true,
            HostDeed::SetPassword => &*row.stamp != OTHER_STAMP,
            HostDeed::AddPasskey => !row.has_password && &*row.stamp == STAMP_WITHOUT_PASSWORD,
            HostDeed::PurgeAtOnce => row.ledger.is_some(),
            HostDeed::Purge => row.ledger().is_some_and(|ledger| {
                let at = match self.mistake {
                    Some(Mistake::KeptForTheLinksAlone) => mistakes::kept_for_the_links(&ledger),
                    _ => ledger.forgettable_at(),
                };
                at <= ports::instant(world.clock)
            }),
        }
    }

    fn intent(
        &self,
        Running { flow, answers, .. }: &Running,
        process: u8,
        draws: u8,
        swap: &Swap,
    ) -> Intent {
        let kind = flow.kind();
        let made = || {
            let selector = Selector::from_bytes(swap.selector);
            token_of(self.issuer_of(kind), selector, process, draws)
        };
        match flow {
            Flow::Request | Flow::RequestFor | Flow::Invite | Flow::Renew(_) => {
                let asked = match flow {
                    Flow::RequestFor | Flow::Invite => Asked::TheHost,
                    Flow::Renew(link) => Asked::TheHolderOf(link.token.clone()),
                    _ => Asked::Anybody,
                };
                let (Made { token, code }, lifetime) = (made(), self.lifetime_of(kind));
                Intent::Issue { token, code, kind, lifetime, asked }
            }
            Flow::Redeem { link, .. } => Intent::Redeem { token: link.token.clone() },
            Flow::Cancel(link) => Intent::Cancel { token: link.token.clone() },
            Flow::Revoke => Intent::Revoke,
            Flow::Change => {
                let verified = verified(answers).unwrap_or_default();
                Intent::Change { token: made().token, verified }
            }
            Flow::Exchange { typed } => {
                Intent::Exchange { typed: typed.clone(), token: made().token }
            }
        }
    }

    /// What a process begins with that reads a mail.
    fn beginning(&self, process: u8, mail: &Mail) -> String {
        let by = self.name_of(mail.by);
        match self.role(process) {
            Role::Exchanger => format!("types the code of {by}'s mail and "),
            _ if self.is_answer(mail) => format!("takes the token of {by} and "),
            _ => format!("opens the link of {by}'s mail and "),
        }
    }

    /// Whether it is the answer to somebody who typed a code.
    fn is_answer(&self, mail: &Mail) -> bool {
        self.role(mail.by) == Role::Exchanger
    }
}

/// The stamp of the password that was verified.
fn verified(answers: &[Answer]) -> Option<Arc<str>> {
    answers.iter().find_map(|answer| match &answer.reply {
        Reply::Verified(stamp) => stamp.clone(),
        _ => None,
    })
}

/// Whether the account had a password when it was last found.
fn found_password(answers: &[Answer]) -> bool {
    let found = answers.iter().rev().find_map(|answer| match &answer.reply {
        Reply::Found(Ok(Some(row))) => Some(row.has_password),
        _ => None,
    });
    found.unwrap_or_default()
}

fn mail_out(
    world: &mut World,
    process: u8,
    running: &Running,
    (recipient, link): (&Arc<str>, &Option<MailedLink>),
    fault: Option<Fault>,
    notes: &mut Notes,
) -> Result<(), Down> {
    let is_of = |Permit { token, code, address }: &Permit| {
        let of_link = link.as_ref().map(|link| (&link.token, link.code.as_ref()));
        address == recipient && token.as_ref().map(|token| (token, code.as_ref())) == of_link
    };
    let is_permitted = running.may_mail.iter().any(is_of);
    let expected = match (running.flow.kind(), &running.flow) {
        (IssueKind::Invitation, _) => Reason::Invitation,
        (_, Flow::RequestFor) => Reason::Administrator,
        _ => Reason::Forgotten,
    };
    let says_so = |link: &MailedLink| link.reason == expected;
    let is_mailed = |answer: &Answer| matches!(answer.reply, Reply::Mailed(_));
    if running.answers.iter().any(is_mailed) {
        world.broken.push(Property::OneMailIsSent);
    }
    if !is_permitted || !link.as_ref().is_none_or(says_so) {
        world.broken.push(Property::MailGoesToTheStoredAddress);
    }
    let is_moved = world.account.as_ref().is_none_or(|row| row.address != *recipient);
    if is_moved {
        notes.reach("the address changed between commit and mail");
    }
    if fault != Some(Fault::MailFails)
        && let Some(MailedLink { token, code, .. }) = link.clone()
    {
        world.deliver(Mail { by: process, token, code, kind: running.flow.kind() });
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
    match (&running.flow, told) {
        // A store that failed leaves it open.
        (_, Told::Redeemed | Told::PasswordChanged | Told::StoreFailed) => Process::Gone,
        (flow, _) if flow.sets_password() && is_under_way => Process::Refused,
        _ => Process::Gone,
    }
}

/// What is not so of that which a visitor is told, at the moment when it is.
fn broken_by_telling(
    bounds: &Bounds,
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
    let token = running.flow.token().unwrap_or_default();
    let state = match (&world.account, &running.flow) {
        (Some(row), Flow::Change) => told_to_change(row, &running.answers),
        (Some(row), _) => world.truth.told(token, row, world.clock),
        (None, _) => Err(Refusal::Unknown),
    };
    let is_notified =
        matches!(running.answers.last(), Some(Answer { reply: Reply::Mailed(_), .. }));
    let is_stored = world.truth.is_stored(process);
    let of_row = |is: &dyn Fn(&Row) -> bool| world.account.as_ref().is_some_and(is);
    let truth = &world.truth;
    match told {
        Told::Throttled if !of_row(&|row| truth.may_be_throttled(row, world.clock)) => {
            Some(Property::ThrottledHaveBeenIssuedLinks)
        }
        Told::Throttled if !of_row(&|row| truth.throttled_by(row, world.clock).is_some()) => {
            Some(Property::TheThrottleIsKept)
        }
        Told::Throttled if matches!(running.flow, Flow::RequestFor | Flow::Invite) => {
            Some(Property::TheThrottleIsKept)
        }
        Told::NotRenewable if of_row(&|row| truth.can_renew(token, row, world.clock)) => {
            Some(Property::RefusalsAreTrue)
        }
        Told::HasPassword if !found_password(&running.answers) || !running.may_mail.is_empty() => {
            Some(Property::RefusalsAreTrue)
        }
        Told::NothingToRevoke if truth.has_live_link() => Some(Property::RefusalsAreTrue),
        Told::NoCode if of_row(&|row| truth.is_right_code("", row, world.clock).is_some()) => {
            Some(Property::RefusalsAreTrue)
        }
        Told::Revoked if is_a_seen_link_good(bounds, world, running) => {
            Some(Property::SuccessIsTold)
        }
        Told::Refused(refusal) if has_just_looked && state != Err(refusal) => {
            Some(Property::RefusalsAreTrue)
        }
        Told::Cancelled if state.is_ok() => Some(Property::SuccessIsTold),
        Told::Sent | Told::MailFailed if running.may_mail.is_empty() => {
            Some(Property::SuccessIsTold)
        }
        Told::Redeemed | Told::PasswordChanged if !world.truth.was_stored(process) => {
            Some(Property::SuccessIsTold)
        }
        Told::Redeemed | Told::PasswordChanged if !is_notified => Some(Property::OneMailIsSent),
        Told::StoreFailed if is_stored && could_look => Some(Property::FailureIsTold),
        Told::Redeemed | Told::PasswordChanged | Told::StoreFailed => None,
        _ if is_stored => Some(Property::FailureIsTold),
        _ => None,
    }
}

/// What somebody must be told who verified a password and changes it.
fn told_to_change(row: &Row, answers: &[Answer]) -> Result<(), Refusal> {
    match verified(answers) {
        _ if row.id != ID => Err(Refusal::Unknown),
        Some(verified) if verified == row.stamp && !has_new_password(row, answers) => Ok(()),
        _ => Err(Refusal::Changed),
    }
}

/// Whether a password was set since the account was found for the first time, by its ledger.
fn has_new_password(row: &Row, answers: &[Answer]) -> bool {
    let seen = answers.iter().find_map(|answer| match &answer.reply {
        Reply::Found(Ok(Some(row))) => Some(row.ledger()),
        _ => None,
    });
    let (Some(seen), Some(now)) = (seen, row.ledger()) else { return false };
    let sets_one = |issue: &&Issue| ["redeemed", "changed"].contains(&issue.state().code());
    let was_there = |issue| seen.as_ref().is_some_and(|seen| seen.issues().contains(issue));
    now.issues().iter().filter(sets_one).any(|issue| !was_there(issue))
}

/// Whether a link is good that was live when the flow found the account for the first time.
fn is_a_seen_link_good(bounds: &Bounds, world: &World, running: &Running) -> bool {
    let Some(Reply::Found(Ok(Some(seen)))) = running.answers.first().map(|first| &first.reply)
    else {
        return false;
    };
    let Some(row) = &world.account else { return false };
    world.truth.links.iter().any(|link| {
        let is_good = world.truth.told(&link.token, row, world.clock).is_ok();
        is_good && properties::is_live(bounds, seen, link)
    })
}

/// What an issue makes.
struct Made {
    token: Arc<str>,
    /// Its digits.
    code: Option<Arc<str>>,
}

/// The token that an issue or an exchange makes, and the code.
fn token_of(issuer: &TokenIssuer, selector: Selector, process: u8, draws: u8) -> Made {
    let (ledger, entropy) = (Ledger::new(selector), ports::entropy(process, draws));
    let (nobody, now) = (Binding::new("", b""), ports::instant(0));
    let made = issuer.issue(Some(&ledger), nobody, now, entropy);
    let link = made.expect("nothing was issued before");
    let code = link.code.map(|code| code.expose_digits().into());
    Made { token: link.token.expose_text().into(), code }
}

/// Whether something changed since the flow looked, or a swap of its own may have.
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
        call if call.is_find() && is_first => "finds the account",
        call if call.is_find() => "looks again",
        Call::Mail { link: Some(_), .. } => "mails its link",
        Call::Mail { link: None, .. } => "mails the notice",
        Call::Commit(_) if running.is_half_committed => "makes the second step of its commit",
        Call::Commit(_) => "commits",
        Call::Verify => "enters the present password",
        _ => "has its password hashed",
    }
}

pub(crate) fn code_of(told: Told) -> &'static str {
    match told {
        Told::Sent => "sent",
        Told::MailFailed => "mail_failed",
        Told::Throttled => "throttled",
        Told::UnknownAccount => "unknown_account",
        Told::HasPassword => "has_password",
        Told::NotRenewable => "not_renewable",
        Told::Redeemed => "redeemed",
        Told::PasswordChanged => "password_changed",
        Told::Cancelled => "cancelled",
        Told::Revoked => "revoked by the host",
        Told::NothingToRevoke => "nothing to revoke",
        Told::Exchanged => "exchanged",
        Told::WrongCode => "wrong_code",
        Told::NoCode => "no_code",
        Told::Refused(refusal) => refusal.code(),
        Told::Rejected => "rejected",
        Told::StoreFailed => "the store failed",
        Told::Contended => "contended",
        Told::UnexplainedConflict => "unexplained conflict",
        Told::OtherFault => "another fault",
    }
}
