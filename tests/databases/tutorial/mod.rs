//! The same cases on the code that tutorials teach, in two common shapes, and on this crate. The table
//! in the guide "From the tutorial to this crate" is what ran here.

mod cases;
mod columns_on_users;
mod site;
mod table_of_tokens;
mod this_crate;
mod world;

use self::cases::Cell;
use self::columns_on_users::ColumnsOnUsers;
use self::table_of_tokens::TableOfTokens;
use self::this_crate::ThisCrate;
use std::fmt::Write as _;

const GUIDE: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/from_the_tutorial.md"));

const HEAD: &str = "| case | a table of tokens | columns on the user | this crate |\n\
                    | --- | --- | --- | --- |\n";

macro_rules! cases {
    ($($title:literal: $case:ident;)+) => {
        /// Each case with what happened in the three services.
        async fn run_all() -> Vec<(&'static str, [Cell; 3])> {
            vec![$((
                $title,
                [
                    Box::pin(cases::$case::<TableOfTokens>()).await,
                    Box::pin(cases::$case::<ColumnsOnUsers>()).await,
                    Box::pin(cases::$case::<ThisCrate>()).await,
                ],
            )),+]
        }
    };
}

cases! {
    "A link that is used in time": a_link_in_time;
    "A link that is used after its hour": a_link_after_its_hour;
    "An older link, after a newer one was sent": an_older_link;
    "A link that is used a second time": a_link_twice;
    "Two clicks on one link at the same moment": two_clicks_at_once;
    "A link whose account has another address since": a_changed_address;
    "A link whose account has another password since": a_changed_password;
    "A link that a mail scanner opened": a_mail_scanner;
    "A link with which a password was too weak": a_weak_password;
    "The process dies between two writes of a reset": a_process_that_dies;
    "A session that was open before the reset": a_session_from_before;
    "Somebody reads the database": a_database_that_is_read;
    "The login is typed in another letter case": another_letter_case;
    "A look-alike is typed: the Kelvin sign for `K`": a_look_alike;
    "The header `Host` is forged": a_forged_host;
    "The page for an unknown address": an_unknown_address;
    "The page while the mail server is slow": a_slow_mail_server;
    "Somebody asks every second for an hour": an_hour_of_asking;
}

#[tokio::test]
async fn the_guides_table_is_what_ran_and_this_crate_has_no_fault() {
    let ran = run_all().await;
    for (case, [_, _, this_crate]) in &ran {
        assert!(!this_crate.is_fault, "{case}: {}", this_crate.text);
    }
    let mut table = HEAD.to_owned();
    for (case, cells) in &ran {
        write!(table, "| {case} |").unwrap();
        for Cell { text, is_fault } in cells {
            let bold = if *is_fault { "**" } else { "" };
            write!(table, " {bold}{text}{bold} |").unwrap();
        }
        table.push('\n');
    }
    let start = GUIDE.find(HEAD).expect("the guide has the table's head");
    let (in_guide, _) = GUIDE[start..].split_once("\n\n").unwrap();
    let differing = in_guide.lines().zip(table.lines()).find(|(guide, ran)| guide != ran);
    assert!(
        in_guide == table.trim_end(),
        "put this table into the guide:\n{table}\nthe first difference: {differing:?}"
    );
}
