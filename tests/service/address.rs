//! Mail goes to the stored address, byte for byte, whatever was typed.

use crate::support::{run, runner};
use mail_parser::{Address, MessageParser};
use password_reset::adapters::memory::{MemoryStore, Outbox};
use password_reset::mailer::{AddressError, Recipient};
use password_reset::service::{Delivery, Fault, Outcome};
use password_reset::{LinkTemplate, PasswordReset};
use proptest::prelude::*;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// One service whose accounts have these stored addresses; their ids count from 1.
fn service(addresses: &[&str]) -> PasswordReset<MemoryStore, Outbox> {
    let store = MemoryStore::new();
    for address in addresses {
        store.add_account(address, "hash").unwrap();
    }
    let link = LinkTemplate::new("https://app.example.com/reset?token={token}").unwrap();
    PasswordReset::builder(store, Outbox::new(), link).build().unwrap()
}

/// Asks for a link and gives the outcome's code with the recipients of all mails.
fn request(
    resets: &PasswordReset<MemoryStore, Outbox>,
    login: &str,
) -> (&'static str, Vec<String>) {
    let handled = run(resets.request(login));
    let mails = resets.mailer().take();
    let recipients = mails.iter().map(|mail| mail.recipient().to_owned()).collect();
    (handled.outcome_for_logs().code(), recipients)
}

#[test]
fn mail_goes_to_the_stored_address_however_it_was_typed() {
    for (stored, typed) in [
        ("alice@example.com", "alice@example.com"),
        ("alice@example.com", "ALICE@Example.COM"),
        ("Alice@EXAMPLE.com", "alice@example.com"),
        ("Alice.O'Hara+Tag@example.com", "alice.o'hara+tag@EXAMPLE.COM"),
        ("mıke@example.com", "mıke@EXAMPLE.com"),
        ("\"Al, Ice\"@example.com", "\"al, ice\"@example.com"),
        ("bob@[192.0.2.1]", "BOB@[192.0.2.1]"),
        ("bob@[IPv6:2001:db8::1]", "bob@[ipv6:2001:db8::1]"),
    ] {
        assert_eq!(request(&service(&[stored]), typed), ("sent", vec![stored.to_owned()]));
    }
}

#[test]
fn a_login_that_only_looks_like_an_accounts_finds_no_account() {
    let resets = service(&["mike@example.com", "kate@example.com", "grosse@example.com"]);
    for typed in [
        "",
        " ",
        "mıke@example.com",
        "MİKE@example.com",
        "mi\u{307}ke@example.com",
        "\u{212A}ate@example.com",
        "große@example.com",
        "ｍike@example.com",
        "mike @example.com",
        "mike@example.com\u{200b}",
        "mike@example.com\0",
        "mike@example.com\0@evil.example",
        "mike@example.com\r\nBcc: eve@evil.example",
        "mike@example.com\tX",
        "mike@example.com,eve@evil.example",
        "mike@example.com;eve@evil.example",
        "eve@evil.example mike@example.com",
        "mike@example.com%0a",
        "<mike@example.com>",
        "Mike <mike@example.com>",
        "\"mike\"@example.com",
        "mike+tag@example.com",
        "mike@example.com.",
        "mike%example.com@evil.example",
        "m%",
        "mike@example.com' OR '1'='1",
    ] {
        assert_eq!(request(&resets, typed), ("unknown_account", vec![]), "{typed:?}");
    }
}

#[test]
fn lookalikes_get_each_their_own_mail() {
    let addresses = ["mike@example.com", "mıke@example.com", "MİKE@example.com"];
    let resets = service(&addresses);
    for address in addresses {
        assert_eq!(request(&resets, address), ("sent", vec![address.to_owned()]));
    }
}

#[test]
fn a_login_too_long_or_with_a_nul_is_not_looked_up() {
    let long = |bytes: usize| "a".repeat(bytes);
    let (longest, longer, nul) = (long(1024), long(1025), "alice\0@example.com");
    let resets = service(&[&longest, &longer, nul]);
    assert_eq!(request(&resets, &longest).0, "failed", "looked up, and not an address");
    for login in [&longer, nul, &long(1 << 20)] {
        assert_eq!(request(&resets, login), ("unknown_account", vec![]));
    }
}

