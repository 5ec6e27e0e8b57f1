//! Mail: held entries in, a message's bytes out ([`message`]); bytes in, a relay's verdict out
//! ([`transport`]). What is rendered is never rendered again: the store keeps the bytes.

pub mod message;
pub mod transport;
