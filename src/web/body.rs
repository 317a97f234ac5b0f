//! The body of a request: read within bounds, and parsed strictly.

use super::flow::Later;
use crate::link::has_whole_encodings;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use percent_encoding::percent_decode_str;
use std::time::Duration;

/// The largest body, in bytes.
const LIMIT: usize = 16 * 1024;

/// The longest time for a body to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// The error of any body.
pub(super) type BodyError = Box<dyn core::error::Error + Send + Sync>;

/// A body that is not read yet: its bytes, or the status with which it is rejected.
pub(super) type Unread<'r> = Later<'r, Result<Vec<u8>, StatusCode>>;

/// Reads a body within the limits, when it is first awaited.
pub(super) async fn read<B>(body: B) -> Result<Vec<u8>, StatusCode>
where
    B: Body<Error: Into<BodyError>>,
{
    let collected = tokio::time::timeout(PATIENCE, Limited::new(body, LIMIT).collect()).await;
    match collected.map_err(|_| StatusCode::REQUEST_TIMEOUT)? {
        Ok(body) => Ok(body.to_bytes().into()),
        Err(error) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::BAD_REQUEST),
    }
}

/// Reads a body of this media type. Rejects it unread if its type or its declared length is wrong.
async fn read_as(
    media_type: &str,
    headers: &HeaderMap,
    body: Unread<'_>,
) -> Result<Vec<u8>, StatusCode> {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let (first, second) = (types.next(), types.next());
    let essence = first.and_then(|value| value.to_str().ok()?.split(';').next()).map(str::trim);
    if second.is_some() || essence.is_none_or(|is| !is.eq_ignore_ascii_case(media_type)) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let declared = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if declared.and_then(|length| length.parse::<u64>().ok()).is_some_and(|l| l > LIMIT as u64) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    body.await
}

/// Reads fields of a form. Each may occur once. The first is required; the others are empty if they
/// are missing.
pub(super) async fn fields<const N: usize>(
    names: [&str; N],
    headers: &HeaderMap,
    body: Unread<'_>,
) -> Result<[String; N], StatusCode> {
    let bytes = read_as("application/x-www-form-urlencoded", headers, body).await?;
    let form = core::str::from_utf8(&bytes).ok();
    form.and_then(|form| fields_of(form, names)).ok_or(StatusCode::BAD_REQUEST)
}

/// Parses a form as browsers send it. Rejects what is not UTF-8, since a lossy reading would make
/// two passwords the same.
fn fields_of<const N: usize>(form: &str, names: [&str; N]) -> Option<[String; N]> {
    let mut found = names.map(|_| None);
    for field in form.split('&').filter(|field| !field.is_empty()) {
        let (field, value) = field.split_once('=').unwrap_or((field, ""));
        let (field, value) = (decode(field)?, decode(value)?);
        let mut places = names.iter().zip(&mut found);
        if let Some((_, place)) = places.find(|(name, _)| **name == field)
            && place.replace(value).is_some()
        {
            return None;
        }
    }
    found.first()?.as_ref()?;
    Some(found.map(Option::unwrap_or_default))
}

fn decode(part: &str) -> Option<String> {
    let spaced = Some(part.replace('+', " ")).filter(|part| has_whole_encodings(part))?;
    Some(percent_decode_str(&spaced).decode_utf8().ok()?.into_owned())
}

/// Reads a JSON object of one shape.
pub(super) async fn json<T: serde::de::DeserializeOwned>(
    headers: &HeaderMap,
    body: Unread<'_>,
) -> Result<T, StatusCode> {
    let bytes = read_as("application/json", headers, body).await?;
    // Serde would also take an array, as the fields in order.
    let is_object = bytes.trim_ascii_start().first() == Some(&b'{');
    let read = serde_json::from_slice(&bytes).ok().filter(|_| is_object);
    read.ok_or(StatusCode::BAD_REQUEST)
}

/// Returns the token in a query, which may have other parameters but only one `token`.
pub(super) fn token_in(query: &str) -> Option<String> {
    let mut tokens = query.split('&').filter_map(|field| field.strip_prefix("token="));
    let (Some(token), None) = (tokens.next(), tokens.next()) else { return None };
    Some(bare(&percent_decode_str(token).decode_utf8().ok()?).to_owned())
}

/// Removes what mail programs leave around a token: punctuation after it, and `3D` before it.
pub(super) fn bare(token: &str) -> &str {
    let token = token.trim().trim_end_matches(['>', ')', ']', '.', ',', ';', '"', '\'', '!']);
    token.strip_prefix("3D").filter(|rest| rest.len() == 48).unwrap_or(token)
}