#[test]
fn a_stored_address_that_mail_cannot_take_is_an_error_and_nothing_is_issued() {
    for (address, expected) in [
        ("alice@example.com\r\nBcc: eve@evil.example", AddressError::ControlCharacter),
        ("alice@example.com\n", AddressError::ControlCharacter),
        ("alice\u{85}@example.com", AddressError::ControlCharacter),
        ("alice@example.com,eve@evil.example", AddressError::NotOneMailbox),
        ("alice", AddressError::NotOneMailbox),
        (&"a".repeat(255), AddressError::TooLong),
    ] {
        let resets = service(&[address]);
        let dispatched = run(resets.request_for(&1));
        let Outcome::Failed(Fault::Address(error)) = dispatched.outcome_for_logs() else {
            panic!("{address:?}: {dispatched:?}")
        };
        assert_eq!(*error, expected, "{address:?}");
        assert_eq!(dispatched.delivery(), Delivery::NoAddress);
        assert_eq!(resets.mailer().take().len(), 0);
        assert_eq!(resets.store().ledger(1), None);
    }
}

#[test]
fn one_mailbox_is_taken_as_it_is() {
    let (local, label) = ("l".repeat(64), "d".repeat(60));
    let longest = format!("{local}@{label}.{label}.{label}.exampl");
    assert_eq!(longest.len(), 254);
    for address in [
        "alice@example.com",
        "a@b",
        "!#$%&'*+-/?=^_`{|}~@example.com",
        "mıke@exämple.com",
        "用户@例子.广告",
        "\"a b\"@example.com",
        "\"a@b,c;d:e<f>(g)[h]\"@example.com",
        "\"a\\\"b\\\\c\"@example.com",
        "bob@[192.0.2.1]",
        "bob@[IPv6:2001:db8::1]",
        &longest,
    ] {
        let recipient = Recipient::parse(address).unwrap();
        assert_eq!(recipient.as_str(), address);
    }
}

#[test]
fn anything_but_one_mailbox_is_refused() {
    let (local, label) = ("l".repeat(64), "d".repeat(60));
    for (address, error) in [
        ("", AddressError::NotOneMailbox),
        ("@", AddressError::NotOneMailbox),
        ("alice", AddressError::NotOneMailbox),
        ("alice@", AddressError::NotOneMailbox),
        ("@example.com", AddressError::NotOneMailbox),
        ("alice@@example.com", AddressError::NotOneMailbox),
        ("alice@example.com@evil.example", AddressError::NotOneMailbox),
        ("@evil.example:alice@example.com", AddressError::NotOneMailbox),
        ("alice@example.com,eve@evil.example", AddressError::NotOneMailbox),
        ("alice@example.com;eve@evil.example", AddressError::NotOneMailbox),
        ("alice@example.com eve@evil.example", AddressError::NotOneMailbox),
        ("friends:alice@example.com", AddressError::NotOneMailbox),
        ("<alice@example.com>", AddressError::NotOneMailbox),
        ("Alice <alice@example.com>", AddressError::NotOneMailbox),
        ("alice(comment)@example.com", AddressError::NotOneMailbox),
        ("alice\\@evil.example@example.com", AddressError::NotOneMailbox),
        (" alice@example.com", AddressError::NotOneMailbox),
        ("alice@example.com\u{a0}", AddressError::NotOneMailbox),
        ("\"alice@example.com", AddressError::NotOneMailbox),
        ("\"@example.com", AddressError::NotOneMailbox),
        ("\"a\"b\"@example.com", AddressError::NotOneMailbox),
        ("\"a\\\"@example.com", AddressError::NotOneMailbox),
        ("\"a\" <eve@evil.example>, \"b\"@example.com", AddressError::NotOneMailbox),
        ("alice@[192.0.2.1", AddressError::NotOneMailbox),
        ("alice@192.0.2.1]", AddressError::NotOneMailbox),
        ("alice@[]", AddressError::NotOneMailbox),
        ("alice@[a,b]", AddressError::NotOneMailbox),
        ("alice@[friends:eve]", AddressError::NotOneMailbox),
        ("alice@[IPv6:friends:eve]", AddressError::NotOneMailbox),
        ("alice@[IPv6:192.0.2.1]", AddressError::NotOneMailbox),
        ("alice@example.com:25", AddressError::NotOneMailbox),
        ("=?utf-8?q?eve=40evil.example=2C?=@example.com", AddressError::NotOneMailbox),
        ("\"=?utf-8?q?eve=40evil.example=2C?=\"@example.com", AddressError::NotOneMailbox),
        ("alice@=?utf-8?q?evil.example?=", AddressError::NotOneMailbox),
        ("alice\0@example.com", AddressError::ControlCharacter),
        ("alice\t@example.com", AddressError::ControlCharacter),
        ("\"alice\r\n\"@example.com", AddressError::ControlCharacter),
        ("alice\u{7f}@example.com", AddressError::ControlCharacter),
        ("alice\u{2028}@example.com", AddressError::ControlCharacter),
        (&format!("l{local}@example.com"), AddressError::TooLong),
        (&format!("{local}@{label}.{label}.{label}.example"), AddressError::TooLong),
        (&format!("alice@{}", "d".repeat(1 << 20)), AddressError::TooLong),
    ] {
        assert_eq!(Recipient::parse(address), Err(error), "{address:?}");
    }
}

