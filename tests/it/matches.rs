//! The rules: what a query or a list matches, and where; through the room's public face and `rasid match`.

mod asked;
mod command;
mod documented;
mod entities;
mod errors;
mod expanded;
mod explain;
mod family;
mod headwords;
mod lexicon;
mod limits;
mod marked;
mod needed;
mod query;
mod reference;
mod spelling;
mod verbs;
mod words;
