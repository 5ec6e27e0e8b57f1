//! The daemon as the built program: from a feed to a received mail, through everything that goes wrong.

mod articles;
mod clock;
mod database;
mod disk;
mod grouping;
mod hostile;
mod identity;
mod journey;
mod kill;
mod limits;
mod logs;
mod manager;
mod outbox;
mod power;
mod relay;
mod reload;
mod schedule;
mod signals;
mod status;
mod stop;
mod stories;
mod suspension;
mod upkeep;
mod watch;
