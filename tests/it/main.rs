//! The one integration binary: the built program and the rooms' public faces, against real sockets.
