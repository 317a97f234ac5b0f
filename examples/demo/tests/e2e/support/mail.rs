use mail_parser::{Address, MessageParser};
use std::fs;
use std::path::Path;

/// A mail as its recipient's program reads it.
pub(crate) struct Mail {
    pub(crate) recipients: Vec<String>,
    pub(crate) subject: String,
    pub(crate) text: String,
}

impl Mail {
    pub(crate) fn read(path: &Path) -> Self {
        Self::parse(&fs::read(path).unwrap())
    }

    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let mail = MessageParser::default().parse(bytes).unwrap();
        let addresses = [mail.to(), mail.cc(), mail.bcc()].into_iter().flatten();
        Self {
            recipients: addresses
                .flat_map(Address::iter)
                .map(|address| address.address().unwrap().to_owned())
                .collect(),
            subject: mail.subject().unwrap().to_owned(),
            text: mail.body_text(0).unwrap().into_owned(),
        }
    }

    /// The link, which stands on a line of its own.
    pub(crate) fn link(&self, url: &str) -> String {
        let links: Vec<_> = self.text.lines().filter(|line| line.starts_with(url)).collect();
        assert_eq!(links.len(), 1, "{}", self.text);
        links[0].to_owned()
    }
}
