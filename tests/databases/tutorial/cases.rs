//! The cases, each of which runs on any of the services and says what happened.

use super::site::{Answer, Site};
use super::world::{ADDRESS, OLD, Sent, World, hash_of};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use std::fmt::Write as _;
use std::time::Duration;

const HOST: &str = "app.example.com";
const NEW: &str = "New password 2";
const OTHER: &str = "Other password 3";

/// What happened, and whether it is a fault.
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) is_fault: bool,
}

fn right(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), is_fault: false }
}

fn wrong(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), is_fault: true }
}

/// Either, with a text for each.
fn right_if(is_right: bool, good: &str, bad: &str) -> Cell {
    if is_right { right(good) } else { wrong(bad) }
}

struct Stage<S> {
    world: World,
    site: S,
}

impl<S: Site> Stage<S> {
    async fn new() -> Self {
        let world = World::new().await;
        S::migrate(&world).await;
        Self { site: S::start(&world).await, world }
    }

    async fn ask_as(&self, host: &str, email: &str) -> String {
        let page = self.site.forgot(host, email).await;
        self.site.settle().await;
        page
    }

    /// Asks for a link, and returns its token.
    async fn link(&self) -> String {
        self.ask_as(HOST, ADDRESS).await;
        let mails = self.world.mail.take();
        let [Sent { to, link }] = &mails[..] else { panic!("{} mails", mails.len()) };
        assert_eq!(to, ADDRESS);
        link.strip_prefix("https://app.example.com/reset?token=").unwrap().to_owned()
    }

    /// Opens the link and sends the form.
    async fn click(&self, token: &str, password: &str) -> Answer {
        match self.site.open(token).await {
            Ok(form) => self.site.submit(&form, password).await,
            Err(answer) => answer,
        }
    }

    async fn has(&self, password: &str) -> bool {
        self.world.password_hash().await == hash_of(password)
    }

    /// Uses a link that should be dead.
    async fn use_dead(&self, token: &str) -> Cell {
        let before = self.world.password_hash().await;
        let answer = self.click(token, OTHER).await;
        let has_changed = self.world.password_hash().await != before;
        match answer {
            Answer::PasswordSet if has_changed => wrong("sets a password"),
            Answer::PasswordSet => wrong("reports success, and changes nothing"),
            Answer::Rejected(reason) => {
                assert!(!has_changed);
                right(match reason {
                    None => "is rejected, without a reason".to_owned(),
                    Some(reason) => format!("is rejected as `{}`", reason.code()),
                })
            }
            Answer::TooWeak => panic!("{OTHER} is too weak"),
        }
    }
}

pub(crate) async fn a_link_in_time<S: Site>() -> Cell {
    let stage = Stage::<S>::new().await;
    let token = stage.link().await;
    stage.world.clock.advance(Duration::from_secs(3599));
    let answer = stage.click(&token, NEW).await;
    let is_set = answer == Answer::PasswordSet && stage.has(NEW).await;
    right_if(is_set, "sets a password", "does not work")
}

pub(crate) async fn a_link_after_its_hour<S: Site>() -> Cell {
    let stage = Stage::<S>::new().await;
    let token = stage.link().await;
    stage.world.clock.advance(Duration::from_secs(3600));
    stage.use_dead(&token).await
}

pub(crate) async fn an_older_link<S: Site>() -> Cell {
    let stage = Stage::<S>::new().await;
    let older = stage.link().await;
    stage.world.clock.advance(Duration::from_secs(120));
    let newer = stage.link().await;
    let cell = stage.use_dead(&older).await;
    if !cell.is_fault {
        assert_eq!(stage.click(&newer, NEW).await, Answer::PasswordSet);
    }
    cell
}

pub(crate) async fn a_link_twice<S: Site>() -> Cell {
    let stage = Stage::<S>::new().await;
    let token = stage.link().await;
    assert_eq!(stage.click(&token, NEW).await, Answer::PasswordSet);
    stage.use_dead(&token).await
}

pub(crate) async fn two_clicks_at_once<S: Site>() -> Cell {
    let stage = Stage::<S>::new().await;
    let token = stage.link().await;
    match stage.site.two_at_once(&token, [NEW, OTHER]).await {
        [Answer::PasswordSet, Answer::PasswordSet] => {
            assert!(stage.has(OTHER).await);
            wrong("both set a password, and the second one stays")
        }
        [Answer::PasswordSet, Answer::Rejected(Some(reason))] => {
            assert!(stage.has(NEW).await);
            right(format!("one sets a password, the other is rejected as `{}`", reason.code()))
        }
        answers => panic!("{answers:?}"),
    }
}

pub(crate) async fn a_database_that_is_read<S: Site>() -> Cell {
    let stage = Stage::<S>::new().await;
    let token = stage.link().await;
    let values = stage.world.values().await;
    let is_in_it = values.iter().any(|value| value == token.as_bytes());
    // Each value as it is and as text, and each 24 bytes of a value behind each 12.
    let mut guesses: Vec<_> = values.iter().flat_map(|value| texts(value)).collect();
    for selector in values.iter().filter(|value| value.len() == 12) {
        for window in values.iter().flat_map(|value| value.windows(24)) {
            let mut bytes = [selector, window].concat();
            bytes[35] &= !0x20; // As in each token.
            guesses.push(Base64UrlUnpadded::encode_string(&bytes));
        }
    }
    let mut opens = false;
    for guess in guesses {
        opens |= stage.site.open(&guess).await.is_ok();
    }
    assert_eq!(opens, is_in_it);
    right_if(!opens, "nothing that is stored makes a link", "what is stored makes a link")
}

