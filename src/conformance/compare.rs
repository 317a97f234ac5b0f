//! Properties of comparisons: an address or a stamp is compared byte by byte.

use super::Fixture;
use super::case::{Case, OLD_HASH, unused_address};

/// A change conflicts if the stored address differs in case, in an accent, in a space or in a part
/// of it, whatever the column's collation.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn an_address_is_compared_to_the_byte<F: Fixture>(fixture: &F) {
    let address = || unused_address().replace("Conformance", "Zo\u{eb}.Conformance");
    let without = Case::with(fixture, address(), OLD_HASH.to_owned()).await;
    let with = Case::with(fixture, address(), OLD_HASH.to_owned()).await;
    let first = without.account().await;
    let (issued, found) = (with.issue().await, with.account().await);
    let redeemed = with.redeemed(&found, &issued.ledger, &issued.token);
    let next = without.issued(&first, None).ledger;
    for (differs, change) in DIFFERENCES {
        let why = format!("an address that differs {differs}");
        fixture.set_address(&without.id, &change(&without.address)).await;
        without.assert_conflict(&first, None, &next, &why).await;
        fixture.set_address(&without.id, &without.address).await;

        fixture.set_address(&with.id, &change(&with.address)).await;
        with.assert_conflict(&found, Some(&issued.ledger), &redeemed, &why).await;
        fixture.set_address(&with.id, &with.address).await;
    }
    without.assert_untouched("another address").await;
    with.assert_untouched("another address").await;
}

/// A change conflicts if the stored stamp differs in case, in an accent, in a space or in a part of
/// it, whatever the column's collation.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn a_stamp_is_compared_to_the_byte<F: Fixture>(fixture: &F) {
    for (differs, change) in DIFFERENCES {
        let why = format!("a stamp that differs {differs}");
        let old_hash = format!("{:x<100}", "$argon2id$Zo\u{eb}'s \"old\" one$");
        let case = Case::with(fixture, unused_address(), old_hash).await;
        let account = case.account().await;
        let first = case.issued(&account, None).ledger;
        let changed = change(&case.old_hash);
        fixture.set_password_hash(&case.id, &changed).await;
        case.assert_conflict(&account, None, &first, &why).await;

        fixture.set_password_hash(&case.id, &case.old_hash).await;
        let (issued, account) = (case.issue().await, case.account().await);
        let redeemed = case.redeemed(&account, &issued.ledger, &issued.token);
        fixture.set_password_hash(&case.id, &changed).await;
        case.assert_conflict(&account, Some(&issued.ledger), &redeemed, &why).await;
        assert_eq!(fixture.password_hash(&case.id).await, changed, "{why} stays");
    }
}

type Difference = (&'static str, fn(&str) -> String);

/// Changes that a less exact comparison does not see.
const DIFFERENCES: [Difference; 9] = [
    ("in case", str::to_lowercase),
    ("in the case of one letter", |text| text.replace("Zo", "zo")),
    ("in an accent", |text| text.replace('\u{eb}', "e")),
    ("in its normalization form", |text| text.replace('\u{eb}', "e\u{308}")),
    ("in its beginning", |text| format!("y{text}")),
    ("in its end", |text| format!("{text}y")),
    ("in a part that it lacks", |text| text[..text.len() - 1].to_owned()),
    ("in a space at its end", |text| format!("{text} ")),
    ("in a space at its start", |text| format!(" {text}")),
];
