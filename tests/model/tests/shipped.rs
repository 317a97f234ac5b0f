use Role::*;
use model::{Bounds, Fault, HostDeed, Role, explore};

fn show(b: Bounds) {
    let report = explore(&b, &[]);
    println!("{report} {:?}\n", report.reached);
}

#[test]
fn sizes() {
    use Fault::*;
    let which = std::env::var("WHICH").unwrap_or_default();
    let all = vec![
        Bounds::new("a two requests, two redemptions", &[Requester, Requester, Redeemer, Redeemer]),
        Bounds::new("b +clock", &[Requester, Requester, Redeemer, Redeemer]).jumps(&[(60, 2)]),
        Bounds::new("c faults", &[Requester, Redeemer, Redeemer]).faults(
            &[
                FindFails,
                CommitFails,
                AnswerIsLost,
                StaysUnderWay,
                Crash,
                MailFails,
                DeliversAndFails,
            ],
            3,
        ),
        Bounds::new("d host", &[Requester, Requester, Redeemer]).deeds(&[
            (HostDeed::SetAddress, 2),
            (HostDeed::SetPassword, 1),
            (HostDeed::PurgeAtOnce, 1),
            (HostDeed::Delete, 1),
            (HostDeed::MakeAgain, 1),
        ]),
        Bounds::new("e attack", &[Requester, Attacker, Attacker, Attacker, Redeemer])
            .jumps(&[(60, 3), (-120, 1)]),
        Bounds::new("f collide", &[Requester, Redeemer]).faults(&[StaysUnderWay, Collides], 2),
        Bounds::new("g collide", &[Requester, Redeemer])
            .faults(&[StaysUnderWay, Collides, AnswerIsLost], 3),
        Bounds::new(
            "h cancel",
            &[Requester, Requester, Redeemer, WeakRedeemer, Canceller, Revoker],
        ),
    ];
    for b in all {
        if which.contains(&b.name[..1]) {
            show(b)
        }
    }
}
