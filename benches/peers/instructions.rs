//! Counts the instructions of single calls with Valgrind; they are the same at each run of a build.

#[path = "../support/mod.rs"]
mod support;

use gungraun::prelude::*;
use password_reset::LinkTemplate;
use password_reset::PasswordReset;
use password_reset::adapters::memory::{Mail, MemoryStore, Outbox};
use password_reset::policy::{PasswordPolicy, Violations};
use password_reset::token::{Binding, Entropy, Issued, Refusal, ResetToken, TokenIssuer};
use std::hint::black_box;
use support::run;
use time::UtcDateTime;

const LOGIN: &str = "alice@example.com";
const NOW: UtcDateTime = UtcDateTime::UNIX_EPOCH;

/// A policy that was used before.
fn policy(password: &str) -> (PasswordPolicy, &str) {
    let policy = PasswordPolicy::default();
    _ = policy.check(black_box(password));
    (policy, password)
}

#[library_benchmark]
#[bench::accepted(policy("Abcdefg1"))]
#[bench::rejected(policy("password"))]
fn check_a_password((policy, password): (PasswordPolicy, &str)) -> Option<Violations> {
    black_box(policy.check(black_box(password)).err())
}

fn issuer() -> (TokenIssuer, Binding, Entropy) {
    let entropy = Entropy::from_system().expect("the system has a generator");
    (TokenIssuer::default(), Binding::new(LOGIN, b"stamp"), entropy)
}

#[library_benchmark]
#[bench::the_first(issuer())]
fn issue_a_link((issuer, binding, entropy): (TokenIssuer, Binding, Entropy)) -> Issued {
    black_box(issuer.issue(None, binding, NOW, entropy).expect("nothing throttles it"))
}

fn link() -> (TokenIssuer, Binding, Issued, String) {
    let (issuer, binding, entropy) = issuer();
    let issued = issuer.issue(None, binding, NOW, entropy).expect("nothing throttles it");
    let text = issued.token.expose_text().to_owned();
    (issuer, binding, issued, text)
}

#[library_benchmark]
#[bench::good(link())]
fn check_a_link(
    (issuer, binding, issued, text): (TokenIssuer, Binding, Issued, String),
) -> Result<(), Refusal> {
    let token = ResetToken::parse(black_box(&text)).map_err(|_| Refusal::Unknown)?;
    black_box(issuer.check(&issued.ledger, &token, &binding, NOW).map(drop))
}

type Resets = PasswordReset<MemoryStore, Outbox>;

fn service() -> (Resets, Outbox) {
    let (store, outbox) = (MemoryStore::new(), Outbox::new());
    store.add_account(LOGIN, "old").expect("it is a new account");
    let link = LinkTemplate::new("https://app.example.com/#{token}").expect("it is a template");
    let resets = PasswordReset::builder(store, outbox.clone(), link).build();
    (resets.expect("nothing is missing"), outbox)
}

#[library_benchmark]
#[bench::the_first(service())]
fn request((resets, _outbox): (Resets, Outbox)) -> Resets {
    black_box(run(resets.request(black_box(LOGIN))));
    resets
}

/// A service after a request, and the token of its link.
fn clicked() -> (Resets, String) {
    let (resets, outbox) = service();
    run(resets.request(LOGIN));
    let mails = outbox.take();
    let url = mails.iter().find_map(Mail::link).expect("it has a link").expose_url();
    let token = url.rsplit('#').next().expect("it has a token").to_owned();
    (resets, token)
}

#[library_benchmark]
#[bench::the_first(clicked())]
fn reset((resets, token): (Resets, String)) -> Resets {
    run(async {
        let accepted = resets.accept(black_box(&token), "Abcdefg1").await.expect("it is good");
        black_box(accepted.commit("new").await.expect("no other change came first"));
    });
    resets
}

library_benchmark_group!(
    name = calls,
    benchmarks = [check_a_password, issue_a_link, check_a_link, request, reset]
);
main!(library_benchmark_groups = calls);
