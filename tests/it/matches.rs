//! The rules: what a query or a list matches, and where; through the room's public face and `rasid match`.

mod command;
mod errors;
mod marked;
mod query;
mod reference;
mod spelling;
mod words;
