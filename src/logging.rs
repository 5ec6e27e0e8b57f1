//! Logs: one line says one thing, on stderr, or in the journal when the service manager asks.
