use crate::model::{Model, Reached};
use crate::ops::{ACCOUNTS, Fate, MailFate, Op};
use arbitrary::{Result, Unstructured};
use time::SignedDuration;

/// More than that reach nothing new and take long.
const MOST_FLOWS: usize = 64;

const SECONDS: [i64; 15] =
    [0, 1, 30, 59, 60, 61, 600, 3599, 3600, -30, -60, -61, -3600, 31_622_400, -31_622_400];

/// Bytes as flows of the service and deeds of its host, over a store and a mailer that fail before
/// or after their effect and a clock that jumps: each has the outcome that a model of it has.
pub fn flows(data: &[u8]) {
    let reached = Reached::default();
    let mut model = Model::new(&reached);
    let mut bytes = Unstructured::new(data);
    for _ in 0..MOST_FLOWS {
        if bytes.is_empty() {
            return;
        }
        let Ok(op) = op(&mut bytes, true) else { return };
        model.apply(&op);
        model.verify();
    }
}

fn op(bytes: &mut Unstructured<'_>, is_outermost: bool) -> Result<Op> {
    let what: u8 = bytes.arbitrary()?;
    let account = usize::from(what >> 4) % ACCOUNTS;
    let link = usize::from(what >> 4) % 8;
    Ok(match what % 16 {
        0 | 1 => Op::Request { account, fate: fate(bytes)?, mail: mail(bytes)? },
        2 => Op::RequestFor { account, fate: fate(bytes)?, mail: mail(bytes)? },
        5 => Op::Invite { account, fate: fate(bytes)?, mail: mail(bytes)? },
        3 => Op::Renew { link, fate: fate(bytes)?, mail: mail(bytes)? },
        4 | 6 => Op::Reset {
            link,
            is_weak: bytes.ratio(1, 8)?,
            fate: fate(bytes)?,
            mail: mail(bytes)?,
            meanwhile: if is_outermost { meanwhile(bytes)? } else { Vec::new() },
        },
        7 => Op::Cancel { link, fate: fate(bytes)? },
        8 => Op::Revoke { account, fate: fate(bytes)?, by_id: what & 0x80 != 0 },
        9 => Op::SetPassword(account),
        10 => Op::SetAddress(account),
        11 => Op::DeleteOrMakeAgain(account),
        12 => Op::SignIn(account),
        13 => Op::Purge,
        14 => Op::Jump(SignedDuration::new(i64::from(bytes.arbitrary::<i32>()?), what.into())),
        _ => Op::Jump(SignedDuration::seconds(*bytes.choose(&SECONDS)?)),
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
        conflicts @ 3..=6 => Fate::Conflicts(conflicts - 2),
        7 => Fate::FindFails,
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
