//! Two guides: a store of one's own, and a service in operation.

#[doc = include_str!("bring_your_own_store.md")]
pub mod bring_your_own_store {}

#[doc = include_str!("operating.md")]
pub mod operating {}
