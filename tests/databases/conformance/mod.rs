//! The conformance suite, on every store of the crate and on stores that are broken.

mod behind_faults;
mod broken;
mod caught;
mod interleavings;
mod key_value;
mod memory;
mod overtaking;
mod own_store;
mod side_by_side;
mod sign_ins;
mod sql;
mod two_tables;
pub(crate) mod users_table;
