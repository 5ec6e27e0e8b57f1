//! When a subscriber's held alerts become a message.
