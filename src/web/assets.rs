//! The stylesheet and the script, each at a path with its digest, so that browsers may cache them.

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

#[derive(Debug)]
pub(super) struct Asset {
    /// The path below the base.
    pub(super) path: String,
    pub(super) media_type: &'static str,
    pub(super) content: &'static str,
}

pub(super) static STYLE: LazyLock<Asset> =
    LazyLock::new(|| asset("css", "text/css; charset=utf-8", include_str!("assets/style.css")));

pub(super) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    asset("js", "text/javascript; charset=utf-8", include_str!("assets/checklist.js"))
});

fn asset(kind: &str, media_type: &'static str, content: &'static str) -> Asset {
    let digest = Sha256::digest(content);
    let name = Base64UrlUnpadded::encode_string(digest.get(..9).unwrap_or_default());
    Asset { path: format!("/reset.{name}.{kind}"), media_type, content }
}
