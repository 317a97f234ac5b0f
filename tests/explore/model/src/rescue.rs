//! A visitor who keeps trying, from any state, while an attacker keeps asking and guessing.

use crate::bounds::{Bounds, COOLDOWN, SKEW, WINDOW, WRONG_CODE};
use crate::database::{self, Done};
use crate::flow::{Flow, Next, Opened, Told, progress};
use crate::ports::{Answer, Call, Reply};
use crate::world::Row;
use password_reset::token::IssueKind;
use std::sync::Arc;

/// Whether a request per cooldown brings a link within the window and the skew, and whether that
/// link then sets a password. Whoever else was in the middle of something stays there: had they
/// gone on, that would be another state, from which this is asked as well.
pub(crate) fn gets_in(bounds: &Bounds, row: &Row, clock: i64) -> bool {
    let mut trial =
        Trial { bounds, account: Some(row.clone()), clock, newest: None, processes: 99 };
    let until = clock + WINDOW + SKEW;
    while trial.clock <= until {
        trial.run(&Flow::Request, true);
        if let Some(token) = trial.newest.take() {
            let link = Opened { token, kind: IssueKind::Recovery };
            return trial.run(&Flow::Redeem { link, is_weak: false }, true) == Told::Redeemed;
        }
        trial.clock += COOLDOWN;
    }
    false
}

struct Trial<'a> {
    bounds: &'a Bounds,
    account: Option<Row>,
    clock: i64,
    /// The token of the newest mail, whoever asked for it.
    newest: Option<Arc<str>>,
    processes: u8,
}

impl Trial<'_> {
    fn run(&mut self, flow: &Flow, is_attacked: bool) -> Told {
        self.processes += 1;
        let process = self.processes;
        let mut answers = vec![];
        loop {
            let call = match progress(self.bounds, process, flow, &answers).next {
                Next::Ends(told) => return told,
                Next::Asks(call) => call,
            };
            if is_attacked {
                self.run(&Flow::Request, false);
                // Where a wrong code costs the swap, and not before, since there are only five.
                if self.bounds.has_codes() && matches!(call, Call::Commit(_)) {
                    self.run(&Flow::Exchange { typed: WRONG_CODE.into() }, false);
                }
            }
            let reply = self.reply(&call);
            answers.push(Answer { reply, clock: self.clock });
        }
    }

    fn reply(&mut self, call: &Call) -> Reply {
        match call {
            call if call.is_find() => Reply::Found(Ok(database::find(self.account.as_ref(), call))),
            Call::Commit(swap) => {
                let mistake = self.bounds.mistake;
                let mut commit =
                    |is_half| database::commit(mistake, &mut self.account, swap, is_half);
                let done = match commit(false) {
                    Done::Half => commit(true),
                    done => done,
                };
                Reply::Committed(Ok(done == Done::Committed))
            }
            Call::Mail { link, .. } => {
                let token = link.as_ref().map(|link| link.token.clone());
                self.newest = token.or(self.newest.take());
                Reply::Mailed(Ok(()))
            }
            _ => Reply::Hashed,
        }
    }
}
