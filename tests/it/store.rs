//! What the store promises, through its trait, through kills and through damaged files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // helpers of tests, which clippy tells from tests

mod child;
mod delivery;
mod forgotten;
mod kept;
mod model;
mod opening;
mod stories;
mod subscribers;
mod trouble;
pub(crate) mod words;
