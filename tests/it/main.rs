//! The one integration binary: the built program and the rooms' public faces, against real sockets.

mod support;

mod check;
mod daemon;
mod export;
mod fetch;
mod mail;
mod matches;
mod parse;
mod store;
