//! Guides: a policy, a store of one's own, and a service in operation.

#[doc = include_str!("bring_your_own_store.md")]
pub mod bring_your_own_store {}

#[doc = include_str!("operating.md")]
pub mod operating {}

#[doc = include_str!("choosing_a_policy.md")]
pub mod choosing_a_policy {}
