//! The daemon as the built program: from a feed to a received mail, through everything that goes wrong.

mod articles;
mod database;
mod grouping;
mod hostile;
mod identity;
mod journey;
mod kill;
mod limits;
mod manager;
mod outbox;
mod relay;
mod reload;
mod schedule;
mod stop;
mod stories;
mod suspension;
mod upkeep;
mod watch;
