//! Stories: what belongs together, what repeats what, what is new; through the room's public face and `rasid stories group`.

mod command;
mod grouped;
mod hostile;
mod news;
mod samples;