/// Addresses near the line between good and bad.
fn near_address() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => "[a-z]{1,3}",
        3 => Just("@".to_owned()),
        2 => Just("\"".to_owned()),
        2 => r"[,;:<>()\[\]\\ .=?]",
        1 => prop::sample::select(vec!["=?utf-8?q?", "?=", "=2C", "=40", "ı", "，", "＠", "。"])
            .prop_map(str::to_owned),
        1 => prop::sample::select(vec!["\r", "\n", "\0", "\t", "\u{85}", "\u{2028}", "\u{a0}"])
            .prop_map(str::to_owned),
    ];
    let pieces = |most| prop::collection::vec(piece.clone(), 0..most).prop_map(|p| p.concat());
    prop_oneof![
        pieces(12),
        pieces(5).prop_map(|local| format!("{local}@example.com")),
        pieces(6).prop_map(|local| format!("\"{local}\"@example.com")),
        pieces(5).prop_map(|domain| format!("alice@{domain}")),
        pieces(4).prop_map(|literal| format!("alice@[{literal}]")),
    ]
}

/// How many mailboxes a mail program sees in a header with this address.
fn mailboxes_seen(address: &str) -> usize {
    let mail = format!("To: {address}\r\nSubject: x\r\n\r\nx\r\n");
    let parsed = MessageParser::default().parse(mail.as_bytes()).unwrap();
    assert_eq!(parsed.headers().len(), 2, "{address:?}");
    match parsed.to() {
        Some(Address::List(list)) => list.len(),
        Some(Address::Group(_)) => panic!("{address:?} is a group"),
        None => 0,
    }
}

#[test]
fn every_recipient_is_one_mailbox_to_a_mail_program() {
    let reached = RefCell::new(BTreeMap::new());
    let property = |address: String| {
        let parsed = Recipient::parse(&address);
        let kind = parsed.map_or_else(|error| format!("{error:?}"), |_| "taken".into());
        *reached.borrow_mut().entry(kind).or_insert(0) += 1;
        let Ok(recipient) = parsed else { return Ok(()) };

        prop_assert_eq!(recipient.as_str(), &address);
        prop_assert!(!address.contains(char::is_control));
        prop_assert_eq!(mailboxes_seen(&address), 1);
        #[cfg(feature = "lettre")]
        if let Ok(seen) = address.parse::<lettre::message::Mailboxes>() {
            prop_assert_eq!(seen.iter().count(), 1);
        }
        Ok(())
    };
    runner(16384).run(&near_address(), property).unwrap();
    let reached = reached.into_inner();
    for (kind, least) in [("taken", 1000), ("NotOneMailbox", 1000), ("ControlCharacter", 1000)] {
        assert!(reached[kind] >= least, "{kind} in {reached:?}");
    }
}

