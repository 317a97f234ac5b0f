//! Codes that are typed while other tasks type, request links and follow them, on any store.

use super::at_once::at_once;
use super::codes::{with_codes, wrong};
use super::faulty::FaultyStore;
use super::issuers::eager_throttle;
use password_reset::adapters::memory::{ManualClock, Outbox};
use password_reset::store::Store;
use password_reset::token::{Ledger, Refusal, ResetToken, TokenIssuer};
use password_reset::{LinkTemplate, PasswordReset};
use std::collections::BTreeSet;
use std::time::Duration;
use time::UtcDateTime;

type Resets<S> = PasswordReset<S, Outbox>;

fn service<S: Store>(store: S, clock: &ManualClock) -> Resets<S> {
    let issuer = with_codes(TokenIssuer::builder().throttle(eager_throttle()));
    let link = LinkTemplate::new("https://app.example.com/#{token}").unwrap();
    let builder = PasswordReset::builder(store, Outbox::new(), link);
    builder.issuer(issuer).clock(clock.clone()).build().unwrap()
}

/// The one mail's token, and its code if it has one.
async fn mailed<S: Store>(resets: &Resets<S>, login: &str) -> (String, Option<String>) {
    let handled = resets.request(login).await;
    assert_eq!(handled.outcome_for_logs().code(), "sent", "{:?}", handled.outcome_for_logs());
    let mails = resets.mailer().take();
    let [mail] = &mails[..] else { panic!("one request, and {} mails", mails.len()) };
    let code = mail.code().map(|code| code.expose_digits().to_owned());
    (mail.link().unwrap().expose_token().to_owned(), code)
}

/// How many wrong codes the account's stored ledger counts.
async fn counted<S: Store>(resets: &Resets<S>, login: &str) -> usize {
    let account = resets.store().find_by_login(login).await.unwrap().unwrap();
    Ledger::decode(&account.ledger.unwrap()).unwrap().wrong_codes().into()
}

/// Sets a password with a link, or with what its code was exchanged for.
async fn redeem<S: Store>(resets: &Resets<S>, token: &str) {
    let accepted = resets.accept(token, "Abcdefg1").await.unwrap();
    let hash = format!("hash {}", getrandom::u64().unwrap());
    accepted.commit(hash).await.unwrap();
    assert_eq!(resets.mailer().take().len(), 1, "one notice");
}

/// The answer to a typed code.
type Told = (Option<ResetToken>, &'static str);

async fn exchange<S: Store>(resets: Resets<S>, login: String, code: String) -> Told {
    let (token, handled) = resets.exchange(&login, &code).await;
    (token, handled.outcome_for_logs().code())
}

/// How many were told so, of those who were told one of these.
fn count(told: &[Told], outcome: &str, others: &[&str]) -> usize {
    let all: BTreeSet<_> = told.iter().map(|(_, told)| *told).collect();
    assert!(all.iter().all(|told| *told == outcome || others.contains(told)), "{all:?}");
    told.iter().filter(|(_, told)| *told == outcome).count()
}

/// Each wrong code that is answered is counted, and at most five are. The right one is exchanged at
/// most once. The link is good in every case.
pub(crate) async fn a_wrong_code_is_counted_before_it_is_answered<S: Store + Clone + 'static>(
    store: S,
    login: &str,
) {
    let clock = ManualClock::new(UtcDateTime::UNIX_EPOCH);
    let resets = service(store.clone(), &clock);
    for (round, wrong_ones) in [64, 4, 4, 64].into_iter().enumerate() {
        let told = a_race(&resets, &resets, login, wrong_ones, round).await;
        let wrong = count(&told.all, "wrong_code", &["exchanged", "no_code"]);
        assert_eq!(wrong, told.counted, "where nothing fails, nobody is counted twice");
        let exchanged = count(&told.all, "exchanged", &["wrong_code", "no_code"]);
        assert_eq!(exchanged + usize::from(wrong == 5), 1, "they go on until there is no code");
    }
    let mut injected = BTreeSet::new();
    for seed in 0..8 {
        let faulty = service(FaultyStore::new(store.clone(), seed), &clock);
        let wrong_ones = if seed % 2 == 0 { 64 } else { 4 };
        a_race(&resets, &faulty, login, wrong_ones, 1).await;
        injected.extend(faulty.store().injected().into_keys());
    }
    assert_eq!(injected.len(), 4, "each fault was injected: {injected:?}");
}

struct Race {
    all: Vec<Told>,
    counted: usize,
}

