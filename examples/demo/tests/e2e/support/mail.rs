use mail_parser::decoders::html::html_to_text;
use mail_parser::{Address, MessageParser};
use std::fs;
use std::path::Path;

/// A mail as its recipient's program reads it.
pub(crate) struct Mail {
    pub(crate) recipients: Vec<String>,
    pub(crate) subject: String,
    /// The time of day that its header says, in UTC.
    pub(crate) time: String,
    pub(crate) text: String,
    pub(crate) html: String,
    threads: [String; 3],
}

impl Mail {
    pub(crate) fn read(path: &Path) -> Self {
        Self::parse(&fs::read(path).unwrap())
    }

    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let mail = MessageParser::default().parse(bytes).unwrap();
        let addresses = [mail.to(), mail.cc(), mail.bcc()].into_iter().flatten();
        let date = mail.date().unwrap();
        let threads = ["Message-ID", "References", "X-Entity-Ref-ID"];
        Self {
            recipients: addresses
                .flat_map(Address::iter)
                .map(|address| address.address().unwrap().to_owned())
                .collect(),
            subject: mail.subject().unwrap().to_owned(),
            time: format!("{:02}:{:02}:{:02}", date.hour, date.minute, date.second),
            text: mail.body_text(0).unwrap().into_owned(),
            html: mail.body_html(0).unwrap().into_owned(),
            threads: threads.map(|name| mail.header(name).unwrap().as_text().unwrap().to_owned()),
        }
    }

    /// What mail programs take mails for parts of one conversation by.
    pub(crate) fn identifiers(&self) -> [String; 3] {
        self.threads.clone()
    }

    /// What is to be read of the HTML.
    pub(crate) fn read_html(&self) -> String {
        html_to_text(&self.html)
    }

    /// The code, which stands on a line of its own.
    pub(crate) fn code(&self) -> String {
        let is_code = |line: &&str| line.len() == 9 && line.chars().nth(4) == Some('-');
        self.text.lines().find(is_code).unwrap_or_else(|| panic!("{}", self.text)).to_owned()
    }

    /// The link, which stands on a line of its own.
    pub(crate) fn link(&self, url: &str) -> String {
        let links: Vec<_> = self.text.lines().filter(|line| line.starts_with(url)).collect();
        assert_eq!(links.len(), 1, "{}", self.text);
        links[0].to_owned()
    }
}
