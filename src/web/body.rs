//! What a request carries, within bounds.

use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use percent_encoding::percent_decode_str;
use std::time::Duration;

/// The largest body, in bytes.
const LIMIT: usize = 16 * 1024;

/// How long a body may take.
const PATIENCE: Duration = Duration::from_secs(10);

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Reads the body, or says with which status it is refused.
async fn read<B>(headers: &HeaderMap, body: B, media_type: &str) -> Result<Vec<u8>, StatusCode>
where
    B: Body,
    B::Error: Into<Box<dyn core::error::Error + Send + Sync>>,
{
    if !is(headers, media_type) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let declared = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if declared.and_then(|length| length.parse::<u64>().ok()).is_some_and(|l| l > LIMIT as u64) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let collected = tokio::time::timeout(PATIENCE, Limited::new(body, LIMIT).collect()).await;
    match collected.map_err(|_| StatusCode::REQUEST_TIMEOUT)? {
        Ok(body) => Ok(body.to_bytes().into()),
        Err(error) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::BAD_REQUEST),
    }
}

fn is(headers: &HeaderMap, media_type: &str) -> bool {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return false };
    let essence = value.to_str().ok().and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case(media_type))
}

/// The fields of a form.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) async fn read<B>(headers: &HeaderMap, body: B) -> Result<Self, StatusCode>
    where
        B: Body,
        B::Error: Into<Box<dyn core::error::Error + Send + Sync>>,
    {
        let bytes = read(headers, body, FORM).await?;
        let text = core::str::from_utf8(&bytes).map_err(|_| StatusCode::BAD_REQUEST)?;
        Self::parse(text).ok_or(StatusCode::BAD_REQUEST)
    }

    /// Reads what browsers send, and nothing that is not UTF-8: two passwords must not become one.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let decode = |part: &str| {
            let spaced = part.replace('+', " ");
            percent_decode_str(&spaced).decode_utf8().ok().map(String::from)
        };
        let fields = text.split('&').filter(|field| !field.is_empty()).map(|field| {
            let (name, value) = field.split_once('=').unwrap_or((field, ""));
            Some((decode(name)?, decode(value)?))
        });
        fields.collect::<Option<_>>().map(Self)
    }

    /// The field that must be there once.
    pub(super) fn take(mut self, name: &str) -> Option<String> {
        self.0.retain(|(field, _)| field == name);
        let value = self.0.pop()?.1;
        self.0.is_empty().then_some(value)
    }
}

/// Reads JSON of one shape, without fields that nobody asked for.
pub(super) async fn json<T, B>(headers: &HeaderMap, body: B) -> Result<T, StatusCode>
where
    T: serde::de::DeserializeOwned,
    B: Body,
    B::Error: Into<Box<dyn core::error::Error + Send + Sync>>,
{
    let bytes = read(headers, body, JSON).await?;
    serde_json::from_slice(&bytes).map_err(|_| StatusCode::BAD_REQUEST)
}
