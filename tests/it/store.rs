//! What the store promises, through its trait, through kills and through damaged files.

mod child;
mod delivery;
mod kept;
mod model;
mod opening;
mod trouble;
pub(crate) mod words;
