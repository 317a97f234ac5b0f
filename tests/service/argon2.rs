//! The Argon2id hasher.

use ::argon2::{Algorithm, Argon2, Params, Version};
use base64ct::{Base64Unpadded, Encoding};
use futures_util::FutureExt as _;
use password_reset::adapters::argon2::{Argon2Error, Argon2Hasher};
use password_reset::hasher::PasswordHasher;

const GOOD: &str = "Correct horse 7";

/// So small that a test may make many.
fn small() -> Params {
    Params::new(64, 1, 1, None).unwrap()
}

#[tokio::test]
async fn the_default_parameters_are_those_that_owasp_recommends() {
    let hasher = Argon2Hasher::default();
    let hash = hasher.hash(GOOD).await.unwrap();
    let parts: Vec<_> = hash.split('$').collect();
    assert_eq!(parts[..4], ["", "argon2id", "v=19", "m=19456,t=2,p=1"], "19 MiB, 2 passes, 1 lane");
    let decode = |part: &str| Base64Unpadded::decode_vec(part).unwrap().len();
    assert_eq!((decode(parts[4]), decode(parts[5])), (16, 32), "the salt and the hash, in bytes");
    assert_eq!(parts.len(), 6);
    assert!(hasher.verify(GOOD, Some(&hash)).await.unwrap());
}

#[tokio::test]
async fn two_hashes_of_one_password_differ() {
    let hasher = Argon2Hasher::new(small(), 1);
    assert_ne!(hasher.hash(GOOD).await.unwrap(), hasher.hash(GOOD).await.unwrap());
}

#[tokio::test]
async fn only_the_right_password_is_verified() {
    let hasher = Argon2Hasher::new(small(), 1);
    for password in [GOOD, "", " ", "\0", "Ünïcode 👨‍👩‍👧‍👦", &"x".repeat(5000)]
    {
        let hash = hasher.hash(password).await.unwrap();
        assert!(hasher.verify(password, Some(&hash)).await.unwrap());
        for wrong in ["Correct horse 8", "correct horse 7", &format!("{password} "), "\0\0"] {
            assert!(!hasher.verify(wrong, Some(&hash)).await.unwrap(), "{wrong} for {password}");
        }
        assert!(!hasher.verify(password, None).await.unwrap(), "nothing is stored");
    }
}

/// What a host has from before, or from another program, is verified by its own parameters.
#[tokio::test]
async fn hashes_of_other_parameters_and_kinds_are_verified() {
    let hasher = Argon2Hasher::new(small(), 1);
    for algorithm in [Algorithm::Argon2d, Algorithm::Argon2i, Algorithm::Argon2id] {
        for version in [Version::V0x10, Version::V0x13] {
            for (memory, passes, lanes, length) in [(32, 3, 1, 32), (256, 1, 4, 16), (64, 2, 2, 64)]
            {
                let params = Params::new(memory, passes, lanes, Some(length)).unwrap();
                let mut output = vec![0; length];
                Argon2::new(algorithm, version, params)
                    .hash_password_into(GOOD.as_bytes(), b"some salt of 20 byte", &mut output)
                    .unwrap();
                let stored = format!(
                    "${algorithm}$v={}$m={memory},t={passes},p={lanes}${}${}",
                    u32::from(version),
                    Base64Unpadded::encode_string(b"some salt of 20 byte"),
                    Base64Unpadded::encode_string(&output),
                );
                assert!(hasher.verify(GOOD, Some(&stored)).await.unwrap(), "{stored}");
                assert!(!hasher.verify("wrong", Some(&stored)).await.unwrap(), "{stored}");
            }
        }
    }
}

