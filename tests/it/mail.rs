//! Alerts and mail: who is told what and when, what the mail looks like to an independent parser, and
//! what each answer of a relay leads to.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // helpers of tests, which clippy tells from tests

mod alert;
mod departure;
mod message;
mod outbox;
mod transport;
