//! What follows from the end of an attempt to send: waiting, ending, giving up.
