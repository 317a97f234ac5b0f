//! What certainly happened, in a file that outlives the killed process.

use crate::support::host::address;
use password_reset::mailer::{Mailer, Message};
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Mutex;
use time::UtcDateTime;

/// Appends lines, each there wholly or not at all, and hands mails over by doing so.
pub(crate) struct Journal {
    file: Mutex<File>,
    appended: Box<dyn Fn() + Send + Sync>,
    /// The latest mail to each address.
    inbox: Mutex<HashMap<String, Unread>>,
}

/// A link's token, and the code beside it.
pub(crate) struct Unread {
    pub(crate) token: String,
    pub(crate) code: Option<String>,
}

impl Journal {
    /// Calls `appended` after each line.
    pub(crate) fn open(path: &Path, appended: impl Fn() + Send + Sync + 'static) -> Self {
        let file = OpenOptions::new().create(true).append(true).open(path).unwrap();
        Self { file: Mutex::new(file), appended: Box::new(appended), inbox: Mutex::default() }
    }

    /// The account has a new session, from when its password hash was this.
    pub(crate) fn signed_in(&self, id: i64, hash: &str) {
        self.append(&format!("session {id} {hash}\n")).unwrap();
    }

    /// A redemption was answered.
    pub(crate) fn redeemed(&self, id: i64, hash: &str) {
        self.append(&format!("redeemed {id} {hash}\n")).unwrap();
    }

    /// A wrong code was answered.
    pub(crate) fn wrong_code(&self, id: i64) {
        self.append(&format!("wrong {id}\n")).unwrap();
    }

    /// A link's code was exchanged, and that was answered.
    pub(crate) fn exchanged(&self, id: i64, link: &str, token: &str) {
        self.append(&format!("exchanged {id} {link} {token}\n")).unwrap();
    }

    pub(crate) fn latest_mail(&self, id: i64) -> Option<Unread> {
        self.inbox.lock().unwrap().remove(&address(id))
    }

    fn append(&self, line: &str) -> io::Result<()> {
        let mut file = self.file.lock().unwrap();
        file.write_all(line.as_bytes())?;
        file.sync_data()?;
        drop(file);
        (self.appended)();
        Ok(())
    }
}

impl<Id: Sync> Mailer<Id> for Journal {
    type Error = io::Error;

    async fn send(&self, message: &Message<'_, Id>) -> io::Result<()> {
        let Message::ResetLink { recipient, link, asked_at, code, .. } = message else {
            return Ok(());
        };
        let (to, token) = (recipient.as_str(), link.expose_token());
        self.append(&format!("mail {to} {token} {}\n", asked_at.unix_timestamp_nanos()))?;
        let code = code.map(|code| code.expose_digits().to_owned());
        let unread = Unread { token: token.to_owned(), code };
        self.inbox.lock().unwrap().insert(to.to_owned(), unread);
        Ok(())
    }
}

/// A mail that was handed over.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    pub(crate) token: String,
    pub(crate) asked_at: UtcDateTime,
}

/// What the journal says of one account.
#[derive(Debug, Default)]
pub(crate) struct Record {
    /// Oldest first.
    pub(crate) mails: Vec<Mail>,
    /// The hashes at its sessions' beginnings.
    pub(crate) sessions: Vec<String>,
    /// The hash of the last redemption that was answered.
    pub(crate) redeemed: Option<String>,
    /// How many wrong codes were answered since.
    pub(crate) wrong_codes: u8,
    /// Links' tokens and what their codes were exchanged for, oldest first.
    pub(crate) exchanged: Vec<(String, String)>,
}

/// Reads a journal while it grows.
pub(crate) struct Reader {
    file: File,
    pub(crate) mails: u32,
    pub(crate) records: HashMap<String, Record>,
}

impl Reader {
    pub(crate) fn open(path: &Path) -> Self {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path).unwrap();
        Self { file, mails: 0, records: HashMap::new() }
    }

    /// Reads the new lines, and cuts off one that its writer did not live to end.
    pub(crate) fn catch_up(&mut self) {
        let mut new = String::new();
        let start = self.file.stream_position().unwrap();
        self.file.read_to_string(&mut new).unwrap();
        let whole = new.rfind('\n').map_or(0, |end| end + 1);
        let end = start + u64::try_from(whole).unwrap();
        self.file.set_len(end).unwrap();
        self.file.seek(SeekFrom::Start(end)).unwrap();
        new[..whole].lines().for_each(|line| self.note(line));
    }

    fn note(&mut self, line: &str) {
        let words: Vec<_> = line.split(' ').collect();
        let to = match words[1].parse() {
            Ok(id) => address(id),
            Err(_) => words[1].to_owned(),
        };
        let record = self.records.entry(to).or_default();
        match words[..] {
            ["session", _, hash] => record.sessions.push(hash.to_owned()),
            ["redeemed", _, hash] => {
                record.redeemed = Some(hash.to_owned());
                record.wrong_codes = 0;
            }
            ["wrong", _] => record.wrong_codes += 1,
            ["exchanged", _, mailed, token] => {
                record.exchanged.push((mailed.to_owned(), token.to_owned()));
            }
            ["mail", _, token, asked_at] => {
                let asked_at = asked_at.parse().unwrap();
                let asked_at = UtcDateTime::from_unix_timestamp_nanos(asked_at).unwrap();
                self.mails += 1;
                record.mails.push(Mail { token: token.to_owned(), asked_at });
            }
            _ => panic!("{line:?} is no line of a journal"),
        }
    }
}