#[test]
fn whatever_is_typed_mail_goes_to_stored_addresses_only() {
    let stored = ["mike@example.com", "Alice@example.com", "\"a, b\"@example.com"];
    let typed = prop_oneof![
        near_address(),
        prop::sample::select(stored.to_vec()).prop_map(str::to_owned),
        prop::sample::select(stored.to_vec()).prop_map(str::to_uppercase),
        ("\\PC?", prop::sample::select(stored.to_vec()), "\\PC?")
            .prop_map(|(before, address, after)| format!("{before}{address}{after}")),
    ];
    let sent = RefCell::new(0);
    let property = |typed: String| {
        let (outcome, recipients) = request(&service(&stored), &typed);
        let owner = stored.iter().find(|address| address.eq_ignore_ascii_case(typed.trim()));
        *sent.borrow_mut() += usize::from(owner.is_some());
        let expected = owner.map_or("unknown_account", |_| "sent");
        prop_assert_eq!(outcome, expected);
        prop_assert_eq!(recipients, Vec::from_iter(owner.map(|address| (*address).to_owned())));
        Ok(())
    };
    runner(2048).run(&typed, property).unwrap();
    assert!(sent.into_inner() > 500);
}

/// Domains outside ASCII, as people write them and as browsers send them.
#[cfg(feature = "idn")]
mod with_idn {
    use super::{request, service};

    #[test]
    fn a_login_finds_its_account_however_its_domain_is_spelled() {
        for (stored, typed) in [
            ("carol@bücher.example", "carol@xn--bcher-kva.example"),
            ("carol@bücher.example", "CAROL@XN--BCHER-KVA.example"),
            ("carol@bücher.example", "carol@bu\u{308}cher.example"),
            ("carol@xn--bcher-kva.example", "carol@bücher.example"),
            ("carol@xn--bcher-kva.example", "carol@BÜCHER.example"),
            ("carol@faß.example", "carol@xn--fa-hia.example"),
            ("用户@例え.テスト", "用户@xn--r8jz45g.xn--zckzah"),
            ("josé@example.com", "jose\u{301}@example.com"),
            ("josé@bücher.example", "jose\u{301}@xn--bcher-kva.example"),
            ("Café@example.com", "Cafe\u{301}@example.com"),
            ("eleni@παράδειγμα.ελλάσ", "eleni@ΠΑΡΆΔΕΙΓΜΑ.ΕΛΛΆΣ"),
            ("carol@bücher.рф", "carol@bücher.xn--p1ai"),
        ] {
            let answer = request(&service(&[stored]), typed);
            assert_eq!(answer, ("sent", vec![stored.to_owned()]), "{typed}");
        }
    }

    #[test]
    fn the_account_that_is_spelled_as_it_was_typed_goes_first() {
        let addresses = ["carol@bücher.example", "carol@xn--bcher-kva.example"];
        let resets = service(&addresses);
        for address in addresses {
            assert_eq!(request(&resets, address), ("sent", vec![address.to_owned()]));
        }
    }

    #[test]
    fn a_domain_that_only_looks_like_an_accounts_finds_no_account() {
        let resets = service(&[
            "mike@example.com",
            "mikè@example.com",
            "carol@bücher.example",
            "dora@fass.example",
            "dora@kü.example",
            "dora@iü.example",
        ]);
        for typed in [
            "mike@ｅxample.com",
            "mi\u{212A}e@example.com",
            "mi\u{212A}é@example.com",
            // Composing the rest takes as many letters of ASCII away as the Kelvin sign brings.
            "mi\u{212A}e\u{300}@example.com",
            "carol@b\u{fc}cher\u{37e}.example",
            "mike@exam\u{ad}ple.com",
            "mike@ex\u{200d}ample.com",
            "mike@example。com",
            "carol@bũcher.example",
            "carol@xn--bcher-kva.example.",
            "carol@xn--bcher.example",
            "carol@xn--bcher-kva.example@evil.example",
            "ｃarol@xn--bcher-kva.example",
            "dora@faß.example",
            "dora@\u{212A}ü.example",
            "dora@\u{212A}u\u{308}.example",
            "dora@İü.example",
            "xn--",
            "@xn--",
            "xn--@",
            "ü@",
            "@ü",
            "@",
        ] {
            assert_eq!(request(&resets, typed), ("unknown_account", vec![]), "{typed:?}");
        }
    }
}
