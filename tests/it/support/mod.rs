//! What the tests drive the program with: itself, and servers that misbehave on command.

#![allow(unreachable_pub)] // what is public here is for the tests beside it

pub mod http;
pub mod program;
pub mod smtp;
