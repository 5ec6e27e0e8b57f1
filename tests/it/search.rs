//! Looking through the archive: the index behind it, and the commands that ask it.

#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests, which clippy tells from tests

mod command;
mod index;
mod rules;
mod stored;
