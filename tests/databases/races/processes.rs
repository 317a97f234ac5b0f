//! Two processes redeem the same tokens; the second is this program, started again.

use crate::races::{link, pool, redeem_at_once, service, sqlite_pool};
use crate::support::host::{Server, Tables};
use crate::support::url::url;
use password_reset::token::Refusal;
use sqlx::{MySql, Pool, Postgres};
use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead, BufReader, Write, stdin};
use std::process::{Child, Command, Stdio};

const ACCOUNTS: i64 = 48;

/// How many redeem each token in each of the processes.
const RACERS: usize = 4;

/// The hash of the one who won each account's token in this process.
async fn redeem_all<DB: Server>(
    tables: &Tables,
    pool: &Pool<DB>,
    tokens: &[String],
    name: &str,
) -> BTreeMap<i64, String> {
    let resets = service(tables.store(pool).await);
    let races: Vec<_> =
        tokens.iter().map(|token| redeem_at_once(&resets, token, RACERS, name)).collect();
    let mut won = BTreeMap::new();
    for (id, race) in (1..).zip(races) {
        for told in race.join_all().await {
            match told {
                Ok(hash) => assert!(won.insert(id, hash).is_none(), "{id} is won once"),
                Err(refusal) => assert_eq!(refusal, Refusal::Used),
            }
        }
    }
    assert_eq!(resets.mailer().take().len(), won.len(), "a notice for each");
    won
}

fn second_process(database: &str, url: &str, tables: &Tables) -> Child {
    let mut second = Command::new(env::current_exe().unwrap());
    second.args(["--exact", "races::processes::the_second_process", "--ignored", "--nocapture"]);
    second.envs([("RACE_DATABASE", database), ("RACE_URL", url), ("RACE_TABLES", tables.prefix())]);
    second.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
}

async fn each_token_is_won_once<DB: Server>(database: &str, url: &str, pool: Pool<DB>) {
    let tables = Tables::new();
    tables.create(&pool, ACCOUNTS).await;
    let resets = service(tables.store(&pool).await);
    let mut tokens = Vec::new();
    for id in 1..=ACCOUNTS {
        tokens.push(link(&resets, id).await);
    }

    let mut second = second_process(database, url, &tables);
    let mut to_second = second.stdin.take().unwrap();
    let mut from_second = BufReader::new(second.stdout.take().unwrap()).lines();
    writeln!(to_second, "{}", tokens.join(" ")).unwrap();
    assert!(from_second.any(|line| line.unwrap() == "ready"));
    writeln!(to_second, "go").unwrap();
    let mut won = redeem_all(&tables, &pool, &tokens, "first").await;
    println!("{database}: the first process won {} of {ACCOUNTS}", won.len());

    for line in from_second.map(Result::unwrap) {
        let Some((id, hash)) = line.strip_prefix("won ").and_then(|won| won.split_once(' ')) else {
            continue;
        };
        assert!(won.insert(id.parse().unwrap(), hash.to_owned()).is_none(), "{id} is won once");
    }
    assert!(second.wait().unwrap().success());
    let winners: Vec<_> = won.into_iter().collect();
    assert_eq!(tables.passwords(&pool).await, winners);
    tables.drop(&pool).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "it is started by the races between processes"]
async fn the_second_process() {
    let Ok(database) = env::var("RACE_DATABASE") else { return };
    let url = env::var("RACE_URL").unwrap();
    let tables = Tables::with_prefix(&env::var("RACE_TABLES").unwrap());
    let won = match database.as_str() {
        "sqlite" => race_as_second(&tables, sqlite_pool(&url).await).await,
        "postgres" => {
            race_as_second::<Postgres>(&tables, pool().connect(&url).await.unwrap()).await
        }
        "mysql" => race_as_second::<MySql>(&tables, pool().connect(&url).await.unwrap()).await,
        other => panic!("{other}"),
    };
    for (id, hash) in won {
        println!("won {id} {hash}");
    }
}

async fn race_as_second<DB: Server>(tables: &Tables, pool: Pool<DB>) -> BTreeMap<i64, String> {
    let mut lines = stdin().lines().map(Result::unwrap);
    let tokens: Vec<_> = lines.next().unwrap().split(' ').map(str::to_owned).collect();
    println!("\nready");
    assert_eq!(lines.next().unwrap(), "go");
    redeem_all(tables, &pool, &tokens, "second").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_processes_one_wins_each_token_on_sqlite() {
    let file = tempfile::tempdir().unwrap();
    let file = file.path().join("accounts.sqlite");
    let file = file.to_str().unwrap();
    each_token_is_won_once("sqlite", file, sqlite_pool(file).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_processes_one_wins_each_token_on_postgres() {
    let Some(url) = url("TEST_POSTGRES_URL") else { return };
    let pool: Pool<Postgres> = pool().connect(&url).await.unwrap();
    each_token_is_won_once("postgres", &url, pool).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_processes_one_wins_each_token_on_mysql() {
    let Some(url) = url("TEST_MYSQL_URL") else { return };
    let pool: Pool<MySql> = pool().connect(&url).await.unwrap();
    each_token_is_won_once("mysql", &url, pool).await;
}
