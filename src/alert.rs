//! Alerts: who is to be told, and when a subscriber's held alerts leave. Pure.
//!
//! In come matches, subscriptions and what is held; out come instructions and times. Nothing here
//! renders, sends, stores or asks the time.

pub mod digest;
pub mod outbox;
