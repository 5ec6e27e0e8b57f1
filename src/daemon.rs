//! The daemon: one task each for polling, delivering, reloading and the watchdog.
