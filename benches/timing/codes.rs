//! Times typed codes for unknown and known logins, in memory: the crate's own share.

use crate::service;
use crate::support::run;
use crate::support::statistics::{Effect, print_head};
use password_reset::PasswordReset;
use password_reset::adapters::memory::{ManualClock, MemoryStore, Outbox};
use password_reset::clock::Clock;
use password_reset::token::{CodeKey, Codes, TokenIssuer};
use std::hint::black_box;
use std::time::Duration;

const KNOWN: &str = "alice@example.com";
const UNKNOWN: &str = "carol@example.com";
const WITHOUT_LEDGER: &str = "bob@example.com";

/// The code that is typed.
#[derive(Clone, Copy, PartialEq)]
enum Typed {
    Right,
    Wrong,
    /// The right one, after it has expired.
    TooLate,
}

/// What is compared with an unknown login: its title, the login, what is typed, and the outcome.
const CASES: [(&str, &str, Typed, &str); 5] = [
    ("null control: unknown both times", UNKNOWN, Typed::Wrong, "unknown_account"),
    ("known, and never requested a link", WITHOUT_LEDGER, Typed::Wrong, "no_code"),
    ("known, and its code has expired", KNOWN, Typed::TooLate, "no_code"),
    ("known, and the code is wrong: it is counted", KNOWN, Typed::Wrong, "wrong_code"),
    ("known, and the code is right: it is exchanged", KNOWN, Typed::Right, "exchanged"),
];

pub(crate) fn measure(samples: usize) {
    print_head("A code that is typed for a login that is", "unknown", "as said");
    for (what, login, typed, told) in CASES {
        let world = World::new();
        // Owned, so both are read from memory in the same way.
        let logins = [UNKNOWN, login].map(String::from);
        let exchange = |class: usize, code: &String| {
            black_box(run(world.resets.exchange(black_box(&logins[class]), code)))
        };
        for (class, told) in ["unknown_account", told].into_iter().enumerate() {
            let (_, handled) = exchange(class, &world.mailed(typed));
            assert_eq!(handled.outcome_for_logs().code(), told);
        }
        let exchange = |class: usize, code: &String| drop(exchange(class, code));
        Effect::after(samples, |_| world.mailed(typed), exchange).print(what);
    }
}

/// The same through the JSON, which responds to every code at one moment.
#[cfg(feature = "web")]
pub(crate) fn measure_pages(samples: usize) {
    use password_reset::web::ResetPages;
    const MOMENT: Duration = Duration::from_millis(20);

    print_head("The JSON's response to the same", "unknown", "as said");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    for (what, login, typed, told) in CASES {
        let world = World::new();
        let pages = ResetPages::builder(world.resets.clone(), NoHasher).answer_codes_after(MOMENT);
        let pages = pages.build().expect("nothing is missing");
        let answer = |class: usize, code: &String| {
            let login = [UNKNOWN, login][class];
            let body = format!(r#"{{"login":"{login}","code":"{code}"}}"#);
            let request =
                http::Request::post("/api/code").header("content-type", "application/json");
            let request = request.body(bytes::Bytes::from(body)).expect("it is a request");
            runtime.block_on(pages.answer(black_box(request))).status().is_success()
        };
        assert_eq!(answer(1, &world.mailed(typed)), told == "exchanged");
        let answer = |class: usize, code: &String| {
            black_box(answer(class, code));
        };
        Effect::after(samples, |_| world.mailed(typed), answer).print(what);
    }
}

#[cfg(feature = "web")]
struct NoHasher;

#[cfg(feature = "web")]
impl password_reset::hasher::PasswordHasher for NoHasher {
    type Error = std::io::Error;

    async fn hash(&self, _: &str) -> Result<String, std::io::Error> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
}

struct World {
    resets: PasswordReset<MemoryStore, Outbox>,
    clock: ManualClock,
}

impl World {
    fn new() -> Self {
        let key = CodeKey::new(b"0123456789abcdef0123456789abcdef").expect("it is long enough");
        let issuer = TokenIssuer::builder().codes(Codes::new(key)).build();
        let issuer = issuer.expect("nothing is missing");
        let (resets, clock) = service(&[KNOWN, WITHOUT_LEDGER], issuer);
        Self { resets, clock }
    }

    /// Mails the known login an hour later, and returns the code that is typed. The work before
    /// each sample is the same for both classes.
    fn mailed(&self, typed: Typed) -> String {
        self.clock.advance(Duration::from_secs(3600));
        run(self.resets.request(KNOWN));
        let mail = self.resets.mailer().take().pop().expect("nothing throttles it");
        // Setting a password clears the wrong codes, of which twenty are permitted.
        let token = mail.link().expect("it has a link").expose_token();
        let accepted = run(self.resets.accept(token, "Correct horse 7")).expect("a good link");
        let hash = self.clock.now().unix_timestamp().to_string();
        run(accepted.commit(hash)).expect("nothing is in the way");
        run(self.resets.request(KNOWN));
        let mail = self.resets.mailer().take().pop().expect("nothing throttles it");
        let code = mail.code().expect("every mail has one").expose_digits();
        match typed {
            Typed::Right => code.to_owned(),
            Typed::Wrong if code == "00000000" => "11111111".to_owned(),
            Typed::Wrong => "00000000".to_owned(),
            Typed::TooLate => {
                self.clock.advance(Duration::from_secs(600));
                code.to_owned()
            }
        }
    }
}
