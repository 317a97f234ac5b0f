use crate::model::{Model, Reached};
use crate::ops::{ACCOUNTS, Attempt, Fate, Host, MailFate, Op, Typed};
use crate::support::ports::Stamps;
use arbitrary::{Result, Unstructured};
use password_reset::service::FirstPassword;
use time::SignedDuration;

/// More than that reach nothing new and take long.
const MOST_FLOWS: usize = 64;

const SECONDS: [i64; 15] =
    [0, 1, 30, 59, 60, 61, 600, 3599, 3600, -30, -60, -61, -3600, 31_622_400, -31_622_400];

/// Bytes as a host, and then flows of the service and deeds of its host, over a store and a mailer that fail before
/// or after their effect and a clock that jumps: each has the outcome that a model of it has.
pub fn flows(data: &[u8]) {
    let reached = Reached::default();
    let mut bytes = Unstructured::new(data);
    let Ok(host) = host(&mut bytes) else { return };
    let mut model = Model::new(host, &reached);
    for _ in 0..MOST_FLOWS {
        if bytes.is_empty() {
            return;
        }
        let Ok(op) = op(&mut bytes, true) else { return };
        model.apply(&op);
        model.verify();
    }
}

fn host(bytes: &mut Unstructured<'_>) -> Result<Host> {
    let what: u8 = bytes.arbitrary()?;
    let stamps = match what & 3 {
        1 => Stamps::Empty,
        2 => Stamps::Counter,
        _ => Stamps::Hash,
    };
    let is_explained = what & 4 != 0;
    let first_password = if is_explained { FirstPassword::Explain } else { FirstPassword::Allow };
    Ok(Host { stamps, first_password })
}

fn op(bytes: &mut Unstructured<'_>, is_outermost: bool) -> Result<Op> {
    let what: u8 = bytes.arbitrary()?;
    let account = usize::from(what >> 4) % ACCOUNTS;
    let link = usize::from(what >> 4) % 8;
    let (is_high, is_odd) = (what & 0x80 != 0, what & 0x40 != 0);
    Ok(match what % 16 {
        0 | 1 => Op::Request { account, fate: fate(bytes)?, mail: mail(bytes)? },
        2 => Op::RequestFor { account, fate: fate(bytes)?, mail: mail(bytes)? },
        5 => Op::Invite { account, fate: fate(bytes)?, mail: mail(bytes)? },
        3 => Op::Renew { link, fate: fate(bytes)?, mail: mail(bytes)? },
        4 => Op::Reset { link, attempt: attempt(bytes, is_high, is_outermost)? },
        6 => {
            let attempt = attempt(bytes, is_high, is_outermost)?;
            Op::Change { account, is_stale: is_odd, attempt }
        }
        7 => Op::Cancel { link, fate: fate(bytes)? },
        8 => Op::Revoke { account, fate: fate(bytes)?, by_id: is_high },
        9 if is_high && is_odd => Op::AddOrRemoveFactor(account),
        9 if is_high => Op::RemovePassword(account),
        9 => Op::SetPassword(account),
        10 => Op::SetAddress(account),
        11 => Op::DeleteOrMakeAgain(account),
        12 => Op::SignIn(account),
        13 if what >> 4 == 0 => Op::Purge,
        13 => {
            let typed = [Typed::Code, Typed::Wrong, Typed::Nothing][usize::from(what >> 4) % 3];
            let link = usize::from(bytes.arbitrary::<u8>()?) % 4;
            Op::Exchange { link, typed, times: if is_high { 5 } else { 1 }, fate: fate(bytes)? }
        }
        14 => Op::Jump(SignedDuration::new(i64::from(bytes.arbitrary::<i32>()?), what.into())),
        _ => Op::Jump(SignedDuration::seconds(*bytes.choose(&SECONDS)?)),
    })
}

fn attempt(
    bytes: &mut Unstructured<'_>,
    passes_factor: bool,
    is_outermost: bool,
) -> Result<Attempt> {
    Ok(Attempt {
        is_weak: bytes.ratio(1, 8)?,
        passes_factor,
        fate: fate(bytes)?,
        mail: mail(bytes)?,
        meanwhile: if is_outermost { meanwhile(bytes)? } else { Vec::new() },
    })
}

fn meanwhile(bytes: &mut Unstructured<'_>) -> Result<Vec<Op>> {
    (0..bytes.int_in_range(0..=2)?).map(|_| op(bytes, false)).collect()
}

fn fate(bytes: &mut Unstructured<'_>) -> Result<Fate> {
    Ok(match bytes.arbitrary::<u8>()? % 16 {
        0 => Fate::FailOnce,
        1 => Fate::FailBefore,
        2 => Fate::FailAfter,
        few @ (3 | 4) => Fate::Conflicts(few - 2),
        // As many as are met, and one more.
        many @ (5 | 6) => Fate::Conflicts(many + 3),
        15 => Fate::FindFails,
        _ => Fate::Pass,
    })
}

fn mail(bytes: &mut Unstructured<'_>) -> Result<MailFate> {
    Ok(match bytes.arbitrary::<u8>()? % 8 {
        0 => MailFate::Refuse,
        1 => MailFate::DeliverAndFail,
        _ => MailFate::Pass,
    })
}