/// From the tests of the reference implementation, with the password `password`.
#[tokio::test]
async fn hashes_of_the_reference_implementation_are_verified() {
    let hasher = Argon2Hasher::new(small(), 1);
    for stored in [
        "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
        // Before version 19 no version was written.
        "$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
        "$argon2i$m=256,t=2,p=2$c29tZXNhbHQ$tsEVYKap1h6scGt5ovl9aLRGOqOth+AMB+KwHpDFZPs",
    ] {
        assert!(hasher.verify("password", Some(stored)).await.unwrap(), "{stored}");
        assert!(!hasher.verify("Password", Some(stored)).await.unwrap(), "{stored}");
    }
}

#[tokio::test]
async fn what_is_no_hash_of_argon2_is_an_error_and_never_a_right_password() {
    let hasher = Argon2Hasher::new(small(), 1);
    let hash = hasher.hash(GOOD).await.unwrap();
    let (start, _) = hash.rsplit_once('$').unwrap();
    for stored in [
        "",
        "$",
        "x",
        GOOD,
        "!",
        "hash of the old one",
        "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
        "$scrypt$ln=15,r=8,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
        "$argon2id$",
        "$argon2id$v=19$m=64,t=1,p=1",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$",
        "$argon2id$v=19$m=64,t=0,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
        "$argon2id$v=19$m=1,t=1,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
        "$argon2id$v=20$m=64,t=1,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
        "$argon2x$v=19$m=64,t=1,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
        start,
        &format!("{hash}$"),
        &format!(" {hash}"),
        &format!("{hash}\n"),
        &hash.replace("p=1", "p=1,x=1"),
    ] {
        let verified = hasher.verify(GOOD, Some(stored)).await;
        assert!(verified.is_err(), "{stored}: {verified:?}");
    }
    // A hash that was cut off by a column is no shorter hash of the same password.
    for end in start.len() + 2..hash.len() {
        let verified = hasher.verify(GOOD, Some(&hash[..end])).await;
        assert!(!verified.as_ref().is_ok_and(|is_right| *is_right), "{end}: {verified:?}");
    }
    assert!(hasher.verify(GOOD, Some(&hash)).await.unwrap(), "and none of them takes a place");
}

#[test]
fn the_next_is_refused_where_as_many_wait_as_may_and_places_are_free_again_afterwards() {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.max_blocking_threads(1).build().unwrap().block_on(async {
        let hasher = Argon2Hasher::new(small(), 2);
        // Each takes its place when it is first polled, and gets no further before this ends.
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let hindrance = tokio::task::spawn_blocking(move || ended.recv());
        let begin = |number: usize| {
            let mut begun: Vec<_> = (0..number).map(|_| Box::pin(hasher.hash(GOOD))).collect();
            for hash in &mut begun {
                assert!(hash.now_or_never().is_none());
            }
            begun
        };
        let all = begin(2 + 2 * 16);
        assert!(matches!(hasher.hash(GOOD).await, Err(Argon2Error::Full)));
        assert!(
            matches!(hasher.clone().verify(GOOD, None).await, Err(Argon2Error::Full)),
            "shared"
        );
        // A caller that goes away frees its place, except for the two whose work has begun.
        drop(all);
        let all = begin(2 * 16);
        assert!(matches!(hasher.hash(GOOD).await, Err(Argon2Error::Full)));
        drop(end);
        hindrance.await.unwrap().unwrap_err();
        for hash in futures_util::future::join_all(all).await {
            assert!(hash.unwrap().starts_with("$argon2id$"));
        }
        for hash in futures_util::future::join_all((0..34).map(|_| hasher.hash(GOOD))).await {
            assert!(hash.unwrap().starts_with("$argon2id$"));
        }
    });
}

#[tokio::test]
async fn no_secret_stands_in_its_debug_or_its_errors() {
    let hasher = Argon2Hasher::new(small(), 1);
    assert!(!format!("{hasher:?}").contains(GOOD));
    let error = hasher.verify(GOOD, Some("canary of a stored hash")).await.unwrap_err();
    assert!(!format!("{error:?} {error}").contains("canary"));
}
