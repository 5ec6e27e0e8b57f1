//! rasid (راصد) watches Arabic news feeds and tells people first.
//!
//! The rooms follow the way of the data, and arrows go one way:
//!
//! ```text
//! feed ─fetch→ bytes ─feed→ entries ─text→ words ─rules→ matches ─store→ alerts ─mail→ subscriber
//! ```
//!
//! [`feed`], [`text`], [`rules`], [`story`], [`alert`] and [`links`] are pure: values in, values out; they never
//! ask the time, never touch the network or a file, never fail on hostile input: what is broken gives a
//! partial result and notes. [`fetch`], [`store`], [`mail`], [`web`] and [`daemon`] touch the world, and
//! [`cli`] speaks to people. `ARCHITECTURE.md` walks one entry through all of them.

pub mod alert;
pub mod cli;
pub mod clock;
pub mod config;
pub mod daemon;
pub mod feed;
pub mod fetch;
pub mod links;
pub mod logging;
pub mod mail;
pub mod metrics;
mod owner;
pub mod rules;
pub mod store;
pub mod story;
pub mod systemd;
pub mod text;
pub mod web;
