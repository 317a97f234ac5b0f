//! The style and the script, each under its digest, so that browsers may keep them for ever.

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};

pub(super) const STYLE: &str = include_str!("assets/style.css");
pub(super) const SCRIPT: &str = include_str!("assets/checklist.js");

/// Their paths below the base.
pub(super) struct Assets {
    pub(super) style: String,
    pub(super) script: String,
}

impl Assets {
    pub(super) fn new() -> Self {
        let path = |content: &str, kind| {
            let digest = Sha256::digest(content);
            let name = Base64UrlUnpadded::encode_string(digest.get(..9).unwrap_or_default());
            format!("/reset.{name}.{kind}")
        };
        Self { style: path(STYLE, "css"), script: path(SCRIPT, "js") }
    }
}
