use Role::*;
use model::{Bounds, Fault, HostDeed, Role, explore};

fn show(b: Bounds) {
    let report = explore(&b, None);
    println!("{report} {:?}\n", report.reached);
}

#[test]
fn sizes() {
    use Fault::*;
    let which = std::env::var("WHICH").unwrap_or_default();
    let all = vec![
        Bounds::new("a", &[Requester, Requester, Redeemer, Redeemer]).jumps(&[(60, 2), (-120, 1)]),
        Bounds::new("b", &[Requester, Requester, Redeemer, Redeemer]).faults(
            &[
                FindFails,
                CommitFails,
                AnswerIsLost,
                StaysUnderWay,
                Crash,
                MailFails,
                DeliversAndFails,
            ],
            2,
        ),
        Bounds::new("c", &[Requester, Redeemer, Redeemer]).faults(
            &[FindFails, CommitFails, AnswerIsLost, Collides, Crash, MailFails, DeliversAndFails],
            3,
        ),
        Bounds::new("d", &[Requester, Attacker, Redeemer])
            .jumps(&[(60, 3), (-120, 1), (8 * 86400, 1)])
            .deeds(&[(HostDeed::Purge, 1)]),
        Bounds::new("e", &[Requester, Requester, Redeemer, WeakRedeemer, Canceller, Revoker])
            .jumps(&[(60, 1)]),
        Bounds::new("f", &[Requester, Redeemer])
            .deeds(&[
                (HostDeed::SetAddress, 2),
                (HostDeed::SetPassword, 1),
                (HostDeed::Delete, 1),
                (HostDeed::MakeAgain, 1),
            ])
            .faults(
                &[FindFails, CommitFails, AnswerIsLost, StaysUnderWay, MailFails, DeliversAndFails],
                2,
            ),
        Bounds::new("g", &[Requester, Redeemer])
            .deeds(&[
                (HostDeed::PurgeAtOnce, 2),
                (HostDeed::SetAddress, 1),
                (HostDeed::SetPassword, 1),
            ])
            .faults(
                &[FindFails, CommitFails, AnswerIsLost, Collides, MailFails, DeliversAndFails],
                2,
            ),
        Bounds::new("i", &[Requester, Redeemer, Redeemer])
            .faults(&[AnswerIsLost, StaysUnderWay, Crash], 3)
            .jumps(&[(60, 2), (-120, 1)]),
        Bounds::new("h", &[Requester, Requester, Requester, Redeemer, Redeemer]).jumps(&[(60, 2)]),
    ];
    for b in all {
        if which.contains(&b.name[..1]) {
            show(b)
        }
    }
}
