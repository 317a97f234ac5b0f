//! The usual mistakes, each as somebody would write it, to show that they are found.

use crate::bounds::Bounds;
use crate::ceremony::{Ceremony, Told};
use crate::ports::Ports;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    CheckThenWrite,
    DeleteThenInsert,
    SelectorNotCompared,
    StampNotCompared,
    AddressNotCompared,
    NewestByClock,
}

pub(crate) async fn run(
    _mistake: Mistake,
    _bounds: &Bounds,
    _ports: &Ports,
    _process: u8,
    _ceremony: &Ceremony,
) -> Option<Told> {
    None
}

pub(crate) fn newest_by_clock(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}
