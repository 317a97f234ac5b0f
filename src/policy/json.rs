//! Requirements and violations as JSON, for the script of a page.

use super::requirement::Requirement;
use super::violation::{Violation, Violations};
use alloc::string::ToString;
use alloc::vec::Vec;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// `{"code": "too_short", "parameters": {"min": 8}, "phrase": "at least 8 characters",
/// "worth_showing": true}`
impl Serialize for Requirement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Requirement", 4)?;
        object.serialize_field("code", self.code())?;
        object.serialize_field("parameters", &Parameters(self.parameters()))?;
        object.serialize_field("phrase", &self.to_string())?;
        object.serialize_field("worth_showing", &self.is_worth_showing())?;
        object.end()
    }
}

/// `{"code": "too_short", "parameters": {"min": 8}, "sentence": "Use at least 8 characters."}`
impl Serialize for Violation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Violation", 3)?;
        object.serialize_field("code", self.code())?;
        object.serialize_field("parameters", &Parameters(self.parameters()))?;
        object.serialize_field("sentence", &self.to_string())?;
        object.end()
    }
}

/// An array of the violations, in the policy's order.
impl Serialize for Violations {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

struct Parameters<'a>(Vec<(&'a str, usize)>);

impl Serialize for Parameters<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}
