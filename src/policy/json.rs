//! Requirements and violations as a page's script reads them.

use super::{Requirement, Violation, Violations};
use alloc::string::ToString;
use alloc::vec::Vec;
use serde::ser::{SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};

/// `{"code": "too_short", "parameters": {"min": 8}, "phrase": "at least 8 characters"}`
impl Serialize for Requirement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Requirement", 3)?;
        object.serialize_field("code", self.code())?;
        object.serialize_field("parameters", &Parameters(self.parameters()))?;
        object.serialize_field("phrase", &self.to_string())?;
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

/// An array, in the policy's order.
impl Serialize for Violations {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

struct Parameters<'a>(Vec<(&'a str, usize)>);

impl Serialize for Parameters<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.0.len()))?;
        for (name, number) in &self.0 {
            object.serialize_entry(name, number)?;
        }
        object.end()
    }
}
