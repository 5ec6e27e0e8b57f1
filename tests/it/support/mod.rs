//! What the tests drive the program with: itself, and servers that misbehave on command.

pub mod daemon;
pub mod http;
pub mod power;
pub mod program;
pub mod smtp;
pub mod visitor;