fn texts(value: &[u8]) -> [String; 3] {
    let mut hex = String::new();
    for byte in value {
        write!(hex, "{byte:02x}").unwrap();
    }
    let base64 = Base64UrlUnpadded::encode_string(value);
    [String::from_utf8_lossy(value).into_owned(), hex, base64]
}

pub(crate) async fn a_changed_address<S: Site>() -> Cell {
    let stage = Stage::<S>::new().await;
    let token = stage.link().await;
    stage.world.run("UPDATE users SET email = 'kim@elsewhere.example'").await;
    stage.use_dead(&token).await
}

pub(crate) async fn a_changed_password<S: Site>() -> Cell {
    let stage = Stage::<S>::new().await;
    let token = stage.link().await;
    stage.world.run("UPDATE users SET password_hash = 'hash of Settings 4'").await;
    stage.use_dead(&token).await
}

pub(crate) async fn a_process_that_dies<S: Site>() -> Cell {
    let stage = Stage::<S>::new().await;
    let token = stage.link().await;
    stage.world.take_pictures();
    assert_eq!(stage.click(&token, NEW).await, Answer::PasswordSet);
    let pictures = stage.world.pictures().await;
    assert!(pictures.len() > 1, "{} writes", pictures.len());
    let mut end = "nothing has changed, and the link still works";
    for world in pictures {
        let stage = Stage::<S> { site: S::start(&world).await, world };
        let is_old = stage.has(OLD).await;
        assert!(is_old || stage.has(NEW).await);
        assert!(!is_old || stage.world.sessions().await == 1);
        let is_alive = stage.click(&token, OTHER).await == Answer::PasswordSet;
        match (is_old, is_alive) {
            (true, true) => {}
            (false, false) => end = "the password is set, and the link is used up",
            (false, true) => return wrong("the password is set, and the link still works"),
            (true, false) => return wrong("the link is used up, and no password is set"),
        }
    }
    right(end)
}

pub(crate) async fn another_letter_case<S: Site>() -> Cell {
    let stage = Stage::<S>::new().await;
    stage.ask_as(HOST, "kim@example.com").await;
    let is_sent = stage.world.mail.take().len() == 1;
    right_if(is_sent, "a link is sent", "no link is sent")
}

pub(crate) async fn a_look_alike<S: Site>() -> Cell {
    let stage = Stage::<S>::new().await;
    let typed = "\u{212a}im@example.com";
    assert_ne!(typed, "Kim@example.com");
    stage.ask_as(HOST, typed).await;
    match &stage.world.mail.take()[..] {
        [] => right("no link is sent"),
        [mail] if mail.to == ADDRESS => right("a link is sent to the stored address"),
        [mail] if mail.to == typed => wrong("a link is sent to the look-alike"),
        mails => panic!("{} mails", mails.len()),
    }
}

pub(crate) async fn an_hour_of_asking<S: Site>() -> Cell {
    let stage = Stage::<S>::new().await;
    for _ in 0..3600 {
        stage.ask_as(HOST, ADDRESS).await;
        stage.world.clock.advance(Duration::from_secs(1));
    }
    let mails = stage.world.mail.take().len();
    let text = format!("{mails} mails");
    if mails <= 5 { right(text) } else { wrong(text) }
}

pub(crate) async fn an_unknown_address<S: Site>() -> Cell {
    let stage = Stage::<S>::new().await;
    let known = stage.ask_as(HOST, ADDRESS).await;
    let unknown = stage.ask_as(HOST, "nobody@example.com").await;
    right_if(known == unknown, "is the same as for an account", "says that there is no account")
}

/// No clock is read: the mail server never responds, and either the page comes or the mail waits.
pub(crate) async fn a_slow_mail_server<S: Site>() -> Cell {
    let stage = Stage::<S>::new().await;
    stage.world.mail.get_stuck();
    let comes = async |email| {
        tokio::select! {
            biased;
            _ = stage.site.forgot(HOST, email) => true,
            () = stage.world.mail.reached() => false,
        }
    };
    assert!(comes("nobody@example.com").await);
    let is_at_once = comes(ADDRESS).await;
    right_if(is_at_once, "comes at once", "waits for the mail, if there is an account")
}

pub(crate) async fn a_session_from_before<S: Site>() -> Cell {
    let stage = Stage::<S>::new().await;
    let token = stage.link().await;
    assert_eq!(stage.world.sessions().await, 1);
    assert_eq!(stage.click(&token, NEW).await, Answer::PasswordSet);
    right_if(stage.world.sessions().await == 0, "is ended", "stays open")
}

pub(crate) async fn a_mail_scanner<S: Site>() -> Cell {
    let stage = Stage::<S>::new().await;
    let token = stage.link().await;
    assert!(stage.site.open(&token).await.is_ok());
    let answer = stage.click(&token, NEW).await;
    right_if(answer == Answer::PasswordSet, "the link still works", "the link is used up")
}

pub(crate) async fn a_weak_password<S: Site>() -> Cell {
    let stage = Stage::<S>::new().await;
    let token = stage.link().await;
    let form = stage.site.open(&token).await.unwrap();
    assert_eq!(stage.site.submit(&form, "weak").await, Answer::TooWeak);
    let is_alive = stage.site.submit(&form, NEW).await == Answer::PasswordSet
        || stage.click(&token, NEW).await == Answer::PasswordSet;
    right_if(is_alive, "the link still works", "the link is used up")
}

pub(crate) async fn a_forged_host<S: Site>() -> Cell {
    let stage = Stage::<S>::new().await;
    stage.ask_as("evil.example", ADDRESS).await;
    let mails = stage.world.mail.take();
    let is_ours = mails[0].link.starts_with("https://app.example.com/");
    right_if(is_ours, "the link leads to your host", "the link leads to the forged host")
}
