//! The one integration binary: the built program and the rooms' public faces, against real sockets.

#![allow(unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)] // a test fails by a panic, and says why

mod support;

mod check;
mod cli;
mod daemon;
mod export;
mod fetch;
mod mail;
mod matches;
mod parse;
mod search;
mod store;
mod stories;
mod web;
