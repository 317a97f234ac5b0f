//! Guides: how to mount, run and adapt the crate, what it guarantees, and which features it has.

#[doc = include_str!("web.md")]
pub mod web {}

#[doc = include_str!("mail.md")]
pub mod mail {}

#[doc = include_str!("operating.md")]
pub mod operating {}

#[doc = include_str!("accounts.md")]
pub mod accounts {}

#[doc = include_str!("choosing_a_policy.md")]
pub mod choosing_a_policy {}

#[cfg(feature = "codes")]
#[doc = include_str!("codes.md")]
pub mod codes {}

#[doc = include_str!("bring_your_own_store.md")]
pub mod bring_your_own_store {}

#[doc = include_str!("from_the_tutorial.md")]
pub mod from_the_tutorial {}

#[doc = include_str!("scaling.md")]
pub mod scaling {}

#[doc = include_str!("guarantees.md")]
pub mod guarantees {}

#[doc = include_str!("features.md")]
pub mod features {}