/// So many wrong codes and the right one are typed at once; afterwards a password is set.
async fn a_race<S: Store, T: Store + 'static>(
    resets: &Resets<S>,
    racing: &Resets<T>,
    login: &str,
    wrong_ones: usize,
    place_of_the_right_one: usize,
) -> Race {
    let (link, code) = mailed(resets, login).await;
    let code = code.expect("a code after every password");
    let mut typed: Vec<_> = (1..=wrong_ones).map(|number| wrong(&code, number)).collect();
    typed.insert(place_of_the_right_one, code.clone());
    let all = at_once(typed.len(), |number| {
        exchange(racing.clone(), login.to_owned(), typed[number].clone())
    })
    .await;

    let counted = counted(resets, login).await;
    let wrong = all.iter().filter(|(_, told)| *told == "wrong_code").count();
    assert!(wrong <= counted, "{wrong} were told, and {counted} counted");
    assert!(counted <= 5, "{counted} of one code");
    resets.check(&link).await.expect("the link is good whatever became of its code");
    let tokens: Vec<_> = all.iter().filter_map(|(token, _)| token.as_ref()).collect();
    assert!(tokens.len() <= 1, "exchanged {} times", tokens.len());

    let is_over = !tokens.is_empty() || counted == 5;
    let (late, told) = exchange(resets.clone(), login.to_owned(), code).await;
    assert_eq!(told, if is_over { "no_code" } else { "exchanged" }, "{counted} were counted");
    let token =
        late.as_ref().or(tokens.first().copied()).map_or(link.as_str(), |t| t.expose_text());
    redeem(resets, token).await;
    for text in [link.as_str(), token] {
        let told = resets.check(text).await.unwrap_err();
        assert_eq!(told.refusal(), Some(Refusal::Used), "both are of one link");
    }
    assert_eq!(self::counted(resets, login).await, 0, "a password was set");
    Race { all, counted }
}

/// The link sets the password, whatever is typed at the same time.
pub(crate) async fn five_wrong_codes_do_not_keep_a_link_from_its_password<S>(store: S, login: &str)
where
    S: Store + Clone + 'static,
{
    let resets = service(store, &ManualClock::new(UtcDateTime::UNIX_EPOCH));
    for place in 0..6 {
        let (link, code) = mailed(&resets, login).await;
        let code = code.expect("a code after every password");
        let told = at_once(6, |number| {
            let (resets, link, login) = (resets.clone(), link.clone(), login.to_owned());
            let typed = wrong(&code, 1 + number);
            async move {
                if number == place {
                    redeem(&resets, &link).await;
                    return None;
                }
                Some(exchange(resets, login, typed).await)
            }
        })
        .await;
        let told: Vec<_> = told.into_iter().flatten().collect();
        count(&told, "wrong_code", &["no_code"]);
        let used = resets.check(&link).await.unwrap_err();
        assert_eq!(used.refusal(), Some(Refusal::Used));
        assert_eq!(counted(&resets, login).await, 0, "a password was set");
    }
}

/// A code has its own five, however many were typed for the one before while it was asked for;
/// and after twenty in all there are no more codes.
pub(crate) async fn wrong_codes_of_an_older_mail_do_not_count_for_the_next<S>(store: S, login: &str)
where
    S: Store + Clone + 'static,
{
    let clock = ManualClock::new(UtcDateTime::UNIX_EPOCH);
    let resets = service(store, &clock);
    let mut told_in_all = 0;
    for place in 0.. {
        clock.advance(Duration::from_secs(60));
        let (_, Some(older)) = mailed(&resets, login).await else { break };
        // With those that race the next request there would be more than five.
        let mut told = Vec::new();
        for number in 1..=3 {
            told.push(exchange(resets.clone(), login.to_owned(), wrong(&older, number)).await);
        }
        let racing = at_once(5, |number| {
            let (resets, login) = (resets.clone(), login.to_owned());
            let typed = wrong(&older, 4 + number);
            async move {
                if number == place % 5 {
                    return Err(mailed(&resets, &login).await);
                }
                Ok(exchange(resets, login, typed).await)
            }
        })
        .await;
        let mut newer = None;
        for one in racing {
            match one {
                Ok(typed) => told.push(typed),
                Err(mail) => newer = Some(mail),
            }
        }
        let (link, code) = newer.expect("one asked for a link");
        told_in_all += count(&told, "wrong_code", &["no_code"]);
        assert_eq!(counted(&resets, login).await, told_in_all, "each is counted once");
        resets.check(&link).await.expect("the newest link is good");
        if told_in_all < 20 {
            let code = code.expect("there are codes until twenty were wrong");
            let (token, told) = exchange(resets.clone(), login.to_owned(), code).await;
            assert!(token.is_some(), "at most four were typed for it: {told}");
        }
    }
    assert_eq!(told_in_all, 20);
    let (link, code) = mailed(&resets, login).await;
    assert_eq!(code, None, "after twenty in all there are no more codes");
    let (_, told) = exchange(resets.clone(), login.to_owned(), "1234 5678".into()).await;
    assert_eq!((told, counted(&resets, login).await), ("no_code", 20));
    redeem(&resets, &link).await;
    assert!(mailed(&resets, login).await.1.is_some(), "codes are back after a password");
}
