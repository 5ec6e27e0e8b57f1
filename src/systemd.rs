//! What the service manager is told: ready, reloading, stopping, alive. Without one, nothing.
