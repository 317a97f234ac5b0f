use core::fmt;

/// A value of one of the types that the store's own statements take.
///
/// An account's stamp is one of them, in the type in which its column has it, so that
/// it compares as the host would compare it.
#[derive(Clone, Copy)]
#[doc(hidden)]
pub enum Value<'a> {
    Text(&'a str),
    Bytes(&'a [u8]),
    Integer(i64),
}

const TEXT: u8 = b't';
const BYTES: u8 = b'b';
const INTEGER: u8 = b'i';

impl<'a> Value<'a> {
    /// The bytes of a stamp that cross the port: the type, then the value.
    pub(super) fn to_stamp(self) -> Vec<u8> {
        match self {
            Self::Text(text) => [&[TEXT], text.as_bytes()].concat(),
            Self::Bytes(bytes) => [&[BYTES], bytes].concat(),
            Self::Integer(integer) => [&[INTEGER], integer.to_be_bytes().as_slice()].concat(),
        }
    }

    /// Reads what [`to_stamp`](Self::to_stamp) made; anything else is not this store's.
    pub(super) fn from_stamp(bytes: &'a [u8]) -> Option<Self> {
        let (tag, value) = bytes.split_first()?;
        match *tag {
            TEXT => core::str::from_utf8(value).ok().map(Self::Text),
            BYTES => Some(Self::Bytes(value)),
            INTEGER => value.try_into().ok().map(i64::from_be_bytes).map(Self::Integer),
            _ => None,
        }
    }
}

/// Values can be password hashes.
impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::Value;

    #[test]
    fn a_value_is_not_printed() {
        assert_eq!(format!("{:?}", Value::Text("a hash")), "[redacted]");
    }
}
